// A formula beside a neuron: directions and angles at all points.
import { angles, directions, evaluate, mean, residuals } from "../formula/index.js";

// { values, along }: what a formula is at the points of a field, whatever the neuron.
export function computed(tree, field, language) {
  const evaluated = evaluate(tree, field.names, field.points, language);
  return { values: evaluated.values, along: directions(evaluated, field) };
}

// { along, values, degrees, loss, middle, most, lost }: directions in tangent coordinates, angles in degrees.
export function scored({ values, along }, field) {
  const outside = residuals(along, field);
  const { count, dimension } = field;
  const shares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let share = 0;
    for (let k = 0; k < dimension; k++) share += outside[i * dimension + k] ** 2;
    shares[i] = Number.isFinite(share) ? Math.min(share, 1) : 1;
  }
  const degrees = angles(shares);
  const sorted = degrees.slice().sort();
  const at = (share) => sorted[Math.min(count - 1, Math.floor(share * count))];
  let lost = 0;
  for (const value of values) lost += !Number.isFinite(value);
  return { along, values, degrees, loss: mean(shares, field), middle: at(0.5), most: at(0.95), lost };
}
