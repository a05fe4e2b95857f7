// My notes as rows: what stands on each, which are shown, how many of each sort. Knows no page.

import { FLAG, isNone, isOpen, proposalIn, shownNumber } from "../answering/answers.js";
import { answerIsOfSort } from "../answering/standing.js";
import { fold, found } from "../answering/typing.js";

/** @import { Cell, Filter, ListCell, ListRow, Mark, Say, Shown, Variable, Worklist } from "../types" */

/** @type {Filter[]} */
export const FILTERS = ["all", "open", "unsure", "memo", "changed", "older", "skipped", "flagged", "proposed"];

/** @param {string} text */
export const wordsIn = (text) => fold(text).split(/\s+/).filter(Boolean);

// A text in pieces, those that were searched for apart.
/** @param {string} text @param {string[]} words @returns {[text: string, isHit: boolean][]} */
export function piecesOf(text, words) {
  const folded = fold(text);
  if (!words.length || folded.length !== text.length) return [[text, false]];
  /** @type {[string, boolean][]} */
  const pieces = [];
  let from = 0;
  while (from < text.length) {
    const start = from;
    const hits = words.map((word) => ({ word, at: folded.indexOf(word, start) })).filter(({ at }) => at >= 0);
    const [first] = hits.sort((a, b) => a.at - b.at || b.word.length - a.word.length);
    if (!first) break;
    if (first.at > from) pieces.push([text.slice(from, first.at), false]);
    from = first.at + first.word.length;
    pieces.push([text.slice(first.at, from), true]);
  }
  return from < text.length ? [...pieces, [text.slice(from), false]] : pieces;
}

// The codes that what is typed may mean, the likeliest first, as on the card; a number is written as it is.
/** @param {Variable} variable @param {string} typed */
export function codesLike({ kind, codes }, typed) {
  if (kind !== "scale") return typed.trim() ? found(codes, typed) : codes;
  const sought = typed.trim().replace(/^[\u2212\u2013]/, "-");
  return codes.filter(({ id }) => id.startsWith(sought)).sort((a, b) => Number(b.id === sought) - Number(a.id === sought));
}

/** @param {Worklist} list @param {Say} say */
export function createRows(list, say) {
  /** @type {Map<number, string>} */
  const folded = new Map(); // the notes' texts, folded once
  /** @type {Map<number, { stamp: number, row: ListRow }>} */
  const made = new Map();
  /** @type {ListRow[]} */
  let rows = [];
  /** @type {Record<string, number>} */
  let counts = {};

  /** @param {Variable} variable @param {string[]} codes */
  function labelsOf(variable, codes) {
    if (variable.kind === "scale") return codes.map(shownNumber).join(", ");
    const labels = new Map(variable.codes.map(({ id, label }) => [id, label]));
    return codes.map((code) => labels.get(code) ?? variable.retired[code] ?? code).join(", ");
  }

  /** @param {Cell} cell @returns {ListCell} */
  function cellOf({ variable, answer, draft, earlier }) {
    const begun = draft.number === undefined ? draft.codes : [draft.number.trim()];
    if (begun && begun.length) return { state: "begun", codes: [], text: say("list_cell_begun", { codes: labelsOf(variable, begun) }) };
    if (isOpen(answer)) {
      const before = earlier && earlier.event === "changed" ? labelsOf(variable, earlier.codes) : "";
      return { state: "open", codes: [], text: before ? say("list_cell_changed", { codes: before }) : say("list_cell_open") };
    }
    if (answer.event === "skip") return { state: "skipped", codes: [], text: say("list_cell_skipped") };
    return { state: "answered", codes: answer.codes, text: isNone(answer, variable) ? say("confirm_none") : labelsOf(variable, answer.codes) };
  }

  /** @param {number} number @returns {ListRow} */
  function build(number) {
    const note = list.notes[number];
    /** @type {Map<string, ListCell>} */
    const cells = new Map();
    /** @type {Set<Mark>} */
    const marks = new Set();
    const memos = [];
    for (const name of note.variables) {
      const cell = list.cellAt(note, list.variables.get(name));
      const stands = cell.answer ?? cell.earlier;
      cells.set(name, cellOf(cell));
      if (isOpen(cell.answer)) marks.add("open");
      for (const kind of /** @type {const} */ (["unsure", "changed", "older", "skipped"])) if (answerIsOfSort(stands, kind)) marks.add(kind);
      const memo = cell.draft.typing ?? cell.draft.memo ?? (stands ? stands.memo : "");
      if (memo && memo.trim()) {
        memos.push(memo.trim());
        marks.add("memo");
      }
      const proposal = list.proposed({ note, variable: cell.variable });
      if (proposal) memos.push(`${say("list_mark_proposed")}: ${proposalIn(proposal).name}`);
      if (proposal) marks.add("proposed");
    }
    if (!isOpen(list.answerTo(note, FLAG))) marks.add("flagged");
    const memo = memos.join("\n");
    if (!folded.has(number)) folded.set(number, fold(`${note.text}\n${note.gloss}`));
    return { number, note, cells, marks, memo, searched: [/** @type {string} */ (folded.get(number)), fold(memo)] };
  }

  // Takes in what has changed since; a note with something begun may have changed without a word of it.
  function refresh() {
    const begun = new Set([...list.drafts.keys()].map((cell) => cell.split(" ")[0]));
    rows = list.seen().map((number) => {
      const stamp = list.stampOf(number);
      const known = made.get(number);
      if (known && known.stamp === stamp) return known.row;
      const row = build(number);
      made.set(number, { stamp: begun.has(row.note.key) ? -1 : stamp, row });
      return row;
    });
    counts = {};
    for (const row of rows) {
      for (const mark of row.marks) counts[mark] = (counts[mark] ?? 0) + 1;
      for (const [variable, { codes }] of row.cells) for (const code of codes) counts[`${variable} ${code}`] = (counts[`${variable} ${code}`] ?? 0) + 1;
    }
    counts.all = rows.length;
  }

  /** @param {Shown} shown @returns {ListRow[]} */
  function shown({ filter, code, text }) {
    const words = wordsIn(text);
    if (filter === "all" && !code && !words.length) return rows;
    return rows.filter(({ marks, cells, searched }) => (filter === "all" || marks.has(filter))
      && (!code || Boolean(cells.get(code.variable)?.codes.includes(code.id)))
      && words.every((word) => searched.some((one) => one.includes(word))));
  }

  return {
    refresh, shown,
    /** @param {string} key A filter, or a question and its code. */
    count: (key) => counts[key] ?? 0,
    get all() { return rows; },
  };
}
