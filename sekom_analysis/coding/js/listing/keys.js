// Which key does what in the list: digits answer, letters search, signs command. No letter is a command. Pure.

/** @import { ListAction, Press } from "../types" */

/** @type {Record<string, ListAction>} */
const SIGNS = {
  " ": { name: "select" }, ".": { name: "unsure" }, "+": { name: "findCode" }, ">": { name: "number" }, "?": { name: "keys" },
  Enter: { name: "open" }, Escape: { name: "release" }, Delete: { name: "clear" },
  ArrowLeft: { name: "question", by: -1 }, ArrowRight: { name: "question", by: 1 },
};
/** @type {Record<string, Pick<ListAction, "by" | "pages">>} */
const MOVES = { ArrowUp: { by: -1 }, ArrowDown: { by: 1 }, PageUp: { pages: -1 }, PageDown: { pages: 1 }, Home: { by: -Infinity }, End: { by: Infinity } };

// The digit that a key stands for, also where digits are typed with shift.
/** @param {Press} event */
export function digitOf({ key, code, shiftKey }) {
  if (/^[0-9]$/.test(key)) return key;
  const place = /^Digit([0-9])$/.exec(code);
  return place && !shiftKey && !SIGNS[key] ? place[1] : "";
}

/** @param {Press} event @returns {ListAction | null} */
function withControl({ key, shiftKey, altKey }) {
  const letter = key.toLowerCase();
  if (altKey) return null;
  if (letter === "a" && !shiftKey) return { name: "all" };
  if (letter === "z") return { name: shiftKey ? "redo" : "undo" };
  if (letter === "y") return { name: "redo" };
  return letter === "s" ? { name: "nothing" } : null; // all is saved already; a browser would save the page
}

// What a key press asks for; null if it is nothing of the list's.
/** @param {Press} event @returns {ListAction | null} */
export function listActionOf(event) {
  const { key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.altKey) return null;
  if (MOVES[key]) return { name: "move", ...MOVES[key], extends: shiftKey };
  if (key === "Backspace") return { name: shiftKey ? "redo" : "undo" };
  const digit = digitOf(event);
  if (digit) return { name: "digit", value: digit };
  if (SIGNS[key]) return SIGNS[key];
  return /^\p{L}$/u.test(key) ? { name: "search", value: key } : null;
}
