// What is chosen on a disputed note, and why: of an answer and what was begun on it. Pure.

import { choosable } from "../answering/answers.js";

/** @import { Answer, CardEvent, Choice, Draft, Variable } from "../types" */

/** @param {Answer | undefined} answer @param {Draft} draft @returns {Choice} */
export function choiceOf(answer, draft) {
  const { event, codes } = draft.event ? draft : answer ?? {};
  return { event, codes: codes ?? [] };
}

// Whether there is a choice to be settled; a code may be gone from the codebook since.
/** @param {Choice} choice @param {Variable} variable */
export function isChoice({ event, codes }, variable) {
  return Boolean(event) && choosable(codes, variable).length === codes.length;
}

/** @param {CardEvent} event @returns {Draft} */
export const draftOf = ({ event, codes, memo }) => ({ event, codes, memo });

// A reason belongs to its choice: another choice asks for another one.
/** @param {Answer | undefined} answer @param {Draft} draft @returns {string} */
export function reasonOf(answer, draft) {
  if (draft.memo !== undefined) return draft.memo;
  if (!answer) return "";
  const choice = choiceOf(answer, draft);
  const same = choice.event === answer.event && choice.codes.join("|") === answer.codes.join("|");
  return same ? answer.memo : "";
}
