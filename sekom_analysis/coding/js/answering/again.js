// Which answers are to be looked at again since the codebook changed, and what the change was, word by word. Pure.

/** @import { Again, Answer, CardEvent, Change, Piece, Told, Variable, Worklist } from "../types" */

const REJECTED = 400; // of two texts longer than so many words the old one is struck out whole

// An answer as it counts now: under what its codes are called, and why it is to be looked at again. Of an earlier
// version the page was told what that is, by the same rules as in a notebook.
/** @param {Pick<CardEvent, "codes" | "codebook">} event @param {Variable | undefined} variable
 * @returns {{ codes: string[] | null, again?: Again }} */
export function countedNow({ codes, codebook = "" }, variable) {
  if (!variable || codebook === variable.version) return { codes };
  const then = (variable.earlier ?? {})[codebook];
  if (!then) return { codes, again: { why: "unreviewed", code: "", text: "" } };
  /** @type {(code: string) => Again | null} */
  const whyOf = (code) => (code in then.again ? then.again[code] : then.rest);
  const reasons = (codes.length ? codes : [""]).flatMap((code) => whyOf(code) ?? []);
  const [again] = reasons.sort((a, b) => (a.weight ?? 0) - (b.weight ?? 0));
  const now = codes.map((code) => (code in then.counts ? then.counts[code] : code));
  return { codes: now.includes(null) ? null : [...new Set(/** @type {string[]} */ (now))], again };
}

/** @param {Answer | null | undefined} answer */
export const isAgain = (answer) => Boolean(answer && (answer.event === "decide" ? answer.older : answer.again && answer.event === "retract"));

// Whether an answer can be given as it is under the codebook of now.
/** @param {Answer | null | undefined} answer @param {Variable} variable */
export function canHold(answer, variable) {
  return Boolean(answer && answer.older && answer.codes.every((code) => variable.codes.some(({ id }) => id === code)));
}

/** @param {Change | Again} one @param {string} variable */
const keyOf = ({ code, text }, variable) => `${variable} ${code} ${text}`;

// The change that an answer is to be looked at again for.
/** @param {Change[]} changes @param {string} variable @param {Again | undefined} again */
export function changeOf(changes, variable, again) {
  return again && changes.find((one) => one.variable === variable && one.why === again.why && keyOf(one, variable) === keyOf(again, variable));
}

// Each change that answers of this coder are still to be looked at again for, with how many for which reason.
/** @param {Worklist} list @param {Change[]} changes @returns {Told[]} */
export function toldOf(list, changes) {
  /** @type {Map<string, Told>} */
  const told = new Map(changes.map((change) => [keyOf(change, change.variable), { change, counts: new Map() }]));
  for (const { variable, again } of list.again()) {
    const label = list.variables.get(variable).label;
    const key = keyOf(again, variable);
    const one = told.get(key) ?? { change: { ...again, variable, label, parts: [] }, counts: new Map() };
    one.counts.set(again.why, (one.counts.get(again.why) ?? 0) + 1);
    told.set(key, one);
  }
  return [...told.values()].filter(({ counts }) => counts.size);
}

// --- word by word -----------------------------------------------------------------------------------

/** @param {string} text */
const wordsOf = (text) => text.match(/\s*[\p{L}\p{N}\p{M}_'’-]+|\s*[^\s]/gu) ?? [];

// What of two texts stays, goes and is new, in order.
/** @param {string} before @param {string} after @returns {Piece[]} */
export function wordDiff(before, after) {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (Math.max(old.length, now.length) > REJECTED) return joined([["gone", before], ["new", after]]);
  /** @type {(word: string) => string} */
  const bare = (word) => word.trim();
  const same = old.map(() => new Array(now.length + 1).fill(0)); // how many words the two have in common from here on
  same.push(new Array(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      same[i][j] = bare(old[i]) === bare(now[j]) ? same[i + 1][j + 1] + 1 : Math.max(same[i + 1][j], same[i][j + 1]);
    }
  }
  /** @type {[Piece[0], string][]} */
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && bare(old[i]) === bare(now[j])) {
      pieces.push(["kept", now[j]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= now.length || (i < old.length && same[i + 1][j] >= same[i][j + 1])) {
      pieces.push(["gone", old[i]]);
      i += 1;
    } else {
      pieces.push(["new", now[j]]);
      j += 1;
    }
  }
  return joined(pieces);
}

/** @param {[Piece[0], string][]} pieces @returns {Piece[]} */
function joined(pieces) {
  /** @type {Piece[]} */
  const found = [];
  for (const [kind, text] of pieces) {
    const last = found.at(-1);
    if (last && last[0] === kind) last[1] += text;
    else if (text) found.push([kind, text]);
  }
  return found;
}
