// Stands in the kernel's place: what the instrument asks for is answered from what the page holds.
import { FormulaError, loss, read } from "../formula/index.js";
import { opened } from "./link.js";
import { Subjects } from "./subjects.js";
import { anglesOf, verdict } from "./verdict.js";
import { TOLD, WHY, WORDS } from "./words.js";

const PACE = 140; // milliseconds for each generation of a search that is played again
const OF_FIELD = ["layer", "neurons"], OF_SECTION = ["inputs", "slice"], OF_NETWORK = ["inputs", "open"];

// The interface is that of a widget's model: state, custom messages, and events.
export class Answerer {
  // live(), paper(): promises of the modules that BokehJS and paper/ come as. answers: what was kept back, or null while it is locked.
  constructor(data, live, paper, answers) {
    Object.assign(this, { data, live, paper, answers, subjects: new Subjects(data) });
    this.heard = new Map(); // event: listeners
    this.state = this.shown = data.state;
    this.hints = 0;
    this.reached = new Map(); // of a recorded search, by its subject: generations that have been shown
    this.timer = null;
    this.moved = () => null; // called with each state
  }

  // -- a widget's model

  get(name) {
    return { _state: this.state, _version: this.data.bokeh, _panels: [], _choices: {} }[name] ?? null;
  }

  on(event, act) {
    this.heard.set(event, [...(this.heard.get(event) ?? []), act]);
  }

  off(event, act) {
    this.heard.set(event, (this.heard.get(event) ?? []).filter((one) => one !== act));
  }

  emit(event, ...given) {
    for (const act of this.heard.get(event) ?? []) act(...given);
  }

  tell(given) {
    queueMicrotask(() => this.emit("msg:custom", { given }));
  }

  say(said, name = "") {
    const sentence = said.replace(/^./, (first) => first.toUpperCase()).replace(/(?<![.?!])$/, ".");
    this.tell({ told: { text: null, name, said: sentence, same: false } });
  }

  send(message) {
    const answers = {
      live: async () => {
        const module = await this.live();
        this.emit("msg:custom", { live: this.data.bokeh }, [module]);
      },
      paper: async () => this.emit("msg:custom", { paper: true }, [await this.paper()]),
      given: () => this.begun.then(() => this.tellAll()),
      plots: () => this.tell({ documents: { front: this.data.documents.front, bend: this.data.documents.bend } }),
      layer: () => this.tell({ layer: this.subjects.layer(this.state.inputs, message.layer) }),
      look: () => this.look(message.layer, message.neuron, Boolean(message.ahead)),
      set: () => this.set(message),
      state: () => this.paste(message.text),
      what: () => this.what(message.text),
      hint: () => this.hint(),
      step: () => this.step(),
      play: () => this.play(),
      stop: () => this.stop(),
      go: () => this.data.harder && location.assign(this.data.harder),
    };
    answers[message.want ?? message.do]?.();
  }

  // -- states

  // Why a state cannot be shown, in words; null where it can.
  why(state) {
    const { names } = this.subjects.base, most = Math.min(2, names.length);
    if (state.inputs.length !== most || ![...state.inputs, ...Object.keys(state.slice)].every((name) => names.includes(name)))
      return WORDS.inputs;
    for (const text of [...state.guesses, ...(state.selected === null ? [] : [state.selected])])
      try {
        read(text, names, this.data.language);
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        return error.message.replace(/\.$/, "");
      }
    return this.subjects.why(state.layer, state.neurons, state.generation);
  }

  // Go to a state that has been looked at by `why`.
  go(state) {
    this.state = state;
    this.tell({ state });
    this.follow();
  }

  // What the page has changed; of other neurons the last that was found is shown, and so it is after a first guess.
  async set({ parts, mark }) {
    const { found: before, subject, secret } = this;
    this.state = { ...this.state, ...(parts.neurons && { generation: 0 }), ...parts };
    await this.follow();
    if (!("generation" in parts) && (subject !== this.subject || secret !== this.secret)) this.last(before);
    this.tell({ state: this.state, heard: mark });
  }

  // The last generation and its best formula, unless a guess is shown.
  last(before) {
    const { found, state } = this, { selected } = state, now = found.at(-1), best = now?.front[now.best]?.text;
    const machine = before.some(({ front }) => front.some(({ text }) => text === selected));
    const mine = state.guesses.includes(selected) || (!best && !machine) ? selected : (best ?? null);
    this.state = this.shown = { ...state, generation: found.length, selected: mine };
    this.moved(this.state);
  }

  // Go to the state of a line; what it may not be stays as it was, and why is said.
  paste(text) {
    try {
      this.go(opened(text, this.data.state, (state) => this.why(state)));
      this.tell({ error: "" });
    } catch (error) {
      this.tell({ error: WORDS.line({ why: error.message }) });
    }
  }

  async begin() {
    this.subject = await this.subjects.of(this.state.layer, this.state.neurons);
    this.reach(this.state.generation);
  }

  tellAll() {
    const { data, state } = this;
    const network = state.open.includes("network") ? this.subjects.tiles(state.inputs, state) : null;
    this.tell({ language: data.language, choices: [], story: data.story, running: false, error: "", recorded: true,
      ...this.given(), state: this.state, documents: { field: data.documents.field }, network });
  }

