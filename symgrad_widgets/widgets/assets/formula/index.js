// The language of formulas in the browser: read, computed, compared with a field, shown in type.
export { FormulaError } from "./scan.js";
export { read } from "./read.js";
export { evaluate } from "./numbers.js";
export { angles, bytes, directions, loss, mean, misalignments, residuals, unpacked } from "./loss.js";
export { changed, numbers, placed, retyped } from "./place.js";
export { bent } from "./bend.js";
export { lengthOf } from "./length.js";
export { mathml } from "./type.js";
export { written } from "./write.js";
