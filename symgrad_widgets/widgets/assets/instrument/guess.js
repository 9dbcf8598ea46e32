// The guess: shown in type while it is written, its numbers dragged, stepped and placed.
import { numbers, placed, retyped } from "../formula/index.js";
import { button, enable, h, sized } from "./dom.js";
import { WORDS } from "./words.js";

const FINE = 100; // pixels in which a drag changes a number by its own size

export class GuessPanel {
  constructor(store) {
    this.store = store;
    this.active = 0; // number that - and + change
    this.label = h("b.sgi-label");
    this.math = h("span.sgi-math");
    this.handles = [];
    this.less = button("−", () => this.step(-1), { className: "sgi-pm" });
    this.more = button("+", () => this.step(1), { className: "sgi-pm" });
    this.line = h("div.sgi-formula", {}, this.math, this.less, this.more);
    this.input = h("input.sgi-type", {
      type: "text", spellcheck: false, autocomplete: "off", autocapitalize: "off", enterKeyHint: "done",
      "aria-label": WORDS.yours,
      oninput: () => this.typed(),
      onkeydown: (event) => this.keyed(event),
      onblur: () => this.entered(),
    });
    this.place = button(WORDS.place, () => this.best(), { title: WORDS.placeTitle });
    this.undo = button(WORDS.undo, () => this.store.undo());
    this.says = h("p.sgi-says", { role: "status" });
    this.element = h("section.sgi-guess", { "aria-label": WORDS.yours },
      h("div.sgi-line", {}, this.label, this.line),
      h("div.sgi-line", {}, this.input, this.place, this.undo), this.says);
    sized(this.line, () => this.settle(), store.host.signal);
  }

  // Typing

  typed() {
    const text = this.input.value;
    this.writing = true;
    const reading = text.trim() ? this.store.reading(text) : null;
    this.problem = reading?.error?.message ?? "";
    this.instead = reading?.error ? [] : (reading?.alternatives ?? []);
    if (reading?.tree) this.store.hold(text);
    else this.store.touch();
  }

  keyed(event) {
    if (event.key === "Enter") this.entered();
    if (event.key === "Escape") {
      this.writing = false;
      this.problem = "";
      this.store.live = null;
      this.store.touch();
    }
  }

  entered() {
    const text = this.input.value.trim();
    if (!this.writing || this.problem || !text) return;
    this.writing = false;
    if (text !== this.store.state.selected) this.store.keep(text);
    else this.store.hold(null);
  }

  // Numbers

  get tree() {
    return this.store.ready && this.store.text ? this.store.reading(this.store.text).tree : null;
  }

  // Those that are dragged: all but whole exponents.
  get places() {
    return this.tree ? numbers(this.tree).map((one, i) => ({ ...one, i })).filter((one) => !one.power) : [];
  }

  // The formula's text with another number, which stays a number: 0 would take its part of the formula away.
  withNumber(text, which, value) {
    const { tree } = this.store.reading(text);
    return retyped(text, tree, numbers(tree).map((one, i) => (i === which ? value : one.value)));
  }

  step(by) {
    const place = this.places[Math.min(this.active, this.places.length - 1)];
    if (!place) return;
    const size = stepOf(place.value);
    this.keep(this.withNumber(this.store.text, place.i, rounded(place.value + by * size, size)));
  }

  // Keep a text in the place of the guess that it came from.
  keep(text, from = this.store.state.selected) {
    if (text === from && this.store.live === null) return;
    this.store.keep(text, from);
  }

  best() {
    const { text, given } = this.store;
    if (!this.places.length) return;
    this.keep(retyped(text, this.tree, placed(this.tree, given.field, given.language).values, 4));
  }

  handle(k) {
    return h("span.sgi-number", { role: "slider", tabIndex: 0,
      onfocus: () => this.activate(k),
      onpointerdown: (event) => this.grab(event, k),
      onkeydown: (event) => {
        const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (!by) return;
        event.preventDefault();
        this.active = k;
        this.step(by);
      } });
  }

  activate(k) {
    if (this.active === k) return;
    this.active = k;
    this.store.touch();
  }

