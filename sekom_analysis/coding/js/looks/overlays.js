// What opens on top of the card: the memo, a missing code, a note's number, dialogs, a definition beside a button.

import { isNone, lengthOf, LONGEST_MEMO, memoOf as proposalOf, proposalIn } from "../answering/answers.js";
import { aboutOf, keycap, make } from "./elements.js";

/** @import { Cell, Hand, Question, Say, Worklist } from "../types" */

export const UNCLOSED = Symbol("a memo that is too long to be saved, and stays open");

// Says under a field how much too long its text is; returns whether it is. Nothing is ever cut off.
/** @param {HTMLTextAreaElement | HTMLInputElement} field @param {HTMLElement} warning @param {Say} say */
function tellLength(field, warning, say) {
  const n = lengthOf(field.value.trim());
  const tooLong = n > LONGEST_MEMO;
  warning.textContent = tooLong ? say("too_long", { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
  field.setAttribute("aria-invalid", String(tooLong));
  return tooLong;
}

// `ground`: what it opens on.
/** @param {{ root: HTMLElement, ground: HTMLElement, say: Say, list: Worklist, hand: Hand, focus: () => void, id: string }} given */
export function createOverlays({ root, ground, say, list, hand, focus, id }) {
  /** @type {any} */
  let sheet = null; // { kind, box, field, cell, warning }
  /** @type {HTMLElement | null} */
  let tipBox = null;
  const act = hand.click;

  /** @param {string} kind @param {Node | string} label @param {HTMLInputElement | HTMLTextAreaElement} field
   * @param {Node[]} rest @param {object} [more] */
  function place(kind, label, field, rest, more = {}) {
    const title = make("label", "sk-sheet-label", label);
    const box = make("div", `sk-sheet sk-${kind}`, title, field, ...rest);
    field.id = `${id}-${kind}`;
    title.htmlFor = field.id;
    ground.append(box);
    sheet = { kind, box, field, ...more };
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "nearest" });
  }

  // Ends what is open; returns a memo that was written with its question, null if there is none, or that it cannot
  // be closed: too long to be saved, and nothing of it is to be lost.
  /** @returns {(Question & { text: string | null }) | typeof UNCLOSED | null} */
  function close() {
    tip(null);
    if (!sheet) return null;
    const { kind, box, field, cell, warning } = sheet;
    const text = field.value.trim();
    const isChanged = kind === "memo" && text !== (sheet.isTouched ? memoOf(cell) : field.dataset.before);
    if (isChanged && tellLength(field, warning, say)) {
      field.focus();
      return UNCLOSED;
    }
    sheet = null;
    const hadFocus = box.contains(document.activeElement);
    box.remove();
    if (hadFocus) focus();
    return kind === "memo" ? { ...cell, text: isChanged ? text : null } : null;
  }

  // The memo of a question as it is now: another window may have saved what was half written here.
  /** @param {Question} question */
  function memoOf({ note, variable }) {
    const { memo = "" } = list.answerTo(note, variable.id) ?? {};
    return (list.drafts.get(list.cellOf(note, variable.id)) ?? {}).memo ?? memo;
  }

  // `event`: the key that closed it; what is typed right after it still belongs to the prose.
  /** @param {UIEvent} [event] */
  function finish(event) {
    const memo = close();
    if (memo === UNCLOSED) return;
    if (event && event.detail === 0) hand.leaveProse(event);
    if (memo) act("saveMemo", memo);
    focus();
  }

  // About the answer just given while that is what the card says, else about the present question.
  function openMemo() {
    const aim = list.aim();
    if (sheet || !aim) return;
    const { note, variable, answer: given, draft } = aim;
    const field = make("textarea", "sk-field");
    const warning = make("p", "sk-too-long");
    warning.setAttribute("role", "alert");
    field.rows = 3;
    field.dataset.before = draft.memo ?? (given ? given.memo : "");
    field.value = draft.typing ?? field.dataset.before;
    field.addEventListener("input", () => {
      sheet.isTouched = true;
      tellLength(field, warning, say);
      act("typing", { note, variable, text: field.value });
    });
    field.addEventListener("keydown", (event) => {
      const closes = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
      if (!closes || event.isComposing) return;
      event.preventDefault();
      finish(event);
    });
    const done = make("button", "sk-tool", say("memo_done"));
    done.type = "button";
    done.addEventListener("click", finish);
    const label = make("span", "", make("span", "sk-about", aboutOf(list, aim, say)), ` ${say("memo_label")}`);
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("memo_hint")), done);
    place("memo", label, field, [warning, foot], { cell: { note, variable }, warning });
    tellLength(field, warning, say);
  }

  // --- a code that is missing ---------------------------------------------------------------------

  // About the question on screen, or the one just answered with none of the codes; of a number there are no codes.
  /** @param {string} chosen */
  function openProposal(chosen) {
    if (sheet) return;
    const [just, now] = [list.aim(), list.isFinished() ? null : { ...list.current(), isJust: false }];
    const isAboutJust = just && !chosen && (!now || (just.isJust && isNone(just.answer, just.variable)));
    const aim = [isAboutJust ? just : now, now].find((one) => one && one.variable.kind !== "scale");
    if (!aim) hand.tell("no_code_on_scale");
    else fillProposal(aim, chosen);
  }

  /** @param {Cell & { isJust: boolean }} aim @param {string} chosen */
  function fillProposal(aim, chosen) {
    const { note, variable, draft } = aim;
    const stands = list.proposed(aim);
    const begun = draft.proposing ?? proposalIn(stands);
    const [name, words] = [make("input", "sk-field"), make("textarea", "sk-field")];
    const warning = make("p", "sk-too-long");
    const now = () => ({ name: name.value, words: words.value });
    const type = () => act("proposing", { note, variable, proposing: now() });
    [name.type, name.autocomplete, name.value] = ["text", "off", begun.name];
    [words.rows, words.value, words.id] = [2, begun.words || chosen, `${id}-proposal-words`];
    warning.setAttribute("role", "alert");

    /** @param {UIEvent} event @param {string} memo */
    function give(event, memo) {
      finish(event);
      if (memo !== stands) act("saveProposal", { note, variable, memo });
      else act("proposing", { note, variable, proposing: proposalIn(stands) });
      focus();
    }

    /** @param {UIEvent} event */
    function save(event) {
      const fault = list.faultOfProposal(now());
      warning.textContent = fault ? say(fault.key, fault.values) : "";
      if (fault) name.focus();
      else give(event, proposalOf(now()));
    }

    /** @param {KeyboardEvent} event */
    function onKey(event) {
      if (event.isComposing) return;
      if (event.key === "Escape") finish(event);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
      else if (event.key === "Enter" && event.target === name) words.focus();
      else return;
      event.preventDefault();
    }

    for (const field of [name, words]) {
      field.addEventListener("input", type);
      field.addEventListener("keydown", (event) => onKey(/** @type {KeyboardEvent} */ (event)));
    }
    /** @param {string} key @param {(event: UIEvent) => void} work */
    const button = (key, work) => {
      const made = make("button", "sk-tool", say(key));
      made.type = "button";
      made.addEventListener("click", work);
      return made;
    };
    const back = stands ? [button("propose_back", (event) => give(event, ""))] : [];
    const label = make("span", "", make("span", "sk-about", aboutOf(list, aim, say)), ` ${say("propose_label")}`);
    const second = make("label", "sk-sheet-label", say("propose_words"));
    second.htmlFor = words.id;
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("propose_hint")), make("span", "", ...back, button("propose_save", save)));
    place("proposal", label, name, [second, words, warning, foot]);
  }

  // --- a note by its number -----------------------------------------------------------------------

  // The number is taken as soon as no longer one could be a note's.
  function openNumber() {
    if (sheet) return;
    const all = list.notes.length;
    const field = make("input", "sk-field");
    [field.type, field.inputMode, field.autocomplete] = ["text", "numeric", "off"];
    const hint = make("span", "sk-quiet", say("number_hint", { all }));

    /** @param {UIEvent} event */
    function go(event) {
      const n = Number(field.value.trim());
      if (!Number.isInteger(n) || n < 1 || n > all) {
        hint.textContent = say("number_none", { all });
        return;
      }
      finish(event);
      act("toNote", n);
    }

    field.addEventListener("input", (event) => {
      const n = Number(field.value.trim());
      hint.textContent = say("number_hint", { all });
      if (n >= 1 && n <= all && n * 10 > all) go(/** @type {UIEvent} */ (event));
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      if (event.key === "Enter") go(event);
      else finish(event);
    });
    place("goto", say("number_title"), field, [hint]);
  }

  // --- a dialog -----------------------------------------------------------------------------------

  // Something to be read or chosen from, over the card; the browser keeps the keys in it and closes it at Escape.
  /** @param {string} title @param {Node[]} children @param {{ isWide?: boolean }} [how] */
  function openDialog(title, children, { isWide = false } = {}) {
    const box = make("dialog", isWide ? "sk-dialog sk-dialog-wide" : "sk-dialog");
    const end = make("button", "sk-button", say("close"), " ", keycap("Esc"));
    end.type = "button";
    end.addEventListener("click", () => box.close());
    box.append(make("h2", "", title), ...children, make("div", "sk-dialog-foot", end));
    box.setAttribute("aria-label", title);
    box.addEventListener("close", () => { box.remove(); focus(); });
    box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
    root.append(box);
    box.showModal();
    box.scrollTop = 0; // it begins at its beginning, though its button at the end has the focus
    return box;
  }

  // --- a definition beside its button -------------------------------------------------------------

  /** @param {string | null | undefined} text @param {Element} [near] */
  function tip(text, near) {
    if (tipBox) tipBox.remove();
    tipBox = null;
    if (!text || !near || sheet) return;
    tipBox = make("div", "sk-tip", text);
    tipBox.setAttribute("role", "tooltip");
    root.append(tipBox);
    const card = root.getBoundingClientRect();
    const spot = near.getBoundingClientRect();
    tipBox.style.left = `${Math.max(8, Math.min(spot.left - card.left, card.width - tipBox.offsetWidth - 8))}px`;
    tipBox.style.top = `${spot.bottom - card.top + 4}px`;
  }

  return { openMemo, openProposal, openNumber, openDialog, close, tip, get isOpen() { return Boolean(sheet); } };
}
