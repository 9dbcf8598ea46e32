// A view of a Panel: the SVG at once, bokeh as soon as the page has it.

const CLOSED = "the view that asked has gone";

// One BokehJS a page and version, however many panels; the first panel asks the kernel for it.
async function bokehjs(model, signal) {
  const version = model.get("_version");
  const pending = (globalThis.__symgradBokehJS ??= {});
  while (!signal.aborted) {
    if (globalThis.Bokeh?.[version]) return globalThis.Bokeh[version];
    pending[version] ??= fromKernel(model, version, signal);
    try {
      return await pending[version];
    } catch (error) {
      delete pending[version];
      if (error !== CLOSED) throw error;
    }
  }
  throw CLOSED;
}

function fromKernel(model, version, signal) {
  return new Promise((resolve, reject) => {
    const got = async (message, buffers) => {
      if (message.bokehjs !== version) return;
      model.off("msg:custom", got);
      // BokehJS is a classic script that looks for `this`; a module has none.
      const blob = new Blob(["(function(){", buffers[0], "\n}).call(globalThis)"], { type: "text/javascript" });
      const url = URL.createObjectURL(blob);
      try {
        await import(url);
        globalThis.Bokeh[version].set_log_level("error");
        resolve(globalThis.Bokeh[version]);
      } catch (error) {
        reject(error);
      } finally {
        URL.revokeObjectURL(url);
      }
    };
    signal.addEventListener("abort", () => { model.off("msg:custom", got); reject(CLOSED); });
    model.on("msg:custom", got);
    model.send({ want: "bokehjs" });
  });
}

// Bokeh only draws on the page itself, and a notebook takes cells off it while they are out of sight.
async function embed(Bokeh, item, box, stale) {
  for (;;) {
    while (!box.isConnected) {
      if (stale()) throw CLOSED;
      await new Promise((done) => setTimeout(done, 50));
    }
    try {
      return await Bokeh.embed.embed_item(item, box);
    } catch (error) {
      if (box.isConnected) throw error;
    }
  }
}

function fill(doc, data) {
  data.forEach((columns, number) => {
    const source = doc.get_model_by_name(`mark${number}`);
    const clean = (column) => column.map((value) => (value === null ? NaN : value));
    source.data = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, clean(column)]));
    source.selected.indices = [];
  });
}

function listen(doc, data, model) {
  data.forEach((_, number) => {
    const source = doc.get_model_by_name(`mark${number}`);
    source.selected.properties.indices.change.connect(() => {
      const [row] = source.selected.indices;
      if (row === undefined) return;
      model.set("picked", [number, row]);
      model.save_changes();
    });
  });
}

// The canvas cannot inherit colours: they are copied from the page whenever its theme changes.
const TEXTS = ["axis_label_text_color", "major_label_text_color", "label_text_color", "axis_line_color",
  "major_tick_line_color", "grid_line_color"];

function paint(plot, el) {
  const ink = getComputedStyle(el).color;
  plot.title.text_color = ink;
  for (const item of [...plot.below, ...plot.left, ...plot.center])
    for (const name of TEXTS.filter((text) => text in item.properties)) item[name] = ink;
}

function render({ model, el }) {
  const gone = new AbortController();
  el.innerHTML =
    '<figure class="symgrad"><div class="symgrad-plot" role="img"></div>' +
    '<figcaption></figcaption><p class="symgrad-error" role="alert"></p></figure>';
  const [plotBox, caption, alert] = el.firstChild.children;
  let views = null, doc = null, drawing = 0;

  const data = () => JSON.parse(model.get("_data"));
  const still = () => {
    plotBox.innerHTML = model.get("_svg");
    plotBox.firstChild?.removeAttribute("style");
  };
  const say = () => {
    caption.textContent = model.get("words");
    plotBox.setAttribute("aria-label", model.get("words"));
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
  };
  const refresh = () => (doc ? fill(doc, data()) : views || still());
  const theme = () => doc && paint(doc.roots()[0], plotBox);

  const draw = async () => {
    const turn = ++drawing;
    const stale = () => turn !== drawing || gone.signal.aborted;
    if (!model.get("_document")) return;
    if (!doc) still();
    let fresh;
    const box = document.createElement("div");
    try {
      const Bokeh = await bokehjs(model, gone.signal);
      if (stale()) return;
      plotBox.replaceChildren(box);
      views?.clear();
      doc = null;
      fresh = await embed(Bokeh, JSON.parse(model.get("_document")), box, stale);
    } catch (error) {
      if (error !== CLOSED) { still(); console.error("symgrad: the plot stays a still picture:", error); }
      return;
    }
    if (stale()) return fresh.clear();
    views = fresh;
    doc = views.roots[0].model.document;
    theme();
    fill(doc, data());
    listen(doc, data(), model);
    el.firstChild.dataset.live = "bokeh";
  };

  const handlers = { "change:_document": draw, "change:_data": refresh, "change:words": say, "change:error": say };
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  const watcher = new MutationObserver(() => requestAnimationFrame(theme));
  watcher.observe(document.body, { attributes: true });
  watcher.observe(document.documentElement, { attributes: true });
  say();
  draw();
  return () => {
    gone.abort();
    watcher.disconnect();
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
    views?.clear();
  };
}

export default { render };
