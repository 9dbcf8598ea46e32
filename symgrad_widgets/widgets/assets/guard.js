// In JupyterLab `x` cuts the cell even while a slider has the focus: plain keys stop at the box's edge.
function render({ el }) {
  let box = null;
  const stop = (event) => { if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation(); };
  const timer = setInterval(() => {
    box ??= el.closest(".widget-vbox");
    if (!box) return;
    clearInterval(timer);
    box.addEventListener("keydown", stop);
    box.dataset.lost = TABLE.box.lost;
    for (const handle of box.querySelectorAll(".noUi-handle"))
      handle.setAttribute("aria-label", handle.closest(".widget-slider")?.querySelector("label")?.textContent ?? TABLE.box.slider);
  }, 50);
  return () => { clearInterval(timer); box?.removeEventListener("keydown", stop); };
}
export default { render };
