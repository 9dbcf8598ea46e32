// Pictures of what neurons compute over two inputs: the counterpart of reading/section.py, widgets/tiles.py and of
// the greys in widgets/subject.py.
import { bytes } from "../formula/index.js";

const SIDE = 32, COARSE = 16; // values along each input, of a section and of a tile
const NEAREST = 3; // points that have to be near: a single one may be a stray
const HERE = 0.15, GONE = 0.5; // spreads from the last of them: there are data, there are none
const POINTS = 4000; // that are looked at for it
const STEEP = 1.8; // standard deviations of a neuron's value to the end of the greys
const MOST = 64, ALL = 4096; // tiles of a layer, in the network and by itself

const ends = (column) => column.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
const between = ([low, high], i, side) => low + ((high - low) * i) / (side - 1);

// Where neurons are looked at, over two inputs by number: { low, high, side, near, at, across, centre, tilt } and,
// of side x side points, `columns`; null where the data are a line there. `slice`: { input: value } of others.
export function plane(field, tangent, inputs, slice) {
  const { names, points, spread, count } = field, n = names.length;
  const tilt = tilted(tangent, inputs, n);
  if (!tilt || inputs.some((j) => !(spread[j] > 0))) return null;
  const sliced = Object.keys(slice).map((name) => names.indexOf(name));
  const asked = (sliced.length ? sliced : names.map((_, j) => j)).filter((j) => spread[j] > 0);
  const aim = names.map((name, j) => slice[name] ?? median(points[j]));
  let nearest = 0, least = Infinity;
  for (let i = 0; i < count; i++) {
    let away = 0;
    for (const j of asked) away += ((points[j][i] - aim[j]) / spread[j]) ** 2;
    if (away < least) [nearest, least] = [i, away];
  }
  const centre = points.map((column) => column[nearest]), both = inputs.map((j) => ends(points[j]));
  const found = { low: both.map(([low]) => low), high: both.map(([, high]) => high), side: SIDE, centre, tilt,
    across: tilt.flat().filter((one) => one !== 0).length > 2,
    at: Object.fromEntries(names.flatMap((name, j) => (inputs.includes(j) ? [] : [[name, centre[j]]]))) };
  const columns = places(found, both, inputs, n);
  return { ...found, columns, near: closeness(field, inputs, inputs.map((j) => columns[j])) };
}

function places({ centre, tilt }, both, inputs, n) {
  const columns = Array.from({ length: n }, () => new Float64Array(SIDE * SIDE));
  for (let row = 0; row < SIDE; row++)
    for (let place = 0; place < SIDE; place++) {
      const a = between(both[0], place, SIDE) - centre[inputs[0]], b = between(both[1], row, SIDE) - centre[inputs[1]];
      for (let j = 0; j < n; j++) columns[j][row * SIDE + place] = centre[j] + a * tilt[0][j] + b * tilt[1][j];
    }
  return columns;
}

function median(column) {
  const sorted = column.slice().sort(), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Steps along the data for a step of each input; null where they do not have both. `tangent`: (n, m) by rows.
function tilted(tangent, inputs, n) {
  if (!tangent) return inputs.map((j) => Array.from({ length: n }, (_, i) => Number(i === j)));
  const m = tangent.length / n, row = (j) => tangent.subarray(j * m, (j + 1) * m);
  const dot = (u, v) => u.reduce((sum, one, k) => sum + one * v[k], 0);
  const [p, q] = inputs.map(row), [a, b, d] = [dot(p, p), dot(p, q), dot(q, q)], determinant = a * d - b * b;
  if (m < 2 || !((a + d) / 2 - Math.hypot((a - d) / 2, b) >= 1e-12)) return null;
  const along = (u, v) => Array.from({ length: n }, (_, j) => {
    const sum = (u * dot(p, row(j)) + v * dot(q, row(j))) / determinant;
    return Math.abs(sum) < 1e-9 ? 0 : sum;
  });
  return [along(d, -b), along(-b, a)];
}

// How near the data are to places over two inputs, 0 to 1.
function closeness({ points, spread, count }, inputs, [across, up]) {
  const step = Math.max(1, Math.floor(count / POINTS)), [u, v] = inputs.map((j) => points[j]), [su, sv] = inputs.map((j) => spread[j]);
  return across.map((x, k) => {
    const least = new Array(NEAREST).fill(Infinity);
    for (let i = 0; i < count; i += step) {
      const a = (u[i] - x) / su, b = (v[i] - up[k]) / sv, away = a * a + b * b;
      if (!(away < least[NEAREST - 1])) continue;
      least[NEAREST - 1] = away;
      for (let l = NEAREST - 1; l > 0 && least[l] < least[l - 1]; l--) [least[l], least[l - 1]] = [least[l - 1], least[l]];
    }
    return Math.min(1, Math.max(0, (GONE - Math.sqrt(least[NEAREST - 1])) / (GONE - HERE)));
  });
}

// What the instrument draws of a neuron's values on a plane.
export function section({ columns, near, ...place }, values) {
  let weight = 0, mean = 0, square = 0;
  near.forEach((one, k) => {
    weight += one + 1e-9;
    mean += (one + 1e-9) * values[k];
  });
  mean /= weight;
  near.forEach((one, k) => (square += (one + 1e-9) * (values[k] - mean) ** 2));
  const spread = Math.sqrt(square / weight) || 1;
  const shades = Uint8Array.from(values, (one) => 127.5 * (1 + Math.min(1, Math.max(-1, (one - mean) / (STEEP * spread)))));
  return { ...place, shades, near: Uint8Array.from(near, (one) => 255 * one) };
}

// Every second place of a plane, along both inputs.
export function coarse(column) {
  const by = SIDE / COARSE;
  return Float64Array.from({ length: COARSE * COARSE }, (_, k) => column[Math.floor(k / COARSE) * by * SIDE + (k % COARSE) * by]);
}

// A column of tiles of values at coarse places: the most active neurons and the chosen ones, by number.
export function column(title, layer, names, values, spread, chosen, whole = false) {
  const order = Array.from(spread.keys()).sort((a, b) => spread[b] - spread[a] || a - b);
  const neurons = [...new Set([...chosen, ...order])].slice(0, whole ? ALL : MOST).sort((a, b) => a - b);
  const tiles = new Uint8Array(neurons.length * COARSE * COARSE), most = spread.reduce((a, b) => Math.max(a, b), 0) || 1;
  neurons.forEach((neuron, k) => {
    const own = values[neuron], mean = own.reduce((a, b) => a + b) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / own.length) || 1;
    own.forEach((one, i) => (tiles[k * own.length + i] = Math.min(255, Math.max(0, 127.5 * (1 + (one - mean) / deviation / 1.8)))));
  });
  return { title, layer, names, count: spread.length, neurons, strength: neurons.map((neuron) => Math.sqrt(spread[neuron] / most)), tiles, choosable: layer !== undefined };
}

// Weights from one column to the next as whole numbers, packed as the instrument takes them; null where there are none.
export function links(mlp, left, right, from, to) {
  const linear = mlp.steps.slice(from + 1, to + 1).filter((one) => one.kind === "linear");
  if (linear.length !== 1) return null;
  const [{ weight, from: width }] = linear;
  const picked = right.neurons.flatMap((o) => left.neurons.map((i) => weight[o * width + i]));
  const most = picked.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  return Int8Array.from(picked, (one) => Math.round((127 * one) / most));
}

// The spread of each neuron's value, packed as 32-bit numbers.
export const spreads = (text) => bytes(text, Float32Array);
