// What the coders chose on one note, side by side; who they are stays hidden until somebody asks.

import { keysOf } from "../answering/keys.js";
import { keycap, make } from "../looks/elements.js";

/** @import { DisputedNote, Reading, Say, Variable } from "../types" */

/** @param {Reading} reading @param {number} number @param {Say} say @param {boolean} named */
function nameOf(reading, number, say, named) {
  const letter = number < 26 ? String.fromCharCode(65 + number) : String(number + 1);
  return named ? reading.name : say("coder_letter", { letter });
}

// `keys`: code -> its key, so that the choice of a coder is one key press away.
/** @param {Reading} reading @param {number} number @param {{ certainty: boolean, memo: boolean }} columns
 * @param {Say} say @param {boolean} named @param {Map<string, string>} keys */
function readingRow(reading, number, columns, say, named, keys) {
  const caps = reading.codes.flatMap((code) => keys.get(code) ?? []).map(keycap);
  const choice = make("td", "", make("div", "sk-choice", ...caps, make("span", "", reading.label)));
  const name = make("th", "sk-coder", nameOf(reading, number, say, named));
  name.scope = "row";
  const row = make("tr", "", name, choice);
  if (columns.certainty) row.append(make("td", "sk-sure", reading.certainty ? say(`certainty_${reading.certainty}`) : "–"));
  if (columns.memo) row.append(make("td", "sk-memo-text", reading.memo));
  return row;
}

/** @param {HTMLElement} table @param {DisputedNote} note @param {Variable} variable @param {Say} say
 * @param {boolean} named */
export function paintReadings(table, note, variable, say, named) {
  const columns = {
    certainty: note.readings.some((reading) => reading.certainty),
    memo: note.readings.some((reading) => reading.memo),
  };
  const keys = new Map([...keysOf(variable)].map(([key, code]) => [code, key]));
  const heads = ["coder", "choice", ...(columns.certainty ? ["sure"] : []), ...(columns.memo ? ["memo_head"] : [])];
  const head = make("tr", "", ...heads.map((name) => {
    const cell = make("th", "", say(name));
    cell.scope = "col";
    return cell;
  }));
  const rows = note.readings.map((reading, number) => readingRow(reading, number, columns, say, named, keys));
  table.replaceChildren(make("thead", "", head), make("tbody", "", ...rows));
}

/** @param {DisputedNote} note @param {Say} say */
export function sayReadings(note, say) {
  return note.readings.map((reading, number) => `${nameOf(reading, number, say, false)}: ${reading.label}.`).join(" ");
}
