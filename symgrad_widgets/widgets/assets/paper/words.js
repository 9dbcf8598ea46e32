// What is said of what is saved.
import { spoken } from "../instrument/words.js";

export const SAVED = spoken(TABLE.saved);
