// What the coding card looks like: builds it once, then paints the present note into it. Decides nothing.

import { canHold } from "../answering/again.js";
import { choosable, FLAG, isOpen, proposalIn } from "../answering/answers.js";
import { createChanges } from "../looks/changes.js";
import { createCodes, mostRows, TOLD_OF_NUMBERS } from "../looks/codes.js";
import { afterLatest, createKit, labelsOf, latestOf, make, paintDefinitions, retiredOf, sayContext } from "../looks/elements.js";
import { createFrame } from "../looks/frame.js";
import { createNotices } from "../looks/notices.js";
import { createOverlays } from "../looks/overlays.js";

/** @import { Answer, CardData, Cell, Draft, Hand, Note, Say, Variable, View, Worklist } from "../types" */

/** @param {HTMLElement} host @param {CardData} data @param {Say} say @param {Worklist} list @param {Hand} hand
 * @returns {View} */
export function createCodingView(host, data, say, list, hand) {
  const kit = createKit(hand.click);
  const { parts, part, button, tool, group } = kit;
  /** @type {{ note: Note | null, variable: Variable | null }} */
  let shown = { note: null, variable: null };

  // --- building -----------------------------------------------------------------------------------

  function buildTools() {
    const sure = ["1", "2", "3"].map((n) => tool(`sure${n}`, say(`certainty_${n}`), `⇧${n}`, "certainty", n));
    return make("div", "sk-tools",
      group("certainty", "sk-segments", say("certainty"), ...sure),
      tool("memo", say("memo"), "m"), tool("flag", say("flag"), "t"), tool("propose", say("propose"), "+"), tool("skip", say("skip"), "s"));
  }

  function buildWork() {
    const state = make("div", "sk-state", group("steps", "sk-steps", say("questions")), part("remark", "p", "sk-remark"));
    const question = part("question", "p", "sk-question");
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    const tools = buildTools();
    parts.propose.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault()); // the words chosen in the note stay so
    return [parts.again, state, question, answer, tools, part("proposed", "p", "sk-quiet sk-proposed")];
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) {
      shown = { note: null, variable: null };
      const isTold = list.list.kind === "changes";
      if (isTold) changes.paintAll();
      else notices.paintFinish(counts);
      const latest = isTold ? "" : latestOf(list, say);
      if (hand.told || latest) parts.finish.append(make("p", "sk-quiet", said() || say("finish_latest", { latest })));
    } else paintNote();
    frame.paintMoves(finished);
    parts.changes.hidden = !list.again().length;
    parts.moves.hidden = list.list.kind === "changes";
    notices.paintSaved();
    frame.showPanel();
  }

  function paintNote() {
    const { note, variable, answer, draft, earlier } = list.current();
    const newNote = note !== shown.note;
    const newVariable = variable !== shown.variable;
    if (newVariable) paintVariable(variable);
    paintSteps(note, variable);
    paintAnswer(note, variable, answer, draft, earlier);
    if (newNote || newVariable) announce(note, variable, newNote);
    if (newNote) codes.close();
    if (newNote) frame.paintNote(note);
    shown = { note, variable };
  }

  /** @param {Variable} variable */
  function paintVariable(variable) {
    parts.question.textContent = variable.question;
    const confirm = variable.kind === "multiple" ? [(parts.confirm = button("sk-confirm", "", "Enter", "confirm"))] : [];
    parts.answer.replaceChildren(parts.codes, ...confirm);
    codes.paint(variable);
    paintDefinitions(parts.panelBox, variable, say);
  }

  const said = () => (hand.told ? say(hand.told.key, hand.told.values) : "");

  /** @param {Note} note @param {Variable} variable */
  function paintSteps(note, variable) {
    parts.steps.hidden = data.notes.every((one) => one.variables.length < 2);
    const few = note.variables.length <= 4;
    parts.steps.classList.toggle("sk-few", few);
    parts.steps.replaceChildren(...note.variables.map((name, number) => {
      const { label } = list.variables.get(name);
      const answer = list.answerTo(note, name);
      const made = button("sk-step", few ? label : String(number + 1), "", "toStep", name);
      const state = isOpen(answer) ? "open" : answer.event === "skip" ? "skipped" : "answered";
      made.dataset.state = state;
      made.setAttribute("aria-label", `${label}: ${say(`step_${state}`)}`);
      made.title = label;
      if (name === variable.id) made.setAttribute("aria-current", "step");
      return made;
    }));
  }

  /** @param {Note} note @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft
   * @param {Answer | undefined} earlier */
  function paintAnswer(note, variable, answer, draft, earlier) {
    changes.paintOne(variable, isOpen(answer) ? earlier : answer, canHold(answer, variable) && variable.kind !== "multiple");
    const chosen = choosable(draft.codes ?? (answer ? answer.codes : []), variable);
    codes.press((code) => chosen.includes(code));
    codes.paintTyped(answer, draft);
    paintDoubt(/** @type {Cell} */ (list.aim()));
    parts.flag.setAttribute("aria-pressed", !isOpen(list.answerTo(note, FLAG)));
    paintProposal(note, variable, draft, answer);
    parts.remark.textContent = remark(variable, answer, draft, earlier);
    parts.remark.classList.toggle("sk-due", Boolean(earlier && !earlier.again) && isOpen(answer));
    if (variable.kind === "multiple") {
      const label = canHold(answer, variable) && !draft.codes ? say("still_holds") : chosen.length ? say("confirm", { n: chosen.length }) : say("confirm_none");
      parts.confirm.querySelector(".sk-label").textContent = label;
      parts.confirm.classList.toggle("sk-on", Boolean(answer && answer.event === "decide" && !draft.codes && !answer.older && chosen.length === answer.codes.length));
    }
  }

  /** @param {Note} note @param {Variable} variable @param {Draft} draft @param {Answer | undefined} answer */
  function paintProposal(note, variable, draft, answer) {
    const { name, words } = proposalIn(list.proposed({ note, variable }));
    const begun = draft.proposing && draft.proposing.name.trim();
    const key = isOpen(answer) || answer.event === "skip" ? "proposed" : "proposed_provisional";
    parts.propose.classList.toggle("sk-on", Boolean(name));
    parts.propose.title = words;
    parts.proposed.textContent = [name && say(key, { name }), begun && say("propose_begun", { name: begun })].filter(Boolean).join(" ");
    parts.proposed.hidden = !parts.proposed.textContent;
  }

  // The words of the note that are chosen on screen.
  function chosenWords() {
    const chosen = window.getSelection();
    const isInside = chosen && parts.text.contains(chosen.anchorNode) && parts.text.contains(chosen.focusNode);
    return isInside ? String(chosen).trim() : "";
  }

  // Certainty and memo are of what they act on: the answer just given, or the present one.
  /** @param {Cell} aim */
  function paintDoubt({ answer, draft }) {
    const certainty = draft.certainty ?? (answer ? answer.certainty : "");
    for (const n of ["1", "2", "3"]) parts[`sure${n}`].setAttribute("aria-pressed", certainty === n);
    const memo = draft.memo ?? (answer ? answer.memo : "");
    parts.memo.classList.toggle("sk-on", Boolean(memo));
    parts.memo.title = memo;
  }

  // One line that says how this question stands, and before it what was just answered or why a key did nothing.
  /** @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft
   * @param {Answer | undefined} earlier */
  function remark(variable, answer, draft, earlier) {
    if (hand.told && !(variable.kind === "scale" && TOLD_OF_NUMBERS.has(hand.told.key))) return said(); // else it stands below the numbers
    if (draft.codes) return say("not_confirmed");
    if (draft.number !== undefined) return say("number_waits", { number: draft.number.trim() });
    if (earlier && !earlier.again && isOpen(answer)) return afterLatest(list, say, say("changed_text", { codes: labelsOf(variable, earlier) }));
    if ((answer ?? earlier)?.again && draft.memo === undefined) return latestOf(list, say);
    if (isOpen(answer)) return draft.memo ? afterLatest(list, say, say("waits_for_answer")) : latestOf(list, say);
    return afterLatest(list, say, status(variable, answer, draft));
  }

  /** @param {Variable} variable @param {Answer} answer @param {Draft} draft */
  function status(variable, answer, draft) {
    if (answer.older && draft.memo !== undefined) return say("memo_waits_older");
    if (draft.memo !== undefined && draft.memo !== answer.memo) return say("waits_for_answer");
    if (answer.event === "skip") return say("skipped_before");
    const gone = retiredOf(variable, answer);
    if (gone) return say("retired", { code: gone });
    return say(answer.older ? "older_answer" : "answered");
  }

  /** @param {Note} note @param {Variable} variable @param {boolean} newNote */
  function announce(note, variable, newNote) {
    const again = parts.again.hidden ? "" : ` ${parts.again.textContent}`;
    parts.live.textContent = `${newNote ? `${parts.place.textContent}. ${sayContext(note)}${note.text}. ` : ""}${variable.question}${again}`;
  }

  const changes = createChanges({ say, list, data, part, parts, button });
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label: say("card") });
  const { root, id, focus } = frame;
  const overlays = createOverlays({ root, answer: parts.answer, main: parts.main, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data, savesBegun: true });
  const codes = createCodes(kit, { tip: overlays.tip, panelIsOpen: frame.panelIsOpen, say, hand, focus, id });
  parts.moves.append(tool("changes", say("changes"), ","));
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  root.style.setProperty("--sk-rows", String(mostRows(data.variables)));
  kit.onClicked(() => { if (!overlays.isOpen) focus(); });

  return {
    root, paint, focus, showState: notices.showState, togglePanel: frame.togglePanel, toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote, openMemo: overlays.openMemo, openProposal: () => overlays.openProposal(chosenWords()), openSearch: overlays.openSearch,
    closeOverlays: overlays.close, openBlock: codes.openBlock, keepFocus: frame.keepFocus, shows: frame.shows, open: () => frame.open(paint), stop: frame.stop,
  };
}
