// The words, numbers and signs of a formula: what stands at a place of the text, and what is said of it.
// The counterpart of formula/scanner.py; what is known of the language comes from there as `language`.
export const DIGITS = "0123456789";
const SPLITS = 4;
const NUMBER = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/;
const NUMBER_WITH_COMMA = /^(\d+(?:[.,]\d+|\.)?|\.\d+)([eE][+-]?\d+)?/;

export class FormulaError extends Error {
  constructor(message, at) {
    super(message);
    this.name = "FormulaError";
    this.at = at; // [start, end] in the text, in code points
  }
}

export const short = (text) => (Array.from(text).length <= 40 ? text : `${Array.from(text).slice(0, 37).join("")}...`);
export const trimmed = (text) => text.replace(/^ +| +$/g, "");
export const has = (object, name) => Object.hasOwn(object, name);
export const isDigit = (sign) => sign !== "" && DIGITS.includes(sign);
export const beginsWord = (sign) => sign === "_" || /^\p{L}/u.test(sign);
export const goesOn = (sign) => sign !== "" && (beginsWord(sign) || isDigit(sign) || /^[₀-₉\p{M}]/u.test(sign));
const plain = (word) => word.replace(/^\\/, "");

export function isWord(text) {
  const signs = Array.from(plain(text).replace(/_\{[^{}]*\}/g, ""));
  return signs.length > 0 && beginsWord(signs[0]) && signs.every(goesOn);
}

export class Scanner {
  constructor(text, names, language, chosen) {
    this.language = language;
    this.raw = Array.from(text);
    this.text = this.raw.map((sign) => (has(language.typography, sign) ? language.typography[sign] : sign));
    this.names = names;
    this.chosen = chosen;
    this.open = new Map(); // "kind place" -> how many ways there are
    this.inputs = this.byKey(names ?? []);
    this.special = (names ?? []).filter((name) => !isWord(name)).map((name) => Array.from(name))
      .sort((a, b) => b.length - a.length || (a.join("") < b.join("") ? -1 : 1));
    this.at = 0;
    this.end = this.raw.length;
    this.bars = this.commas = false;
  }

  refuse(sentence, words = {}, start = this.at, end = start + 1) {
    throw new FormulaError(this.says(sentence, { text: short(trimmed(this.raw.join(""))), ...words }), [start, end]);
  }

  says(sentence, words = {}) {
    return this.language.sentences[sentence].replace(/\{(\w+)\}/g, (_, word) => words[word]);
  }

  known() {
    const names = this.names ?? [];
    if (names.length < 2) return this.says(names.length ? "oneInput" : "noInputs", { name: names[0] });
    if (names.length > 12) return this.says("manyInputs", { names: names.slice(0, 11).join(", "), more: names.length - 11 });
    return this.says("inputs", { names: names.slice(0, -1).join(", "), last: names.at(-1) });
  }

  unknown(word, start, end) {
    if (this.names !== null && !(Array.from(word).length > 1 && this.after(end) === "("))
      this.refuse("unknown", { word, inputs: this.known() }, start, end);
    const begin = (name) => Array.from(name).slice(0, 2).join("").toLowerCase();
    const near = this.language.typed.filter((name) => begin(name) === begin(word));
    const functions = near.length ? this.says("mean", { names: near.slice(0, 3).join(this.says("or")) }) : this.says("functions");
    this.refuse("function", { word, functions }, start, end);
  }

  missing() {
    const sign = this.peek();
    if (!sign) this.refuse("end", {}, this.end, this.end);
    this.refuse("*/^)+-,|=".includes(sign) ? "missing" : "sign", { sign: this.raw[this.at] });
  }

  peek() {
    while (this.at < this.end && this.text[this.at] === " ") this.at += 1;
    return this.after(this.at);
  }

  after(place) {
    return place < this.end ? this.text[place] : "";
  }

  sliced(start, end) {
    return this.raw.slice(start, end).join("");
  }

  // Which of several ways to take at this place; the first, unless another one is asked for.
  way(kind, count = 2) {
    const place = `${kind} ${this.at}`;
    this.open.set(place, count);
    return place === this.chosen[0] ? this.chosen[1] : 0;
  }

  starts(sign) {
    if (sign === "|") return !this.bars;
    return sign !== "" && ("(√.\\".includes(sign) || has(this.language.fractions, sign) || isDigit(sign) || beginsWord(sign));
  }

