// How far a formula's gradients are from the neuron's: the counterpart of directions.py and formula/expressions.py.
// A field is what widgets/fielddata.py gives, unpacked: columns of points, spread, basis, span, weights, held.
import { evaluate } from "./numbers.js";

const VANISHING = 1e-9; // of the largest component: shorter projections are rounding errors

// Numbers that Python has packed as base64; a page that has made them itself gives the array.
export function bytes(text, Kind = Uint8Array) {
  if (typeof text !== "string") return text;
  const signs = atob(text), found = new Uint8Array(signs.length);
  for (let i = 0; i < found.length; i++) found[i] = signs.charCodeAt(i);
  return new Kind(found.buffer);
}

// { names, count, points, spread, basis, span, weights, held } of the arrays that Python has packed as base64.
export function unpacked(data) {
  const array = (text) => text && bytes(text, Float64Array);
  const { count } = data, given = ["points", "spread", "basis", "span", "weights"].filter((name) => name in data);
  const found = { ...data, ...Object.fromEntries(given.map((name) => [name, array(data[name])])) };
  if ("held" in data) found.held = bytes(data.held);
  if (found.points) found.points = data.names.map((_, i) => found.points.slice(i * count, (i + 1) * count));
  return found;
}

// Direction of the formula in tangent coordinates (count x dimension), its largest component 1; NaN where lost.
export function directions({ values, slopes }, field) {
  const { count, dimension, spread, basis } = field;
  const n = slopes.length, result = new Float64Array(count * dimension), row = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    let length = 0;
    for (let j = 0; j < n; j++) length = Math.max(length, Math.abs(slopes[j][i] * spread[j])); // NaN stays
    for (let j = 0; j < n; j++) row[j] = (slopes[j][i] / (length > 0 ? length : 1)) * spread[j];
    const at = i * dimension, place = basis && basis.length > n * dimension ? i * n * dimension : 0;
    let most = 0;
    for (let k = 0; k < dimension; k++) {
      let along = basis ? 0 : row[k];
      if (basis) for (let j = 0; j < n; j++) along += row[j] * basis[place + j * dimension + k];
      result[at + k] = along;
      most = Math.max(most, Math.abs(along));
    }
    const scale = Number.isFinite(values[i]) && most > VANISHING ? most : NaN;
    for (let k = 0; k < dimension; k++) result[at + k] /= scale;
  }
  return result;
}

// What of unit vectors along the directions lies outside of the span of the neurons' gradients, point by point.
export function residuals(along, field) {
  const { count, dimension, rank, span } = field;
  const result = new Float64Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const at = i * dimension;
    let square = 0;
    for (let k = 0; k < dimension; k++) {
      square += along[at + k] ** 2;
      result[at + k] = along[at + k];
    }
    for (let r = 0; r < rank; r++) {
      const place = (i * rank + r) * dimension;
      let inside = 0;
      for (let k = 0; k < dimension; k++) inside += span[place + k] * along[at + k];
      for (let k = 0; k < dimension; k++) result[at + k] -= inside * span[place + k];
    }
    for (let k = 0; k < dimension; k++) result[at + k] /= Math.sqrt(square);
  }
  return result;
}

// Squared sines of the angles, one for each point; 1 where the formula has no value or no direction.
export function misalignments(along, field) {
  const outside = residuals(along, field);
  return Float64Array.from({ length: field.count }, (_, i) => {
    let share = 0;
    for (let k = i * field.dimension; k < (i + 1) * field.dimension; k++) share += outside[k] ** 2;
    return share <= 1 ? share : 1;
  });
}

// How much a point counts: points that are held out, by their weights where the field has some.
export const weightAt = (i, { weights, held }) => (weights ? weights[i] : 1) * (held ? held[i] : 1);

export function mean(shares, field) {
  let total = 0, all = 0;
  for (let i = 0; i < shares.length; i++) {
    const weight = weightAt(i, field);
    total += weight * shares[i];
    all += weight;
  }
  return total / all;
}

export function loss(tree, field, language) {
  return mean(misalignments(directions(evaluate(tree, field.names, field.points, language), field), field), field);
}

// Angle in degrees, 0 to 90, whose squared sine is given: that of a formula's gradient, or of a loss.
export const angle = (share) => (Math.atan2(Math.sqrt(share), Math.sqrt(1 - share)) * 180) / Math.PI;
export const angles = (shares) => shares.map(angle);
