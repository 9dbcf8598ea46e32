// Trees of formulas as text that can be read in one way only: the counterpart of formula/plain.py.

const PLAIN = { power: "^", name: (head) => head, input: (name) => name };

// `style` is that of a program: its sign of a power, and what it calls functions, constants and inputs.
export function written(tree, style = PLAIN) {
  return parts(tree, style)[0];
}

// Text, and how strongly it binds: 1 a sum, 2 a product, 3 a quotient, 4 a power, 5 the rest.
function parts([head, ...given], style) {
  const text = (tree) => parts(tree, style)[0];
  const bound = (tree, least, sign = "") => {
    const [inside, binds] = parts(tree, style);
    return binds >= least ? sign + inside : `${sign}(${inside})`;
  };
  const [a, b] = given;
  if (head === "#") return [a, a.includes("/") ? 3 : 5];
  if (head === "@") return [style.input(a), 5];
  if (head === "neg") return [bound(a, 2, "-"), 1];
  if (head === "mul") return [given.map((factor) => bound(factor, 4)).join("*"), 2];
  if (head === "div") return [`${bound(a, 2)}/${bound(b, 4)}`, 3];
  if (head === "pow") return [`${bound(a, 5)}${style.power}${bound(b, 5)}`, 4];
  if (head === "add") {
    const next = (part) => (part[0] === "neg" ? bound(part[1], 2, " - ") : bound(part, 2, " + "));
    return [(a[0] === "neg" ? text(a) : bound(a, 2)) + given.slice(1).map(next).join(""), 1];
  }
  return [given.length ? `${style.name(head)}(${given.map(text).join(", ")})` : style.name(head), 5];
}
