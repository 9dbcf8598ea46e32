// With more than two inputs: a slider for each of the others, to see only the points near their values.
import { button, ends, h } from "./dom.js";
import { WORDS } from "./words.js";

const MOST = 4; // sliders
const NEAR = 0.15; // share of the points, those nearest to the slice
const FEWEST = 60;
const PAUSE = 120; // milliseconds between two questions to Python

export class Slices {
  constructor(store) {
    this.store = store;
    this.said = h("span");
    this.toggle = button("", () => this.set(this.on ? {} : this.middle()), { className: "sgi-plain" });
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
    const { store } = this, { slice } = store.state, { field } = store.given, { band } = store.choices, key = `${JSON.stringify(slice)} ${band} ${store.given.version}`;
    if (!this.on) return null;
    if (this.key === key) return this.chosen;
    const away = new Float64Array(field.count);
    for (const [name, value] of Object.entries(slice)) {
      const column = this.points(name), spread = field.spread[store.names.indexOf(name)] || 1;
      for (let i = 0; i < away.length; i++) away[i] += ((column[i] - value) / spread) ** 2;
    }
    const share = Math.min(field.count - 1, Math.max(FEWEST, Math.floor(NEAR * field.count)));
    const most = band ? band ** 2 * Object.keys(slice).length : away.slice().sort()[share];
    Object.assign(this, { key, chosen: away.map((one) => one <= most) });
    return this.chosen;
  }

  slider(name) {
    return this.range(name, ends(this.points(name)), (value) => this.set({ ...this.store.state.slice, [name]: value }));
  }

  // How far from the slice points are shown, where a view leaves that open.
  breadth() {
    const { store } = this;
    return this.range(WORDS.band, [0.05, 3], (band) => store.host.choose({ ...store.choices, band }));
  }

  range(name, [min, max], act) {
    const input = h("input", { type: "range", min, max, step: (max - min) / 100, "aria-label": name, oninput: () => {
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
    const shown = `${names} ${store.given.version}`;
    if (this.shown !== shown) this.sliders.replaceChildren(...names.map((name) => this.slider(name)), ...(this.on && store.choices.band ? [this.breadth()] : []));
    this.shown = shown;
    for (const { firstChild: { textContent: name }, lastChild: input } of this.sliders.children)
      if (input !== document.activeElement) input.value = slice[name] ?? store.choices.band;
  }
}
