// The instrument: one state, one page, in a notebook; what has been given is looked at and played without Python.
import { bytes, unpacked } from "../formula/index.js";
import { asked, CLOSED, drawing } from "../bokehjs.js";
import { AnglePanel } from "./angle.js";
import { button, enable, h } from "./dom.js";
import { BendChart, FrontChart } from "./charts.js";
import { FieldPanel } from "./field.js";
import { FormulasPanel } from "./formulas.js";
import { GuessPanel } from "./guess.js";
import { NetworkPanel } from "./network.js";
import { Plot } from "./plots.js";
import { Store } from "./store.js";
import { TimePanel, sparkline } from "./time.js";
import { ToldPanel } from "./told.js";
import { WORDS } from "./words.js";

const ALL = ["network", "field", "guess", "angle", "formulas", "front", "bend", "time", "told"];
const COLOURS = ["page", "ink", "soft", "accent", "yours", "neuron", "good", "c0", "c1", "c2", "c3"];
const PATIENCE = 900; // milliseconds until the last picture stands in for what does not come

export function render({ model, el }) {
  const gone = new AbortController();
  const host = {
    state: () => model.get("_state"),
    send: (message) => {
      try {
        model.send(message);
      } catch {
        lost();
      }
    },
    signal: gone.signal,
    paper: () => (host.papers ??= asked(model, "paper", true, gone.signal)),
    panels: model.get("_panels"),
    choices: () => model.get("_choices"),
    choose: (choices) => {
      model.set("_choices", choices);
      model.save_changes();
    },
  };
  const instrument = new Instrument(el, host);
  const told = (message) => message.given && instrument.take(message.given);
  const chosen = () => instrument.store.touch();
  const lost = () => instrument.element.classList.add("sgi-lost"); // the kernel has gone
  const heard = { "change:_choices": chosen, comm_live_update: lost, "msg:custom": told };
  for (const [event, hear] of Object.entries(heard)) model.on(event, hear);
  gone.signal.addEventListener("abort", () => {
    for (const [event, hear] of Object.entries(heard)) model.off(event, hear);
  });
  setTimeout(() => instrument.still(model), PATIENCE);
  drawing(model, gone.signal) // asks for BokehJS while Python makes the rest
    .then(() => {
      instrument.Bokeh = globalThis.Bokeh[model.get("_version")];
      instrument.store.touch();
    })
    .catch((error) => error === CLOSED || console.error("symgrad: the plots could not be drawn:", error));
  model.send({ want: "given" });
  return () => gone.abort();
}

