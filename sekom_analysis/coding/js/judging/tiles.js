// What coders chose, as it is seen: a tile for each code in dispute with those who chose it and why, a row for each coder
// where a tile cannot say it, and the note with the words that they selected.

import { shownNumber } from "../answering/answers.js";
import { NONE_FITS } from "../answering/keys.js";
import { make } from "../looks/elements.js";
import { letterOf, markedIn } from "./sides.js";

/** @import { DisputedNote, Kit, Reading, Say, Side, Variable } from "../types" */

/** @param {Variable} variable @param {string} code @param {Say} say */
export function labelOf(variable, code, say) {
  const known = variable.codes.find(({ id }) => id === code);
  if (variable.kind === "scale") return shownNumber(code);
  return known?.label ?? variable.retired[code] ?? (code === NONE_FITS ? say("confirm_none") : code);
}

/** @param {string} letter */
const letterCap = (letter) => make("span", "sk-letter", letter);

// How sure a coder was, and the memo; what nobody wrote takes no room but for a word that there is none.
/** @param {Reading} reading @param {Say} say @returns {Node[]} */
function saidIn({ certainty, memo }, say) {
  const sure = certainty ? [make("span", certainty === "1" ? "sk-unsure" : "sk-sure", say(`just_${certainty}`))] : [];
  const words = memo ? [make("q", "", memo)] : [];
  const parts = [...sure, ...words];
  return parts.length ? parts.flatMap((part, number) => (number ? [" ", part] : [part])).map((part) => (typeof part === "string" ? document.createTextNode(part) : part))
    : [make("span", "", say("no_memo"))];
}

/** @param {Reading} reading @param {number} place @param {Say} say @param {boolean} named */
function says(reading, place, say, named) {
  const name = named ? [make("span", "sk-name", reading.name), " "] : [];
  return make("p", "sk-said-by", make("b", "", letterOf(place)), make("span", "", ...name, ...saidIn(reading, say)));
}

/** @param {Kit} kit @param {Say} say */
export function createTiles({ button }, say) {
  // `key`: the digit that chooses it; with `withMemos` the tile says what each who chose it wrote.
  /** @param {Side} side @param {string} key @param {{ note: DisputedNote, variable: Variable, named: boolean, withMemos: boolean }} given */
  function tile({ code, readers }, key, { note, variable, named, withMemos }) {
    const known = variable.codes.find(({ id }) => id === code);
    const made = button("sk-side", labelOf(variable, code, say), key, "code", code);
    made.removeAttribute("aria-label"); // all that is in it is its name
    made.dataset.code = code;
    made.append(make("span", "sk-letters", ...readers.map((place) => letterCap(letterOf(place)))));
    if (known?.definition || known?.exclude) {
      const not = known.exclude ? [" ", make("b", "", say("exclude")), ` ${known.exclude}`] : [];
      made.append(make("span", "sk-definition", known.definition ?? "", ...not));
    }
    if (!readers.length) made.append(make("span", "sk-says", make("span", "sk-quiet", say("nobody_chose"))));
    else if (withMemos) made.append(make("span", "sk-says", ...readers.map((place) => says(note.readings[place], place, say, named))));
    return made;
  }

  // A coder whose answer no tile holds: one who passed the question over, or gave several codes.
  /** @param {DisputedNote} note @param {number} place @param {boolean} named */
  function row(note, place, named) {
    const reading = note.readings[place];
    const rest = reading.memo || reading.certainty ? saidIn(reading, say) : [];
    const made = make("p", "sk-said-by", make("b", "", letterOf(place)), make("span", "", ...(named ? [make("span", "sk-name", reading.name), " "] : []),
      make("strong", "", reading.label), " ", ...rest));
    return made;
  }

  return { tile, row };
}

// The note's text with the words that coders selected, each with whose they are.
/** @param {HTMLElement} box @param {DisputedNote} note @param {Say} say */
export function paintMarked(box, note, say) {
  box.replaceChildren(...markedIn(note.text, note.readings).map(({ text, readers }) => {
    if (!readers.length) return document.createTextNode(text);
    const letters = readers.map(letterOf).join("");
    const made = make("mark", "sk-words", text);
    made.dataset.readers = letters;
    made.title = say("selected_by", { letters });
    return made;
  }));
}
