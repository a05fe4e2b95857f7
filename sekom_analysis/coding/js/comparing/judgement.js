// How a pair of notes is judged, which text stands and why: of an answer and what was begun on it. Pure.

/** @import { Answer, Draft } from "../types" */

export const SAME = "same";

/** @param {Answer | undefined} answer @param {Draft} draft */
export function judgedAs(answer, draft) {
  return draft.judged ?? (answer ? answer.codes[0] : "");
}

// A reason belongs to its judgement: another judgement asks for another one.
/** @param {Answer | undefined} answer @param {Draft} draft */
export function whyOf(answer, draft) {
  if (draft.memo !== undefined) return draft.memo;
  return answer && judgedAs(answer, draft) === answer.codes[0] ? answer.memo : "";
}

/** @param {Answer | undefined} answer @param {Draft} draft */
export const standsIn = (answer, draft) => draft.stands ?? (answer && answer.stands) ?? "a";
/** @param {Answer | undefined} answer @param {Draft} draft */
export const ownText = (answer, draft) => draft.text ?? (answer && answer.text) ?? "";
