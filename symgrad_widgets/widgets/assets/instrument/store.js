// What is shown, and all that follows from it: the one state, what Python has given, and the formula in hand.
import { FormulaError, lengthOf, mathml, read } from "../formula/index.js";
import { computed, scored } from "./score.js";
import { WORDS } from "./words.js";

const KEPT = 60; // scores

export class Store {
  // host: { state(), send(message) }, the notebook's or a page's own.
  constructor(host) {
    this.host = host;
    this.state = host.state();
    this.panels = host.panels ?? []; // those that a view shows, or all, which are opened one by one
    this.given = { sections: new Map(), found: [], running: false, error: "", story: "" };
    this.live = null; // a formula that is being typed or dragged, not yet in the state
    this.only = null; // [low, high): angles of the arrows that are shown
    this.history = [];
    this.sent = []; // [mark, parts]: what has been changed here, and Python has not heard yet
    this.looked = null; // [layer, neuron] that is looked at, beside the one that is chosen
    this.awaited = false; // whether it has been asked for, and has not come
    this.chosen = null; // what was given of the chosen one, while another is shown
    this.ahead = new Map(); // layer and neuron: what is shown when it is looked at
    this.listeners = new Set();
    this.scores = new Map(); // of the neuron that is shown
    this.computed = new Map(); // at the points `at`, whatever the neuron
    this.readings = new Map();
    this.words = WORDS; // for what is loaded later
    this.asked = false;
    this.colours = {};
    this.colour = (name) => this.colours[name];
  }

  listen(listener) {
    this.listeners.add(listener);
  }

