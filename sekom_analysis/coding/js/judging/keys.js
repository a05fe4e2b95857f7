// Which key does what where answers of several coders are seen: digits are the codes in dispute, letters the coders,
// signs everything else. On a scale a digit is itself. Pure.

import { letterOf } from "./sides.js";

/** @import { Action, Cell, DisputedNote, Press } from "../types" */

/** @type {Record<string, string>} */
const SIGNS = { "/": "leaveOpen", "+": "twoIdeas", "=": "holdFast", ":": "names", "?": "keys", " ": "scroll", "<": "gloss" };
/** @type {Record<string, string>} */
const KEYS = { Enter: "confirm", Backspace: "undo", ArrowLeft: "back", ArrowRight: "forward", End: "toFirstOpen" };
const MINUS = /^[-\u2212]$/;

// Digits go by their place on the keyboard, for a French one needs shift to type them; the numpad by what it types.
/** @param {Press} event */
function digitOf(event) {
  if (event.shiftKey && !/^[0-9]$/.test(event.key)) return "";
  const [, digit = ""] = /^Digit([0-9])$/.exec(event.code) ?? [];
  return digit || (/^[0-9]$/.test(event.key) ? event.key : "");
}

/** @param {Press} event @returns {Action | null} */
function held(event) {
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (key === "z") return { name: event.shiftKey ? "redo" : "undo" };
  if (key === "y") return { name: "redo" };
  if (key === "s") return { name: "nothing" }; // all is saved already; a browser would save the page
  return key === "enter" ? { name: "settle" } : null;
}

/** @param {Press} event @param {Cell} cell @returns {Action | null} */
function answering(event, { note, variable }) {
  const { readings } = /** @type {DisputedNote} */ (note);
  const digit = digitOf(event);
  if (variable.kind === "scale") {
    const hasMinus = variable.codes.some(({ id }) => id.startsWith("-"));
    if (MINUS.test(event.key) && (hasMinus || !digit)) return { name: "digit", value: "-" };
    if (digit) return { name: "digit", value: digit };
  } else if (digit) return digit === "0" ? { name: "other" } : { name: "side", value: Number(digit) - 1 };
  const place = readings.findIndex((_, number) => letterOf(number) === event.key.toUpperCase());
  return place >= 0 && !event.shiftKey ? { name: "sideWith", value: place } : null;
}

// What a key press asks for; null if it is nothing of the card's.
/** @param {Press} event @param {Cell | null} cell @returns {Action | null} */
export function judgingAction(event, cell) {
  if (event.ctrlKey || event.metaKey) return held(event);
  if (event.altKey) return null;
  if (SIGNS[event.key]) return { name: SIGNS[event.key] };
  if (event.shiftKey && event.key === "Backspace") return { name: "redo" };
  if (event.shiftKey && event.key === "ArrowLeft") return { name: "noteBack" };
  if (event.shiftKey && event.key === "ArrowRight") return { name: "noteForward" };
  if (KEYS[event.key]) return { name: KEYS[event.key] };
  return cell ? answering(event, cell) : null;
}
