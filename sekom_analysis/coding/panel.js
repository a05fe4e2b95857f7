// What stands below the card on a page: where the answers are kept, the file that carries them, how to send it back.

const MANY_WITHOUT_COPY = 100;

function createPanel({ shelf, data, say, keeper, hear, confirmSaved, reset, focusCard }) {
  const parts = {};
  const part = (name, tag, className, ...children) => (parts[name] = make(tag, className, ...children));
  const canChoose = Boolean(window.showSaveFilePicker);
  let finished = false;
  let message = window.location.hash === "#cleared" ? say("cleared") : "";

  function button(name, label, onClick) {
    const made = part(name, "button", "sp-button", label);
    made.type = "button";
    made.addEventListener("click", async (event) => {
      await onClick();
      // A mouse click gives the keys back to the card; somebody who tabs keeps their place.
      if (event.detail > 0 && parts.confirm.hidden && parts.landed.hidden) focusCard();
    });
    return made;
  }

  // --- building -----------------------------------------------------------------------------------

  function build() {
    const title = make("h2", "", say("title"));
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
        button("download", say("download"), downloadFile),
        ...(canChoose ? [button("choose", "", chooseFile)] : []),
        button("open", say("open"), () => opener.click()),
        button("clear", say("clear"), () => askToClear(true)), opener),
      buildQuestion("confirm", "", ["yes_clear", clear], ["no_clear", () => askToClear(false)]),
      buildQuestion("landed", say("landed"), ["yes_landed", landed], ["no_landed", downloadFile]),
      message);
  }

  function buildSending() {
    const steps = ["send_1", "send_2", "send_3"].map((key) => part(key, "li", ""));
    return part("sending", "div", "sp-sending", make("p", "sp-lead", say("send_title")), make("ol", "", ...steps));
  }

  function buildQuestion(name, text, ...answers) {
    const box = part(name, "div", "sp-question", part(`${name}Text`, "p", "", text),
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
    parts.where.textContent = keeper.hasDatabase ? say(n ? "where" : "where_empty") : say(isWriting ? "where_file_only" : canChoose ? "no_storage" : "no_storage_download");
    parts.where.classList.toggle("sp-warning", !keeper.hasDatabase && !isWriting);
    parts.copy.hidden = !n || (isWriting && open < MANY_WITHOUT_COPY);
    parts.copy.textContent = !open ? say("copied_all") : say(open >= MANY_WITHOUT_COPY || finished ? "copy_due" : "copy_some", { n: open });
    parts.copy.classList.toggle("sp-due", open >= MANY_WITHOUT_COPY);
    paintFile(file);
    parts.clear.hidden = !n || open > 0;
    parts.download.disabled = !n;
    parts.download.classList.toggle("sp-next", finished && open > 0);
    parts.sending.hidden = !finished;
    parts.send_1.textContent = say(isWriting ? "send_1_file" : "send_1", { file: isWriting ? file.handle.name : data.file });
    parts.send_2.textContent = say("send_2", { file: isWriting ? file.handle.name : data.file });
    parts.send_3.textContent = say("send_3");
    parts.message.textContent = message;
  }

  function paintFile(file) {
    parts.fileLine.hidden = !file;
    if (file) {
      const state = file.fault ? "file_fault" : file.allowed ? (file.written ? "file_written" : "file_waiting") : "file_paused";
      parts.fileLine.textContent = say(state, { file: file.handle.name, time: hourOf(file.written) });
      parts.fileLine.classList.toggle("sp-due", Boolean(file.fault) || !file.allowed);
    }
    if (!canChoose) return;
    const first = keeper.hasDatabase ? "choose" : "choose_file";
    parts.choose.textContent = file && !file.allowed ? say("allow", { file: file.handle.name }) : say(file ? "choose_other" : first);
  }

  function hourOf(text) {
    return text ? new Date(`${text.slice(0, 23)}Z`).toLocaleTimeString(data.lang, { hour: "2-digit", minute: "2-digit" }) : "";
  }

  // Called at every key: touches the page only when something has changed.
  function showFinished(now) {
    if (now === finished) return;
    finished = now;
    paint();
  }

  function tell(text) {
    message = text;
    paint();
  }

  // --- doing --------------------------------------------------------------------------------------

  async function downloadFile() {
    await keeper.reload();
    download(data.file, keeper.text());
    parts.landed.hidden = keeper.hasDatabase;
    if (keeper.hasDatabase) keeper.setCopied(keeper.events.length);
    tell(say("downloaded", { file: data.file }));
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
        if (await keeper.chooseFile(data.file) && !keeper.file.fault && !keeper.hasDatabase) confirmSaved();
      } catch (error) {
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

  function askToClear(asks) {
    parts.confirm.hidden = !asks;
    parts.confirmText.textContent = say("clear_sure", { n: keeper.events.length });
    if (asks) parts.no_clear.focus();
    else focusCard();
  }

  async function clear() {
    await keeper.clear();
    reset();
  }

  build();
  if (message) window.location.hash = ""; // said once
  return { paint, showFinished };
}
