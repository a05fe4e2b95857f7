// What is chosen on a disputed note, and why: of an answer and what was begun on it. Pure.

import { choosable } from "../answering/answers.js";

export function choiceOf(answer, draft) {
  const { event, codes } = draft.event ? draft : answer ?? {};
  return { event, codes: codes ?? [] };
}

// Whether there is a choice to be settled; a code may be gone from the codebook since.
export function isChoice({ event, codes }, variable) {
  return Boolean(event) && choosable(codes, variable).length === codes.length;
}

export const draftOf = ({ event, codes, memo }) => ({ event, codes, memo });

// A reason belongs to its choice: another choice asks for another one.
export function reasonOf(answer, draft) {
  if (draft.memo !== undefined) return draft.memo;
  if (!answer) return "";
  const choice = choiceOf(answer, draft);
  const same = choice.event === answer.event && choice.codes.join("|") === answer.codes.join("|");
  return same ? answer.memo : "";
}
