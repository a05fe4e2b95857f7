// The tray below the note: the answers just given, newest first, and what one may still want to say of the newest.

import { isOpen } from "../answering/answers.js";
import { latestOf, make, oneStop, saidOf } from "../looks/elements.js";

/** @import { Answer, Cell, Hand, Kit, Say, Variable, Worklist } from "../types" */

const MOST = 5;

/** @param {{ kit: Kit, list: Worklist, say: Say, hand: Hand }} given */
export function createTray({ kit, list, say, hand }) {
  const { parts, part, button, tool, group } = kit;
  let newest = ""; // which answer stood first when it was painted
  let asked = ""; // the answer whose certainties stand open
  let at = -1; // which of them the keys went back to

  // --- building -----------------------------------------------------------------------------------

  function build() {
    const recent = group("recent", "sk-recent", say("recent"));
    part("just", "span", "sk-unseen sk-just");
    const doubt = group("certainty", "sk-segments", say("certainty"), tool("sure1", say("certainty_1"), ".", "certainty", "1"),
      tool("sure2", say("fairly_sure"), "⇧2", "certainty", "2"), tool("sure3", say("certainty_3"), "⇧3", "certainty", "3"), foldButton());
    const tools = make("div", "sk-tools", doubt, tool("memo", say("memo"), ","), tool("undo", say("undo"), "⌫"), tool("redo", say("redo"), "⇧⌫"));
    const more = make("div", "sk-tools sk-push", tool("skip", say("skip"), "/"), tool("toFirstOpen", say("to_first_open"), "End"), tool("keys", "", "?"));
    parts.keys.setAttribute("aria-label", say("keys"));
    for (const name of ["redo", "toFirstOpen"]) parts[name].title = say(name === "redo" ? "redo" : "to_first_open");
    return [recent, tools, part("push", "div", "sk-gap"), more];
  }

  // Where there is no room for all three certainties, one more button opens them in the tray's own row.
  function foldButton() {
    const made = part("fold", "button", "sk-tool sk-fold", "…");
    made.type = "button";
    made.setAttribute("aria-label", say("certainty"));
    made.setAttribute("aria-expanded", "false");
    made.addEventListener("click", (event) => {
      fold(asked ? "" : aimed(list.aim()));
      if (event.detail > 0) parts.root.focus({ preventScroll: true });
    });
    return made;
  }

  /** @param {string} now */
  function fold(now) {
    asked = now;
    parts.tray.classList.toggle("sk-asks-doubt", Boolean(asked));
    parts.fold.setAttribute("aria-expanded", String(Boolean(asked)));
  }

  // What the certainties would be said of, and what was said of it.
  /** @param {Cell | null} aim */
  const aimed = (aim) => (aim ? `${list.cellOf(aim.note, aim.variable.id)} ${aim.answer?.id} ${aim.draft.certainty ?? aim.answer?.certainty}` : "none");

  // --- painting -----------------------------------------------------------------------------------

  /** @param {boolean} finished */
  function paint(finished) {
    paintRecent();
    paintDoubt(list.aim());
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    parts.skip.disabled = finished;
  }

  function paintRecent() {
    const all = list.recent(MOST);
    const first = all.length ? `${list.cellOf(all[0].note, all[0].variable.id)} ${all[0].answer?.id}` : "";
    const chips = all.map((one, number) => chip(one, number, !number && first !== newest));
    if (first !== newest) at = -1;
    newest = first;
    parts.just.textContent = latestOf(list, say);
    parts.recent.replaceChildren(...(chips.length ? [make("span", "sk-quiet", say("just_now")), ...chips] : []), parts.just);
    oneStop(parts.recent, chips[at]);
  }

  // An answer just given, with its marks; it leads back to its question.
  /** @param {Cell} one @param {number} number @param {boolean} isFresh */
  function chip({ note, variable, answer }, number, isFresh) {
    const given = /** @type {Answer} */ (answer);
    const words = saidOf({ variable, answer: given }, say);
    const made = button(`sk-chip${isFresh ? " sk-fresh" : ""}`, words, "", "toRecent", { note, variable });
    const colour = variable.codes.find(({ id }) => id === given.codes.join())?.colour;
    const marks = [given.certainty === "1" && "?", given.memo && "✎"].filter(Boolean).join(" ");
    if (colour) made.style.setProperty("--sk-c", colour);
    if (marks) made.append(make("span", "sk-marks", marks));
    made.title = `${variable.label}: ${note.text.slice(0, 120)}`;
    made.setAttribute("aria-label", [words, variable.label, given.certainty && say(`just_${given.certainty}`), given.memo && say("just_memo")].filter(Boolean).join(", "));
    if (number === at) made.setAttribute("aria-current", "true");
    return made;
  }

  // Certainty and memo are of what they act on: the answer just given, or the present one.
  /** @param {Cell | null} aim */
  function paintDoubt(aim) {
    const { answer, draft } = aim ?? { answer: undefined, draft: {} };
    const certainty = draft.certainty ?? (isOpen(answer) ? "" : answer.certainty);
    for (const n of ["1", "2", "3"]) parts[`sure${n}`].setAttribute("aria-pressed", certainty === n);
    if (asked && aimed(aim) !== asked) fold("");
    oneStop(parts.certainty, parts.certainty.querySelector('[aria-pressed="true"]'));
    const memo = draft.memo ?? (answer ? answer.memo : "");
    parts.memo.classList.toggle("sk-on", Boolean(memo));
    parts.memo.title = memo;
  }

  // By key through the answers just given: 1 to an older one, -1 to a newer.
  /** @param {number} by */
  function step(by) {
    const all = list.recent(MOST);
    at = Math.min(Math.max(at + by, -1), all.length - 1);
    const one = all[at];
    if (one) list.goTo(one.note, one.variable.id);
    else if (by < 0) list.toFirstOpen();
    else hand.tell("no_recent");
  }

  return { nodes: build(), paint, step };
}
