// Trees of formulas as text that can be read in one way only: the counterpart of formula/plain.py.

export function written(tree) {
  return parts(tree)[0];
}

const bound = (tree, least, sign = "") => {
  const [text, binds] = parts(tree);
  return binds >= least ? sign + text : `${sign}(${text})`;
};

// Text, and how strongly it binds: 1 a sum, 2 a product, 3 a quotient, 4 a power, 5 the rest.
const ARITHMETIC = {
  add: (first, ...others) => [
    (first[0] === "neg" ? written(first) : bound(first, 2)) +
      others.map((part) => (part[0] === "neg" ? bound(part[1], 2, " - ") : bound(part, 2, " + "))).join(""),
    1,
  ],
  neg: (u) => [bound(u, 2, "-"), 1],
  mul: (...factors) => [factors.map((factor) => bound(factor, 4)).join("*"), 2],
  div: (a, b) => [`${bound(a, 2)}/${bound(b, 4)}`, 3],
  pow: (a, b) => [`${bound(a, 5)}^${bound(b, 5)}`, 4],
};

function parts([head, ...given]) {
  if (head === "#" || head === "@") return [given[0], head === "#" && given[0].includes("/") ? 3 : 5];
  if (Object.hasOwn(ARITHMETIC, head)) return ARITHMETIC[head](...given);
  return [given.length ? `${head}(${given.map(written).join(", ")})` : head, 5];
}
