// What an answer is, and a number on a scale: the small questions that every part asks. Pure: no page, no network.

/** @import { Answer, Draft, Variable } from "../types" */

export const FLAG = "flag";
export const PROPOSAL = "proposal:"; // and the variable that a code is missing in: a proposal's variable on a card
export const LONGEST_NAME = 80; // of a code that is proposed
export const LONGEST_MEMO = 20000; // as in the log, counted in the same way: one for each sign, also one beyond the first plane

/** @param {string} text */
export const lengthOf = (text) => Array.from(text).length;

// Whether an answer says that no code fits.
/** @param {Answer | null | undefined} answer @param {Variable} variable */
export function isNone(answer, { kind }) {
  if (!answer || answer.event !== "decide") return false;
  return answer.codes.join() === "none_fits" || (kind === "multiple" && !answer.codes.length);
}

// What a proposal says: a name in the first line, below it words of the note.
/** @param {string} memo */
export function proposalIn(memo) {
  const [name, ...words] = memo.split("\n");
  return { name, words: words.join("\n") };
}

/** @param {{ name: string, words: string }} proposal */
export function memoOf({ name, words }) {
  return [name.trim().replace(/\s+/g, " "), words.trim()].filter((part, number) => part || !number).join("\n");
}

/** @returns {string} */
export function newEventId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return "e" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// "changed": an answer to a text that has been replaced since; its question is asked again.
/** @param {Answer | null | undefined} answer
 * @returns {answer is (Answer & { event: "retract" | "changed" }) | null | undefined} */
export function isOpen(answer) {
  return !answer || answer.event === "retract" || answer.event === "changed";
}

// A choice that is begun and not given yet: codes of several, or a number in its field.
/** @param {Draft} draft */
export function hasSelection(draft) {
  return Boolean(draft.codes || draft.event || draft.judged || draft.number !== undefined);
}

// Of these codes those that can still be chosen.
/** @param {string[]} codes @param {Variable} variable */
export function choosable(codes, variable) {
  return codes.filter((code) => variable.codes.some(({ id }) => id === code));
}

/** @param {Answer | null | undefined} one @param {Answer | null | undefined} other */
export function sameAnswer(one, other) {
  return one && other && one.event === other.event && one.certainty === other.certainty
    && one.memo === other.memo && (one.words ?? "") === (other.words ?? "") && one.codes.join("|") === other.codes.join("|");
}

/** @param {string} text */
export const shownNumber = (text) => text.replace("-", "\u2212");

// The number that a text stands for, as the scale has it; "" if it is none of the scale's.
/** @param {string} text @param {Variable} variable */
export function numberIn(text, variable) {
  const plain = text.trim().replace(/^[\u2212\u2013]/, "-").replace(/^\+/, "");
  const number = /^-?[0-9]{1,12}$/.test(plain) ? String(Number(plain)) : "";
  return variable.codes.some(({ id }) => id === number) ? number : "";
}

// What is said of a number that a scale lacks.
/** @param {Variable} variable @param {string} number */
export function rangeOf({ codes }, number) {
  const [low, high] = [codes[0].id, codes[codes.length - 1].id].map(shownNumber);
  return { number: shownNumber(number), low, high };
}