  isPower() {
    return this.peek() === "^" || (this.after(this.at) === "*" && this.after(this.at + 1) === "*");
  }

  isSuperscript(place) {
    return has(this.language.superscripts, this.after(place));
  }

  superscripts() {
    const start = this.at;
    while (this.isSuperscript(this.at)) this.at += 1;
    const text = this.text.slice(start, this.at).map((sign) => this.language.superscripts[sign]).join("");
    const digits = text.replace(/^-/, "");
    if (!/^\d+$/.test(digits)) this.refuse("sign", { sign: this.sliced(start, this.at) }, start, this.at);
    const number = ["#", digits, start, this.at];
    return text === digits ? number : ["neg", number];
  }

  number() {
    const start = this.at;
    let stop = start;
    while (stop < this.end && "0123456789.,eE+-".includes(this.text[stop])) stop += 1;
    const found = this.text.slice(start, stop).join("").match(this.commas ? NUMBER : NUMBER_WITH_COMMA);
    let text = found ? found[0].replace(",", ".") : "0";
    this.at += found ? found[0].length : 0;
    if (!Number.isFinite(Number(text))) this.refuse("finite", { piece: short(text) }, start, this.at);
    if (has(this.language.fractions, this.after(this.at)) && /^\d+$/.test(text)) {
      const [above, below] = this.language.fractions[this.text[this.at]];
      text = `${BigInt(text) * BigInt(below) + BigInt(above)}/${below}`;
      this.at += 1;
    }
    return ["#", text, start, this.at];
  }

  key(name) {
    const signs = Array.from(name.normalize("NFKC"), (sign) => this.language.greek[sign] ?? sign);
    return signs.join("").replace(/[_{}\\ ]/g, "");
  }

  byKey(names) {
    const count = new Map();
    for (const name of names) count.set(this.key(name), (count.get(this.key(name)) ?? 0) + 1);
    const alone = names.filter((name) => count.get(this.key(name)) === 1).map((name) => [this.key(name), name]);
    return new Map([...alone, ...names.map((name) => [name, name])]);
  }

  input(word) {
    return this.inputs.get(word) ?? this.inputs.get(this.key(word));
  }

  arity(name) {
    return has(this.language.functions, name) ? this.language.functions[name] : undefined;
  }

  own(name) {
    return has(this.language.aliases, name) ? this.language.aliases[name] : name;
  }

  // The function's own name, or undefined: capitals do not count.
  function(word) {
    return [word, word.toLowerCase()].map((name) => this.own(name)).find((name) => this.arity(name) !== undefined);
  }

  wordAt(start, end) {
    return plain(this.sliced(start, end));
  }

  wordEnd(place) {
    if (this.text[place] === "\\") place += 1;
    while (place < this.end && goesOn(this.raw[place])) {
      const subscript = this.raw[place] === "_" && place + 1 < this.end && this.raw[place + 1] === "{";
      const close = subscript ? this.raw.slice(0, this.end).indexOf("}", place) : -1;
      place = close > 0 ? close + 1 : place + 1;
    }
    return place;
  }

  // Ends of the first piece of a word that is made of inputs, pi and functions; the longest first.
  cuts(start, end) {
    const fits = new Map([[end, true]]);
    const ends = (place) => {
      const found = [];
      for (let cut = end; cut > place; cut--) if (fits.get(cut) && this.isPiece(place, cut, end)) found.push(cut);
      return found;
    };
    for (let place = end - 1; place >= start; place--) fits.set(place, ends(place).length > 0);
    return ends(start).slice(0, SPLITS);
  }

  isPiece(start, cut, end) {
    const word = this.wordAt(start, cut);
    if (this.input(word) !== undefined || word === "pi" || word === "π") return word !== "";
    const ahead = cut < end || this.after(cut) === "(" || this.after(cut) === "^" || this.isSuperscript(cut);
    return Array.from(word).length > 1 && ahead && this.function(word) !== undefined;
  }

  isFunction() {
    if (this.peek() === "√") return true;
    if (!(this.peek() === "\\" || beginsWord(this.peek()))) return false;
    const word = this.wordAt(this.at, this.wordEnd(this.at));
    return this.input(word) === undefined && this.function(word) !== undefined;
  }
}
