// The line of time: generations of a search or epochs of a film, back, play, step, and a line to drag through them.
import { button, enable, h, Panel, plain, saying } from "./dom.js";
import { counted, KINDS, WORDS } from "./words.js";

const PACE = 300; // milliseconds for each one that is played again

export class TimePanel extends Panel {
  constructor(store) {
    super(store);
    this.back = button(WORDS.back, () => this.to(store.state.generation - 1));
    this.play = saying([WORDS.play, WORDS.pause], () => (this.moving ? this.pause() : this.start()), { className: "sgi-go" });
    this.step = button(WORDS.step, () => this.forward());
    this.curve = h("span.sgi-curve", { ariaHidden: "true" });
    this.line = h("input", { type: "range", step: 1, oninput: () => this.to(Number(this.line.value)) });
    this.says = h("span.sgi-note", { role: "status" });
    this.state = h("input.sgi-jump.sgi-state", { type: "text", hidden: true, ariaLabel: WORDS.state,
      onfocus: () => this.state.select(), onchange: () => store.host.send({ do: "state", text: this.state.value }) });
    this.share = plain(WORDS.state, () => {
      this.state.hidden = !this.state.hidden;
      store.touch();
    }, { hidden: store.alone, title: WORDS.stateTitle });
    this.element = h("footer.sgi-time", { ariaLabel: WORDS.time }, this.back, this.play, this.step,
      h("span.sgi-track", {}, this.curve, this.line), this.says, this.share, this.state);
  }

  get moving() {
    return this.store.given.running || Boolean(this.timer);
  }

  get atEnd() {
    return this.store.state.generation >= this.store.given.found.length;
  }

  // Go to a generation that has been searched; the formula of the machine's that is shown goes with it.
  to(generation) {
    const { store } = this, to = Math.max(store.given.first, Math.min(store.given.found.length, generation));
    store.leave();
    if (to !== store.state.generation) store.go({ generation: to, ...store.followed(to) });
  }

  forward() {
    const { store } = this;
    if (!this.atEnd) this.to(store.state.generation + 1);
    else if (!store.given.running) store.host.send({ do: "step" });
  }

  start() {
    const { store } = this;
    if (this.atEnd) {
      if (!store.given.first) return store.host.send({ do: "play" });
      this.to(0); // a film begins again
    }
    this.timer = setInterval(() => {
      this.to(store.state.generation + 1);
      if (this.atEnd) this.pause();
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
    const { store, store: { own: { found }, state: { generation } } } = this, { running, ended, rate, first, kept, recorded, certain = "", without = [] } = store.given;
    if (!this.state.hidden && this.state !== document.activeElement) this.state.value = JSON.stringify(store.state);
    this.play.say(this.moving);
    this.back.hidden = this.play.hidden = this.step.hidden = without.includes("machine"); // nothing has been recorded
    enable(this.back, generation > first);
    enable(this.step, generation < found.length || !(running || first));
    Object.assign(this.line, { min: first, max: Math.max(1, found.length), value: generation, disabled: !found.length,
      ariaLabel: first ? WORDS.epochs : WORDS.stepOf });
    const searches = recorded ? WORDS.replayed : running ? WORDS.running({ rate: rate ? counted(Math.round(rate)) : "…" }) : WORDS.still;
    const now = found[generation - 1], over = now && !running && ended === "known" && now === found.at(-1); // an earlier step was not the end
    const state = kept != null ? (kept ? WORDS.kept({ number: kept }) : "") : over ? done(now) : running || found.length ? searches : "";
    const step = ({ tried }) => WORDS.generation({ number: generation, tried: counted(tried) });
    this.says.title = certain;
    this.says.textContent = now?.said ?? (now ? [step(now), state, certain].filter(Boolean).join(" · ") : state || WORDS.nothing);
    if (!this.fresh("found", `${found.length} ${found.at(-1)?.tried}`)) return;
    const errors = found.map(({ front }) => Math.log10(Math.max(1e-12, Math.min(1, ...front.map((one) => one.loss)))));
    this.curve.innerHTML = found.length > 1 ? sparkline(errors, 0, Math.min(-1, ...errors)) : "";
  }
}

const done = ({ kind }) => (kind === "match" ? WORDS.found : WORDS.done({ name: KINDS[kind]?.[0] ?? "" }));

// Values one after another as a line in steps, `high` at the top.
export function sparkline(values, high, low) {
  const places = values.map((value, i) => [((i + 1) / values.length) * 100, 1 + ((high - value) / (high - low || 1)) * 12]);
  const path = places.map(([x, y], i) => (i ? `H${x}V${y}` : `M0,1H${x}V${y}`)).join("");
  return `<svg viewBox="0 0 100 14" preserveAspectRatio="none"><path d="${path}" fill="none" stroke="currentColor" vector-effect="non-scaling-stroke"/></svg>`;
}
