// Two plots of bokeh's: error against length, and the neuron's value against the formula's.
import { h } from "./dom.js";
import { lengthOf } from "./copies.js";
import { WORDS } from "./words.js";

const LOWEST = 1e-12; // losses below are rounding, drawn here
const DOTS = 300;
const SOON = 30, PAUSE = 300; // milliseconds to a picture, and between two while a number is dragged

const powerOf = (loss) => Math.log10(Math.max(loss, LOWEST));

class Chart {
  constructor(store, panel, title) {
    this.store = store;
    this.panel = panel;
    this.next = 0;
    this.box = h("div.sgi-plot");
    this.stage = h("div.sgi-stage", { role: "img", "aria-label": title }, this.box);
    this.element = h(`section.sgi-chart.sgi-${panel}`, { "aria-label": title }, h("h3", {}, h("b", {}, title)), this.stage);
  }

  // A moment after field and angles, as bokeh draws all of a plot anew; seldom while a number is dragged.
  draw() {
    this.later ??= setTimeout(() => {
      this.later = null;
      this.next = performance.now() + PAUSE;
      this.show();
    }, this.store.live === null ? SOON : Math.max(SOON, this.next - performance.now()));
  }

  show() {
    const { store } = this;
    if (!store.ready || !this.plot?.frame || !this.element.getClientRects().length) return;
    const look = getComputedStyle(this.stage);
    this.colour = (name) => look.getPropertyValue(`--sgi-${name}`).trim();
    if (this.dark !== store.dark) {
      this.dark = store.dark;
      this.plot.paint();
    }
    this.fill();
  }
}

export class FrontChart extends Chart {
  constructor(store, formulas) {
    super(store, "front", WORDS.front);
    this.formulas = formulas;
  }

  attach(plot) {
    this.plot = plot;
    plot.embedded.then(() => plot.view && plot.tapped("formulas", ([row]) => {
      const text = this.texts[row];
      plot.source("formulas").selected.indices = [];
      if (text) this.store.select(text);
    }));
  }

  fill() {
    const { store, colour } = this, front = store.generation?.front ?? [];
    const all = this.formulas.entries.map((one) => ({ ...one, height: powerOf(store.score(one.text).loss) }));
    this.texts = all.map((one) => one.text);
    const key = JSON.stringify([all.map((one) => [one.text, one.height]), store.text, store.dark]);
    if (this.key === key) return;
    this.key = key;
    const at = front.map((one) => [one.length, powerOf(store.score(one.text).loss)]);
    const last = Math.max(6, ...all.map((one) => one.length)) + 1;
    if (at.length) at.push([last, at.at(-1)[1]]);
    this.plot.fill("steps", { x: at.map(([x]) => x), y: at.map(([, y]) => y) });
    const on = (one) => one.text === store.text;
    this.plot.fill("formulas", {
      x: all.map((one) => one.length), y: all.map((one) => one.height), size: all.map((one) => (on(one) ? 13 : 8)),
      colour: all.map((one) => colour(one.mine ? "yours" : one.best ? "good" : on(one) ? "accent" : "soft")),
      alpha: all.map(() => 1), marker: all.map((one) => (on(one) ? "diamond" : "circle")),
    });
    const low = Math.min(-3, ...all.map((one) => one.height));
    this.plot.range([0, last], [1.2 * low - 0.3, -0.14 * low]);
    this.plot.labels(WORDS.length, "");
  }
}

export class BendChart extends Chart {
  constructor(store) {
    super(store, "bend", WORDS.bend);
  }

  attach(plot) {
    this.plot = plot;
  }

  fill() {
    const { store } = this, neuron = store.given.field.values, score = store.text ? store.score(store.text) : null;
    if (!neuron || !score) return this.plot.fill("values", { x: [], y: [], size: [], colour: [], alpha: [] });
    const step = Math.max(1, Math.floor(neuron.length / DOTS)), rows = [];
    for (let i = 0; i < neuron.length; i += step) if (Number.isFinite(score.values[i])) rows.push(i);
    const ends = (values) => {
      const [low, high] = [Math.min(...values), Math.max(...values)], rim = 0.06 * (high - low) || 1;
      return [low - rim, high + rim];
    };
    const x = rows.map((i) => score.values[i]), y = rows.map((i) => neuron[i]), same = (value) => rows.map(() => value);
    this.plot.fill("values", { x, y, size: same(3.5), colour: same(this.colour(store.isMachine(store.text) ? "accent" : "yours")), alpha: same(0.55) });
    if (rows.length) this.plot.range(ends(x), ends(y));
    this.plot.labels("formula", "neuron");
  }
}
