// What stands on each question: answers, answers to texts replaced since, drafts; and how many there are of each sort,
// counted as they come. Pure: no page, no network.

import { isAgain } from "./again.js";
import { FLAG, isOpen } from "./answers.js";

/** @import { Answer, CardData, Cell, Draft, Known, Note, Question, Queue, Sort, Variable } from "../types" */

const COUNTED = /** @type {const} */ (["unsure", "changed", "older", "skipped", "flagged"]);

/** @param {Answer | null | undefined} answer @param {Sort} kind @returns {boolean} */
export function answerIsOfSort(answer, kind) {
  if (kind === "changed") return Boolean(answer && answer.event === "changed");
  if (kind === "older") return isAgain(answer);
  if (isOpen(answer)) return false;
  if (kind === "skipped") return answer.event === "skip";
  if (kind === "differing") return Boolean(answer.differs);
  return kind === "unsure" && answer.event === "decide" && answer.certainty === "1";
}

/** @param {CardData} data */
export function createStanding(data) {
  const variables = /** @type {Known<Variable>} */ (new Map(data.variables.map((variable) => [variable.id, variable])));
  const notes = data.notes;
  const numbers = /** @type {Known<number>} */ (new Map(notes.map((note, number) => [note.key, number])));
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  /** @type {Map<string, Answer>} */
  const earlier = new Map(); // answers to a text that has been replaced since
  /** @type {Map<string, Draft>} */
  const drafts = new Map();
  const openIn = notes.map((note) => note.variables.length); // how many questions of each note are open
  let open = openIn.reduce((sum, n) => sum + n, 0);
  let done = openIn.filter((n) => !n).length;
  /** @type {Map<string, number>} */
  const tally = new Map(); // by sort and question
  const stamps = notes.map(() => 0); // of each note, at which change it changed
  let version = 0;
  /** @type {Set<number>} */
  const met = new Set(); // notes that the coder has seen

  /** @param {Note} note @param {string} variable */
  const cellOf = (note, variable) => `${note.key} ${variable}`;
  /** @param {Note} note @param {string} variable */
  const answerTo = (note, variable) => answers.get(cellOf(note, variable));
  /** @param {Note} note @param {string} variable */
  const standing = (note, variable) => answerTo(note, variable) ?? earlier.get(cellOf(note, variable));
  /** @param {Note} note */
  const isDone = (note) => note.variables.every((variable) => !isOpen(answerTo(note, variable)));

  /** @param {Note} note @param {Variable} variable @returns {Cell} */
  function cellAt(note, variable) {
    const cell = cellOf(note, variable.id);
    return { note, variable, answer: answers.get(cell), draft: drafts.get(cell) || {}, earlier: earlier.get(cell) };
  }

  // --- changing, and counting what changes --------------------------------------------------------

  /** @param {Note} note @param {string} variable @param {number} by */
  function count(note, variable, by) {
    const isQuestion = note.variables.includes(variable);
    const answer = standing(note, variable);
    for (const kind of COUNTED) {
      const counts = kind === "flagged" ? variable === FLAG && !isOpen(answer) : isQuestion && answerIsOfSort(answer, kind);
      if (counts) tally.set(`${kind} ${variable}`, (tally.get(`${kind} ${variable}`) ?? 0) + by);
    }
    if (!isQuestion || !isOpen(answerTo(note, variable))) return;
    const number = numbers.get(note.key);
    if (by > 0 && !openIn[number]) done -= 1;
    open += by;
    openIn[number] += by;
    if (by < 0 && !openIn[number]) done += 1;
  }

  /** @param {Map<string, Answer>} where @param {Note} note @param {string} variable @param {Answer | null | undefined} answer */
  function put(where, note, variable, answer) {
    count(note, variable, -1);
    if (answer) where.set(cellOf(note, variable), answer);
    else where.delete(cellOf(note, variable));
    count(note, variable, 1);
    version += 1;
    meet(note);
    stamps[numbers.get(note.key)] = version;
  }

  /** @param {Note} note */
  function meet(note) {
    met.add(numbers.get(note.key));
  }

  // What is not an answer yet is kept with its question; where nothing is left of it, it is no draft.
  /** @param {Draft} change @param {Question} question */
  function draftMore(change, { note, variable }) {
    const cell = cellOf(note, variable.id);
    const draft = { ...drafts.get(cell), undone: undefined, ...change };
    if (Object.values(draft).every((value) => value === undefined)) drafts.delete(cell);
    else drafts.set(cell, draft);
  }

  // --- what there is ------------------------------------------------------------------------------

  // The answers of a sort that wait to be gone through, in the order of the notes; a mark is of a note's first question.
  /** @param {Sort} kind @param {string} [only] */
  function cellsOf(kind, only) {
    if (kind === "flagged") return notes.flatMap((note, number) => (isOpen(answerTo(note, FLAG)) ? [] : [{ note: number, variable: note.variables[0] }]));
    return notes.flatMap((note, number) => note.variables
      .filter((variable) => (!only || variable === only) && answerIsOfSort(standing(note, variable), kind))
      .map((variable) => ({ note: number, variable })));
  }

  // How many answers of each sort, question by question; marks are of no question.
  /** @returns {Queue[]} */
  function queues() {
    return COUNTED.flatMap((kind) => (kind === "flagged" ? [FLAG] : [...variables.keys()])
      .map((variable) => ({ kind, variable: variable === FLAG ? "" : variable, n: tally.get(`${kind} ${variable}`) ?? 0 }))
      .filter(({ n }) => n));
  }

  // How many answers are of a sort.
  /** @param {Sort} kind */
  const countSort = (kind) => (kind === "differing" ? cellsOf(kind).length // told from without
    : queues().filter((queue) => queue.kind === kind).reduce((sum, { n }) => sum + n, 0));

  // The notes that the coder has seen, by number, in their order. Seeing the others ahead would be no first reading.
  function seen() {
    const begun = [...drafts.keys()].flatMap((cell) => numbers.get(cell.split(" ")[0]) ?? []);
    return [...new Set([...met, ...begun])].sort((a, b) => a - b);
  }

  return {
    notes, variables, numbers, answers, earlier, drafts, cellOf, answerTo, standing, isDone, cellAt, draftMore, meet, cellsOf, queues, countSort, seen,
    /** @param {Note} note @param {string} variable @param {Answer | null | undefined} answer */
    answer: (note, variable, answer) => put(answers, note, variable, answer),
    /** @param {Note} note @param {string} variable @param {Answer | null | undefined} answer */
    answerEarlier: (note, variable, answer) => put(earlier, note, variable, answer),
    /** @param {number} number */
    stampOf: (number) => stamps[number],
    get open() { return open; },
    get done() { return done; },
    get version() { return version; },
  };
}
