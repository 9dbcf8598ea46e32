// All that the instrument says: TABLE, which Python puts before these modules.
import { spoken } from "./spoken.js";

export const WORDS = spoken(TABLE.instrument);
export const LOST = TABLE.box.lost; // without a kernel
export const KINDS = TABLE.kinds; // of an answer: name, and the sentence that tells it
export const counted = (number) => number.toLocaleString(TABLE.locale);
