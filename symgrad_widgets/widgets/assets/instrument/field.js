// The field: the neuron's value in greys, and arrows of the neuron and of the formula, over two inputs.
// Axes, zoom and taps are bokeh's. Greys and arrows are drawn on a canvas above it: bokeh draws all of a plot anew.
import { arrows, classOf } from "./arrows.js";
import { bytes } from "../formula/index.js";
import { around, button, degrees, ends, h, pixels } from "./dom.js";
import { levels } from "./levels.js";
import { Looks } from "./looks.js";
import { Slices } from "./slices.js";
import { WORDS } from "./words.js";

const PAIRS = { apart: 37, most: 500, long: 30, rim: 30 }; // pixels; arrows; the rim is around the data
const DENSE = { apart: 17, most: 500, long: 9, rim: 12 };
const WIDTHS = [1.2, 1.6, 2.2, 3]; // pixels, by class of angle
const HALO = 1; // pixels of the page around an arrow, so that it is seen on any grey
const LINES = 6; // level lines
const STRETCHED = 1.4; // at most, a spread of one input against one of the other on the screen

export class FieldPanel {
  constructor(store, choose) {
    this.store = store;
    this.choose = choose;
    this.shown = {}; // what the greys and the ranges were last drawn for
    this.canvas = h("canvas.sgi-arrows", { "aria-hidden": "true" });
    this.box = h("div.sgi-plot");
    this.corners = h("span.sgi-corners", { "aria-hidden": "true" });
    this.stage = h("div.sgi-stage", { role: "img" }, this.box, this.canvas, this.corners);
    this.what = h("b");
    this.axes = h("span.sgi-axes");
    this.slices = new Slices(store);
    this.choosing = new Looks(store);
    this.looks = h("b");
    this.add = button(WORDS.addIt, () => this.choose(...store.looked, true));
    this.glance = h("p.sgi-glance", { role: "status", hidden: true }, this.looks,
      button(WORDS.chooseIt, () => this.choose(...store.looked)), this.add, button(WORDS.leave, () => store.leave()));
    this.element = h("section.sgi-field", { "aria-label": WORDS.field },
      h("h3", {}, this.what, this.axes), this.stage, this.glance, this.slices.element, this.choosing.element);
  }

  attach(plot) {
    this.plot = plot;
    plot.embedded.then(() => plot.view && plot.tapped("points", (rows) => this.tell(rows)));
  }

  get inputs() {
    return this.store.state.inputs.map((name) => this.store.names.indexOf(name));
  }

  draw() {
    const { store } = this;
    if (!store.ready) return;
    this.head();
    const { frame } = this.plot ?? {};
    if (!frame || frame.width < 20) return;
    if (this.inputs.length < 2) return this.line(frame);
    this.choosing.draw();
    const { text } = store, score = text ? store.score(text) : null, { arrows: most } = store.choices;
    const dense = (this.dense = store.dense && (score !== null || store.panels.length > 0));
    this.place(frame, dense ? DENSE.rim : PAIRS.rim);
    this.grey();
    const places = JSON.stringify([store.state.slice, frame.width, frame.height, this.plot.ranges, this.inputs, dense, store.given.version, store.choices]);
    if (this.shown.places !== places || store.only || this.shown.only) this.rows = this.picked(frame, { ...(dense ? DENSE : PAIRS), ...(most && { most }) }, score);
    Object.assign(this.shown, { places, only: store.only });
    const { rows } = this;
    this.paint(frame, rows, score, dense);
    const sources = rows.map((row) => this.inputs.map((j) => store.given.field.points[j][row]));
    const key = `${rows.length} ${rows[0]} ${rows.at(-1)} ${this.inputs}`;
    if (this.shown.rows !== key) {
      this.shown.rows = key;
      const same = (value) => rows.map(() => value);
      this.plot.fill("points", { x: sources.map(([x]) => x), y: sources.map(([, y]) => y), size: same(16),
        row: rows, colour: same("#000"), alpha: same(0) });
    }
    const angle = score ? WORDS.spoken({ angle: degrees(score.middle) }) : "";
    this.stage.setAttribute("aria-label", WORDS.arrows({ what: text ?? WORDS.noFormula, count: rows.length, angle }));
  }

