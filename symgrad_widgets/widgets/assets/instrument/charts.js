// Two plots of bokeh's: error against length, and the neuron's value against the formula's.
import { bent } from "../formula/index.js";
import { around, h, Panel } from "./dom.js";
import { local } from "./spoken.js";
import { WORDS } from "./words.js";

const LOWEST = 1e-12; // losses below are rounding, drawn here
const DOTS = 300;
const SOON = 30, PAUSE = 300; // milliseconds to a picture, and between two while a number is dragged

const percent = (part, share) => local((100 * part).toFixed(share > 0.99 ? 2 : 0));
const powerOf = (loss) => Math.log10(Math.max(loss, LOWEST));

class Chart extends Panel {
  constructor(store, panel, title) {
    super(store);
    this.panel = panel;
    this.next = 0; // picture, not before
    this.box = h("div.sgi-plot");
    this.stage = h("div.sgi-stage", { role: "img", ariaLabel: title }, this.box);
    this.title = h("b", {}, title);
    this.element = h(`section.sgi-chart.sgi-${panel}`, { ariaLabel: title }, h("h3", {}, this.title), this.stage);
  }

  attach(plot) {
    this.plot = plot;
  }

  // A moment after field and angles, as bokeh draws all of a plot anew; seldom while a number is dragged.
  draw() {
    this.later ??= setTimeout(() => {
      this.later = null;
      this.next = performance.now() + PAUSE;
      if (this.store.ready && this.plot?.frame && this.plot.size.width) this.fill();
    }, this.store.live === null ? SOON : Math.max(SOON, this.next - performance.now()));
  }
}

export class FrontChart extends Chart {
  constructor(store, formulas) {
    super(store, "front", WORDS.front);
    this.formulas = formulas;
  }

  attach(plot) {
    super.attach(plot);
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
    const { store, plot } = this, { colours, given: { null: chance = [] } } = store; // what the same search reaches on random directions
    const all = this.formulas.entries.map((one) => ({ ...one, height: powerOf(this.loss(one)) }));
    this.texts = all.map((one) => one.text);
    if (!this.fresh("front", JSON.stringify([all.map((one) => [one.text, one.height]), store.text, store.dark, chance]))) return;
    const at = (store.generation?.front ?? []).map((one) => [one.length, powerOf(this.loss(one))]);
    const last = Math.max(6, ...all.map((one) => one.length)) + 1, low = Math.min(-3, ...all.map((one) => one.height));
    if (at.length) at.push([last, at.at(-1)[1]]);
    plot.fill("steps", at, { x: ([x]) => x, y: ([, y]) => y });
    plot.fill("null", chance, { x: ([x]) => x, y: (_, i) => powerOf(Math.min(...chance.slice(0, i + 1).map(([, y]) => y))) });
    this.element.firstChild.title = chance.length ? WORDS.chance : "";
    const on = (one) => one.text === store.text;
    plot.fill("formulas", all, {
      x: (one) => one.length, y: (one) => one.height, size: (one) => (on(one) ? 13 : 8), alpha: 1,
      colour: (one) => colours[one.mine ? "yours" : one.best ? "good" : on(one) ? "accent" : "soft"],
      marker: (one) => (on(one) ? "diamond" : "circle"),
    });
    plot.range([0, last], [1.2 * low - 0.3, -0.14 * low]);
    plot.labels(WORDS.length, "", true);
  }
}

// The neuron's value against the formula's with the monotone curve that fits best, or what that curve leaves.
export class BendChart extends Chart {
  constructor(store, panel = "bend") {
    super(store, panel, WORDS[panel]);
    this.share = h("span");
    this.element.firstChild.append(this.share);
  }

  get empty() {
    const { store } = this;
    return !store.given.field?.values || (this.panel === "rest" && !store.inHand);
  }

  fill() {
    const { store, plot, panel } = this, { inHand: score, colours, given: { field } } = store, { values: neuron } = field, left = panel === "rest";
    const fit = neuron && score && bent(score.values, neuron);
    if (store.alone && !left) this.title.textContent = fit ? WORDS.bent : WORDS.values;
    this.share.textContent = fit ? WORDS[left ? "left" : "explained"]({ share: percent(left ? 1 - fit.share : fit.share, fit.share) }) : "";
    const [across] = store.state.inputs, column = score?.values ?? field.points[store.names.indexOf(across)];
    const rows = fit?.rows ?? (neuron && !score ? Array.from(neuron.keys()) : []), step = Math.max(1, Math.floor(rows.length / DOTS));
    const some = rows.map((_, place) => place).filter((place) => place % step === 0);
    const x = some.map((place) => column[rows[place]]), phi = some.map((place) => fit?.phi[place] ?? 0);
    const y = some.map((place, i) => neuron[rows[place]] - (left ? phi[i] : 0));
    const own = !fit ? "neuron" : store.isMachine(store.text) ? "accent" : "yours";
    plot.fill("values", some, { x: (_, i) => x[i], y: (_, i) => y[i], size: 3.5, colour: colours[own], alpha: 0.55 });
    plot.fill("curve", fit ? [phi] : [], { xs: () => x, ys: () => (left ? phi.map(() => 0) : phi), colour: colours.ink });
    if (!some.length) return;
    plot.range(around(x), around(y));
    plot.labels(fit ? WORDS.formula : across, left ? WORDS.minusBend : WORDS.neuron, phi[0] > phi.at(-1));
  }
}
