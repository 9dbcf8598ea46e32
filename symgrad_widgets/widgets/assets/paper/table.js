// The numbers behind a panel as a table: rows of cells, the first of which names the columns.
import { arrows, BINS, counted } from "../formula/arrows.js";
import { bent } from "../formula/bend.js";
import { SAVED } from "./words.js";

// A cell as spreadsheets read it; a text that begins like a computation stays a text.
const cell = (one) => {
  const text = typeof one === "number" && !Number.isFinite(one) ? "" : String(one);
  return /[",\n]|^[=+@-]/.test(text) && typeof one !== "number" ? `"${text.replace(/"/g, '""')}"` : text;
};

export const csv = (rows) => rows.map((row) => row.map(cell).join(",")).join("\r\n");

export const TABLES = {
  field({ store }) {
    const { given: { field } } = store, { names, points, values, weights, count } = field, score = store.text && store.score(store.text);
    const all = names.map((_, j) => j), columns = [...names, SAVED.value, ...names.map((name) => `${SAVED.neuron} ${name}`),
      ...(score ? [...names.map((name) => `${SAVED.formula} ${name}`), SAVED.angle] : []), ...(weights ? [SAVED.weight] : [])];
    const rows = Array.from({ length: count }, (_, i) => {
      const { neuron, formula } = arrows(field, score ? score.along : null, i, all);
      return [...all.map((j) => points[j][i]), values ? values[i] : NaN, ...neuron, ...(score ? [...formula, score.degrees[i]] : []), ...(weights ? [weights[i]] : [])];
    });
    return [columns, ...rows];
  },
  angle({ store }) {
    const counts = counted(store.score(store.text).degrees);
    return [[SAVED.from, SAVED.below, SAVED.count], ...counts.map((count, i) => [BINS[i], BINS[i + 1], count])];
  },
  formulas({ store, formulas }) {
    const rows = formulas.entries.map(({ text, length, mine }) => [text, length, store.score(text)?.angle ?? NaN, store.score(text)?.loss ?? NaN, mine ? SAVED.yours : ""]);
    return [[SAVED.formula, store.words.length, SAVED.angle, SAVED.loss, ""], ...rows];
  },
  front: (instrument) => TABLES.formulas(instrument),
  guess({ store }) {
    return [[SAVED.formula, SAVED.angle, SAVED.loss], ...store.state.guesses.map((text) => [text, store.score(text)?.angle ?? NaN, store.score(text)?.loss ?? NaN])];
  },
  bend({ store }) {
    const { values } = store.given.field, formula = store.score(store.text).values, fit = bent(formula, values);
    return [[SAVED.formula, SAVED.neuron, store.words.bendOf], ...(fit?.rows ?? []).map((row, place) => [formula[row], values[row], fit.phi[place]])];
  },
  network({ store }) {
    const rows = store.given.network.columns.flatMap((column) => column.neurons.map((neuron, i) => [column.layer ?? column.title, neuron, column.strength[i]]));
    return [[SAVED.layer, SAVED.neuron, SAVED.activity], ...rows];
  },
  time({ store }) {
    const rows = store.given.found.map(({ generation, tried, front, best }) => [generation, tried, front[best]?.text ?? "", front[best]?.loss ?? NaN]);
    return [[store.words.step, SAVED.tried, SAVED.formula, SAVED.loss], ...rows];
  },
};
