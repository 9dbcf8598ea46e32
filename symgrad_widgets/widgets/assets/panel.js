// A view of a Panel: picture and words at once, and a live plot as soon as the page has what draws it.

const CLOSED = "the view that asked has gone";

// BokehJS and live.js, one a page and version, however many panels: the first panel asks the kernel for them.
async function drawing(model, signal) {
  const version = model.get("_version");
  const pending = (globalThis.__symgradLive ??= {});
  while (!signal.aborted) {
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
      if (message.live !== version) return;
      model.off("msg:custom", got);
      const url = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
      import(url).then(resolve, reject).finally(() => URL.revokeObjectURL(url));
    };
    signal.addEventListener("abort", () => { model.off("msg:custom", got); reject(CLOSED); });
    model.on("msg:custom", got);
    model.send({ want: "live" });
  });
}

function unpacked(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function render({ model, el }) {
  const gone = new AbortController();
  el.innerHTML =
    '<figure class="symgrad"><div class="symgrad-plot" role="img"></div>' +
    '<figcaption></figcaption><p class="symgrad-error" role="alert"></p></figure>';
  const [box, caption, alert] = el.firstChild.children;
  let live = false;

  const still = async () => {
    const svg = model.get("_svg").byteLength ? await unpacked(model.get("_svg")) : "";
    if (live || gone.signal.aborted) return;
    box.innerHTML = svg;
    box.firstChild?.removeAttribute("style");
  };
  const say = () => {
    caption.textContent = model.get("words");
    box.setAttribute("aria-label", model.get("words"));
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
  };
  const began = () => { live = true; el.firstChild.dataset.live = "bokeh"; };

  const handlers = { "change:_svg": still, "change:words": say, "change:error": say };
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  say();
  still();
  drawing(model, gone.signal)
    .then(({ attach }) => attach({ model, box, unpacked, began, signal: gone.signal }))
    .catch((error) => error === CLOSED || console.error("symgrad: the plot stays a still picture:", error));
  return () => {
    gone.abort();
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

export default { render };
