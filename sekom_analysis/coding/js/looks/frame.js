// What every card has around its questions: the bar with progress, the note on its slip, the tray, the keys' focus.
// Decides nothing.

import { make, sayContext } from "./elements.js";

/** @import { CardData, Kit, Note, Say, Worklist } from "../types" */

const LONG = 420; // a note of more signs stands beside the codes, in smaller type
const VERY_LONG = 1500;
const LEAST_PUSH = 8; // pixels that a finger moves before the slip moves with it
const LEAST_SWIPE = 70; // and before it has been pushed aside

/** What stands above a note's text: the question asked, the respondent's group. @param {Note} note */
const contextLines = (note) => (note.context ?? []).map(([name, text]) => make("p", "", make("b", "", name), ` ${text}`));
/** @param {Note} note */
export const lengthOfNote = (note) => note.text.length + sayContext(note).length;

let cards = 0; // a page may hold several cards; ids must differ

// `work`: what stands below the note; `tray`: what stands in the tray; `label`: what a screen reader calls the card;
// `isFlow`: whether the card is as tall as what is in it, instead of as tall as its window; `onHandIn`: where there is
// a place to hand answers in, how to get there.
/** @param {HTMLElement} host @param {CardData} data @param {Say} say @param {Worklist} list @param {Kit} kit
 * @param {{ work: Node[], label: string, tray?: Node[], side?: Node[], isFlow?: boolean, leave?: string, onHandIn?: () => void }} how */
