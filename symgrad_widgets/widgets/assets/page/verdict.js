// What a person's formula is: the counterpart of widgets/answers.py, by numbers alone.
import { angle, angles, changed, directions, evaluate, loss, misalignments, numbers, placed, read } from "../formula/index.js";
import { KINDS, TOLD } from "./words.js";

const APART = 2; // degrees: below, arrows agree
const EXACT = 1e-12; // squared sine: two formulas of one concept
const CLOSE = 0.01; // constants that differ by less
const ONE = 1e-6; // relative spread of a ratio that is a number

// Angles of a formula to neurons, the least first; and the one that belongs to its loss.
const compared = (tree, field, language) => misalignments(directions(evaluate(tree, field.names, field.points, language), field), field);
export const anglesOf = (tree, field, language) => angles(compared(tree, field, language)).sort();
export const apart = (tree, field, language) => angle(loss(tree, field, language));

// { same, name, said } of a formula beside neurons. `answers`: [{ formula, meaning }] or null, where nobody knows;
// `kind`: that of the answer that a search has found the formula to be, or null.
export function verdict(tree, field, answers, language, kind = null) {
  const degrees = apart(tree, field, language), judged = ["match", "approximation"].includes(kind);
  const agrees = degrees <= APART, near = judged ? kind === "match" : agrees;
  const [name, sentence] = KINDS[kind] ?? ["", ""];
  const said = TOLD.apart({ angle: Number(degrees.toPrecision(2)) }), how = TOLD.atPoints({ count: field.count });
  for (const { formula, meaning } of answers ?? []) {
    const known = read(formula, field.names, language).tree;
    if (!alike(tree, known, field, language)) continue;
    const learnt = agrees ? [TOLD.read, kind === "approximation" && TOLD.more] : [said, TOLD.roughly, judged && sentence];
    return { same: true, name: "", said: [TOLD.same({ meaning, upTo: upTo(tree, known, field, language), how }), ...learnt].filter(Boolean).join(" ") };
  }
  if (answers && field.rank > 1 && shared(tree, answers, field, language)) return { same: true, name: "", said: TOLD.ofAll({ count: answers.length, how }) };
  if (judged) return { same: false, name, said: `${said} ${sentence}${answers && near ? ` ${TOLD.other}` : ""}` };
  if (!near) return { same: false, name: TOLD.notYet, said: `${said} ${TOLD.change}` };
  if (!answers) return { same: false, name, said: `${said} ${TOLD.pageNot}` };
  return { same: false, name: TOLD.close, said: `${said} ${TOLD.closer}` };
}

// Whether a formula is a function of what several neurons have learnt together: its gradients are combinations of theirs.
function shared(tree, answers, field, language) {
  const trees = answers.map(({ formula }) => read(formula, field.names, language).tree);
  const shares = compared(tree, spanned(trees, field, language), language).sort();
  return trees.length < field.dimension && shares[Math.floor(0.98 * (field.count - 1))] < EXACT;
}

// The field whose neurons are formulas: its span is that of their gradients.
function spanned(trees, field, language) {
  const { count, dimension } = field, rank = trees.length, span = new Float64Array(count * rank * dimension);
  trees.forEach((tree, r) => {
    const along = directions(evaluate(tree, field.names, field.points, language), field);
    for (let i = 0; i < count; i++) orthogonal(along.subarray(i * dimension, (i + 1) * dimension), span, i * rank * dimension, r);
  });
  return { ...field, rank, span, weights: null };
}

// Put a vector, without its parts along the `r` unit vectors that stand in `span` at `start`, after them.
function orthogonal(vector, span, start, r) {
  const { length } = vector, own = vector.slice();
  for (let s = 0; s < r; s++) {
    let along = 0;
    for (let k = 0; k < length; k++) along += own[k] * span[start + s * length + k];
    for (let k = 0; k < length; k++) own[k] -= along * span[start + s * length + k];
  }
  const size = Math.sqrt(own.reduce((sum, one) => sum + one * one, 0));
  for (let k = 0; k < length; k++) span[start + r * length + k] = size > 1e-9 ? own[k] / size : 0;
}

// Whether two formulas have the same level sets where the data are, and rise or fall together; up to constants
// that differ by 1 %.
function alike(tree, known, field, language) {
  const concept = spanned([known], field, language), { count, span } = concept;
  const together = (other) => {
    const shares = compared(other, concept, language).sort();
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
