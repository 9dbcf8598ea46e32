// What is said of what is saved.
import { spoken } from "../instrument/spoken.js";

export const SAVED = spoken(TABLE.saved);
