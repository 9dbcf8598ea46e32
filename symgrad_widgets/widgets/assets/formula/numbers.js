// Values and gradients of formulas as they are written, by dual numbers: the counterpart of formula/duals.py.
// A dual number is [value, slopes]: a number or a Float64Array, and a Map from inputs to the same.

const NATIVE = {
  sqrt: Math.sqrt, exp: Math.exp, log: Math.log, abs: Math.abs, sign: Math.sign,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh,
  asin: Math.asin, acos: Math.acos, atan: Math.atan, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
};
const NONE = new Map();

export function number(text) {
  const [above, below = "1"] = text.split("/");
  return Number(above) / Number(below);
}

// { values, slopes: one Float64Array for each name } of a tree at points given as columns, one for each name.
export function evaluate(tree, names, columns, language) {
  const count = columns[0].length;
  const inputs = new Map(names.map((name, i) => [name, [columns[i], new Map([[i, 1]])]]));
  const [value, slopes] = dual(tree, inputs, language);
  const filled = (some) => (typeof some === "number" ? new Float64Array(count).fill(some) : some);
  return { values: filled(value), slopes: names.map((_, i) => filled(slopes.get(i) ?? 0)) };
}

export function dual([head, ...parts], inputs, language) {
  if (head === "#") return [number(parts[0]), NONE];
  if (head === "@") return inputs.get(parts[0]);
  if (Object.hasOwn(language.values, head)) return [language.values[head], NONE];
  const given = parts.map((part) => dual(part, inputs, language));
  if (head === "neg") return neg(given[0]);
  if (Object.hasOwn(ARITHMETIC, head)) return given.reduce(ARITHMETIC[head]);
  if (!Object.hasOwn(language.slopes, head))
    return dual(language.trees[head], new Map(given.map((one, i) => ["uv"[i], one])), language);
  const [[u, slopes]] = given;
  const value = each(NATIVE[head], u);
  if (!slopes.size) return [value, NONE];
  const [by] = dual(language.slopes[head], new Map([["u", [u, NONE]], ["w", [value, NONE]]]), language);
  return [value, scaled(slopes, by)];
}

function each(f, a) {
  return typeof a === "number" ? f(a) : a.map((one) => f(one));
}

function both(f, a, b) {
  if (typeof a === "number") return each((one) => f(a, one), b);
  if (typeof b === "number") return each((one) => f(one, b), a);
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = f(a[i], b[i]);
  return result;
}

const plus = (a, b) => both((x, y) => x + y, a, b);
const times = (a, b) => (a === 1 ? b : b === 1 ? a : both((x, y) => x * y, a, b));
const over = (a, b) => both((x, y) => x / y, a, b);

function scaled(slopes, by) {
  return new Map(Array.from(slopes, ([input, along]) => [input, times(by, along)]));
}

// Slopes a and b, each times something; what does not depend on an input has no slope by it.
function sum(a, b, timesA, timesB) {
  const total = scaled(a, timesA);
  for (const [input, along] of b) {
    const more = times(timesB, along);
    total.set(input, total.has(input) ? plus(total.get(input), more) : more);
  }
  return total;
}

const neg = ([u, slopes]) => [each((one) => -one, u), scaled(slopes, -1)];
const ARITHMETIC = {
  add: ([a, da], [b, db]) => [plus(a, b), sum(da, db, 1, 1)],
  mul: ([a, da], [b, db]) => [times(a, b), sum(da, db, b, a)],
  div: ([a, da], [b, db]) => {
    const value = over(a, b);
    return [value, sum(da, db, over(1, b), over(each((one) => -one, value), b))];
  },
  pow: ([a, da], [b, db]) => {
    if (!db.size) {
      const slopes = b === 0 ? NONE : scaled(da, times(b, each((one) => one ** (b - 1), a)));
      return [both(Math.pow, a, b), slopes];
    }
    const value = both((x, y) => (Number.isFinite(y) ? x ** y : NaN), a, b);
    return [value, sum(da, db, over(times(b, value), a), times(value, each(Math.log, a)))];
  },
};