class Instrument {
  constructor(el, host) {
    const { signal } = host, store = (this.store = new Store(host));
    this.host = host;
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
    this.shown = (store.panels.length ? store.panels : ALL).map((panel) => this[panel]);
    this.build(el);
    store.listen(() => this.draw());
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
    this.element = h("section.sgi", { "aria-label": WORDS.name, "data-lost": WORDS.lastPicture });
    this.save = button(WORDS.save, () => this.saves(), { className: "sgi-plain" });
    if (this.store.panels.length) this.element.append(h("div.sgi-main.sgi-some", {}, ...this.shown.map((panel) => panel.element)), this.save);
    else this.whole();
    // In a notebook a plain key is a command: x cuts the cell.
    this.element.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    });
    el.replaceChildren(this.element);
  }

  // All panels, and what chooses among them.
  whole() {
    this.question = h("h2");
    this.story = h("p");
    this.what = button(WORDS.what, () => this.host.send({ do: "what", text: this.store.text }), { className: "sgi-go" });
    this.machine = button(WORDS.machine, () => this.tries());
    this.hint = button(WORDS.hint, () => this.host.send({ do: "hint", text: this.store.text }));
    this.toggles = ["formulas", "bend", "network"].map((panel) => [panel, button(
      { formulas: WORDS.formulas, bend: WORDS.bendOf, network: WORDS.showNetwork }[panel], () => this.store.toggle(panel))]);
    this.larger = button("Aa", () => this.enlarge(!this.large), { className: "sgi-plain", title: WORDS.larger, "aria-label": WORDS.larger });
    this.say = h("p.sgi-intro");
    const go = (experiment, seed) => this.host.send({ do: "go", experiment, seed });
    this.choice = h("select", { "aria-label": WORDS.experiment, onchange: () => go(this.choice.value, 0) });
    this.learning = h("span.sgi-learning.sgi-note", { role: "status" });
    this.again = button(WORDS.again, () => (this.store.given.busy ? this.host.send({ do: "halt" }) : go(this.store.state.experiment, this.store.state.seed + 1)));
    this.element.append(
      h("header", {}, this.question, this.choice, this.again, this.learning, this.story),
      h("div.sgi-main", {}, this.network.element, this.field.element, this.guess.element, this.told.element,
        h("div.sgi-actions", {}, this.what, this.machine, this.hint, ...this.toggles.map(([, toggle]) => toggle), this.larger, this.save),
        this.say, this.angle.element,
        h("div.sgi-side", {}, this.formulas.element, this.front.element, this.bend.element)),
      this.time.element);
  }

  // The last picture, where no Python answers.
  async still(model) {
    const packed = model.get("_svg");
    if (this.store.ready || this.host.signal.aborted || !packed?.byteLength) return;
    const text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
    if (this.store.ready) return;
    this.picture = h("figure.sgi-still.sgi-lost", { "data-lost": WORDS.lastPicture });
    this.picture.innerHTML = text;
    this.element.before(this.picture);
    this.element.hidden = true;
  }

  // Put what Python says into the store.
  take(given) {
    const { store } = this, { section, generation, documents, field, look, state, heard, read, ...plain } = given;
    if (state) store.hear(state, heard);
    if (field || section || given.found || given.network) store.ahead.clear();
    if (field || section) store.leave(store.awaited ? store.looked : null);
    Object.assign(store.given, plain);
    if (given.language) store.readings.clear();
    if (field) store.show({ field: this.arrays(field), sections: new Map() });
    if (section) store.given.sections.set(section[0].join("\n"), section[1]);
    if (look) {
      const { layer, neuron, what, found, ahead } = look, key = [layer, neuron].join(" ");
      if (look.field) store.ahead.set(key, { field: this.arrays(look.field), what, found, sections: new Map([[look.section[0].join("\n"), look.section[1]]]) });
      if (ahead) this.network.came();
      else if (!store.came() && store.awaited && store.looked.join(" ") === key) store.leave();
    }
    if (read) store.read(...read);
    const { length } = store.given.found;
    if (given.documents && given.running && !store.given.driven && length) store.go({ generation: length, ...store.followed(length) });
    if (given.busy) store.given.training = null;
    if (given.network && !given.training) this.network.opened = null;
    if (given.network) store.given.networks = (store.given.networks ?? 0) + 1;
    Object.assign(this.documents, documents);
    if (generation) this.found(generation);
    if (given.running === false) this.since = null;
    store.touch();
  }

  // A field's arrays; what is the same for all neurons is sent with the first.
  arrays(field) {
    const { chosen, given } = this.store, values = field.values && bytes(field.values, Float64Array);
    const own = unpacked(field), before = (chosen ?? given).field;
    return field.points ? { ...own, values, at: own.points } : { ...before, ...own, values };
  }

  found(generation) {
    const { store } = this, { found } = store.chosen ?? store.given;
    const last = !store.given.driven && store.state.generation >= found.length && !store.sent.some(([, parts]) => parts.neurons);
    found[generation.generation - 1] = generation;
    const now = performance.now();
    this.since ??= [now, generation.tried];
    if (now > this.since[0]) store.given.rate = ((generation.tried - this.since[1]) / (now - this.since[0])) * 1000;
    if (last) store.go({ generation: generation.generation, ...store.followed(generation.generation) });
  }

  embed() {
    if (!this.Bokeh) return;
    for (const [name, document] of Object.entries(this.documents)) {
      const panel = this.plotted[name];
      if (!panel.plot && this.shown.includes(panel)) panel.attach(new Plot(this.Bokeh, document, panel.box, () => this.store.touch(), this.host.signal));
    }
    const { store } = this;
    if (this.documents.bend || this.asked || !(store.has("front") || store.has("bend"))) return;
    this.asked = true;
    this.host.send({ want: "plots" });
  }

  tries() {
    const { store } = this;
    if (store.given.running) return this.host.send({ do: "stop" });
    store.leave();
    const open = new Set([...store.state.open, "formulas", "time"]);
    store.go({ open: [...open] });
    this.host.send({ do: "play" });
  }

  // For a projector: larger type.
  enlarge(large) {
    this.large = large;
    this.element.classList.toggle("sgi-large", large);
    for (const { plot } of Object.values(this.plotted)) plot?.paint();
    this.store.touch();
  }

  // On paper: what it needs is sent when it is first asked for.
  async saves() {
    const { Paper } = await this.host.paper();
    if (this.paper) this.paper.element.remove();
    this.paper = this.paper ? null : new Paper(this);
    if (this.paper) this.element.append(this.paper.element);
    this.store.touch();
  }

  // Experiments to choose from, once more than the question is shown.
  chooser() {
    const { state, given: { choices = [], busy, training } } = this.store;
    if (this.choice.options.length !== choices.length)
      this.choice.replaceChildren(...choices.map(([value, name]) => h("option", { value }, name)));
    this.element.classList.toggle("sgi-known", choices.length > 0);
    this.choice.value = state.experiment;
    this.choice.hidden = this.again.hidden = !choices.length || !state.open.length;
    this.again.textContent = busy ? WORDS.stop : WORDS.again;
    this.again.title = WORDS.seed({ seed: state.seed });
    this.learning.hidden = !busy || !training;
    if (this.learning.hidden || this.drawn === training) return;
    this.drawn = training;
    const epoch = h("span", {}, WORDS.epoch({ number: training.length, loss: Number(training.at(-1).toPrecision(3)) }));
    this.learning.innerHTML = sparkline(training, Math.max(...training), Math.min(...training));
    this.learning.append(epoch);
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
    if (store.colours.ink) store.touch();
  }

  draw() {
    const { store } = this;
    if (!store.colours.ink) this.theme();
    this.embed();
    if (store.ready && this.picture) {
      this.picture.remove();
      this.picture = this.element.hidden = false;
    }
    const empty = store.given.field?.values ? [] : ["bend", "rest"];
    for (const panel of ["network", "formulas", "front", "bend", "rest", "time"])
      this.element.classList.toggle(`sgi-has-${panel}`, store.has(panel) && !empty.includes(panel));
    if (!store.panels.length) this.frame();
    for (const panel of this.shown) panel.draw();
    this.paper?.draw();
    this.save.ariaPressed = Boolean(this.paper);
  }

  // What is around the panels.
  frame() {
    const { store } = this, { open, neurons } = store.state, { running } = store.given, { found } = store.chosen ?? store.given;
    this.question.textContent = neurons.length > 1 ? WORDS.questions({ count: neurons.length }) : WORDS.question;
    this.story.textContent = store.given.story;
    this.element.classList.toggle("sgi-open", open.includes("formulas"));
    this.toggles.at(-1)[1].textContent = open.length ? WORDS.network : WORDS.showNetwork;
    this.machine.textContent = running ? WORDS.stop : found.length ? WORDS.goOn : WORDS.machine;
    this.machine.classList.toggle("sgi-go", running);
    const { without = [] } = store.given; // what a page without a kernel cannot do
    this.machine.hidden = open.includes("time") || without.includes("machine"); // Time has Play
    this.larger.setAttribute("aria-pressed", String(this.large));
    this.save.hidden = this.larger.hidden = !open.length && !store.state.guesses.length;
    this.hint.hidden = without.includes("hint");
    for (const [panel, toggle] of this.toggles) {
      toggle.setAttribute("aria-pressed", String(open.includes(panel)));
      const shut = !found.length && !open.includes("formulas");
      toggle.hidden = panel === "network" ? store.state.inputs.length < 2 : (shut || (panel === "bend" && !store.given.field?.values));
    }
    this.chooser();
    const several = store.ready && store.names.length > 1; // of one input there is nothing to find
    enable(this.machine, several);
    enable(this.hint, several && !running);
    enable(this.what, several && store.text !== null && !store.looked && !store.given.busy);
    const intro = `${store.dark} ${neurons.length}`;
    if (this.intro === intro) return;
    this.intro = intro;
    const what = neurons.length > 1 ? WORDS.growTogether : WORDS.grows;
    this.say.replaceChildren(h("b.sgi-neuron", {}, store.dark ? WORDS.darkArrows : WORDS.lightArrows), what, h("br"), h("b.sgi-yours", {}, WORDS.yourArrows), WORDS.same,
      h("br"), h("b", {}, WORDS.dragNumber), WORDS.until);
  }
}

export default { render };
