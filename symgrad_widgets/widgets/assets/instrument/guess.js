// The guess: shown in type while it is written, its numbers dragged, stepped and placed.
import { crossed, numbers, rangeOf, retyped, rounded, shortened, stepOf } from "../formula/index.js";
import { button, degrees, enable, h, Panel, put, sized } from "./dom.js";
import { local } from "./spoken.js";
import { WORDS } from "./words.js";

const DIGIT = 12, SIGN = 36; // pixels: of a digit, and what a sign takes beside a number
const FINE = 100; // pixels in which a drag changes a number by its own size
const PAUSE = 400, PACE = 60; // milliseconds until a sign that is held goes on, and between two steps of it

export class GuessPanel extends Panel {
  constructor(store) {
    super(store);
    this.active = 0; // number that - and + change
    this.label = h("b.sgi-label");
    this.angle = h("b.sgi-now", { ariaHidden: "true" }); // on a phone, where the angle is far below
    this.math = h("span.sgi-math");
    this.handles = [];
    this.less = this.sign("−", -1);
    this.more = this.sign("+", 1);
    this.line = h("div.sgi-formula", {}, this.math, this.less, this.more);
    this.input = h("input.sgi-type", {
      type: "text", spellcheck: false, autocomplete: "off", autocapitalize: "off", enterKeyHint: "done",
      ariaLabel: WORDS.yours,
      oninput: () => this.typed(),
      onkeydown: (event) => this.keyed(event),
      onblur: () => this.entered(),
    });
    this.place = button(WORDS.place, () => this.best(), { title: WORDS.placeTitle });
    this.undo = button(WORDS.undo, () => this.store.undo());
    this.says = h("p.sgi-says", { role: "status" });
    this.element = h("section.sgi-guess", { ariaLabel: WORDS.yours },
      h("div.sgi-line", {}, this.label, this.angle, this.line),
      h("div.sgi-line", {}, this.input, this.place, this.undo), this.says);
    sized(this.line, () => this.settle(), store.host.signal);
  }

  // Typing

  typed() {
    const { store, input: { value: text } } = this, { tree, error, alternatives = [] } = text.trim() ? store.reading(text) : {};
    this.writing = true;
    this.instead = alternatives;
    if (tree) store.hold(text);
    store.problem = error?.message ?? "";
    store.touch();
  }

  keyed(event) {
    if (event.key === "Enter") this.entered(true);
    if (event.key === "Escape") this.restore();
  }

  // Back to the formula in hand, whatever has been typed.
  restore() {
    this.writing = false;
    this.fresh("text", null);
    this.store.hold(null);
  }

  // The box has been left, or Enter pressed in it.
  entered(pressed = false) {
    const { store, writing } = this, text = this.input.value.trim();
    if (!(writing || pressed)) return;
    if (!text) return this.restore();
    if (store.reading(text).error) return;
    this.writing = false;
    if (writing && text !== store.state.selected) return store.keep(text);
    store.hold(null);
    if (pressed) store.enter();
  }

  // Numbers

  get tree() {
    return this.store.ready && this.store.text ? this.store.reading(this.store.text).tree : null;
  }

  // Those that are dragged: all but whole exponents.
  get places() {
    return this.tree ? numbers(this.tree).map((one, i) => ({ ...one, i, text: `${one.value < 0 ? "−" : ""}${one.text}` })).filter((one) => !one.power) : [];
  }

  // The formula's text with another number, which stays a number: 0 would take its part of the formula away.
  withNumber(text, which, value) {
    const { tree } = this.store.reading(text);
    return retyped(text, tree, numbers(tree).map((one, i) => (i === which ? value : one.value)));
  }

  // Turn the number in hand by so many steps, or to an end of its range.
  turn(by, end = 0) {
    const place = this.places[Math.min(this.active, this.places.length - 1)];
    if (!place) return;
    const { i, value } = place, size = stepOf(value);
    this.store.hold(this.withNumber(this.store.text, i, end ? end * rangeOf(value) : rounded(value + by * size, size)));
  }

  step(...given) {
    const from = this.store.state.selected;
    this.turn(...given);
    this.keep(from);
  }

  // Keep what is shown in the place of the guess that it came from.
  keep(from = this.store.state.selected) {
    const { live } = this.store;
    if (live !== null && live !== from) this.store.keep(live, from);
    else this.store.hold(null);
  }

  // − or +, which goes on while it is held.
  sign(text, by) {
    const sign = button(text, ({ detail }) => detail || this.step(by), { className: "sgi-pm", onpointerdown: (event) => {
      this.entered();
      const go = () => {
        this.turn(by);
        again = setTimeout(go, again ? PACE : PAUSE);
      };
      let again = null;
      this.holding(sign, event, () => null, () => clearTimeout(again));
      go();
    } });
    return sign;
  }

  best() {
    const { store, tree, store: { text, given: { field, language } } } = this;
    if (!this.places.length) return;
    const better = retyped(text, tree, shortened(tree, crossed(tree, field, language).values, field, language));
    if (store.score(better).loss < store.score(text).loss) store.hold(better); // rounded, they may be no better
    this.keep();
  }

