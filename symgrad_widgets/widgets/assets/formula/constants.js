// What of a formula has no inputs in it, computed while it is read: the counterpart of formula/constants.py.
import { dual, number } from "./numbers.js";
import { short } from "./scan.js";
import { written } from "./write.js";

// Value of what has no inputs in it, else null; what is not finite or not real is refused.
export function constant(tree, refuse, language) {
  const [head, ...parts] = tree;
  if (head === "#" || head === "@") return head === "#" ? number(parts[0]) : null;
  const values = parts.map((part) => constant(part, refuse, language));
  const { exponent, size } = language.limits;
  if (head === "pow" && values[1] !== null && Math.abs(values[1]) > exponent)
    refuse("exponent", { piece: short(written(tree)), most: exponent });
  const known = parts.filter((_, i) => values[i] !== null);
  if (known.length < parts.length && (!["add", "mul"].includes(head) || !known.length)) return null;
  const numbers = values.filter((value) => value !== null);
  const leaves = numbers.map((_, i) => ["@", i]);
  const [value] = dual([head, ...leaves], new Map(numbers.map((one, i) => [i, [one, new Map()]])), language);
  if (!(Math.abs(value) <= size))
    refuse(Number.isNaN(value) ? "real" : "finite", { piece: short(written([head, ...known])) });
  return known.length === parts.length ? value : null;
}
