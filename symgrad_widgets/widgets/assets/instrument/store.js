// What is shown, and all that follows from it: the one state, what Python has given, and the formula in hand.
import { computed, FormulaError, lengthOf, mathml, read, scored } from "../formula/index.js";
import { WORDS } from "./words.js";

const ALWAYS = ["field", "guess", "angle", "told"]; // panels that are never closed
const ALL = [...ALWAYS, "network", "formulas", "front", "bend", "time"];
const KEPT = 60; // formulas whose values are kept

// What a map keeps under a name, made when it is first asked for; the oldest goes.
function kept(map, name, make) {
  if (map.has(name)) return map.get(name);
  if (map.size > KEPT) map.delete(map.keys().next().value);
  const made = make();
  map.set(name, made);
  return made;
}

// Text of the best formula of a generation; null where none stands out.
export const bestOf = (generation) => generation?.front[generation.best]?.text ?? null;

export class Store {
  // host: { state(), send(message) }, the notebook's or a page's own.
  constructor(host) {
    Object.assign(this, { host, state: host.state(), words: WORDS }); // words for what is loaded later
    this.alone = host.panels.length > 0; // whether a view shows some panels; all are opened one by one
    this.panels = this.alone ? host.panels : ALL;
    this.given = { sections: new Map(), found: [], first: 0, running: false, error: "", story: "" };
    this.live = null; // a formula that is being typed or dragged, not yet in the state
    this.problem = ""; // with what is typed
    this.only = null; // [low, high): angles of the arrows that are shown
    this.history = [];
    this.sent = []; // [mark, parts]: what has been changed here, and Python has not heard yet
    this.looked = null; // [layer, neuron] that is looked at, beside the one that is chosen
    this.awaited = false; // whether it has been asked for, and has not come
    this.chosen = null; // what was given of the chosen one, while another is shown
    this.ahead = new Map(); // layer and neuron: what is shown when it is looked at
    this.scores = new Map(); // of the neuron that is shown
    this.computed = new Map(); // at the points `at`, whatever the neuron
    this.readings = new Map();
    this.asked = false;
    this.colours = {};
  }

  // Have everything drawn that has changed, once a frame.
  touch() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  // Whether what is shown has been given: a state may come before its field.
  get ready() {
    return Boolean(this.given.field) && this.state.inputs.every((name) => this.names.includes(name));
  }

  get names() {
    return this.given.field.names;
  }

  // Whether it can be asked what the formula in hand is; of one input there is nothing to find.
  get asks() {
    return !this.alone && this.ready && this.names.length > 1 && this.text !== null && !this.problem && !this.looked && !this.given.busy;
  }

  // Whether a panel is seen; error against length stands with the formulas.
  has(panel) {
    const open = this.alone || ALWAYS.includes(panel) || this.state.open.includes(panel === "front" ? "formulas" : panel);
    return open && this.panels.includes(panel);
  }

  // How the field is looked at: { overlay, levels, worst, arrows, band }.
  get choices() {
    return this.host.choices?.() ?? {};
  }

  choose(parts) {
    this.host.choose({ ...this.choices, ...parts });
  }

  // Whether arrows are coloured by angle: many of the neuron's alone, not a few pairs.
  get dense() {
    return this.alone ? !this.choices.overlay : this.has("formulas");
  }

  // Change parts of the state; what it was before can be undone when formulas have changed. A formula that is being
  // typed while another one is selected, by a person or by the machine, is kept among the guesses.
  go(parts, undoable = false) {
    const { live, state: { guesses, selected } } = this, mark = Math.random();
    if (undoable) this.history.push({ guesses, selected });
    if ("selected" in parts) {
      if (live !== null && live !== parts.selected && !parts.guesses) parts = { ...parts, guesses: [...guesses, live] };
      this.hold(null);
    }
    this.state = { ...this.state, ...parts };
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

  // The formula in hand, which every panel shows: its text and how it agrees; null where there is none.
  get text() {
    return this.live ?? this.state.selected;
  }

  get inHand() {
    return this.ready && this.text ? this.score(this.text) : null;
  }

  // What was given of the neuron that is chosen, whatever is looked at.
  get own() {
    return this.chosen ?? this.given;
  }

  // Whether the machine has found this formula, in any generation.
  isMachine(text) {
    return !this.state.guesses.includes(text) && this.given.found.some(({ front }) => front.some((one) => one.text === text));
  }

  // What else of the state changes with the generation: the machine's best is followed, until another formula
  // of its own is chosen; a guess stays.
  followed(generation) {
    const { text } = this, next = this.given.found[generation - 1], best = bestOf(next);
    if (best === null || this.live !== null || this.state.guesses.includes(text)) return {};
    const chosen = this.isMachine(text) && bestOf(this.generation) !== text;
    return chosen && next.front.some((one) => one.text === text) ? {} : { selected: best };
  }

  // Show a text while it changes; a number is dragged without a place in the history.
  hold(text) {
    this.live = text;
    this.problem = "";
    this.touch();
  }

  // Keep a guess: a new one, or one in the place of another. Where answers are kept back until somebody has guessed,
  // to move the numbers of what is shown is to try it, not to guess.
  keep(text, instead = null) {
    if (instead !== null && this.given.kept != null) return this.go({ selected: text }, true);
    const guesses = this.state.guesses.filter((one) => one !== text);
    const at = guesses.indexOf(instead);
    if (at >= 0) guesses.splice(at, 1, text);
    else guesses.push(text);
    this.go({ guesses, selected: text }, true);
  }

  // Make a guess of the formula in hand.
  enter() {
    const { text } = this;
    if (text && !this.isMachine(text) && !this.state.guesses.includes(text)) this.keep(text);
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
    return kept(this.readings, text, () => {
      try {
        return read(text, this.names, this.given.language);
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        return { error };
      }
    });
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

  // How the formula agrees with the neuron, see formula/score.js; null where it cannot be read.
  score(text) {
    const { tree } = this.reading(text), { field, language } = this.given;
    if (!tree) return null;
    if (this.at !== field.at) this.computed.clear();
    this.at = field.at;
    return kept(this.scores, text, () => scored(kept(this.computed, text, () => computed(tree, field, language)), field));
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
    const given = this.awaited && this.ahead.get(String(this.looked));
    if (!given) return false;
    const { field, what, found, sections } = this.given;
    this.chosen ??= { field, what, found, sections };
    this.awaited = false;
    this.show(given);
    return true;
  }

  // Take what an atlas says of a neuron that may be looked at, or is.
  read(layer, neuron, found) {
    const given = this.ahead.get(String([layer, neuron]));
    if (given && !given.found.length) given.found = found;
    if (given && !this.awaited && this.looksAt(layer, neuron)) this.given.found = given.found;
  }

  looksAt(layer, neuron) {
    return String(this.looked) === String([layer, neuron]);
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
