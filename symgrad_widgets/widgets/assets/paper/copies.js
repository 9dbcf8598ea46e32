// A formula for other programs: LaTeX, SymPy, Python.
import { written } from "../formula/write.js";

const LATEX = { asin: "\\arcsin", acos: "\\arccos", atan: "\\arctan", log: "\\ln", exp: "\\exp", sin: "\\sin",
  cos: "\\cos", tan: "\\tan", sinh: "\\sinh", cosh: "\\cosh", tanh: "\\tanh" };
const NUMPY = { asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arcsinh", acosh: "arccosh", atanh: "arctanh" };
const SYMPY = { abs: "Abs", e: "E" };
const input = (name) => name.replace(/\W/g, "_");

const program = (tree, name) => written(tree, { power: "**", input, name });

const sympy = (tree) => program(tree, (head) => SYMPY[head] ?? head);

const python = (tree, names) =>
  `lambda ${names.map(input).join(", ")}: ${program(tree, (head) => `np.${NUMPY[head] ?? head}`)}`;

function latex(tree, greek) {
  const letters = new Set(Object.values(greek));
  const word = (text) => {
    const [, first, below] = text.match(/^\\?([^_{}\d]+)_?\{?([^_{}]*)\}?$/) ?? [null, text, ""];
    const shown = letters.has(first) ? `\\${first}` : first.length > 1 ? `\\mathrm{${first}}` : first;
    return below ? `${shown}_{${below}}` : shown;
  };
  const parts = ([head, ...given]) => {
    if (head === "#") {
      const [above, under] = given[0].split("/"), [digits, power] = above.split(/e/i);
      if (under) return [`\\frac{${above}}{${under}}`, 5];
      return power ? [`${digits} \\cdot 10^{${Number(power)}}`, 2] : [digits, 5];
    }
    if (head === "@") return [word(given[0]), 5];
    const bound = (part, least) => (parts(part)[1] < least ? `\\left(${parts(part)[0]}\\right)` : parts(part)[0]);
    if (head === "add")
      return [given.map((part, i) => (part[0] === "neg" ? `${i ? " - " : "-"}${bound(part[1], 2)}` : (i ? " + " : "") + bound(part, 1))).join(""), 1];
    if (head === "neg") return [`-${bound(given[0], 2)}`, 1];
    if (head === "mul")
      return [given.map((part, i) => (i ? (part[0] === "#" ? " \\cdot " : " ") : "") + bound(part, 2)).join(""), 2];
    if (head === "div") return [`\\frac{${parts(given[0])[0]}}{${parts(given[1])[0]}}`, 5];
    if (head === "pow") return [`${bound(given[0], 5)}^{${parts(given[1])[0]}}`, 4];
    if (head === "sqrt") return [`\\sqrt{${parts(given[0])[0]}}`, 5];
    if (head === "abs") return [`\\left|${parts(given[0])[0]}\\right|`, 5];
    if (!given.length) return [head === "e" ? "\\mathrm{e}" : `\\${head}`, 5];
    const name = LATEX[head] ?? `\\operatorname{${head}}`;
    return [`${name}\\left(${given.map((part) => parts(part)[0]).join(", ")}\\right)`, 5];
  };
  return parts(tree)[0];
}

// Text of a formula for one of them, by its name.
export const COPIES = {
  LaTeX: (tree, { given }) => latex(tree, given.language.greek),
  SymPy: sympy,
  Python: (tree, { names }) => python(tree, names),
  MathML: (_, store, text) => store.type(text),
};
