// Elements made in one line, and small things that several panels need.

// <tag class="..."> with properties, attributes (those with a dash, role), listeners (on...), and children.
export function h(tag, given = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  element.className = classes.join(" ");
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
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
  return h("button", {
    type: "button",
    ...given,
    onclick: (event) => event.currentTarget.getAttribute("aria-disabled") !== "true" && act(event),
  }, label);
}

export function enable(element, whether) {
  element.setAttribute("aria-disabled", String(!whether));
}

// Says what make() returns to those who listen, at most once a second, the last one in any case.
export function speaker() {
  const element = h("p.sgi-unseen", { role: "status", "aria-live": "polite" });
  let waiting = null, next = null, last = 0;
  const say = (make) => {
    next = make;
    if (waiting) return;
    waiting = setTimeout(() => {
      waiting = null;
      last = Date.now();
      const said = next();
      if (element.textContent !== said) element.textContent = said;
    }, Math.max(250, 1000 - (Date.now() - last)));
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
  if (value >= 10) return `${value.toFixed(0)}°`;
  if (value >= 1) return `${value.toFixed(1)}°`;
  if (value >= 0.1) return `${value.toFixed(2)}°`;
  return value >= 0.001 ? `${Number(value.toPrecision(1))}°` : "< 0.001°";
}

// 3 × 10⁻⁸, 0.02: a loss.
export function ten(value) {
  if (value >= 0.001) return String(Number(value.toPrecision(2)));
  if (!(value > 0)) return "0";
  const [digits, power] = value.toExponential(0).split("e");
  return `${digits} × 10${raised(Number(power))}`;
}

export function raised(power) {
  return Array.from(String(power), (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("");
}
