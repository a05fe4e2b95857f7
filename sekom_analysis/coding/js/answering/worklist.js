// Where a coder is in the list of notes, what was answered, back and forth. Pure: no page, no network.
// Every step returns the events that somebody has to save; nothing here waits for anybody.

import { isAgain } from "./again.js";
import {
  choosable, FLAG, hasSelection, isOpen, lengthOf, LONGEST_MEMO, LONGEST_NAME, memoOf, newEventId, numberIn, PROPOSAL, proposalIn, rangeOf, sameAnswer,
} from "./answers.js";

/** @import { Again, Answer, Answers, Begun, CardData, CardEvent, Cell, Chosen } from "../types" */
/** @import { Draft, Known, Note, Question, Sort, Turn, Variable } from "../types" */

const WINDOW = 40; // how many of the latest decisions tell the pace

/** @param {CardData} data */
export function createWorklist(data) {
  const variables = /** @type {Known<Variable>} */ (new Map(data.variables.map((variable) => [variable.id, variable])));
  const notes = data.notes;
  const numbers = /** @type {Known<number>} */ (new Map(notes.map((note, number) => [note.key, number])));
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  /** @type {Map<string, Answer>} */
  const earlier = new Map(); // answers to a text that has been replaced since
  /** @type {Map<string, Draft>} */
  const drafts = new Map();
  /** @type {number[]} */
  const moments = []; // when decisions were made, for the pace
  const everything = notes.map((_, number) => number);
  /** @type {{ kind: Sort, notes: number[] }} */
  let list = { kind: "open", notes: everything };
  let at = { place: 0, step: 0 };
  /** @type {Turn[]} */
  let undone = [];
  /** @type {Turn[]} */
  let done = [];
  /** @type {Question | null} */
  let just = null; // the question just answered, until the coder answers another or moves on

  /** @param {Note} note @param {string} variable */
  const cellOf = (note, variable) => `${note.key} ${variable}`;
  const here = () => notes[list.notes[at.place]];
  const isFinished = () => at.place >= list.notes.length;
  /** @param {Note} note @param {string} variable */
  const answerTo = (note, variable) => answers.get(cellOf(note, variable));
  /** @param {Note} note */
  const isDone = (note) => note.variables.every((variable) => !isOpen(answerTo(note, variable)));

  // --- moving -------------------------------------------------------------------------------------

  /** @param {number} by */
  function step(by) {
    just = null;
    pass(by);
  }

  /** @param {number} by */
  function pass(by) {
    const before = at;
    at = { ...at, step: at.step + by };
    if (!list.notes.length) at = before;
    else if (isFinished()) {
      const last = list.notes.length - 1;
      at = by < 0 ? { place: last, step: notes[list.notes[last]].variables.length - 1 } : before;
    } else if (at.step < 0) {
      at = at.place === 0 ? before : { place: at.place - 1, step: notes[list.notes[at.place - 1]].variables.length - 1 };
    } else if (at.step >= here().variables.length) {
      at = { place: at.place + 1, step: 0 };
    }
  }

  /** @param {number} by */
  function leap(by) {
    just = null;
    at = { place: Math.min(Math.max(at.place + by, 0), list.notes.length), step: 0 };
  }

  function firstOpen(from = { place: 0, step: 0 }) {
    for (let place = from.place; place < list.notes.length; place += 1) {
      const note = notes[list.notes[place]];
      for (let step = place === from.place ? from.step : 0; step < note.variables.length; step += 1) {
        if (isOpen(answerTo(note, note.variables[step]))) return { place, step };
      }
    }
    return null;
  }

  function toFirstOpen() {
    just = null;
    list = { kind: "open", notes: everything };
    at = firstOpen() || { place: list.notes.length, step: 0 };
  }

  // After an answer: the next question that is open; when going through chosen notes, simply the next.
  function advance() {
    if (list.kind === "older") return toNextAgain();
    if (list.kind !== "open") return pass(1);
    const end = { place: list.notes.length, step: 0 };
    at = firstOpen(at) || firstOpen() || end;
    return undefined;
  }

  // The next question of the list that is still to be looked at again.
  function toNextAgain() {
    do pass(1);
    while (!isFinished() && !isAgain(standing(here(), here().variables[at.step])));
  }

  // What is to be looked at again, and why, note by note.
  function again() {
    return notes.flatMap((note) => note.variables.flatMap((variable) => {
      const answer = standing(note, variable);
      return answer && isAgain(answer) && answer.again ? [{ variable, again: /** @type {Again} */ (answer.again) }] : [];
    }));
  }

  /** @param {Note} note @param {string} variable */
  function goTo(note, variable) {
    just = null;
    const number = numbers.get(note.key);
    if (!list.notes.includes(number)) list = { kind: "open", notes: everything };
    at = { place: list.notes.indexOf(number), step: Math.max(note.variables.indexOf(variable.replace(PROPOSAL, "")), 0) };
  }

  /** @param {Sort} kind */
  function review(kind) {
    just = null;
    list = { kind, notes: everything.filter((number) => isOfSort(notes[number], kind)) };
    at = { place: 0, step: 0 };
    const note = here();
    if (note) at.step = Math.max(note.variables.findIndex((v) => answerIsOfSort(standing(note, v), kind)), 0);
  }

  /** @param {Answer | null | undefined} answer @param {Sort} kind @returns {boolean} */
  function answerIsOfSort(answer, kind) {
    if (kind === "changed") return Boolean(answer && answer.event === "changed");
    if (kind === "older") return isAgain(answer);
    if (isOpen(answer)) return false;
    if (kind === "skipped") return answer.event === "skip";
    if (kind === "differing") return Boolean(answer.differs);
    return kind === "unsure" && answer.event === "decide" && answer.certainty === "1";
  }

  /** @param {Note} note @param {Sort} kind */
  function isOfSort(note, kind) {
    return note.variables.some((variable) => answerIsOfSort(standing(note, variable), kind));
  }

  // --- answering ----------------------------------------------------------------------------------

  /** @param {Note} note @param {string} variable @param {Answer["event"]} kind
   * @param {Answer | null | undefined} answer @returns {CardEvent} */
  function eventOf(note, variable, kind, answer) {
    /** @type {CardEvent} */
    const event = {
      event_id: newEventId(), note: note.key, variable, event: kind,
      codes: answer ? answer.codes : [], certainty: answer ? answer.certainty : "", memo: answer ? answer.memo : "",
      pass: note.pass, note_hash: note.hash,
    };
    if (variables.has(variable)) event.codebook = variables.get(variable).version;
    return event;
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
    const cell = cellOf(note, variable);
    const events = eventsBetween(note, variable, answers.get(cell), to);
    if (isOpen(to)) answers.delete(cell);
    else answers.set(cell, { ...to, older: Boolean(to.older && to.codebook), id: events[events.length - 1].event_id });
    settleDraft(cell);
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

  /** @param {Note} note @param {string} variable @param {Answer | null | undefined} to @returns {CardEvent[]} */
  function change(note, variable, to) {
    const from = answerTo(note, variable);
    if (from && sameAnswer(from, to) && !from.older) {
      settleDraft(cellOf(note, variable));
      return [];
    }
    done.push({ note, variable, from, to });
    undone = [];
    return turn(note, variable, to);
  }

  // `stays`: the coder is about to move, and says where to.
  /** @param {string[]} codes @param {{ stays?: boolean }} [how] */
  function decide(codes, { stays = false } = {}) {
    const { answer, draft } = current();
    const same = answer && answer.codes.join("|") === codes.join("|");
    return give({
      event: "decide", codes,
      certainty: draft.certainty ?? (same ? answer.certainty : ""), // another answer is another certainty
      memo: draft.memo ?? (answer ? answer.memo : ""),
    }, stays);
  }

  /** @param {Answer} to @param {boolean} [stays] */
  function give(to, stays = false) {
    const { note, variable } = current();
    moments.push(Date.now());
    const events = change(note, variable.id, to);
    just = { note, variable };
    if (!stays) advance();
    return events;
  }

  /** @returns {CardEvent[]} */
  function skip() {
    const { note, variable, answer, draft } = current();
    const memo = draft.memo ?? (answer ? answer.memo : "");
    const stands = answer && answer.event === "decide";
    const events = stands ? [] : change(note, variable.id, { event: "skip", codes: [], certainty: "", memo });
    just = stands ? null : { note, variable };
    advance();
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

  // A word on an answer counts only while that answer stands; `amends` says what to keep of it otherwise.
  /** @param {Note} note @param {string} variable @param {Answer} answer @param {"certainty" | "memo"} field
   * @param {string} value @returns {CardEvent[]} */
  function reword(note, variable, answer, field, value) {
    const events = change(note, variable, { ...answer, [field]: value });
    return events.map((event) => ({ ...event, replaces: answer.id, amends: field }));
  }

  // What is not an answer yet is kept with its question; where nothing is left of it, it is no draft.
  /** @param {Draft} change @param {Question} [question] */
  function draftMore(change, { note, variable } = current()) {
    const cell = cellOf(note, variable.id);
    const draft = { ...drafts.get(cell), undone: undefined, ...change };
    if (Object.values(draft).every((value) => value === undefined)) drafts.delete(cell);
    else drafts.set(cell, draft);
  }

  /** @param {string} code */
  function toggle(code) {
    const { note, variable, answer, draft } = current();
    const chosen = new Set(draft.codes ?? (answer ? answer.codes : []));
    if (!chosen.delete(code)) chosen.add(code);
    const order = variable.codes.map((known) => known.id).filter((known) => chosen.has(known));
    draftMore({ codes: order }, { note, variable });
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

  /** @param {Question} question */
  function proposed({ note, variable }) {
    const answer = answerTo(note, PROPOSAL + variable.id);
    return isOpen(answer) ? "" : answer.memo;
  }

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
    if (!isSent && !isOpen(to)) answers.set(cell, to);
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

  /** @param {(id?: string) => boolean} [wasRefused] */
  function undo(wasRefused = () => false) {
    const last = done.pop();
    if (!last) return [];
    undone.push(last);
    const events = turnBack(last.note, last.variable, last.from, wasRefused);
    goTo(last.note, last.variable);
    return events;
  }

  /** @param {(id?: string) => boolean} [wasRefused] */
  function redo(wasRefused = () => false) {
    const next = undone.pop();
    if (!next) return [];
    done.push(next);
    const events = turnBack(next.note, next.variable, next.to, wasRefused);
    goTo(next.note, next.variable);
    if (!variables.has(next.variable)) return events;
    if (!isOpen(next.to)) just = { note: next.note, variable: variables.get(next.variable) };
    advance();
    return events;
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
        if (waiting.has(cell) || (known && known.id === answer.id)) continue;
        changed = hearOfText(cell, variable, answer) || changed;
        if (isOpen(answer) && !known) continue;
        if (isOpen(answer)) answers.delete(cell);
        else answers.set(cell, answer);
        /** @type {(taken: Turn) => boolean} */
        const elsewhere = (taken) => cellOf(taken.note, taken.variable) !== cell;
        done = done.filter(elsewhere);
        undone = undone.filter(elsewhere);
        if (just && cellOf(just.note, just.variable.id) === cell) just = null;
        changed = true;
      }
    }
    return changed;
  }

  // Decisions that an earlier page could not save still count; they are older than anything made here.
  /** @param {CardEvent} event */
  function recall(event) {
    const note = notes[numbers.get(event.note)];
    if (!note || note.pass !== event.pass || (event.note_hash && event.note_hash !== note.hash)) return;
    const cell = cellOf(note, event.variable);
    const known = answers.get(cell);
    if (event.event === "retract") answers.delete(cell);
    else if (event.event === "decide" || !known || known.event !== "decide") {
      answers.set(cell, { ...event, id: event.event_id, older: false });
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
    answers.delete(cell);
    done = done.filter((taken) => cellOf(taken.note, taken.variable) !== cell);
    goTo(note, event.variable);
    if (current().variable.id === event.variable.replace(PROPOSAL, "")) draftMore({ ...draft, ...drafts.get(cell) });
  }

  // --- what the card shows ------------------------------------------------------------------------

  /** @returns {Cell} */
  function current() {
    const note = here();
    return cellAt(note, variables.get(note.variables[at.step]));
  }

  /** @param {Note} note @param {Variable} variable @returns {Cell} */
  function cellAt(note, variable) {
    const cell = cellOf(note, variable.id);
    return { note, variable, answer: answers.get(cell), draft: drafts.get(cell) || {}, earlier: earlier.get(cell) };
  }

  function count() {
    const open = notes.reduce((sum, note) => sum + note.variables.filter((v) => isOpen(answerTo(note, v))).length, 0);
    return { open, done: notes.filter(isDone).length, begun: begun().length };
  }

  /** @param {Sort} kind */
  const countSort = (kind) => notes.filter((note) => isOfSort(note, kind)).length;

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

  // --- texts that were replaced -------------------------------------------------------------------

  /** @param {Note} note @param {string} variable */
  const standing = (note, variable) => answerTo(note, variable) ?? earlier.get(cellOf(note, variable));

  // Whether what is told of an answer's text is news.
  /** @param {string} cell @param {string} variable @param {Answer} answer */
  function hearOfText(cell, variable, answer) {
    const { id } = earlier.get(cell) ?? {};
    if ((answer.event === "changed" && variables.has(variable)) || answer.again) earlier.set(cell, answer);
    else if (answer.event === "retract") earlier.delete(cell);
    return (earlier.get(cell) ?? {}).id !== id;
  }

  // What leads back to an open question: the answer to the earlier text stands again, if there is one.
  /** @param {Note} note @param {string} variable @returns {CardEvent} */
  function takenBack(note, variable) {
    const before = earlier.get(cellOf(note, variable));
    if (!before || before.event === "retract") return eventOf(note, variable, "retract", null);
    return { ...eventOf(note, variable, "decide", before), note_hash: before.hash, codebook: before.codebook };
  }

  // --- what was begun and not given ---------------------------------------------------------------

  // A memo as it stands, in its open box or waiting for an answer; undefined if nobody wrote one.
  /** @param {Draft} draft @param {Answer | null | undefined} answer */
  function draftedMemo(draft, answer) {
    const memo = draft.typing === undefined ? draft.memo : draft.typing.trim();
    return memo === undefined || memo.trim() === (answer ? answer.memo : "") ? undefined : memo.trim();
  }

  // The codes that a draft would give; a number in its field is the latest, and one that the scale lacks stands as it
  // was written.
  /** @param {Draft} draft @param {Variable} variable @returns {string[] | undefined} */
  function chosenIn({ judged, codes, number }, variable) {
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
      proposal: Boolean(proposal.trim()) && proposal !== proposed({ note, variable: variables.get(variable) }),
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

  /** @param {{ name: string, words: string }} proposal */
  function faultOfProposal(proposal) {
    const memo = memoOf(proposal);
    const [n, all] = [proposalIn(memo).name, memo].map(lengthOf);
    if (!n) return { key: "propose_nameless", values: {} };
    if (n > LONGEST_NAME) return { key: "propose_long", values: { n, most: LONGEST_NAME, over: n - LONGEST_NAME } };
    return all > LONGEST_MEMO ? { key: "too_long", values: { n: all, most: LONGEST_MEMO, over: all - LONGEST_MEMO } } : null;
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

  // Takes back what is chosen on a question and goes there; false if nothing is.
  /** @param {Question} one */
  function unchoose(one) {
    if (!chosenAt(one)) return false;
    draftMore({ codes: undefined, number: undefined, certainty: undefined }, one);
    goTo(one.note, one.variable.id);
    return true;
  }

  // All of it, in the order of the notes.
  /** @returns {Begun[]} */
  function begun() {
    if (!drafts.size) return [];
    return notes.flatMap((note) => note.variables.filter((variable) => drafts.has(cellOf(note, variable)))
      .map((variable) => begunIn(note, variable))).filter(({ codes, memo, proposal }) => codes || memo || proposal);
  }

  // Make answers of it. A memo belongs to an answer; on an open question it becomes that of one skipped. What would
  // be no answer waits: what has a fault, and a memo on an answer that its definition asks for anew.
  function saveBegun() {
    return begun().flatMap((one) => {
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
    if (faultOf({ ...one, proposal: false }) || (!codes && answer && answer.older)) return [];
    drafts.delete(cellOf(note, variable)); // what was still being written is in the answer now
    if (draft.proposing) drafts.set(cellOf(note, variable), { proposing: draft.proposing });
    if (!codes && answer) return reword(note, variable, answer, "memo", memo);
    if (!codes) return change(note, variable, { event: "skip", codes: [], certainty: "", memo });
    const chosen = /** @type {string[]} */ (chosenIn(draft, variables.get(variable)));
    return change(note, variable, { event: "decide", codes: chosen, certainty: draft.certainty ?? "", memo });
  }

  return {
    notes, variables, drafts, begun, faultOf, saveBegun, chosenAt, isGone, unchoose, cellOf, answerTo, isDone, isFinished, current, count, countSort, countSaved, minutesLeft,
    step, leap, toFirstOpen, goTo, review, decide, give, skip, amend, toggle, flag, propose, proposed, faultOfProposal, undo, redo, learn, recall, miss, forget,
    aim, takesDoubt, draftMore, again,
    get list() { return list; },
    get at() { return at; },
    get latest() { return done.at(-1); },
    get just() { return just && cellAt(just.note, just.variable); },
    get next() { return undone.at(-1); },
    get canUndo() { return done.length > 0; },
    get canRedo() { return undone.length > 0; },
  };
}
