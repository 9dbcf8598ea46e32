// What is laid over a field that stands alone: the formula's arrows, level lines, and a list of the worst points.
import { button, h, Panel } from "./dom.js";
import { WORDS } from "./words.js";

const ON = { overlay: [true, false], levels: [8, 0], worst: [10, 0] };

export class Looks extends Panel {
  constructor(store) {
    super(store);
    this.buttons = Object.keys(ON).map((name) => [name, button(WORDS[name], () => this.toggle(name))]);
    this.rows = h("table.sgi-worst", { ariaLabel: WORDS.worst });
    this.element = h("div.sgi-looks", { hidden: true }, ...this.buttons.map(([, one]) => one), this.rows);
  }

  toggle(name) {
    const { store } = this;
    store.choose({ [name]: ON[name][Number(Boolean(store.choices[name]))] });
  }

  draw() {
    const { store } = this, { choices, given: { worst = [] } } = store;
    this.element.hidden = !("overlay" in choices) || store.text === null;
    for (const [name, toggle] of this.buttons) toggle.ariaPressed = Boolean(choices[name]);
    this.rows.hidden = !worst.length;
    if (this.fresh("worst", worst)) this.rows.replaceChildren(...worst.map((row, i) => h("tr", {}, ...row.map((cell) => h(i ? "td" : "th", {}, cell)))));
  }
}
