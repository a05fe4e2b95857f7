// What the coder's hands are at: a number half typed on a scale, prose just left, a word on why a key did nothing.
// Pure: no page and no clock; a press brings its own time, and `wait` lets time pass.

import { rangeOf, shownNumber } from "./answers.js";
import { actionOf } from "./keys.js";

/** @import { Action, CardKind, Commands, Press, Variable, Wait, Worklist } from "../types" */

const PAUSE = 600; // after so many milliseconds a number that could go on is taken
const BURST = 400; // keys closer than this to prose belong to it
const MOVES = new Set(["back", "forward", "noteBack", "noteForward", "toFirstOpen", "toStep", "review", "answerAgain"]);
const OTHERWISE = new Set(["code", "skip", "leaveOpen", "openBlock", "numberIs", "numberGiven"]); // an answer other than the number
const REPEATED = new Set([...MOVES, "undo", "redo"]); // clicked fast on purpose, whatever has come up meanwhile
export const BESIDE = new Set(["typing", "saveMemo", "proposing", "saveProposal", "typed", "typedText"]); // written elsewhere, while nothing is half typed

/** @param {number} milliseconds @param {() => void} work */
function later(milliseconds, work) {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}

// `act` does what was asked; `onChange` is told when only what is half typed or said has changed; `shows` tells
// whether a key's cap is on screen; `isWriting`, whether keys go into a field now.
/** @param {{ list: Worklist, commands: Commands, act: (name: string, value?: any) => unknown, onChange: () => void,
 *   shows?: (key: string) => boolean, isWriting?: () => boolean, wait?: Wait, read?: CardKind["read"] }} given */
export function createHand({ list, commands, act, onChange, shows = () => true, isWriting = () => false, wait = later, read }) {
  let text = "";
  /** @type {{ key: string, values: Record<string, unknown> } | null} */
  let told = null; // { key, values } of what is to be said of the latest key
  let proseAt = -Infinity;
  let stop = () => {};
  /** @type {{ name?: string, value?: unknown, question?: string | null }} */
  let clicked = {}; // what the latest click was on, and which question stood there

  /** @type {() => Variable | null} */
  const asked = () => (list.isFinished() ? null : list.current().variable);
  /** @type {(event: Press) => Action | null} */
  const meant = (event) => (read ? read(event, list.isFinished() ? null : list.current()) : actionOf(event, asked(), commands));
  const scale = () => list.current().variable; // while something is half typed there is one

  /** @param {string} key @param {Record<string, unknown>} [values] */
  function tell(key, values = {}) {
    told = { key, values };
    onChange();
  }

  // --- a number, sign by sign ---------------------------------------------------------------------

  /** @param {string} number */
  function refuse(number) {
    if (number) tell("refuse_number", rangeOf(scale(), number));
    else tell("number_missing");
  }

  function drop() {
    stop();
    const dropped = text;
    text = "";
    if (dropped) tell("number_dropped", { number: shownNumber(dropped) });
  }

  // Takes what is half typed as the answer, or says why it cannot be; false if there is nothing more to do.
  /** @param {string} [name] */
  function take(name = "code") {
    stop();
    const number = text;
    text = "";
    if (!scale().codes.some(({ id }) => id === number)) {
      refuse(number);
      return false;
    }
    act(name, number);
    return true;
  }

  /** @param {string} longer */
  function half(longer) {
    text = longer;
    stop();
    stop = wait(PAUSE, () => take());
    onChange();
  }

  // Whether the sign goes on with what is half typed, or stands for itself where nothing is.
  /** @param {string} sign */
  function goesOn(sign) {
    const longer = text + sign;
    const could = scale().codes.filter(({ id }) => id.startsWith(longer));
    if (could.length === 1 && could[0].id === longer) {
      text = longer;
      take();
    } else if (could.length) half(longer);
    else if (text && scale().codes.some(({ id }) => id === text)) return false;
    else {
      stop();
      text = "";
      refuse(longer);
    }
    return true;
  }

  // --- keys and clicks ----------------------------------------------------------------------------

  /** @param {Press} event @param {Action | null} action */
  function isProse(event, action) {
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.timeStamp - proseAt >= BURST || !(action || types)) return false;
    proseAt = event.timeStamp;
    return true;
  }

  // Returns whether the key was for the card.
  /** @param {Press} event */
  function press(event) {
    const action = event.key === "Escape" && !shows("Escape") ? null : meant(event);
    if (isProse(event, action)) {
      tell("same_burst");
      return true;
    }
    if (!action && !text) return false;
    if (event.repeat) return true; // a held key must not code note after note
    told = null;
    return text ? pressAmid(event, action) : run(/** @type {Action} */ (action), event);
  }

  // A mark is of the note on screen, so it comes before the number, which leads on to the next.
  function markAmid() {
    const isWhole = scale().codes.some(({ id }) => id === text);
    act("flag");
    if (isWhole) take();
    else drop();
  }

  /** @param {Action} action @param {Press} event */
  function run(action, event) {
    if (event.key === "Backspace" && !shows("Backspace")) return false; // undoes only where it says so
    if (action.name === "number") goesOn(action.value ?? "");
    else act(action.name, action.value);
    return true;
  }

  // A key while a number is half typed: goes on with it, takes it, drops it, or takes it and then acts as itself.
  /** @param {Press} event @param {Action | null} action */
  function pressAmid(event, action) {
    const { name, value } = action ?? { name: "" };
    const isOther = event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== "Escape");
    if (!action && isOther) return false;
    if (name === "number" && goesOn(value ?? "")) return true;
    if (event.key === "Backspace" && text.length > 1) half(text.slice(0, -1));
    else if (name === "undo" || event.key === "Escape") drop();
    else if (name === "confirm") take();
    else if (MOVES.has(name)) take("pick") && act(name, value);
    else if (OTHERWISE.has(name)) {
      drop();
      act(name, value);
    } else if (name === "flag") markAmid();
    else if (take() && !isWriting()) {
      const itself = meant(event);
      if (itself) run(itself, event);
    }
    return true;
  }

  // Whether a click, the nth at one spot, is on what its first one was on: something else may have come up there.
  /** @param {string} name @param {unknown} value @param {number} nth */
  function isOnSame(name, value, nth) {
    const now = { name, value, question: list.isFinished() ? null : list.cellOf(list.current().note, list.current().variable.id) };
    const isSame = nth < 2 || (clicked.name === name && (REPEATED.has(name) || (clicked.value === value && clicked.question === now.question)));
    if (isSame) clicked = now;
    return isSame;
  }

  // A click means what is on screen: it does not wait for the question after the number.
  /** @param {string} name @param {unknown} [value] @param {number} [nth] @returns {unknown} */
  function click(name, value, nth = 1) {
    if (BESIDE.has(name)) return act(name, value);
    if (!isOnSame(name, value, nth)) return tell("second_click");
    told = null;
    const half = text;
    if (half && (name === "undo" || OTHERWISE.has(name))) drop();
    else if (half && !take("pick")) return undefined;
    return half && name === "undo" ? undefined : act(name, value);
  }

  // What is half typed when the page goes away: taken, since it is on screen, or said to be gone.
  function settle() {
    if (text) take();
  }

  return {
    press, click, settle, tell, refuse,
    /** @param {{ timeStamp: number }} event */
    leaveProse(event) { proseAt = event.timeStamp; },
    get text() { return text; },
    get told() { return told; },
  };
}
