// The instrument: one state, one page, in a notebook; what has been given is looked at and played without Python.
import { bytes, unpacked } from "../formula/index.js";
import { ask, asked, CLOSED, drawing } from "../bokehjs.js";
import { AnglePanel } from "./angle.js";
import { bring, button, enable, h, news, plain, saying } from "./dom.js";
import { BendChart, FrontChart } from "./charts.js";
import { FieldPanel } from "./field.js";
import { FormulasPanel } from "./formulas.js";
import { GuessPanel } from "./guess.js";
import { NetworkPanel } from "./network.js";
import { Plot } from "./plots.js";
import { Store } from "./store.js";
import { TimePanel, sparkline } from "./time.js";
import { ToldPanel } from "./told.js";
import { LOST, WORDS } from "./words.js";

const COLOURS = ["page", "ink", "soft", "accent", "yours", "neuron", "good", "c0", "c1", "c2", "c3"];
const PATIENCE = 900; // milliseconds until the last picture stands in for what does not come

export function render({ model, el }) {
  const gone = new AbortController(), { signal } = gone;
  const host = {
    state: () => model.get("_state"),
    send: (message) => {
      try {
        model.send(message);
      } catch {
        lost();
      }
    },
    signal,
    paper: () => (host.papers ??= asked(model, "paper", true, signal)),
    panels: model.get("_panels"),
    choices: () => model.get("_choices"),
    choose: (choices) => {
      model.set("_choices", choices);
      model.save_changes();
    },
  };
  const instrument = new Instrument(el, host), { store } = instrument;
  const told = (message) => message.given && instrument.take(message.given);
  const lost = () => lose(instrument.element); // the kernel has gone
  const heard = { "change:_choices": () => store.touch(), comm_live_update: lost, "msg:custom": told };
  for (const [event, hear] of Object.entries(heard)) {
    model.on(event, hear);
    signal.addEventListener("abort", () => model.off(event, hear));
  }
  setTimeout(() => instrument.still(model), PATIENCE);
  drawing(model, signal) // asks for BokehJS while Python makes the rest
    .then(() => {
      instrument.Bokeh = globalThis.Bokeh[model.get("_version")];
      store.touch();
    })
    .catch((error) => error === CLOSED || console.error("symgrad: the plots could not be drawn:", error));
  ask(model, "given", () => store.given.language, signal);
  return () => gone.abort();
}

// Say beside an element that no kernel runs.
function lose(element) {
  element.dataset.lost = LOST;
  element.classList.add("sgi-lost");
}

class Instrument {
  constructor(el, host) {
    const { signal } = host, store = (this.store = new Store(host));
    this.host = host;
    this.fresh = news();
    this.documents = {}; // plots, by name: those of panels that are open
    this.field = new FieldPanel(store, (...neuron) => this.network.choose(...neuron));
    this.guess = new GuessPanel(store);
    this.angle = new AnglePanel(store);
    this.formulas = new FormulasPanel(store);
    this.front = new FrontChart(store, this.formulas);
    this.bend = new BendChart(store);
    this.rest = new BendChart(store, "rest");
    this.time = new TimePanel(store);
    this.network = new NetworkPanel(store);
    this.told = new ToldPanel(store);
    this.plotted = { field: this.field, front: this.front, bend: this.bend, rest: this.rest };
    this.build(el);
    store.draw = () => this.draw();
    this.theme();
    this.enlarge(Boolean(store.choices.large));
    const watcher = new MutationObserver(() => requestAnimationFrame(() => this.theme()));
    for (const element of [document.documentElement, document.body]) watcher.observe(element, { attributes: true });
    signal.addEventListener("abort", () => {
      watcher.disconnect();
      el.replaceChildren();
    });
    store.touch();
  }

