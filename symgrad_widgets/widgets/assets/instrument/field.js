// The field: the neuron's value in greys, and arrows of the neuron and of the formula, over two inputs.
// Axes, zoom and taps are bokeh's. Greys and arrows are drawn on a canvas above it: bokeh draws all of a plot anew.
import { angleAt, arrows, bytes, classOf, levels } from "../formula/index.js";
import { around, button, degrees, ends, h, Panel, pixels } from "./dom.js";
import { Looks } from "./looks.js";
import { Slices } from "./slices.js";
import { local } from "./spoken.js";
import { bestOf } from "./store.js";
import { WORDS } from "./words.js";

const PAIRS = { apart: 37, most: 500, long: 30, rim: 30 }; // pixels; arrows; the rim is around the data
const DENSE = { apart: 17, most: 500, long: 9, rim: 12 };
const WIDTHS = [1.2, 1.6, 2.2, 3]; // pixels, by class of angle
const HALO = 1; // pixels of the page around an arrow, so that it is seen on any grey
const LINES = 6; // level lines
const STRETCHED = 1.4; // at most, a spread of one input against one of the other on the screen

export class FieldPanel extends Panel {
  constructor(store, choose) {
    super(store);
    this.canvas = h("canvas.sgi-arrows", { ariaHidden: "true" });
    this.box = h("div.sgi-plot");
    this.stage = h("div.sgi-stage", { role: "img" }, this.box, this.canvas);
    this.what = h("b");
    this.axes = h("span.sgi-axes");
    this.looks = h("b");
    this.add = button(WORDS.addIt, () => choose(...store.looked, true));
    this.glance = h("span.sgi-glance", { role: "status" }, this.looks,
      button(WORDS.chooseIt, () => choose(...store.looked)), this.add, button(WORDS.leave, () => store.leave()));
    this.slices = new Slices(store);
    this.choosing = new Looks(store);
    this.element = h("section.sgi-field", { ariaLabel: WORDS.field },
      h("h3", {}, this.what, this.axes, this.glance), this.stage, this.slices.element, this.choosing.element);
  }

  attach(plot) {
    this.plot = plot;
    plot.embedded.then(() => plot.view && plot.tapped("points", (marks) => {
      this.tapped = marks.map((mark) => plot.source("points").data.row[mark]); // or those in a lasso
      this.store.touch();
    }));
  }

  get inputs() {
    return this.store.state.inputs.map((name) => this.store.names.indexOf(name));
  }

  // What the axes enclose; and that with all that a picture of the same points depends on.
  get frame() {
    return this.plot?.frame;
  }

  get place() {
    const { frame: { width, height }, inputs, store } = this;
    return [inputs, width, height, this.dense, store.given.version].join(" ");
  }

  draw() {
    const { store, fresh } = this;
    if (!store.ready) return;
    const { inputs } = this;
    if (fresh("field", `${store.given.version} ${inputs}`)) this.tapped = [];
    this.head();
    this.slices.draw(this.caption);
    if (!(this.frame?.width >= 20)) return;
    const { inHand: score, text, only } = store, { arrows: most } = store.choices;
    this.dense = store.dense && (score !== null || store.alone);
    if (fresh("place", this.place)) this.fit();
    if (inputs.length < 2) return this.paint();
    this.choosing.draw();
    const { section, dark } = store, newSection = fresh("section", section);
    if (fresh("dark", dark) || newSection) this.greys = section?.shades ? greys(section, dark) : null;
    const places = JSON.stringify([this.place, store.state.slice, this.plot.ranges, store.choices]), newOnly = fresh("only", only);
    if (fresh("places", places) || only || newOnly) this.rows = this.picked({ ...this.look, ...(most && { most }) });
    this.paint();
    const { rows } = this;
    if (fresh("rows", `${rows.length} ${rows[0]} ${rows.at(-1)} ${inputs}`)) {
      const [x, y] = inputs.map((j) => (row) => store.given.field.points[j][row]);
      this.plot.fill("points", rows, { x, y, row: (row) => row, size: 16, colour: "#000", alpha: 0 });
    }
    const angle = score ? WORDS.spoken({ angle: degrees(score.angle) }) : "";
    this.stage.ariaLabel = WORDS.arrows({ what: text ?? WORDS.noFormula, count: rows.length, angle });
  }

