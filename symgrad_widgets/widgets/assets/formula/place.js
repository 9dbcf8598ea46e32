// The numbers of a formula: listed, changed, stepped, and placed best by a few Gauss-Newton steps.
import { directions, loss, residuals, weightAt } from "./loss.js";
import { evaluate, number } from "./numbers.js";

const STEP = 1e-6, MOST = 20, ENOUGH = 1e-7; // of a number: difference, steps, the last change
const MUCH = 0.01; // of a loss: about six degrees
const DIGITS = 4; // at most, of a number that is placed
const SIMPLER = { nats: 6, slack: 1.01, share: 0.2, least: 2e-6, rounding: 1e-13 }; // as in search/tuning.py
const OWN = 1e-6; // share of what a number changes that no other number does: less is no number of its own

// Numbers of a tree as { value, text, start, end, power, sign, own }; `power` tells whole exponents, which nobody
// drags. The sign before a term belongs to its first number; `own`: that number may have another sign there.
export function numbers(tree, power = false, sign = 1) {
  const [head, ...parts] = tree;
  if (head === "#") {
    const [text, start, end] = parts, whole = power && /^\d+$/.test(text), by = whole ? 1 : sign || 1;
    return [{ value: by * number(text), text, start, end, power: whole, sign: by, own: sign !== 0 }];
  }
  if (head === "@") return [];
  const of = (i) => ({ neg: -(sign || 1), mul: i ? 0 : sign, div: i ? 0 : sign, pow: 0 })[head] ?? 1;
  return parts.flatMap((part, i) => numbers(part, head === "pow" ? i === 1 : head === "neg" && power, of(i)));
}

// The same tree with other numbers, in their order.
export function changed(tree, values) {
  const left = numbers(tree).map(({ sign }, i) => sign * values[i]);
  const copy = ([head, ...parts]) => {
    if (head === "#") return ["#", String(left.shift()), ...parts.slice(1)];
    return head === "@" ? [head, ...parts] : [head, ...parts.map(copy)];
  };
  return copy(tree);
}

// The typed text with other numbers, to some digits; one that stays is left as it was typed.
export function retyped(text, tree, values, digits = 6) {
  const signs = Array.from(text);
  const rounded = (value) => Number(value.toPrecision(digits));
  const places = numbers(tree).map((one, i) => ({ ...one, next: values[i] === one.value ? one.value : rounded(values[i]) }));
  for (const { value, next, sign, own, start, end } of places.sort((a, b) => b.start - a.start)) {
    if (next === value) continue;
    const digits = sign * next, before = (place) => signs.findLastIndex((one, i) => i < place && one.trim());
    const at = own && digits < 0 ? before(start) : -1, turns = "+-−".includes(signs[at] ?? "?");
    signs.splice(start, end - start, digits < 0 && !turns ? `(${digits})` : String(Math.abs(digits)));
    if (turns) signs[at] = signs[at] === "+" ? "-" : "(,=+-−*/^".includes(signs[before(at)] ?? "(") ? "" : "+";
  }
  return signs.join("");
}

// A step of a number's second digit: 0.1 of 3.0, 10 of 345.
export function stepOf(value) {
  return 10 ** (Math.floor(Math.log10(Math.max(Math.abs(value), 0.1)) + 1e-9) - 1);
}

// The power of ten that a number lies below.
export const rangeOf = (value) => 10 ** Math.max(0, Math.ceil(Math.log10(Math.abs(value))));

export function rounded(value, step) {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return Number((Math.round(value / step) * step).toFixed(digits));
}

// Positions of all numbers but whole exponents.
const movable = (tree) => numbers(tree).flatMap((one, i) => (one.power ? [] : [i]));

