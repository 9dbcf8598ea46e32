// All that a page says beside the instrument.
import { spoken } from "../instrument/spoken.js";

export const WORDS = spoken(TABLE.page);
export const TOLD = spoken(TABLE.told);
export const WHY = spoken(TABLE.why);
export const KINDS = TABLE.kinds;
