// Trees of formulas in mathematical type: MathML (presentation), which browsers draw by themselves.

const INSIDE = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };
const UPRIGHT = { log: "ln", asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arsinh", acosh: "arcosh", atanh: "artanh" };
const escaped = (text) => text.replace(/[<>&"]/g, (sign) => INSIDE[sign]);
const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;
const sign = (text) => `<mo>${text}</mo>`;
const APPLIED = sign("&#x2061;"), TIMES = `${sign("&#x2062;")}<mspace width="0.12em"></mspace>`, DOT = sign("⋅"), MINUS = sign("−");
// Brackets grow around fractions only: around x² they would carry an exponent far above the line.
const bracket = (text, grows) => `<mo fence="true" stretchy="${grows}">${text}</mo>`;
const fenced = (text) => row(...["(", text, ")"].map((part, i) => (i === 1 ? part : bracket(part, text.includes("<mfrac")))));

// A <math> element; numbers carry data-start and data-end, their place in the text that was typed.
export function mathml(tree, language, display = "inline") {
  return `<math display="${display}">${new Type(language).of(tree)}</math>`;
}

class Type {
  constructor(language) {
    this.point = language.point;
    this.letters = new Map(Object.entries(language.greek).map(([letter, name]) => [name, letter]).reverse());
  }

  of(tree) {
    return this.parts(tree)[0];
  }

  // At least so strongly bound, or in brackets: 1 a sum, 2 a product, 4 a power, 5 the rest.
  bound(tree, least) {
    const [text, binds] = this.parts(tree);
    return binds >= least ? text : fenced(text);
  }

  parts([head, ...given]) {
    if (head === "#") return this.number(...given);
    if (head === "@") return [this.name(given[0]), 5];
    if (!given.length) return [`<mi${head === "e" ? ' mathvariant="normal"' : ""}>${this.letters.get(head) ?? head}</mi>`, 5];
    if (head in this && Object.hasOwn(FORMS, head)) return this[head](...given);
    return this.call(head, given);
  }

  number(text, start, end) {
    const place = start === undefined ? "" : ` data-start="${start}" data-end="${end}"`;
    const [above, below] = text.split("/");
    if (below) return [`<mfrac${place}><mn>${above}</mn><mn>${below}</mn></mfrac>`, 2];
    const [digits, power] = text.toLowerCase().replace("-", "−").replace(".", this.point).split("e");
    if (!power) return [`<mn${place}>${digits}</mn>`, text.startsWith("-") ? 1 : 5];
    const ten = `<msup><mn>10</mn><mn>${power.replace(/^\+/, "")}</mn></msup>`;
    return [`<mrow${place}><mn>${digits}</mn>${DOT}${ten}</mrow>`, 2];
  }

  // x_{1}, x_1 and x1 are x with a subscript, alpha is α, a longer word is upright.
  name(name) {
    const [, word, below] = name.match(/^\\?([^_{}\d]+)_?\{?([^_{}]*)\}?$/) ?? [null, name, ""];
    const text = `<mi>${escaped(this.letters.get(word) ?? word)}</mi>`;
    const tag = /^\d+$/.test(below) ? "mn" : "mi";
    return below ? `<msub>${text}<${tag}>${escaped(below)}</${tag}></msub>` : text;
  }

  add(first, ...others) {
    const next = (part) => (part[0] === "neg" ? MINUS + this.bound(part[1], 2) : sign("+") + this.bound(part, 2));
    return [row(first[0] === "neg" ? this.of(first) : this.bound(first, 2), ...others.map(next)), 1];
  }

  neg(u) {
    return [row(MINUS, this.bound(u, 2)), 1];
  }

  mul(...factors) {
    const number = ([head, base]) => head === "#" || (head === "pow" && base[0] === "#");
    const joined = factors.map((factor, i) => (i ? (number(factor) ? DOT : TIMES) : "") + this.bound(factor, 2));
    return [row(...joined), 2];
  }

  div(a, b) {
    return [`<mfrac>${this.of(a)}${this.of(b)}</mfrac>`, 2];
  }

  pow(base, exponent) {
    const small = this.of(exponent);
    const plain = base.length === 2 && Array.isArray(base[1]) && !Object.hasOwn(FORMS, base[0]);
    if (plain) return this.call(base[0], base.slice(1), small);
    const [inside, binds] = this.parts(base);
    if (binds >= 5) return [`<msup>${inside}${small}</msup>`, 4];
    if (inside.includes("<mfrac")) return [`<msup>${fenced(inside)}${small}</msup>`, 4];
    const [begin, end] = ["(", ")"].map((one) => bracket(one, false)); // as high as on a letter
    return [row(begin, inside, `<msup>${end}${small}</msup>`), 4];
  }

  sqrt(u) {
    return [`<msqrt>${this.of(u)}</msqrt>`, 5];
  }

  abs(u) {
    return [row('<mo fence="true" stretchy="true">|</mo>', this.of(u), '<mo fence="true" stretchy="true">|</mo>'), 5];
  }

  // A function; sin² x where it is raised to a power.
  call(head, given, power = null) {
    const name = `<mi mathvariant="normal">${escaped(UPRIGHT[head] ?? head)}</mi>`;
    const raised = power === null ? name : `<msup>${name}${power}</msup>`;
    const inside = given.map((part) => this.of(part)).join(sign(","));
    return [row(raised, APPLIED, fenced(inside)), 5];
  }
}

const FORMS = { add: 1, neg: 1, mul: 1, div: 1, pow: 1, sqrt: 1, abs: 1 };
