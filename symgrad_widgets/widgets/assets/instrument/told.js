// What has been asked of Python: a hint, or what a formula is. It stays until another formula is in hand.
import { bare, mathml } from "../formula/index.js";
import { bring, button, h, Panel, plain } from "./dom.js";
import { WORDS } from "./words.js";

export class ToldPanel extends Panel {
  constructor(store) {
    super(store);
    this.element = h("div.sgi-told", { role: "status", hidden: true });
  }

  get empty() {
    const { ready, looked, text, given: { told } } = this.store;
    return !ready || !told || Boolean(looked) || ![null, text].includes(told.text);
  }

  draw() {
    const { store } = this, { told } = store.given;
    if (!this.fresh("told", told)) return;
    const { name, said, same, text, harder } = told, { language } = store.given;
    this.element.classList.toggle("sgi-same", same);
    const more = ["why", "change"].filter((which) => told[which]?.length).map((which) => this.more(which, told[which]));
    const of = same ? h("span", { innerHTML: mathml(bare(store.reading(text).tree), language) }) : name && h("b.sgi-tag", {}, name);
    const close = plain("×", () => {
      store.given.told = null;
      store.touch();
    }, { ariaLabel: WORDS.close, className: "sgi-plain sgi-close" });
    this.element.replaceChildren(close, of, same ? ": " : " ", ...typed(said, (one) => store.type(one)), " ",
      ...(same && harder ? [button(WORDS.harder, () => store.host.send({ do: "go", experiment: harder }), { className: "sgi-go" })] : []),
      ...more.map(([toggle]) => toggle), ...more.map(([, list]) => list));
    bring(this.element);
  }

  // A button, and the sentences that it opens.
  more(which, sentences) {
    const list = h("ul", { hidden: true }, ...sentences.map((one) => h("li", {}, one)));
    const toggle = plain(WORDS[which], () => {
      list.hidden = !list.hidden;
      toggle.ariaExpanded = !list.hidden;
    }, { ariaExpanded: false });
    return [toggle, list];
  }
}

// Words, with formulas between backticks in type.
export const typed = (text, type) => text.split("`").map((part, i) => (i % 2 ? h("span", { innerHTML: type(part) }) : part));
