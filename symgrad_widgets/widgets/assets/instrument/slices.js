// With more than two inputs: a slider for each of the others, to see only the points near their values.
import { nearTo } from "../formula/index.js";
import { ends, h, Panel, plain } from "./dom.js";
import { WORDS } from "./words.js";

const MOST = 4; // sliders
const PAUSE = 120; // milliseconds between two questions to Python

export class Slices extends Panel {
  constructor(store) {
    super(store);
    this.said = h("span");
    this.toggle = plain("", () => this.set(this.on ? {} : this.middle()));
    this.sliders = h("span.sgi-slices");
    this.element = h("p.sgi-note", {}, this.said, " ", this.toggle, this.sliders);
  }

  get on() {
    return Object.keys(this.store.state.slice).length > 0;
  }

  get others() {
    return this.store.names.filter((name) => !this.store.state.inputs.includes(name)).slice(0, MOST);
  }

  points(name) {
    const { names, given: { field } } = this.store;
    return field.points[names.indexOf(name)];
  }

  // Where the grey is now, or else zero: the slice to begin with.
  middle() {
    const { at = {} } = this.store.section ?? {};
    return Object.fromEntries(this.others.map((name) => [name, at[name] ?? 0]));
  }

  set(slice) {
    this.store.go({ slice });
  }

  // Whether each point is near the slice; null where all are shown.
  near() {
    const { store } = this, { slice } = store.state, { field, version } = store.given, { band } = store.choices;
    if (!this.on) return null;
    if (this.fresh("near", `${JSON.stringify(slice)} ${band} ${version}`)) this.chosen = nearTo(slice, field, band);
    return this.chosen;
  }

  slider(name) {
    return this.range(name, ends(this.points(name)), (value) => this.set({ ...this.store.state.slice, [name]: value }));
  }

  // How far from the slice points are shown, where a view leaves that open.
  breadth() {
    return this.range(WORDS.band, [0.05, 3], (band) => this.store.choose({ band }));
  }

  range(name, [min, max], act) {
    const input = h("input", { type: "range", min, max, step: (max - min) / 100, ariaLabel: name, oninput: () => {
      clearTimeout(this.later);
      this.later = setTimeout(() => act(Number(input.value)), PAUSE);
    } });
    return h("label", {}, h("i", {}, name), input);
  }

  draw(text) {
    const { store } = this, { slice } = store.state, names = this.on ? Object.keys(slice) : [];
    this.said.textContent = this.element.title = text;
    this.toggle.hidden = !this.others.length || !store.given.field.rank;
    this.toggle.textContent = this.on ? WORDS.allPoints : WORDS.slice;
    if (this.fresh("sliders", `${names} ${store.given.version}`))
      this.sliders.replaceChildren(...names.map((name) => this.slider(name)), ...(this.on && store.choices.band ? [this.breadth()] : []));
    for (const { firstChild: { textContent: name }, lastChild: input } of this.sliders.children)
      if (input !== document.activeElement) input.value = slice[name] ?? store.choices.band;
  }
}
