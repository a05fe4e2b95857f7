// What the cards look like that show what several coders chose: builds it once, then paints the present note into it.
// Decides nothing. In a meeting each of those present has a row with what they say now.

import { isOpen, lengthOf, LONGEST_MEMO } from "../answering/answers.js";
import { createCodes, TOLD_OF_NUMBERS } from "../looks/codes.js";
import { createKit, keycap, labelsOf, latestOf, make, retiredOf, sayContext } from "../looks/elements.js";
import { createFrame } from "../looks/frame.js";
import { createNotices } from "../looks/notices.js";
import { createOverlays } from "../looks/overlays.js";
import { choiceOf, isChoice, reasonOf } from "./choice.js";
import { createPicker } from "./picker.js";
import { keptOf, letterOf, sideOf, sidesOf } from "./sides.js";
import { createTiles, labelOf, paintMarked } from "./tiles.js";

/** @import { AdjudicationData, Answer, Cell, Choice, DisputedNote, Draft } from "../types" */
/** @import { Hand, Note, Say, Sitting, TalkData, Variable, View, Worklist } from "../types" */

/** @typedef {Cell & { note: DisputedNote }} Disputed */

const LONGEST_CHIP = 44; // of a reason that is offered again

/** @param {HTMLElement} host @param {AdjudicationData | TalkData} data @param {Say} say @param {Worklist} list
 * @param {Hand} hand @param {Sitting} sitting @returns {View} */
