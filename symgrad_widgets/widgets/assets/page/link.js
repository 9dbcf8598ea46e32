// Everything that is chosen on a page as the part of its address after #, or as a line to paste.

import { WORDS } from "./words.js";

// What differs from the state that a page begins with, after #.
export function written(state, beginning) {
  const changed = Object.keys(beginning).filter((name) => JSON.stringify(state[name]) !== JSON.stringify(beginning[name]));
  const pairs = changed.map((name) => [name, JSON.stringify(state[name])]);
  return pairs.length ? `#${new URLSearchParams([["symgrad", String(beginning.symgrad)], ...pairs])}` : "";
}

// State of an address, of what stands after its #, or of the line that a notebook's instrument gives; throws an
// Error that says what is wrong. `check(state)` says what a page cannot show.
export function opened(text, beginning, check) {
  let given;
  try {
    given = text.trim().startsWith("{") ? JSON.parse(text) : pairs(text);
  } catch {
    throw new Error(WORDS.damaged);
  }
  if (Number(given.symgrad) !== beginning.symgrad) throw new Error(WORDS.version);
  const state = { ...beginning, ...given, symgrad: beginning.symgrad };
  for (const [name, value] of Object.entries(state)) {
    if (!(name in beginning)) throw new Error(WORDS.unknown({ name }));
    if (!KINDS[name](value)) throw new Error(WORDS.itsDamaged({ name }));
  }
  for (const name of ["experiment", "seed"])
    if (state[name] !== beginning[name]) throw new Error(WORDS.network);
  const why = check(state);
  if (why) throw new Error(why);
  return state;
}

function pairs(text) {
  const after = text.slice(text.indexOf("#") + 1);
  return Object.fromEntries(Array.from(new URLSearchParams(after), ([name, value]) => [name, JSON.parse(value)]));
}

const text = (one) => typeof one === "string" && one.length <= 2048;
const several = (kind) => (all) => Array.isArray(all) && all.length <= 200 && all.every(kind) && new Set(all).size === all.length;
const whole = (one) => Number.isInteger(one) && one >= 0;
const KINDS = {
  symgrad: whole,
  experiment: (one) => one === null || text(one),
  seed: whole,
  layer: (one) => one === null || text(one),
  neurons: (all) => several(whole)(all) && all.length > 0,
  inputs: (all) => several(text)(all) && all.length <= 2,
  generation: whole,
  selected: (one) => one === null || text(one),
  guesses: several(text),
  open: several((one) => ["network", "formulas", "bend", "time"].includes(one)),
  hidden: (one) => typeof one === "boolean",
  slice: (one) => one !== null && typeof one === "object" && Object.values(one).every(Number.isFinite),
};
