// A network of one layer after another, computed in the page: values of any neuron, and their input gradients.
// The counterpart of network/layered.py; points come and go as columns, one for each input or neuron.
import { bytes } from "../formula/index.js";

const ROWS = 64; // points at a time

const sigmoid = (u) => 1 / (1 + Math.exp(-u));
const SELU = [1.0507009873554805, 1.6732632423543772];
// Value and slope of each function of a number; `given` says what else it depends on.
const FUNCTIONS = {
  cos: [Math.cos, (u) => -Math.sin(u)],
  elu: [(u, { alpha }) => (u > 0 ? u : alpha * Math.expm1(u)), (u, { alpha }) => (u > 0 ? 1 : alpha * Math.exp(u))],
  exp: [Math.exp, Math.exp],
  gelu: [(u) => u * normal(u), (u) => normal(u) + (u * Math.exp((-u * u) / 2)) / Math.sqrt(2 * Math.PI)],
  leakyrelu: [(u, given) => (u > 0 ? u : given.negative_slope * u), (u, given) => (u > 0 ? 1 : given.negative_slope)],
  relu: [(u) => (u > 0 ? u : 0), (u) => (u > 0 ? 1 : 0)],
  same: [(u) => u, () => 1],
  selu: [(u) => SELU[0] * (u > 0 ? u : SELU[1] * Math.expm1(u)), (u) => SELU[0] * (u > 0 ? 1 : SELU[1] * Math.exp(u))],
  sigmoid: [sigmoid, (u) => sigmoid(u) * sigmoid(-u)],
  silu: [(u) => u * sigmoid(u), (u) => sigmoid(u) * (1 + u * sigmoid(-u))],
  sin: [Math.sin, Math.cos],
  softplus: [(u, { beta, threshold }) => (u * beta > threshold ? u : Math.log1p(Math.exp(u * beta)) / beta),
    (u, { beta, threshold }) => (u * beta > threshold ? 1 : sigmoid(u * beta))],
  softsign: [(u) => u / (1 + Math.abs(u)), (u) => 1 / (1 + Math.abs(u)) ** 2],
  tanh: [Math.tanh, (u) => 1 - Math.tanh(u) ** 2],
};

