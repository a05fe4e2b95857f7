// Below the list: the codes to set, a field that finds one, what was just done, and which keys there are.

import { keysOf, NONE_FITS } from "../answering/keys.js";
import { keycap, make } from "../looks/elements.js";
import { codesLike } from "./rows.js";

/** @import { Code, ListAction, ListState, Say, Variable, Worklist } from "../types" */

const MOST_FOUND = 6;

// The digit of each code that has one, as on the card.
/** @param {Variable} variable @returns {Map<string, string>} */
export const digitsOf = (variable) => new Map([...keysOf(variable)].filter(([key]) => key.length === 1));

// A group of buttons as one tab stop: arrows go about in it.
/** @param {HTMLElement} group @param {[back: string, on: string]} keys */
export function oneStop(group, [back, on]) {
  const buttons = () => [...group.querySelectorAll("button")];
  /** @param {HTMLElement} one */
  const stopAt = (one) => buttons().forEach((button) => { button.tabIndex = button === one ? 0 : -1; });
  group.addEventListener("keydown", (event) => {
    const by = { [back]: -1, [on]: 1 }[event.key];
    const all = buttons();
    const to = by && all[all.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + by];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    if (to) to.focus();
  });
  group.addEventListener("focusin", (event) => stopAt(/** @type {HTMLElement} */ (event.target)));
  return () => {
    const all = buttons();
    if (all.length && !all.some(({ tabIndex }) => tabIndex === 0)) stopAt(all[0]);
  };
}

// New children for a group; the focus stays with the button that stands for the same.
/** @param {HTMLElement} group @param {Node[]} children */
export function fillKeeping(group, children) {
  const active = /** @type {HTMLElement | null} */ (document.activeElement);
  const held = active && group.contains(active) ? active.dataset.is : undefined;
  const stop = /** @type {HTMLElement | null} */ (group.querySelector("button[tabindex='0']"))?.dataset.is;
  group.replaceChildren(...children);
  for (const button of group.querySelectorAll("button")) {
    button.tabIndex = button.dataset.is === stop ? 0 : -1;
    if (held !== undefined && button.dataset.is === held) button.focus({ preventScroll: true });
  }
}

/** @param {string} is @param {string} className @param {() => void} act @param {...(Node | string)} children */
export function buttonOf(is, className, act, ...children) {
  const made = make("button", className, ...children);
  made.type = "button";
  made.dataset.is = is;
  made.addEventListener("click", act);
  return made;
}

/** @param {{ list: Worklist, say: Say, state: ListState, act: (action: ListAction) => void, set: (code: string) => void,
 *   toRows: () => void, id: string }} given */