  handle(k) {
    return h("span.sgi-number", { role: "slider", tabIndex: 0,
      onfocus: () => this.activate(k),
      onpointerdown: (event) => this.grab(event, k),
      onkeydown: (event) => {
        const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key], end = { Home: -1, End: 1 }[event.key];
        if (event.key === "Enter") this.store.enter();
        if (!by && !end) return;
        event.preventDefault();
        this.active = k;
        this.step(by, end);
      } });
  }

  activate(k) {
    if (this.active === k) return;
    this.active = k;
    this.store.touch();
  }

  grab(event, k) {
    const { store } = this, { text } = store, handle = this.handles[k];
    const { i, value } = this.places[k], size = value ? Math.max(Math.abs(value), 0.1) : 1;
    const grain = stepOf(size) / 2, start = event.clientX;
    this.active = k;
    handle.focus();
    event.preventDefault();
    this.holding(handle, event, (moved) => {
      const slower = moved.shiftKey ? 0.1 : 1;
      store.hold(this.withNumber(text, i, rounded(value + ((moved.clientX - start) / FINE) * size * slower, grain * slower)));
    });
  }

  // What is shown while the pointer is down is kept when it is let go.
  holding(element, { pointerId }, move, over = () => null) {
    const from = this.store.state.selected, done = new AbortController(), end = () => {
      element.classList.remove("sgi-held");
      done.abort();
      over();
      this.keep(from);
    };
    this.writing = false;
    element.setPointerCapture(pointerId);
    element.classList.add("sgi-held");
    for (const [name, act] of [["pointermove", move], ["pointerup", end], ["pointercancel", end]])
      element.addEventListener(name, act, { signal: done.signal });
  }

  // Drawing

  draw() {
    const { store, places } = this, { text } = store;
    if (!store.ready) return;
    const mine = text === null || store.live !== null || !store.isMachine(text);
    this.element.classList.toggle("sgi-mine", mine);
    this.label.textContent = mine ? WORDS.yours : WORDS.shown;
    this.angle.textContent = store.inHand ? degrees(store.inHand.angle) : "";
    if (this.fresh("text", text)) {
      this.math.innerHTML = text ? store.type(text) : "";
      if (!this.writing) this.input.value = text && !mine ? store.reading(text).written : (text ?? "");
    }
    const [a, b = a] = store.state.inputs;
    this.input.placeholder = `${WORDS.type} ${a}² + 2 ${b}`;
    while (this.handles.length < places.length) {
      const handle = this.handle(this.handles.length);
      this.handles.push(handle);
      this.line.insertBefore(handle, this.less);
    }
    while (this.handles.length > places.length) this.handles.pop().remove();
    if (this.active >= places.length) this.active = Math.max(0, places.length - 1);
    places.forEach(({ value, text: typed }, k) => Object.assign(this.handles[k], { ariaLabel: WORDS.number({ place: k + 1 }), ariaValueNow: value,
      ariaValueMin: -rangeOf(value), ariaValueMax: rangeOf(value), ariaValueText: local(typed), title: WORDS.drag }));
    const now = local(places[this.active]?.text ?? "");
    this.less.hidden = this.more.hidden = !places.length;
    this.less.ariaLabel = WORDS.less({ text: now });
    this.more.ariaLabel = WORDS.more({ text: now });
    enable(this.place, places.length && !store.problem);
    enable(this.undo, store.history.length);
    if (this.fresh("settled", `${text} ${this.active}`)) this.settle();
    this.say();
  }

  // Put each handle over its number, and - and + beside the one in hand. That one keeps the room of the widest that it
  // has been, with one digit to spare, so that both signs stay in their places.
  settle() {
    const { places, active, store: { text } } = this, { left: from, top, width: seen } = this.line.getBoundingClientRect();
    if (!seen) return; // until it is on the page
    const marks = places.map(({ start }) => this.math.querySelector(`[data-start="${start}"]`)), now = marks[active];
    for (const mark of marks.filter(Boolean)) {
      mark.classList.add("sgi-place");
      mark.classList.toggle("sgi-active", mark === now);
      mark.style.paddingInline = "";
    }
    let gap = 0;
    if (now) {
      const { width } = now.getBoundingClientRect(), anew = this.fresh("room", `${active} ${text?.replace(/[-+−\d.]/g, "")}`);
      this.room = anew ? width + DIGIT : Math.max(this.room, width);
      gap = (this.room - width) / 2 + SIGN;
      now.style.paddingInline = `${gap}px`;
    }
    marks.forEach((mark, k) => {
      if (!mark || !this.handles[k]) return;
      const box = mark.getBoundingClientRect(), left = box.left - from, inside = mark === now ? gap : 0, low = mark.closest("mfrac") ? 6 : 0;
      put(this.handles[k], { left: left + inside, width: box.width - 2 * inside, top: box.bottom - top - 28 - low });
      if (mark !== now) return;
      const side = 30 - low, sign = { width: side, height: side, top: (box.top + box.bottom - side) / 2 - top };
      put(this.less, { ...sign, left: left + SIGN - 4 - side });
      put(this.more, { ...sign, left: left + box.width - SIGN + 4 });
    });
  }

  say() {
    const { store } = this, error = store.problem || store.given.error;
    this.says.classList.toggle("sgi-error", Boolean(error));
    if (error || !this.instead?.length || !this.writing) return this.says.replaceChildren(error ?? "");
    const reading = store.text ? store.reading(store.text) : null;
    const choices = this.instead.map((other) => button(other, () => {
      this.input.value = other;
      this.typed();
      this.entered();
    }, { onmousedown: (event) => event.preventDefault() }));
    if (reading?.written) this.says.replaceChildren(`${WORDS.alternatives(reading)} `, ...choices, " ?");
  }
}