// Share of a normal distribution below u: a series near zero, a continued fraction beyond.
function normal(u) {
  const x = Math.abs(u) / Math.SQRT2;
  let above;
  if (x < 2) {
    let term = x, sum = x;
    for (let k = 1; Math.abs(term) > 1e-17 * sum; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    above = 0.5 - sum / Math.sqrt(Math.PI);
  } else {
    let part = x;
    for (let k = 60; k > 0; k--) part = x + k / 2 / part;
    above = Math.exp(-x * x) / part / Math.sqrt(Math.PI) / 2;
  }
  return u > 0 ? 1 - above : above;
}

export class Mlp {
  // steps: [{ kind, name, ... }], arrays packed as 32-bit numbers.
  constructor(steps, inputs) {
    let width = inputs;
    this.inputs = inputs;
    this.steps = steps.map((step) => {
      const arrays = ["weight", "bias", "by", "plus"].filter((name) => name in step);
      const made = { ...step, ...Object.fromEntries(arrays.map((name) => [name, Float64Array.from(bytes(step[name], Float32Array))])), from: width };
      if (step.kind === "linear") width = made.bias.length;
      return { ...made, to: width };
    });
  }

  // Number of the step whose output a layer, by name, is; null is the output.
  step(layer) {
    return layer === null ? this.steps.length - 1 : this.steps.findLastIndex((one) => one.name === layer);
  }

  width(step) {
    return this.steps[step].to;
  }

  // Values of all neurons of some steps at points: Map from step to columns.
  values(columns, wanted) {
    const count = columns[0].length, last = Math.max(...wanted);
    const found = new Map(wanted.map((s) => [s, Array.from({ length: this.width(s) }, () => new Float64Array(count))]));
    for (let start = 0; start < count; start += ROWS) {
      const rows = Math.min(ROWS, count - start), outs = this.forward(columns, start, rows, last);
      for (const [s, into] of found)
        for (let j = 0; j < into.length; j++)
          for (let b = 0; b < rows; b++) into[j][start + b] = outs[s + 1][b * into.length + j];
    }
    return found;
  }

  // { values, slopes } of a neuron: its value and a column of derivatives for each input; after each batch `pause`
  // may wait, so that the page stays alive.
  async gradient(columns, step, neuron, pause = () => null) {
    const count = columns[0].length, values = new Float64Array(count);
    const slopes = Array.from({ length: this.inputs }, () => new Float64Array(count));
    for (let start = 0; start < count; start += ROWS) {
      const rows = Math.min(ROWS, count - start), outs = this.forward(columns, start, rows, step), width = this.width(step);
      let back = new Float64Array(rows * width);
      for (let b = 0; b < rows; b++) {
        values[start + b] = outs[step + 1][b * width + neuron];
        back[b * width + neuron] = 1;
      }
      for (let s = step; s >= 0; s--) back = backward(this.steps[s], outs[s], back, rows);
      for (let j = 0; j < this.inputs; j++)
        for (let b = 0; b < rows; b++) slopes[j][start + b] = back[b * this.inputs + j];
      await pause();
    }
    return { values, slopes };
  }

  // Rows of the inputs, and of the outputs of all steps up to the last.
  forward(columns, start, rows, last) {
    const first = new Float64Array(rows * this.inputs);
    for (let j = 0; j < this.inputs; j++) for (let b = 0; b < rows; b++) first[b * this.inputs + j] = columns[j][start + b];
    const outs = [first];
    for (let s = 0; s <= last; s++) outs.push(forward(this.steps[s], outs[s], rows));
    return outs;
  }
}

function forward(step, given, rows) {
  const { kind, from, to, weight, bias, by, plus } = step;
  if (kind === "linear") return products(weight, given, rows, from, to, bias);
  const out = new Float64Array(rows * to);
  if (kind === "affine") {
    for (let i = 0; i < out.length; i++) out[i] = given[i] * by[i % by.length] + plus[i % plus.length];
  } else {
    const [value] = FUNCTIONS[kind];
    for (let i = 0; i < out.length; i++) out[i] = value(given[i], step);
  }
  return out;
}

function backward(step, given, back, rows) {
  const { kind, from, to, by } = step;
  if (kind === "affine") return back.map((one, i) => one * by[i % by.length]);
  if (kind === "linear") return products((step.across ??= transposed(step)), back, rows, to, from);
  const [, slope] = FUNCTIONS[kind];
  return back.map((one, i) => (one === 0 ? 0 : one * slope(given[i], step)));
}

function transposed({ weight, from, to }) {
  return weight.map((_, k) => weight[(k % to) * from + Math.floor(k / to)]);
}

// Rows of `from` numbers times a matrix (to x from), plus a bias; four rows at a time, as sums need not wait for
// each other.
function products(matrix, given, rows, from, to, bias = null) {
  const out = new Float64Array(rows * to);
  for (let o = 0; o < to; o++) {
    const w = o * from, plus = bias ? bias[o] : 0;
    let b = 0;
    for (; b + 4 <= rows; b += 4) {
      const x = b * from;
      let [p, q, r, s] = [plus, plus, plus, plus];
      for (let i = 0; i < from; i++) {
        const one = matrix[w + i];
        p += one * given[x + i];
        q += one * given[x + from + i];
        r += one * given[x + 2 * from + i];
        s += one * given[x + 3 * from + i];
      }
      out[b * to + o] = p;
      out[(b + 1) * to + o] = q;
      out[(b + 2) * to + o] = r;
      out[(b + 3) * to + o] = s;
    }
    for (; b < rows; b++) {
      let sum = plus;
      for (let i = 0, x = b * from; i < from; i++) sum += matrix[w + i] * given[x + i];
      out[b * to + o] = sum;
    }
  }
  return out;
}