  // Draw everything that has changed, once a frame.
  touch() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      for (const listener of this.listeners) listener(this);
    });
  }

  // Whether what is shown has been given: a state may come before its field.
  get ready() {
    return Boolean(this.given.field) && this.state.inputs.every((name) => this.names.includes(name));
  }

  get names() {
    return this.given.field.names;
  }

  // Whether a panel is seen; error against length stands with the formulas.
  has(panel) {
    return this.panels.length ? this.panels.includes(panel) : this.state.open.includes(panel === "front" ? "formulas" : panel);
  }

  // How the field is looked at: { overlay, levels, worst, arrows, band }.
  get choices() {
    return this.host.choices?.() ?? {};
  }

  // Whether arrows are coloured by angle: many of the neuron's alone, not a few pairs.
  get dense() {
    return this.panels.length ? !this.choices.overlay : this.has("formulas");
  }

  // Change parts of the state; what it was before can be undone when formulas have changed.
  go(parts, undoable = false) {
    if (undoable) this.history.push({ guesses: this.state.guesses, selected: this.state.selected });
    this.state = { ...this.state, ...parts };
    if ("selected" in parts) this.live = null;
    const mark = Math.random();
    this.sent.push([mark, parts]);
    this.host.send({ do: "set", parts, mark });
    this.touch();
  }

  // Take the state that Python is in, and upon it what Python has not heard; heard: the last mark that it has.
  hear(state, heard) {
    const at = this.sent.findIndex(([mark]) => mark === heard), { selected } = this.state;
    this.sent.splice(0, at + 1);
    this.state = Object.assign({}, state, ...this.sent.map(([, parts]) => parts));
    if (this.state.selected !== selected) this.live = null;
    if (at >= 0 && this.chosen && !this.looked) this.leave(); // what was to be chosen has been refused
  }

  undo() {
    const before = this.history.pop();
    if (before) this.go(before);
  }

  // Text of the formula that every panel shows, or null.
  get text() {
    return this.live ?? this.state.selected;
  }

  // Whether the machine has found this formula, in any generation.
  isMachine(text) {
    return !this.state.guesses.includes(text) && this.given.found.some(({ front }) => front.some((one) => one.text === text));
  }

  // What else of the state changes with the generation: the machine's best is followed, until another formula
  // of its own is chosen; a guess stays.
  followed(generation) {
    const { text, generation: now } = this, next = this.given.found[generation - 1];
    if (!next || next.best < 0 || this.live !== null || this.state.guesses.includes(text)) return {};
    const chosen = this.isMachine(text) && now?.front[now.best]?.text !== text;
    return chosen && next.front.some((one) => one.text === text) ? {} : { selected: next.front[next.best].text };
  }

  // Show a text while it changes; a number is dragged without a place in the history.
  hold(text) {
    this.live = text;
    this.touch();
  }

  // Keep a guess: a new one, or one in the place of another.
  keep(text, instead = null) {
    const guesses = this.state.guesses.filter((one) => one !== text);
    const at = guesses.indexOf(instead);
    if (at >= 0) guesses.splice(at, 1, text);
    else guesses.push(text);
    this.go({ guesses, selected: text }, true);
  }

  select(text) {
    this.go({ selected: text });
  }

  toggle(panel, whether = !this.state.open.includes(panel)) {
    const open = this.state.open.filter((one) => one !== panel);
    this.go({ open: whether ? [...open, panel] : open });
  }

  // { tree, written, alternatives } or { error } of a text.
  reading(text) {
    if (!this.readings.has(text)) {
      if (this.readings.size > 500) this.readings.clear();
      let reading;
      try {
        reading = read(text, this.names, this.given.language);
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        reading = { error };
      }
      this.readings.set(text, reading);
    }
    return this.readings.get(text);
  }

  type(text) {
    const { tree } = this.reading(text);
    return tree ? mathml(tree, this.given.language) : text.replace(/[&<]/g, (sign) => `&#${sign.charCodeAt()};`);
  }

  // How long a formula is, counted as Python counts.
  length(text) {
    const { tree } = this.reading(text);
    return tree ? lengthOf(tree) : text.length;
  }

  // How the formula agrees with the neuron, see score.js; null where it cannot be read.
  score(text) {
    const known = this.scores.get(text);
    if (known) return known;
    const { tree } = this.reading(text);
    if (!tree) return null;
    const { field, language } = this.given;
    if (this.at !== field.at) this.computed.clear();
    this.at = field.at;
    for (const kept of [this.scores, this.computed]) if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    if (!this.computed.has(text)) this.computed.set(text, computed(tree, field, language));
    const score = scored(this.computed.get(text), field);
    this.scores.set(text, score);
    return score;
  }

  // Generation that is looked at, or null before the first.
  get generation() {
    return (this.chosen ? this.given.found.at(-1) : this.given.found[this.state.generation - 1]) ?? null;
  }

  // Put another field in the place of the one that is shown.
  show(given) {
    Object.assign(this.given, given, { version: (this.given.version ?? 0) + 1 });
    this.scores.clear();
    this.only = null;
    this.touch();
  }

  // Look at another neuron, as soon as it has come; the one that is chosen stays in the state.
  look(layer, neuron) {
    this.looked = [layer, neuron];
    this.awaited = true;
    if (!this.came()) this.host.send({ do: "look", layer, neuron });
    this.touch();
  }

  // Show what is to be looked at, if that has been given; whether it has.
  came() {
    const given = this.awaited && this.ahead.get(this.looked.join(" "));
    if (!given) return false;
    const { field, what, found, sections } = this.given;
    this.chosen ??= { field, what, found, sections };
    this.awaited = false;
    this.show(given);
    return true;
  }

  // Take what an atlas says of a neuron that may be looked at, or is.
  read(layer, neuron, found) {
    const key = [layer, neuron].join(" "), given = this.ahead.get(key);
    if (given && !given.found.length) given.found = found;
    if (given && !this.awaited && this.looked?.join(" ") === key) this.given.found = given.found;
  }

  // Come back to the chosen neuron.
  leave(looked = null) {
    const { chosen } = this;
    this.looked = looked;
    this.awaited = Boolean(looked);
    this.chosen = null;
    if (chosen) this.show(chosen);
    this.touch();
  }

  get section() {
    return this.given.sections.get(this.state.inputs.join("\n")) ?? null;
  }
}
