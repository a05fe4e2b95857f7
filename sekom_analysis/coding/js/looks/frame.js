// What every card has around its questions: progress, the note, definitions beside it, the keys' focus, and room
// that does not jump from note to note. Decides nothing.

import { make, sayContext } from "./elements.js";

/** @import { CardData, Kit, Note, Say, Worklist } from "../types" */

/** What stands above a note's text: the question asked, the respondent's group. @param {Note} note */
const contextLines = (note) => (note.context ?? []).map(([name, text]) => make("p", "", make("b", "", name), ` ${text}`));
/** @param {Note} note */
const lengthShown = (note) => note.text.length + sayContext(note).length;

let cards = 0; // a page may hold several cards; ids must differ

// `work`: what stands below the note; `label`: what a screen reader calls the card; `panelFirst`: whether the
// definitions are open where there is no room beside the note; `search`: whether a button stands for it.
/** @param {HTMLElement} host @param {CardData} data @param {Say} say @param {Worklist} list @param {Kit} kit
 * @param {{ work: Node[], label: string, panelFirst?: boolean | null, search?: boolean }} how */
export function createFrame(host, data, say, list, kit, { work, label, panelFirst = null, search = true }) {
  const { parts, part, tool, group } = kit;
  /** @type {boolean | null} */
  let panelOpen = null;
  let glossOpen = false;
  let hasFocus = false;
  let reserved = false; // whether the note has got its room: not before one is shown
  let wide = false; // measured when the size changes, not at every key

  // --- building -----------------------------------------------------------------------------------

  function buildHead() {
    const bar = part("bar", "div", "sk-bar", part("fill", "i", ""));
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", say("progress"));
    const saved = part("saved", "span", "sk-saved");
    return make("div", "sk-head", bar, make("div", "sk-line",
      part("place", "strong", "sk-place"), part("left", "span", "sk-quiet"),
      make("span", "sk-gap"), make("span", "sk-pair", buildUndo(), tool("redo", say("redo"), "r")),
      make("span", "sk-quiet sk-who", data.coder), saved));
  }

  function buildUndo() {
    const undo = tool("undo", say("undo"), "u");
    undo.prepend(/** @type {Node} */ (undo.firstChild), part("backspace", "kbd", "sk-key", "⌫"));
    parts.backspace.setAttribute("aria-hidden", "true");
    undo.setAttribute("aria-keyshortcuts", "u Backspace");
    return undo;
  }

  function buildNote() {
    const note = part("note", "div", "sk-note", part("context", "div", "sk-context"),
      part("text", "p", "sk-text"), part("gloss", "p", "sk-gloss"));
    note.tabIndex = 0;
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note"));
    parts.text.lang = "sv";
    parts.gloss.lang = "en";
    return make("div", "sk-paper", note, part("more", "span", "sk-more", say("more_text")));
  }

  function buildMoves() {
    const glosses = data.notes.some((note) => note.gloss) ? [tool("glossTool", say("gloss"), "g", "gloss")] : [];
    return group("moves", "sk-tools sk-moves", say("moves"),
      tool("back", say("back"), "←"), tool("forward", say("forward"), "→"),
      tool("toFirstOpen", say("to_first_open"), "n"), make("span", "sk-gap"),
      ...(search ? [tool("search", say("search"), "/")] : []), tool("panel", say("definitions"), "d"), ...glosses);
  }

  function build() {
    const root = part("root", "div", "sk-card sk-loading");
    root.tabIndex = 0;
    root.lang = data.lang;
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", label);
    root.dataset.lmSuppressShortcuts = "true"; // some hosts take keys before the page gets them
    const panel = part("panelBox", "div", "sk-panel");
    panel.tabIndex = 0;
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", say("definitions"));
    const live = part("live", "div", "sk-live");
    live.setAttribute("role", "status");
    const main = part("main", "div", "sk-main", part("work", "div", "sk-work", buildNote(), ...work),
      part("finish", "div", "sk-finish"), buildMoves());
    root.append(buildHead(), make("div", "sk-body", main, panel), part("hints", "p", "sk-hints"),
      part("alarm", "div", "sk-alarm"), live);
    parts.alarm.setAttribute("role", "alert");
    root.addEventListener("focusin", () => showFocus(true));
    root.addEventListener("focusout", (event) => showFocus(root.contains(/** @type {Node | null} */ (event.relatedTarget))));
    root.addEventListener("click", (event) => {
      if (!/** @type {Element} */ (event.target).closest("button, input, textarea, label, summary")) focus();
    });
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
    parts.context.replaceChildren(...contextLines(note));
    parts.text.textContent = note.text;
    parts.gloss.textContent = note.gloss;
    if (!reserved) reserve();
    requestAnimationFrame(fitNote); // asking for sizes now would make the browser lay out at every key
  }

  function fitNote() {
    parts.note.scrollTop = 0;
    parts.more.hidden = parts.note.scrollHeight <= parts.note.clientHeight + 2;
  }

  /** @param {boolean} finished */
  function paintMoves(finished) {
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    parts.back.disabled = list.at.place === 0 && list.at.step === 0;
    parts.forward.disabled = finished;
    for (const name of ["search", "panel", "glossTool"]) if (parts[name]) parts[name].disabled = finished;
  }

  // --- definitions, gloss -------------------------------------------------------------------------

  const panelIsOpen = () => (panelOpen ?? panelFirst ?? wide) && !list.isFinished();

  function showPanel() {
    const open = panelIsOpen();
    parts.panelBox.hidden = !open;
    root.classList.toggle("sk-with-panel", open);
    root.classList.toggle("sk-wide", wide);
    parts.panel.setAttribute("aria-expanded", open);
    const glossHidden = !glossOpen || list.isFinished() || !list.current().note.gloss;
    parts.gloss.hidden = glossHidden;
    if (parts.glossTool) parts.glossTool.setAttribute("aria-pressed", glossOpen);
  }

  function togglePanel() {
    panelOpen = !panelIsOpen();
    showPanel();
    reserve();
  }

  function toggleGloss() {
    glossOpen = !glossOpen;
    reserve();
  }

  // --- room and focus -----------------------------------------------------------------------------

  function measure() {
    wide = root.clientWidth >= 820;
  }

  // Room for nineteen notes of twenty, so that the buttons stay where they are; longer ones scroll.
  function reserve() {
    if (!root.isConnected || list.isFinished()) return;
    const byLength = [...data.notes].sort((a, b) => lengthShown(a) - lengthShown(b));
    const long = byLength[Math.floor((byLength.length - 1) * 0.95)];
    const probe = parts.note.cloneNode(false);
    probe.classList.add("sk-probe");
    probe.append(make("div", "sk-context", ...contextLines(long)), make("p", "sk-text", long.text), ...(glossOpen && long.gloss ? [make("p", "sk-gloss", long.gloss)] : []));
    parts.note.after(probe);
    const height = Math.min(probe.offsetHeight, Math.round(window.innerHeight * 0.4));
    probe.remove();
    root.style.setProperty("--sk-note-height", `${height}px`);
    reserved = true;
    fitNote();
  }

  function scrollNote() {
    const end = parts.note.scrollTop + parts.note.clientHeight >= parts.note.scrollHeight - 2;
    parts.note.scrollTop = end ? 0 : parts.note.scrollTop + parts.note.clientHeight * 0.8;
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
  const shows = (key) => (key === "Escape" ? list.list.kind === "changes" : key !== "Backspace" || (isSeen(parts.backspace) && !parts.undo.disabled));

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
    measure();
    paint();
    reserve();
    showFocus(root.contains(document.activeElement));
    root.scrollIntoView({ block: "start" });
    for (const delay of [0, 60, 250]) {
      setTimeout(() => { if (!root.contains(document.activeElement) && root.isConnected) focus(); }, delay);
    }
  }

  const id = `sk${(cards += 1)}`;
  const root = build();
  const watcher = new ResizeObserver(() => { measure(); showPanel(); reserve(); });
  watcher.observe(host);

  return {
    root, id, open, focus, keepFocus, shows, paintHead, paintNote, paintMoves, panelIsOpen, showPanel, togglePanel, toggleGloss, scrollNote,
    stop: () => watcher.disconnect(),
  };
}
