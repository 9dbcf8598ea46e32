// A view of a Panel: picture and words at once, and a live plot as soon as the page has what draws it.

import { ask, CLOSED, drawing } from "./bokehjs.js";

function unpacked(bytes) {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

function render({ model, el }) {
  const gone = new AbortController();
  el.innerHTML =
    '<figure class="symgrad"><div class="symgrad-plot" role="img"></div>' +
    '<figcaption></figcaption><p class="symgrad-error" role="alert"></p></figure>';
  el.dataset.lost = TABLE.box.lost;
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
    .then(({ attach }) => attach({ model, box, ask, unpacked, began, signal: gone.signal }))
    .catch((error) => error === CLOSED || console.error("symgrad: the plot stays a still picture:", error));
  return () => {
    gone.abort();
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

export default { render };
