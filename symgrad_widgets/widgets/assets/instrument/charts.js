// Two plots of bokeh's: error against length, and the neuron's value against the formula's.
import { bent } from "../formula/index.js";
import { around, h } from "./dom.js";
import { WORDS } from "./words.js";

const LOWEST = 1e-12; // losses below are rounding, drawn here
const DOTS = 300;
const SOON = 30, PAUSE = 300; // milliseconds to a picture, and between two while a number is dragged

const percent = (part, share) => (100 * part).toFixed(share > 0.99 ? 2 : 0);
const powerOf = (loss) => Math.log10(Math.max(loss, LOWEST));

class Chart {
  constructor(store, panel, title) {
    this.store = store;
    this.panel = panel;
    this.next = 0;
    this.box = h("div.sgi-plot");
    this.stage = h("div.sgi-stage", { role: "img", "aria-label": title }, this.box);
    this.title = h("b", {}, title);
    this.element = h(`section.sgi-chart.sgi-${panel}`, { "aria-label": title }, h("h3", {}, this.title), this.stage);
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
    if (!store.ready || !this.plot?.frame || !this.plot.size.width) return;
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

  // A formula that a page cannot compute has the loss that Python found.
  loss({ text, loss }) {
    return this.store.score(text)?.loss ?? loss;
  }

  fill() {
    const { store } = this, { colour } = store, front = store.generation?.front ?? [];
    const all = this.formulas.entries.map((one) => ({ ...one, height: powerOf(this.loss(one)) }));
    this.texts = all.map((one) => one.text);
    const key = JSON.stringify([all.map((one) => [one.text, one.height]), store.text, store.dark, store.given.null]);
    if (this.key === key) return;
    this.key = key;
    const at = front.map((one) => [one.length, powerOf(this.loss(one))]);
    const last = Math.max(6, ...all.map((one) => one.length)) + 1;
    if (at.length) at.push([last, at.at(-1)[1]]);
    this.plot.fill("steps", { x: at.map(([x]) => x), y: at.map(([, y]) => y) });
    const { null: chance = [] } = store.given; // what the same search reaches on random directions
    this.plot.fill("null", { x: chance.map(([x]) => x), y: chance.map((_, i) => powerOf(Math.min(...chance.slice(0, i + 1).map(([, y]) => y)))) });
    this.element.querySelector("h3").title = chance.length ? WORDS.chance : "";
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

// The neuron's value against the formula's with the monotone curve that fits best, or what that curve leaves.
export class BendChart extends Chart {
  constructor(store, panel = "bend") {
    super(store, panel, WORDS[panel]);
    this.share = h("span");
    this.element.firstChild.append(this.share);
  }

  attach(plot) {
    this.plot = plot;
  }

  fill() {
    const { store } = this, neuron = store.given.field.values, score = store.text ? store.score(store.text) : null;
    const fit = neuron && score && bent(score.values, neuron), left = this.panel === "rest";
    this.element.hidden = left && !fit;
    if (store.panels.length && !left) this.title.textContent = fit ? WORDS.bent : WORDS.values;
    this.share.textContent = fit ? WORDS[left ? "left" : "explained"]({ share: percent(left ? 1 - fit.share : fit.share, fit.share) }) : "";
    if (!neuron || (score && !fit)) {
      this.plot.fill("values", { x: [], y: [], size: [], colour: [], alpha: [] });
      return this.plot.fill("curve", { xs: [], ys: [], colour: [] });
    }
    const [across] = store.state.inputs, column = score?.values ?? store.given.field.points[store.names.indexOf(across)];
    const rows = fit?.rows ?? Array.from(neuron.keys()), step = Math.max(1, Math.floor(rows.length / DOTS));
    const some = rows.map((_, place) => place).filter((place) => place % step === 0);
    const x = some.map((place) => column[rows[place]]), phi = fit ? some.map((place) => fit.phi[place]) : [];
    const y = some.map((place, i) => neuron[rows[place]] - (left ? phi[i] : 0)), same = (value) => some.map(() => value);
    this.plot.fill("values", { x, y, size: same(3.5), colour: same(this.store.colour(!fit ? "neuron" : store.isMachine(store.text) ? "accent" : "yours")), alpha: same(0.55) });
    this.plot.fill("curve", { xs: fit ? [x] : [], ys: fit ? [left ? same(0) : phi] : [], colour: fit ? [this.store.colour("ink")] : [] });
    this.plot.range(around(x), around(y));
    this.plot.labels(fit ? WORDS.formula : across, left ? WORDS.minusBend : WORDS.neuron);
  }
}
