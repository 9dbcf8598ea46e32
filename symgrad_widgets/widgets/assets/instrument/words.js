// All that the instrument says: the reader's table, which Python puts before these modules as TABLE.

// A text with values in the place of its {names}.
export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Texts by their keys; those with names in them as functions of { name: value }.
export const spoken = (texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) =>
  [key, text.includes("{") ? (values) => filled(text, values) : text]));

export const WORDS = spoken(TABLE.instrument);
export const KINDS = TABLE.kinds; // of an answer: name, and the sentence that tells it
export const counted = (number) => number.toLocaleString(TABLE.locale);
