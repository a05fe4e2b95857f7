// What the card says besides the note: how much is saved, what is not and why, and that all is done.

import { isOpen } from "../answering/answers.js";
import { keycap, make } from "./elements.js";
import { finishOf } from "./finish.js";

/** @import { Begun, CardData, FinishNumbers, FinishRow, FinishShown, Kit, Note, OutboxState, Say, Worklist } from "../types" */

export const MOST_NAMED = 8; // more notes than these are counted
const NAME_LENGTH = 40;
const LOCK = 400; // milliseconds: an Enter that was meant for the last note does nothing here

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

  /** @type {HTMLButtonElement | null} */
  let main = null;
  let painted = ""; // what the last screen was last worked out from
  let since = 0;
  const isCoding = data.card === "coding";

  // After a talk nobody owes an answer.
  /** @param {{ open: number, begun: number }} counts @returns {FinishNumbers} */
  function numbers({ open, begun }) {
    const file = data.handIn ? data.handIn.state() : null;
    const isSaved = root.dataset.saved === "saved";
    const of = Object.fromEntries(/** @type {const} */ (["skipped", "unsure", "changed", "older", "differing"]).map((kind) => [kind, list.countSort(kind)]));
    return {
      total: data.notes.length, done: data.notes.filter(list.isDone).length, open: data.card === "talk" ? 0 : open, begun, pass: data.pass, savesBegun, isSaved,
      isStuck: root.dataset.saved === "not_saved", skipped: of.skipped, unsure: of.unsure, changed: of.changed, older: of.older, differing: of.differing, file,
    };
  }

  // Everything on the last screen follows from one set of numbers.
  /** @param {{ open: number, begun: number }} counts */
  function paintFinish(counts) {
    const now = numbers(counts);
    const shown = finishOf(now);
    painted = JSON.stringify([now, list.begun().map((one) => begunLabel(one, list, say))]);
    since = window.performance.now();
    main = null;
    const title = make("h2", "sk-finish-title", say(...shown.title));
    const head = make("div", "sk-finish-head", title, part("finishSaved", "p", "sk-finish-saved", say(...shown.lead)));
    const rows = isCoding ? shown.rows : shown.rows.filter(({ name }) => name === "begun");
    const ledger = make("ul", "sk-ledger", ...rows.map((row) => rowOf(row, shown.main)));
    ledger.setAttribute("role", "list");
    const also = shown.also.map(([kind, n]) => button("sk-go", say(`review_${kind}`, { n }), "", "review", kind));
    if (!isCoding && shown.main === "toFirstOpen") also.unshift(actionOf("toFirstOpen", true));
    if (!isCoding && shown.main === "older") also.unshift(actionOf("older", true));
    also.push(...helps());
    const more = also.length ? [make("div", "sk-also", make("p", "", say("finish_also")), make("div", "sk-row", ...also))] : [];
    parts.finish.replaceChildren(make("div", "sk-fin", head, ...(rows.length ? [ledger] : []), ...more));
    parts.live.textContent = say(...shown.title);
  }

  // What a page can do besides: the first screen's practice and codebook, again.
  function helps() {
    const { handIn } = data;
    if (!handIn) return [];
    return /** @type {const} */ (["practise", "readCodebook"]).flatMap((name) => {
      const act = handIn[name];
      return act ? [own(`finish_${name}`, act)] : [];
    });
  }

  /** @param {string} label @param {() => unknown} act @returns {HTMLButtonElement} */
  function own(label, act) {
    const made = make("button", "sk-go", make("span", "sk-label", say(label)));
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  /** @param {FinishRow} row @param {FinishShown["main"]} next */
  function rowOf({ name, mark, title, details, action }, next) {
    const sign = make("span", "sk-mark");
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", say(`finish_mark_${mark}`));
    const small = details.length ? [make("span", "sk-row-more", details.map((one) => say(...one)).join(" · "))] : [];
    const text = make("div", "", make("strong", "", say(...title)), ...small, ...(name === "begun" ? begunList() : []));
    const made = make("li", name === "begun" ? "sk-begun" : "", sign, text, ...(action ? [actionOf(action, action === next)] : []));
    made.dataset.mark = mark;
    made.dataset.row = name;
    return made;
  }

  /** @param {NonNullable<FinishRow["action"]>} action @param {boolean} isMain */
  function actionOf(action, isMain) {
    const { handIn } = data;
    const made = action === "download" || action === "sent" ? own(`finish_${action}`, () => handIn?.[action]())
      : action === "older" ? button("sk-go", say("review_older", { n: list.countSort("older") }), "", "review", "older")
        : button("sk-go", say(action === "toFirstOpen" ? "finish_go_on" : "save_begun"), "", action);
    if (!isMain) return made;
    made.classList.add("sk-main");
    made.append(keycap("Enter"));
    main = made;
    return made;
  }

  function begunList() {
    const begun = list.begun();
    const named = begun.slice(0, MOST_NAMED).map((one) => make("li", "", button("sk-tool", begunLabel(one, list, say), "", "toCell", one)));
    const more = begun.length > MOST_NAMED ? [make("li", "sk-quiet", say("begun_more", { n: begun.length - MOST_NAMED }))] : [];
    const skips = savesBegun && savesSkip(list, begun) ? [make("span", "sk-row-more", say("save_begun_skips"))] : [];
    return [make("ul", "", ...named, ...more), ...skips];
  }

  // What has changed since: saved by now, a file downloaded, said to be sent.
  function freshen() {
    if (!list.isFinished() || !parts.finishSaved?.isConnected) return;
    const counts = list.count();
    if (painted === JSON.stringify([numbers(counts), list.begun().map((one) => begunLabel(one, list, say))])) return;
    const had = root.contains(document.activeElement) && document.activeElement !== root;
    const name = document.activeElement?.textContent;
    const told = [...parts.finish.children].slice(1); // said by the card, below
    paintFinish(counts);
    parts.finish.append(...told);
    if (!had || root.contains(document.activeElement)) return;
    const same = [...parts.finish.querySelectorAll("button")].find((one) => one.textContent === name);
    (same ?? root).focus({ preventScroll: true }); // who was on a button is on it still
  }

  // Enter does what the main button says, unless something else has the focus.
  root.addEventListener("keydown", (event) => {
    const isFree = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey
      && !(/** @type {Element} */ (event.target).closest("button, a, input, textarea, select, summary, [role=dialog]"));
    if (!isFree || !list.isFinished() || !main || !main.getClientRects().length) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && window.performance.now() - since > LOCK) main.click();
  }, true);
  data.handIn?.listen(freshen);

  // How much is saved, and how much was begun and is not.
  function paintSaved() {
    const begun = list.begun().length;
    const calm = state.name === "saved" || (state.name === "saving" && !state.slow); // no flicker at every key
    root.dataset.begun = String(begun);
    parts.saved.textContent = calm ? say(begun ? "saved_begun" : "saved", { n: list.countSaved(state.cells), begun }) : say(state.name, { n: state.n });
    freshen();
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
