// Level lines of a formula on a section through the data, by marching squares.
import { evaluate } from "./numbers.js";

const SIDE = 33;
// Edges of a cell, 0 below 1 right 2 above 3 left, that a line joins, by which corners are above the level.
const JOINED = [[], [[3, 0]], [[0, 1]], [[3, 1]], [[1, 2]], [[3, 0], [1, 2]], [[0, 2]], [[3, 2]],
  [[2, 3]], [[2, 0]], [[0, 1], [2, 3]], [[2, 1]], [[1, 3]], [[1, 0]], [[0, 3]], []];

// Pieces of lines [[x0, y0, x1, y1], ...] in the coordinates of the section's two inputs.
export function levels(tree, section, inputs, field, language, lines) {
  const { low, high, centre, tilt } = section;
  const step = [0, 1].map((i) => (high[i] - low[i]) / (SIDE - 1));
  const columns = field.names.map((_, j) => {
    const column = new Float64Array(SIDE * SIDE);
    for (let row = 0; row < SIDE; row++)
      for (let place = 0; place < SIDE; place++) {
        const da = low[0] + place * step[0] - centre[inputs[0]], db = low[1] + row * step[1] - centre[inputs[1]];
        column[row * SIDE + place] = centre[j] + da * tilt[0][j] + db * tilt[1][j];
      }
    return column;
  });
  const { values } = evaluate(tree, field.names, columns, language);
  const finite = values.filter(Number.isFinite).sort();
  if (!finite.length || finite[0] === finite.at(-1)) return [];
  const pieces = [];
  for (let line = 1; line <= lines; line++)
    trace(values, finite[Math.floor((finite.length - 1) * (line - 0.5) / lines)], low, step, pieces);
  return pieces;
}

function trace(values, level, low, step, pieces) {
  for (let row = 0; row + 1 < SIDE; row++)
    for (let place = 0; place + 1 < SIDE; place++) {
      const at = row * SIDE + place, a = values[at], b = values[at + 1], c = values[at + SIDE + 1], d = values[at + SIDE];
      const which = (a > level) + 2 * (b > level) + 4 * (c > level) + 8 * (d > level);
      if (!Number.isFinite(a + b + c + d)) continue;
      const cut = (u, v) => (level - u) / (v - u);
      const point = (end) => [[place + cut(a, b), row], [place + 1, row + cut(b, c)], [place + cut(d, c), row + 1], [place, row + cut(a, d)]][end];
      for (const [from, to] of JOINED[which]) {
        const [x0, y0] = point(from), [x1, y1] = point(to);
        pieces.push([low[0] + x0 * step[0], low[1] + y0 * step[1], low[0] + x1 * step[0], low[1] + y1 * step[1]]);
      }
    }
}
