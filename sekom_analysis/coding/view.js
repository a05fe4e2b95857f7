// What the card looks like: builds it once, then paints the present note into it. Decides nothing.

let cards = 0; // a page may hold several cards; ids must differ

function createView(host, data, say, list, act) {
  const id = `sk${(cards += 1)}`;
  const parts = {};
  const part = (name, tag, className, ...children) => (parts[name] = make(tag, className, ...children));
  let shown = { note: null, variable: null };
  let panelOpen = null;
  let glossOpen = false;
  let hasFocus = false;

  function button(className, label, key, name, value) {
    const made = make("button", className, ...(key ? [keycap(key)] : []), make("span", "sk-label", label));
    made.type = "button";
    if (key) made.setAttribute("aria-keyshortcuts", key.replace("⇧", "Shift+"));
    made.addEventListener("click", (event) => {
      act(name, value);
      // A mouse click gives the keys back to the card; somebody who tabs keeps their place.
      if ((event.detail > 0 || !made.isConnected || made.disabled) && !overlays.isOpen) focus();
    });
    return made;
  }

  function tool(name, label, key, action = name, value = undefined) {
    return (parts[name] = button("sk-tool", label, key, action, value));
  }

  // --- building -----------------------------------------------------------------------------------

  function buildHead() {
    const bar = part("bar", "div", "sk-bar", part("fill", "i", ""));
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", say("progress"));
    const saved = part("saved", "span", "sk-saved");
    return make("div", "sk-head", bar, make("div", "sk-line",
      part("place", "strong", "sk-place"), part("left", "span", "sk-quiet"),
      make("span", "sk-gap"), tool("undo", say("undo"), "u"), tool("redo", say("redo"), "r"),
      make("span", "sk-quiet sk-who", data.coder), saved));
  }

  function buildNote() {
    const note = part("note", "div", "sk-note", part("text", "p", "sk-text"), part("gloss", "p", "sk-gloss"));
    note.tabIndex = 0;
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note"));
    parts.text.lang = "sv";
    parts.gloss.lang = "en";
    return make("div", "sk-paper", note, part("more", "span", "sk-more", say("more_text")));
  }

  function group(name, className, label, ...children) {
    const made = part(name, "div", className, ...children);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", label);
    return made;
  }

  function buildTools() {
    const sure = ["1", "2", "3"].map((n) => tool(`sure${n}`, say(`certainty_${n}`), `⇧${n}`, "certainty", n));
    return make("div", "sk-tools",
      group("certainty", "sk-segments", say("certainty"), ...sure),
      tool("memo", say("memo"), "m"), tool("flag", say("flag"), "t"), tool("skip", say("skip"), "s"));
  }

  function buildMoves() {
    const glosses = data.notes.some((note) => note.gloss) ? [tool("glossTool", say("gloss"), "g", "gloss")] : [];
    return group("moves", "sk-tools sk-moves", say("moves"),
      tool("back", say("back"), "←"), tool("forward", say("forward"), "→"),
      tool("toFirstOpen", say("to_first_open"), "n"), make("span", "sk-gap"),
      tool("search", say("search"), "/"), tool("panel", say("definitions"), "d"), ...glosses);
  }

  function buildWork() {
    const question = part("question", "p", "sk-question");
    question.id = `${id}-question`;
    const answer = part("answer", "div", "sk-answer", part("codes", "div", "sk-codes"));
    parts.codes.setAttribute("role", "group");
    parts.codes.setAttribute("aria-labelledby", question.id);
    return part("work", "div", "sk-work", buildNote(),
      make("div", "sk-state", group("steps", "sk-steps", say("questions")), part("remark", "p", "sk-remark")),
      question, answer, buildTools());
  }

  function build() {
    const root = part("root", "div", "sk-card");
    root.tabIndex = 0;
    root.lang = data.lang;
    root.setAttribute("role", "application");
    root.setAttribute("aria-label", say("card"));
    root.dataset.lmSuppressShortcuts = "true"; // some hosts take keys before the page gets them
    const panel = part("panelBox", "div", "sk-panel");
    panel.tabIndex = 0;
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", say("definitions"));
    const live = part("live", "div", "sk-live");
    live.setAttribute("role", "status");
    const main = part("main", "div", "sk-main", buildWork(), part("finish", "div", "sk-finish"), buildMoves());
    root.append(buildHead(), make("div", "sk-body", main, panel), part("hints", "p", "sk-hints"),
      part("alarm", "div", "sk-alarm"), live);
    parts.alarm.setAttribute("role", "alert");
    root.style.setProperty("--sk-rows", mostRows());
    root.addEventListener("focusin", () => showFocus(true));
    root.addEventListener("focusout", (event) => showFocus(root.contains(event.relatedTarget)));
    root.addEventListener("click", (event) => { if (!event.target.closest("button, input, textarea")) focus(); });
    host.append(root);
    return root;
  }

  // Rows of buttons that the longest question takes, so that what stands below never moves.
  function mostRows() {
    const rows = data.variables.map(({ kind, codes }) => (kind === "scale" ? 1 : rowsOf(codes)) + (kind === "multiple" ? 1 : 0));
    return Math.max(...rows);
  }

  function rowsOf(codes) {
    const columns = codes.length > 12 ? 3 : codes.length > 4 ? 2 : 1;
    return Math.ceil(codes.length / columns);
  }

  // --- painting -----------------------------------------------------------------------------------

  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    root.classList.toggle("sk-done", finished);
    if (finished) {
      shown = { note: null, variable: null };
      notices.paintFinish(counts);
    }
    else paintNote();
    paintMoves(finished);
    showPanel();
  }

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
    const left = all - counts.done;
    parts.left.textContent = minutes === null || !left ? say("left", { n: left }) : say("left_time", { n: left, minutes });
  }

  function paintNote() {
    const { note, variable, answer, draft } = list.current();
    const newNote = note !== shown.note;
    const newVariable = variable !== shown.variable;
    if (newNote) {
      parts.text.textContent = note.text;
      parts.gloss.textContent = note.gloss;
    }
    parts.gloss.hidden = !glossOpen || !note.gloss;
    if (newVariable) {
      parts.question.textContent = variable.question;
      paintCodes(variable);
      paintDefinitions(parts.panelBox, variable, say);
    }
    paintSteps(note, variable);
    paintAnswer(note, variable, answer, draft);
    if (newNote || newVariable) announce(note, variable, newNote);
    if (newNote) requestAnimationFrame(fitNote); // asking for sizes now would make the browser lay out at every key
    shown = { note, variable };
  }

  function fitNote() {
    parts.note.scrollTop = 0;
    parts.more.hidden = parts.note.scrollHeight <= parts.note.clientHeight + 2;
  }

  function paintCodes(variable) {
    const keys = new Map([...keysOf(variable)].map(([key, code]) => [code, key]));
    const buttons = variable.codes.map((code) => codeButton(code, keys.get(code.id)));
    const confirm = variable.kind === "multiple" ? [(parts.confirm = button("sk-confirm", "", "Enter", "confirm"))] : [];
    parts.codes.className = `sk-codes sk-${variable.kind}`;
    parts.codes.style.setProperty("--sk-own-rows", rowsOf(variable.codes));
    parts.codes.replaceChildren(...buttons);
    parts.answer.replaceChildren(parts.codes, ...confirm);
  }

  function codeButton(code, key) {
    const made = button("sk-code", code.label, key, "code", code.id);
    made.dataset.code = code.id;
    if (code.definition) {
      made.addEventListener("mouseenter", () => showDefinition(code, made));
      made.addEventListener("focus", () => { if (made.matches(":focus-visible")) showDefinition(code, made); });
      for (const end of ["mouseleave", "blur"]) made.addEventListener(end, () => showDefinition(null));
    }
    return made;
  }

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

  function paintAnswer(note, variable, answer, draft) {
    const chosen = draft.codes ?? (answer ? answer.codes : []);
    for (const made of parts.codes.children) {
      made.setAttribute("aria-pressed", chosen.includes(made.dataset.code));
    }
    const certainty = draft.certainty ?? (answer ? answer.certainty : "");
    for (const n of ["1", "2", "3"]) parts[`sure${n}`].setAttribute("aria-pressed", certainty === n);
    const memo = draft.memo ?? (answer ? answer.memo : "");
    parts.memo.classList.toggle("sk-on", Boolean(memo));
    parts.memo.title = memo;
    parts.flag.setAttribute("aria-pressed", !isOpen(list.answerTo(note, FLAG)));
    parts.remark.textContent = remark(variable, answer, draft);
    if (variable.kind === "multiple") {
      const label = chosen.length ? say("confirm", { n: chosen.length }) : say("confirm_none");
      parts.confirm.querySelector(".sk-label").textContent = label;
      parts.confirm.classList.toggle("sk-on", Boolean(answer && answer.event === "decide" && !draft.codes));
    }
  }

  // One line that says how this question stands.
  function remark(variable, answer, draft) {
    if (draft.codes) return say("not_confirmed");
    if (isOpen(answer)) return draft.memo || draft.certainty ? say("waits_for_answer") : latest();
    if (answer.event === "skip") return say("skipped_before");
    const known = new Set(variable.codes.map((code) => code.id));
    const gone = answer.codes.filter((code) => !known.has(code)).map((code) => variable.retired[code] ?? code);
    if (gone.length) return say("retired", { code: gone.join(", ") });
    if (answer.older) return say("older_answer");
    return say("answered");
  }

  // What was just chosen, so that a slip of the finger is seen before the next one.
  function latest() {
    const taken = list.latest;
    if (!taken || isOpen(taken.to) || taken.variable === FLAG) return "";
    const { codes } = list.variables.get(taken.variable);
    const labels = codes.filter((code) => taken.to.codes.includes(code.id)).map((code) => code.label);
    if (taken.to.event === "skip") labels.push(say("step_skipped"));
    return say("latest", { codes: labels.join(", ") || say("confirm_none") });
  }

  function paintMoves(finished) {
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    parts.back.disabled = list.at.place === 0 && list.at.step === 0;
    parts.forward.disabled = finished;
    for (const name of ["search", "panel", "glossTool"]) if (parts[name]) parts[name].disabled = finished;
  }

  function announce(note, variable, newNote) {
    parts.live.textContent = newNote ? `${parts.place.textContent}. ${note.text}. ${variable.question}` : variable.question;
  }

  // --- definitions, gloss, focus ------------------------------------------------------------------

  function showDefinition(code, near) {
    for (const entry of parts.panelBox.querySelectorAll(".sk-entry")) {
      const lit = Boolean(code) && entry.dataset.code === code.id;
      entry.classList.toggle("sk-lit", lit);
      if (lit) reveal(entry, parts.panelBox);
    }
    if (panelIsOpen()) return;
    overlays.tip(code ? code.definition : null, near);
  }

  // Scrolls the box alone, never the page.
  function reveal(entry, box) {
    const [inner, outer] = [entry.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top) box.scrollTop += inner.top - outer.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top);
  }

  let wide = false; // measured when the size changes, not at every key
  const panelIsOpen = () => (panelOpen ?? wide) && !list.isFinished();

  function measure() {
    wide = root.clientWidth >= 820;
  }

  function showPanel() {
    const open = panelIsOpen();
    parts.panelBox.hidden = !open;
    root.classList.toggle("sk-with-panel", open);
    root.classList.toggle("sk-wide", wide);
    parts.panel.setAttribute("aria-expanded", open);
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

  // Room for nineteen notes of twenty, so that the buttons stay where they are; longer ones scroll.
  function reserve() {
    if (!root.isConnected || list.isFinished()) return;
    const byLength = [...data.notes].sort((a, b) => a.text.length - b.text.length);
    const long = byLength[Math.floor((byLength.length - 1) * 0.95)];
    const probe = parts.note.cloneNode(false);
    probe.classList.add("sk-probe");
    probe.append(make("p", "sk-text", long.text), ...(glossOpen && long.gloss ? [make("p", "sk-gloss", long.gloss)] : []));
    parts.note.after(probe);
    const height = Math.min(probe.offsetHeight, Math.round(window.innerHeight * 0.4));
    probe.remove();
    root.style.setProperty("--sk-note-height", `${height}px`);
    fitNote();
  }

  function scrollNote() {
    const end = parts.note.scrollTop + parts.note.clientHeight >= parts.note.scrollHeight - 2;
    parts.note.scrollTop = end ? 0 : parts.note.scrollTop + parts.note.clientHeight * 0.8;
  }

  function showFocus(now) {
    if (now === hasFocus && parts.hints.textContent) return;
    hasFocus = now;
    root.classList.toggle("sk-idle", !now);
    parts.hints.textContent = say(now ? "hints" : "click_me");
  }

  function focus() {
    root.focus({ preventScroll: true });
  }

  // A host may move the focus once more after it has shown the card.
  function open() {
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

  const root = build();
  root.classList.add("sk-loading");
  const overlays = createOverlays({ root, work: parts.work, answer: parts.answer, say, list, act, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const watcher = new ResizeObserver(() => { measure(); showPanel(); reserve(); });
  watcher.observe(host);

  return {
    root, open, paint, showState: notices.showState, togglePanel, toggleGloss, scrollNote,
    openMemo: overlays.openMemo, openSearch: overlays.openSearch, closeOverlays: overlays.close,
    stop: () => watcher.disconnect(),
  };
}
