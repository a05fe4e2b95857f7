// What opens over the adjudication card: the other codes, found by their names, and what each key does.

import { keycap, make } from "../looks/elements.js";

/** @import { Code, Say } from "../types" */

/** @param {string} text */
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

// Codes of which some word begins with what is typed, else those that hold it; with nothing typed all of them.
/** @param {Code[]} codes @param {string} typed */
export function found(codes, typed) {
  const text = plain(typed.trim());
  /** @type {(code: Code) => boolean} */
  const begins = ({ label }) => plain(label).split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(text)) || plain(label).startsWith(text);
  const hits = codes.filter((code) => !text || begins(code));
  const more = codes.filter((code) => !hits.includes(code) && plain([code.label, code.definition, code.include, code.example].join(" ")).includes(text));
  return [...hits, ...more];
}

/** @param {HTMLElement} root @param {Say} say @param {string} id
 * @param {{ choose: (code: string, event?: UIEvent) => void, focus: () => void }} how */
export function createPicker(root, say, id, { choose, focus }) {
  /** @type {HTMLElement | null} */
  let open = null;

  function close() {
    if (!open) return false;
    const had = open.contains(document.activeElement);
    open.remove();
    open = null;
    if (had) focus();
    return true;
  }

  /** @param {string} label @param {(Node | string)[]} children */
  function show(label, children) {
    close();
    const panel = make("div", "sk-picker", ...children);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-modal", "true");
    panel.setAttribute("aria-label", label);
    open = make("div", "sk-veil", panel);
    open.addEventListener("mousedown", (event) => {
      if (event.target === open) close();
    });
    open.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) close();
      if (event.key === "Tab") event.preventDefault(); // one thing at a time
      event.stopPropagation();
    });
    root.append(open);
    return panel;
  }

  /** @param {Code[]} codes */
  function openCodes(codes) {
    const field = make("input", "sk-field");
    const hits = make("div", "sk-picker-hits");
    const title = make("label", "sk-picker-title", say("other_code"));
    let at = 0;
    [field.type, field.autocomplete, field.id, hits.id] = ["text", "off", `${id}-other`, `${id}-others`];
    title.htmlFor = field.id;
    field.placeholder = say("other_hint");
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", say("codes"));
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "true"], ["aria-controls", hits.id], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
    const panel = show(say("other_code"), [title, field, hits]);

    function paint() {
      const now = found(codes, field.value);
      at = Math.max(0, Math.min(at, now.length - 1));
      hits.replaceChildren(...now.map((code, number) => {
        const hit = make("div", "sk-picker-hit", make("strong", "", code.label), ...(code.definition ? [make("span", "", code.definition)] : []));
        hit.id = `${id}-other-${number}`;
        hit.dataset.code = code.id;
        hit.setAttribute("role", "option");
        hit.setAttribute("aria-selected", String(number === at));
        hit.addEventListener("click", () => take(code.id));
        return hit;
      }), ...(now.length ? [] : [make("p", "sk-quiet", say("no_hits"))]));
      if (now.length) field.setAttribute("aria-activedescendant", `${id}-other-${at}`);
      else field.removeAttribute("aria-activedescendant");
      hits.children[at]?.scrollIntoView({ block: "nearest" });
      return now;
    }

    /** @param {string} code @param {UIEvent} [event] */
    function take(code, event) {
      close();
      choose(code, event);
    }

    field.addEventListener("input", () => {
      at = 0;
      paint();
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") at += 1;
      else if (event.key === "ArrowUp") at -= 1;
      else if (event.key === "Enter") {
        const code = paint()[at];
        if (code) take(code.id, event);
      } else return;
      event.preventDefault();
      if (open) paint();
    });
    paint();
    panel.tabIndex = -1;
    field.focus({ preventScroll: true });
  }

  // `rows`: keys and what they do.
  /** @param {[string[], string][]} rows @param {string} foot */
  function openKeys(rows, foot) {
    const list = make("dl", "sk-keys", ...rows.flatMap(([keys, text]) => [make("dt", "", ...keys.map(keycap)), make("dd", "", text)]));
    for (const cap of list.querySelectorAll("kbd")) cap.removeAttribute("aria-hidden");
    const shut = make("button", "sk-tool", keycap("Esc"), make("span", "sk-label", say("close")));
    shut.type = "button";
    shut.addEventListener("click", close);
    show(say("keys"), [make("p", "sk-picker-title", say("keys")), list, make("p", "sk-quiet", foot), shut]);
    shut.focus({ preventScroll: true });
  }

  return { openCodes, openKeys, close, get isOpen() { return Boolean(open); } };
}