  async follow() {
    const { state, shown: before } = this, other = (names) => names.some((name) => JSON.stringify(state[name]) !== JSON.stringify(before[name]));
    this.shown = state;
    if (other(OF_FIELD)) {
      this.stop();
      const subject = await this.subjects.of(state.layer, state.neurons);
      if (!subject) return this.back(before, this.subjects.why(state.layer, state.neurons) ?? WORDS.still);
      if (this.shown !== state) return this.follow(); // the page has gone on meanwhile
      this.subject = subject;
      this.hints = 0;
      this.reach(state.generation);
      this.tell(this.given());
    } else if (other(OF_SECTION)) this.tell({ section: this.section(this.subject) });
    if (state.generation > this.found.length && !this.secret) {
      this.reach(state.generation);
      this.tell({ found: this.found, ended: this.ended });
    }
    if (other(["guesses"]) && before.hidden && !before.guesses.length) this.tell({ found: this.found });
    if (state.open.includes("network") && other(OF_NETWORK) && (other(["inputs"]) || !before.open.includes("network")))
      this.tell({ network: this.subjects.tiles(state.inputs, state) });
    this.moved(state);
  }

  back(before, why) {
    const { layer, neurons } = before;
    this.state = this.shown = { ...this.state, layer, neurons };
    this.tell({ state: this.state });
    this.say(why);
  }

  // -- what is told

  get secret() {
    return this.state.hidden && !this.state.guesses.length;
  }

  // Generations of the search that has been recorded for what is looked at.
  get recorded() {
    const { found } = this.subject;
    return found === null ? (this.answers?.found ?? []) : found;
  }

  // Those of them that are shown.
  get found() {
    return this.secret ? [] : this.recorded.slice(0, this.subject.read ? undefined : (this.reached.get(this.subject) ?? 0));
  }

  reach(generation) {
    this.reached.set(this.subject, Math.max(this.reached.get(this.subject) ?? 0, generation));
  }

  get ended() {
    return this.found.length && this.found.length === this.recorded.length ? this.subject.ended : null;
  }

  section(subject) {
    return [this.state.inputs, this.subjects.section(subject, this.state.inputs, this.state.slice)];
  }

  given() {
    const { subject } = this, without = ["add"];
    if ((subject.found && !this.recorded.length) || subject.read) without.push("machine");
    if (!this.knows() || (this.answers && !this.answers.hints.length)) without.push("hint");
    const field = { ...this.data.fields[0].field, ...subject.field }; // a link may lead to a neuron at once
    return { what: subject.what, field, section: this.section(subject), found: this.found, ended: this.ended, without };
  }

  // Another neuron to look at, or to keep for later: then nobody has asked for it yet.
  async look(layer, neuron, ahead) {
    const subject = await this.subjects.of(layer, [neuron]);
    if (!subject) this.tell({ look: { layer, neuron, ahead, field: null } });
    if (!subject && ahead) return null;
    if (!subject) return this.say(this.subjects.why(layer, [neuron]) ?? WORDS.still);
    const found = this.secret || !subject.read ? [] : subject.found;
    this.tell({ look: { layer, neuron, ahead, what: subject.what, field: subject.field, section: this.section(subject), found } });
  }

  // Whether what was kept back is of what is looked at.
  knows() {
    const { state } = this.data;
    return this.data.answered && this.subject.layer === state.layer && String(this.subject.neurons) === String(state.neurons);
  }

  what(text) {
    const { data, subject } = this, field = this.subjects.whole(subject), { tree } = this.read(text);
    if (this.knows() && !this.answers) return this.say(WORDS.locked);
    const answers = this.knows() ? this.answers.concepts : null;
    const degrees = anglesOf(tree, field, data.language), at = (share) => Number(degrees[Math.floor(share * (degrees.length - 1))].toPrecision(2));
    const why = [WHY.angles({ middle: at(0.5), most: at(0.95), count: degrees.length })], told = verdict(tree, field, answers?.length ? answers : null, data.language);
    this.tell({ told: { text, harder: data.harder, ...told, why, change: data.untried } });
  }

  // Of a formula, beside the neurons that are chosen: as Python computes it.
  loss(text) {
    return loss(this.read(text).tree, this.subjects.whole(this.subject), this.data.language);
  }

  read(text) {
    return read(text, this.subjects.base.names, this.data.language);
  }

  hint() {
    if (!this.answers) return this.say(WORDS.locked);
    const { hints } = this.answers, last = hints.length - 1 - Number(this.secret); // which tells the formula
    this.say(hints[Math.min(this.hints++, last)], TOLD.hint);
  }

  // -- a search that was recorded is played again

  step() {
    const { recorded, found } = this, next = recorded[found.length];
    if (this.secret) return this.say(WORDS.guess);
    if (!next) {
      this.stop();
      return this.say(WORDS.search);
    }
    this.reach(next.generation);
    this.tell({ generation: next, ended: this.ended });
    if (this.found.length === recorded.length) this.stop();
  }

  play() {
    if (this.timer) return;
    if (this.secret) return this.say(this.answers ? WORDS.guess : WORDS.locked);
    if (this.found.length >= this.recorded.length) return this.say(WORDS.search);
    this.tell({ running: true });
    this.timer = setInterval(() => this.step(), PACE);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.tell({ running: false });
  }

  // What was kept back has been opened.
  open(answers) {
    this.answers = answers;
    this.tell(this.given());
  }
}
