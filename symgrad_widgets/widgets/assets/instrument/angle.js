// How far the arrows are apart: one number, and a histogram that is the legend of the field.
import { BINS, classOf, counted, worst } from "./arrows.js";
import { degrees, h, speaker } from "./dom.js";
import { WORDS } from "./words.js";

export class AnglePanel {
  constructor(store) {
    this.store = store;
    this.big = h("output.sgi-big", { "aria-label": WORDS.angle });
    this.small = h("span.sgi-small");
    this.bars = BINS.slice(1).map((high, i) => {
      const bar = h("i", { style: `background: var(--sgi-c${classOf((BINS[i] + high) / 2)})` });
      return h("button.sgi-bar", { type: "button", onclick: () => this.choose(i) }, bar);
    });
    const ticks = BINS.map((bin) => h("span", {}, `${bin}°`));
    this.caption = h("p.sgi-note");
    this.speaker = speaker();
    this.element = h("section.sgi-angle", { "aria-label": WORDS.angles },
      h("p.sgi-angle-line", {}, this.big, this.small),
      h("div.sgi-bars", { role: "group", "aria-label": WORDS.bars }, ...this.bars),
      h("div.sgi-ticks", { "aria-hidden": "true" }, ...ticks), this.caption, this.speaker.element);
  }

  choose(i) {
    const { only } = this.store, range = [BINS[i], BINS[i + 1]];
    this.store.only = only && only[0] === range[0] ? null : range;
    this.store.touch();
  }

  draw() {
    const { store } = this, score = store.ready && store.text ? store.score(store.text) : null;
    this.element.classList.toggle("sgi-empty", !score);
    this.element.hidden = !score && store.panels.length > 0;
    const counts = score ? counted(score.degrees) : this.bars.map(() => 0), most = Math.max(...counts, 1);
    this.bars.forEach((bar, i) => {
      const [low, high] = [BINS[i], BINS[i + 1]], label = WORDS.bar({ low, high, count: counts[i] });
      bar.firstChild.style.height = `${counts[i] ? Math.max(3, (100 * counts[i]) / most) : 0}%`;
      bar.setAttribute("aria-label", label);
      bar.title = label;
      bar.setAttribute("aria-pressed", String(store.only?.[0] === low));
    });
    const only = store.only && this.bars.findIndex((_, i) => BINS[i] === store.only[0]);
    this.caption.textContent = only === null ? WORDS.bars : WORDS.only({ low: store.only[0], high: store.only[1], count: counts[only] });
    this.caption.classList.toggle("sgi-only", only !== null);
    if (!score) {
      this.big.textContent = "";
      this.small.textContent = WORDS.none;
      return;
    }
    this.big.textContent = degrees(score.middle);
    const lost = score.lost ? `; ${WORDS.lost({ count: score.lost })}` : "";
    this.small.textContent = `${WORDS[store.dense ? "short" : "middle"]({ most: degrees(score.most) })}${lost}`;
    const { field } = store.given;
    this.speaker.say(() => {
      const where = worst(score.degrees, field);
      return `${WORDS.spoken({ angle: degrees(score.middle) })}${where ? ` ${WORDS[where.low ? "worstLow" : "worstHigh"](where)}` : ""}`;
    });
  }
}
