// Elements made in one line, and small things that several panels need.
import { local } from "./spoken.js";

// An element by "tag.class.class", with properties (among them ariaLabel, onclick, innerHTML) and children.
export function h(tag, given = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = Object.assign(document.createElement(name), { className: classes.join(" ") }, given);
  element.append(...children);
  return element;
}

// Tells whether a value is another than the last one of its name: what depends on it has to be drawn anew.
export function news() {
  const last = new Map();
  return (name, value) => last.get(name) !== value && Boolean(last.set(name, value));
}

// Place an element: its sides and sizes in pixels.
export function put({ style }, given) {
  for (const [side, size] of Object.entries(given)) style[side] = `${size}px`;
}

// Bring what a person has opened into view, as far as it is outside.
export function bring(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
}

// What all panels have in common: the store, a way to tell what is new, and whether there is nothing to show.
export class Panel {
  constructor(store) {
    this.store = store;
    this.fresh = news();
  }

  get empty() {
    return false;
  }
}

// Call act when the size of an element changes; until the signal, as what watches is kept while the page is.
export function sized(element, act, signal) {
  const watcher = new ResizeObserver(act);
  watcher.observe(element);
  signal.addEventListener("abort", () => watcher.disconnect());
}

// A canvas of side x side pixels from what colour(i) returns, [red, green, blue, alpha]; the first row is the lowest.
export function pixels(side, colour) {
  const canvas = h("canvas", { width: side, height: side }), g = canvas.getContext("2d"), image = g.createImageData(side, side);
  for (let row = 0; row < side; row++)
    for (let place = 0; place < side; place++)
      image.data.set(colour(row * side + place), ((side - 1 - row) * side + place) * 4);
  g.putImageData(image, 0, 0);
  return canvas;
}

// A button that keeps the focus while it can do nothing.
export function button(label, act, given = {}) {
  return h("button", { type: "button", ...given, onclick: (event) => event.currentTarget.ariaDisabled !== "true" && act(event) }, label);
}

// A button that is no more than its words.
export const plain = (label, act, given = {}) => button(label, act, { className: "sgi-plain", ...given });

export function enable(element, whether) {
  element.ariaDisabled = !whether;
}

// A button that says one of several texts, in the room of the longest, so that no button beside it moves.
export function saying(texts, act, given) {
  const spans = texts.map((text) => h("span", {}, text));
  const say = (which) => spans.forEach((one, i) => one.classList.toggle("sgi-shown", i === Number(which)));
  return Object.assign(button(h("span.sgi-labels", {}, ...spans), act, given), { say });
}

// Says what make() returns to those who listen, at most once a second, the last one in any case.
export function speaker() {
  const element = h("p.sgi-unseen", { role: "status" });
  let waiting = null, next = null;
  const say = (make) => {
    next = make;
    waiting ??= setTimeout(() => {
      waiting = null;
      const said = next();
      if (element.textContent !== said) element.textContent = said;
    }, 1000);
  };
  return { element, say };
}

// Least and largest of some values; and the same with a rim.
export const ends = (values) => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);

export function around(values) {
  const [low, high] = ends(values), rim = 0.06 * (high - low) || 1;
  return [low - rim, high + rim];
}

// 5.1°, 0.004°, below 1e-4: as few digits as tell something.
export function degrees(value) {
  if (!Number.isFinite(value)) return "–";
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return `${local(value >= 0.1 ? value.toFixed(digits) : value >= 0.001 ? Number(value.toPrecision(1)) : "< 0.001")}°`;
}

// 3 × 10⁻⁸, 0.02: a loss.
export function ten(value) {
  if (value >= 0.001) return local(Number(value.toPrecision(2)));
  if (!(value > 0)) return "0";
  const [digits, power] = value.toExponential(0).split("e");
  return `${digits} × 10${power.replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])}`;
}
