// The buttons of a question's codes, and the definition that belongs to each.

import { shownNumber } from "../answering/answers.js";
import { keysOf, NONE_FITS } from "../answering/keys.js";
import { found, leadsOf, placesOf } from "../answering/typing.js";
import { keycap, make, oneStop } from "./elements.js";
import { hasPoints, pointsRow, pointsSaid } from "./points.js";

/** @import { Answer, Code, Draft, Hand, Kit, Say, Variable } from "../types" */

// Rows of buttons that a question takes.
/** @param {unknown[]} codes */
function rowsOf(codes) {
  const columns = codes.length > 12 ? 3 : codes.length > 4 ? 2 : 1;
  return Math.ceil(codes.length / columns);
}

const FEW = 4; // so many codes, none fits apart, are tiles that hold their definitions
const SOME = 12; // so many are rows beside a definition; more stand in columns
const MOST_BUTTONS = 42; // numbers of a longer scale are reached through their tens, hundreds …
export const TOLD_OF_NUMBERS = new Set(["refuse_number", "number_dropped", "number_missing"]);
const WITH_FIELD = 20; // a scale with more numbers has a field for them as well

// Numbers side by side in rows of about the same length.
/** @param {number} n @param {number} most */
const columnsOf = (n, most) => Math.ceil(n / Math.ceil(n / most));

// The numbers of a long scale by tens, hundreds …, in as few blocks as buttons are easily taken in.
/** @param {Code[]} codes */
function blocksOf(codes) {
  let size = 10;
  while (codes.length / size > WITH_FIELD) size *= 10;
  /** @type {Map<number, Code[]>} */
  const blocks = new Map();
  for (const code of codes) {
    const start = Math.floor(Number(code.id) / size) * size;
    blocks.set(start, [...(blocks.get(start) ?? []), code]);
  }
  return [...blocks.values()];
}

// How a question stands on the card: as tiles with their definitions, as rows, or in columns to be searched.
/** @param {Variable} variable */
export const sizeOf = ({ kind, codes }) => {
  const n = codes.filter(({ id }) => id !== NONE_FITS).length;
  return kind === "scale" || n <= FEW ? "few" : n <= SOME ? "some" : "many";
};

// Rows that the longest question takes, so that what stands below never moves; `more` buttons stand among its codes.
/** @param {Variable[]} variables @param {unknown[]} [more] */
export function mostRows(variables, more = []) {
  return Math.max(...variables.map((variable) => rowsOfQuestion(variable, more)));
}

/** @param {Variable} variable @param {unknown[]} more */
function rowsOfQuestion({ kind, codes }, more) {
  if (kind !== "scale") return rowsOf([...codes, ...more]) + (kind === "multiple" ? 1 : 0);
  const rows = codes.length > MOST_BUTTONS ? Math.ceil(blocksOf(codes).length / 6) : Math.ceil(codes.length / 12);
  return rows + more.length + (codes.length > WITH_FIELD ? 2 : 1);
}

// A text in which what was typed is marked.
/** @param {string} text @param {string} letters @returns {(string | HTMLElement)[]} */
export function withMarks(text, letters) {
  const places = placesOf(text, letters);
  const ends = [0, ...places.map(([, end]) => end)];
  return [...places.flatMap(([start, end], i) => [text.slice(ends[i], start), make("mark", "", text.slice(start, end))]), text.slice(ends[places.length])];
}

/** @param {Kit} kit
 * @param {{ show: (code: Code | null, near?: Element) => void, say: Say, hand: Hand, focus: () => void, id: string }} given */
