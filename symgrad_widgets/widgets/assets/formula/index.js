// The language of formulas in the browser: read, computed, compared with a field, shown in type.
export { FormulaError } from "./scan.js";
export { read } from "./read.js";
export { evaluate } from "./numbers.js";
export { angle, angles, bytes, directions, loss, misalignments, unpacked } from "./loss.js";
export { angleAt, computed, scored } from "./score.js";
export { changed, crossed, numbers, placed, rangeOf, retyped, rounded, shortened, stepOf } from "./place.js";
export { arrows, BINS, classOf, counted, worst } from "./arrows.js";
export { bare } from "./bare.js";
export { bent } from "./bend.js";
export { lengthOf } from "./length.js";
export { levels } from "./levels.js";
export { nearTo } from "./near.js";
export { mathml } from "./type.js";
export { written } from "./write.js";