// Numbers for which a formula's gradients agree best with the neurons', near those it has. All but whole exponents
// move; of those that only do together what one does, the first ones stay.
export function placed(tree, field, language) {
  let values = numbers(tree).map((one) => one.value), moving = movable(tree);
  const at = (some) => {
    const evaluated = evaluate(changed(tree, some), field.names, field.points, language);
    return residuals(directions(evaluated, field), field).map((r) => (Number.isFinite(r) ? r : 0));
  };
  const worth = (some) => loss(changed(tree, some), field, language);
  const moved = (change) => values.map((value, i) => value + (change[moving.indexOf(i)] ?? 0));
  let best = worth(values), damping = 1e-6;
  for (let step = 0; step < MOST && moving.length; step++) {
    const here = at(values);
    const sized = (i) => STEP * Math.max(Math.abs(values[i]), 1e-3);
    const column = (i) => {
      const [up, down] = [1, -1].map((sign) => at(values.map((value, j) => (j === i ? value + sign * sized(i) : value))));
      return up.map((r, k) => (r - down[k]) / (2 * sized(i)));
    };
    let columns = moving.map(column);
    const own = independent(columns);
    [moving, columns] = [own.map((i) => moving[i]), own.map((i) => columns[i])];
    const dot = (a, b) => a.reduce((total, one, k) => total + weightAt(Math.floor(k / field.dimension), field) * one * b[k], 0);
    const square = columns.map((a) => columns.map((b) => dot(a, b)));
    const slope = columns.map((a) => -dot(a, here));
    let better = null, change = [];
    for (; !better && damping < 1e6; damping *= 10) {
      change = solved(square.map((row, i) => row.map((one, j) => (i === j ? one * (1 + damping) : one))), slope);
      const next = moved(change);
      const value = worth(next);
      if (value < best) better = [next, value];
    }
    if (!better) break;
    const size = Math.max(...change.map((one, i) => Math.abs(one) / Math.max(Math.abs(values[moving[i]]), 1e-3)));
    [values, best] = better;
    damping = Math.max(damping / 1000, 1e-12);
    if (size < ENOUGH) break;
  }
  return { values, loss: best };
}

// The same; or, where that leaves much, near the numbers with the sign of one turned: no step crosses 0 uphill.
export function crossed(tree, field, language) {
  const before = numbers(tree).map((one) => one.value);
  let best = placed(tree, field, language);
  for (const i of movable(tree)) {
    if (!(best.loss > MUCH)) break;
    const other = placed(changed(tree, before.with(i, -before[i])), field, language);
    if (other.loss < best.loss) best = other;
  }
  return best;
}

// Numbers that are as good, as far as the neurons tell, with as few digits as that takes; 0 is the shortest. What a
// loss may rise by is what search/choice/witnesses.py allows the search for simpler numbers.
export function shortened(tree, given, field, language) {
  const values = given.slice(), worth = (some) => loss(changed(tree, some), field, language), { nats, slack, share, least, rounding } = SIMPLER;
  const best = worth(values), count = field.count * Math.max(1, field.dimension - field.rank);
  const most = best * Math.max(slack, Math.exp((2 * nats) / count)) + Math.min(share * best, least) + rounding;
  const left = new Set(movable(tree));
  for (let digits = 0; digits <= DIGITS; digits++)
    for (const i of left) {
      const next = values.with(i, digits ? Number(values[i].toPrecision(digits)) : 0);
      if (digits < DIGITS && !(worth(next) <= most)) continue;
      values[i] = next[i];
      left.delete(i);
    }
  return values;
}

// Indices, rising, of columns that are no combination of later ones.
function independent(columns) {
  const basis = [], kept = [];
  for (let i = columns.length - 1; i >= 0; i--) {
    const rest = columns[i].slice();
    const length = (some) => Math.sqrt(some.reduce((total, r) => total + r * r, 0));
    const norm = length(rest);
    for (const one of basis) {
      const along = rest.reduce((total, r, k) => total + r * one[k], 0);
      for (let k = 0; k < rest.length; k++) rest[k] -= along * one[k];
    }
    const left = length(rest);
    if (!(left > OWN * norm)) continue;
    basis.push(rest.map((r) => r / left));
    kept.unshift(i);
  }
  return kept;
}

// Solution of a small symmetric system, by elimination with pivots.
function solved(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows.slice(i).reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(rows[best][i]) ? i + k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let k = 0; k < rows.length; k++) {
      if (k === i) continue;
      const share = rows[k][i] / rows[i][i];
      rows[k] = rows[k].map((one, j) => one - share * rows[i][j]);
    }
  }
  return rows.map((row, i) => row.at(-1) / row[i]);
}
