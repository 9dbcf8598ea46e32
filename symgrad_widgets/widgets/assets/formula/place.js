// The numbers of a formula: listed, changed, and placed best by a few Gauss-Newton steps.
import { directions, loss, residuals } from "./loss.js";
import { evaluate, number } from "./numbers.js";

const STEP = 1e-6, MOST = 20, ENOUGH = 1e-7; // of a number: difference, steps, the last change
const OWN = 1e-6; // share of what a number changes that no other number does: less is no number of its own

// Numbers of a tree as { value, text, start, end, power }; `power` tells whole exponents, which nobody drags.
export function numbers(tree, power = false) {
  const [head, ...parts] = tree;
  if (head === "#") {
    const [text, start, end] = parts;
    return [{ value: number(text), text, start, end, power: power && /^\d+$/.test(text) }];
  }
  if (head === "@") return [];
  return parts.flatMap((part, i) => numbers(part, head === "pow" ? i === 1 : head === "neg" && power));
}

// The same tree with other numbers, in their order.
export function changed(tree, values) {
  const left = [...values];
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
  for (const { value, next, start, end } of places.sort((a, b) => b.start - a.start))
    if (next !== value) signs.splice(start, end - start, next < 0 ? `(${next})` : String(next));
  return signs.join("");
}

// Numbers for which a formula's gradients agree best with the neurons', near those it has. The numbers at `free`
// (default: all but whole exponents) move; of those that only do together what one does, the first ones stay.
export function placed(tree, field, language, free = null) {
  let values = numbers(tree).map((one) => one.value);
  let moving = free ?? numbers(tree).flatMap((one, i) => (one.power ? [] : [i]));
  const at = (some) => {
    const evaluated = evaluate(changed(tree, some), field.names, field.points, language);
    return residuals(directions(evaluated, field), field).map((r) => (Number.isFinite(r) ? r : 0));
  };
  const all = { ...field, held: null };
  const worth = (some) => loss(changed(tree, some), all, language);
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
    const weigh = (k) => (field.weights ? field.weights[Math.floor(k / field.dimension)] : 1);
    const dot = (a, b) => a.reduce((total, one, k) => total + weigh(k) * one * b[k], 0);
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
  return { values, loss: loss(changed(tree, values), field, language) };
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