  grab(event, k) {
    const { store } = this, from = store.state.selected, text = store.text, handle = this.handles[k];
    const { i, value } = this.places[k], size = Math.max(Math.abs(value), 0.1);
    const grain = stepOf(size) / 2, start = event.clientX;
    this.active = k;
    handle.focus();
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("sgi-held");
    const move = (moved) => {
      const slower = moved.shiftKey ? 0.1 : 1;
      store.hold(this.withNumber(text, i, rounded(value + ((moved.clientX - start) / FINE) * size * slower, grain * slower)));
    };
    const done = new AbortController(), end = () => {
      handle.classList.remove("sgi-held");
      done.abort();
      if (store.live !== null && store.live !== from) this.keep(store.live, from);
      else store.hold(null);
    };
    for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]])
      handle.addEventListener(name, act, { signal: done.signal });
  }

  // Drawing

  draw() {
    const { store } = this, { text } = store;
    if (!store.ready) return;
    const mine = text === null || store.live !== null || !store.isMachine(text);
    this.element.classList.toggle("sgi-mine", mine);
    this.label.textContent = mine ? WORDS.yours : WORDS.shown;
    if (this.written !== text) {
      this.written = text;
      this.math.innerHTML = text ? store.type(text) : "";
      if (!this.writing) this.input.value = text && !mine ? store.reading(text).written : (text ?? "");
    }
    const [a, b = ""] = store.state.inputs;
    this.input.placeholder = `${WORDS.type} ${a}² + 2 ${b || a}`;
    const { places } = this;
    while (this.handles.length < places.length) {
      const handle = this.handle(this.handles.length);
      this.handles.push(handle);
      this.line.insertBefore(handle, this.less);
    }
    while (this.handles.length > places.length) this.handles.pop().remove();
    if (this.active >= places.length) this.active = Math.max(0, places.length - 1);
    places.forEach(({ value, text: typed }, k) => {
      const handle = this.handles[k];
      handle.setAttribute("aria-label", WORDS.number({ place: k + 1 }));
      handle.setAttribute("aria-valuenow", String(value));
      handle.setAttribute("aria-valuetext", typed);
      handle.title = WORDS.drag;
    });
    const now = places[this.active]?.text ?? "";
    this.less.hidden = this.more.hidden = !places.length;
    this.less.setAttribute("aria-label", WORDS.less({ text: now }));
    this.more.setAttribute("aria-label", WORDS.more({ text: now }));
    enable(this.place, places.length);
    enable(this.undo, store.history.length);
    const settled = `${text} ${this.active}`;
    if (this.settled !== settled) this.settle();
    this.settled = settled;
    this.say();
  }

  // Put each handle over its number, and - and + beside the one in hand.
  settle() {
    const { places } = this;
    const marks = places.map((one) => this.math.querySelector(`[data-start="${one.start}"]`));
    marks.forEach((mark, k) => mark?.classList.toggle("sgi-active", k === this.active));
    const around = this.line.getBoundingClientRect();
    marks.forEach((mark, k) => {
      if (!mark || !this.handles[k]) return;
      const box = mark.getBoundingClientRect(), gap = k === this.active ? 36 : 0;
      const [left, width] = [box.left - around.left + gap, box.width - 2 * gap];
      Object.assign(this.handles[k].style, { left: `${left}px`, width: `${width}px`, top: `${box.bottom - around.top - 30}px` });
      if (k !== this.active) return;
      for (const [sign, at] of [[this.less, left - 34], [this.more, left + width + 4]])
        Object.assign(sign.style, { left: `${at}px`, top: `${(box.top + box.bottom) / 2 - around.top - 15}px` });
    });
  }

  say() {
    const { store } = this, error = this.problem || store.given.error;
    this.says.classList.toggle("sgi-error", Boolean(error));
    if (error || !this.instead?.length || !this.writing) {
      this.says.replaceChildren(error ?? "");
      return;
    }
    const reading = store.text ? store.reading(store.text) : null;
    const choices = this.instead.map((other) => button(other, () => {
      this.input.value = other;
      this.typed();
      this.entered();
    }, { onmousedown: (event) => event.preventDefault() }));
    if (reading?.written) this.says.replaceChildren(`${WORDS.alternatives(reading)} `, ...choices, " ?");
  }
}

// A step of a number's second digit: 0.1 of 3.0, 10 of 345.
function stepOf(value) {
  return 10 ** (Math.floor(Math.log10(Math.max(Math.abs(value), 0.1)) + 1e-9) - 1);
}

function rounded(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return Number((Math.round(value / step) * step).toFixed(digits));
}
