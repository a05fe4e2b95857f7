// Which key does what. Digits go by their place on the keyboard (a French one needs shift to type them),
// letters by what they type.

const COMMANDS = {
  u: "undo", Backspace: "undo", r: "redo", s: "skip", m: "memo", t: "flag", n: "toFirstOpen",
  d: "panel", g: "gloss", "/": "search", Enter: "confirm", ArrowLeft: "back", ArrowRight: "forward",
  " ": "scroll",
};
const LETTERS = "abcefhijklopqvwxyz"; // what commands leave for codes; more codes than keys are searched with "/"
const NONE_FITS = "none_fits";

// The key of each code, in the codebook's order: 1–9, then letters; none fits is 0; a scale's number is its own key.
function keysOf(variable) {
  const keys = new Map();
  const byNumber = variable.kind === "scale" && variable.codes.every(({ id }) => /^[0-9]$/.test(id));
  const row = [..."123456789", ...LETTERS];
  for (const { id } of variable.codes) {
    const key = id === NONE_FITS ? "0" : byNumber ? id : row.shift();
    if (key) keys.set(key, id);
  }
  return keys;
}

function typed(event) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  if (digit && event.key !== "/") return digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

// What a key press asks for: { name, value }; null if it is nothing of the card's.
function actionOf(event, keys, commands) {
  const key = typed(event);
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey) return null;
    if (key === "z") return { name: event.shiftKey ? "redo" : "undo" };
    if (key === "s") return { name: "nothing" }; // all is saved already; a browser would save the page
    return key === "y" ? { name: "redo" } : null;
  }
  if (event.altKey) return null;
  if (event.shiftKey && /^[123]$/.test(key)) return { name: "certainty", value: key };
  if (event.shiftKey && key === "ArrowLeft") return { name: "noteBack" };
  if (event.shiftKey && key === "ArrowRight") return { name: "noteForward" };
  if (event.shiftKey && key !== "/") return null;
  if (keys.has(key)) return { name: "code", value: keys.get(key) };
  return commands[key] ? { name: commands[key] } : null;
}

// `now` gives the keys of the codes in question.
function listenForKeys(root, act, now, commands) {
  root.addEventListener("keydown", (event) => {
    if (event.target.matches("input, textarea")) return event.stopPropagation(); // a digit in a memo codes nothing
    const onButton = event.target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    const action = onButton ? null : actionOf(event, now(), commands);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified || action) event.stopPropagation(); // a notebook cuts cells at "x" and deletes them at "d d"
    if (!action) return undefined;
    event.preventDefault();
    if (!event.repeat) act(action.name, action.value); // a held key must not code note after note
    return undefined;
  });
}