export function createAdjudicationView(host, data, say, list, hand, sitting) {
  const act = hand.click;
  const kit = createKit(act);
  const tiles = createTiles(kit, say);
  const { parts, part, button, tool, group } = kit;
  const isTalk = data.card === "talk";
  const twoIdeas = say("reason_two_ideas");
  const quick = ["definition", "exclude", ...(isTalk ? [] : ["talk"])].map((name) => say(`quick_${name}`));
  /** @type {{ note: Note | null, signature: string }} */
  let shown = { note: null, signature: "" };
  let named = isTalk; // who chose what; hidden again on the next note
  let heard = sitting.speaker; // whose row was brought into view
  let refused = ""; // what was missing when something was to be saved

  // --- building -----------------------------------------------------------------------------------

  // Who sits beside the adjudicator: asked once, where there is anybody who could, then a word in the head.
  function buildMeeting() {
    const people = isTalk ? [] : data.people;
    const toggles = people.map((coder) => button("sk-tool sk-person", coder, "", "present", coder));
    parts.toggles = toggles;
    return group("meeting", "sk-meeting", say("people"), make("b", "", say("people")), ...toggles,
      make("span", "sk-quiet", say("people_hint")), button("sk-tool", say("people_done"), "", "meeting"));
  }

  function buildReason() {
    const label = part("reasonLabel", "label", "sk-reason-label", part("reasonFor", "b", ""), part("needed", "span", "", say("needed")));
    const field = part("reason", "textarea", "sk-field");
    field.rows = 2;
    field.addEventListener("input", () => act("typed", field.value));
    field.addEventListener("keydown", onReasonKey);
    const refusal = part("refusal", "p", "sk-refusal");
    refusal.setAttribute("role", "alert");
    parts.save = button("sk-main-button", say("save"), "Enter", "settle");
    const foot = make("div", "sk-reason-foot", part("remark", "p", "sk-remark"), parts.save);
    return make("section", "sk-reason", label, field, refusal, group("chips", "sk-chips", say("reasons_again")), foot);
  }

  /** @param {KeyboardEvent} event */
  function onReasonKey(event) {
    if (event.isComposing || (event.key === "Enter" && event.shiftKey)) return;
    if (event.key === "Enter") act("settle");
    else if (event.key === "Escape") frame.focus();
    else return;
    if (document.activeElement !== parts.reason) hand.leaveProse(event);
    event.preventDefault();
  }

  // What keys do, and the moves: where the coding card has them too.
  function buildTray() {
    const caps = part("caps", "span", "sk-caps sk-quiet");
    parts.holdFast = isTalk ? button("sk-tool sk-firm", say("hold_fast"), "=", "holdFast") : null;
    const keys = tool("keys", "", "?");
    keys.setAttribute("aria-label", say("keys"));
    const tools = make("div", "sk-tools", ...(isTalk ? [] : [tool("names", say("names"), ":")]), tool("toFirstOpen", say("to_first_open"), "End"),
      tool("undo", say("undo"), "⌫"), tool("redo", say("redo"), "⇧⌫"), keys);
    for (const [name, text] of [["toFirstOpen", "to_first_open"], ["redo", "redo"]]) parts[name].title = say(text);
    return [caps, make("div", "sk-gap"), tools];
  }

  function buildRest() {
    parts.other = button("sk-tool", say("other_code"), "0", "other");
    const own = isTalk ? [] : [
      (parts.leaveOpen = button("sk-tool sk-open", say("leave_open"), "/", "leaveOpen")),
      (parts.twoIdeas = button("sk-tool", say("two_ideas"), "+", "twoIdeas")),
    ];
    return make("div", "sk-rest", parts.other, ...own);
  }

  function buildWork() {
    const asked = make("div", "sk-ask", part("question", "p", "sk-question"), part("counts", "span", "sk-quiet"));
    const middle = make("div", "sk-middle", part("kept", "div", "sk-kept"), group("sides", "sk-sides", say("codes")), part("rows", "div", "sk-rows"),
      part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes"))), part("others", "div", "sk-others"));
    return [buildMeeting(), buildReason(), asked, middle, buildRest()];
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const [count, skipped] = [list.count(), list.countSort("skipped")];
    const counts = { ...count, skipped, settled: count.done - skipped };
    frame.paintHead(counts, finished);
    if (isTalk) paintTalkHead();
    paintMeeting();
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintFinish(counts);
    else paintNote();
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    if (parts.names) parts.names.disabled = finished;
    frame.paintMoves(finished);
    notices.paintSaved();
  }

  // In a meeting no answer is owed: what has been said is counted, not what is left.
  function paintTalkHead() {
    const said = list.notes.flatMap((note) => note.variables.flatMap((variable) => list.answerTo(note, variable) ?? []));
    const changed = list.notes.flatMap((note) => note.variables.filter((variable) => isChanged(note, variable))).length;
    parts.left.textContent = say("talk_said", { changed, firm: said.length - changed });
  }

  /** @param {Note} note @param {string} name */
  function isChanged(note, name) {
    const answer = list.answerTo(note, name);
    const blind = sideOf(/** @type {DisputedNote} */ (note), list.variables.get(name), note.variables.indexOf(name)) ?? [];
    return Boolean(answer) && [...(answer?.codes ?? [])].sort().join("|") !== [...blind].sort().join("|");
  }

  function paintMeeting() {
    const there = [...sitting.present];
    parts.meeting.hidden = !sitting.isAsking || list.isFinished();
    parts.toggles.forEach((/** @type {HTMLElement} */ toggle, /** @type {number} */ place) => toggle.setAttribute("aria-pressed", String(sitting.present.has(data.people[place]))));
    parts.who.querySelector(".sk-label").textContent = say(there.length ? "with" : "alone", { people: there.join(", ") });
    parts.who.hidden = !data.people.length;
    if (!isTalk) parts.who.setAttribute("aria-expanded", String(sitting.isAsking));
  }

  /** @param {{ open: number, begun: number }} counts */
  function paintFinish(counts) {
    const hadField = frame.root.contains(document.activeElement) && document.activeElement === parts.reason;
    shown = { note: null, signature: "" };
    notices.paintFinish(counts);
    if (isTalk && /** @type {TalkData} */ (data).lacking) parts.finish.append(make("p", "sk-quiet", /** @type {TalkData} */ (data).lacking));
    if (hand.told) parts.finish.append(make("p", "sk-quiet", say(hand.told.key, hand.told.values)));
    if (hadField) frame.focus();
  }

  function paintNote() {
    const cell = /** @type {Disputed} */ (list.current());
    const { note, variable } = cell;
    const isNew = note !== shown.note;
    if (isNew) {
      named = isTalk;
      frame.paintNote(note);
      paintMarked(parts.text, note, say);
      codes.close();
    }
    if (!shown.note) {
      parts.question.textContent = variable.question;
      if (variable.kind === "scale") codes.paint(variable);
    }
    paintSides(cell);
    paintCaps(cell);
    paintAnswer(cell, isNew);
    if (isNew) announce(cell);
    shown.note = note;
  }

  // The codes in dispute, and one that is chosen and nobody had; made anew only where what they say is new.
  /** @param {Disputed} cell */
  function paintSides({ note, variable, answer, draft }) {
    const sides = sidesOf(note, variable);
    const choice = choiceShown({ answer, draft });
    const kept = keptOf(note, variable);
    const more = choice.codes.filter((code) => !kept.includes(code) && sides.every((side) => side.code !== code));
    const signature = [note.key, named, more.join("|"), variable.id].join(" ");
    if (signature !== shown.signature) {
      const isScale = variable.kind === "scale";
      const given = { note, variable, named, withMemos: variable.kind !== "multiple" && !isTalk };
      const all = [...sides, ...(variable.kind === "multiple" || choice.event === "decide" ? more : []).map((code) => ({ code, readers: [] }))];
      parts.sides.replaceChildren(...all.map((side, place) => tiles.tile(side, isScale ? "" : place < sides.length ? (place < 9 ? String(place + 1) : "") : "0", given)));
      parts.sides.style.setProperty("--sk-sides", String(Math.max(Math.min(all.length, 4), 2)));
      parts.counts.textContent = variable.kind === "multiple" ? "" : sides.map(({ readers }) => readers.length).join(say("against"));
      parts.kept.replaceChildren(...(kept.length ? [make("span", "sk-quiet", say("all_chose")), ...kept.map((code) => keptButton(variable, code))] : []));
      parts.kept.hidden = !kept.length;
    }
    shown.signature = signature;
    paintRows(note, variable);
    const emptySet = choice.event === "decide" && !choice.codes.length;
    const inKept = choice.event ? choice.codes : kept;
    for (const made of frame.root.querySelectorAll(".sk-side, .sk-kept button")) {
      const { code = "" } = /** @type {HTMLElement} */ (made).dataset;
      const isOn = (made.classList.contains("sk-side") ? choice.codes : inKept).includes(code) || (emptySet && code === "none_fits");
      made.setAttribute("aria-pressed", String(isOn));
    }
  }

  // Which keys choose on this note.
  /** @param {Disputed} cell */
  function paintCaps({ note, variable }) {
    const most = Math.min(sidesOf(note, variable).length, 9);
    /** @type {[string[], string][]} */
    const rows = [[variable.kind === "scale" ? [labelOf(variable, variable.codes[0].id, say), "…", labelOf(variable, variable.codes[variable.codes.length - 1].id, say)] : Array.from({ length: most }, (_, n) => String(n + 1)), "cap_code"],
      [note.readings.map((_, place) => letterOf(place)), isTalk ? "cap_speaker" : "cap_side"], [["Enter"], isTalk ? "cap_says" : "cap_settles"]];
    const signature = JSON.stringify(rows);
    if (parts.caps.dataset.signature === signature) return;
    parts.caps.dataset.signature = signature;
    parts.caps.replaceChildren(...rows.map(([keys, text]) => make("span", "", ...keys.map(keycap), make("span", "sk-label", say(text)))));
  }

  /** @param {Variable} variable @param {string} code */
  function keptButton(variable, code) {
    const made = button("sk-tool", labelOf(variable, code, say), "", "code", code);
    made.dataset.code = code;
    return made;
  }

  // In a meeting nothing is chosen until it is said who chooses.
  /** @param {{ answer?: Answer, draft: Draft }} cell @returns {Choice} */
  function choiceShown({ answer, draft }) {
    return isTalk && sitting.speaker === null ? { codes: [] } : choiceOf(answer, draft);
  }

  // Coders whose answers no tile tells; in a meeting all of them, with what they say now.
  /** @param {DisputedNote} note @param {Variable} variable */
  function paintRows(note, variable) {
    const rows = isTalk ? note.readings.map((_, place) => talkRow(note, place))
      : note.readings.flatMap((reading, place) => (variable.kind === "multiple" || reading.skipped ? tiles.row(note, place, named) : []));
    parts.rows.hidden = !rows.length;
    parts.rows.replaceChildren(...rows);
    if (sitting.speaker !== heard) rows[sitting.speaker ?? -1]?.scrollIntoView({ block: "nearest" });
    heard = sitting.speaker;
  }

  /** @param {DisputedNote} note @param {number} place */
  function talkRow(note, place) {
    const name = note.variables[place];
    const answer = list.answerTo(note, name);
    const now = !answer ? say("talk_silent") : isChanged(note, name) ? say("talk_changed", { codes: labelsOf(list.variables.get(name), answer) || say("confirm_none") }) : say("talk_firm");
    const { name: coder } = note.readings[place];
    const made = button("sk-speaker", coder, letterOf(place), "sideWith", place);
    made.removeAttribute("aria-label");
    made.setAttribute("aria-pressed", String(sitting.speaker === place));
    made.classList.toggle("sk-has-said", Boolean(answer));
    const blind = tiles.row({ ...note, readings: note.readings.map((one) => ({ ...one, name: "" })) }, place, false);
    blind.querySelector("b")?.remove();
    made.append(make("span", "sk-blind", ...blind.childNodes), make("span", "sk-now", now, ...(answer?.memo ? [" ", make("q", "", answer.memo)] : [])));
    return made;
  }

  /** @param {Disputed} cell @param {boolean} isNew */
  function paintAnswer({ note, variable, answer, draft }, isNew) {
    const choice = choiceShown({ answer, draft });
    const isMute = isTalk && sitting.speaker === null;
    parts.answer.hidden = variable.kind !== "scale";
    if (variable.kind === "scale") {
      codes.press((code) => choice.codes.includes(code));
      codes.paintTyped(isMute ? undefined : answer, draft.event ? { ...draft, number: draft.number ?? choice.codes.join() } : draft);
    }
    parts.other.hidden = variable.kind === "scale";
    if (!isTalk) {
      parts.leaveOpen.setAttribute("aria-pressed", String(choice.event === "skip"));
      parts.names.setAttribute("aria-pressed", String(named));
    } else parts.holdFast.disabled = isMute;
    const reason = isMute ? "" : reasonOf(answer, draft);
    if (parts.reason.value !== reason) parts.reason.value = reason;
    parts.reason.disabled = isMute;
    parts.reason.placeholder = say(isMute ? "who_first_hint" : choice.event ? "reason_hint" : "choose_first");
    parts.reasonFor.textContent = reasonTitle(note, variable, choice);
    parts.save.disabled = isMute;
    parts.save.classList.toggle("sk-ready", Boolean(choice.event));
    paintChips(reason);
    parts.remark.textContent = remark(note, variable, answer, draft);
    const isTooLong = lengthOf(reason.trim()) > LONGEST_MEMO;
    const isThere = { refuse_no_reason: reason.trim(), too_long: !isTooLong }[refused] ?? isChoice(choice, variable);
    if (isTooLong) showRefusal("too_long");
    else if (isThere || isNew) showRefusal("");
    paintOthers(note, answer);
  }

  /** @param {DisputedNote} note @param {Variable} variable @param {Choice} choice */
  function reasonTitle(note, variable, choice) {
    const labels = choice.codes.map((code) => labelOf(variable, code, say)).join(", ") || say("confirm_none");
    if (isTalk) {
      if (sitting.speaker === null || sitting.speaker === undefined) return say("reason_label");
      const { name: coder } = note.readings[sitting.speaker];
      return choice.event === "decide" ? say("reason_of_for", { coder, codes: labels }) : say("reason_of", { coder });
    }
    if (choice.event === "skip") return say("reason_open");
    if (choice.event !== "decide") return say("reason_label");
    return say("reason_for", { codes: labels });
  }

  // What can be said again: what is often said, then what this adjudicator said last.
  /** @param {string} written */
  function paintChips(written) {
    const own = sitting.reasons.filter((reason) => !quick.includes(reason) && reason !== twoIdeas);
    const signature = [...quick, ...own].join("\n");
    if (parts.chips.dataset.signature !== signature) {
      parts.chips.dataset.signature = signature;
      parts.chips.replaceChildren(...[...quick, ...own].map((reason) => {
        const short = reason.replace(/\s+/g, " ");
        const made = button("sk-chip", lengthOf(short) > LONGEST_CHIP ? `${Array.from(short).slice(0, LONGEST_CHIP - 1).join("").trimEnd()}…` : short.replace(/\.$/, ""), "", "addReason", reason);
        made.title = reason;
        made.dataset.reason = reason;
        return made;
      }));
    }
    for (const made of parts.chips.children) made.disabled = parts.reason.disabled || written.includes(made.dataset.reason);
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
    if (isTalk && sitting.speaker === null) return flagged(note);
    if (draft.number !== undefined) return say("number_waits", { number: draft.number.trim() });
    if (draft.event) return say(reasonOf(answer, draft).trim() ? "enter_saves" : "reason_missing");
    if (isOpen(answer)) return draft.memo ? say("reason_waits") : isTalk ? say("talk_turn", { coder: note.readings[sitting.speaker ?? 0].name }) : latestOf(list, say, false) || flagged(note);
    if (answer.older) return say("stale");
    const gone = retiredOf(variable, answer);
    if (gone) return say("retired", { code: gone });
    return say(answer.event === "skip" ? "skipped_before" : "answered");
  }

  /** @param {Note} note */
  const flagged = (note) => (note.flags ? say("flagged", { n: note.flags }) : "");

  /** @param {Disputed} cell */
  function announce({ note, variable }) {
    const said = note.readings.map((reading, place) => `${named ? reading.name : say("coder_letter", { letter: letterOf(place) })}: ${reading.label}.`);
    parts.live.textContent = `${parts.place.textContent}. ${sayContext(note)}${note.text}. ${said.join(" ")} ${variable.question}`;
  }

  // --- the reason ---------------------------------------------------------------------------------

  function focusReason() {
    if (parts.reason.disabled) paint();
    parts.reason.focus({ preventScroll: true });
    parts.reason.closest(".sk-reason").scrollIntoView({ block: "nearest" });
    const end = parts.reason.value.length;
    requestAnimationFrame(() => { if (document.activeElement === parts.reason && parts.reason.value.length > end) parts.reason.setSelectionRange(parts.reason.value.length, parts.reason.value.length); });
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
    parts.reason.setAttribute("aria-invalid", String(key === "refuse_no_reason" || key === "too_long"));
  }

  // --- what opens over the card ---------------------------------------------------------------------

  // The codes that no tile shows; with none chosen by anybody all of them.
  function openPicker() {
    const { note, variable } = /** @type {Disputed} */ (list.current());
    if (variable.kind === "scale") return;
    const there = new Set([...sidesOf(note, variable).map(({ code }) => code), ...keptOf(note, variable)]);
    picker.openCodes(variable.codes.filter(({ id: code }) => !there.has(code)));
  }

  function openKeys() {
    const isScale = data.variables[0].kind === "scale";
    /** @type {[string[], string][]} */
    const choose = isScale ? [[["0", "…", "9"], "key_number"]] : [[["1", "2", "3"], "key_codes"], [["0"], "key_other"]];
    /** @type {[string[], string][]} */
    const own = isTalk ? [[["A", "B", "C"], "key_speaker"], [["="], "key_firm"]]
      : [[["A", "B", "C"], "key_side"], [["/"], "key_open"], [["+"], "key_two_ideas"], [[":"], "key_names"]];
    /** @type {[string[], string][]} */
    const both = [[["Enter"], isTalk ? "key_enter_talk" : "key_enter"], [["⇧Enter"], "key_line"], [["←", "→"], "key_moves"], [["End"], "to_first_open"],
      [["⌫"], "undo"], [["⇧⌫"], "redo"], [["<"], "gloss"], [["Esc"], "key_escape"]];
    const rows = [...choose, ...own, ...both].map(([keys, text]) => make("div", "", make("dt", "", ...keys.map(keycap)), make("dd", "", say(text))));
    overlays.openDialog(say("keys"), [make("dl", "sk-keys", ...rows), make("p", "sk-quiet", say("keys_foot"))], { isWide: true });
  }

  function toggleNames() {
    named = !named;
  }

  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label: say("card"), tray: buildTray() });
  const { root, id } = frame;
  const focus = () => { if (document.activeElement !== parts.reason) frame.focus(); };
  const overlays = createOverlays({ root, ground: parts.answer, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const codes = createCodes(kit, { show: () => {}, say, hand, focus, id });
  const picker = createPicker(overlays.openDialog, say, id, (code, event) => {
    frame.focus();
    act("code", code);
    if (event && document.activeElement !== parts.reason) hand.leaveProse(event);
  });
  parts.who = isTalk ? make("span", "sk-present", make("span", "sk-label", "")) : button("sk-tool sk-present", "", "", "meeting");
  (root.querySelector(".sk-who") ?? parts.left).after(parts.who);
  if (parts.holdFast) {
    parts.save.before(parts.holdFast);
    parts.needed.hidden = true;
  }
  parts.question.id = `${id}-question`;
  for (const name of ["codes", "sides"]) {
    parts[name].removeAttribute("aria-label");
    parts[name].setAttribute("aria-labelledby", parts.question.id);
  }
  parts.reason.id = `${id}-reason`;
  parts.reasonLabel.htmlFor = parts.reason.id;
  parts.refusal.id = `${id}-refusal`;
  parts.reason.setAttribute("aria-describedby", parts.refusal.id);
  root.classList.add("sk-adjudication");
  root.classList.toggle("sk-talk", isTalk);
  kit.onClicked(() => { if (!root.querySelector("dialog")) focus(); });

  return {
    root, paint, showState: notices.showState, openKeys, openCodebook() {}, toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote, openNumber: overlays.openNumber, closeOverlays: overlays.close, focus: frame.focus,
    openBlock: codes.openBlock, keepFocus: frame.keepFocus, shows: frame.shows, focusReason, refuse, toggleNames,
    openPicker, twoIdeas, light() {}, open: () => frame.open(paint), stop: frame.stop,
  };
}