  head() {
    const { store } = this, { section } = store, { names, inputs } = { names: store.names, inputs: store.state.inputs };
    const title = `${store.given.what}${store.panels.length ? "" : `${WORDS.and}◆`}`, shown = store.panels.length && store.text;
    if (this.shown.title !== `${title} ${shown}`) {
      this.shown.title = `${title} ${shown}`;
      this.what.replaceChildren(title, ...(shown ? [WORDS.and, h("span.sgi-tex", { innerHTML: store.type(shown) })] : []));
    }
    this.glance.hidden = !store.looked;
    this.add.hidden = store.looked?.[0] !== store.state.layer || store.names.length < 3 || store.given.without?.includes("add");
    const { found } = store.given, read = store.looked && found.at(-1)?.front[found.at(-1).best]?.text;
    const looks = WORDS.looking({ what: store.awaited ? "…" : store.given.what }), type = !read || store.awaited ? WORDS.unread : store.has("formulas") ? "" : `: <span class="sgi-tex">${store.type(read)}</span>`;
    if (this.shown.looks !== looks + type) this.looks.replaceChildren(looks, h("span", { innerHTML: type }));
    this.shown.looks = looks + type;
    if (this.shown.names !== names.join()) {
      this.shown.names = names.join();
      const choose = (which) => names.length < 3 ? h("span") : h("select", { "aria-label": WORDS[which ? "up" : "across"],
        onchange: (event) => {
          const next = [...store.state.inputs], other = next.indexOf(event.target.value);
          if (other >= 0) next[other] = next[which];
          next[which] = event.target.value;
          store.go({ inputs: next, slice: {} });
        } }, ...names.map((name) => h("option", { value: name }, name)));
      this.choices = [choose(0), choose(1)];
      const [across, up] = this.choices;
      if (names.length < 3) this.axes.replaceChildren(names.length > 1 ? WORDS.over({ across: inputs[0], up: inputs[1] }) : "");
      else this.axes.replaceChildren(across, " × ", up);
    }
    if (names.length > 2) this.choices.forEach((choice, i) => (choice.value = inputs[i]));
    const others = Object.entries(section?.at ?? {}).map(([name, value]) => `${name} = ${Number(value.toPrecision(2))}`);
    const at = others.length > 4 ? `${others.slice(0, 4).join(", ")}, …` : others.join(", ");
    const held = section?.shades ? WORDS[section.across ? "heldAcross" : store.state.neurons.length > 1 ? "heldFirst" : "held"]({ at }) : this.slices.on ? WORDS.near({ at }) : "";
    if (!this.told) this.slices.draw(others.length ? held : "");
  }

  // Ranges in which the spreads of both inputs are about as long.
  place(frame, rim) {
    const { store, inputs } = this, { field } = store.given;
    const key = `${inputs} ${frame.width} ${frame.height} ${rim} ${store.given.version}`;
    if (this.shown.place === key) return;
    this.shown.place = key;
    const reach = inputs.map((j) => ends(field.points[j]));
    const spread = inputs.map((j) => field.spread[j] || 1);
    const wide = reach.map(([low, high], i) => (high - low) / spread[i]);
    const pixels = [frame.width, frame.height].map((side, i) => (side - 2 * rim) / wide[i]), most = Math.min(...pixels) * STRETCHED;
    const ranges = reach.map(([low, high], i) => {
      const half = ((i ? frame.height : frame.width) / Math.min(pixels[i], most) / 2) * spread[i];
      return [(low + high) / 2 - half, (low + high) / 2 + half];
    });
    this.plot.range(...ranges);
    this.mark(frame, ...store.state.inputs);
  }

