// What has been asked of Python: a hint, or what a formula is. It stays until another formula is in hand.
import { mathml } from "../formula/index.js";
import { button, h } from "./dom.js";
import { WORDS } from "./words.js";

export class ToldPanel {
  constructor(store) {
    this.store = store;
    this.element = h("div.sgi-told", { role: "status", hidden: true });
  }

  hide() {
    this.store.given.told = null;
    this.store.touch();
  }

  draw() {
    const { store } = this, { told } = store.given;
    this.element.hidden = !told || Boolean(store.looked) || ![null, store.text].includes(told.text) || !store.ready;
    if (this.element.hidden || this.told === told) return;
    this.told = told;
    const { name, said, same, text, harder } = told, formula = h("span");
    this.element.classList.toggle("sgi-same", same);
    if (same) formula.innerHTML = mathml(bare(store.reading(text).tree), store.given.language);
    const more = ["why", "change"].filter((which) => told[which]?.length).map((which) => this.more(which, told[which]));
    this.element.replaceChildren(...(same ? [formula, ": "] : [name ? h("b.sgi-tag", {}, name) : "", " "]), said, " ",
      ...(same && harder ? [button(WORDS.harder, () => store.host.send({ do: "go", experiment: harder }), { className: "sgi-go" })] : []),
      ...more.map(([toggle]) => toggle), button("×", () => this.hide(), { className: "sgi-plain", "aria-label": WORDS.close }), ...more.map(([, list]) => list));
  }

  // A button, and the sentences that it opens.
  more(which, sentences) {
    const list = h("ul", { hidden: true }, ...sentences.map((one) => h("li", {}, one)));
    const toggle = button(WORDS[which], () => {
      list.hidden = !list.hidden;
      toggle.setAttribute("aria-expanded", String(!list.hidden));
    }, { className: "sgi-plain", "aria-expanded": "false" });
    return [toggle, list];
  }
}

// A tree without the factors that are 1.
function bare(tree) {
  if (typeof tree[1] === "string") return tree;
  const [head, ...parts] = [tree[0], ...tree.slice(1).map(bare)];
  const kept = head === "mul" ? parts.filter(([kind, text]) => kind !== "#" || Number(text) !== 1) : parts;
  return head === "mul" && kept.length < 2 ? (kept[0] ?? parts[0]) : [head, ...kept];
}
