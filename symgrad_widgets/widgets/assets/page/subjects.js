// The neurons of a page: their fields, sections and tiles, recorded or computed in the page.
import { bytes, unpacked } from "../formula/index.js";
import { Mlp } from "./mlp.js";
import { coarse, column, links, plane, section, spreads } from "./plane.js";
import { fieldOf } from "./span.js";
import { WORDS } from "./words.js";

const KEPT = 24; // fields that have been computed
const STEPS = 2 ** 15 - 1; // of a number of 16 bits, between 0 and 1
const PATIENCE = 40; // milliseconds of computing before the page may draw

// Waits for the next frame when the page has computed for a while.
function breaks() {
  let last = performance.now();
  return () => performance.now() - last < PATIENCE ? null : new Promise((done) => setTimeout(() => {
    last = performance.now();
    done();
  }));
}

export class Subjects {
  constructor(data) {
    this.data = data;
    const [first] = data.fields;
    this.base = unpacked(first.field); // whose points all others share
    this.base.values = null;
    const { points, neighbours, shares, ...rest } = first.field.around, whole = (text) => bytes(text, Int32Array);
    this.base.around = { points: whole(points), neighbours: whole(neighbours), shares: bytes(shares, Float64Array), ...rest };
    this.laws = new Map(data.laws.map((law) => [key(law.layer, [law.neuron]), law]));
    this.recorded = new Map(data.fields.map((one, i) => [key(one.layer, one.neurons), i ? this.told(one, fine(one.field)) : one]));
    this.computed = new Map();
    this.planes = new Map();
    if (!data.model) return;
    this.mlp = new Mlp(data.model.steps, this.base.names.length);
    this.layers = data.model.layers.map((one) => ({ ...one, step: this.mlp.step(one.name), spread: spreads(one.spread) }));
    this.tangent = data.model.tangent && unpacked({ names: [], count: 0, basis: data.model.tangent }).basis;
  }

  // Why neurons of a layer, after so many generations, cannot be looked at, in words; null where they can.
  why(layer, neurons, generation = 0) {
    const known = this.recorded.get(key(layer, neurons)), most = known ? (known.found?.length ?? Infinity) : 1;
    if (generation > most) return WORDS.longer;
    if (known) return null;
    if (!this.mlp) return WORDS.recorded;
    const found = this.layers.find((one) => one.name === layer);
    if (!found || neurons.some((one) => !(one < found.spread.length))) return WORDS.noNeuron;
    return neurons.length > 1 ? WORDS.several : null;
  }

  // { layer, neurons, what, field, found, ended }: all that is known of neurons; null where nothing can be said.
  async of(layer, neurons) {
    const at = key(layer, neurons), known = this.recorded.get(at) ?? this.computed.get(at);
    if (known) return known;
    if (this.why(layer, neurons)) return null;
    const gradient = await this.mlp.gradient(this.base.points, this.mlp.step(layer), neurons[0], breaks());
    const field = fieldOf(gradient, this.base);
    if (!field) return null;
    const what = layer === null ? `Output neuron ${neurons[0]}` : `${layer} ${neurons[0]}`;
    const found = this.told({ layer, neurons, what }, field);
    if (this.computed.size > KEPT) this.computed.delete(this.computed.keys().next().value);
    this.computed.set(at, found);
    return found;
  }

  // A neuron that no search has been recorded for, with the formula that an atlas has read, if one has.
  told({ layer, neurons, what }, field) {
    const law = this.laws.get(key(layer, neurons));
    return { layer, neurons, what, field, found: law ? [law.generation] : [], ended: law ? "known" : null, read: true };
  }

  // A subject's field with the arrays that it shares with the others.
  whole({ field }) {
    return { ...this.base, ...unpacked(field) };
  }

  plane(inputs, slice) {
    const at = JSON.stringify([inputs, slice]);
    if (!this.planes.has(at)) {
      if (this.planes.size > KEPT) this.planes.delete(this.planes.keys().next().value);
      const numbers = inputs.map((name) => this.base.names.indexOf(name));
      this.planes.set(at, inputs.length < 2 ? null : plane(this.base, this.tangent, numbers, slice));
    }
    return this.planes.get(at);
  }

  section({ layer, neurons }, inputs, slice) {
    if (!this.mlp) return this.data.sections.find((one) => key(one.layer, one.neurons) === key(layer, neurons) && String(one.inputs) === String(inputs))?.section ?? null;
    const found = this.plane(inputs, slice), step = this.mlp.step(layer);
    return found && section(found, this.mlp.values(found.columns, [step]).get(step)[neurons[0]]);
  }

  coarsely(inputs) {
    const found = this.plane(inputs, {});
    return found && found.columns.map(coarse);
  }

  // The whole network over two inputs; null where there is none.
  tiles(inputs, { layer, neurons }) {
    if (!this.mlp) return this.data.network;
    const columns = this.coarsely(inputs), shown = this.layers.filter((one) => one.shown), { names } = this.base;
    if (!columns) return null;
    const values = this.mlp.values(columns, shown.map((one) => one.step));
    const all = [column("inputs", undefined, names, columns, new Float32Array(names.length).fill(1), [])];
    for (const one of shown)
      all.push(column(one.title, one.name, null, values.get(one.step), one.spread, one.name === layer ? neurons : []));
    const steps = [-1, ...shown.map((one) => one.step)];
    return { side: 16, columns: all, links: steps.slice(1).map((to, c) => links(this.mlp, all[c], all[c + 1], steps[c], to)) };
  }

  layer(inputs, name) {
    const columns = this.mlp && this.coarsely(inputs), one = this.layers?.find((layer) => layer.name === name);
    return columns && one ? column(one.title, name, null, this.mlp.values(columns, [one.step]).get(one.step), one.spread, [], true) : null;
  }
}

// A field that was recorded in few bits.
function fine(field) {
  const { span, values, weights } = field, full = (text) => text && Float64Array.from(bytes(text, Float32Array));
  return { ...field, span: Float64Array.from(bytes(span, Int16Array), (one) => one / STEPS), values: full(values), weights: full(weights) };
}

const key = (layer, neurons) => JSON.stringify([layer, neurons]);