  // Picture of the neuron's value, fading where there are no data.
  grey() {
    const { section } = this.store, { dark } = this.store;
    if (this.shown.section === section && this.shown.dark === dark) return;
    Object.assign(this.shown, { section, dark });
    this.plot.paint();
    this.greys = section?.shades ? greys(section, dark) : null;
  }

  // Places in pixels of data coordinates.
  scales(frame) {
    const [[left, right], [bottom, top]] = this.plot.ranges;
    return [(x) => frame.left + ((x - left) / (right - left)) * frame.width,
      (y) => frame.top + ((top - y) / (top - bottom)) * frame.height];
  }

  // Rows of points apart on the screen.
  picked(frame, { apart, most }, score) {
    const { only, given: { field } } = this.store, [sx, sy] = this.scales(frame), rows = [], cells = new Map();
    const [px, py] = this.inputs.map((j) => field.points[j]), near = this.slices.near();
    for (let i = 0; i < field.count && rows.length < most; i++) {
      if (near && !near[i]) continue;
      if (only && score && !(score.degrees[i] >= only[0] && score.degrees[i] <= only[1])) continue;
      const x = sx(px[i]), y = sy(py[i]);
      if (x < frame.left + 4 || x > frame.left + frame.width - 4 || y < frame.top + 4 || y > frame.top + frame.height - 4) continue;
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

  // An empty canvas, clipped to the axes.
  sheet(frame) {
    if (this.elsewhere) return this.elsewhere;
    const { canvas, plot: { size: { width, height } } } = this, sharp = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp))
      Object.assign(canvas, { width: Math.round(width * sharp), height: Math.round(height * sharp) });
    const g = canvas.getContext("2d");
    g.setTransform(sharp, 0, 0, sharp, 0, 0);
    g.clearRect(0, 0, width, height);
    g.beginPath();
    g.rect(frame.left, frame.top, frame.width, frame.height);
    return g;
  }

  // Of one input: the neuron's value, as all arrows point along one line.
  line(frame) {
    const { points: [x], values: y = [] } = this.store.given.field, g = this.sheet(frame);
    const key = `${this.store.given.version} ${frame.width} ${frame.height}`;
    if (this.shown.line !== key) this.plot.range(around(x), around(y));
    if (this.shown.line !== key || this.shown.dark !== this.store.dark) this.plot.paint();
    Object.assign(this.shown, { line: key, dark: this.store.dark });
    this.mark(frame, this.store.names[0], WORDS.value);
    const [sx, sy] = this.scales(frame);
    g.fillStyle = this.store.colour("neuron");
    for (let i = 0; i < x.length; i++) g.fillRect(sx(x[i]) - 1.5, sy(y[i]) - 1.5, 3, 3);
    this.slices.draw(WORDS.alike);
  }

  // Draw the same onto another context, as large.
  onto(g) {
    const { store } = this, { frame } = this.plot, score = store.text ? store.score(store.text) : null;
    g.beginPath();
    g.rect(frame.left, frame.top, frame.width, frame.height);
    this.elsewhere = g;
    if (this.inputs.length < 2) this.line(frame);
    else this.paint(frame, this.rows, score, this.dense);
    this.elsewhere = null;
  }

  // Names of the axes.
  mark(frame, across, up) {
    const [first, last] = [h("i", {}, up), h("i", {}, across)];
    Object.assign(first.style, { left: `${frame.left + 5}px`, top: `${frame.top + 4}px` });
    Object.assign(last.style, { left: `${frame.left + frame.width - 6}px`, top: `${frame.top + frame.height - 4}px`, transform: "translate(-100%, -100%)" });
    this.corners.replaceChildren(first, last);
  }

