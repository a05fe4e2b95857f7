// My notes: every note that the coder has seen, with their answers; found, chosen several, changed at once. A view that
// covers the card while it is open; the card hands it the keys.

import { NONE_FITS } from "../answering/keys.js";
import { numberTyped } from "../answering/numbers.js";
import { keycap, make } from "../looks/elements.js";
import { createDrawing } from "./drawing.js";
import { createGrid } from "./grid.js";
import { listActionOf } from "./keys.js";
import { createKeySheet } from "./keysheet.js";
import { createRows, wordsIn } from "./rows.js";
import { buttonOf, createTray, digitsOf, oneStop } from "./tray.js";

/** @import { Filter, ListAction, ListMeans, ListRow, ListState, Note, Question, Several } from "../types" */

const REM = 16;
const FOR_TEXT = 31 * REM; // what the note, the number and the marks take beside the questions
const FOR_QUESTION = 12 * REM;
const PHONE = 640;
let lists = 0; // ids must differ

/** @param {ListMeans} means */
export function createList({ host, list, data, say, save, announce = () => {}, turned = (step) => list[step](), keepDraft = () => {}, onOpen, onClose }) {
  const questions = data.variables.map(({ id }) => id);
  /** @type {ListState} */
  const state = { filter: "all", code: null, text: "", cursor: -1, anchor: -1, variable: questions[0], selected: new Set(), number: null, told: "" };
  const rows = createRows(list, say);
  const drawing = createDrawing({ list, rows, say, state, lang: data.notes_lang });
  /** @type {ListRow[]} */
  let shown = [];
  let known = -1; // the worklist's version that the rows are of
  let drawn = "";
  let columns = questions;
  const id = `sk-list-${(lists += 1)}`;

  // --- building -----------------------------------------------------------------------------------

  const filters = make("div", "sk-list-filters");
  const field = make("input", "sk-list-field");
  const sum = make("span", "sk-list-sum");
  const clear = buttonOf("clear", "sk-list-btn", () => act({ name: "release" }), keycap("Esc"), say("list_release"));
  const empty = make("div", "sk-list-empty", say("list_empty"), " ", clear);
  const grid = createGrid({ label: say("list_name") });
  const tray = createTray({ list, say, state, act, set, toRows: grid.focus, id });
  const back = buttonOf("back", "sk-list-btn sk-list-back", leave, keycap("Esc"), make("span", "", say("list_to_card")));
  const main = make("div", "sk-list-main", make("div", "sk-list-top", back, field, sum), grid.root, empty);
  const root = make("div", "sk-list", make("div", "sk-list-desk", filters, main), tray.root);
  const sheet = createKeySheet({ host: root, say, onClose: grid.focus });
  const settleFilters = oneStop(filters, ["ArrowUp", "ArrowDown"]);
  root.hidden = true;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", say("list_name"));
  filters.setAttribute("role", "group");
  filters.setAttribute("aria-label", say("list_filters"));
  field.type = "search";
  field.autocomplete = "off";
  field.spellcheck = false;
  field.placeholder = say("list_search");
  field.setAttribute("aria-label", say("list_search"));
  host.append(root);
  const watcher = new ResizeObserver(() => { if (!root.hidden) draw(); });
  watcher.observe(root);

  // --- painting -----------------------------------------------------------------------------------

  // As many questions as there is room for, the chosen one among them.
  function columnsThatFit() {
    const width = main.clientWidth;
    const most = width < PHONE ? 2 : Math.max(1, Math.floor((width - FOR_TEXT) / FOR_QUESTION));
    const at = questions.indexOf(state.variable);
    const from = Math.min(Math.max(0, at - most + 1), Math.max(0, questions.length - most));
    const first = columns.length === most && columns.includes(state.variable) ? questions.indexOf(columns[0]) : from;
    return questions.slice(first, first + most);
  }

  // The rows that are shown, once more where something about them has changed.
  function refresh() {
    if (known !== list.version) rows.refresh();
    known = list.version;
    shown = rows.shown(state);
    const numbers = new Set(shown.map(({ number }) => number));
    if (!numbers.has(state.cursor)) state.cursor = nearest(state.cursor);
    state.selected = new Set([...state.selected].filter((number) => numbers.has(number))); // a code is set on what one sees
  }

  // Of the notes shown the one at that number, or the next there is.
  /** @param {number} number */
  const nearest = (number) => (shown.find((row) => row.number >= number) ?? shown.at(-1) ?? { number: -1 }).number;
  const place = () => shown.findIndex(({ number }) => number === state.cursor);

  function draw() {
    refresh();
    columns = columnsThatFit();
    const words = wordsIn(state.text);
    const variable = list.variables.get(state.variable);
    const signature = JSON.stringify([known, rows.all.length, state.filter, state.code, state.variable]);
    if (signature !== drawn) {
      drawing.filters(filters, variable, { filterBy, codeBy });
      settleFilters();
    }
    drawn = signature;
    drawing.head(grid.head, columns, choose);
    root.style.setProperty("--sk-columns", String(columns.length));
    const byNumber = new Map(shown.map((row) => [row.number, row]));
    /** @type {(number: number) => ListRow} */
    const rowOf = (number) => /** @type {ListRow} */ (byNumber.get(number));
    grid.paint({
      keys: shown.map(({ number }) => number), at: place(),
      signature: (number) => drawing.signature(rowOf(number), columns, words),
      draw: (number, element) => drawing.row(element, rowOf(number), columns, words),
    });
    const chosen = state.selected.size ? ` · ${howMany()}` : "";
    sum.textContent = say("list_sum", { n: shown.length, all: rows.all.length }) + chosen;
    grid.root.hidden = !shown.length;
    empty.hidden = Boolean(shown.length);
    tray.paint();
  }

  // Draws, shows the row at the cursor, and gives it the keys.
  function go() {
    draw();
    grid.reveal();
    if (shown.length) grid.focus();
    else clear.focus(); // not the search: an undo must not go into a field
  }

  /** @param {string} text */
  function tell(text) {
    state.told = text;
    announce(text);
  }

  // --- which rows ---------------------------------------------------------------------------------

  /** @param {Filter} filter */
  function filterBy(filter) {
    state.filter = filter;
    narrow();
  }

  /** @param {string} code */
  function codeBy(code) {
    const isOn = state.code && state.code.variable === state.variable && state.code.id === code;
    state.code = isOn ? null : { variable: state.variable, id: code };
    narrow();
  }

  function narrow() {
    state.told = "";
    draw();
    grid.reveal();
    announce(say("list_sum", { n: shown.length, all: rows.all.length }));
  }

  function clearFilters() {
    Object.assign(state, { filter: "all", code: null, text: "" });
    field.value = "";
  }

  /** @param {string} letter */
  function search(letter) {
    field.focus();
    field.value += letter;
    searched();
  }

  function searched() {
    state.text = field.value;
    state.cursor = 0;
    narrow();
  }

  field.addEventListener("input", searched);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape" && field.value) field.value = state.text = "";
    else if (event.key === "Escape") clearFilters();
    go();
  });

  // --- which note and question --------------------------------------------------------------------

  const howMany = () => say(state.selected.size === 1 ? "list_chosen_one" : "list_chosen", { n: state.selected.size });

  /** @param {number} to @param {boolean} extend */
  function move(to, extend) {
    if (!shown.length) return;
    const from = state.cursor;
    state.cursor = shown[Math.max(0, Math.min(shown.length - 1, to))].number;
    if (extend) extendFrom(state.selected.size ? state.anchor : from);
    else state.anchor = state.cursor;
  }

  /** @param {number} from */
  function extendFrom(from) {
    state.anchor = from;
    const [low, high] = [from, state.cursor].sort((a, b) => a - b);
    state.selected = new Set(shown.map(({ number }) => number).filter((number) => number >= low && number <= high));
    announce(howMany());
  }

  /** @param {number} number */
  function select(number) {
    if (number < 0) return;
    if (!state.selected.delete(number)) state.selected.add(number);
    state.cursor = number;
    state.anchor = number;
    announce(howMany());
  }

  function selectAll() {
    state.selected = new Set(shown.map(({ number }) => number));
    announce(howMany());
  }

  /** @param {string} variable */
  function choose(variable) {
    state.variable = variable;
    state.code = state.code && state.code.variable === variable ? state.code : null;
    announce(say("list_question", { question: list.variables.get(variable).label }));
    go();
  }

  /** @param {string} digits */
  function typeNumber(digits) {
    const most = (rows.all.at(-1) ?? { number: -1 }).number + 1;
    const is = numberTyped(digits, most);
    state.number = is === "open" ? digits : null;
    if (is === "none") tell(say("list_no_number", { n: digits }));
    else if (is === "taken") toNumber(digits);
    else announce(digits);
  }

  /** @param {string} digits */
  function toNumber(digits) {
    const number = Number(digits) - 1;
    state.number = null;
    if (!rows.all.some((row) => row.number === number)) return tell(say("list_unseen", { n: digits }));
    if (!shown.some((row) => row.number === number)) clearFilters();
    state.cursor = number;
    state.anchor = number;
    return undefined;
  }

  // --- changing -----------------------------------------------------------------------------------

  // The questions that a key is about: that of each selected note, else of the one at the cursor.
  /** @returns {Question[]} */
  function aimed() {
    const numbers = state.selected.size ? [...state.selected].sort((a, b) => a - b) : [state.cursor].filter((number) => number >= 0);
    return numbers.map((number) => list.notes[number]).filter((note) => note.variables.includes(state.variable))
      .map((note) => ({ note, variable: list.variables.get(state.variable) }));
  }

  /** @param {() => import("../types").CardEvent[]} work @param {Question[]} touched @param {(n: number) => string} words */
  function change(work, touched, words) {
    const events = list.inPlace(work);
    save(events);
    for (const { note, variable } of touched) keepDraft(note, variable);
    const changed = new Set(events.map(({ note }) => note));
    tell(changed.size ? words(changed.size) : say("list_nothing"));
    const kept = state.cursor;
    go();
    if (kept !== state.cursor) state.anchor = state.cursor;
    grid.flash(shown.filter(({ note }) => changed.has(note.key)).map(({ number }) => number));
  }

  /** @param {Several} to @param {string} label */
  function setAll(to, label) {
    const questions = aimed();
    change(() => list.setMany(questions, to), questions, (n) => say(n === 1 ? "list_set_one" : "list_set", { n, codes: label }));
  }

  /** @param {string} code */
  function set(code) {
    const { kind, codes } = list.variables.get(state.variable);
    const { label = code } = codes.find(({ id: one }) => one === code) ?? {};
    setAll(kind === "multiple" && code !== NONE_FITS ? { toggle: code } : { codes: [code] }, kind === "scale" ? code.replace("-", "\u2212") : label);
  }

  /** @param {string} digit */
  function setByDigit(digit) {
    const variable = list.variables.get(state.variable);
    const code = digitsOf(variable).get(digit);
    if (code !== undefined) set(code);
    else if (digit === "0" && variable.kind === "multiple") setAll({ codes: [] }, say("confirm_none"));
    else tell(say("list_no_digit", { digit, question: variable.label }));
  }

  function doubt() {
    const questions = aimed();
    change(() => list.doubtMany(questions), questions, (n) => say(n === 1 ? "list_unsure_set_one" : "list_unsure_set", { n }));
  }

  /** @param {"undo" | "redo"} step */
  function turn(step) {
    const turns = list.turning(step);
    const touched = turns.filter(({ variable }) => list.variables.has(variable)).map(({ note, variable }) => ({ note, variable: list.variables.get(variable) }));
    if (!turns.length) return tell(say(`list_no_${step}`));
    return change(() => turned(step), touched, (n) => say(n === 1 ? `list_${step}_one` : `list_${step}`, { n }));
  }

  // --- keys and clicks ----------------------------------------------------------------------------

  function release() {
    if (state.number !== null) state.number = null;
    else if (state.selected.size) state.selected.clear();
    else if (state.filter !== "all" || state.code || state.text) clearFilters();
    else return leave();
    return go();
  }

  function openNote() {
    const note = list.notes[state.cursor];
    if (!note) return;
    const question = { note, variable: list.variables.get(note.variables.includes(state.variable) ? state.variable : note.variables[0]) };
    close();
    onOpen(question);
  }

  function leave() {
    close();
    onClose();
  }

  /** @type {Record<ListAction["name"], (action: ListAction) => void>} */
  const acts = {
    move: ({ by = 0, pages = 0, extends: extend = false }) => { move(place() + (pages ? pages * grid.pageSize() : by), extend); go(); },
    question: ({ by = 0 }) => choose(questions[(questions.indexOf(state.variable) + by + questions.length) % questions.length]),
    select: () => { select(state.cursor); go(); },
    all: () => { selectAll(); go(); },
    digit: ({ value = "" }) => setByDigit(value),
    clear: () => setAll({ retract: true }, say("list_cell_open")),
    search: ({ value = "" }) => search(value),
    findCode: () => tray.openFinder(),
    unsure: doubt,
    undo: () => turn("undo"),
    redo: () => turn("redo"),
    number: () => { state.number = ""; announce(say("list_number", { digits: "" })); },
    open: openNote,
    release,
    keys: sheet.open,
    nothing() {},
  };

  /** @param {ListAction} action */
  function act(action) {
    state.told = "";
    acts[action.name](action);
    if (!root.hidden) tray.paint();
  }

  // A key while a number is typed goes on with it, or drops it and then acts as itself.
  /** @param {ListAction} action @returns {boolean} Whether that was all. */
  function pressNumber({ name, value }) {
    const digits = state.number ?? "";
    if (name === "digit") typeNumber(digits + value);
    else if (name === "undo") state.number = digits ? digits.slice(0, -1) : null;
    else if (name === "open" && digits) toNumber(digits);
    else if (name === "release" || name === "open") state.number = null;
    else {
      state.number = null;
      return false;
    }
    go();
    return true;
  }

  // Returns whether the key was for the list.
  /** @param {KeyboardEvent} event */
  function press(event) {
    if (root.hidden || event.isComposing || sheet.isOpen) return false;
    const target = /** @type {Element | null} */ (event.target);
    if (target && target.matches("input, textarea")) return false;
    const onButton = Boolean(target && root.contains(target) && target.matches("button") && (event.key === "Enter" || event.key === " "));
    const action = onButton ? null : listActionOf(event);
    if (!action) return false;
    if (event.repeat && action.name !== "move" && action.name !== "question") return true; // a held key changes nothing twice
    state.told = "";
    if (state.number === null || !pressNumber(action)) act(action);
    return true;
  }

  // The row that something is in, by its note's number; -1 outside.
  /** @param {EventTarget | null} target */
  function numberAt(target) {
    const row = /** @type {Element} */ (target).closest(".sk-list-row");
    return row ? Number(/** @type {HTMLElement} */ (row).dataset.key) : -1;
  }

  grid.body.addEventListener("click", (event) => {
    const number = numberAt(event.target);
    if (number < 0) return;
    const target = /** @type {Element} */ (event.target);
    const cell = /** @type {HTMLElement | null} */ (target.closest("[data-variable]"));
    state.told = "";
    state.number = null;
    if (cell && cell.dataset.variable) state.variable = cell.dataset.variable;
    if (event.shiftKey) {
      const from = state.anchor < 0 ? state.cursor : state.anchor;
      state.cursor = number;
      extendFrom(from);
    } else if (target.closest(".sk-list-tick") || event.ctrlKey || event.metaKey) select(number);
    else Object.assign(state, { cursor: number, anchor: number });
    go();
  });
  grid.body.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); }); // no text is chosen
  grid.body.addEventListener("dblclick", (event) => { if (numberAt(event.target) >= 0 && !/** @type {Element} */ (event.target).closest(".sk-list-tick")) act({ name: "open" }); });
  // A mouse click on a button gives the keys back to the rows; somebody who tabs keeps their place.
  root.addEventListener("click", (event) => {
    const isButton = /** @type {Element} */ (event.target).closest("button");
    if (isButton && event.detail > 0 && !root.hidden && !tray.isFinding && !sheet.isOpen && shown.length) grid.focus();
  });

  // --- open and shut ------------------------------------------------------------------------------

  /** @param {Note} [note] @param {string} [variable] */
  function open(note, variable) {
    root.hidden = false;
    known = -1;
    Object.assign(state, { selected: new Set(), number: null, told: "" });
    clearFilters();
    const now = note ?? (list.isFinished() ? null : list.current().note);
    if (now) state.cursor = list.notes.indexOf(now);
    else if (state.cursor < 0) state.cursor = list.notes.length;
    if (variable && questions.includes(variable)) state.variable = variable;
    go();
    state.anchor = state.cursor;
    announce(`${say("list_name")}. ${sum.textContent}`);
  }

  function close() {
    sheet.close();
    root.hidden = true;
  }

  // Something may have changed elsewhere, or been begun.
  function paint() {
    if (root.hidden) return;
    known = -1;
    draw();
  }

  return { root, open, close, paint, press, stop: () => watcher.disconnect(), get isOpen() { return !root.hidden; } };
}
