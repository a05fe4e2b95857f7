// What has changed in the codebook: all of it before one goes on, and beside each answer to be looked at again.

import { changeOf, toldOf, wordDiff } from "../answering/again.js";
import { labelsOf, make } from "./elements.js";

/** @import { Again, Answer, CardData, Change, Kit, Note, Say, Told, Variable, Worklist } from "../types" */

const HEADED = new Set(["include", "exclude", "example", "question", "points", "split_into"]); // parts that are named

/** @param {{ say: Say, list: Worklist, data: CardData } & Pick<Kit, "part" | "parts" | "button">} given */
export function createChanges({ say, list, data, part, parts, button }) {
  const changes = data.changes ?? [];

  // What is struck out or marked to the eye is said to whoever listens.
  /** @param {"gone" | "new"} kind @param {string} text */
  function marked(kind, text) {
    const [, space, words] = /** @type {RegExpExecArray} */ (/^(\s*)([^]*)$/.exec(text));
    const made = make(kind === "gone" ? "del" : "ins", "", make("span", "sk-unseen", `${say(`mark_${kind}`)} `), words, make("span", "sk-unseen", ` ${say("mark_end")}`));
    return [space, made];
  }

  /** @param {Change["parts"][number]} given */
  function partShown({ part: name, before, after }) {
    const pieces = before ? wordDiff(before, after) : /** @type {const} */ ([["new", after]]);
    const shown = name === "split_into" ? [after] : pieces.flatMap(([kind, text]) => (kind === "kept" ? [text] : marked(kind, text)));
    const head = HEADED.has(name) ? [make("em", "", say(name)), " "] : [];
    return make("p", name === "label" ? "sk-changed-label" : "", ...head, ...shown);
  }

  /** @param {Change} change */
  const textOf = (change) => change.parts.map(partShown);

  /** @param {Told} told */
  function entry({ change, counts }) {
    const lines = [...counts].map(([why, n]) => make("span", "", say(`changed_${why}`), " · ", say("changed_n", { n })));
    const { label } = list.variables.get(change.variable);
    const about = data.variables.length > 1 && change.code ? [make("span", "sk-quiet", ` ${label}`)] : [];
    return make("li", "sk-change", make("p", "sk-change-why", ...lines), make("h3", "", change.label, ...about), ...textOf(change));
  }

  // In place of the note, until one goes on.
  function paintAll() {
    const n = list.again().length;
    const title = make("h2", "sk-finish-title", say("what_changed"));
    const go = button("sk-go sk-main", say("changed_go", { n }), "Enter", "confirm");
    parts.finish.replaceChildren(title, make("p", "", say("changed_intro", { n })),
      make("div", "sk-tools", go, button("sk-tool", say("changed_later"), "Esc", "closeChanges")),
      make("ul", "sk-changes", ...toldOf(list, changes).map(entry)));
    parts.live.textContent = `${say("what_changed")}. ${say("changed_intro", { n })}`;
  }

  /** @param {Variable} variable @param {Answer} answer */
  function reason(variable, answer) {
    const { why, code } = /** @type {Again} */ (answer.again);
    const named = labelsOf(variable, { codes: code ? code.split("|") : [] });
    return say(code || why === "question" ? `again_${why}` : "again_other", { answer: labelsOf(variable, answer), code: named });
  }

  // Beside one answer: why it is to be looked at again, the text word by word, and that it still holds.
  /** @param {Variable} variable @param {Answer | undefined} answer @param {boolean} holds */
  function paintOne(variable, answer, holds) {
    parts.again.hidden = !answer || !answer.again;
    if (!answer || !answer.again) return;
    const change = changeOf(changes, variable.id, answer.again);
    const still = holds ? [button("sk-go sk-main", say("still_holds"), "Enter", "confirm")] : [];
    parts.again.replaceChildren(make("p", "sk-change-why", reason(variable, answer)), ...(change ? textOf(change) : []), ...still);
  }

  part("again", "div", "sk-again").hidden = true;
  return { paintAll, paintOne };
}
