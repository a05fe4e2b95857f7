// What the review card looks like: two notes side by side, builds it once, then paints the present pair. Decides nothing.

import { wordDiff } from "../answering/again.js";
import { isOpen, lengthOf, LONGEST_MEMO } from "../answering/answers.js";
import { createCodes } from "../looks/codes.js";
import { createKit, latestOf, make, paintDefinitions } from "../looks/elements.js";
import { createFrame } from "../looks/frame.js";
import { createNotices } from "../looks/notices.js";
import { createOverlays } from "../looks/overlays.js";
import { judgedAs, ownText, SAME, standsIn, whyOf } from "./judgement.js";

/** @import { Answer, CardData, Draft, Hand, Note, Piece, Say, Variable, View, Worklist } from "../types" */

/** @param {HTMLElement} host @param {CardData} data @param {Say} say @param {Worklist} list @param {Hand} hand
 * @returns {View} */
export function createComparingView(host, data, say, list, hand) {
  const act = hand.click;
  const kit = createKit(act);
  const { parts, part, button, group } = kit;
  /** @type {Note | null} */
  let shown = null;
  let refused = ""; // what was missing when something was to be saved

  // --- building -----------------------------------------------------------------------------------

  function buildOther() {
    const note = part("noteB", "div", "sk-note", part("textB", "p", "sk-text"), part("glossB", "p", "sk-gloss"));
    note.tabIndex = 0;
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note_b"));
    if (data.notes_lang) parts.textB.lang = data.notes_lang;
    parts.glossB.lang = "en";
    return make("div", "sk-paper sk-paper-b", note);
  }

  /** @param {string} name @param {string} label @param {number} rows @param {string} typed @returns {Node[]} */
  function field(name, label, rows, typed) {
    const box = part(name, "textarea", "sk-field");
    box.rows = rows;
    box.addEventListener("input", () => act(typed, box.value));
    box.addEventListener("keydown", onFieldKey);
    const title = part(`${name}Label`, "label", "sk-sheet-label", label);
    return [title, box];
  }

  /** @param {KeyboardEvent} event */
  function onFieldKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (event.target === parts.own && !parts.reason.value.trim()) ask("reason");
      else act("settle");
    } else if (event.key === "Escape") frame.focus();
    else return;
    if (![parts.own, parts.reason].includes(document.activeElement)) hand.leaveProse(event);
    event.preventDefault();
  }

  function buildStands() {
    const choices = [["standsA", "stands_a", "a"], ["standsB", "stands_b", "b"], ["standsOwn", "stands_own", "c"]];
    const buttons = choices.map(([name, text, key]) => (parts[name] = button("sk-code", say(text), key, name)));
    return group("stands", "sk-stands", say("stands"), make("p", "sk-sheet-label", say("stands")),
      make("div", "sk-stands-row", ...buttons), part("ownBox", "div", "sk-own", ...field("own", say("own_label"), 2, "typedText")));
  }

  function buildReason() {
    const [title, box] = field("reason", say("reason_label"), 2, "typed");
    const refusal = part("refusal", "p", "sk-refusal");
    refusal.setAttribute("role", "alert");
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("reason_hint")),
      (parts.save = button("sk-tool", say("save"), "Ctrl+Enter", "settle")));
    return make("div", "sk-reason", make("div", "sk-reason-head", title, part("remark", "p", "sk-remark")), box, refusal, foot);
  }

  function buildWork() {
    const question = part("question", "p", "sk-question");
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    return [buildOther(), part("why", "p", "sk-why"), part("others", "div", "sk-others"), question, answer, buildStands(), buildReason()];
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintFinish(counts);
    else paintPair();
    frame.paintMoves(finished);
    notices.paintSaved();
    parts.glossB.hidden = parts.gloss.hidden;
  }

  /** @param {{ open: number, begun: number }} counts */
  function paintFinish(counts) {
    const hadField = [parts.reason, parts.own].includes(document.activeElement);
    shown = null;
    notices.paintFinish(counts);
    if (hand.told) parts.finish.append(make("p", "sk-quiet", say(hand.told.key, hand.told.values)));
    if (hadField) frame.focus();
  }

  function paintPair() {
    const { note, variable, answer, draft } = list.current();
    const isNew = note !== shown;
    if (isNew) {
      frame.paintNote(note);
      const pieces = wordDiff(note.text, note.text_b ?? "");
      parts.text.replaceChildren(...marked(note.text, pieces, "gone"));
      parts.textB.replaceChildren(...marked(note.text_b ?? "", pieces, "new"));
      parts.glossB.textContent = note.gloss_b;
      parts.why.textContent = note.reasons ? say("proposed", { reasons: note.reasons }) : "";
      if (!shown) paintQuestion(variable);
    }
    paintAnswer(note, answer, draft, isNew);
    if (isNew) announce(note, variable);
    shown = note;
  }

  // A text with what the other one does not have marked; where they share nothing, that is told by itself. What both
  // have may be spaced otherwise in each.
  /** @param {string} text @param {Piece[]} pieces @param {Piece[0]} own @returns {(Node | string)[]} */
  function marked(text, pieces, own) {
    if (pieces.every(([kind]) => kind !== "kept")) return [text];
    let at = 0;
    const parts = pieces.filter(([kind]) => kind === "kept" || kind === own).flatMap(([kind, words]) => {
      let [left, end] = [words.replace(/\s/g, "").length, at];
      for (; left > 0; end += 1) left -= /\s/.test(text[end]) ? 0 : 1;
      const part = text.slice(at, end);
      at = end;
      const blanks = part.length - part.trimStart().length;
      return kind === own ? [part.slice(0, blanks), make("mark", "sk-other", part.slice(blanks))] : [part];
    });
    return [...parts, text.slice(at)];
  }

  /** @param {Variable} variable */
  function paintQuestion(variable) {
    parts.question.textContent = variable.question;
    paintDefinitions(parts.panelBox, variable, say);
    codes.paint(variable);
  }

  /** @param {Note} note @param {Answer | undefined} answer @param {Draft} draft @param {boolean} isNew */
  function paintAnswer(note, answer, draft, isNew) {
    const judgement = judgedAs(answer, draft);
    const chosen = standsIn(answer, draft);
    const isSame = judgement === SAME;
    codes.press((code) => code === judgement);
    parts.stands.classList.toggle("sk-away", !isSame);
    for (const [name, value] of [["standsA", "a"], ["standsB", "b"], ["standsOwn", "own"]]) {
      parts[name].setAttribute("aria-pressed", isSame && chosen === value);
      parts[name].disabled = !isSame;
    }
    parts.ownBox.hidden = !(isSame && chosen === "own");
    write(parts.own, ownText(answer, draft));
    write(parts.reason, whyOf(answer, draft));
    parts.remark.textContent = remark(answer, draft);
    const isTooLong = lengthOfFields() > LONGEST_MEMO;
    const isThere = { refuse_no_reason: parts.reason.value.trim(), refuse_no_text: parts.own.value.trim() || chosen !== "own", too_long: !isTooLong }[refused] ?? judgement;
    if (isTooLong) showRefusal("too_long");
    else if (isThere || isNew) showRefusal("");
    paintOthers(note, answer);
  }

  const lengthOfFields = () => Math.max(...[parts.reason, parts.own].map((box) => lengthOf(box.value.trim())));

  /** @param {HTMLTextAreaElement} box @param {string} text */
  function write(box, text) {
    if (box.value !== text) box.value = text;
  }

  // What another reviewer said is for those who have made up their own mind.
  /** @param {Note} note @param {Answer | undefined} answer */
  function paintOthers(note, answer) {
    const others = isOpen(answer) ? [] : note.others ?? [];
    const lines = others.map((other) => make("li", "", make("strong", "", other.who), `: ${other.label}`,
      ...(other.reason ? [` – ${other.reason}`] : [])));
    parts.others.hidden = !others.length;
    parts.others.classList.toggle("sk-differ", others.some((other) => other.differs));
    parts.others.replaceChildren(make("ul", "", ...lines));
  }

  // One line that says how this pair stands.
  /** @param {Answer | undefined} answer @param {Draft} draft */
  function remark(answer, draft) {
    if (hand.told) return say(hand.told.key, hand.told.values);
    const waits = draft.judged || draft.stands || draft.text !== undefined;
    if (judgedAs(answer, draft) === SAME && (waits || (draft.memo !== undefined && answer))) {
      return say(whyOf(answer, draft).trim() ? "enter_saves" : "reason_missing");
    }
    if (isOpen(answer)) return draft.memo ? say("reason_waits") : latestOf(list, say, false);
    return say(draft.memo === undefined ? "answered" : "enter_saves");
  }

  /** @param {Note} note @param {Variable} variable */
  function announce(note, variable) {
    parts.live.textContent = `${parts.place.textContent}. A: ${note.text}. B: ${note.text_b}. ${variable.question}`;
  }

  // --- what has to be written ---------------------------------------------------------------------

  /** @param {"text" | "reason"} what */
  function ask(what) {
    const box = what === "text" ? parts.own : parts.reason;
    parts.ownBox.hidden = what === "text" ? false : parts.ownBox.hidden;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }

  // Says what is missing before anything can be saved, and puts the keys there.
  /** @param {string} key */
  function refuse(key) {
    showRefusal(key);
    if (key === "refuse_no_choice") frame.focus();
    else ask(key === "refuse_no_text" || (key === "too_long" && lengthOf(parts.reason.value) <= LONGEST_MEMO) ? "text" : "reason");
  }

  /** @param {string} key */
  function showRefusal(key) {
    refused = key;
    const n = lengthOfFields();
    parts.refusal.textContent = key ? say(key, { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
    parts.reason.setAttribute("aria-invalid", key === "refuse_no_reason");
    parts.own.setAttribute("aria-invalid", key === "refuse_no_text");
  }

  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label: say("card"), isFlow: true });
  const { root, id } = frame;
  const focus = () => { if (![parts.reason, parts.own].includes(document.activeElement)) frame.focus(); };
  const overlays = createOverlays({ root, ground: parts.answer, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const codes = createCodes(kit, { show: (code, near) => overlays.tip(code?.definition, near), say, hand, focus, id });
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  parts.refusal.id = `${id}-refusal`;
  for (const name of ["own", "reason"]) {
    parts[name].id = `${id}-${name}`;
    parts[`${name}Label`].htmlFor = parts[name].id;
    parts[name].setAttribute("aria-describedby", parts.refusal.id);
  }
  root.classList.add("sk-review");
  kit.onClicked(() => { if (!overlays.isOpen) focus(); });

  return {
    root, paint, showState: notices.showState, openKeys() {}, openCodebook: frame.togglePanel, toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote, openNumber: overlays.openNumber, closeOverlays: overlays.close, focus: frame.focus,
    openBlock: codes.openBlock, keepFocus: frame.keepFocus, shows: frame.shows, ask, refuse, open: () => frame.open(paint), stop: frame.stop,
  };
}
