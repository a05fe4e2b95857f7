// From one answer to another and back: the events that somebody has to save, undo and redo. Pure.

import { isOpen, newEventId, sameAnswer } from "./answers.js";

/** @import { Answer, Begun, CardEvent, Draft, Note, Question, Standing, Turn } from "../types" */

/** @param {Standing} standing @param {{ begunIn: (note: Note, variable: string) => Begun }} begun */
export function createTurns({ variables, answers, earlier, drafts, cellOf, answerTo, answer: putAnswer, draftMore }, { begunIn }) {
  /** @type {Turn[]} */
  let undone = [];
  /** @type {Turn[]} */
  let done = [];
  let groups = 0;
  let group = 0; // what is done at once is undone at once

  // --- from one answer to another -----------------------------------------------------------------

  /** @param {Note} note @param {string} variable @param {Answer["event"]} kind
   * @param {Answer | null | undefined} answer @returns {CardEvent} */
  function eventOf(note, variable, kind, answer) {
    /** @type {CardEvent} */
    const event = {
      event_id: newEventId(), note: note.key, variable, event: kind,
      codes: answer ? answer.codes : [], certainty: answer ? answer.certainty : "", memo: answer ? answer.memo : "",
      pass: note.pass, note_hash: note.hash,
    };
    if (kind === "decide" && answer && answer.words) event.words = answer.words;
    if (variables.has(variable)) event.codebook = variables.get(variable).version;
    return event;
  }

  // What leads back to an open question: the answer to the earlier text stands again, if there is one.
  /** @param {Note} note @param {string} variable @returns {CardEvent} */
  function takenBack(note, variable) {
    const before = earlier.get(cellOf(note, variable));
    if (!before || before.event === "retract") return eventOf(note, variable, "retract", null);
    return { ...eventOf(note, variable, "decide", before), note_hash: before.hash, codebook: before.codebook };
  }

  // The events that lead from one answer to another. A skip does not take an answer back, so that comes first.
  /** @param {Note} note @param {string} variable @param {Answer | null | undefined} from
   * @param {Answer | null | undefined} to @returns {CardEvent[]} */
  function eventsBetween(note, variable, from, to) {
    if (isOpen(to)) return isOpen(from) ? [] : [takenBack(note, variable)];
    if (to.event === "skip" && from && from.event === "decide") {
      return [eventOf(note, variable, "retract", null), eventOf(note, variable, "skip", to)];
    }
    const event = eventOf(note, variable, to.event, to);
    return [to.older && to.codebook ? { ...event, codebook: to.codebook } : event]; // it is to be looked at again, as before
  }

  /** @param {Note} note @param {string} variable @param {Answer | null | undefined} to */
  function turn(note, variable, to) {
    const events = eventsBetween(note, variable, answerTo(note, variable), to);
    if (isOpen(to)) putAnswer(note, variable, null);
    else putAnswer(note, variable, { ...to, older: Boolean(to.older && to.codebook), id: events[events.length - 1].event_id });
    settleDraft(cellOf(note, variable));
    return events;
  }

  // An answer takes its draft with it, but for a memo that is still being written, here or in another window, and a
  // proposal that was begun.
  /** @param {string} cell */
  function settleDraft(cell) {
    const { typing, proposing } = drafts.get(cell) ?? {};
    drafts.delete(cell);
    if (typing === undefined && !proposing) return;
    drafts.set(cell, { ...(typing === undefined ? {} : { typing, to: (answers.get(cell) ?? {}).id }), ...(proposing && { proposing }) });
  }

  /** @param {Note} note @param {string} variable @param {Answer | null | undefined} to @param {{ isWord?: boolean }} [how]
   * @returns {CardEvent[]} */
  function change(note, variable, to, { isWord = false } = {}) {
    const from = answerTo(note, variable);
    if (from && sameAnswer(from, to) && !from.older) {
      settleDraft(cellOf(note, variable));
      return [];
    }
    done.push({ note, variable, from, to, group: group || (groups += 1), isWord });
    undone = [];
    return turn(note, variable, to);
  }

  // A word on an answer counts only while that answer stands; `amends` says what to keep of it otherwise.
  /** @param {Note} note @param {string} variable @param {Answer} answer @param {"certainty" | "memo"} field
   * @param {string} value @returns {CardEvent[]} */
  function reword(note, variable, answer, field, value) {
    const events = change(note, variable, { ...answer, [field]: value }, { isWord: true });
    return events.map((event) => ({ ...event, replaces: answer.id, amends: field }));
  }

  // Several changes that one undo takes back.
  /** @param {() => CardEvent[]} work */
  function atOnce(work) {
    group = (groups += 1);
    const events = work();
    group = 0;
    return events;
  }

  // --- and back -----------------------------------------------------------------------------------

  // Undo and redo are about the answer on screen: each event says which it replaces, for if another window has
  // answered anew since, it is not this one's to take back. Of what was refused nobody knows, and no event is needed.
  /** @param {Note} note @param {string} variable @param {Answer | null | undefined} to
   * @param {(id?: string) => boolean} wasRefused @returns {CardEvent[]} */
  function turnBack(note, variable, to, wasRefused) {
    const cell = cellOf(note, variable);
    const { id = "" } = answers.get(cell) ?? {};
    const draft = drafts.get(cell);
    const events = turn(note, variable, to);
    const isSent = !wasRefused(id) || wasRefused((to ?? {}).id);
    if (!isSent && !isOpen(to)) putAnswer(note, variable, to);
    if (draft) keepIfMore(note, variable, draft);
    return isSent ? events.map((event, number) => ({ ...event, replaces: number ? "" : id })) : [];
  }

  // What was begun on an answer outlives its undo and redo, if it says more than what stands then.
  /** @param {Note} note @param {string} variable @param {Draft} draft */
  function keepIfMore(note, variable, draft) {
    const cell = cellOf(note, variable);
    drafts.set(cell, draft);
    const { codes, memo } = begunIn(note, variable);
    const isInAnswer = (draft.text ?? "").trim() === ((answers.get(cell) ?? {}).text ?? "");
    if (!codes && !memo && (isInAnswer || !draft.text)) settleDraft(cell);
    else if (draft.typing !== undefined) draftMore({ to: (answers.get(cell) ?? {}).id }, { note, variable: variables.get(variable) });
  }

  // What was done at once and would be taken back, or given again, next; the latest first.
  /** @param {"undo" | "redo"} step @returns {Turn[]} */
  function coming(step) {
    const turns = step === "undo" ? done : undone;
    const { group: last } = turns.at(-1) ?? {};
    return turns.filter((one) => one.group === last).reverse();
  }

  /** @param {"undo" | "redo"} step @param {(id?: string) => boolean} wasRefused */
  function take(step, wasRefused) {
    const turns = coming(step);
    const [from, onto] = step === "undo" ? [done, undone] : [undone, done];
    const events = turns.flatMap(({ note, variable, ...turned }) => turnBack(note, variable, step === "undo" ? turned.from : turned.to, wasRefused));
    from.splice(from.length - turns.length);
    onto.push(...turns);
    return { turns, events };
  }

  // What happened to a question elsewhere is not ours to undo.
  /** @param {string} cell */
  function leave(cell) {
    /** @type {(taken: Turn) => boolean} */
    const elsewhere = (taken) => cellOf(taken.note, taken.variable) !== cell;
    done = done.filter(elsewhere);
    undone = undone.filter(elsewhere);
  }

  // The questions answered latest, the latest first, each once; a word on an answer is no answer.
  /** @param {number} n @returns {Question[]} */
  function recent(n) {
    /** @type {Map<string, Question>} */
    const found = new Map();
    for (let at = done.length - 1; at >= 0 && found.size < n; at -= 1) {
      const { note, variable, isWord } = done[at];
      const cell = cellOf(note, variable);
      if (!isWord && !found.has(cell) && variables.has(variable) && !isOpen(answers.get(cell))) found.set(cell, { note, variable: variables.get(variable) });
    }
    return [...found.values()];
  }

  return {
    change, reword, atOnce, settleDraft, coming, take, leave, recent,
    get latest() { return done.at(-1); },
    get next() { return undone.at(-1); },
    get canUndo() { return done.length > 0; },
    get canRedo() { return undone.length > 0; },
  };
}
