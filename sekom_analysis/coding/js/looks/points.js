// What the points of a scale are called, each under its own number; the ends keep to the edges.

import { shownNumber } from "../answering/answers.js";
import { make } from "./elements.js";

/** @import { Code, Say } from "../types" */

const ONE_ROW = 12; // so many numbers stand in one row; on a phone seven
const ONE_ROW_NARROW = 7;
const SEVERAL = 3; // more labels than that stand in columns of their own where they are no row under the numbers

/** @param {Code[]} codes */
export const hasPoints = (codes) => codes.some(({ definition }) => definition);

// Where each label is, in halves of a number's width: one between others reaches equally far to both sides, and the
// ends take what is left. `named`: which of `n` numbers, both ends among them.
/** @param {number[]} named @param {number} n @returns {[number, number][]} */
export function placesOf(named, n) {
  const last = named.length - 1;
  const between = named.slice(1, -1).map((at, nth) => {
    const reach = Math.min(at - named[nth], named[nth + 2] - at);
    return /** @type {[number, number]} */ ([2 * at + 1 - reach, 2 * at + 1 + reach]);
  });
  if (last < 2) return [[0, n], [n, 2 * n]];
  return [[0, between[0][0]], ...between, [between[between.length - 1][1], 2 * n]];
}

// An end without a label says that it is one.
/** @param {Code[]} codes @param {Say} say */
function endsAndNamed(codes, say) {
  const last = codes.length - 1;
  return codes.flatMap(({ id, definition }, at) => {
    const number = shownNumber(id);
    if (definition) return [{ at, number, text: definition }];
    return at && at < last ? [] : [{ at, number: "", text: say(at ? "highest" : "lowest", { number }) }];
  });
}

// All that is said of the points, for whoever listens.
/** @param {Code[]} codes @param {Say} say */
export const pointsSaid = (codes, say) => endsAndNamed(codes, say).map(({ number, text }) => `${number} ${text}`.trim()).join(", ");

/** @param {Code[]} codes @param {Say} say */
export function pointsRow(codes, say) {
  const shown = endsAndNamed(codes, say);
  const spans = placesOf(shown.map(({ at }) => at), codes.length);
  const row = make("div", "sk-points", ...shown.map(({ at, number, text }, nth) => {
    const made = make("span", "sk-point", make("b", "", number), " ", text);
    const [from, to] = spans[nth];
    made.style.setProperty("--sk-span", `${from + 1} / ${to + 1}`);
    const isWide = to - from > 2;
    made.classList.toggle("sk-low", isWide && at === 0);
    made.classList.toggle("sk-high", isWide && at === codes.length - 1);
    return made;
  }));
  row.setAttribute("aria-hidden", "true"); // it is said with the numbers
  row.style.setProperty("--sk-halves", String(2 * codes.length));
  row.classList.toggle("sk-listed", codes.length > ONE_ROW);
  row.classList.toggle("sk-listed-narrow", codes.length > ONE_ROW_NARROW || shown.length > SEVERAL);
  row.classList.toggle("sk-several", shown.length > SEVERAL);
  return row;
}