  build(el) {
    const { alone, panels } = this.store;
    this.element = h("section.sgi", { ariaLabel: WORDS.name });
    this.save = plain(WORDS.save, () => this.saves());
    if (alone) this.element.append(h("div.sgi-some", {}, ...panels.map((panel) => this[panel].element)), this.save);
    else this.whole();
    // In a notebook a plain key is a command: x cuts the cell.
    this.element.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    });
    el.replaceChildren(this.element);
  }

  // All panels, and what chooses among them.
  whole() {
    const { host, store } = this, go = (experiment, seed) => host.send({ do: "go", experiment, seed });
    this.question = h("h2");
    this.story = h("p");
    this.what = button(WORDS.what, () => this.asks(), { className: "sgi-go" });
    this.machine = saying([WORDS.machine, WORDS.goOn, WORDS.stop], () => this.tries());
    this.hint = saying([WORDS.hint, WORDS.answer], () => host.send({ do: "hint", text: store.text }));
    this.home = button("", () => this.returns());
    this.toggles = Object.entries({ network: WORDS.showNetwork, formulas: WORDS.formulas, bend: WORDS.bendOf })
      .map(([panel, label]) => [panel, button(label, () => this.opens(panel))]);
    this.larger = plain("Aa", () => this.enlarge(!this.large), { title: WORDS.larger, ariaLabel: WORDS.larger });
    this.say = h("p.sgi-intro.sgi-labels");
    this.choice = h("select", { ariaLabel: WORDS.experiment, onchange: () => go(this.choice.value, 0) });
    this.learning = h("span.sgi-learning.sgi-note", { role: "status" });
    this.again = button(WORDS.again, () => (store.given.busy ? host.send({ do: "halt" }) : go(store.state.experiment, store.state.seed + 1)));
    this.element.append(
      h("header", {}, this.question, this.choice, this.again, this.learning, this.story),
      h("div.sgi-main", {}, this.network.element, this.field.element, this.guess.element,
        h("div.sgi-actions", {}, this.what, this.machine, this.hint, this.home,
          h("div.sgi-panels", {}, ...this.toggles.map(([, toggle]) => toggle), this.larger, this.save)),
        this.told.element, this.say, this.angle.element,
        h("div.sgi-side", {}, this.formulas.element, this.front.element, this.bend.element)),
      this.time.element);
  }

  // The last picture, where no Python answers.
  async still(model) {
    const packed = model.get("_svg");
    if (this.store.ready || this.host.signal.aborted || !packed?.byteLength) return;
    const innerHTML = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
    if (this.store.ready) return;
    this.picture = h("figure.sgi-still", { innerHTML });
    lose(this.picture);
    this.element.before(this.picture);
    this.element.hidden = true;
  }

  // Put what Python says into the store.
  take(message) {
    const { store } = this, { section, generation, documents, field, look, state, heard, read, ...given } = message, { network, busy, running } = given;
    if (state) store.hear(state, heard);
    if (field || section || given.found || network) store.ahead.clear();
    if (field || section) store.leave(store.awaited ? store.looked : null);
    Object.assign(store.given, given);
    if (given.language) store.readings.clear();
    if (field) store.show({ field: this.arrays(field), sections: new Map() });
    if (section) store.given.sections.set(section[0].join("\n"), section[1]);
    if (look) {
      const { layer, neuron, what, found, ahead } = look;
      if (look.field) store.ahead.set(String([layer, neuron]), { field: this.arrays(look.field), what, found, sections: new Map([[look.section[0].join("\n"), look.section[1]]]) });
      if (ahead) this.network.came();
      else if (!store.came() && store.awaited && store.looksAt(layer, neuron)) store.leave();
    }
    if (read) store.read(...read);
    const { driven, found: { length } } = store.given;
    if (documents && running && !driven && length) store.go({ generation: length, ...store.followed(length) });
    if (busy) store.given.training = null;
    if (network && !given.training) this.network.opened = null;
    if (network) store.given.networks = (store.given.networks ?? 0) + 1;
    const { told } = store.given; // what was said of a formula may be another thing once the search has ended
    if (given.ended && told?.why && told.text === store.text) this.host.send({ do: "what", text: told.text });
    Object.assign(this.documents, documents);
    if (generation) this.found(generation);
    if (running === false) this.since = null;
    store.touch();
  }

  // A field's arrays; what is the same for all neurons is sent with the first.
  arrays(field) {
    const values = field.values && bytes(field.values, Float64Array), own = unpacked(field);
    return field.points ? { ...own, values, at: own.points } : { ...this.store.own.field, ...own, values };
  }

  found(generation) {
    const { store } = this, { found } = store.own, { generation: number, tried } = generation, now = performance.now();
    const last = !store.given.driven && store.state.generation >= found.length && !store.sent.some(([, parts]) => parts.neurons);
    found[number - 1] = generation;
    this.since ??= [now, tried];
    if (now > this.since[0]) store.given.rate = ((tried - this.since[1]) / (now - this.since[0])) * 1000;
    if (!last) return;
    const parts = store.followed(number), instead = parts.selected && store.text !== null && !store.isMachine(store.text);
    store.go({ generation: number, ...parts }, instead); // Undo brings back what the machine has replaced
  }

  embed() {
    const { store, documents, host } = this;
    if (!this.Bokeh) return;
    for (const [name, document] of Object.entries(documents)) {
      const panel = this.plotted[name];
      if (!panel.plot && store.panels.includes(name)) panel.attach(new Plot(this.Bokeh, document, panel.box, () => store.touch(), host.signal));
    }
    if (documents.bend || this.asked || !(store.has("front") || store.has("bend"))) return;
    this.asked = true;
    host.send({ want: "plots" });
  }

  // Open a panel, or close it.
  opens(panel) {
    this.store.toggle(panel);
    this.opened = this.store.has(panel) ? this[panel] : null;
  }

  tries() {
    const { store, host } = this;
    if (store.given.running) return host.send({ do: "stop" });
    store.leave();
    store.go({ open: [...new Set([...store.state.open, "formulas", "time"])] });
    this.opened = this.formulas;
    host.send({ do: "play" });
  }

  // To the neurons that a page is about.
  returns() {
    const { store } = this, { layer, neurons } = store.given.home;
    store.leave();
    store.go({ layer, neurons });
  }

  // Who asks about a formula of his own has guessed it.
  asks() {
    const { store, host } = this;
    if (store.history.length) store.enter();
    host.send({ do: "what", text: store.text });
  }

  // For a projector: larger type.
  enlarge(large) {
    this.large = large;
    this.element.classList.toggle("sgi-large", large);
    this.paint();
  }

  // Plots take their colours and the size of their type from the page.
  paint() {
    for (const { plot } of Object.values(this.plotted)) plot?.paint();
    this.store.touch();
  }

  // On paper: what it needs is sent when it is first asked for.
  async saves() {
    const { Paper } = await this.host.paper();
    this.paper?.element.remove();
    this.paper = this.paper ? null : new Paper(this);
    if (this.paper) this.element.append(this.paper.element);
    this.opened = this.paper;
    this.store.touch();
  }

  // Experiments to choose from, once more than the question is shown.
  chooser() {
    const { choice, again, learning, store: { state, given: { choices = [], busy, training } } } = this;
    if (choice.options.length !== choices.length) choice.replaceChildren(...choices.map(([value, name]) => h("option", { value }, name)));
    this.element.classList.toggle("sgi-known", choices.length > 0);
    choice.value = state.experiment;
    choice.hidden = again.hidden = !choices.length || !state.open.length;
    again.textContent = busy ? WORDS.stop : WORDS.again;
    again.title = WORDS.seed({ seed: state.seed });
    learning.hidden = !busy || !training;
    if (learning.hidden || !this.fresh("training", training)) return;
    learning.innerHTML = sparkline(training, Math.max(...training), Math.min(...training));
    learning.append(h("span", {}, WORDS.epoch({ number: training.length, loss: Number(training.at(-1).toPrecision(3)) })));
  }

  // Whether the page is dark, from its background.
  theme() {
    const { element, store } = this;
    let at = element.parentElement, colour = null;
    for (; at && !colour; at = at.parentElement ?? at.getRootNode().host) {
      const [r, g, b, a = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
      if (a > 0.5) colour = [r, g, b];
    }
    const dark = colour ? 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2] < 110 : matchMedia("(prefers-color-scheme: dark)").matches;
    if (store.dark === dark && store.colours.ink) return;
    store.dark = dark;
    element.classList.toggle("sgi-dark", dark);
    const look = getComputedStyle(element); // read once: it is slow
    for (const name of COLOURS) store.colours[name] = look.getPropertyValue(`--sgi-${name}`).trim();
    if (store.colours.ink) this.paint();
  }

  draw() {
    const { store, element, paper } = this;
    if (!store.colours.ink) this.theme();
    this.embed();
    if (store.ready && this.picture) {
      this.picture.remove();
      this.picture = element.hidden = false;
    }
    if (!store.alone) this.frame();
    for (const name of store.panels) {
      const panel = this[name];
      panel.element.hidden = !store.has(name) || panel.empty;
      if (!panel.element.hidden) panel.draw();
    }
    paper?.draw();
    this.save.ariaPressed = Boolean(paper);
    if (this.opened) bring(this.opened.element);
    this.opened = null;
  }

  // What is around the panels.
  frame() {
    const { store, hint, machine, element } = this, { ready, given: { running, without = [], story, last, recorded, ended, home }, own: { found }, state: { open, neurons, inputs, guesses } } = store;
    const several = neurons.length > 1, known = ready && store.names.length > 1; // of one input there is nothing to find
    this.question.textContent = several ? WORDS.questions({ count: neurons.length }) : WORDS.question;
    this.story.textContent = story;
    element.classList.toggle("sgi-open", open.includes("formulas") || open.includes("bend"));
    element.classList.toggle("sgi-wide", open.includes("network"));
    machine.say(running ? 2 : found.length > 0);
    hint.say(Boolean(last));
    machine.hidden = without.includes("machine"); // what a page without a kernel cannot do
    hint.hidden = without.includes("hint");
    this.home.hidden = !home;
    if (home && this.fresh("home", home.what)) this.home.textContent = `← ${home.what}`;
    enable(machine, known && !(recorded && ended)); // a record does not go on
    enable(hint, known && !running);
    enable(this.what, store.asks);
    machine.title = recorded && ended ? WORDS.recordEnds : "";
    this.what.title = store.looked ? WORDS.chooseFirst : "";
    this.larger.ariaPressed = this.large;
    this.save.hidden = this.larger.hidden = !open.length && !guesses.length;
    const shut = !found.length && !open.includes("formulas"), hidden = { network: inputs.length < 2, formulas: shut, bend: shut || this.bend.empty };
    for (const [panel, toggle] of this.toggles) Object.assign(toggle, { ariaPressed: open.includes(panel), hidden: hidden[panel] });
    this.chooser();
    const mark = (name, said) => h(`b.sgi-${name}`, {}, said), grows = several ? WORDS.growTogether : WORDS.grows;
    if (this.fresh("intro", `${store.dark} ${several}`)) this.say.replaceChildren(
      h("span", {}, mark("neuron", store.dark ? WORDS.darkArrows : WORDS.lightArrows), grows, h("br"),
        mark("yours", WORDS.yourArrows), WORDS.same, h("br"), h("b", {}, WORDS.dragNumber), WORDS.until),
      h("span", {}, h("b", {}, WORDS.allArrows), grows, WORDS.coloured, h("br"), h("b", {}, WORDS.lines), WORDS.sameValue));
    [...this.say.children].forEach((one, i) => one.classList.toggle("sgi-shown", i === Number(store.dense)));
  }
}

export default { render };