export function createTray({ list, say, state, act, set, toRows, id }) {
  const about = make("b", "sk-list-about");
  const codes = make("div", "sk-list-codes");
  const setter = make("div", "sk-list-setter", about, codes);
  const hints = make("div", "sk-list-hints");
  const told = make("span", "sk-list-told");
  const finder = make("div", "sk-list-finder");
  const right = make("div", "sk-list-right");
  const root = make("div", "sk-list-tray", setter, finder, told, hints, right);
  const field = make("input", "sk-list-field");
  const found = make("div", "sk-list-found");
  finder.append(field, found);
  let at = 0; // which of the codes found Enter takes
  let drawn = "";
  codes.setAttribute("role", "toolbar");
  finder.hidden = true;
  field.type = "text";
  field.autocomplete = "off";
  field.spellcheck = false;
  found.id = `${id}-found`;
  found.setAttribute("role", "listbox");
  for (const [name, value] of [["role", "combobox"], ["aria-controls", found.id], ["aria-expanded", "true"], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
  const settle = oneStop(codes, ["ArrowLeft", "ArrowRight"]);

  const asked = () => list.variables.get(state.variable);

  // --- finding a code -----------------------------------------------------------------------------

  const likely = () => codesLike(asked(), field.value).slice(0, MOST_FOUND);

  function drawFound() {
    const all = likely();
    at = Math.max(0, Math.min(at, all.length - 1));
    found.replaceChildren(...all.map((code, number) => {
      const option = make("span", "sk-list-option", ...mark(code), code.label);
      option.setAttribute("role", "option");
      option.id = `${found.id}-${number}`;
      option.setAttribute("aria-selected", String(number === at));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(code.id); });
      return option;
    }));
    if (!all.length) found.replaceChildren(make("span", "sk-list-none", say("list_no_code")));
    field.setAttribute("aria-activedescendant", all.length ? `${found.id}-${at}` : "");
  }

  function openFinder() {
    finder.hidden = false;
    field.value = "";
    at = 0;
    field.setAttribute("aria-label", say("list_find_code", { question: asked().label }));
    field.placeholder = say("list_find_code", { question: asked().label });
    drawFound();
    paint();
    field.focus();
  }

  function closeFinder() {
    if (finder.hidden) return;
    finder.hidden = true;
    paint();
    toRows();
  }

  /** @param {string} code */
  function take(code) {
    closeFinder();
    set(code);
  }

  field.addEventListener("input", () => { at = 0; drawFound(); });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const code = likely()[at];
    if (event.key === "Escape") closeFinder();
    else if (event.key === "Enter" && code) take(code.id);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at += event.key === "ArrowDown" ? 1 : -1;
      drawFound();
    } else return;
    event.preventDefault();
  });
  field.addEventListener("blur", (event) => { if (!root.contains(/** @type {Node | null} */ (event.relatedTarget))) { finder.hidden = true; paint(); } });

  // --- painting -----------------------------------------------------------------------------------

  /** @param {Code} code */
  function mark({ colour }) {
    if (!colour) return [];
    const dot = make("i", "sk-list-dot");
    dot.style.setProperty("--sk-c", colour);
    return [dot];
  }

  /** @param {string} key @param {string} text @param {ListAction} action @param {string} [className] */
  const tool = (key, text, action, className = "") => buttonOf(action.name, `sk-list-btn ${className}`, () => act(action), ...(key ? [keycap(key)] : []), text);

  function drawSetter() {
    const n = state.selected.size;
    const variable = asked();
    about.textContent = say(n === 1 ? "list_to_one" : "list_to_several", { n, question: variable.label.split(",")[0] });
    codes.setAttribute("aria-label", about.textContent);
    const keys = new Map([...digitsOf(variable)].map(([digit, code]) => [code, digit]));
    const buttons = variable.codes.map((code) => buttonOf(code.id, "sk-list-btn", () => set(code.id), ...(keys.has(code.id) ? [keycap(keys.get(code.id) ?? "")] : []), ...mark(code), variable.kind === "scale" ? code.id.replace("-", "\u2212") : code.label));
    if (variable.kind === "multiple" && !keys.has(NONE_FITS)) buttons.push(tool("0", say("confirm_none"), { name: "digit", value: "0" }));
    const find = variable.codes.length > keys.size ? [tool("+", say("list_find"), { name: "findCode" })] : [];
    fillKeeping(codes, [...find, ...buttons, tool(".", say("list_unsure_one"), { name: "unsure" }, "sk-warned"), tool("", say("list_clear"), { name: "clear" })]);
    settle();
  }

  function drawHints() {
    const digits = [...digitsOf(asked()).keys()].sort();
    /** @type {[string[], string][]} */
    const all = [[["↑", "↓"], say("list_hint_move")], [["←", "→"], say("list_hint_question")], [[say("list_key_space")], say("list_hint_select")],
      [digits.length > 1 ? [`${digits.find((digit) => digit !== "0")}–${digits.at(-1)}`] : digits, say("list_hint_set", { question: asked().label })], [["A–Ö"], say("list_hint_search")], [[">"], say("list_hint_number")]];
    hints.replaceChildren(...all.map(([keys, text]) => make("span", "", ...keys.map(keycap), ` ${text}`)));
  }

  function paint() {
    const isFinding = !finder.hidden;
    told.textContent = state.number === null ? state.told : say("list_number", { digits: state.number || "…" });
    told.hidden = !told.textContent || isFinding;
    setter.hidden = !state.selected.size || isFinding || state.number !== null;
    hints.hidden = isFinding || !setter.hidden || !told.hidden;
    const signature = [state.variable, state.selected.size, list.canUndo].join();
    if (signature === drawn) return;
    drawn = signature;
    if (state.selected.size) drawSetter();
    drawHints();
    const open = state.selected.size ? [] : [tool("Enter", say("list_open_note"), { name: "open" })];
    fillKeeping(right, [...(list.canUndo ? [tool("⌫", say("undo"), { name: "undo" })] : []), ...open, tool("?", "", { name: "keys" }, "sk-list-help")]);
    right.querySelectorAll("button").forEach((button) => { button.tabIndex = 0; });
    right.querySelector(".sk-list-help")?.setAttribute("aria-label", say("list_keys"));
  }

  return { root, paint, openFinder, closeFinder, get isFinding() { return !finder.hidden; } };
}
