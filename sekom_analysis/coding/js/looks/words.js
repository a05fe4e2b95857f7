// Words of a note: chosen by the coder while answering, kept with the answer, marked where the answer is shown. Places
// are counted in characters, as in the log: one for each sign, also one beyond the first plane.

import { make } from "./elements.js";

/** @import { Note } from "../types" */

/** @typedef {[number, number]} Span */

/** @param {string} [words] @returns {Span[]} */
export const spansOf = (words = "") => words.split("|").filter(Boolean).map((part) => /** @type {Span} */ (part.split(":").map(Number)));

// Spans in their order, those that touch as one.
/** @param {Span[]} spans @returns {Span[]} */
function joined(spans) {
  /** @type {Span[]} */
  const found = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) found.push([start, end]);
  }
  return found;
}

/** @param {Span[]} spans */
export const wordsText = (spans) => joined(spans).map((span) => span.join(":")).join("|");

/** @param {string} text @param {Span} span */
export const quoted = (text, [start, end]) => Array.from(text).slice(start, end).join("");

// The words that are chosen on screen in an element that holds a note's text and nothing else.
/** @param {HTMLElement} element @returns {Span[]} */
export function chosenIn(element) {
  const chosen = window.getSelection();
  if (!chosen || chosen.isCollapsed) return [];
  const ranges = Array.from({ length: chosen.rangeCount }, (_, number) => chosen.getRangeAt(number));
  return joined(ranges.flatMap((range) => spanOf(element, range)));
}

/** @param {HTMLElement} element @param {Range} range @returns {Span[]} */
function spanOf(element, range) {
  if (!range.intersectsNode(element)) return [];
  const whole = document.createRange();
  whole.selectNodeContents(element);
  const inside = range.cloneRange();
  if (whole.comparePoint(range.startContainer, range.startOffset) < 0) inside.setStart(whole.startContainer, whole.startOffset);
  if (whole.comparePoint(range.endContainer, range.endOffset) > 0) inside.setEnd(whole.endContainer, whole.endOffset);
  whole.setEnd(inside.startContainer, inside.startOffset);
  const [start, text] = [Array.from(String(whole)).length, String(inside)];
  const [before, after] = [/^\s*/, /\s*$/].map((blank) => Array.from(/** @type {RegExpExecArray} */ (blank.exec(text))[0]).length);
  const end = start + Array.from(text).length;
  return end - after > start + before ? [[start + before, end - after]] : [];
}

// A note's text with words of it marked.
/** @param {HTMLElement} element @param {Note} note @param {string} [words] */
export function paintWords(element, note, words = "") {
  const signs = Array.from(note.text);
  let at = 0;
  const parts = spansOf(words).flatMap(([start, end]) => {
    const two = [signs.slice(at, start).join(""), make("mark", "sk-words", signs.slice(start, end).join(""))];
    at = end;
    return two;
  });
  element.replaceChildren(...parts, signs.slice(at).join(""));
}
