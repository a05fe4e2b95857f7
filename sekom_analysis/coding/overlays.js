// What opens on top of the card: the memo, the search among codes, a definition beside a button.

function createOverlays({ root, work, answer, say, list, act, focus, id }) {
  let sheet = null; // { kind, box, field }
  let tipBox = null;

  function place(kind, label, field, ...rest) {
    const box = make("div", `sk-sheet sk-${kind}`, make("label", "sk-sheet-label", label), field, ...rest);
    field.id = `${id}-${kind}`;
    box.firstChild.htmlFor = field.id;
    answer.append(box);
    sheet = { kind, box, field };
    field.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }

  // Ends what is open; returns a memo that was written, null if there is none.
  function close() {
    tip(null);
    if (!sheet) return null;
    const { kind, box, field } = sheet;
    sheet = null;
    const text = field.value.trim();
    const changed = kind === "memo" && text !== field.dataset.before;
    const hadFocus = box.contains(document.activeElement);
    box.remove();
    if (hadFocus) focus();
    return changed ? text : null;
  }

  function finish() {
    const memo = close();
    if (memo !== null) act("saveMemo", memo);
    focus();
  }

  function openMemo() {
    if (sheet || list.isFinished()) return;
    const { answer: given, draft } = list.current();
    const field = make("textarea", "sk-field");
    field.rows = 3;
    field.maxLength = 5000;
    field.value = draft.memo ?? (given ? given.memo : "");
    field.dataset.before = field.value;
    field.addEventListener("input", () => act("typing", field.value));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape" || (event.key === "Enter" && !event.shiftKey && !event.isComposing)) {
        event.preventDefault();
        finish();
      }
    });
    const done = make("button", "sk-tool", say("memo_done"));
    done.type = "button";
    done.addEventListener("click", finish);
    place("memo", say("memo_label"), field, make("div", "sk-sheet-foot", make("span", "sk-quiet", say("memo_hint")), done));
  }

  // --- search -------------------------------------------------------------------------------------

  function openSearch() {
    if (sheet || list.isFinished()) return;
    const field = make("input", "sk-field");
    const hits = make("div", "sk-hits");
    field.type = "text";
    field.autocomplete = "off";
    hits.id = `${id}-hits`;
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", say("codes"));
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", hits.id],
      ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
    field.addEventListener("input", () => showHits(field, hits));
    field.addEventListener("keydown", (event) => onSearchKey(event, field, hits));
    place("search", say("search_label"), field, hits);
    showHits(field, hits);
  }

  function found(words) {
    const { codes } = list.current().variable;
    const textOf = (code) => [code.label, code.definition, code.include, code.example].join(" ").toLowerCase();
    const hits = codes.filter((code) => words.every((word) => textOf(code).includes(word)));
    const byName = (code) => words.every((word) => code.label.toLowerCase().includes(word));
    return [...hits.filter(byName), ...hits.filter((code) => !byName(code))];
  }

  function showHits(field, hits) {
    const codes = found(field.value.toLowerCase().split(/\s+/).filter(Boolean));
    hits.replaceChildren(...codes.map((code, number) => {
      const hit = make("div", "sk-hit", make("strong", "", code.label), make("span", "", code.definition ?? ""));
      hit.id = `${id}-hit-${number}`;
      hit.dataset.code = code.id;
      hit.setAttribute("role", "option");
      hit.addEventListener("click", () => choose(code.id));
      return hit;
    }));
    if (!codes.length) hits.append(make("div", "sk-quiet", say("no_hits")));
    light(field, hits, 0);
  }

  function light(field, hits, number) {
    const all = [...hits.querySelectorAll(".sk-hit")];
    all.forEach((hit, i) => hit.setAttribute("aria-selected", i === number));
    if (all[number]) {
      field.setAttribute("aria-activedescendant", all[number].id);
      all[number].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function onSearchKey(event, field, hits) {
    const all = [...hits.querySelectorAll(".sk-hit")];
    const now = all.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") light(field, hits, Math.min(now + 1, all.length - 1));
    else if (event.key === "ArrowUp") light(field, hits, Math.max(now - 1, 0));
    else if (event.key === "Escape") finish();
    else if (event.key === "Enter" && all[now]) choose(all[now].dataset.code);
    else return;
    event.preventDefault();
  }

  function choose(code) {
    close();
    act("code", code);
    focus();
  }

  // --- a definition beside its button -------------------------------------------------------------

  function tip(text, near) {
    if (tipBox) tipBox.remove();
    tipBox = null;
    if (!text || sheet) return;
    tipBox = make("div", "sk-tip", text);
    tipBox.setAttribute("role", "tooltip");
    root.append(tipBox);
    const card = root.getBoundingClientRect();
    const spot = near.getBoundingClientRect();
    tipBox.style.left = `${Math.max(8, Math.min(spot.left - card.left, card.width - tipBox.offsetWidth - 8))}px`;
    tipBox.style.top = `${spot.bottom - card.top + 4}px`;
  }

  return { openMemo, openSearch, close, tip, get isOpen() { return Boolean(sheet); } };
}
