// A formula beside a neuron: directions and angles at all points.
import { angle, angles, directions, mean, misalignments } from "./loss.js";
import { evaluate } from "./numbers.js";

// { values, along }: what a formula is at the points of a field, whatever the neuron.
export function computed(tree, field, language) {
  const evaluated = evaluate(tree, field.names, field.points, language);
  return { values: evaluated.values, along: directions(evaluated, field) };
}

// { along, values, shares, degrees, loss, angle, most, lost }: directions in tangent coordinates, angles in degrees. One angle
// stands for all: the one whose squared sine is the loss.
export function scored({ values, along }, field) {
  const shares = misalignments(along, field), degrees = angles(shares), loss = mean(shares, field);
  const most = degrees.slice().sort()[Math.min(field.count - 1, Math.floor(0.95 * field.count))];
  let lost = 0;
  for (const value of values) lost += !Number.isFinite(value);
  return { along, values, shares, degrees, loss, angle: angle(loss), most, lost };
}

// The angle that stands for those at some points alone.
export function angleAt({ shares }, { weights }, rows) {
  const some = (all) => all && rows.map((row) => all[row]);
  return angle(mean(some(shares), { weights: some(weights) }));
}
