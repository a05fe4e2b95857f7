// What the coding card looks like: builds it once, then paints the present note into it. Decides nothing.

import { canHold } from "../answering/again.js";
import { choosable, FLAG, isOpen, proposalIn } from "../answering/answers.js";
import { createChanges } from "../looks/changes.js";
import { createCodes, sizeOf, TOLD_OF_NUMBERS, withMarks } from "../looks/codes.js";
import { createKit, definitionOf, labelsOf, latestOf, make, oneStop, retiredOf, sayContext } from "../looks/elements.js";
import { createCodebook } from "../looks/codebook.js";
import { createFrame, lengthOfNote } from "../looks/frame.js";
import { keysShown } from "../looks/keylist.js";
import { createNotices } from "../looks/notices.js";
import { createOverlays } from "../looks/overlays.js";
import { chosenIn, paintWords, quoted, wordsText } from "../looks/words.js";
import { createTray } from "./tray.js";

/** @import { Answer, CardData, Cell, Code, Draft, Hand, Note, Say, Variable, View, Worklist } from "../types" */

const KEYS = ["1–9", "0", "A–Ö", "↑ ↓", "Enter", ".", "⇧1 ⇧2 ⇧3", ",", "⌫", "⇧⌫", "/", "← →", "⇧← ⇧→", "End", "PgUp PgDn", ">", ":", "+", "*", "'", "<", "Space", "Esc"];

/** @param {HTMLElement} host @param {CardData} data @param {Say} say @param {Worklist} list @param {Hand} hand
 * @param {() => void} [onHandIn] @returns {View} */
