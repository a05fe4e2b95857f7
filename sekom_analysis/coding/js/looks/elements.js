// The small pieces that the card is made of.

import { isOpen, lengthOf, shownNumber } from "../answering/answers.js";

/** @import { Answer, Cell, Code, Hand, Note, Say, Variable, Worklist } from "../types" */

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} className
 * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[T]} */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children); // texts become text, never markup
  return element;
}

/** @param {string} text @param {Record<string, unknown>} [values] */
export function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (gap, name) => String(values[name] ?? gap));
}

/** Signs on a cap, as ARIA names their keys. @type {[string, string][]} */
const NAMES = [["⇧", "Shift+"], ["Ctrl", "Control"], ["⌫", "Backspace"], ["←", "ArrowLeft"], ["→", "ArrowRight"], ["Esc", "Escape"]];

/** @param {string} key */
export function keycap(key) {
  const cap = make("kbd", /^[.,:']$/.test(key) ? "sk-key sk-sign" : "sk-key", key.length === 1 ? key.toUpperCase() : key);
  cap.setAttribute("aria-hidden", "true");
  return cap;
}

// `first`: codes whose definitions come first, while the others wait folded; left out, all in the codebook's order.
/** @param {HTMLElement} box @param {Variable} variable @param {Say} say @param {string[] | null} [first] */
export function paintDefinitions(box, variable, say, first = null) {
  const entries = variable.codes.filter((code) => code.definition || code.include || code.exclude || code.example);
  /** @type {(code: Code) => boolean} */
  const isFirst = (code) => !first || first.includes(code.id);
  /** @type {(codes: Code[]) => Node[]} */
  const shown = (codes) => codes.map((code) => definitionOf(variable.kind === "scale" ? { ...code, label: shownNumber(code.label) } : code, say));
  box.replaceChildren(make("p", "sk-panel-title", variable.label), ...shown(entries.filter(isFirst)));
  const rest = entries.filter((code) => !isFirst(code));
  if (rest.length) box.append(make("details", "sk-rest", make("summary", "", say("other_codes", { n: rest.length })), ...shown(rest)));
  if (!entries.length) box.append(make("p", "sk-quiet", say("no_definitions")));
  box.scrollTop = 0;
}

/** @param {Code} code @param {Say} say */
export function definitionOf(code, say) {
  const entry = make("div", "sk-entry", make("p", "sk-entry-label", code.label));
  entry.dataset.code = code.id;
  if (code.definition) entry.append(make("p", "", code.definition));
  for (const kind of /** @type {const} */ (["include", "exclude", "example"])) {
    if (code[kind]) entry.append(make("p", "sk-entry-more", make("em", "", `${say(kind)} `), code[kind]));
  }
  return entry;
}

// What was just chosen, so that a slip of the finger is seen before the next one.
/** @param {Worklist} list @param {Say} say @param {boolean} [withMemo] */
export function latestOf(list, say, withMemo = true) {
  const { just } = list;
  if (!just || isOpen(just.answer)) return "";
  const { certainty, memo } = just.answer;
  const words = [saidOf({ variable: just.variable, answer: just.answer }, say), ...(certainty ? [say(`just_${certainty}`)] : []), ...(memo && withMemo ? [say("just_memo")] : [])];
  return say("latest", { codes: words.join(" · ") });
}

// An answer in words, as the coder would say it.
/** @param {{ variable: Variable, answer: Answer }} cell @param {Say} say */
export function saidOf({ variable, answer }, say) {
  if (answer.event === "skip") return say("step_skipped");
  const labels = variable.codes.filter((code) => answer.codes.includes(code.id)).map((code) => code.label);
  if (variable.kind === "scale") return labels.map(shownNumber).join();
  return labels.join(", ") || say("confirm_none");
}

// Which note and answer a memo is about.
/** @param {Worklist} list @param {Cell & { isJust: boolean }} aim @param {Say} say */
export function aboutOf(list, aim, say) {
  const isHere = !list.isFinished() && list.current().note === aim.note;
  const asked = aim.note.variables.length > 1 ? `${aim.variable.label}: ` : "";
  const answer = isOpen(aim.answer) ? say("step_open") : saidOf({ variable: aim.variable, answer: aim.answer }, say);
  if (isHere) return say(aim.isJust ? "about_last_question" : "about_this", { answer: asked + answer });
  const [text, most] = [aim.note.text.replace(/\s+/g, " ").trim(), 60];
  const begins = lengthOf(text) > most ? `${Array.from(text).slice(0, most - 1).join("")}…` : text;
  return say("about_last_note", { text: begins, answer: asked + answer });
}

/** What is shown beside a note, as a screen reader says it. @param {Note} note */
export const sayContext = (note) => (note.context ?? []).map(([name, text]) => `${name}: ${text}. `).join("");

// The answer as its labels; one that can no longer be chosen too.
/** @param {Variable} variable @param {{ codes: string[] }} answer */
export function labelsOf(variable, answer) {
  const labels = new Map(variable.codes.map((code) => [code.id, code.label]));
  const named = answer.codes.map((code) => labels.get(code) ?? variable.retired[code] ?? code);
  return named.join(", ") || "–";
}

// The codes of an answer that can no longer be chosen.
/** @param {Variable} variable @param {Answer} answer */
export function retiredOf(variable, answer) {
  const known = new Set(variable.codes.map((code) => code.id));
  return answer.codes.filter((code) => !known.has(code)).map((code) => variable.retired[code] ?? code).join(", ");
}

// One stop for the tab key in a group: at the one that counts now, else at the first. All are reached by keys as well.
/** @param {HTMLElement} group @param {Element | null} [now] */
export function oneStop(group, now = null) {
  const buttons = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("button")]);
  const stop = now && group.contains(now) ? now : buttons[0];
  for (const one of buttons) one.tabIndex = one === stop ? 0 : -1;
}