  get look() {
    return this.dense ? DENSE : PAIRS;
  }

  // What is shown, or looked at, and over which inputs.
  head() {
    const { store, fresh } = this, { section, names, text, looked, given, alone, state: { inputs } } = store;
    const title = alone ? given.what : `${given.what}${WORDS.and}◆`, formula = alone && text;
    if (!looked && fresh("title", `${title} ${formula}`)) this.what.replaceChildren(title, ...(formula ? [WORDS.and, h("span.sgi-tex", { innerHTML: store.type(formula) })] : []));
    this.what.hidden = this.axes.hidden = Boolean(looked);
    this.glance.hidden = !looked;
    this.glances(looked);
    if (fresh("names", names.join())) {
      const choose = (which) => h("select", { ariaLabel: WORDS[which ? "up" : "across"],
        onchange: ({ target: { value } }) => {
          const next = [...store.state.inputs], other = next.indexOf(value);
          if (other >= 0) next[other] = next[which];
          next[which] = value;
          store.go({ inputs: next, slice: {} });
        } }, ...names.map((value) => h("option", { value }, value)));
      this.choices = names.length > 2 ? [choose(0), choose(1)] : [];
      const [across, up] = this.choices, two = names.length > 1 ? WORDS.over({ across: inputs[0], up: inputs[1] }) : "";
      this.axes.replaceChildren(...(up ? [across, " × ", up] : [two]));
    }
    this.choices.forEach((choice, i) => (choice.value = inputs[i]));
  }

  // Numbers and angle of what has been tapped, or what the grey shows.
  get caption() {
    const { tapped, store } = this, { names, section, inHand: score, given: { field }, state: { neurons } } = store, count = tapped.length;
    if (count) {
      const numbers = names.slice(0, 6).map((name, j) => equal(name, field.points[j][tapped[0]], 3)).join(", ");
      const said = { count, numbers, angle: score && degrees(angleAt(score, field, tapped)) };
      return count > 1 ? WORDS[score ? "points" : "somePoints"](said) : score ? WORDS.point(said) : numbers;
    }
    const others = Object.entries(section?.at ?? {}).map(([name, value]) => equal(name, value, 2));
    if (!others.length) return names.length < 2 ? WORDS.alike : "";
    const at = others.length > 4 ? `${others.slice(0, 4).join(", ")}, …` : others.join(", ");
    const held = section.across ? "heldAcross" : neurons.length > 1 ? "heldFirst" : "held";
    return section.shades ? WORDS[held]({ at }) : this.slices.on ? WORDS.near({ at }) : "";
  }

  // The neuron that is looked at, and its formula, unless formulas are listed.
  glances(looked) {
    const { store } = this, { awaited, given, names, state: { layer } } = store, read = awaited ? null : bestOf(given.found.at(-1));
    this.add.hidden = looked?.[0] !== layer || names.length < 3 || given.without?.includes("add");
    const looks = looked ? WORDS.looking({ what: awaited ? "…" : given.what }) : "", listed = store.has("formulas");
    if (!this.fresh("looks", [looks, read, listed].join())) return;
    const said = listed ? "" : !read ? WORDS.unread : h("span.sgi-tex", { innerHTML: store.type(read) });
    this.looks.replaceChildren(...(looked ? [h("span", {}, looks), said] : []));
  }

  // Ranges in which the spreads of both inputs are about as long; of one input, all of it and of the value.
  fit() {
    const { store, inputs, frame, look: { rim } } = this, { points, spread, values = [] } = store.given.field, sides = [frame.width, frame.height];
    const reach = inputs.map((j) => ends(points[j])), far = inputs.map((j) => spread[j] || 1);
    const scale = reach.map(([low, high], i) => ((sides[i] - 2 * rim) * far[i]) / (high - low)), most = Math.min(...scale) * STRETCHED;
    const ranges = reach.map(([low, high], i) => {
      const half = (sides[i] / Math.min(scale[i], most) / 2) * far[i];
      return [(low + high) / 2 - half, (low + high) / 2 + half];
    });
    this.plot.range(...(inputs.length < 2 ? [around(points[0]), around(values)] : ranges));
    const [across, up = WORDS.value] = store.state.inputs;
    this.plot.labels(across, up);
  }