  paint(frame, rows, score, dense) {
    const { store } = this, { colour } = store, { field } = store.given, g = this.sheet(frame);
    const [page, neuron, yours, ...classes] = ["page", "neuron", "yours", "c0", "c1", "c2", "c3"].map(colour);
    const [sx, sy] = this.scales(frame), long = (dense ? DENSE : PAIRS).long;
    g.save();
    g.clip();
    if (this.greys) {
      const { low, high, side } = store.section, half = [0, 1].map((i) => (high[i] - low[i]) / (side - 1) / 2);
      const [left, right, bottom, top] = [sx(low[0] - half[0]), sx(high[0] + half[0]), sy(low[1] - half[1]), sy(high[1] + half[1])];
      g.imageSmoothingQuality = "high";
      g.drawImage(this.greys, left, top, right - left, bottom - top);
    }
    const lines = score ? (store.choices.levels ?? (dense ? LINES : 0)) : 0;
    if (lines && store.section) {
      g.strokeStyle = store.isMachine(store.text) ? colour("soft") : yours;
      g.globalAlpha = 0.5;
      g.lineWidth = 1;
      g.beginPath();
      for (const [x0, y0, x1, y1] of levels(store.reading(store.text).tree, store.section, this.inputs, field, store.given.language, lines)) {
        g.moveTo(sx(x0), sy(y0));
        g.lineTo(sx(x1), sy(y1));
      }
      g.stroke();
      g.globalAlpha = 1;
    }
    const [px, py] = this.inputs.map((j) => field.points[j]);
    if (!field.rank && !this.greys) shaded(field.values, (i, shade) => {
      g.fillStyle = shade;
      g.fillRect(sx(px[i]) - 3, sy(py[i]) - 3, 6, 6);
    });
    const turned = this.turned(frame), w = field.weights, most = w?.reduce((a, b) => Math.max(a, b));
    for (const i of rows) {
      if (most) g.globalAlpha = 0.3 + (0.7 * w[i]) / most;
      const x = sx(px[i]), y = sy(py[i]), both = arrows(field, score?.along, i, this.inputs);
      both.neuron = turned(both.neuron);
      both.formula = both.formula && turned(both.formula);
      const angle = score ? classOf(score.degrees[i]) : 0;
      if (dense) {
        arrow(g, x, y, both.neuron, long, score ? classes[angle] : neuron, page, WIDTHS[angle], true);
        continue;
      }
      if (both.formula && Number.isFinite(both.formula[0])) arrow(g, x, y, both.formula, long, yours, page, 2.4);
      arrow(g, x, y, both.neuron, long, neuron, page, 2.2);
      g.fillStyle = score ? classes[angle] : neuron;
      g.beginPath();
      g.arc(x, y, score ? 2.2 + 0.5 * angle : 2.4, 0, 7);
      g.fill();
    }
    g.restore();
  }

  // Arrows on the screen, where they cross level lines at right angles.
  turned(frame) {
    const { field } = this.store.given, sides = [frame.width, frame.height];
    const pixels = this.plot.ranges.map(([low, high], i) => (sides[i] / (high - low)) * (field.spread[this.inputs[i]] || 1));
    return ([a, b]) => {
      const [u, v] = [a / pixels[0], b / pixels[1]], by = Math.hypot(a, b) / (Math.hypot(u, v) || 1);
      return [u * by, v * by];
    };
  }

  tell(rows) {
    const { store } = this, { field } = store.given, score = store.text ? store.score(store.text) : null;
    const chosen = rows.map((row) => this.plot.source("points").data.row[row]);
    const [first] = chosen;
    const numbers = field.names.slice(0, 6).map((name, j) => `${name} = ${Number(field.points[j][first].toPrecision(3))}`);
    const middle = score && chosen.map((row) => score.degrees[row]).sort((a, b) => a - b)[chosen.length >> 1];
    const said = { count: chosen.length, numbers: numbers.join(", "), angle: degrees(middle ?? NaN) };
    this.told = true;
    this.slices.draw(chosen.length > 1 ? WORDS[score ? "points" : "somePoints"](said) : score ? WORDS.point(said) : said.numbers);
  }
}

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
