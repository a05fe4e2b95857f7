// All keys of the list, on a sheet above it.

import { keycap, make } from "../looks/elements.js";

/** @import { Say } from "../types" */

/** @param {{ host: HTMLElement, say: Say, onClose: () => void }} given */
export function createKeySheet({ host, say, onClose }) {
  /** @type {HTMLElement | null} */
  let sheet = null;

  function open() {
    const space = say("list_key_space");
    /** @type {[string[], string][]} */
    const all = [[["↑", "↓"], "list_help_move"], [["←", "→"], "list_help_question"], [["1–9"], "list_help_set"], [["0"], "list_help_none"],
      [["+"], "list_help_find"], [["Delete"], "list_help_clear"], [["A–Ö"], "list_help_search"], [[space], "list_help_select"],
      [["⇧ ↑", "⇧ ↓"], "list_help_several"], [["Ctrl A"], "list_help_all"], [["."], "list_help_unsure"], [["⌫", "⇧ ⌫"], "list_help_undo"],
      [[">"], "list_help_number"], [["Enter"], "list_help_open"], [["Esc"], "list_help_escape"]];
    const done = make("button", "sk-list-btn", keycap("Esc"), say("list_help_close"));
    done.type = "button";
    done.addEventListener("click", close);
    const rows = all.flatMap(([keys, text]) => [make("dt", "", ...keys.map(keycap)), make("dd", "", say(text))]);
    sheet = make("div", "sk-list-sheet", make("h3", "", say("list_keys")), make("p", "", say("list_help_rule")), make("dl", "", ...rows), done);
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-modal", "true");
    sheet.setAttribute("aria-label", say("list_keys"));
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Tab") event.preventDefault(); // there is one thing to press
      if (event.key === "Escape" || event.key === "?") {
        event.preventDefault();
        close();
      }
      event.stopPropagation();
    });
    const veil = make("div", "sk-list-veil", sheet);
    veil.addEventListener("click", (event) => { if (event.target === veil) close(); });
    host.append(veil);
    done.focus();
  }

  function close() {
    if (!sheet) return;
    sheet.parentElement?.remove();
    sheet = null;
    onClose();
  }

  return { open, close, get isOpen() { return Boolean(sheet); } };
}
