// The formulas found and guessed, shortest first; the one with the diamond is shown everywhere.
import { degrees, h, news, Panel, plain, sized, ten } from "./dom.js";
import { bestOf } from "./store.js";
import { KINDS, WORDS } from "./words.js";

export class FormulasPanel extends Panel {
  constructor(store) {
    super(store);
    this.rows = new Map(); // text: row
    this.losses = false;
    this.list = h("div.sgi-list", { role: "listbox", ariaLabel: WORDS.formulas, tabIndex: -1,
      onkeydown: (event) => this.keyed(event) });
    sized(this.list, () => {
      this.fresh("at", null);
      store.touch();
    }, store.host.signal);
    this.which = plain("°", () => {
      this.losses = !this.losses;
      store.touch();
    }, { title: WORDS.anglesOrErrors });
    this.said = h("span.sgi-note", { role: "status" });
    this.copies = h("p.sgi-copies", {}, `${WORDS.copy} `,
      ...["LaTeX", "SymPy", "Python", "MathML"].map((name) => plain(name, () => this.copy(name))), " ", this.said);
    this.tree = h("div.sgi-tree");
    this.element = h("section.sgi-formulas", { ariaLabel: WORDS.formulas },
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

  get empty() {
    return this.store.alone && !this.store.has("time") && !(this.store.ready && this.entries.length);
  }

  draw() {
    const { store, list, rows } = this, { tree = "" } = store.given;
    if (!store.ready) return;
    const { entries } = this;
    this.which.textContent = this.losses ? WORDS.byError : WORDS.byAngle;
    if (this.fresh("tree", tree)) {
      this.tree.innerHTML = tree;
      this.tree.firstChild?.removeAttribute("style");
    }
    const before = new Map(rows), first = entries.find(({ text }) => text === store.text) ?? entries[0];
    rows.clear();
    for (const one of entries) {
      const key = store.live === one.text ? "live" : one.text, row = before.get(key) ?? this.row();
      rows.set(key, row);
      this.fill(row, one, one === first);
    }
    const all = [...rows.values()], on = all.find((row) => row.text === store.text);
    if (all.length !== list.children.length || all.some((row, i) => list.children[i] !== row)) list.replaceChildren(...all);
    const best = entries.findIndex((one) => one.best), chosen = this.fresh("at", store.text), grown = this.fresh("best", `${entries[best]?.text} ${all.length}`);
    const row = chosen ? on : all[best] ?? on;
    if (store.live !== null || !(chosen || grown) || !row) return;
    const seen = () => {
      const top = row.offsetTop - list.offsetTop;
      list.scrollTop = Math.max(Math.min(list.scrollTop, top), top + row.offsetHeight - list.clientHeight);
    };
    seen();
    setTimeout(seen, 200); // type takes its height later
  }

  // What a row shows; `first`: the Tab key leads to it.
  fill(row, { text, mine, best }, first) {
    const { store } = this, [mark, type, tag, worth] = row.children, score = store.score(text), on = text === store.text;
    const { own: { found }, given } = store, same = !given.first && bestOf(found.at(-1)) === text; // in a film, networks differ
    const kind = best && (same ? found.at(-1) : store.generation).kind;
    const [name, sentence] = KINDS[kind] ?? ["", ""];
    if (row.text !== text) type.innerHTML = store.type((row.text = text));
    const said = !score ? "" : this.losses ? ten(score.loss) : degrees(score.angle);
    if (!row.fresh("look", [mine, on, first, said, name].join())) return;
    Object.assign(row, { ariaSelected: on, tabIndex: first ? 0 : -1 });
    row.classList.toggle("sgi-mine", mine);
    mark.textContent = on ? "◆" : "";
    worth.textContent = said;
    Object.assign(tag, { textContent: name, title: sentence, hidden: !name });
    tag.classList.toggle("sgi-match", kind === "match");
  }

  row() {
    return h("div.sgi-row", { role: "option", fresh: news(), onclick: ({ currentTarget }) => this.store.select(currentTarget.text) },
      h("span.sgi-mark"), h("span.sgi-tex"), h("span.sgi-tag", { hidden: true }), h("em"));
  }
}
