// Which key does what: digits answer, letters search among the codes, signs command. No letter is a command, so
// that codes and commands cannot clash. Digits go by their place on the keyboard (a French one needs shift to
// type them), all else by what it types.

/** @import { Action, Commands, Hand, Press, Variable } from "../types" */

/** @type {Commands} */
export const COMMANDS = {
  ".": "unsure", ",": "memo", "/": "skip", "+": "flag", "*": "propose", "<": "gloss", "'": "codebook", "’": "codebook",
  ":": "reviews", ">": "number", "?": "keys", Enter: "confirm", ArrowLeft: "back", ArrowRight: "forward",
  ArrowUp: "up", ArrowDown: "down", End: "toFirstOpen", PageUp: "recentBack", PageDown: "recentForward", " ": "scroll", Backspace: "undo", Escape: "leave",
};
const DIGITS = "123456789"; // of the first codes; all others are found by their labels
export const NONE_FITS = "none_fits";
const MINUS = /^[-−]$/;

// The keys of each code, by the place at which it came into the codebook: none fits is 0. The key of a code that is
// gone stays free while there are more codes than digits, so that a digit never comes to mean another code. A scale's
// number is typed as it is.
/** @param {Variable} variable @returns {Map<string, string>} */
export function keysOf(variable) {
  if (variable.kind === "scale") return new Map(variable.codes.map(({ id }) => [id, id]));
  const own = variable.codes.map(({ id, place }, number) => (id === NONE_FITS ? "0" : DIGITS[place ?? number]));
  const free = own.length <= DIGITS.length ? [...DIGITS].filter((key) => !own.includes(key)) : [];
  return new Map(variable.codes.flatMap(({ id }, number) => {
    const key = own[number] ?? free.shift();
    return key ? [[key, id]] : [];
  }));
}

// What a key types; a digit's place counts as the digit unless shift makes a sign of it that commands. The numpad's
// keys go by what they type alone: without NumLock, or with shift in Windows, they move about.
/** @param {Press} event @param {Commands} commands */
function typed(event, commands) {
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit && !(event.shiftKey && commands[event.key])) return digit[1];
  return event.key;
}

// The part of a number that a key types: a digit, or minus where the scale goes below zero or no digit is meant.
/** @param {Press} event @param {Variable} variable @param {string} key */
function signOf(event, variable, key) {
  const hasMinus = variable.codes.some(({ id }) => id.startsWith("-"));
  if (MINUS.test(event.key) && (hasMinus || !/^Digit/.test(event.code))) return "-";
  return /^[0-9]$/.test(key) ? key : "";
}

/** @param {Press} event @param {string} key @param {Commands} commands @returns {Action | null} */
function chord(event, key, commands) {
  if (event.altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "z") return { name: event.shiftKey ? "redo" : "undo" };
  if (letter === "s") return { name: "nothing" }; // all is saved already; a browser would save the page
  if (letter === "y") return { name: "redo" };
  return commands[`Ctrl+${key}`] ? { name: commands[`Ctrl+${key}`] } : null;
}

// What a key press asks for: { name, value }; null if it is nothing of the card's.
/** @param {Press} event @param {Variable | null} variable @param {Commands} commands @returns {Action | null} */
export function actionOf(event, variable, commands) {
  const key = typed(event, commands);
  if (event.ctrlKey || event.metaKey) return chord(event, key, commands);
  if (event.altKey) return null;
  if (event.shiftKey) {
    if (/^[123]$/.test(key)) return { name: "certainty", value: key };
    if (key === "ArrowLeft") return { name: "noteBack" };
    if (key === "ArrowRight") return { name: "noteForward" };
    if (key === "Backspace") return { name: "redo" };
    if (key.length > 1 || (/^[0-9]$/.test(key) && key !== event.key)) return null;
  }
  if (variable && variable.kind === "scale") {
    const sign = signOf(event, variable, key);
    if (sign) return { name: "digit", value: sign };
  } else if (variable) {
    const code = keysOf(variable).get(key);
    if (code !== undefined) return { name: "code", value: code };
    if (/^\p{L}$/u.test(key) && !commands[key.toLowerCase()]) return { name: "letter", value: key };
  }
  const name = commands[key] ?? commands[key.toLowerCase()];
  return name ? { name } : null;
}

// `hand` is told of every key that is not typed into a field; it says which were for the card.
/** @param {HTMLElement} root @param {Pick<Hand, "press">} hand */
export function listenForKeys(root, hand) {
  root.addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.matches("input, textarea, dialog, dialog *")) return event.stopPropagation(); // a digit in a memo codes nothing
    const onButton = target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    if (onButton && event.repeat) event.preventDefault(); // a held key must not press for note after note
    const ours = !onButton && hand.press(event);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified || ours) event.stopPropagation(); // a notebook cuts cells at "x" and deletes them at "d d"
    if (ours) event.preventDefault();
    return undefined;
  });
}
