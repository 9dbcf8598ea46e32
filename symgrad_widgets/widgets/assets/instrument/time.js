// The line of time: generations that have been searched, back, play, step, and a line to drag through them.
import { button, enable, h } from "./dom.js";
import { counted, KINDS, WORDS } from "./words.js";

const PACE = 300; // milliseconds for each generation that is played again

export class TimePanel {
  constructor(store) {
    this.store = store;
    this.back = button(WORDS.back, () => this.to(store.state.generation - 1));
    this.play = button(WORDS.play, () => (this.moving ? this.pause() : this.start()), { className: "sgi-go" });
    this.step = button(WORDS.step, () => this.forward());
    this.curve = h("span.sgi-curve", { "aria-hidden": "true" });
    this.line = h("input", { type: "range", min: 0, step: 1, "aria-label": WORDS.stepOf, oninput: () => this.to(Number(this.line.value)) });
    this.says = h("span.sgi-note", { role: "status" });
    this.state = h("input.sgi-jump.sgi-state", { type: "text", hidden: true, "aria-label": WORDS.state,
      onfocus: () => this.state.select(), onchange: () => store.host.send({ do: "state", text: this.state.value }) });
    this.share = button(WORDS.state, () => {
      this.state.hidden = !this.state.hidden;
      store.touch();
    }, { className: "sgi-plain", hidden: store.panels.length > 0, title: WORDS.stateTitle });
    this.element = h("footer.sgi-time", { "aria-label": WORDS.time }, this.back, this.play, this.step,
      h("span.sgi-track", {}, this.curve, this.line), this.says, this.share, this.state);
  }

  get moving() {
    return this.store.given.running || Boolean(this.timer);
  }

  // Go to a generation that has been searched; the formula of the machine's that is shown goes with it.
  to(generation) {
    const { store } = this, to = Math.max(0, Math.min(store.given.found.length, generation));
    store.leave();
    if (to !== store.state.generation) store.go({ generation: to, ...store.followed(to) });
  }

  forward() {
    const { store } = this;
    if (store.state.generation < store.given.found.length) this.to(store.state.generation + 1);
    else if (!store.given.running) store.host.send({ do: "step" });
  }

  start() {
    const { store } = this;
    if (store.state.generation >= store.given.found.length) return store.host.send({ do: "play" });
    this.timer = setInterval(() => {
      this.to(store.state.generation + 1);
      if (store.state.generation >= store.given.found.length) this.pause();
    }, PACE);
    store.touch();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.store.given.running) this.store.host.send({ do: "stop" });
    this.store.touch();
  }

  draw() {
    if (!this.state.hidden && this.state !== document.activeElement) this.state.value = JSON.stringify(this.store.state);
    const { store } = this, { given } = store, { running, ended, rate } = given, { found } = store.chosen ?? store.given, { generation } = store.state;
    if (!store.has("time")) return;
    this.play.textContent = this.moving ? WORDS.pause : WORDS.play;
    enable(this.back, generation > 0);
    enable(this.step, !running || generation < found.length);
    Object.assign(this.line, { max: Math.max(1, found.length), value: generation, disabled: !found.length });
    const state = running ? given.recorded ? WORDS.replayed : WORDS.running({ rate: rate ? counted(Math.round(rate)) : "…" }) : ended === "known" ? over(found.at(-1)) : found.length ? WORDS.still : "";
    const now = found[generation - 1];
    this.says.title = store.given.certain ?? "";
    this.says.textContent = now ? `${WORDS.generation({ number: generation, tried: counted(now.tried) })}${state && ` · ${state}`}${store.given.certain ? ` · ${store.given.certain}` : ""}` : state || WORDS.nothing;
    const key = `${found.length} ${found.at(-1)?.tried}`;
    if (this.key === key) return;
    this.key = key;
    const errors = found.map(({ front }) => Math.log10(Math.max(1e-12, Math.min(1, ...front.map((one) => one.loss)))));
    this.curve.innerHTML = found.length > 1 ? sparkline(errors, 0, Math.min(-1, ...errors)) : "";
  }
}

const over = ({ kind }) => (kind === "match" ? WORDS.found : WORDS.done({ name: KINDS[kind]?.[0] ?? "" }));

// Values one after another as a line in steps, `high` at the top.
export function sparkline(values, high, low) {
  const places = values.map((value, i) => [((i + 1) / values.length) * 100, 1 + ((high - value) / (high - low || 1)) * 12]);
  const path = places.map(([x, y], i) => (i ? `H${x}V${y}` : `M0,1H${x}V${y}`)).join("");
  return `<svg viewBox="0 0 100 14" preserveAspectRatio="none"><path d="${path}" fill="none" stroke="currentColor" vector-effect="non-scaling-stroke"/></svg>`;
}
