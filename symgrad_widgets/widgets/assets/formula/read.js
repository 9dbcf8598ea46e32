// Formulas as people write them, read to trees: the grammar stands in formula/typed.py, which does the same.
import { constant } from "./constants.js";
import { FormulaError, Scanner, beginsWord, has, isDigit, isWord, goesOn, trimmed } from "./scan.js";
import { written } from "./write.js";

const NO_FORMULA = /^(?:[0-9.,]+|const(?:ant)?|[cCkK])$/;
const MOST = 4; // alternatives

// { tree, written, alternatives } of a text; `names` null takes every word for an input. Throws FormulaError.
export function read(text, names, language) {
  const first = new Reader(text, names, language, []);
  const tree = first.formula();
  const plain = written(tree);
  const others = [];
  for (const [place, count] of first.open)
    for (let which = 1; which < count; which++)
      try {
        const other = written(new Reader(text, names, language, [place, which]).formula());
        if (other !== plain && !others.includes(other)) others.push(other);
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
      }
  return { tree, written: plain, alternatives: others.slice(0, MOST) };
}

const product = (factors) => (factors.length === 1 ? factors[0] : ["mul", ...factors]);
const levels = (tree) => { // without recursion: it may be deep
  let most = 0;
  const stack = [[tree, 1]];
  while (stack.length) {
    const [node, level] = stack.pop();
    most = Math.max(most, level);
    for (const part of node) if (Array.isArray(part)) stack.push([part, level + 1]);
  }
  return most;
};

class Reader extends Scanner {
  formula() {
    const { limits } = this.language;
    if (this.raw.length > limits.characters)
      this.refuse("long", { count: this.raw.length, most: limits.characters });
    if (this.text.every((sign) => sign === " ")) {
      const pair = (this.names?.length ? this.names : ["x", "v"]).slice(0, 2);
      this.refuse("empty", { example: pair.map((name) => `${name}^2`).join(" + ") }, 0, this.end);
    }
    [this.at, this.end] = this.side();
    const tree = this.sum(0);
    const sign = this.peek();
    if (sign) this.refuse({ ")": "closed", ",": "comma" }[sign] ?? "sign", { sign: this.raw[this.at] });
    const whole = (sentence, words) => this.refuse(sentence, words, 0, this.end);
    if (levels(tree) > 2 * limits.depth) whole("deep", { most: limits.depth });
    constant(tree, whole, this.language);
    return tree;
  }

  // Place of the one side of an equation that is a formula.
  side() {
    const cuts = [-1];
    this.text.forEach((sign, place) => sign === "=" && cuts.push(place));
    const sides = [...cuts.slice(1), this.end].map((end, i) => [cuts[i] + 1, end]);
    const text = ([start, end]) => trimmed(this.text.slice(start, end).join(""));
    if (sides.length === 1) return sides[0];
    for (const side of sides) if (!text(side)) {
      this.at = side[1];
      this.missing();
    }
    const isNumber = (side) => NO_FORMULA.test(text(side)) && this.input(text(side)) === undefined;
    const kept = sides.filter((side, i) => (i === 0 ? !this.isLabel(text(side)) : !isNumber(side)));
    if (kept.length > 1) this.refuse("equation", { left: text(kept[0]), right: text(kept[1]) }, kept[1][0] - 1);
    return kept[0] ?? (isNumber(sides.at(-1)) ? sides[0] : sides.at(-1));
  }

  // Whether this is what a formula is called, E or f(x, v), and no formula.
  isLabel(word) {
    const name = word.match(/^([^ ()]+)\(([^()]*)\)$/);
    if (name && name[2].split(",").every((part) => this.input(trimmed(part)) !== undefined))
      return isWord(name[1]) && this.arity(this.own(name[1])) === undefined;
    return isWord(word) && this.input(word) === undefined;
  }