export function createCodes(kit, { show, say, hand, focus, id }) {
  const { parts, part, button } = kit;
  /** @type {{ variable: Variable, more: Node[], open: Code[] | null }} */
  let shown = { variable: /** @type {any} */ (null), more: [], open: null }; // `open`: the block of numbers that is open
  let lit = { letters: "", active: "" }; // as they were painted

  /** @param {Variable} variable @param {Node[]} [more] */
  function paint(variable, more = []) {
    shown = { variable, more, open: null };
    paintButtons();
    paintScale(variable);
  }

  function paintButtons() {
    const { variable, more, open } = shown;
    const keys = new Map([...keysOf(variable)].map(([key, code]) => [code, key]));
    const leads = keys.size < variable.codes.length ? leadsOf(variable.codes) : new Map();
    const buttons = variable.kind === "scale" ? numberButtons(open ?? variable.codes, Boolean(open))
      : variable.codes.map((code) => codeCell(code, keys.get(code.id), leads.get(code.id)));
    lit = { letters: "", active: "" };
    parts.codes.className = `sk-codes sk-${variable.kind}`;
    parts.codes.style.setProperty("--sk-half-rows", Math.ceil(variable.codes.length / 2));
    parts.codes.style.setProperty("--sk-n", Math.min(variable.codes.filter((code) => code.id !== NONE_FITS).length, FEW));
    parts.codes.style.setProperty("--sk-own-rows", rowsOf([...variable.codes, ...more]));
    const isLong = variable.codes.length > MOST_BUTTONS;
    parts.codes.style.setProperty("--sk-columns", columnsOf(buttons.length, isLong ? 6 : 12));
    parts.codes.style.setProperty("--sk-narrow-columns", columnsOf(buttons.length, isLong ? 3 : buttons.length === 7 ? 7 : 6));
    parts.codes.replaceChildren(...buttons, ...more);
  }

  // --- a scale ------------------------------------------------------------------------------------

  /** @param {Code[]} codes @param {boolean} isOpen */
  function numberButtons(codes, isOpen) {
    const back = isOpen ? [button("sk-code sk-block", say("all_numbers"), "", "openBlock", null)] : [];
    if (codes.length > MOST_BUTTONS) return [...back, ...blocksOf(codes).map(blockButton)];
    return [...back, ...codes.map(numberButton)];
  }

  /** @param {Code} code */
  function numberButton({ id: number, definition }) {
    const made = button("sk-code", shownNumber(number), "", "code", number);
    if (definition) made.setAttribute("aria-label", `${shownNumber(number)} ${definition}`);
    if (number.length === 1) made.setAttribute("aria-keyshortcuts", number);
    made.prepend(keycap(""));
    made.dataset.code = number;
    return made;
  }

  /** @param {Code[]} block */
  function blockButton(block) {
    const [first, last] = [block[0].id, block[block.length - 1].id].map(shownNumber);
    if (block.length === 1) return numberButton(block[0]);
    const made = button("sk-code sk-block", `${first} … ${last}`, "", "openBlock", block);
    made.dataset.block = block.map(({ id: number }) => number).join(" ");
    return made;
  }

  /** @param {Code[] | null} block */
  function openBlock(block) {
    shown.open = block;
    paintButtons();
  }

  // Below the numbers: which end is which, and what is half typed; for a long scale a field as well.
  /** @param {Variable} variable */
  function paintScale({ kind, codes }) {
    parts.scale.remove();
    parts.codes.removeAttribute("aria-describedby");
    if (kind !== "scale") return;
    parts.codes.setAttribute("aria-describedby", parts.ends.id);
    parts.codes.after(parts.scale);
    const [low, high] = [codes[0].id, codes[codes.length - 1].id].map(shownNumber);
    const isNamed = hasPoints(codes);
    parts.low.textContent = isNamed ? "" : say("lowest", { number: low });
    parts.high.textContent = isNamed ? "" : say("highest", { number: high });
    parts.points.textContent = isNamed ? pointsSaid(codes, say) : "";
    parts.scale.replaceChildren(...(isNamed ? [pointsRow(codes, say)] : []), parts.ends, ...(codes.length > WITH_FIELD ? [parts.numberBox] : []));
    parts.numberLabel.textContent = say("number_label", { low, high });
    parts.number.inputMode = codes[0].id.startsWith("-") ? "text" : "numeric"; // a phone's digits have no minus
  }

  function buildScale() {
    const typed = part("typed", "span", "sk-typed");
    typed.setAttribute("role", "status");
    const label = part("numberLabel", "label", "sk-quiet");
    const field = part("number", "input", "sk-field");
    field.type = "text";
    field.autocomplete = "off";
    field.id = `${id}-number`;
    label.htmlFor = field.id;
    field.addEventListener("input", () => hand.click("numberIs", field.value));
    field.addEventListener("keydown", onNumberKey);
    const save = button("sk-tool", say("save_number"), "Enter", "numberGiven");
    part("ends", "div", "sk-ends", part("points", "span", "sk-unseen"), part("low", "span", "sk-end"), typed, part("high", "span", "sk-end"));
    part("numberBox", "div", "sk-number", label, field, save);
    parts.ends.id = `${id}-ends`;
    part("scale", "div", "sk-scale-foot");
  }

  /** @param {KeyboardEvent} event */
  function onNumberKey(event) {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return undefined;
    event.preventDefault();
    if (event.key === "Escape") {
      focus();
      return hand.click("numberIs", "");
    }
    hand.click("numberGiven", parts.number.value);
    return hand.told ? undefined : focus();
  }

  // What is half typed, what keys would go on with it, and what became of a number that the scale does not have.
  /** @param {Answer | undefined} answer @param {Draft} draft */
  function paintTyped(answer, draft) {
    const { text, told } = hand;
    if (shown.variable.kind !== "scale") return;
    const isRefused = told && TOLD_OF_NUMBERS.has(told.key);
    parts.typed.classList.toggle("sk-refused", Boolean(isRefused));
    parts.typed.classList.toggle("sk-half", Boolean(text));
    parts.typed.textContent = text ? halfTyped(text) : isRefused ? say(told.key, told.values) : "";
    for (const made of parts.codes.querySelectorAll("[data-code]")) {
      const number = made.dataset.code;
      const goesOn = number.startsWith(text);
      made.querySelector(".sk-key").textContent = goesOn && text ? shownNumber(number.slice(text.length)) : "";
      made.classList.toggle("sk-half", Boolean(text) && number === text);
      made.classList.toggle("sk-away", !goesOn);
    }
    const value = draft.number ?? (answer && answer.event === "decide" ? answer.codes[0] : "");
    const isEmptied = !parts.number.value && document.activeElement === parts.number; // on the way to another number
    if (parts.number.value !== value && !isEmptied) parts.number.value = value;
  }

  /** @param {string} text */
  function halfTyped(text) {
    const { codes } = shown.variable;
    const isWhole = codes.some(({ id: number }) => number === text);
    return say(isWhole ? "half_typed" : "half_typed_open", { number: shownNumber(text) });
  }

  // A code's button; beyond the digits it shows the shortest beginning that finds it. Where there is no room beside the
  // codes, a second button opens its definition.
  /** @param {Code} code @param {string} [key] @param {string} [lead] */
  function codeCell(code, key = "", lead = "") {
    const made = button("sk-code", code.label, key, "code", code.id);
    made.dataset.code = code.id;
    if (!key) made.prepend(make("span", "sk-lead", lead));
    if (code.colour) made.style.setProperty("--sk-c", code.colour);
    made.prepend(make("i", "sk-hue"));
    if (shown.variable.kind === "multiple") made.querySelector(".sk-label")?.before(make("span", "sk-box"));
    if (code.id === NONE_FITS) made.classList.add("sk-none");
    if (!code.definition) return make("div", "sk-cell", made);
    made.append(make("span", "sk-def", code.definition));
    made.setAttribute("aria-description", code.definition);
    made.addEventListener("mouseenter", () => { if (!made.closest(".sk-by-key")) show(code, made); }); // a mouse that lies still points at nothing
    made.addEventListener("focus", () => { if (made.matches(":focus-visible")) show(code, made); });
    for (const end of ["mouseleave", "blur"]) made.addEventListener(end, () => show(null));
    return make("div", "sk-cell", made, infoButton(code, made));
  }

  /** @param {Code} code @param {HTMLElement} near */
  function infoButton(code, near) {
    const made = make("button", "sk-info", "i");
    made.type = "button";
    made.setAttribute("aria-label", say("definition_of", { code: code.label }));
    made.setAttribute("aria-expanded", "false");
    made.addEventListener("click", () => {
      const isOpen = near.classList.toggle("sk-told");
      made.setAttribute("aria-expanded", String(isOpen));
    });
    return made;
  }

  // What is typed stands out in the labels, and what does not answer to it fades; nothing moves.
  function paintTyping() {
    const { letters, active } = hand;
    if (letters === lit.letters && active === lit.active) return;
    const hits = new Set(found(shown.variable.codes, letters));
    const isOff = (/** @type {Code} */ code) => hits.size > 0 && !hits.has(code);
    for (const made of parts.codes.querySelectorAll("[data-code]")) {
      const code = shown.variable.codes.find((/** @type {Code} */ one) => one.id === made.dataset.code);
      made.classList.toggle("sk-active", made.dataset.code === active);
      if (letters !== lit.letters && code) markLabel(made, code.label, hits.has(code) ? letters : "", isOff(code));
      if (made.dataset.code === active) reach(made);
    }
    lit = { letters, active };
    show(shown.variable.codes.find((/** @type {Code} */ one) => one.id === active) ?? null);
  }

  // The cursor takes the focus along where it stands among the codes, so that Enter means the one that is lit.
  /** @param {HTMLElement} made */
  function reach(made) {
    made.scrollIntoView({ block: "nearest" });
    if (!parts.codes.contains(document.activeElement)) return;
    oneStop(parts.codes, made);
    made.focus({ preventScroll: true });
  }

  /** @param {HTMLElement} made @param {string} text @param {string} letters @param {boolean} isOff */
  function markLabel(made, text, letters, isOff) {
    made.classList.toggle("sk-off", isOff);
    made.querySelector(".sk-label")?.replaceChildren(...withMarks(text, letters));
  }

  /** @param {(code: string) => boolean} isChosen */
  function press(isChosen) {
    for (const made of parts.codes.querySelectorAll("[data-code]")) made.setAttribute("aria-pressed", isChosen(made.dataset.code));
    oneStop(parts.codes, parts.codes.querySelector('.sk-active, [aria-pressed="true"]'));
    for (const made of parts.codes.querySelectorAll("[data-block]")) made.setAttribute("aria-pressed", made.dataset.block.split(" ").some(isChosen));
  }

  // Closes the numbers that were opened on another note.
  function close() {
    if (shown.open) openBlock(null);
  }

  /** @param {string | null} id */
  function light(id) {
    for (const entry of parts.panelBox.querySelectorAll(".sk-entry")) {
      const lit = entry.dataset.code === id;
      entry.classList.toggle("sk-lit", lit);
      if (lit) reveal(entry, parts.panelBox);
    }
  }

  // Scrolls the box alone, never the page.
  /** @param {Element} entry @param {Element} box */
  function reveal(entry, box) {
    const folded = entry.closest("details");
    if (folded) folded.open = true;
    const [inner, outer] = [entry.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top) box.scrollTop += inner.top - outer.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top);
  }

  buildScale();
  return { paint, paintTyped, paintTyping, press, light, openBlock, close };
}
