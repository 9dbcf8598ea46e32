// What a person's formula is: the counterpart of widgets/answers.py, by numbers alone.
import { angles, changed, directions, evaluate, misalignments, numbers, placed, read } from "../formula/index.js";
import { KINDS } from "../instrument/words.js";
import { TOLD } from "./words.js";

const APART = 2; // degrees in the middle: farther apart no formula is the concept
const EXACT = 1e-12; // squared sine: two formulas of one concept
const CLOSE = 0.01; // constants that differ by less
const ONE = 1e-6; // relative spread of a ratio that is a number

// Angles of a formula to neurons, the least first.
export const anglesOf = (tree, field, language) => angles(misalignments(evaluate(tree, field.names, field.points, language), field)).sort();

export function apart(tree, field, language) {
  const degrees = anglesOf(tree, field, language);
  return degrees[degrees.length >> 1];
}

// { same, name, said } of a formula beside neurons. `answers`: [{ formula, meaning }] or null, where nobody knows.
export function verdict(tree, field, answers, language) {
  const middle = apart(tree, field, language), said = TOLD.apart({ angle: Number(middle.toPrecision(2)) }), how = TOLD.atPoints({ count: field.count });
  if (middle > APART) return { same: false, name: TOLD.notYet, said: `${said} ${TOLD.change}` };
  if (!answers) return { same: false, name: "", said: `${said} ${TOLD.pageNot}` };
  for (const { formula, meaning } of answers) {
    const known = read(formula, field.names, language).tree;
    if (!alike(tree, known, field, language)) continue;
    return { same: true, name: "", said: TOLD.same({ meaning, upTo: upTo(tree, known, field, language), how }) };
  }
  return { same: false, name: KINDS.approximation[0], said: `${said} ${KINDS.approximation[1]}` };
}

// Whether two formulas have the same level sets where the data are, and rise or fall together; up to constants
// that differ by 1 %.
function alike(tree, known, field, language) {
  const evaluated = evaluate(known, field.names, field.points, language), along = directions(evaluated, field);
  const { count, dimension } = field, span = new Float64Array(count * dimension);
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let k = 0; k < dimension; k++) square += along[i * dimension + k] ** 2;
    for (let k = 0; k < dimension; k++) span[i * dimension + k] = along[i * dimension + k] / (Math.sqrt(square) || 1);
  }
  const concept = { ...field, rank: 1, span, weights: null };
  const together = (other) => {
    const shares = misalignments(evaluate(other, field.names, field.points, language), concept).sort();
    return shares[Math.floor(0.98 * (count - 1))] < EXACT && monotone(other, span, field, language);
  };
  if (together(tree)) return true;
  const before = numbers(tree).map((one) => one.value), { values } = placed(tree, concept, language);
  const moved = values.every((value, i) => Math.abs(value - before[i]) <= CLOSE * Math.abs(value));
  return moved && together(changed(tree, values));
}

function monotone(tree, span, field, language) {
  const along = directions(evaluate(tree, field.names, field.points, language), field), { count, dimension } = field;
  let up = 0, down = 0;
  for (let i = 0; i < count; i++) {
    let dot = 0;
    for (let k = 0; k < dimension; k++) dot += along[i * dimension + k] * span[i * dimension + k];
    if (dot > 0) up += 1;
    if (dot < 0) down += 1;
  }
  return Math.min(up, down) <= 0.001 * count;
}

function upTo(tree, known, field, language) {
  const [mine, theirs] = [tree, known].map((one) => evaluate(one, field.names, field.points, language).values);
  const ratios = mine.map((one, i) => one / theirs[i]).filter(Number.isFinite);
  const [low, high] = ratios.reduce(([a, b], one) => [Math.min(a, one), Math.max(b, one)], [Infinity, -Infinity]);
  return high - low <= ONE * Math.max(Math.abs(low), Math.abs(high)) ? TOLD.factor : TOLD.bend;
}
