// What the adjudication card looks like: builds it once, then paints the present note into it. Decides nothing.

import { isOpen, lengthOf, LONGEST_MEMO } from "../answering/answers.js";
import { NONE_FITS } from "../answering/keys.js";
import { createCodes, mostRows, TOLD_OF_NUMBERS } from "../looks/codes.js";
import { createKit, latestOf, make, paintDefinitions, retiredOf, sayContext } from "../looks/elements.js";
import { createFrame } from "../looks/frame.js";
import { createNotices } from "../looks/notices.js";
import { createOverlays } from "../looks/overlays.js";
import { choiceOf, isChoice, reasonOf } from "./choice.js";
import { paintReadings, sayReadings } from "./readings.js";

/** @import { AdjudicationData, Answer, Cell, DisputedNote, Draft } from "../types" */
/** @import { Hand, Note, Say, Variable, View, Worklist } from "../types" */

/** @param {HTMLElement} host @param {AdjudicationData} data @param {Say} say @param {Worklist} list
 * @param {Hand} hand @param {Set<string>} present @returns {View} */
export function createAdjudicationView(host, data, say, list, hand, present) {
  const act = hand.click;
  const kit = createKit(act);
  const { parts, part, button, tool, group } = kit;
  /** @type {{ note: Note | null, named: boolean }} */
  let shown = { note: null, named: false };
  let named = false; // who chose what; hidden again on the next note
  let refused = ""; // what was missing when something was to be saved

  // --- building -----------------------------------------------------------------------------------

  // Who sits beside the adjudicator; asked for where there is anybody who could.
  function buildPeople() {
    const hint = make("span", "sk-quiet", say("people_hint"));
    const toggles = data.people.map((coder) => button("sk-tool sk-person", coder, "", "present", coder));
    const box = group("people", "sk-people", say("people"), make("span", "sk-sheet-label", say("people")), ...toggles, hint);
    box.hidden = !data.people.length;
    parts.toggles = toggles;
    return box;
  }

  function paintPeople() {
    parts.toggles.forEach((/** @type {HTMLElement} */ toggle, /** @type {number} */ place) => toggle.setAttribute("aria-pressed", String(present.has(data.people[place]))));
  }

  function buildReadings() {
    const box = group("readings", "sk-readings", say("readings"), part("table", "table", "sk-table"));
    box.tabIndex = 0; // long ones scroll
    return box;
  }

  function buildReason() {
    const label = part("reasonLabel", "label", "sk-sheet-label", say("reason_label"));
    const field = part("reason", "textarea", "sk-field");
    field.rows = 2;
    field.addEventListener("input", () => act("typed", field.value));
    field.addEventListener("keydown", onReasonKey);
    const refusal = part("refusal", "p", "sk-refusal");
    refusal.setAttribute("role", "alert");
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("reason_hint")),
      (parts.save = button("sk-tool", say("save"), "Ctrl+Enter", "settle")));
    const head = make("div", "sk-reason-head", label, part("remark", "p", "sk-remark"));
    return make("div", "sk-reason", head, field, refusal, foot);
  }

  /** @param {KeyboardEvent} event */
  function onReasonKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) act("settle");
    else if (event.key === "Escape") frame.focus();
    else return;
    if (document.activeElement !== parts.reason) hand.leaveProse(event);
    event.preventDefault();
  }

  function buildWork() {
    const asked = make("div", "sk-state", part("question", "p", "sk-question"), tool("names", say("names"), "t"));
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    parts.leaveOpen = button("sk-code sk-open", say("leave_open"), "s", "leaveOpen");
    return [buildPeople(), buildReadings(), part("others", "div", "sk-others"), asked, answer, buildReason()];
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const [count, skipped] = [list.count(), list.countSort("skipped")];
    const counts = { ...count, skipped, settled: count.done - skipped };
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    paintPeople();
    if (finished) paintFinish(counts);
    else paintNote();
    frame.paintMoves(finished);
    notices.paintSaved();
  }

  /** @param {{ open: number, begun: number }} counts */
  function paintFinish(counts) {
    const hadField = frame.root.contains(document.activeElement) && document.activeElement === parts.reason;
    shown = { note: null, named: false };
    notices.paintFinish(counts);
    if (hand.told) parts.finish.append(make("p", "sk-quiet", say(hand.told.key, hand.told.values)));
    if (hadField) frame.focus();
  }

  function paintNote() {
    const { note, variable, answer, draft } = /** @type {Cell & { note: DisputedNote }} */ (list.current());
    const isNew = note !== shown.note;
    if (isNew) {
      named = false;
      frame.paintNote(note);
      // Writing a reason may have scrolled the note away; the first one comes with the card.
      if (shown.note) requestAnimationFrame(() => parts.bar.scrollIntoView({ block: "nearest" }));
      paintDefinitions(parts.panelBox, variable, say, note.disputed);
      if (!shown.note) paintQuestion(variable);
    }
    if (isNew || named !== shown.named) paintReadings(parts.table, note, variable, say, named);
    parts.names.setAttribute("aria-pressed", named);
    parts.table.classList.toggle("sk-named", named);
    paintAnswer(note, variable, answer, draft);
    if (isNew) codes.close();
    if (isNew) announce(note, variable);
    shown = { note, named };
  }

  /** @param {Variable} variable */
  function paintQuestion(variable) {
    parts.question.textContent = variable.question;
    codes.paint(variable, [parts.leaveOpen]);
  }

  /** @param {DisputedNote} note @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft */
  function paintAnswer(note, variable, answer, draft) {
    const choice = choiceOf(answer, draft);
    const emptySet = choice.event === "decide" && !choice.codes.length;
    codes.press((code) => choice.codes.includes(code) || (emptySet && code === NONE_FITS));
    codes.paintTyped(answer, draft.event ? { ...draft, number: draft.number ?? choice.codes.join() } : draft);
    parts.leaveOpen.setAttribute("aria-pressed", choice.event === "skip");
    const reason = reasonOf(answer, draft);
    if (parts.reason.value !== reason) parts.reason.value = reason;
    parts.remark.textContent = remark(note, variable, answer, draft);
    const isTooLong = lengthOf(reason.trim()) > LONGEST_MEMO;
    const isThere = { refuse_no_reason: reason.trim(), too_long: !isTooLong }[refused] ?? isChoice(choice, variable);
    if (isTooLong) showRefusal("too_long");
    else if (isThere || note !== shown.note) showRefusal("");
    paintOthers(note, answer);
  }

  // What another adjudicator chose is for those who have made up their own mind.
  /** @param {Note} note @param {Answer | undefined} answer */
  function paintOthers(note, answer) {
    const others = answer && answer.event === "decide" ? note.others ?? [] : [];
    const differ = others.some((other) => other.differs);
    const lines = others.map((other) => make("li", "", make("strong", "", other.who), `: ${other.label}`,
      ...(other.reason ? [` – ${other.reason}`] : [])));
    const verdict = others.some((other) => other.event === "settle") ? [make("p", "", say(differ ? "differ" : "same"))] : [];
    parts.others.hidden = !others.length;
    parts.others.classList.toggle("sk-differ", differ);
    parts.others.replaceChildren(...verdict, make("ul", "", ...lines));
  }

  // One line that says how this note stands.
  /** @param {DisputedNote} note @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft */
  function remark(note, variable, answer, draft) {
    if (hand.told && !TOLD_OF_NUMBERS.has(hand.told.key)) return say(hand.told.key, hand.told.values);
    if (draft.number !== undefined) return say("number_waits", { number: draft.number.trim() });
    if (draft.event) return say(reasonOf(answer, draft).trim() ? "enter_saves" : "reason_missing");
    if (isOpen(answer)) return draft.memo ? say("reason_waits") : latestOf(list, say, false) || flagged(note);
    if (answer.older) return say("stale");
    const gone = retiredOf(variable, answer);
    if (gone) return say("retired", { code: gone });
    return say(answer.event === "skip" ? "skipped_before" : "answered");
  }

  /** @param {Note} note */
  const flagged = (note) => (note.flags ? say("flagged", { n: note.flags }) : "");

  /** @param {DisputedNote} note @param {Variable} variable */
  function announce(note, variable) {
    parts.live.textContent = `${parts.place.textContent}. ${sayContext(note)}${note.text}. ${sayReadings(note, say)} ${variable.question}`;
  }

  // --- the reason ---------------------------------------------------------------------------------

  function focusReason() {
    parts.reason.focus({ preventScroll: true });
    parts.reason.closest(".sk-reason").scrollIntoView({ block: "nearest" });
  }

  // Says what is missing before anything can be saved, and puts the keys there.
  /** @param {string} key */
  function refuse(key) {
    showRefusal(key);
    if (key === "refuse_no_choice") frame.focus();
    else focusReason();
  }

  /** @param {string} key */
  function showRefusal(key) {
    refused = key;
    const n = lengthOf(parts.reason.value.trim());
    parts.refusal.textContent = key ? say(key, { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
    parts.reason.setAttribute("aria-invalid", key === "refuse_no_reason" || key === "too_long");
  }

  function toggleNames() {
    named = !named;
  }

  const label = say("card");
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label, isFlow: true });
  const { root, id } = frame;
  const focus = () => { if (document.activeElement !== parts.reason) frame.focus(); };
  const overlays = createOverlays({ root, ground: parts.answer, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const codes = createCodes(kit, { show: (code, near) => overlays.tip(code?.definition, near), say, hand, focus, id });
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  parts.reason.id = `${id}-reason`;
  parts.reasonLabel.htmlFor = parts.reason.id;
  parts.refusal.id = `${id}-refusal`;
  parts.reason.setAttribute("aria-describedby", parts.refusal.id);
  root.classList.add("sk-adjudication");
  root.style.setProperty("--sk-rows", String(mostRows(data.variables, [parts.leaveOpen])));
  root.style.setProperty("--sk-readers", String(Math.max(...data.notes.map((note) => note.readings.length))));
  kit.onClicked(() => { if (!overlays.isOpen) focus(); });

  return {
    root, paint, showState: notices.showState, openKeys() {}, openCodebook: frame.togglePanel, toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote, openNumber: overlays.openNumber, closeOverlays: overlays.close, focus: frame.focus,
    openBlock: codes.openBlock, keepFocus: frame.keepFocus, shows: frame.shows, focusReason, refuse, toggleNames, light: codes.light, open: () => frame.open(paint), stop: frame.stop,
  };
}
