// Arrows of a neuron and of a formula, and how far they are apart: classes, and a histogram.

export const BINS = [0, 1, 2, 4, 8, 12, 20, 45, 90];
const WORST = 0.1; // share of the points, those with the largest angles
const FAR = 0.4; // spreads: nearer to the middle an input tells nothing
const LIMITS = [2, 8, 20]; // degrees: classes 0 to 3

export function classOf(angle) {
  return LIMITS.filter((limit) => !(angle < limit)).length;
}

// How many angles lie in each of the bins.
export function counted(degrees) {
  const counts = new Array(BINS.length - 1).fill(0);
  for (const angle of degrees) {
    let bin = 0;
    while (bin < counts.length - 1 && angle >= BINS[bin + 1]) bin += 1;
    counts[bin] += 1;
  }
  return counts;
}

// { name, low }: the input that tells most of where the angles are largest, and whether it is small there; or null.
export function worst(degrees, { names, points, spread }) {
  const rows = Array.from(degrees.keys()).sort((a, b) => degrees[b] - degrees[a]).slice(0, Math.ceil(degrees.length * WORST));
  const mean = (column, some) => some.reduce((sum, i) => sum + column[i], 0) / some.length, all = Array.from(degrees.keys());
  const away = points.map((column, j) => (mean(column, rows) - mean(column, all)) / (spread[j] || 1));
  const most = away.reduce((best, value, j) => (Math.abs(value) > Math.abs(away[best]) ? j : best), 0);
  return Math.abs(away[most]) > FAR ? { name: names[most], low: away[most] < 0 } : null;
}

// Unit arrows [a, b] over two inputs, in units of each input's spread, of the neuron and of the formula at
// point i. Of several neurons: the direction that their gradients have closest to the formula's.
export function arrows(field, along, i, inputs) {
  const { dimension, rank, span } = field;
  const formula = new Float64Array(dimension), neuron = new Float64Array(dimension);
  if (along) {
    let square = 0;
    for (let k = 0; k < dimension; k++) square += along[i * dimension + k] ** 2;
    for (let k = 0; k < dimension; k++) formula[k] = along[i * dimension + k] / Math.sqrt(square);
  }
  let square = 0;
  for (let r = 0; r < rank; r++) {
    const place = (i * rank + r) * dimension;
    let inside = rank === 1 ? 1 : 0;
    if (rank > 1) for (let k = 0; k < dimension; k++) inside += span[place + k] * (along ? formula[k] : r === 0);
    for (let k = 0; k < dimension; k++) neuron[k] += inside * span[place + k];
  }
  let dot = 0;
  for (let k = 0; k < dimension; k++) {
    square += neuron[k] ** 2;
    dot += neuron[k] * formula[k];
  }
  const long = Math.sqrt(square) || 1, sign = dot < 0 ? -1 : 1;
  return { neuron: lifted(field, neuron, 1 / long, i, inputs), formula: along ? lifted(field, formula, sign, i, inputs) : null };
}

function lifted(field, tangent, by, i, inputs) {
  const { basis, dimension, names } = field, n = names.length;
  const place = basis && basis.length > n * dimension ? i * n * dimension : 0;
  return inputs.map((j) => {
    if (!basis) return tangent[j] * by;
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += basis[place + j * dimension + k] * tangent[k];
    return sum * by;
  });
}