export function createFrame(host, data, say, list, kit, { work, label, tray = [], side = [], isFlow = false, leave = "", onHandIn }) {
  const { parts, part, tool, group } = kit;
  let glossOpen = false;
  let panelOpen = false;
  let hasFocus = true;
  let isByKey = false; // whether the hand that moved last was on the keyboard
  let mouse = ""; // where it was last
  /** @type {Note | null} */
  let fitted = null;

  // --- building -----------------------------------------------------------------------------------

  function buildHead() {
    const bar = part("bar", "div", "sk-bar", part("fill", "i", ""));
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", say("progress"));
    const saved = part("saved", "span", "sk-saved");
    const who = onHandIn ? [(parts.handIn = buildHandIn())] : [make("span", "sk-who", data.coder)];
    return make("div", "sk-head", bar,
      make("div", "sk-line", make("div", "sk-line-start", ...(leave ? [tool("list", say(leave), "Esc", "leave")] : [])),
        make("div", "sk-line-mid", part("place", "strong", "sk-place"), part("left", "span", "sk-quiet")),
        make("div", "sk-line-end", ...(isFlow ? [tool("undo", say("undo"), "⌫"), tool("redo", say("redo"), "⇧⌫")] : [part("queues", "span", "sk-queues")]), saved, ...who)));
  }

  function buildHandIn() {
    const made = make("button", "sk-tool sk-who", make("span", "sk-label", data.coder), make("span", "sk-hand-in", say("hand_in")));
    made.type = "button";
    made.addEventListener("click", () => onHandIn?.());
    return made;
  }

  function buildNote() {
    const note = part("note", "div", "sk-note", part("context", "div", "sk-context"), part("text", "p", "sk-text"), part("gloss", "p", "sk-gloss"));
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note"));
    note.addEventListener("scroll", tellRead);
    if (data.notes_lang) parts.text.lang = data.notes_lang;
    parts.gloss.lang = "en";
    return part("paper", "article", "sk-paper", note, part("more", "p", "sk-more"), part("foot", "div", "sk-foot"));
  }

  function buildMoves() {
    const glosses = data.notes.some((note) => note.gloss) ? [tool("glossTool", say("gloss"), "<", "gloss")] : [];
    const moves = ["back", "forward"].map((name) => tool(name, say(name), name === "back" ? "←" : "→"));
    for (const made of moves) made.title = made.getAttribute("aria-label") ?? "";
    if (!isFlow) {
      parts.foot.append(...glosses);
      return group("moves", "sk-moves", say("moves"), ...moves);
    }
    return group("moves", "sk-tools sk-moves", say("moves"), ...moves, tool("toFirstOpen", say("to_first_open"), "End"),
      make("span", "sk-gap"), tool("panel", say("definitions"), "'", "codebook"), ...glosses);
  }

  function build() {
    const root = part("root", "div", `sk-card sk-loading${isFlow ? " sk-flow" : " sk-app"}`);
    root.tabIndex = 0;
    root.lang = data.lang;
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", label);
    root.dataset.lmSuppressShortcuts = "true"; // some hosts take keys before the page gets them
    const panel = part("panelBox", "div", isFlow ? "sk-panel" : "sk-side", ...side);
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", say("definitions"));
    const live = part("live", "div", "sk-live");
    live.setAttribute("role", "status");
    const alarm = part("alarm", "div", "sk-alarm");
    alarm.setAttribute("role", "alert");
    const head = buildHead();
    const note = buildNote();
    const moves = buildMoves();
    const reply = part("reply", "div", "sk-reply", ...work);
    const desk = isFlow
      ? part("main", "div", "sk-desk", part("work", "div", "sk-work", note, ...work), part("finish", "div", "sk-finish"), moves, panel)
      : part("main", "div", "sk-desk", part("work", "div", "sk-work", note, reply, panel), part("finish", "div", "sk-finish"));
    const below = isFlow ? part("hints", "p", "sk-hints") : part("tray", "div", "sk-tray", ...tray, moves, part("hints", "p", "sk-hints"));
    root.append(head, desk, below, alarm, live);
    root.addEventListener("focusin", () => showFocus(true));
    root.addEventListener("focusout", (event) => showFocus(root.contains(/** @type {Node | null} */ (event.relatedTarget))));
    root.addEventListener("keydown", () => showHand(true), true);
    root.addEventListener("pointerdown", () => showHand(false), true);
    for (const type of ["pointerover", "pointermove"]) root.addEventListener(type, (event) => feelMouse(/** @type {PointerEvent} */ (event)), true);
    root.addEventListener("click", (event) => {
      if (!/** @type {Element} */ (event.target).closest("button, input, textarea, label, summary, dialog")) focus();
    });
    if (!isFlow) listenForSwipe();
    host.append(root);
    return root;
  }

  // --- painting -----------------------------------------------------------------------------------

  /** @param {Record<string, number>} counts @param {boolean} finished */
  function paintHead(counts, finished) {
    const all = data.notes.length;
    const share = Math.round((100 * counts.done) / all);
    parts.fill.style.width = `${share}%`;
    parts.bar.setAttribute("aria-valuenow", share);
    const kind = list.list.kind;
    const chosen = list.list.notes.length;
    const place = { n: Math.min(list.at.place + 1, chosen), all: chosen };
    parts.place.textContent = finished ? say("done_of", { n: counts.done, all })
      : say(kind === "open" ? (data.pass === 1 ? "place" : `place_pass_${data.pass}`) : `place_${kind}`, place);
    const minutes = list.minutesLeft(counts.open);
    const left = { n: all - counts.done, minutes, ...counts };
    parts.left.textContent = say(minutes === null || !left.n ? "left" : "left_time", left);
  }

  /** @param {Note} note */
  function paintNote(note) {
    const n = lengthOfNote(note);
    parts.context.replaceChildren(...contextLines(note));
    parts.text.textContent = note.text;
    parts.gloss.textContent = note.gloss;
    root.classList.toggle("sk-long", n > LONG);
    root.classList.toggle("sk-very-long", n > VERY_LONG);
    requestAnimationFrame(() => fitNote(note)); // asking for sizes now would make the browser lay out at every key
  }

  /** @param {Note | null} [note] */
  function fitNote(note = fitted) {
    if (note !== fitted) parts.note.scrollTop = 0;
    fitted = note;
    const isCut = parts.note.scrollHeight > parts.note.clientHeight + 2;
    parts.more.hidden = !isCut;
    if (isCut) parts.note.tabIndex = 0; // what can be scrolled can be reached
    else parts.note.removeAttribute("tabindex");
    tellRead();
  }

  // How much of a note that is longer than its slip has been on screen.
  function tellRead() {
    if (parts.more.hidden) return;
    const { scrollTop, clientHeight, scrollHeight } = parts.note;
    const share = Math.min(100, Math.round((100 * (scrollTop + clientHeight)) / scrollHeight));
    parts.note.classList.toggle("sk-end-seen", share > 99);
    parts.more.textContent = say(share > 99 ? "read_all" : "read_part", { n: share });
  }

  /** @param {boolean} finished */
  function paintMoves(finished) {
    if (parts.undo) parts.undo.disabled = !list.canUndo;
    if (parts.redo) parts.redo.disabled = !list.canRedo;
    parts.back.disabled = list.isFirst;
    parts.forward.disabled = finished;
    for (const name of ["panel", "glossTool"]) if (parts[name]) parts[name].disabled = finished;
    const glossHidden = !glossOpen || finished || !list.current().note.gloss;
    parts.gloss.hidden = glossHidden;
    if (parts.glossTool) parts.glossTool.setAttribute("aria-pressed", glossOpen);
    if (isFlow) parts.panelBox.hidden = !panelOpen || finished;
  }

  function toggleGloss() {
    glossOpen = !glossOpen;
    requestAnimationFrame(() => fitNote());
  }

  function togglePanel() {
    panelOpen = !panelOpen;
  }

  function scrollNote() {
    const end = parts.note.scrollTop + parts.note.clientHeight >= parts.note.scrollHeight - 2;
    parts.note.scrollTop = end ? 0 : parts.note.scrollTop + parts.note.clientHeight * 0.9;
  }

  // --- a finger -----------------------------------------------------------------------------------

  // The slip pushed aside by a finger: to the left comes the next note, to the right the one before. Only one finger
  // that goes across, and ends far from where it began, pushes it; what it lies on is not chosen.
  function listenForSwipe() {
    const { paper } = parts;
    /** @type {PointerEvent | null} */
    let from = null;
    /** @param {number} x */
    const shift = (x) => paper.style.setProperty("--sk-push", `${Math.round(x * 0.8)}px`);

    /** @param {PointerEvent} event */
    const wayOf = ({ clientX, clientY }) => ({ x: clientX - (from?.clientX ?? 0), y: Math.abs(clientY - (from?.clientY ?? 0)) });

    function letGo() {
      from = null;
      shift(0);
    }

    /** @param {PointerEvent} event */
    function begin(event) {
      letGo();
      if (event.pointerType === "touch" && event.isPrimary) from = event;
    }

    /** @param {PointerEvent} event */
    function move(event) {
      if (!from) return;
      const { x, y } = wayOf(event);
      if (y > LEAST_SWIPE || y > Math.abs(x) + LEAST_PUSH) letGo();
      else if (Math.abs(x) > LEAST_PUSH) shift(x);
    }

    /** @param {PointerEvent} event */
    function end(event) {
      const { x, y } = wayOf(event);
      const isSwipe = from && Math.abs(x) > LEAST_SWIPE && Math.abs(x) > y;
      letGo();
      if (isSwipe) kit.act(x < 0 ? "noteForward" : "noteBack");
    }
    for (const [type, work] of /** @type {const} */ ([["pointerdown", begin], ["pointermove", move], ["pointerup", end], ["pointercancel", letGo]])) paper.addEventListener(type, work);
  }

  // --- focus --------------------------------------------------------------------------------------

  // A mouse that lies still is told of whatever comes up under it; only one that moves points at it.
  /** @param {PointerEvent} event */
  function feelMouse({ screenX, screenY }) {
    const before = mouse;
    mouse = `${screenX} ${screenY}`;
    if (before && before !== mouse) showHand(false);
  }

  /** @param {boolean} now */
  function showHand(now) {
    if (now === isByKey) return;
    isByKey = now;
    root.classList.toggle("sk-by-key", now);
  }

  /** @param {boolean} now */
  function showFocus(now) {
    if (now === hasFocus && parts.hints.textContent) return;
    hasFocus = now;
    root.classList.toggle("sk-idle", !now);
    parts.hints.textContent = say(now ? "hints" : "click_me");
  }

  function focus() {
    root.focus({ preventScroll: true });
  }

  /** @param {Element} element */
  const isSeen = (element) => element.getClientRects().length > 0;

  // Whether a key does what its cap says, because the cap is there to be read.
  /** @param {string} key */
  const shows = (key) => key !== "Backspace" || (isSeen(parts.undo.querySelector(".sk-key")) && !parts.undo.disabled);

  // Where the work takes away what had the focus, the card has it, so that the next key is not lost.
  /** @param {() => unknown} work */
  function keepFocus(work) {
    const had = root.contains(document.activeElement);
    work();
    const now = /** @type {HTMLButtonElement | null} */ (document.activeElement);
    if (had && (!now || !root.contains(now) || now.disabled || !isSeen(now))) focus();
  }

  // A host may move the focus once more after it has shown the card.
  /** @param {() => void} paint */
  function open(paint) {
    root.classList.remove("sk-loading");
    paint();
    showFocus(root.contains(document.activeElement));
    root.scrollIntoView({ block: "start" });
    for (const delay of [0, 60, 250]) {
      setTimeout(() => { if (!root.contains(document.activeElement) && root.isConnected) focus(); }, delay);
    }
  }

  const id = `sk${(cards += 1)}`;
  const root = build();
  const watcher = new ResizeObserver(() => fitNote());
  watcher.observe(parts.note);

  return {
    root, id, open, focus, keepFocus, shows, paintHead, paintNote, paintMoves, togglePanel, toggleGloss, scrollNote,
    stop: () => watcher.disconnect(),
  };
}
