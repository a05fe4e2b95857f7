// The codes that nobody chose, found by the beginning of their words.

import { found } from "../answering/typing.js";
import { make } from "../looks/elements.js";

/** @import { Code, Say } from "../types" */

/** @param {(title: string, children: Node[]) => HTMLDialogElement} openDialog @param {Say} say @param {string} id
 * @param {(code: string, event?: UIEvent) => void} choose */
export function createPicker(openDialog, say, id, choose) {
  /** @param {Code[]} codes */
  function openCodes(codes) {
    const field = make("input", "sk-field");
    const hits = make("div", "sk-picker-hits");
    let at = 0;
    [field.type, field.autocomplete, field.placeholder, hits.id] = ["text", "off", say("other_hint"), `${id}-others`];
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", say("codes"));
    for (const [name, value] of [["role", "combobox"], ["aria-label", say("other_hint")], ["aria-expanded", "true"], ["aria-controls", hits.id], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
    const none = make("p", "sk-quiet", say("no_hits"));
    const box = openDialog(say("other_code"), [field, hits, none]);
    box.classList.add("sk-picker");

    function paint() {
      const now = field.value.trim() ? found(codes, field.value) : codes;
      at = Math.max(0, Math.min(at, now.length - 1));
      hits.replaceChildren(...now.map(hitOf));
      none.hidden = now.length > 0;
      hits.hidden = !now.length;
      if (now.length) field.setAttribute("aria-activedescendant", `${id}-other-${at}`);
      else field.removeAttribute("aria-activedescendant");
      hits.children[at]?.scrollIntoView({ block: "nearest" });
      return now;
    }

    /** @param {Code} code @param {number} number */
    function hitOf(code, number) {
      const hit = make("div", "sk-picker-hit", make("strong", "", code.label), ...(code.definition ? [make("span", "", code.definition)] : []));
      hit.id = `${id}-other-${number}`;
      hit.dataset.code = code.id;
      hit.setAttribute("role", "option");
      hit.setAttribute("aria-selected", String(number === at));
      hit.addEventListener("click", () => take(code.id));
      return hit;
    }

    /** @param {string} code @param {UIEvent} [event] */
    function take(code, event) {
      box.close();
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
      else if (event.key !== "Enter") return;
      const code = paint()[at];
      if (event.key === "Enter" && code) take(code.id, event);
      event.preventDefault();
    });
    paint();
    field.focus({ preventScroll: true });
  }

  return { openCodes };
}
