// Notes to practise on: examples of the codebook, whose code is known. Pure: nothing of it is kept or counted.

/** @import { Code, Variable } from "../types" */

/** @typedef {{ text: string, code: Code }} Practice */

const MOST = 3;

// Examples of different codes of the first question that has two; not in the codebook's order, which the keys follow.
/** @param {Variable[]} variables @returns {{ variable: Variable, notes: Practice[] } | null} */
export function practiceOf(variables) {
  for (const variable of variables) {
    const known = variable.kind === "scale" ? [] : variable.codes.filter((code) => code.example?.trim());
    const chosen = [known[known.length - 1], known[0], known[Math.floor(known.length / 2)]].slice(0, MOST);
    const notes = [...new Set(chosen)].filter(Boolean).map((code) => ({ text: bare(code.example ?? ""), code }));
    if (notes.length > 1) return { variable, notes };
  }
  return null;
}

// An example without the marks around it.
/** @param {string} text */
const bare = (text) => text.trim().replace(/^["”“»'](.*)["”“»']$/s, "$1").trim();

// The digit of each code, if it has one: 1–9 by its place, 0 for none.
/** @param {Code} code @param {number} number */
export function digitOf(code, number) {
  if (code.id === "none_fits") return "0";
  const place = (code.place ?? number) + 1;
  return place <= 9 ? String(place) : "";
}

// Which codes a word begins, in any of theirs; all where nothing is typed.
/** @param {Code[]} codes @param {string} typed */
export function found(codes, typed) {
  const word = typed.trim().toLocaleLowerCase();
  return word ? codes.filter(({ label }) => label.toLocaleLowerCase().split(/[\s,/-]+/).some((part, n, all) => all.slice(n).join(" ").startsWith(word))) : codes;
}