  // Places in pixels of data coordinates.
  get scales() {
    const { frame, plot: { ranges: [[left, right], [bottom, top]] } } = this;
    return [(x) => frame.left + ((x - left) / (right - left)) * frame.width,
      (y) => frame.top + ((top - y) / (top - bottom)) * frame.height];
  }

  // Rows of points apart on the screen.
  picked({ apart, most }) {
    const { store: { only, inHand: score, given: { field } }, frame, scales: [sx, sy] } = this, rows = [], cells = new Map();
    const [px, py] = this.inputs.map((j) => field.points[j]), near = this.slices.near();
    const inside = (place, start, size) => place >= start + 4 && place <= start + size - 4;
    for (let i = 0; i < field.count && rows.length < most; i++) {
      if (near && !near[i]) continue;
      if (only && score && !(score.degrees[i] >= only[0] && score.degrees[i] <= only[1])) continue;
      const x = sx(px[i]), y = sy(py[i]);
      if (!inside(x, frame.left, frame.width) || !inside(y, frame.top, frame.height)) continue;
      const cx = Math.floor(x / apart), cy = Math.floor(y / apart);
      let free = true;
      for (let a = cx - 1; a <= cx + 1 && free; a++)
        for (let b = cy - 1; b <= cy + 1 && free; b++)
          free = !cells.get(`${a} ${b}`)?.some(([u, v]) => Math.hypot(u - x, v - y) < apart);
      if (!free) continue;
      const key = `${cx} ${cy}`;
      cells.set(key, [...(cells.get(key) ?? []), [x, y]]);
      rows.push(i);
    }
    return rows;
  }

  // An empty canvas.
  sheet() {
    const { canvas, plot: { size } } = this, sharp = devicePixelRatio || 1, g = canvas.getContext("2d");
    const [width, height] = [size.width, size.height].map((side) => Math.round(side * sharp));
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    g.setTransform(sharp, 0, 0, sharp, 0, 0);
    g.clearRect(0, 0, size.width, size.height);
    return g;
  }

  // All that is drawn above the plot, within its axes; `g` may be another canvas, as large.
  paint(g = this.sheet()) {
    const { frame } = this;
    g.save();
    g.beginPath();
    g.rect(frame.left, frame.top, frame.width, frame.height);
    g.clip();
    if (this.inputs.length < 2) this.line(g);
    else this.plane(g);
    g.restore();
  }

  // Of one input: the neuron's value, as all arrows point along one line.
  line(g) {
    const { store, scales: [sx, sy] } = this, { points: [x], values = [] } = store.given.field;
    g.fillStyle = store.colours.neuron;
    values.forEach((value, i) => g.fillRect(sx(x[i]) - 1.5, sy(value) - 1.5, 3, 3));
  }

