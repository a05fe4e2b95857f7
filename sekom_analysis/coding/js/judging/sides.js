// Who chose what on a disputed note: the codes in dispute, those that all agree on, and each coder's side. Pure.

import { NONE_FITS } from "../answering/keys.js";

/** @import { DisputedNote, Marked, Reading, Side, Variable } from "../types" */

// Letters stand for coders, whose order on a note tells nothing.
/** @param {number} place */
export const letterOf = (place) => (place < 26 ? String.fromCharCode(65 + place) : String(place + 1));

/** @param {DisputedNote} note */
const answered = ({ readings }) => readings.flatMap((reading, place) => (reading.skipped ? [] : [{ reading, place }]));

// The codes of an answer; none fits, and the empty set of several, are answers too.
/** @param {Reading} reading @param {Variable} variable */
const codesIn = (reading, variable) => (reading.codes.length || variable.kind === "multiple" ? reading.codes : [NONE_FITS]);

/** @param {DisputedNote} note @param {Variable} variable @returns {Map<string, number[]>} */
function votes(note, variable) {
  /** @type {Map<string, number[]>} */
  const found = new Map();
  for (const { reading, place } of answered(note)) {
    for (const code of codesIn(reading, variable)) found.set(code, [...(found.get(code) ?? []), place]);
  }
  return found;
}

// The codes in dispute, the most chosen first, those chosen alike in the codebook's order: of several codes those that
// some but not all chose.
/** @param {DisputedNote} note @param {Variable} variable @returns {Side[]} */
export function sidesOf(note, variable) {
  const all = answered(note).length;
  const order = new Map(variable.codes.map(({ id }, number) => [id, number]));
  /** @type {(code: string) => number} */
  const at = (code) => order.get(code) ?? order.size;
  const sides = [...votes(note, variable)].map(([code, readers]) => ({ code, readers }));
  return sides.filter(({ readers }) => variable.kind !== "multiple" || readers.length < all)
    .sort((a, b) => b.readers.length - a.readers.length || at(a.code) - at(b.code));
}

// Of several codes those that all chose.
/** @param {DisputedNote} note @param {Variable} variable @returns {string[]} */
export function keptOf(note, variable) {
  if (variable.kind !== "multiple") return [];
  const all = answered(note).length;
  const found = votes(note, variable);
  return variable.codes.map(({ id }) => id).filter((id) => found.get(id)?.length === all);
}

// What a coder answered; null if the coder passed the question over, or there is no such coder.
/** @param {DisputedNote} note @param {Variable} variable @param {number} place @returns {string[] | null} */
export function sideOf(note, variable, place) {
  const reading = note.readings[place];
  return !reading || reading.skipped ? null : codesIn(reading, variable);
}

// The note in stretches, each with the readings in which it was selected; places count signs, not code units.
/** @param {string} text @param {Reading[]} readings @returns {Marked[]} */
export function markedIn(text, readings) {
  const signs = Array.from(text);
  /** @type {(n: number) => number} */
  const within = (n) => Math.min(Math.max(n, 0), signs.length);
  const stretches = readings.flatMap(({ words = [] }, place) => words.map(([start, end]) => ({ place, start: within(start), end: within(end) })));
  const ends = [...new Set([0, signs.length, ...stretches.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return ends.slice(1).map((end, number) => {
    const start = ends[number];
    const readers = stretches.filter((one) => one.start <= start && end <= one.end).map(({ place }) => place);
    return { text: signs.slice(start, end).join(""), readers: [...new Set(readers)] };
  });
}

// Turns one of several codes on or off, beginning with those that all agree on; in the codebook's order.
/** @param {string[]} codes @param {string} code @param {Variable} variable */
export function toggledIn(codes, code, variable) {
  if (code === NONE_FITS) return [];
  const chosen = new Set(codes);
  if (!chosen.delete(code)) chosen.add(code);
  return variable.codes.map(({ id }) => id).filter((id) => chosen.has(id));
}
