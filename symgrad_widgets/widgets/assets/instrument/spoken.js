// Texts by their keys; those with {names} in them as functions of { name: value }.
export const spoken = (texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) =>
  [key, text.includes("{") ? (values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]) : text]));
