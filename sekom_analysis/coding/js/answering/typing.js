// Finding a code by the beginning of its words. Pure: no page.

/** @import { Code } from "../types" */

const LONGEST_LEAD = 4; // signs that are shown as the shortest way to a code

/** @param {string} text */
export const fold = (text) => text.toLowerCase().normalize("NFC");

/** @param {string} label */
const wordsOf = (label) => fold(label).split(/[\s,;:/()–-]+/).filter(Boolean);

// How well a label answers to what was typed: 3 it begins so, 2 a word of it does, 1 it is in it, 0 not at all.
/** @param {string} label @param {string} typed */
function fit(label, typed) {
  const [whole, part] = [fold(label), fold(typed)];
  if (whole.startsWith(part)) return 3;
  if (wordsOf(label).some((word) => word.startsWith(part))) return 2;
  return whole.includes(part) ? 1 : 0;
}

// The codes that answer to what was typed, best first, else as they stand in the codebook.
/** @param {Code[]} codes @param {string} typed */
export function found(codes, typed) {
  const part = typed.trim();
  if (!part) return [];
  const fits = codes.map((code) => ({ code, fit: fit(code.label, part) }));
  const least = fits.some((one) => one.fit > 1) ? 2 : 1; // within words only where no word begins so
  return fits.filter((one) => one.fit >= least).sort((a, b) => b.fit - a.fit).map(({ code }) => code);
}

// Where in a label what was typed stands, at the beginning of a word if it can.
/** @param {string} label @param {string} typed @returns {[number, number] | null} */
export function placeOf(label, typed) {
  const [whole, part] = [fold(label), fold(typed.trim())];
  if (!part || whole.length !== label.length) return null;
  for (let at = whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(whole[at - 1])) return [at, at + part.length];
  }
  const at = whole.indexOf(part);
  return at < 0 ? null : [at, at + part.length];
}

// The shortest beginning by which each code comes first; it hangs on the labels, not on their order on the card.
/** @param {Code[]} codes @returns {Map<string, string>} */
export function leadsOf(codes) {
  /** @type {Map<string, string>} */
  const leads = new Map();
  for (const code of codes) {
    const starts = wordsOf(code.label).filter((word) => word.length > 2);
    for (let n = 1; n <= LONGEST_LEAD && !leads.has(code.id); n += 1) {
      const start = starts.map((word) => word.slice(0, n)).find((part) => part.length === n && found(codes, part)[0] === code);
      if (start) leads.set(code.id, start);
    }
  }
  return leads;
}