  signs() {
    let minus = false;
    while (["+", "-"].includes(this.peek())) {
      minus = minus !== (this.text[this.at] === "-");
      this.at += 1;
    }
    return minus;
  }

  deep(depth) {
    if (depth > this.language.limits.depth) this.refuse("deep", { most: this.language.limits.depth });
  }

  sum(depth) {
    this.deep(depth);
    const terms = [];
    while (!terms.length || ["+", "-"].includes(this.peek())) {
      const minus = this.signs();
      const term = this.product(this.power(depth), depth);
      terms.push(minus ? ["neg", term] : term);
    }
    return terms.length === 1 ? terms[0] : ["add", ...terms];
  }

  // Product that begins with a factor already read.
  product(first, depth) {
    let factors = [first];
    for (;;) {
      const sign = this.peek();
      const place = this.at;
      if (sign === "*") {
        this.at += 1;
        factors.push(this.factor(depth));
      } else if (sign === "/") {
        this.at += 1;
        let factor = this.factor(depth);
        if (this.starts(this.peek())) {
          const end = this.at;
          this.at = place;
          const more = this.way("divisor");
          this.at = end;
          if (more) factor = this.juxtaposed(factor, depth);
        }
        factors = [["div", product(factors), factor]];
      } else if (this.starts(sign)) factors.push(this.nextPower(factors.at(-1), depth));
      else return product(factors);
    }
  }

  // Power that stands behind another one without a sign between them.
  nextPower(before, depth) {
    const start = this.at;
    const power = this.power(depth);
    if (before[0] === "#" && power[0] === "#")
      this.refuse("between", { left: before[1], right: power[1] }, start);
    return power;
  }

  juxtaposed(first, depth) {
    const factors = [first];
    while (this.starts(this.peek())) factors.push(this.nextPower(factors.at(-1), depth));
    return product(factors);
  }

  factor(depth) {
    const minus = this.signs();
    const power = this.power(depth);
    return minus ? ["neg", power] : power;
  }

  power(depth) {
    let base = this.atom(depth);
    while (this.isSuperscript(this.at)) base = ["pow", base, this.superscripts()];
    return this.isPower() ? ["pow", base, this.exponent(depth)] : base;
  }

  exponent(depth) {
    this.deep(depth);
    this.at += this.text[this.at] === "*" ? 2 : 1;
    const exponent = this.factor(depth + 1);
    const place = this.at;
    if (exponent[0] === "#" && exponent[1] === "1" && this.peek() === "/") {
      const slash = this.at;
      this.at += 1;
      const number = isDigit(this.peek());
      const digits = this.at;
      this.at = slash;
      if (number && this.way("exponent")) {
        this.at = digits;
        return ["div", exponent, this.number()];
      }
      this.at = place;
    }
    return exponent;
  }

  atom(depth) {
    const sign = this.peek();
    if (sign === "(") return this.enclosed("(", ")", depth);
    if (sign === "|") return ["abs", this.enclosed("|", "|", depth)];
    if (sign === "√") {
      this.at += 1;
      return this.call("sqrt", "√", depth);
    }
    if (isDigit(sign) || has(this.language.fractions, sign) || (sign === "." && isDigit(this.after(this.at + 1))))
      return this.number();
    if (beginsWord(sign) || (sign === "\\" && beginsWord(this.after(this.at + 1)))) return this.word(depth);
    return this.missing();
  }

  // Sum between brackets or bars.
  enclosed(begin, end, depth) {
    const start = this.at, before = [this.bars, this.commas];
    this.at += 1;
    [this.bars, this.commas] = [begin === "|", false];
    const inner = this.sum(depth + 1);
    this.close(end, start);
    [this.bars, this.commas] = before;
    return inner;
  }

  close(end, start) {
    const sign = this.peek();
    if (sign === end) this.at += 1;
    else if (sign === "" || sign === ")") this.refuse(end === "|" ? "bar" : "open", {}, start);
    else this.refuse(sign === "," ? "comma" : "sign", { sign: this.raw[this.at] });
  }