export function createCodingView(host, data, say, list, hand, onHandIn) {
  const kit = createKit(hand.click);
  const { parts, part, button, tool, group } = kit;
  /** @type {{ note: Note | null, variable: Variable | null }} */
  let shown = { note: null, variable: null };
  /** @type {[number, number][]} */
  let marked = []; // words of the note on screen that go with the next answer to it
  let heard = { chosen: "", letters: "", active: "", latest: "", told: /** @type {Hand["told"]} */ (null) }; // what was told of last
  let inked = ""; // the words that are marked in the note's text
  /** @type {any} */
  let listing = null; // my notes, which cover the card while they are open

  // --- building -----------------------------------------------------------------------------------

  function buildWork() {
    const asked = make("div", "sk-asked", part("question", "h2", "sk-question"), part("remark", "p", "sk-remark"));
    const ask = make("div", "sk-ask", asked, part("typing", "p", "sk-typing"));
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    const more = make("div", "sk-more-codes", tool("propose", say("propose"), "*"), tool("book", say("whole_codebook"), "'", "codebook"), part("proposed", "p", "sk-quiet sk-proposed"));
    parts.propose.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault()); // the words chosen in the note stay so
    tool("words", "", "", "dropWords");
    parts.words.append(make("span", "", "✕"));
    return [parts.again, ask, answer, more];
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintEnd(counts);
    else {
      parts.finish.replaceChildren(); // what was said there is of another moment
      paintNote();
    }
    tray.paint(finished);
    frame.paintMoves(finished);
    paintQueues();
    notices.paintSaved();
    if (listing && listing.isOpen) listing.paint();
  }

  // How many answers wait to be gone through, wherever one is.
  function paintQueues() {
    const n = list.queues().filter(({ kind }) => kind !== "skipped").reduce((sum, queue) => sum + queue.n, 0);
    parts.reviews.hidden = !n;
    parts.reviews.querySelector(".sk-label").textContent = say("reviews_n", { n });
    parts.reviewDone.hidden = !list.isReview;
  }

  /** @param {{ open: number, done: number, begun: number }} counts */
  function paintEnd(counts) {
    shown = { note: null, variable: null };
    const isTold = list.list.kind === "changes";
    if (isTold) changes.paintAll();
    else notices.paintFinish(counts);
    const latest = isTold ? "" : latestOf(list, say);
    if (hand.told || latest) parts.finish.append(make("p", "sk-quiet sk-remark", said() || say("finish_latest", { latest })));
  }

  function paintNote() {
    const { note, variable, answer, draft, earlier } = list.current();
    const newNote = note !== shown.note;
    const newVariable = variable !== shown.variable;
    if (newVariable) paintVariable(variable);
    if (newNote || newVariable) paintSize(note, variable);
    paintSteps(note, variable);
    paintAnswer(note, variable, answer, draft, earlier);
    const chosen = choosable(draft.codes ?? (answer ? answer.codes : []), variable);
    if (newNote || newVariable) {
      announce(note, variable, newNote);
      heard = { chosen: chosen.join("|"), letters: hand.letters, active: hand.active, latest: latestOf(list, say), told: null };
    } else announceChange(variable, chosen);
    if (newNote) codes.close();
    if (newNote) {
      frame.paintNote(note);
      [marked, inked] = [[], ""];
    }
    paintChosen(note, answer);
    codes.paintTyping();
    parts.typing.classList.toggle("sk-miss", Boolean(hand.letters.trim()) && !hand.active);
    parts.typing.replaceChildren(...(hand.letters ? [say("typing"), " ", make("b", "", hand.letters)] : []));
    shown = { note, variable };
  }

  /** @param {Note} note @param {Variable} variable */
  function paintSize(note, variable) {
    const size = sizeOf(variable);
    for (const one of ["few", "some", "many"]) frame.root.classList.toggle(`sk-${one}`, one === size);
    frame.root.classList.toggle("sk-beside", size === "many" || lengthOfNote(note) > 420);
    frame.root.classList.toggle("sk-on-scale", variable.kind === "scale");
  }

  /** @param {Variable} variable */
  function paintVariable(variable) {
    parts.question.textContent = variable.question;
    const confirm = variable.kind === "multiple" ? [(parts.confirm = button("sk-confirm", "", "Enter", "confirm"))] : [];
    parts.answer.replaceChildren(parts.codes, ...confirm);
    codes.paint(variable);
    showCode(null);
  }

  // Beside the codes: the definition of the one that is pointed at; else how to get at them.
  /** @param {Code | null} code */
  function showCode(code) {
    const { variables } = data;
    if (code && code.definition) {
      const entry = definitionOf(code, say);
      if (hand.letters) entry.querySelectorAll("p").forEach((one) => { if (!one.firstElementChild) one.replaceChildren(...withMarks(one.textContent ?? "", hand.letters)); });
      parts.panelBox.replaceChildren(entry);
      return;
    }
    const has = variables.some(({ kind, codes: all }) => kind !== "scale" && all.some((one) => one.definition));
    parts.panelBox.replaceChildren(...(has ? [make("p", "sk-quiet", say("point_at_code"))] : []));
  }

  const said = () => (hand.told ? say(hand.told.key, hand.told.values) : "");

  // What this note has been answered so far: the question's name until there is an answer, then the answer.
  /** @param {Note} note @param {Variable} variable */
  function paintSteps(note, variable) {
    parts.steps.hidden = data.notes.every((one) => one.variables.length < 2);
    parts.steps.replaceChildren(...note.variables.map((name) => {
      const one = list.variables.get(name);
      const answer = list.answerTo(note, name);
      const state = isOpen(answer) ? "open" : answer.event === "skip" ? "skipped" : "answered";
      const words = state === "answered" ? stampOf(one, /** @type {Answer} */ (answer)) : one.label;
      const made = button("sk-step", words, "", "toStep", name);
      const colour = state === "answered" && one.codes.find(({ id }) => id === answer?.codes.join())?.colour;
      if (colour) made.style.setProperty("--sk-c", colour);
      made.dataset.state = state;
      made.setAttribute("aria-label", `${one.label}: ${state === "answered" ? words : say(`step_${state}`)}`);
      made.title = one.label;
      if (name === variable.id) made.setAttribute("aria-current", "step");
      return made;
    }));
    oneStop(parts.steps, parts.steps.querySelector("[aria-current]"));
  }

  /** @param {Variable} variable @param {Answer} answer */
  function stampOf(variable, answer) {
    const named = variable.kind === "scale" ? `${variable.label} ` : "";
    const marks = [answer.certainty === "1" ? " ?" : "", answer.memo ? " ✎" : ""].join("");
    const labels = answer.codes.length ? labelsOf(variable, answer) : say("confirm_none");
    return `${named}${variable.kind === "scale" ? labels.replace("-", "−") : labels}${marks}`;
  }

  /** @param {Note} note @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft
   * @param {Answer | undefined} earlier */
  function paintAnswer(note, variable, answer, draft, earlier) {
    changes.paintOne(variable, isOpen(answer) ? earlier : answer, canHold(answer, variable) && variable.kind !== "multiple");
    const chosen = choosable(draft.codes ?? (answer ? answer.codes : []), variable);
    codes.press((code) => chosen.includes(code));
    codes.paintTyped(answer, draft);
    parts.flag.setAttribute("aria-pressed", !isOpen(list.answerTo(note, FLAG)));
    paintProposal(note, variable, draft, answer);
    parts.remark.textContent = remark(variable, answer, draft, earlier);
    parts.remark.classList.toggle("sk-due", Boolean(earlier && !earlier.again) && isOpen(answer));
    if (variable.kind !== "multiple") return;
    const label = canHold(answer, variable) && !draft.codes ? say("still_holds") : chosen.length ? say("confirm", { n: chosen.length }) : say("confirm_none");
    parts.confirm.querySelector(".sk-label").textContent = label;
    parts.confirm.classList.toggle("sk-held", Boolean(draft.codes));
    parts.confirm.classList.toggle("sk-on", Boolean(answer && answer.event === "decide" && !draft.codes && !answer.older && chosen.length === answer.codes.length));
  }

  /** @param {Note} note @param {Variable} variable @param {Draft} draft @param {Answer | undefined} answer */
  function paintProposal(note, variable, draft, answer) {
    const { name, words } = proposalIn(list.proposed({ note, variable }));
    const begun = draft.proposing && draft.proposing.name.trim();
    const key = isOpen(answer) || answer.event === "skip" ? "proposed" : "proposed_provisional";
    parts.propose.hidden = variable.kind === "scale";
    parts.propose.classList.toggle("sk-on", Boolean(name));
    parts.propose.title = words;
    parts.proposed.textContent = [name && say(key, { name }), begun && say("propose_begun", { name: begun })].filter(Boolean).join(" ");
    parts.proposed.hidden = !parts.proposed.textContent;
  }

  // The words that go with the answer: those of the answer given are marked in the note, those chosen now are named.
  /** @param {Note} note @param {Answer | undefined} answer */
  function paintChosen(note, answer) {
    const words = (isOpen(answer) ? "" : answer.words) ?? "";
    if (words !== inked) paintWords(parts.text, note, words);
    inked = words;
    parts.words.hidden = !marked.length;
    parts.words.querySelector(".sk-label").textContent = say("words", { words: marked.map((span) => quoted(note.text, span)).join(" … ") });
  }

  // Words chosen stay so until they are answered with, let go, or others are chosen; a click elsewhere takes nothing away.
  function hearSelection() {
    const { note } = shown;
    const spans = note ? chosenIn(parts.text) : [];
    const isLetGo = !spans.length && window.getSelection()?.isCollapsed && parts.text.contains(window.getSelection()?.anchorNode ?? null);
    if (!note || (!spans.length && !(isLetGo && marked.length))) return;
    marked = spans;
    paintChosen(note, list.current().answer);
  }

  function takeWords() {
    const words = wordsText(marked);
    dropWords();
    return words;
  }

  function dropWords() {
    if (marked.length) window.getSelection()?.removeAllRanges();
    marked = [];
    parts.words.hidden = true;
  }

  // The words of the note that are chosen on screen.
  const chosenWords = () => (shown.note ? marked.map((span) => quoted(/** @type {Note} */ (shown.note).text, span)).join(" … ") : "");

  // One line that says how this question stands, or why a key did nothing.
  /** @param {Variable} variable @param {Answer | undefined} answer @param {Draft} draft
   * @param {Answer | undefined} earlier */
  function remark(variable, answer, draft, earlier) {
    if (hand.told && !(variable.kind === "scale" && TOLD_OF_NUMBERS.has(hand.told.key))) return said(); // else it stands below the numbers
    if (draft.codes) return say("not_confirmed");
    if (draft.number !== undefined) return say("number_waits", { number: draft.number.trim() });
    if (earlier && !earlier.again && isOpen(answer)) return say("changed_text", { codes: labelsOf(variable, earlier) });
    if ((answer ?? earlier)?.again && draft.memo === undefined) return "";
    if (isOpen(answer)) return draft.memo ? say("waits_for_answer") : how(variable);
    return status(variable, answer, draft);
  }

  // How one answers, where that is not plain from the card.
  /** @param {Variable} variable */
  function how({ kind, codes }) {
    if (kind === "multiple") return say("how_several");
    return kind === "single" && codes.length > 10 ? say("how_many") : "";
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
    const latest = latestOf(list, say);
    parts.live.textContent = `${latest ? `${latest}. ` : ""}${newNote ? `${parts.place.textContent}. ${sayContext(note)}${note.text}. ` : ""}${variable.question}${again}`;
  }

  // What whoever listens is told of a key that leaves the question on screen: what was chosen, typed, pointed at, marked.
  /** @param {Variable} variable @param {string[]} chosen */
  function announceChange(variable, chosen) {
    const now = { chosen: chosen.join("|"), letters: hand.letters, active: hand.active, latest: latestOf(list, say), told: hand.told };
    const before = heard;
    heard = now;
    const labels = new Map(variable.codes.map((code) => [code.id, code.label]));
    const cursor = variable.codes.find(({ id }) => id === now.active);
    if (now.told && now.told !== before.told) parts.live.textContent = said();
    else if (now.letters !== before.letters) parts.live.textContent = cursor ? say("first_hit", { letters: now.letters, code: cursor.label }) : "";
    else if (cursor && now.active !== before.active) parts.live.textContent = [cursor.label, cursor.definition].filter(Boolean).join(". ");
    else if (variable.kind === "multiple" && now.chosen !== before.chosen) {
      const [was, is] = [before.chosen, now.chosen].map((codes) => codes.split("|").filter(Boolean));
      const changed = [...is.filter((code) => !was.includes(code)).map((code) => say("code_chosen", { code: labels.get(code) })),
        ...was.filter((code) => !is.includes(code)).map((code) => say("code_dropped", { code: labels.get(code) }))];
      parts.live.textContent = changed.join(", ");
    } else if (now.latest !== before.latest) parts.live.textContent = now.latest;
  }

  // --- what opens over the card -------------------------------------------------------------------

  function openKeys() {
    overlays.openDialog(say("keys"), [make("p", "sk-quiet", say("keys_rule")), keysShown(KEYS, say)], { isWide: true });
  }

  // Which answers can be gone through, question by question; each opens on its question.
  function openReviews() {
    const queues = list.queues();
    const told = list.again().length;
    /** @type {[string, string, unknown][]} */
    const ways = queues.map((queue) => [say(`queue_${queue.kind}`, { n: queue.n, label: queue.variable ? list.variables.get(queue.variable).label : "" }), "review", queue]);
    if (told) ways.push([say("queue_changes", { n: told }), "changes", null]);
    if (list.isReview) ways.push([say("review_done"), "reviewDone", null]);
    const buttons = ways.slice(0, 9).map(([label, name, value], number) => button("sk-tool sk-way", label, String(number + 1), name, value));
    for (const made of buttons) made.addEventListener("click", () => box.close());
    const box = overlays.openDialog(say("reviews"), buttons.length ? buttons : [make("p", "sk-quiet", say("no_queues"))]);
    box.addEventListener("keydown", (event) => buttons[Number(event.key) - 1]?.click());
    (buttons[0] ?? box).focus();
  }

  // Puts my notes over the card.
  /** @param {(host: HTMLElement, onClose: () => void, announce: (text: string) => void) => any} create */
  function cover(create) {
    listing = create(root, closeList, (text) => { parts.live.textContent = text; });
  }

  function openList() {
    if (list.isFinished()) listing.open();
    else listing.open(list.current().note, list.current().variable.id);
    parts.main.inert = parts.tray.inert = true;
    paint();
  }

  function closeList() {
    listing.close();
    parts.main.inert = parts.tray.inert = false;
    shown = { note: null, variable: null };
    paint();
    focus();
  }

  const changes = createChanges({ say, list, data, part, parts, button });
  const tray = createTray({ kit, list, say, hand });
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), tray: tray.nodes, label: say("card"), leave: "all_notes", onHandIn });
  const { root, id, focus } = frame;
  parts.queues.append(tool("reviewDone", say("review_done"), ""), tool("reviews", "", ":"));
  parts.foot.prepend(group("steps", "sk-steps", say("questions")), tool("flag", say("flag"), "+"));
  parts.foot.before(parts.words);
  document.addEventListener("selectionchange", hearSelection);
  const book = createCodebook({ host: root, data, say, onClose: focus });
  const overlays = createOverlays({ root, ground: parts.tray, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data, savesBegun: true });
  const codes = createCodes(kit, { show: showCode, say, hand, focus, id });
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  kit.onClicked(() => { if (!overlays.isOpen) focus(); });

  return {
    root, paint, focus, showState: notices.showState, toggleGloss: frame.toggleGloss, openKeys, openCodebook: book.open, openNumber: overlays.openNumber,
    openList, openReviews, cover, takeWords, dropWords, stepRecent: tray.step, get over() { return listing.isOpen ? listing : book.isOpen ? { press: () => false } : null; },
    scrollNote: frame.scrollNote, openMemo: overlays.openMemo, openProposal: () => overlays.openProposal(chosenWords()),
    closeOverlays: overlays.close, openBlock: codes.openBlock, keepFocus: frame.keepFocus, shows: frame.shows, open: () => frame.open(paint), stop() {
      document.removeEventListener("selectionchange", hearSelection);
      listing.stop();
      frame.stop();
    },
  };
}
