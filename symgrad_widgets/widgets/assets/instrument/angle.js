// How far the arrows are apart: one number, and a histogram that is the legend of the field.
import { BINS, classOf, counted, numbers, worst } from "../formula/index.js";
import { button, degrees, h, Panel, speaker } from "./dom.js";
import { WORDS } from "./words.js";

const AGREE = 0.5; // degrees: at smaller angles arrows lie on top of each other

export class AnglePanel extends Panel {
  constructor(store) {
    super(store);
    this.big = h("output.sgi-big", { ariaLabel: WORDS.angle, title: WORDS.angleTitle });
    this.small = h("span.sgi-small");
    this.bars = BINS.slice(1).map((high, i) => {
      const bar = h("i", { style: `background: var(--sgi-c${classOf((BINS[i] + high) / 2)})` });
      return button(bar, () => this.choose(BINS[i], high), { className: "sgi-bar" });
    });
    const ticks = BINS.map((bin) => h("span", {}, `${bin}°`));
    this.caption = h("p.sgi-note");
    this.speaker = speaker();
    this.element = h("section.sgi-angle", { ariaLabel: WORDS.angles },
      h("p.sgi-angle-line", {}, this.big, this.small),
      h("div.sgi-bars", { role: "group", ariaLabel: WORDS.bars }, ...this.bars),
      h("div.sgi-ticks", { ariaHidden: "true" }, ...ticks), this.caption, this.speaker.element);
  }

  choose(low, high) {
    const { store } = this;
    store.only = store.only?.[0] === low ? null : [low, high];
    store.touch();
  }

  get empty() {
    return !this.store.inHand && this.store.alone;
  }

  // What to do where the arrows agree, or nearly do, until it has been asked what the formula is.
  get next() {
    const { store, store: { inHand: score, text } } = this;
    if (!score || !store.asks || classOf(score.angle) || store.given.told?.text === text) return "";
    if (score.angle < AGREE) return WORDS.agree;
    return numbers(store.reading(text).tree).some((one) => !one.power) ? WORDS.nearly : WORDS.nearlyThere;
  }

  draw() {
    const { store, next } = this, score = store.inHand, { only } = store;
    this.element.classList.toggle("sgi-empty", !score);
    this.small.classList.toggle("sgi-agree", next === WORDS.agree);
    const counts = counted(score?.degrees ?? []), most = Math.max(...counts, 1);
    const said = this.bars.map((bar, i) => {
      const [low, high] = [BINS[i], BINS[i + 1]], title = WORDS.bar({ low, high, count: counts[i] }), ariaPressed = only?.[0] === low;
      bar.firstChild.style.height = `${counts[i] ? Math.max(3, (100 * counts[i]) / most) : 0}%`;
      Object.assign(bar, { title, ariaPressed });
      return ariaPressed ? WORDS.only({ low, high, count: counts[i] }) : "";
    }).join("");
    this.caption.textContent = said || WORDS.bars;
    this.caption.classList.toggle("sgi-only", said !== "");
    this.big.textContent = score ? degrees(score.angle) : "";
    this.small.textContent = score ? this.words(score, next) : WORDS.none;
    if (score) this.speaker.say(() => {
      const where = score.most > 1 && worst(score.degrees, store.given.field);
      return `${WORDS.spoken({ angle: degrees(score.angle) })}${next && ` ${next}`}${where ? ` ${WORDS[where.low ? "worstLow" : "worstHigh"](where)}` : ""}`;
    });
  }

  words({ most, lost, along }, next) {
    if (along.every(Number.isNaN)) return WORDS.constant;
    const said = next || WORDS[this.store.dense ? "short" : "mean"]({ most: degrees(Math.max(most, 0.001)) });
    return lost ? `${said}; ${WORDS.lost({ count: lost })}` : said;
  }
}
