// What the card says besides the note: how much is saved, what is not and why, and that all is done.

import { isOpen } from "../answering/answers.js";
import { make } from "./elements.js";

/** @import { Begun, CardData, Kit, Note, OutboxState, Say, Sort, Worklist } from "../types" */

export const MOST_NAMED = 8; // more notes than these are counted
const NAME_LENGTH = 40;

// A note by the beginning of its text; a page has no ids.
/** @param {Note} note */
function nameOfNote(note) {
  const text = note.text.replace(/\s+/g, " ").trim();
  return `”${text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH).trimEnd()}…` : text}”`;
}

// Of which note and, where it is asked several, of which question something was begun, and what.
/** @param {Begun} begun @param {Worklist} list @param {Say} say */
export function begunLabel({ note, variable, codes, memo, proposal }, list, say) {
  const question = note.variables.length > 1 ? `, ${list.variables.get(variable).label}` : "";
  return `${nameOfNote(note)}${question}: ${say(`begun_${codes && memo ? "both" : codes ? "codes" : memo || !proposal ? "memo" : "proposal"}`)}`;
}

// Whether saving what was begun passes over a question that has no answer yet.
/** @param {Worklist} list @param {Begun[]} begun */
export const savesSkip = (list, begun) => begun.some(({ note, variable, codes, memo }) => !codes && memo && isOpen(list.answerTo(note, variable)));

// `savesBegun`: whether the card can make answers of what was begun; where a reason is asked for it cannot.
/** @param {{ root: HTMLElement, data: CardData, say: Say, list: Worklist, savesBegun?: boolean } & Pick<Kit, "parts" | "part" | "button">} given */
export function createNotices({ root, parts, part, button, say, list, data, savesBegun = false }) {
  /** @type {OutboxState} */
  let state = { name: "saved", n: 0, slow: false, cells: new Set(), why: "", kept: true, refused: null };

  // Everything on the last screen follows from one set of numbers.
  /** @param {{ open: number, begun: number }} counts */
  function paintFinish(counts) {
    /** @type {Sort[]} */
    const kinds = ["skipped", "unsure", "changed", "older", "differing"];
    const sorts = kinds.map((kind) => ({ kind, n: list.countSort(kind) })).filter(({ n }) => n);
    const title = counts.open ? say("finish_open", { n: counts.open })
      : counts.begun ? say("begun", { n: counts.begun }) : say(`finish_pass_${data.pass}`);
    const heading = make("p", "sk-finish-title", title);
    const actions = sorts.map(({ kind, n }) => button("sk-code", say(`review_${kind}`, { n }), "", "review", kind));
    if (counts.open) actions.unshift(button("sk-code", say("to_first_open"), "n", "toFirstOpen"));
    parts.finish.replaceChildren(heading, ...begunBox(counts), part("finishSaved", "p", "sk-finish-saved"), ...actions);
    parts.live.textContent = title;
    showFinishSaved(counts);
  }

  /** @param {{ open: number }} counts */
  function begunBox(counts) {
    const begun = list.begun();
    if (!begun.length) return [];
    const title = counts.open ? [make("p", "", say("begun", { n: begun.length }))] : [];
    const named = begun.slice(0, MOST_NAMED).map((one) => make("li", "", button("sk-tool", begunLabel(one, list, say), "", "toCell", one)));
    const more = begun.length > MOST_NAMED ? [make("li", "sk-quiet", say("begun_more", { n: begun.length - MOST_NAMED }))] : [];
    const save = savesBegun ? [button("sk-code", say("save_begun"), "", "saveBegun")] : [];
    const skips = savesBegun && savesSkip(list, begun) ? [make("p", "sk-quiet", say("save_begun_skips"))] : [];
    return [make("div", "sk-begun", ...title, make("ul", "", ...named, ...more), ...skips, ...save)];
  }

  /** @param {{ open: number, begun: number }} counts */
  function showFinishSaved({ open, begun }) {
    if (!parts.finishSaved) return;
    const key = root.dataset.saved !== "saved" ? "finish_waiting" : begun ? "finish_begun" : open ? "finish_saved_open" : "finish_saved";
    parts.finishSaved.textContent = say(key);
  }

  // How much is saved, and how much was begun and is not.
  function paintSaved() {
    const begun = list.begun().length;
    const calm = state.name === "saved" || (state.name === "saving" && !state.slow); // no flicker at every key
    root.dataset.begun = String(begun);
    parts.saved.textContent = calm ? say(begun ? "saved_begun" : "saved", { n: list.countSaved(state.cells), begun }) : say(state.name, { n: state.n });
    if (list.isFinished()) showFinishSaved(list.count());
  }

  /** @param {OutboxState} now */
  function showState(now) {
    const was = root.dataset.saved;
    state = now;
    root.dataset.saved = state.name;
    root.dataset.waiting = String(state.n);
    paintSaved();
    if (state.name !== "not_saved") return was === "not_saved" ? parts.alarm.replaceChildren() : undefined;
    const why = state.refused ? say("refused") : state.why ? say("disk_refuses") : say("nobody_answers");
    const kept = state.kept ? say("kept_here") : say("kept_in_tab_only");
    const signature = [state.n, why, kept].join();
    if (parts.alarm.dataset.signature === signature && parts.alarm.childNodes.length) return undefined;
    parts.alarm.dataset.signature = signature;
    parts.alarm.replaceChildren(make("strong", "", say("not_saved", { n: state.n })), ` ${why} ${kept}`);
    const details = state.refused ? state.refused.refused : state.why;
    if (details) parts.alarm.append(make("details", "", make("summary", "", say("details")), make("p", "", details)));
    if (state.refused) parts.alarm.append(button("sk-tool", say("answer_again"), "", "answerAgain", state.refused.event));
    return undefined;
  }

  return { paintFinish, paintSaved, showState };
}
