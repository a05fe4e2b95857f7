// Where a coder is in the list of notes, what was answered, back and forth. Pure: no page, no network.
// Every step returns the events that somebody has to save; nothing here waits for anybody.

import { isAgain } from "./again.js";
import { FLAG, hasSelection, isOpen, memoOf, PROPOSAL } from "./answers.js";
import { chosenIn, createBegun, draftedMemo, faultOfProposal } from "./begun.js";
import { createPlaces } from "./places.js";
import { createStanding } from "./standing.js";
import { createTurns } from "./turns.js";

/** @import { Again, Answer, Answers, Begun, CardData, CardEvent, Cell, Draft, Note, Question, Several, Sort } from "../types" */

const WINDOW = 40; // how many of the latest decisions tell the pace

/** @param {CardData} data */
export function createWorklist(data) {
  const stands = createStanding(data);
  const { notes, variables, numbers, answers, earlier, drafts, cellOf, cellAt, answerTo, standing } = stands;
  const places = createPlaces(stands);
  const { here, isFinished } = places;
  const unfinished = createBegun(stands);
  const turns = createTurns(stands, unfinished);
  const { change, reword } = turns;
  /** @type {number[]} */
  const moments = []; // when decisions were made, for the pace
  /** @type {Question | null} */
  let just = null; // the question just answered, until the coder answers another or moves on

  // --- moving -------------------------------------------------------------------------------------

  /** @template {any[]} Given @param {(...given: Given) => void} move @returns {(...given: Given) => void} */
  const moving = (move) => (...given) => {
    just = null;
    move(...given);
  };
  const goTo = moving(places.goTo);

  // What is to be looked at again, and why, note by note.
  function again() {
    return notes.flatMap((note) => note.variables.flatMap((variable) => {
      const answer = standing(note, variable);
      return answer && isAgain(answer) && answer.again ? [{ variable, again: /** @type {Again} */ (answer.again) }] : [];
    }));
  }

  // Does something elsewhere, and leaves the coder where they are.
  /** @template Made @param {() => Made} work @returns {Made} */
  function inPlace(work) {
    const kept = just;
    const made = places.inPlace(work);
    just = kept;
    return made;
  }

  // --- answering ----------------------------------------------------------------------------------

  // An answer of these codes to a question; another answer is another certainty, but keeps the memo. Words chosen before
  // were chosen for their code: they stay with it, and with more codes beside it.
  /** @param {Cell} cell @param {string[]} codes @param {string} [words] @returns {Answer} */
  function answerOf({ answer, draft }, codes, words = "") {
    const same = answer && answer.codes.join("|") === codes.join("|");
    const kept = answer && codes.some((code) => answer.codes.includes(code)) ? answer.words ?? "" : "";
    return { event: "decide", codes, certainty: draft.certainty ?? (same ? answer.certainty : ""), memo: draft.memo ?? (answer ? answer.memo : ""), words: words || kept };
  }

  // `stays`: the coder is about to move, and says where to; `words`: the words of the note that it is about.
  /** @param {string[]} codes @param {{ stays?: boolean, words?: string }} [how] */
  const decide = (codes, { stays = false, words = "" } = {}) => give(answerOf(current(), codes, words), stays);

  /** @param {Answer} to @param {boolean} [stays] */
  function give(to, stays = false) {
    const { note, variable } = current();
    moments.push(Date.now());
    const events = change(note, variable.id, to);
    just = { note, variable };
    if (!stays) places.advance();
    return events;
  }

  /** @returns {CardEvent[]} */
  function skip() {
    const { note, variable, answer, draft } = current();
    const memo = draft.memo ?? (answer ? answer.memo : "");
    const isDecided = answer && answer.event === "decide";
    const events = isDecided ? [] : change(note, variable.id, { event: "skip", codes: [], certainty: "", memo });
    just = isDecided ? null : { note, variable };
    places.advance();
    return events;
  }

  // What a certainty or memo is about: the answer just given, until another is begun; else the present question.
  /** @returns {(Cell & { isJust: boolean }) | null} */
  function aim() {
    const isBegun = !isFinished() && hasSelection(current().draft);
    if (just && !isBegun) return { ...cellAt(just.note, just.variable), isJust: true };
    return isFinished() ? null : { ...current(), isJust: false };
  }

  // Whether there is something that a certainty can be about: an answer under the present definition, or a selection.
  /** @param {Cell} cell */
  function takesDoubt({ answer, draft }) {
    return hasSelection(draft) || Boolean(answer && answer.event === "decide" && !answer.older);
  }

  // A certainty or memo belongs to an answer: with none yet it waits for it, else it is saved with it at once. One
  // under an older definition is to be given again first, or a word on it would count as an answer under the new one.
  /** @param {"certainty" | "memo"} field @param {string} value @param {Question} [question] @returns {CardEvent[]} */
  function amend(field, value, { note, variable } = /** @type {Cell} */ (aim())) {
    const { answer, draft } = cellAt(note, variable);
    if (isOpen(answer) || answer.older || hasSelection(draft)) {
      const kept = isOpen(answer) ? value || undefined : value;
      draftMore({ typing: undefined, to: undefined, [field]: kept }, { note, variable });
      return [];
    }
    return reword(note, variable.id, answer, field, value);
  }

  /** @param {Draft} change @param {Question} [question] */
  function draftMore(change, question = current()) {
    stands.draftMore(change, question);
  }

  /** @param {string} code */
  function toggle(code) {
    const { note, variable } = current();
    draftMore({ codes: toggled(current(), code) }, { note, variable });
  }

  // What is chosen once a code is taken or left, in the codebook's order.
  /** @param {Cell} cell @param {string} code @param {boolean} [isTaken] */
  function toggled({ variable, answer, draft }, code, isTaken) {
    const chosen = new Set(draft.codes ?? (answer ? answer.codes : []));
    if (isTaken ?? !chosen.has(code)) chosen.add(code);
    else chosen.delete(code);
    return variable.codes.map((known) => known.id).filter((known) => chosen.has(known));
  }

  function flag() {
    const note = here();
    const from = answerTo(note, FLAG);
    return change(note, FLAG, isOpen(from) ? { event: "decide", codes: ["two_ideas"], certainty: "", memo: "" } : null);
  }

  // A code that is missing in a question of a note: an answer beside the one to the question; "" takes it back.
  /** @param {Question} question @param {string} memo */
  function propose({ note, variable }, memo) {
    draftMore({ proposing: undefined }, { note, variable });
    return change(note, PROPOSAL + variable.id, memo ? { event: "decide", codes: [variable.id], certainty: "", memo } : null);
  }

  // --- several at once ----------------------------------------------------------------------------

  // The same answer to each question, an event each, undone at once. A code of several that all have is left, else it is
  // taken where it lacks; with its last code an answer goes, for "none fits" is said on purpose.
  /** @param {Question[]} questions @param {Several} to */
  function setMany(questions, to) {
    const cells = questions.map(({ note, variable }) => cellAt(note, variable));
    /** @type {(cell: Cell) => string[]} */
    const chosen = ({ answer, draft }) => draft.codes ?? (answer ? answer.codes : []);
    const isTaken = "toggle" in to && !cells.every((cell) => chosen(cell).includes(to.toggle));
    return turns.atOnce(() => cells.flatMap((cell) => {
      const codes = "codes" in to ? to.codes : "toggle" in to ? toggled(cell, to.toggle, isTaken) : [];
      const isLeft = !("codes" in to) && !codes.length;
      if (isLeft) return isOpen(cell.answer) ? [] : change(cell.note, cell.variable.id, null);
      return change(cell.note, cell.variable.id, answerOf(cell, codes));
    }));
  }

  // Marks answers as unsure, at once; where all are so already, takes that back. Only what takes a doubt gets one.
  /** @param {Question[]} questions */
  function doubtMany(questions) {
    const cells = questions.map(({ note, variable }) => ({ ...cellAt(note, variable), draft: {} })).filter(takesDoubt);
    const value = cells.every(({ answer }) => answer && answer.certainty === "1") ? "" : "1";
    return turns.atOnce(() => cells.flatMap(({ note, variable, answer }) => (answer ? reword(note, variable.id, answer, "certainty", value) : [])));
  }

  // --- back and forth -----------------------------------------------------------------------------

  /** @param {(id?: string) => boolean} [wasRefused] */
  function undo(wasRefused = () => false) {
    const taken = turns.take("undo", wasRefused);
    const last = taken.turns.at(-1);
    if (last) goTo(last.note, last.variable);
    return taken.events;
  }

  /** @param {(id?: string) => boolean} [wasRefused] */
  function redo(wasRefused = () => false) {
    const taken = turns.take("redo", wasRefused);
    const last = taken.turns.at(-1);
    if (!last) return [];
    goTo(last.note, last.variable);
    if (!variables.has(last.variable)) return taken.events;
    if (!isOpen(last.to)) just = { note: last.note, variable: variables.get(last.variable) };
    places.advance();
    return taken.events;
  }

  // --- what others tell ---------------------------------------------------------------------------

  // Take in answers as the log has them. What another window decided since is not ours to undo.
  /** @param {Answers} fresh @param {Set<string>} waiting */
  function learn(fresh, waiting) {
    let changed = false;
    for (const [key, byVariable] of Object.entries(fresh)) {
      const note = notes[numbers.get(key)];
      if (!note) continue;
      for (const [variable, answer] of Object.entries(byVariable)) {
        const cell = cellOf(note, variable);
        const known = answers.get(cell);
        stands.meet(note);
        if (waiting.has(cell) || (known && known.id === answer.id)) continue;
        changed = hearOfText(note, variable, answer) || changed;
        if (isOpen(answer) && !known) continue;
        stands.answer(note, variable, isOpen(answer) ? null : answer);
        turns.leave(cell);
        if (just && cellOf(just.note, just.variable.id) === cell) just = null;
        changed = true;
      }
    }
    return changed;
  }

  // Whether what is told of an answer's text is news.
  /** @param {Note} note @param {string} variable @param {Answer} answer */
  function hearOfText(note, variable, answer) {
    const cell = cellOf(note, variable);
    const { id } = earlier.get(cell) ?? {};
    if ((answer.event === "changed" && variables.has(variable)) || answer.again) stands.answerEarlier(note, variable, answer);
    else if (answer.event === "retract") stands.answerEarlier(note, variable, null);
    return (earlier.get(cell) ?? {}).id !== id;
  }

  // Decisions that an earlier page could not save still count; they are older than anything made here.
  /** @param {CardEvent} event */
  function recall(event) {
    const note = notes[numbers.get(event.note)];
    if (!note || note.pass !== event.pass || (event.note_hash && event.note_hash !== note.hash)) return;
    const known = answerTo(note, event.variable);
    if (event.event === "retract") stands.answer(note, event.variable, null);
    else if (event.event === "decide" || !known || known.event !== "decide") {
      stands.answer(note, event.variable, { ...event, id: event.event_id, older: false });
    }
  }

  // What another window has overtaken is not here either: a memo that was written waits for its question anew.
  /** @param {CardEvent} event @returns {Question | null} */
  function miss(event) {
    const note = notes[numbers.get(event.note)];
    if (!note || !note.variables.includes(event.variable)) return null;
    const cell = cellOf(note, event.variable);
    const draft = drafts.get(cell) ?? {};
    if (draft.undone === event.event_id) drafts.delete(cell);
    else if (event.amends === "memo" && event.memo) drafts.set(cell, { memo: event.memo, ...draft });
    return { note, variable: variables.get(event.variable) };
  }

  // Takes out an answer that was refused; what was written of it, `draft`, waits to be given again.
  /** @param {CardEvent} event @param {Draft} draft */
  function forget(event, draft) {
    const note = notes[numbers.get(event.note)];
    if (!note) return;
    const cell = cellOf(note, event.variable);
    stands.answer(note, event.variable, null);
    turns.leave(cell);
    goTo(note, event.variable);
    if (current().variable.id === event.variable.replace(PROPOSAL, "")) draftMore({ ...draft, ...drafts.get(cell) });
  }

  // --- what the card shows ------------------------------------------------------------------------

  /** @returns {Cell} */
  function current() {
    const note = here();
    stands.meet(note);
    return cellAt(note, variables.get(note.variables[places.at.step]));
  }

  const count = () => ({ open: stands.open, done: stands.done, begun: unfinished.begun().length });

  /** @param {Set<string>} waiting */
  function countSaved(waiting) {
    return answers.size - [...waiting].filter((cell) => answers.has(cell)).length;
  }

  // Minutes left, from the median time between the latest decisions; a coffee break does not count.
  /** @param {number} open */
  function minutesLeft(open) {
    const gaps = moments.slice(-WINDOW).map((moment, i, all) => (i ? moment - all[i - 1] : Infinity));
    const steady = gaps.filter((gap) => gap < 180000).sort((a, b) => a - b);
    if (steady.length < 9) return null;
    return Math.max(1, Math.round((open * steady[Math.floor(steady.length / 2)]) / 60000));
  }

  // --- what was begun and not given ---------------------------------------------------------------

  // Takes back what is chosen on a question and goes there; false if nothing is.
  /** @param {Question} one */
  function unchoose(one) {
    if (!unfinished.chosenAt(one)) return false;
    draftMore({ codes: undefined, number: undefined, certainty: undefined }, one);
    goTo(one.note, one.variable.id);
    return true;
  }

  // Make answers of it. A memo belongs to an answer; on an open question it becomes that of one skipped. What would
  // be no answer waits: what has a fault, and a memo on an answer that its definition asks for anew.
  function saveBegun() {
    return unfinished.begun().flatMap((one) => {
      const { proposing } = drafts.get(cellOf(one.note, one.variable)) ?? {};
      const isWhole = one.proposal && proposing && !faultOfProposal(proposing);
      const events = isWhole ? propose({ note: one.note, variable: variables.get(one.variable) }, memoOf(proposing)) : [];
      return [...events, ...(one.codes || one.memo ? saveAnswer(one) : [])];
    });
  }

  /** @param {Begun} one */
  function saveAnswer(one) {
    const { note, variable, codes } = one;
    const answer = answerTo(note, variable);
    const draft = drafts.get(cellOf(note, variable)) ?? {};
    const memo = draftedMemo(draft, answer) ?? (answer ? answer.memo : "");
    if (unfinished.faultOf({ ...one, proposal: false }) || (!codes && answer && answer.older)) return [];
    drafts.delete(cellOf(note, variable)); // what was still being written is in the answer now
    if (draft.proposing) drafts.set(cellOf(note, variable), { proposing: draft.proposing });
    if (!codes && answer) return reword(note, variable, answer, "memo", memo);
    if (!codes) return change(note, variable, { event: "skip", codes: [], certainty: "", memo });
    const chosen = /** @type {string[]} */ (chosenIn(draft, variables.get(variable)));
    return change(note, variable, { event: "decide", codes: chosen, certainty: draft.certainty ?? "", memo });
  }

  return {
    notes, variables, drafts, cellOf, cellAt, answerTo, standing, isDone: stands.isDone, isFinished, current, count, countSaved, minutesLeft,
    countSort: stands.countSort, queues: stands.queues, seen: stands.seen, stampOf: stands.stampOf, again,
    step: moving(places.step), leap: moving(places.leap), toFirstOpen: moving(places.toFirstOpen), goTo, back: moving(places.back), inPlace,
    review: /** @type {(kind: Sort, variable?: string) => void} */ (moving(places.review)),
    begun: unfinished.begun, faultOf: unfinished.faultOf, chosenAt: unfinished.chosenAt, isGone: unfinished.isGone, unchoose, saveBegun, faultOfProposal,
    decide, give, skip, amend, aim, takesDoubt, toggle, flag, propose, draftMore, setMany, doubtMany,
    /** @param {Question} question */
    proposed: ({ note, variable }) => unfinished.proposed(note, variable.id),
    /** What an undo or redo would turn: all that was done at once. @param {"undo" | "redo"} step */
    turning: (step) => turns.coming(step),
    /** The answers given latest in this sitting, as they stand now. */
    recent: (n = 5) => turns.recent(n).map(({ note, variable }) => cellAt(note, variable)),
    undo, redo, learn, recall, miss, forget,
    get list() { return places.list; },
    get at() { return places.at; },
    get isFirst() { return places.isFirst; },
    get isReview() { return places.isReview; },
    get version() { return stands.version; },
    get latest() { return turns.latest; },
    get just() { return just && cellAt(just.note, just.variable); },
    get next() { return turns.next; },
    get canUndo() { return turns.canUndo; },
    get canRedo() { return turns.canRedo; },
  };
}
