// A number, or a text with one, as the language writes it.
export const local = (text) => String(text).replace(".", TABLE.numbers.point);

// Texts by their keys; those with {names} in them as functions of { name: value }.
export const spoken = (texts) => Object.fromEntries(Object.entries(texts).map(([key, text]) =>
  [key, text.includes("{") ? (values) => text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? local(values[name]) : values[name])) : text]));
