// Texts of a table of words, with what they speak of.

// A text with values in the place of its {names}.
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Texts by their keys; those with names in them as functions of { name: value }.
export const spoken = (texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) =>
  [key, text.includes("{") ? (values) => filled(text, values) : text]));
