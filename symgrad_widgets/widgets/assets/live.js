// The live plot of a Panel. Python puts BokehJS before this text: the page gets both at once, from the kernel.

// Bokeh only draws on the page itself, and a notebook takes cells off it while they are out of sight.
async function embed(Bokeh, item, box, stale) {
  while (!stale()) {
    while (!box.isConnected && !stale()) await new Promise((done) => setTimeout(done, 50));
    try {
      return await Bokeh.embed.embed_item(item, box);
    } catch (error) {
      if (box.isConnected) throw error;
    }
  }
  return null;
}

function fill(doc, data) {
  data.forEach((columns, number) => {
    const source = doc.get_model_by_name(`mark${number}`);
    const clean = (column) => column.map((value) => (value === null ? NaN : value));
    source.data = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, clean(column)]));
    source.selected.indices = [];
  });
}

// Numbers on the axes have the point of the picture's language.
function write({ tags: [point], below, left }) {
  for (const { formatter } of [...below, ...left].filter((item) => item.formatter)) {
    const plain = formatter.doFormat.bind(formatter);
    formatter.doFormat = (...given) => plain(...given).map((text) => text.replace(".", point));
  }
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

function paint(plot, box) {
  const ink = getComputedStyle(box).color;
  plot.title.text_color = ink;
  for (const item of [...plot.below, ...plot.left, ...plot.center])
    for (const name of TEXTS.filter((text) => text in item.properties)) item[name] = ink;
  for (const { glyph } of plot.renderers) if ("text_color" in glyph.properties) glyph.text_color = ink;
}

// What a narrow plot has no room for: the title gets smaller, the legend more rows, the axis fewer numbers.
function fit(plot, box) {
  const width = box.clientWidth, beside = 60; // of it, left of the axis
  plot.sizing_mode = "stretch_both";
  plot.title.text_font_size = width < 340 ? "11px" : "13px";
  for (const { ticker } of plot.below) if (ticker && "desired_num_ticks" in ticker) ticker.desired_num_ticks = width < 340 ? 4 : 6;
  for (const legend of plot.below.filter((item) => item.items)) {
    const wide = legend.items.map((item) => 34 + 5.6 * (item.label.value ?? "").length);
    const all = wide.reduce((sum, each) => sum + each, 0) <= width - beside;
    legend.ncols = all ? "auto" : Math.max(1, Math.floor((width - beside) / Math.max(...wide)));
  }
}

export function attach({ model, box, ask, unpacked, began, signal }) {
  const Bokeh = globalThis.Bokeh[model.get("_version")];
  let views = null, doc = null, item = "", columns = [], drawn = 0, shown = 0;
  const theme = () => doc && paint(doc.roots()[0], box);

  const draw = async () => {
    const turn = ++drawn;
    doc = null;  // data that come meanwhile are filled in once the document is there
    const stale = () => turn !== drawn || signal.aborted;
    const place = document.createElement("div");
    began();
    box.replaceChildren(place);
    views?.clear();
    views = null;
    const fresh = await embed(Bokeh, JSON.parse(item), place, stale);
    if (stale()) return fresh?.clear();
    views = fresh;
    doc = views.roots[0].model.document;
    theme();
    write(doc.roots()[0]);
    fit(doc.roots()[0], box);
    fill(doc, columns);
    listen(doc, columns, model);
  };
  // Every view gets what one of them has asked for.
  const show = async (message, buffers) => {
    if (!message.picture) return;
    const turn = ++shown;
    const [fresh, data] = await Promise.all(buffers.map(unpacked));
    if (turn !== shown || signal.aborted) return;
    columns = JSON.parse(data);
    if (fresh !== item) {
      item = fresh;
      await draw();
    } else if (doc) fill(doc, columns);
  };

  const report = (error) => console.error("symgrad: the plot could not be drawn:", error);
  const got = (message, buffers) => show(message, buffers).catch(report);
  model.on("msg:custom", got);
  const resized = new ResizeObserver(() => doc && fit(doc.roots()[0], box));
  resized.observe(box);
  const watcher = new MutationObserver(() => requestAnimationFrame(theme));
  watcher.observe(document.body, { attributes: true });
  watcher.observe(document.documentElement, { attributes: true });
  signal.addEventListener("abort", () => {
    watcher.disconnect();
    resized.disconnect();
    model.off("msg:custom", got);
    views?.clear();
  });
  ask(model, "picture", () => shown > 0, signal);
}