// The pieces of one card, by name, and the buttons that act.
/** @param {Hand["click"]} act */
export function createKit(act) {
  /** @type {Record<string, any>} */
  const parts = {};
  /** @template {keyof HTMLElementTagNameMap} T @param {string} name @param {T} tag @param {string} className
   * @param {...(Node | string)} children @returns {HTMLElementTagNameMap[T]} */
  const part = (name, tag, className, ...children) => (parts[name] = make(tag, className, ...children));
  let afterClick = () => {};

  /** @param {string} className @param {string} label @param {string} key @param {string} name
   * @param {unknown} [value] */
  function button(className, label, key, name, value) {
    const made = make("button", className, ...(key ? [keycap(key)] : []), make("span", "sk-label", label));
    made.type = "button";
    if (label) made.setAttribute("aria-label", label); // its label may have no room on screen
    if (key) made.setAttribute("aria-keyshortcuts", NAMES.reduce((name, [sign, said]) => name.replace(sign, said), key));
    made.addEventListener("click", (event) => {
      act(name, value, event.detail);
      // A mouse click gives the keys back to the card; somebody who tabs keeps their place.
      if (event.detail > 0 || !made.isConnected || made.disabled) afterClick();
    });
    return made;
  }

  /** @param {string} name @param {string} label @param {string} key @param {string} [action]
   * @param {unknown} [value] */
  function tool(name, label, key, action = name, value = undefined) {
    parts[name] = button("sk-tool", label, key, action, value);
    if (label) parts[name].setAttribute("aria-label", label); // where there is room for its key alone, it has a name all the same
    return parts[name];
  }

  /** @param {string} name @param {string} className @param {string} label @param {...(Node | string)} children */
  function group(name, className, label, ...children) {
    const made = part(name, "div", className, ...children);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", label);
    return made;
  }

  /** @param {() => void} then */
  function onClicked(then) {
    afterClick = then;
  }

  return { parts, part, button, tool, group, onClicked, act };
}
