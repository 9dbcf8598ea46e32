// Stands in the kernel's place: what the instrument asks for is answered from what the page holds.
import { FormulaError, loss, read } from "../formula/index.js";
import { opened } from "./link.js";
import { Subjects } from "./subjects.js";
import { anglesOf, verdict } from "./verdict.js";
import { TOLD, WHY, WORDS } from "./words.js";

const ALIKE = 1e-6, EXACT = 1e-13; // losses of formulas whose arrows are the same: relative, or both rounding
const PACE = 140; // milliseconds for each generation of a search that is played again
const OF_FIELD = ["layer", "neurons"], OF_SECTION = ["inputs", "slice"], OF_NETWORK = ["inputs", "open"];

// Names in a tree.
const inputs = ([head, ...parts]) => (head === "@" ? parts : head === "#" ? [] : parts.flatMap(inputs));

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
      hint: () => this.hint(message.text),
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
      this.tell({ ...this.given(), told: null }); // what was said was about other neurons
    } else if (other(OF_SECTION)) this.tell({ section: this.section(this.subject) });
    if (state.generation > this.found.length && !this.secret) {
      this.reach(state.generation);
      this.tell({ found: this.found, ended: this.ended });
    }
    if (other(["guesses"]) && before.hidden && !before.guesses.length) this.tell({ found: this.found, kept: this.kept });
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

  // How many generations there are of a search that is kept back; null where none is.
  get kept() {
    return this.secret ? 0 : null;
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
    const { subject } = this, [home] = this.data.fields, without = ["add"];
    if ((subject.found && !this.recorded.length) || subject.read) without.push("machine");
    if (!this.knows() || (this.answers && !this.answers.hints.length)) without.push("hint");
    const field = { ...this.data.fields[0].field, ...subject.field }; // a link may lead to a neuron at once
    return { what: subject.what, home: subject === home ? null : home, field, section: this.section(subject), found: this.found, ended: this.ended, kept: this.kept, without, last: this.lastHint };
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
    const { data } = this, { tree, field } = this.beside(text);
    if (this.knows() && !this.answers) return this.say(WORDS.locked);
    const degrees = anglesOf(tree, field, data.language), at = (share) => Number(degrees[Math.floor(share * (degrees.length - 1))].toPrecision(2));
    const why = [WHY.angles({ middle: at(0.5), most: at(0.95), count: degrees.length })];
    this.tell({ told: { text, harder: data.harder, ...this.verdict(text), why, change: data.untried } });
  }

  // A formula, and the field of the neurons that are chosen.
  beside(text) {
    return { ...this.read(text), field: this.subjects.whole(this.subject) };
  }

  // What the page knows of the neurons that are chosen: concepts, or null.
  get concepts() {
    const known = this.knows() ? this.answers.concepts : [];
    return known.length ? known : null;
  }

  verdict(text) {
    const { tree, field } = this.beside(text);
    return verdict(tree, field, this.concepts, this.data.language, this.judged(text));
  }

  // Kind of answer that a formula is, where its arrows agree as those of the best that has been found; or null.
  judged(text) {
    const now = this.found.at(-1), best = now?.front[now.best];
    if (!best) return null;
    const [mine, known] = [text, best.text].map((one) => this.loss(one));
    return Math.abs(mine - known) <= ALIKE * known + EXACT ? now.kind : null;
  }

  // Of a formula, beside the neurons that are chosen: as Python computes it.
  loss(text) {
    const { tree, field } = this.beside(text);
    return loss(tree, field, this.data.language);
  }

  read(text) {
    return read(text, this.subjects.base.names, this.data.language);
  }

  // Whether the next hint is the answer.
  get lastHint() {
    return this.hints >= (this.answers?.hints?.length ?? Infinity) - 1;
  }

  // Whether nothing is missing from a formula: it is the concept or, where none is known, what the search has found to match.
  complete(text) {
    return this.concepts ? this.verdict(text).same : this.judged(text) === "match";
  }

  hint(text) {
    if (!this.answers) return this.say(WORDS.locked);
    if (text && this.complete(text)) return this.say(TOLD.complete, TOLD.hint);
    const { hints, needs } = this.answers, last = hints.length - 1, used = text ? inputs(this.read(text).tree) : [];
    if (String(needs) === String(this.subjects.base.names.filter((name) => used.includes(name)))) this.hints = Math.max(this.hints, 1);
    const at = Math.min(this.hints++, last); // the last tells the formula
    this.say(at === last && this.secret ? TOLD.guessFirst : hints[at], TOLD.hint);
    this.tell({ last: this.lastHint });
  }

  // -- a search that was recorded is played again

  // Why it does not go on, in words; null where it does.
  get over() {
    if (this.subject.found === null && !this.answers) return WORDS.locked;
    if (this.secret) return WORDS.guess;
    return this.found.length < this.recorded.length ? null : WORDS.search;
  }

  step() {
    const { found, recorded, over } = this, next = recorded[found.length];
    if (over) {
      this.stop();
      return this.say(over);
    }
    this.reach(next.generation);
    this.tell({ generation: next, ended: this.ended });
    if (this.over) this.stop();
  }

  play() {
    if (this.timer) return;
    if (this.over) return this.say(this.over);
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
