// The formulas found and guessed, shortest first; the one with the diamond is shown everywhere.
import { button, degrees, h, sized, ten } from "./dom.js";
import { KINDS, WORDS } from "./words.js";

export class FormulasPanel {
  constructor(store) {
    this.store = store;
    this.rows = new Map(); // text: row
    this.losses = false;
    this.list = h("div.sgi-list", { role: "listbox", "aria-label": WORDS.formulas, tabIndex: -1,
      onkeydown: (event) => this.keyed(event) });
    sized(this.list, () => {
      this.at = null;
      store.touch();
    }, store.host.signal);
    this.which = button("°", () => {
      this.losses = !this.losses;
      this.store.touch();
    }, { className: "sgi-plain", title: WORDS.anglesOrErrors });
    this.said = h("span.sgi-note", { role: "status" });
    this.copies = h("p.sgi-copies", {}, `${WORDS.copy} `,
      ...["LaTeX", "SymPy", "Python", "MathML"].map((name) => button(name, () => this.copy(name), { className: "sgi-plain" })), " ", this.said);
    this.tree = h("div.sgi-tree");
    this.element = h("section.sgi-formulas", { "aria-label": WORDS.formulas },
      h("h3", {}, h("b", {}, WORDS.formulas), h("span", {}, `${WORDS.shortest} · `, this.which)), this.list, this.copies, this.tree);
  }

  async copy(name) {
    const { store } = this, { text } = store;
    if (!text) return;
    const { COPIES } = await store.host.paper(), { tree } = store.reading(text), made = tree ? COPIES[name](tree, store, text) : text;
    try {
      await navigator.clipboard.writeText(made);
      this.said.textContent = WORDS.copied({ name });
    } catch { // a page without the right to: the text is shown, to be copied by hand
      this.said.textContent = made;
    }
  }

  // [{ text, length, mine, best }], shortest first.
  get entries() {
    const { store } = this, { generation } = store;
    const found = (generation?.front ?? []).map((one, i) => ({ length: store.length(one.text), ...one, best: i === generation.best, mine: false }));
    const texts = new Set(found.map((one) => one.text));
    const own = [...store.state.guesses, store.text].filter((text, i, all) => text && all.indexOf(text) === i && !texts.has(text));
    const mine = own.map((text) => ({ text, length: store.length(text), mine: !store.isMachine(text), best: false }));
    return [...found, ...mine].sort((a, b) => a.length - b.length);
  }

  keyed(event) {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    const texts = this.entries.map((one) => one.text), at = texts.indexOf(this.store.text);
    const next = texts[Math.max(0, Math.min(texts.length - 1, at + by))];
    this.store.select(next);
    this.draw();
    this.rows.get(next)?.focus();
  }

  draw() {
    const { store } = this;
    if (!store.ready || !store.has("formulas")) return;
    this.which.textContent = this.losses ? WORDS.byError : WORDS.byAngle;
    this.element.hidden = store.panels.length > 0 && !this.entries.length && !store.has("time");
    const { entries } = this, kept = new Set(), { tree = "" } = store.given;
    if (this.treeShown !== tree) {
      this.tree.innerHTML = this.treeShown = tree;
      this.tree.firstChild?.removeAttribute("style");
    }
    const rows = entries.map(({ text, mine, best }, place) => {
      const key = store.live === text ? "live" : text;
      kept.add(key);
      if (!this.rows.has(key)) this.rows.set(key, this.row());
      const row = this.rows.get(key), on = text === store.text, score = store.score(text);
      if (row.text !== text) {
        row.text = text;
        row.querySelector(".sgi-tex").innerHTML = store.type(text);
      }
      const worth = !score ? "" : this.losses ? ten(score.loss) : degrees(score.middle);
      const kind = best && store.generation.kind, [name, sentence] = KINDS[kind] ?? ["", ""], tag = row.querySelector(".sgi-tag");
      const first = on || (place === 0 && !entries.some((one) => one.text === store.text)), look = [mine, on, first, worth, name].join();
      if (row.look === look) return row;
      row.look = look;
      row.classList.toggle("sgi-mine", mine);
      row.setAttribute("aria-selected", String(on));
      row.tabIndex = first ? 0 : -1;
      row.querySelector(".sgi-mark").textContent = on ? "◆" : "";
      row.querySelector("em").textContent = worth;
      Object.assign(tag, { textContent: name, title: sentence, hidden: !name });
      tag.classList.toggle("sgi-match", kind === "match");
      return row;
    });
    for (const key of this.rows.keys()) if (!kept.has(key)) this.rows.delete(key);
    if (rows.length !== this.list.children.length || rows.some((row, i) => this.list.children[i] !== row)) this.list.replaceChildren(...rows);
    const at = `${store.text} ${rows.length}`;
    if (this.at === at || store.live !== null) return;
    this.at = at;
    const on = rows.find((row) => row.text === store.text), { list } = this;
    const seen = () => {
      const top = on.offsetTop - list.offsetTop;
      list.scrollTop = Math.max(Math.min(list.scrollTop, top), top + on.offsetHeight - list.clientHeight);
    };
    if (!on) return;
    seen();
    setTimeout(seen, 200); // type takes its height later
  }

  row() {
    const row = h("div.sgi-row", { role: "option", onclick: () => this.store.select(row.text) },
      h("span.sgi-mark"), h("span.sgi-tex"), h("span.sgi-tag", { hidden: true }), h("em"));
    return row;
  }
}