  plane(g) {
    const { store, dense, inputs, turned, look: { long }, scales: [sx, sy] } = this, { inHand: score, section } = store, { field } = store.given;
    const { page, neuron, yours, soft, c0, c1, c2, c3 } = store.colours, classes = [c0, c1, c2, c3];
    if (this.greys) {
      const { low, high, side } = section, half = [0, 1].map((i) => (high[i] - low[i]) / (side - 1) / 2);
      const [left, right, bottom, top] = [sx(low[0] - half[0]), sx(high[0] + half[0]), sy(low[1] - half[1]), sy(high[1] + half[1])];
      g.imageSmoothingQuality = "high";
      g.drawImage(this.greys, left, top, right - left, bottom - top);
    }
    const lines = score ? (store.choices.levels ?? (dense ? LINES : 0)) : 0;
    if (lines && section) {
      Object.assign(g, { strokeStyle: store.isMachine(store.text) ? soft : yours, globalAlpha: 0.5, lineWidth: 1 });
      g.beginPath();
      for (const [x0, y0, x1, y1] of levels(store.reading(store.text).tree, section, inputs, field, store.given.language, lines)) {
        g.moveTo(sx(x0), sy(y0));
        g.lineTo(sx(x1), sy(y1));
      }
      g.stroke();
      g.globalAlpha = 1;
    }
    const [px, py] = inputs.map((j) => field.points[j]);
    if (!field.rank && !this.greys) shaded(field.values, (i, shade) => {
      g.fillStyle = shade;
      g.fillRect(sx(px[i]) - 3, sy(py[i]) - 3, 6, 6);
    });
    const w = field.weights, most = w?.reduce((a, b) => Math.max(a, b));
    for (const i of this.rows) {
      if (most) g.globalAlpha = 0.3 + (0.7 * w[i]) / most;
      const x = sx(px[i]), y = sy(py[i]), both = arrows(field, score?.along, i, inputs), along = turned(both.neuron);
      const angle = score ? classOf(score.degrees[i]) : 0, told = score ? classes[angle] : neuron;
      if (dense) {
        arrow(g, x, y, along, long, told, page, WIDTHS[angle], true);
        continue;
      }
      if (both.formula && Number.isFinite(both.formula[0])) arrow(g, x, y, turned(both.formula), long, yours, page, 2.4);
      arrow(g, x, y, along, long, neuron, page, 2.2);
      g.fillStyle = told;
      g.beginPath();
      g.arc(x, y, score ? 2.2 + 0.5 * angle : 2.4, 0, 7);
      g.fill();
    }
  }

  // Turns arrows so that on the screen they cross level lines at right angles.
  get turned() {
    const { frame, inputs, plot: { ranges } } = this, { spread } = this.store.given.field, sides = [frame.width, frame.height];
    const pixels = ranges.map(([low, high], i) => (sides[i] / (high - low)) * (spread[inputs[i]] || 1));
    return ([a, b]) => {
      const [u, v] = [a / pixels[0], b / pixels[1]], by = Math.hypot(a, b) / (Math.hypot(u, v) || 1);
      return [u * by, v * by];
    };
  }

}

const equal = (name, value, digits) => `${name} = ${local(Number(value.toPrecision(digits)))}`;

function arrow(g, x, y, [a, b], long, colour, page, width, centred = false) {
  const size = Math.hypot(a, b);
  if (!(size * long > 1.5)) return;
  const dx = a * long, dy = -b * long, head = Math.min(3 + width * 1.6, 0.8 * size * long + 1);
  const ux = dx / (size * long), uy = dy / (size * long), [x1, y1] = [x + dx, y + dy];
  const [x0, y0] = centred ? [x - dx, y - dy] : [x, y];
  g.strokeStyle = page;
  for (const wide of [width + 2 * HALO, width]) {
    g.lineWidth = wide;
    g.beginPath();
    g.moveTo(x0, y0);
    g.lineTo(x1 - ux * head * 0.7, y1 - uy * head * 0.7);
    g.stroke();
    g.strokeStyle = g.fillStyle = colour;
  }
  g.beginPath();
  g.moveTo(x1, y1);
  g.lineTo(x1 - ux * head - uy * head * 0.5, y1 - uy * head + ux * head * 0.5);
  g.lineTo(x1 - ux * head + uy * head * 0.5, y1 - uy * head - ux * head * 0.5);
  g.fill();
}

// Points in greys of their values, where there are neither arrows nor a picture.
function shaded(values, draw) {
  const [low, high] = ends(values);
  values.forEach((value, i) => draw(i, `hsl(210 4% ${78 - (58 * (value - low)) / (high - low || 1)}%)`));
}

// Small canvas of a section: shades of grey, the lowest row below.
function greys({ side, shades, near }, dark) {
  const [values, here] = [shades, near].map((text) => bytes(text));
  return pixels(side, (i) => {
    const v = dark ? 46 + values[i] * 0.22 : Math.min(251, 288 - values[i] * 0.42);
    return [v - 4, v, v + 4, here[i]];
  });
}
