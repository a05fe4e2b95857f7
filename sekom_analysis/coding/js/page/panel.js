// What stands below the card on a page: where the answers are kept, the file that carries them, how to send it back.

import { fill, make } from "../looks/elements.js";
import { begunLabel, MOST_NAMED, savesSkip } from "../looks/notices.js";
import { readProgress } from "../saving/progressfile.js";

/** @import { Begun, Card, ChosenFile, Keeper, PageData, Say, Worklist } from "../types" */

const MANY_WITHOUT_COPY = 100;
const QUESTIONS = ["confirm", "landed", "unsaved", "unsavedClear"];

/** @param {string} name @param {string} text */
function download(name, text) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// `card` gives the card, once there is one.
/** @param {{ shelf: HTMLElement, data: PageData, say: Say, keeper: Keeper, message: string, card: () => Card, hear: () => void,
 *   confirmSaved: () => void, reset: () => void, focusCard: () => void }} given */
export function createPanel({ shelf, data, say, keeper, message: first, card, hear, confirmSaved, reset, focusCard }) {
  /** @type {Record<string, any>} */
  const parts = {};
  /** @template {keyof HTMLElementTagNameMap} T @param {string} name @param {T} tag @param {string} className
   * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[T]} */
  const part = (name, tag, className, ...children) => (parts[name] = make(tag, className, ...children));
  const canChoose = Boolean(window.showSaveFilePicker);
  let finished = false;
  let message = first;

  /** @param {string} name @param {string} label @param {(event: MouseEvent) => unknown} onClick */
  function button(name, label, onClick) {
    const made = part(name, "button", "sp-button", label);
    made.type = "button";
    made.addEventListener("mousedown", (event) => event.preventDefault()); // an open memo keeps the focus
    made.addEventListener("click", async (event) => {
      await onClick(event);
      // A mouse click gives the keys back to the card; somebody who tabs keeps their place.
      if (event.detail > 0 && QUESTIONS.every((question) => parts[question].hidden)) focusCard();
    });
    return made;
  }

  /** @type {() => Begun[]} */
  const begun = () => (card() ? card().list.begun() : []);

  // --- building -----------------------------------------------------------------------------------

  function build() {
    const title = part("title", "h2", "", say("title"));
    title.tabIndex = -1;
    title.id = "shelf-title";
    shelf.setAttribute("aria-labelledby", title.id);
    const opener = part("input", "input", "");
    opener.type = "file";
    opener.accept = ".jsonl,.txt,.json";
    opener.hidden = true;
    opener.addEventListener("change", openFile);
    const message = part("message", "p", "sp-message");
    message.setAttribute("role", "status");
    shelf.append(title, buildSending(), part("where", "p", "sp-where"), part("copy", "p", "sp-copy"), part("fileLine", "p", "sp-file"),
      make("div", "sp-buttons",
        button("download", say("download"), askToDownload),
        ...(canChoose ? [button("choose", "", chooseFile)] : []),
        button("open", say("open"), () => opener.click()),
        button("clear", say("clear"), askToClear), opener),
      buildQuestion("unsaved", "", ["save_download", saveAndDownload], ["only_download", downloadFile], ["no_download", () => close("download")]),
      buildQuestion("unsavedClear", say("clear_unsaved"), ["save_first", saveFirst], ["keep_all", keepAll], ["clear_anyway", clear]),
      buildQuestion("confirm", "", ["yes_clear", clearIfAllIsSaved], ["no_clear", keepAll]),
      buildQuestion("landed", say("landed"), ["yes_landed", landed], ["no_landed", downloadFile]),
      message);
  }

  function buildSending() {
    const steps = ["send_1", "send_2", "send_3"].map((key) => part(key, "li", ""));
    return part("sending", "div", "sp-sending", make("p", "sp-lead", say("send_title")), make("ol", "", ...steps));
  }

  /** @param {string} name @param {string} text @param {...[string, (event: MouseEvent) => unknown]} answers */
  function buildQuestion(name, text, ...answers) {
    const box = part(name, "div", "sp-question", part(`${name}Text`, "p", "", text), part(`${name}List`, "div", ""),
      make("div", "sp-buttons", ...answers.map(([key, onClick]) => button(key, say(key), onClick))));
    box.hidden = true;
    box.setAttribute("role", "group");
    return box;
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const n = keeper.events.length;
    const open = n - keeper.copied;
    const { file } = keeper;
    const isWriting = Boolean(file && file.allowed && !file.fault);
    const name = file && isWriting ? file.handle.name : data.file;
    parts.where.textContent = whereText(n, isWriting);
    parts.where.classList.toggle("sp-warning", (!keeper.hasDatabase || keeper.forgets) && !isWriting);
    parts.copy.hidden = !n || (isWriting && open < MANY_WITHOUT_COPY);
    parts.copy.textContent = !open ? say("copied_all") : say(open >= MANY_WITHOUT_COPY || finished ? "copy_due" : "copy_some", { n: open });
    parts.copy.classList.toggle("sp-due", open >= MANY_WITHOUT_COPY || (keeper.forgets && open > 0));
    paintFile(file);
    parts.clear.hidden = !n || open > 0;
    allowDownload();
    parts.download.classList.toggle("sp-next", (finished || keeper.forgets) && open > 0);
    parts.sending.hidden = !finished;
    parts.send_1.textContent = say(isWriting ? "send_1_file" : "send_1", { file: name });
    parts.send_2.textContent = say("send_2", { file: name });
    parts.send_3.textContent = say("send_3");
    parts.message.textContent = message;
  }

  // What was begun can be saved into the first file too.
  function allowDownload() {
    parts.download.disabled = !keeper.events.length && !begun().length;
  }

  /** @param {number} n @param {boolean} isWriting */
  function whereText(n, isWriting) {
    if (!keeper.hasDatabase) return say(isWriting ? "where_file_only" : canChoose ? "no_storage" : "no_storage_download");
    if (!keeper.forgets) return say(n ? "where" : "where_empty");
    return isWriting ? say("forgets") : `${say("forgets")} ${say(canChoose ? "forgets_choose" : "forgets_download")}`;
  }

  /** @param {ChosenFile | null} file */
  function paintFile(file) {
    parts.fileLine.hidden = !file;
    if (file) {
      const state = file.fault ? "file_fault" : file.allowed ? (file.written ? "file_written" : "file_waiting") : "file_paused";
      parts.fileLine.textContent = say(state, { file: file.handle.name, time: hourOf(file.written) });
      parts.fileLine.classList.toggle("sp-due", Boolean(file.fault) || !file.allowed);
    }
    if (!canChoose) return;
    const first = keeper.hasDatabase && !keeper.forgets ? "choose" : "choose_file";
    parts.choose.textContent = file && !file.allowed ? say("allow", { file: file.handle.name }) : say(file ? "choose_other" : first);
  }

  /** @param {string} text */
  function hourOf(text) {
    return text ? new Date(`${text.slice(0, 23)}Z`).toLocaleTimeString(data.lang, { hour: "2-digit", minute: "2-digit" }) : "";
  }

  // Called at every key: touches the page only when something has changed. Finished is what the last screen calls so.
  /** @param {Worklist} list */
  function follow(list) {
    const counts = list.isFinished() && list.list.kind === "open" ? list.count() : null;
    const now = counts !== null && !counts.open && !counts.begun;
    allowDownload();
    for (const name of ["unsaved", "unsavedClear"]) if (!parts[name].hidden) paintBegun(name);
    if (now === finished) return;
    finished = now;
    paint();
  }

  // --- what was begun and is not saved ------------------------------------------------------------

  // The notes by the beginning of their texts; closed once there are none.
  /** @param {string} name */
  function paintBegun(name) {
    const all = begun();
    if (!all.length) parts[name].hidden = true;
    const named = all.slice(0, MOST_NAMED).map((one) => make("li", "", begunLabel(one, card().list, (key) => data.texts[key])));
    if (all.length > MOST_NAMED) named.push(make("li", "", fill(data.texts.begun_more, { n: all.length - MOST_NAMED })));
    const skips = all.length && savesSkip(card().list, all) ? [make("p", "", data.texts.save_begun_skips)] : [];
    parts[`${name}List`].replaceChildren(make("ul", "", ...named), ...skips);
    const n = new Set(all.map(({ note }) => note)).size;
    if (name === "unsaved") parts.unsavedText.textContent = say(n === 1 ? "unsaved_one" : "unsaved", { n });
  }

  // Somebody who tabs goes on among the answers; with the mouse the card keeps the keys.
  /** @param {string} name @param {string} answer @param {MouseEvent} [event] */
  function ask(name, answer, event) {
    for (const question of QUESTIONS) parts[question].hidden = question !== name;
    if (name === "unsaved" || name === "unsavedClear") paintBegun(name);
    if (!event || event.detail === 0) parts[answer].focus();
    parts[name].scrollIntoView({ block: "nearest" });
  }

  // Closes the questions; the focus does not fall into nothing with the button that was pressed.
  /** @param {string} name */
  function close(name) {
    const had = QUESTIONS.some((question) => parts[question].contains(document.activeElement));
    for (const question of QUESTIONS) parts[question].hidden = true;
    if (had) parts[parts[name].hidden || parts[name].disabled ? "download" : name].focus();
  }

  // Nothing is cleared: what was coded goes on where it was.
  function keepAll() {
    close("clear");
    focusCard();
  }

  /** @param {string} text */
  function tell(text) {
    message = text;
    paint();
  }

  // --- doing --------------------------------------------------------------------------------------

  // What other windows have begun counts too.
  /** @param {MouseEvent} [event] */
  async function askToDownload(event) {
    await card().hearDrafts();
    if (begun().length) ask("unsaved", "save_download", event);
    else await downloadFile();
  }

  async function saveAndDownload() {
    card().act("saveBegun");
    await downloadFile();
  }

  async function downloadFile() {
    close("download");
    await keeper.reload();
    download(data.file, keeper.text());
    parts.landed.hidden = keeper.hasDatabase;
    if (keeper.hasDatabase) keeper.setCopied(keeper.events.length);
    const n = begun().length;
    tell(say(n ? "unsaved_kept" : "downloaded", { file: data.file, n }));
  }

  // Without a database nothing counts as saved until the coder has seen the file.
  function landed() {
    parts.landed.hidden = true;
    keeper.setCopied(keeper.events.length);
    confirmSaved();
    tell("");
  }

  async function chooseFile() {
    const { file } = keeper;
    if (file && !file.allowed) await keeper.allowFile();
    else {
      try {
        if (await keeper.chooseFile(data.file) && !keeper.file?.fault && !keeper.hasDatabase) confirmSaved();
      } catch (/** @type {any} */ error) {
        return tell(say("no_choice", { why: error.message }));
      }
    }
    return tell("");
  }

  async function openFile() {
    const [chosen] = parts.input.files;
    parts.input.value = "";
    if (!chosen) return;
    const { fault, events, damaged, coder } = readProgress(await chosen.text(), data);
    if (fault) {
      tell(say(`open_${fault}`, { file: chosen.name, coder, own: data.coder }));
      return;
    }
    const known = keeper.copied;
    const n = keeper.know(events);
    try {
      await keeper.save(events);
      keeper.setCopied(known + n);
    } catch { /* they stand in the file that they came from */ }
    hear();
    focusCard();
    tell(say(damaged ? "opened_damaged" : "opened", { n, damaged, file: chosen.name }));
  }

  /** @param {MouseEvent} event */
  async function askToClear(event) {
    await card().hearDrafts();
    if (begun().length) return ask("unsavedClear", "keep_all", event);
    parts.confirmText.textContent = say("clear_sure", { n: keeper.events.length });
    return ask("confirm", "no_clear");
  }

  function saveFirst() {
    card().act("saveBegun");
    close("download");
    const n = begun().length;
    tell(n ? fill(data.texts.begun, { n }) : say("saved_first"));
  }

  // Something may have been begun since the question was asked.
  /** @param {MouseEvent} event */
  async function clearIfAllIsSaved(event) {
    await card().hearDrafts();
    if (begun().length) ask("unsavedClear", "keep_all", event);
    else await clear();
  }

  async function clear() {
    await keeper.clear();
    reset();
  }

  // The shelf, seen and in the keyboard's hands.
  function show() {
    parts.title.focus({ preventScroll: true });
    shelf.scrollIntoView({ block: "start" });
  }

  build();
  return {
    paint, follow, show,
    /** Asks what was begun, then gives the file. */
    download: async () => {
      if (begun().length) show();
      await askToDownload();
      if (!parts.landed.hidden) show(); // whether the file is there is asked there
    },
    /** For somebody who has begun elsewhere. */
    open: () => {
      show();
      parts.input.click();
    },
  };
}
