// The codes of a variable as a list: renamed in place, dragged onto another to merge, split by choosing notes.
// Nothing is changed before the editor has said what it does and somebody has given a reason.

import { fill, make } from "../looks/elements.js";

/** @import { EditorAct, EditorAsk, EditorCode, EditorData, EditorNote, EditorReply } from "../types" */

/** @param {HTMLElement} host @param {EditorData} data
 * @param {(ask: EditorAsk) => void} post */
export function createCodebookEditor(host, data, post) {
  /** @type {EditorAct | null} */
  let act = null; // what is planned
  /** @type {string[]} */
  let lines = []; // what it would do
  let fault = "";
  /** @type {EditorNote[]} */
  let notes = []; // own ones with the code that is being split
  /** @type {string | null} */
  let dragged = null;

  /** @param {string} key @param {Record<string, unknown>} [values] */
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const root = make("div", "sk-card sk-editor");
  root.lang = data.lang;
  root.dataset.lmSuppressShortcuts = "true";
  const list = make("ul", "se-codes");
  const panel = make("section", "se-panel");
  panel.setAttribute("aria-live", "polite");

  /** @param {string} label @param {() => void} then @param {string} [className] */
  function button(label, then, className = "sk-tool") {
    const made = make("button", className, label);
    made.type = "button";
    made.addEventListener("click", then);
    return made;
  }

  /** @param {EditorAct | null} next */
  function plan(next) {
    [act, lines, fault] = [next, [], ""];
    if (next && (next.name !== "split" || next.parts?.every((part) => part.label.trim()))) post({ kind: "plan", act: next });
    paintPanel();
  }

  // --- the list -----------------------------------------------------------------------------------

  /** @param {EditorCode} code */
  function rowOf(code) {
    const row = make("li", "se-code");
    row.draggable = true;
    row.dataset.code = code.id;
    const name = make("input", "se-name");
    name.value = code.label;
    name.setAttribute("aria-label", say("name", { code: code.label }));
    name.addEventListener("change", () => {
      if (name.value.trim() && name.value !== code.label) plan({ name: "rename", code: code.id, label: name.value.trim() });
    });
    name.addEventListener("keydown", (event) => {
      event.stopPropagation(); // a notebook has keys of its own
      if (event.key === "Escape") name.value = code.label;
      if (event.key === "Enter" || event.key === "Escape") name.blur();
    });
    const tools = make("span", "se-tools",
      button(say("merge"), () => plan({ name: "merge", code: code.id, into: "" })),
      button(say("split"), () => startSplit(code)),
      button(say("retire"), () => plan({ name: "retire", code: code.id })));
    const before = code.before.length ? make("span", "sk-quiet", say("before", { codes: code.before.join(", ") })) : "";
    row.append(make("span", "se-grip", "⠿"), name, make("span", "se-count", say("answers", { n: code.n })), before, tools,
      ...code.texts.map((text) => make("p", "se-text", text)));
    listenForDrags(row, name, code);
    return row;
  }

  /** @param {HTMLElement} row @param {HTMLElement} name @param {EditorCode} code */
  function listenForDrags(row, name, code) {
    name.addEventListener("pointerdown", () => { row.draggable = false; }); // text is selected, not carried away
    name.addEventListener("blur", () => { row.draggable = true; });
    row.addEventListener("dragstart", (event) => {
      dragged = code.id;
      event.dataTransfer?.setData("text/plain", code.label);
    });
    row.addEventListener("dragend", () => { dragged = null; });
    row.addEventListener("dragover", (event) => {
      if (dragged === null || dragged === code.id) return;
      event.preventDefault();
      row.classList.add("se-over");
    });
    row.addEventListener("dragleave", () => row.classList.remove("se-over"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      row.classList.remove("se-over");
      if (dragged !== null && dragged !== code.id) plan({ name: "merge", code: dragged, into: code.id });
    });
  }

  function paintList() {
    const field = make("input", "se-name");
    field.placeholder = say("new_name");
    field.setAttribute("aria-label", say("new_name"));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && field.value.trim()) plan({ name: "add", label: field.value.trim() });
    });
    const fresh = make("li", "se-code se-new", field, make("span", "se-tools",
      button(say("add"), () => { if (field.value.trim()) plan({ name: "add", label: field.value.trim() }); })));
    list.replaceChildren(...data.codes.map(rowOf), fresh);
  }

  // --- what is planned ----------------------------------------------------------------------------

  /** @param {EditorCode} code */
  function startSplit(code) {
    notes = [];
    plan({ name: "split", code: code.id, parts: [{ label: "", notes: [] }, { label: "", notes: [] }] });
    post({ kind: "notes", code: code.id });
  }

  /** @param {EditorAct} chosen */
  function mergeTargets(chosen) {
    const choice = make("select", "se-choice", make("option", "", say("choose")),
      ...data.codes.filter((code) => code.id !== chosen.code).map((code) => {
        const option = make("option", "", code.label);
        option.value = code.id;
        option.selected = code.id === chosen.into;
        return option;
      }));
    /** @type {HTMLOptionElement} */ (choice.firstChild).value = "";
    choice.addEventListener("change", () => plan({ ...chosen, into: choice.value }));
    return make("label", "se-line", say("merge_into", { code: labelOf(chosen.code) }), choice);
  }

  /** @param {EditorAct} chosen */
  function splitParts(chosen) {
    const parts = chosen.parts ?? [];
    const names = parts.map((part, place) => {
      const field = make("input", "se-name");
      field.value = part.label;
      field.setAttribute("aria-label", say("part", { n: place + 1 }));
      field.placeholder = say("part", { n: place + 1 });
      field.addEventListener("keydown", (event) => event.stopPropagation());
      field.addEventListener("change", () => {
        part.label = field.value.trim();
        plan(chosen);
      });
      return field;
    });
    const sorted = notes.map((note) => {
      const choices = parts.map((part, place) => {
        const pick = make("input", "");
        pick.type = "radio";
        pick.name = `se-${note.key}`;
        pick.checked = part.notes.includes(note.key);
        pick.addEventListener("change", () => {
          for (const other of parts) other.notes = other.notes.filter((key) => key !== note.key);
          part.notes.push(note.key);
        });
        return make("label", "se-pick", pick, part.label || say("part", { n: place + 1 }));
      });
      const context = (note.context ?? []).map(([name, text]) => make("span", "sk-quiet", `${name}: ${text} `));
      return make("li", "se-note", make("p", "se-text", ...context, note.text), ...choices);
    });
    const more = button(say("more_parts"), () => plan({ ...chosen, parts: [...parts, { label: "", notes: [] }] }));
    const hint = make("p", "sk-quiet", say(notes.length ? "split_notes" : "split_none"));
    return [make("div", "se-line", ...names, more), hint, make("ul", "se-notes", ...sorted)];
  }

  /** @param {string | undefined} id */
  const labelOf = (id) => data.codes.find((code) => code.id === id)?.label ?? id ?? "";

  /** @param {EditorAct | null} chosen */
  function headOf(chosen) {
    if (!chosen) return say("head");
    const about = ["merge", "split", "retire"].includes(chosen.name) ? `: ${labelOf(chosen.code)}` : "";
    return say(chosen.name, { code: labelOf(chosen.code) }) + about;
  }

  function paintPanel() {
    if (!act && !fault) {
      panel.replaceChildren();
      return;
    }
    const told = fault ? [make("p", "se-fault", fault)] : lines.map((line) => make("p", "", line));
    const own = !act ? [] : act.name === "merge" ? [mergeTargets(act)] : act.name === "split" ? splitParts(act) : [];
    const reason = make("textarea", "sk-field");
    reason.rows = 2;
    reason.addEventListener("keydown", (event) => event.stopPropagation());
    const save = button(say("save"), () => {
      if (!reason.value.trim()) return refuse(say("no_reason"));
      return post({ kind: "save", act, reason: reason.value });
    }, "sk-tool se-save");
    save.disabled = !lines.length;
    panel.replaceChildren(make("h3", "se-head", headOf(act)), ...own, ...told,
      ...(act ? [make("label", "se-line", say("reason"), reason)] : []),
      make("div", "se-line", ...(act ? [save] : []), button(say("cancel"), () => { plan(null); paintList(); })));
  }

  /** @param {string} text */
  function refuse(text) {
    const line = make("p", "se-fault", text);
    line.setAttribute("role", "alert");
    panel.querySelectorAll(".se-fault").forEach((old) => old.remove());
    panel.append(line);
  }

  // --- messages -----------------------------------------------------------------------------------

  /** @param {EditorReply} message */
  function receive(message) {
    if (message.kind === "planned") {
      lines = message.lines;
      const kept = /** @type {HTMLTextAreaElement | null} */ (panel.querySelector("textarea"))?.value ?? "";
      paintPanel();
      const field = /** @type {HTMLTextAreaElement | null} */ (panel.querySelector("textarea"));
      if (field) field.value = kept;
      if (act?.name !== "split" && act?.name !== "merge") field?.focus();
    } else if (message.kind === "notes") {
      notes = message.notes;
      paintPanel();
    } else if (message.kind === "refused") refuse(message.text);
    else if (message.kind === "saved") {
      data = message.data;
      [act, lines, notes] = [null, [], []];
      paint();
    }
  }

  function paint() {
    const undo = button(say("undo"), () => plan({ name: "undo" }));
    undo.disabled = !data.undo;
    root.replaceChildren(make("div", "sk-line", make("strong", "", data.label), make("span", "sk-gap"), undo),
      make("p", "sk-quiet", say("hint")), list, panel);
    paintList();
    paintPanel();
  }

  function start() {
    paint();
    host.append(root);
  }

  return { start, receive, stop: () => root.remove() };
}