  word(depth) {
    for (const name of this.special) {
      const end = this.at + name.length;
      const there = name.every((sign, i) => this.raw[this.at + i] === sign);
      if (there && !(goesOn(name.at(-1)) && goesOn(this.after(end)))) {
        this.at = end;
        return ["@", name.join("")];
      }
    }
    const start = this.at, end = this.wordEnd(start);
    const word = this.wordAt(start, end);
    const name = this.input(word), called = this.after(end) === "(", own = this.function(word);
    if (name !== undefined && !(called && own && this.way("function") === 0)) {
      const cuts = this.cuts(start, end).filter((cut) => cut !== end);
      const which = cuts.length ? this.way("word", 1 + cuts.length) : 0;
      return this.piece(start, which ? cuts[which - 1] : end, depth);
    }
    if ((name === undefined && has(this.language.constants, word)) || own) return this.meant(word, end, depth);
    if (this.names === null && !(word && called)) {
      this.at = end;
      return ["@", word.normalize("NFKC")];
    }
    const cuts = this.cuts(start, end);
    if (!cuts.length) this.unknown(word, start, end);
    return this.piece(start, cuts[cuts.length > 1 ? this.way("word", cuts.length) : 0], depth);
  }

  // Input, constant or function that a word begins with.
  piece(start, end, depth) {
    const word = this.wordAt(start, end);
    const name = this.input(word);
    if (name === undefined) return this.meant(word, end, depth);
    this.at = end;
    return ["@", name];
  }

  meant(word, end, depth) {
    this.at = end;
    const { constants } = this.language;
    return has(constants, word) ? [constants[word]] : this.call(this.function(word), word, depth);
  }

  call(name, word, depth) {
    const start = this.at - Array.from(word).length;
    if (this.language.trees[name] === null) this.refuse("foreign", { word }, start, this.at);
    let power = null, own = name;
    if (this.isSuperscript(this.at)) power = this.superscripts();
    else if (this.isPower()) power = this.exponent(depth);
    if (power && has(this.language.inverses, name) && written(power) === "-1" && this.way("inverse") === 0)
      [own, power] = [this.language.inverses[name], null];
    const called = this.applied(own, word, start, depth);
    return power ? ["pow", called, power] : called;
  }

  applied(own, word, start, depth) {
    this.deep(depth);
    const count = this.arity(own), sign = this.peek();
    if (sign === "(") return [own, ...this.listed(count, word, start, depth)];
    const signed = (sign === "+" || sign === "-") && this.starts(this.after(this.at + 1));
    if (count !== 1 || !(signed || this.starts(sign)))
      this.refuse("argument", { word }, start, start + Array.from(word).length);
    return [own, this.bare(depth + 1)];
  }

  // Arguments in brackets.
  listed(count, word, start, depth) {
    const opened = this.at, before = [this.bars, this.commas];
    [this.bars, this.commas] = [false, count > 1];
    const given = [];
    do {
      this.at += 1;
      given.push(this.sum(depth + 1));
    } while (this.peek() === ",");
    this.close(")", opened);
    [this.bars, this.commas] = before;
    if (given.length !== count) {
      const one = count === 1;
      this.refuse(one ? "arityOne" : "arity", { word, count, example: `${word}(${one ? "x" : "x, v"})` }, start, this.at);
    }
    return given;
  }

  // What a function without brackets acts on: a number, a power, or both.
  bare(depth) {
    const minus = this.signs();
    let first = this.power(depth);
    if (first[0] === "#" && this.starts(this.peek()) && !this.isFunction())
      first = product([first, this.nextPower(first, depth)]);
    const sign = this.peek();
    const more = (this.starts(sign) && !this.isFunction()) || sign === "/";
    if ((more || (sign === "*" && first[0] === "#" && !this.isPower())) && this.way("argument"))
      first = this.product(first, depth);
    return minus ? ["neg", first] : first;
  }
}
