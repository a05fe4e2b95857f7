// Which key does what. Digits go by their place on the keyboard (a French one needs shift to type them),
// letters by what they type.

/** @import { Action, Commands, Hand, Press, Variable } from "../types" */

/** @type {Commands} */
export const COMMANDS = {
  u: "undo", Backspace: "undo", r: "redo", s: "skip", m: "memo", t: "flag", "+": "propose", n: "toFirstOpen",
  d: "panel", g: "gloss", "/": "search", Enter: "confirm", ArrowLeft: "back", ArrowRight: "forward",
  " ": "scroll", ",": "changes", Escape: "closeChanges",
};
const LETTERS = "abcefhijklopqvwxyz"; // what commands leave for codes; more codes than keys are searched with "/"
export const NONE_FITS = "none_fits";
const MINUS = /^[-\u2212]$/;

// The keys of each code, in the order in which codes came into the codebook: 1–9, then letters; none fits is 0. The key
// of a code that is gone stays free while there are others. A scale's number is typed as it is.
/** @param {Variable} variable @returns {Map<string, string>} */
export function keysOf(variable) {
  if (variable.kind === "scale") return new Map(variable.codes.map(({ id }) => [id, id]));
  const row = [..."123456789", ...LETTERS];
  const own = variable.codes.map(({ id, place }, number) => (id === NONE_FITS ? "0" : row[place ?? number]));
  const free = row.filter((key) => !own.includes(key));
  return new Map(variable.codes.flatMap(({ id }, number) => {
    const key = own[number] ?? free.shift();
    return key ? [[key, id]] : [];
  }));
}

// The numpad's keys go by what they type alone: without NumLock, or with shift in Windows, they move about.
/** @param {Press} event */
function typed(event) {
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit && event.key !== "/") return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

// The part of a number that a key types: a digit, or minus where the scale goes below zero or no digit is meant.
/** @param {Press} event @param {Variable} variable */
function signOf(event, variable) {
  const hasMinus = variable.codes.some(({ id }) => id.startsWith("-"));
  if (MINUS.test(event.key) && (hasMinus || !/^Digit/.test(event.code))) return "-";
  const key = typed(event);
  return /^[0-9]$/.test(key) ? key : "";
}

// What a key press asks for: { name, value }; null if it is nothing of the card's.
/** @param {Press} event @param {Variable | null} variable @param {Commands} commands @returns {Action | null} */
export function actionOf(event, variable, commands) {
  const key = typed(event);
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey) return null;
    if (key === "z") return { name: event.shiftKey ? "redo" : "undo" };
    if (key === "s") return { name: "nothing" }; // all is saved already; a browser would save the page
    if (key === "y") return { name: "redo" };
    return commands[`Ctrl+${key}`] ? { name: commands[`Ctrl+${key}`] } : null;
  }
  if (event.altKey) return null;
  if (event.shiftKey && /^[123]$/.test(key)) return { name: "certainty", value: key };
  if (event.shiftKey && key === "ArrowLeft") return { name: "noteBack" };
  if (event.shiftKey && key === "ArrowRight") return { name: "noteForward" };
  if (event.shiftKey && key !== "/" && key !== "+" && !/^[0-9]$/.test(event.key)) return null;
  if (variable && variable.kind === "scale" && signOf(event, variable)) return { name: "number", value: signOf(event, variable) };
  const code = variable && variable.kind !== "scale" ? keysOf(variable).get(key) : undefined;
  if (code !== undefined) return { name: "code", value: code };
  return commands[key] ? { name: commands[key] } : null;
}

// `hand` is told of every key that is not typed into a field; it says which were for the card.
/** @param {HTMLElement} root @param {Hand} hand */
export function listenForKeys(root, hand) {
  root.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.matches("input, textarea")) return event.stopPropagation(); // a digit in a memo codes nothing
    const onButton = target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    if (onButton && event.repeat) event.preventDefault(); // a held key must not press for note after note
    const ours = !onButton && hand.press(event);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified || ours) event.stopPropagation(); // a notebook cuts cells at "x" and deletes them at "d d"
    if (ours) event.preventDefault();
    return undefined;
  });
}
