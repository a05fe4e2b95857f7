// The codebook as one readable page: every question, its codes, what each takes in and leaves out. Made for reading and
// for paper; the card opens it over itself, the first screen of a page before any note is seen.

import { shownNumber } from "../answering/answers.js";
import { make } from "./elements.js";

/** @import { CardData, Code, Say, Variable } from "../types" */

const PARTS = /** @type {const} */ (["include", "exclude", "example"]);

// `host` lies inside `.sk-card` or `.sp-page`, whose colours and sizes it takes; `onClose` gives the keys back.
/** @param {{ host: HTMLElement, data: CardData, say: Say, onClose?: () => void }} given */
export function createCodebook({ host, data, say, onClose = () => {} }) {
  /** @type {HTMLElement | null} */
  let shown = null;
  /** @type {Element | null} */
  let before = null;

  /** @param {string} label @param {string} key @param {() => void} onClick */
  function button(label, key, onClick) {
    const made = make("button", "sk-go", label, ...(key ? [make("kbd", "sk-key", key)] : []));
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  }

  /** @param {Variable} variable */
  function chapter(variable) {
    const isScale = variable.kind === "scale";
    const asked = variable.question === variable.label ? [] : [make("p", "sk-book-question", variable.question)];
    const how = variable.kind === "multiple" ? [make("p", "sk-book-how", say("codebook_multiple"))] : [];
    const [low, high] = [variable.codes[0], variable.codes[variable.codes.length - 1]];
    const body = isScale
      ? [make("p", "sk-book-how", say("codebook_scale", { low: shownNumber(low?.label ?? ""), high: shownNumber(high?.label ?? "") })), ...endsOf(variable)]
      : variable.codes.map((code) => entry(code));
    return make("section", "sk-book-chapter", make("h2", "", variable.label), ...asked, ...how, ...body);
  }

  // What the ends of a scale mean, where it has words for them.
  /** @param {Variable} variable */
  function endsOf(variable) {
    const named = variable.codes.filter((code) => code.definition);
    return named.map((code) => entry(code, true));
  }

  /** @param {Code} code */
  function entry(code, isScale = false) {
    const made = make("article", "sk-book-code", make("h3", "", isScale ? shownNumber(code.label) : code.label));
    const { colour } = /** @type {Code & { colour?: string }} */ (code);
    if (colour) made.style.setProperty("--c", colour);
    if (code.definition) made.append(make("p", "", code.definition));
    for (const part of PARTS) {
      const text = code[part];
      if (text) made.append(make("p", "sk-book-more", make("em", "", say(part)), ` ${text}`));
    }
    return made;
  }

  function open() {
    if (shown) return;
    before = document.activeElement;
    const title = make("h1", "", say("codebook_title"));
    title.tabIndex = -1;
    title.id = "sk-codebook-title";
    const tools = make("div", "sk-book-tools", button(say("codebook_print"), "", () => window.print()), button(say("codebook_close"), "Esc", close));
    shown = make("section", "sk-codebook", make("div", "sk-book-sheet", make("header", "", title, tools), ...data.variables.map(chapter)));
    shown.setAttribute("role", "dialog");
    shown.setAttribute("aria-modal", "true");
    shown.setAttribute("aria-labelledby", title.id);
    shown.lang = data.lang;
    shown.addEventListener("keydown", onKey);
    shown.addEventListener("click", (event) => event.stopPropagation()); // what lies below takes clicks for its own
    host.classList.add("sk-reading");
    host.append(shown);
    shown.scrollTop = 0;
    title.focus({ preventScroll: true });
  }

  // No key goes on to what lies below.
  /** @param {KeyboardEvent} event */
  function onKey(event) {
    event.stopPropagation();
    if (event.key === "Tab") return keepInside(event);
    if (event.ctrlKey || event.metaKey || event.altKey || (event.key !== "Escape" && event.key !== "'")) return undefined;
    event.preventDefault();
    return close();
  }

  /** @param {KeyboardEvent} event */
  function keepInside(event) {
    const stops = [.../** @type {HTMLElement} */ (shown).querySelectorAll("button")];
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const leaves = event.shiftKey ? document.activeElement !== last : document.activeElement === last;
    if (!leaves || stops.length < 1) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  function close() {
    if (!shown) return;
    shown.remove();
    shown = null;
    host.classList.remove("sk-reading");
    if (before?.isConnected) /** @type {HTMLElement} */ (before).focus({ preventScroll: true });
    onClose();
  }

  return { open, close, get isOpen() { return Boolean(shown); } };
}
