// What was begun on a question and not given: a selection, a number in its field, a memo, a proposal. Pure.

import { choosable, lengthOf, LONGEST_MEMO, LONGEST_NAME, memoOf, numberIn, PROPOSAL, proposalIn, rangeOf } from "./answers.js";

/** @import { Answer, Begun, Chosen, Draft, Note, Question, Standing, Variable } from "../types" */

/** @param {{ name: string, words: string }} proposal */
export function faultOfProposal(proposal) {
  const memo = memoOf(proposal);
  const [n, all] = [proposalIn(memo).name, memo].map(lengthOf);
  if (!n) return { key: "propose_nameless", values: {} };
  if (n > LONGEST_NAME) return { key: "propose_long", values: { n, most: LONGEST_NAME, over: n - LONGEST_NAME } };
  return all > LONGEST_MEMO ? { key: "too_long", values: { n: all, most: LONGEST_MEMO, over: all - LONGEST_MEMO } } : null;
}

// A memo as it stands, in its open box or waiting for an answer; undefined if nobody wrote one.
/** @param {Draft} draft @param {Answer | null | undefined} answer */
export function draftedMemo(draft, answer) {
  const memo = draft.typing === undefined ? draft.memo : draft.typing.trim();
  return memo === undefined || memo.trim() === (answer ? answer.memo : "") ? undefined : memo.trim();
}

// The codes that a draft would give; a number in its field is the latest, and one that the scale lacks stands as it
// was written.
/** @param {Draft} draft @param {Variable} variable @returns {string[] | undefined} */
export function chosenIn({ judged, codes, number }, variable) {
  if (judged) return [judged];
  if (number !== undefined) return [numberIn(number, variable) || number.trim()];
  return codes && choosable(codes, variable);
}

// Of two notes merged: another one's text is to stand, or another of one's own.
/** @param {Draft} draft @param {Partial<Answer>} [answer] */
function isOtherText({ stands, text }, { stands: stood = "a", text: was = "" } = {}) {
  if ((stands ?? stood) !== stood) return true;
  return stood === "own" && text !== undefined && text.trim() !== was;
}

/** @param {Standing} standing */
export function createBegun({ notes, variables, drafts, cellOf, cellAt, answerTo }) {
  /** @param {Note} note @param {string} variable */
  function proposed(note, variable) {
    const { event, memo } = answerTo(note, PROPOSAL + variable) ?? { event: "retract", memo: "" };
    return event === "retract" || event === "changed" ? "" : memo;
  }

  // What a cell's draft would lose: a selection that nobody confirmed, a memo that is in no answer.
  /** @param {Note} note @param {string} variable @returns {Begun} */
  function begunIn(note, variable) {
    const answer = answerTo(note, variable);
    const draft = drafts.get(cellOf(note, variable)) ?? {};
    const chosen = chosenIn(draft, variables.get(variable));
    const { event, codes } = answer ?? { event: draft.event ? "" : "decide", codes: [] };
    const same = (chosen ?? []).join("|") === codes.join("|") && (draft.event ?? event) === event;
    const proposal = draft.proposing ? memoOf(draft.proposing) : "";
    return {
      note, variable, codes: (Boolean(chosen) && !same) || isOtherText(draft, answer), memo: draftedMemo(draft, answer) !== undefined,
      proposal: Boolean(proposal.trim()) && proposal !== proposed(note, variable),
    };
  }

  // Why what was begun cannot be an answer as it is, and is to be mended first: what is to be said, or null.
  /** @param {Begun} begun @returns {{ key: string, values: Record<string, unknown> } | null} */
  function faultOf({ note, variable: name, proposal }) {
    const { variable, answer, draft } = cellAt(note, variables.get(name));
    const n = lengthOf(draftedMemo(draft, answer) ?? "");
    if (n > LONGEST_MEMO) return { key: "too_long", values: { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO } };
    if (draft.number === undefined || numberIn(draft.number, variable)) return proposal && draft.proposing ? faultOfProposal(draft.proposing) : null;
    const number = draft.number.trim();
    return number ? { key: "refuse_number", values: rangeOf(variable, number) } : { key: "number_missing", values: {} };
  }

  // What is chosen on a question and not given, where it can go unseen: several codes, or a number in its field.
  /** @param {Question} question @returns {Chosen | null} */
  function chosenAt({ note, variable }) {
    const draft = drafts.get(cellOf(note, variable.id));
    if (!draft || !begunIn(note, variable.id).codes) return null;
    if (draft.number !== undefined) return { note, variable, number: draft.number.trim() };
    return draft.codes && variable.kind === "multiple" ? { note, variable, codes: draft.codes } : null;
  }

  // Whether that is gone: neither begun any more nor the answer.
  /** @param {Chosen} chosen */
  function isGone({ note, variable, number, codes }) {
    const { answer, draft } = cellAt(note, variable);
    const now = (draft.codes ?? (answer ? answer.codes : [])).join("|");
    return number === undefined ? !draft.codes && now !== (codes ?? []).join("|") : draft.number === undefined && now !== numberIn(number, variable);
  }

  // All of it, in the order of the notes.
  /** @returns {Begun[]} */
  function begun() {
    if (!drafts.size) return [];
    return notes.flatMap((note) => note.variables.filter((variable) => drafts.has(cellOf(note, variable)))
      .map((variable) => begunIn(note, variable))).filter(({ codes, memo, proposal }) => codes || memo || proposal);
  }

  return { proposed, begunIn, faultOf, chosenAt, isGone, begun };
}
