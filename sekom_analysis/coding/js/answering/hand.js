// What the coder's hands are at: a number half typed on a scale, the beginning of a code's label, the code that the
// cursor is on, prose just left, a word on why a key did nothing.
// Pure: no page and no clock; a press brings its own time, and `wait` lets time pass.

import { isOpen, rangeOf, shownNumber } from "./answers.js";
import { actionOf } from "./keys.js";
import { found } from "./typing.js";

/** @import { Action, CardKind, Code, Commands, Press, Variable, Wait, Worklist } from "../types" */

const PAUSE = 600; // after so many milliseconds a number that could go on is taken
const TWICE = 260; // an Enter closer than this to another was pressed with it
const BURST = 400; // keys closer than this to prose belong to it
const MOVES = new Set(["back", "forward", "noteBack", "noteForward", "toFirstOpen", "toStep", "review", "answerAgain", "recentBack", "recentForward", "toRecent"]);
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
  let letters = ""; // the beginning of a label
  let isEmptied = false; // whether the latest key took the last of them back
  let active = ""; // the code that the cursor is on
  let entered = { at: -Infinity, cell: "" }; // when Enter came last, and on which question

  /** @type {() => Variable | null} */
  const asked = () => (list.isFinished() ? null : list.current().variable);
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

  // --- a code by the beginning of its label ---------------------------------------------------------

  // The codes that can be chosen as things are typed, best first.
  /** @returns {Code[]} */
  function hits() {
    const { codes } = /** @type {Variable} */ (asked());
    const some = found(codes, letters);
    return some.length ? some : codes;
  }

  // What no code has stays as it was typed: were its letters dropped one by one, those that happen to go on with the
  // rest would light a code that nobody meant.
  /** @param {string} now */
  function search(now) {
    const variable = asked();
    const first = variable && now.trim() ? found(variable.codes, now)[0] : undefined;
    [letters, active] = [now, first ? first.id : ""];
    return now.trim() && !first ? tellMiss() : onChange();
  }

  function tellMiss() {
    tell("no_hit", { letters: letters.trim() });
  }

  function forget() {
    [letters, active] = ["", ""];
  }

  // Up and down among the codes, or among those that answer to what is typed.
  /** @param {number} by */
  function moveCursor(by) {
    const all = hits();
    if (!active) letters = ""; // no code has it
    const now = all.findIndex(({ id }) => id === active);
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : (now + by + all.length) % all.length;
    active = all[next].id;
    onChange();
  }

  // Keys that the beginning of a label takes for itself, or the cursor; false if it does not.
  /** @param {Action} action @param {Press} event */
  function isTyping({ name, value }, event) {
    const variable = asked();
    const isBack = event.key === "Backspace" && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    const isOneTooMany = isBack && isEmptied;
    isEmptied = isBack && letters.length === 1;
    if (!variable) return false;
    if (name === "letter") search(letters + value);
    else if (name === "up" || name === "down") moveCursor(name === "up" ? -1 : 1);
    else if (letters && event.key === " ") search(`${letters} `);
    else if (letters && isBack) search(letters.slice(0, -1));
    else if (isOneTooMany) tell("letters_gone");
    else if (event.key === "Escape" && (letters || active)) search("");
    else if (name === "confirm" && active) {
      const code = active;
      forget();
      act("code", code);
    } else if (name === "confirm" && letters.trim()) tellMiss(); // what was meant is not known
    else {
      forget(); // a digit, or a command: what was typed was on the way to nothing
      return false;
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

  // Whether an Enter came with one before it that brought up a question: nobody has seen yet that nothing is chosen there.
  /** @param {Action | null} action @param {Press} event */
  function isSecondEnter(action, { timeStamp }) {
    if (read || action?.name !== "confirm" || list.isFinished()) return false;
    const { note, variable, answer, draft } = list.current();
    const cell = list.cellOf(note, variable.id);
    const isEmpty = variable.kind === "multiple" && isOpen(answer) && !draft?.codes && !letters && !active;
    const isSecond = isEmpty && timeStamp - entered.at < TWICE && cell !== entered.cell;
    entered = { at: timeStamp, cell: isSecond ? entered.cell : cell };
    return isSecond;
  }

  // A digit that a label has where its beginning is typed ("kod 12") goes on with it; all others answer.
  /** @param {Press} event */
  function isInLabel({ key, ctrlKey, metaKey, altKey }) {
    const variable = letters && /^[0-9]$/.test(key) && !ctrlKey && !metaKey && !altKey ? asked() : null;
    return Boolean(variable && found(variable.codes, letters + key).length);
  }

  /** @param {Press} event @returns {Action | null} */
  function meantBy(event) {
    if (event.key === "Escape" && !shows("Escape")) return null;
    if (read) return read(event, list.isFinished() ? null : list.current());
    return isInLabel(event) ? { name: "letter", value: event.key } : actionOf(event, asked(), commands);
  }

  // Returns whether the key was for the card.
  /** @param {Press} event */
  function press(event) {
    const action = meantBy(event);
    if (isProse(event, action)) {
      tell("same_burst");
      return true;
    }
    if (!action && !text) return false;
    const isStep = action && ["up", "down", "scroll"].includes(action.name);
    if (event.repeat && !isStep) return true; // a held key must not code note after note
    told = null;
    if (isSecondEnter(action, event)) {
      tell("second_enter");
      return true;
    }
    if (text) return pressAmid(event, action);
    return isTyping(/** @type {Action} */ (action), event) || run(/** @type {Action} */ (action), event);
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
    if (action.name === "undo" && event.key === "Backspace" && !shows("Backspace")) return false; // undoes only where it says so
    if (action.name === "digit") goesOn(action.value ?? "");
    else act(action.name, action.value);
    return true;
  }

  // A key while a number is half typed: goes on with it, takes it, drops it, or takes it and then acts as itself.
  /** @param {Press} event @param {Action | null} action */
  function pressAmid(event, action) {
    const { name, value } = action ?? { name: "" };
    const isOther = event.ctrlKey || event.metaKey || event.altKey || (event.key.length > 1 && event.key !== "Escape");
    if (!action && isOther) return false;
    if (name === "digit" && goesOn(value ?? "")) return true;
    if (event.key === "Backspace" && text.length > 1) half(text.slice(0, -1));
    else if (name === "undo" || event.key === "Escape") drop();
    else if (name === "confirm") take();
    else if (MOVES.has(name)) take("pick") && act(name, value);
    else if (OTHERWISE.has(name)) {
      drop();
      act(name, value);
    } else if (name === "flag") markAmid();
    else if (take() && !isWriting()) {
      const itself = meantBy(event);
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
    forget();
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
    get letters() { return letters; },
    get active() { return active; },
    get told() { return told; },
  };
}
