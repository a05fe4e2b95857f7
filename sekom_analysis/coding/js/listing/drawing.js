// How the list draws its filters, its head and a row. Decides nothing.

import { make } from "../looks/elements.js";
import { FILTERS, piecesOf } from "./rows.js";
import { buttonOf, fillKeeping } from "./tray.js";

/** @import { Filter, ListCell, ListRow, ListState, Mark, Rows, Say, Variable, Worklist } from "../types" */

/** @type {Mark[]} */
const MARKS = ["unsure", "memo", "changed", "older", "flagged", "proposed"]; // skipped and open are told in their cells
const WARNS = new Set(["unsure", "changed", "older"]); // what is not settled
const OFTEN = new Set(["proposed", "differing"]); // a filter that is there only where there is something

/** @param {string | undefined} colour */
export function dot(colour) {
  const made = make("i", "sk-list-dot");
  if (colour) made.style.setProperty("--sk-c", colour);
  return made;
}

/** @param {string} text @param {string[]} words */
const marked = (text, words) => piecesOf(text, words).map(([piece, isHit]) => (isHit ? make("mark", "", piece) : piece));

/** @param {{ list: Worklist, rows: Rows, say: Say, state: ListState, lang?: string }} given */
export function createDrawing({ list, rows, say, state, lang }) {
  /** @param {string} is @param {string} label @param {number} n @param {boolean} isOn @param {() => void} act @param {Node[]} [before] */
  function filter(is, label, n, isOn, act, before = []) {
    const made = buttonOf(is, "sk-list-filter", act, ...before, make("span", "", label), make("span", "sk-list-n", String(n)));
    made.setAttribute("aria-pressed", String(isOn));
    made.title = label;
    return made;
  }

  /** @param {HTMLElement} box @param {Variable} variable
   * @param {{ filterBy: (filter: Filter) => void, codeBy: (code: string) => void }} acts */
  function filters(box, variable, { filterBy, codeBy }) {
    const sorts = FILTERS.filter((name) => !OFTEN.has(name) || rows.count(name))
      .map((name) => filter(name, say(`list_${name}`), rows.count(name), state.filter === name, () => filterBy(name)));
    const codes = variable.codes.filter(({ id }) => variable.kind !== "scale" || rows.count(`${variable.id} ${id}`))
      .map(({ id, label, colour }) => filter(`code ${id}`, variable.kind === "scale" ? id.replace("-", "\u2212") : label, rows.count(`${variable.id} ${id}`),
        Boolean(state.code && state.code.variable === variable.id && state.code.id === id), () => codeBy(id), colour ? [dot(colour)] : []));
    fillKeeping(box, [make("p", "sk-list-title", say("list_show")), ...sorts, make("p", "sk-list-title", variable.label), ...codes]);
  }

  /** @param {HTMLElement} row @param {string[]} columns @param {(variable: string) => void} choose */
  function head(row, columns, choose) {
    row.replaceChildren(...[
      headed("sk-list-tick", make("span", "sk-list-hidden", say("list_number_head"))), headed("", say("list_note")),
      ...columns.map((name) => {
        const button = buttonOf(name, "", () => choose(name), list.variables.get(name).label);
        button.tabIndex = -1; // the arrows choose the question
        const cell = headed(name === state.variable ? "sk-on" : "", button);
        if (name === state.variable) cell.setAttribute("aria-current", "true");
        return cell;
      }),
      headed("", say("list_marks")),
    ]);
  }

  /** @param {string} className @param {Node | string} child */
  function headed(className, child) {
    const made = make("div", className, child);
    made.setAttribute("role", "columnheader");
    return made;
  }

  /** @param {string} className @param {...(Node | string)} children */
  function cell(className, ...children) {
    const made = make("div", className, ...children);
    made.setAttribute("role", "gridcell");
    return made;
  }

  // What a row looks like follows from this alone.
  /** @param {ListRow} row @param {string[]} columns @param {string[]} words */
  function signature({ number, cells, marks, memo }, columns, words) {
    const shown = columns.map((name) => [name, (cells.get(name) ?? { text: "" }).text, (cells.get(name) ?? { state: "" }).state]);
    return JSON.stringify([number, shown, [...marks], memo, words, state.selected.has(number), state.variable]);
  }

  /** @param {HTMLElement} element @param {ListRow} row @param {string[]} columns @param {string[]} words */
  function row(element, { number, note, cells, marks, memo }, columns, words) {
    const text = make("span", "sk-list-words", ...marked(note.text, words));
    if (lang) text.lang = lang;
    const isInMemo = words.length && memo && piecesOf(memo, words).some(([, isHit]) => isHit);
    const found = isInMemo ? [make("span", "sk-list-memo", ...marked(memo, words))] : [];
    const flags = MARKS.filter((mark) => marks.has(mark)).map((mark) => {
      const chip = make("span", `sk-list-chip${WARNS.has(mark) ? " sk-warned" : ""}`, say(`list_mark_${mark}`));
      if (mark === "memo" || mark === "proposed") chip.title = memo;
      return chip;
    });
    const tick = make("span", "sk-tick");
    tick.setAttribute("aria-hidden", "true");
    element.setAttribute("aria-selected", String(state.selected.has(number)));
    element.replaceChildren(
      cell("sk-list-tick", tick, make("span", "sk-list-number", String(number + 1))), cell("sk-list-text", text, ...found),
      ...columns.map((name) => answer(cells.get(name), list.variables.get(name))), cell("sk-list-flags", ...flags),
    );
  }

  /** @param {ListCell | undefined} given @param {Variable} variable */
  function answer(given, { id, label, codes }) {
    if (!given) return cell("sk-list-answer");
    const [only, more] = given.codes;
    const colour = only && !more ? codes.find((code) => code.id === only)?.colour : "";
    const words = make("span", "", given.text);
    words.title = given.text;
    const made = cell("sk-list-answer", make("span", "sk-list-hidden", `${label}: `), make("span", "sk-list-code", dot(colour), words));
    made.dataset.variable = id;
    made.dataset.state = given.state;
    if (id === state.variable) made.classList.add("sk-on");
    return made;
  }

  return { filters, head, row, signature };
}
