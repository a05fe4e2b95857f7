// Finding a code by the beginning of its words. Pure: no page.

/** @import { Code } from "../types" */

const LONGEST_LEAD = 4; // signs that are shown as the shortest way to a code
const SHORTEST_IN_DEFINITION = 2; // signs before definitions are looked into

/** @param {string} text */
export const fold = (text) => text.toLowerCase().normalize("NFC");

// Without rings and dots, for keyboards that lack å, ä and ö.
/** @param {string} text */
const plain = (text) => fold(text).normalize("NFD").replace(/\p{M}/gu, "");

/** @param {string} text */
const wordsOf = (text) => text.split(/[\s,.;:/()–-]+/).filter(Boolean);

const isWordSign = /[\p{L}\p{N}]/u;

// Whether the words typed begin words of a text, one after the other: "sam re" does in "samverkan med regionen".
/** @param {string} text @param {string} typed */
function beginsWords(text, typed) {
  const words = wordsOf(text);
  let at = 0;
  return wordsOf(typed).every((part) => {
    while (at < words.length && !words[at].startsWith(part)) at += 1;
    at += 1;
    return at <= words.length;
  });
}

// How well a label answers to what was typed: 4 it begins so and a word ends there, 3 it begins so, 2 words of it do,
// 1 it is in it, 0 not at all.
/** @param {string} label @param {string} typed */
function fit(label, typed) {
  if (label.startsWith(typed)) return isWordSign.test(label[typed.length] ?? "") ? 3 : 4;
  if (beginsWords(label, typed)) return 2;
  return label.includes(typed) ? 1 : 0;
}

/** @param {Code[]} codes @param {string} typed @param {(text: string) => string} form */
function foundInLabels(codes, typed, form) {
  const part = form(typed);
  const fits = codes.map((code) => ({ code, fit: fit(form(code.label), part) }));
  const least = fits.some((one) => one.fit > 1) ? 2 : 1; // within words only where no word begins so
  return fits.filter((one) => one.fit >= least).sort((a, b) => b.fit - a.fit).map(({ code }) => code);
}

/** @param {Code} code */
const meaningOf = ({ definition = "", include = "", example = "" }) => [definition, include, example].join(" ");

// The codes that answer to what was typed, best first, else as they stand in the codebook: by their labels, and where
// no label has it, by what is said to belong there.
/** @param {Code[]} codes @param {string} typed */
export function found(codes, typed) {
  const part = fold(typed.trim());
  if (!part) return [];
  for (const form of [fold, plain]) {
    const hits = foundInLabels(codes, part, form);
    if (hits.length) return hits;
  }
  return part.length < SHORTEST_IN_DEFINITION ? [] : codes.filter((code) => beginsWords(fold(meaningOf(code)), part));
}

// Where something stands in a text, at the beginning of a word if it can.
/** @param {string} text @param {string} part @returns {[number, number][]} */
function placesIn(text, part) {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (at === 0 || !isWordSign.test(text[at - 1])) return [[at, at + part.length]];
  }
  const at = text.indexOf(part);
  return at < 0 ? [] : [[at, at + part.length]];
}

// Where in a text what was typed stands: all of it, or else its words.
/** @param {string} text @param {string} typed @returns {[number, number][]} */
export function placesOf(text, typed) {
  for (const form of [fold, plain]) {
    const [whole, part] = [form(text), form(typed.trim())];
    if (!part || whole.length !== text.length) return [];
    const places = placesIn(whole, part);
    if (places.length) return places;
    const words = wordsOf(part).map((word) => placesIn(whole, word));
    if (words.length > 1 && words.every((one) => one.length) && beginsWords(whole, part)) return words.flat().sort(([a], [b]) => a - b);
  }
  return [];
}

// The shortest beginning by which each code comes first; it hangs on the labels, not on their order on the card.
/** @param {Code[]} codes @returns {Map<string, string>} */
export function leadsOf(codes) {
  /** @type {Map<string, string>} */
  const leads = new Map();
  for (const code of codes) {
    const starts = wordsOf(fold(code.label)).filter((word) => word.length > 2);
    for (let n = 1; n <= LONGEST_LEAD && !leads.has(code.id); n += 1) {
      const start = starts.map((word) => word.slice(0, n)).find((part) => part.length === n && found(codes, part)[0] === code);
      if (start) leads.set(code.id, start);
    }
  }
  return leads;
}
