// Training: once an answer is given, how the reference discussion read the note, and why. Calm, whoever was right.

import { labelsOf, make } from "./elements.js";

/** @import { Answer, CardData, Reference, Say, Turn, Worklist } from "../types" */

const LOCK = 300; // milliseconds: a key pressed twice must not close what it has not shown yet

// `follow` is told of the list whenever the card is painted.
/** @param {{ host: HTMLElement, data: CardData, say: Say }} given */
export function createReference({ host, data, say }) {
  const variables = new Map(data.variables.map((variable) => [variable.id, variable]));
  /** @type {Turn | undefined} */
  let seen;
  /** @type {HTMLElement | null} */
  let shown = null;

  /** @param {Worklist} list */
  function follow(list) {
    const { latest, just } = list;
    if (latest === seen) return;
    seen = latest;
    const isAnswer = latest && latest.to && just && just.note === latest.note && just.variable.id === latest.variable;
    if (!isAnswer) return; // undone, or answered in another window
    const said = (data.training?.[latest.note.key] ?? {})[latest.variable];
    const { from, to } = latest;
    const isWord = from && to && from.event === to.event && from.codes.join("|") === to.codes.join("|");
    if (said && !isWord) Promise.resolve().then(() => show(latest, said)); // the card is being painted
  }

  /** @param {Turn} turn @param {Reference} said */
  function show({ note, variable: name, to }, said) {
    close();
    const variable = variables.get(name);
    const root = /** @type {HTMLElement | null} */ (host.querySelector(".sk-card"));
    if (!variable || !root) return;
    const answer = /** @type {Answer} */ (to);
    const codes = labelsOf(variable, said);
    const isSame = answer.event === "decide" && [...answer.codes].sort().join("|") === [...said.codes].sort().join("|");
    const key = isSame ? "reference_same" : answer.event === "skip" ? "reference_skipped" : "reference_other";
    const title = make("h2", "", say(key, { codes, own: labelsOf(variable, answer) }));
    title.id = "sk-reference-title";
    const on = make("button", "sk-go sk-main", say("reference_on"), make("kbd", "sk-key", "Enter"));
    on.type = "button";
    on.addEventListener("click", close);
    const why = said.why ? [make("p", "", make("strong", "", say("reference_why")), ` ${said.why}`)] : [];
    const slip = make("blockquote", "sk-reference-note", note.text);
    shown = make("section", "sk-reference", make("div", "sk-reference-box", make("p", "sk-reference-place", say("reference")), slip, title, ...why, on));
    shown.setAttribute("role", "dialog");
    shown.setAttribute("aria-modal", "true");
    shown.setAttribute("aria-labelledby", title.id);
    shown.dataset.same = String(isSame);
    shown.tabIndex = -1;
    const since = window.performance.now();
    shown.addEventListener("keydown", (event) => {
      event.stopPropagation(); // no key goes on to the note behind
      if (event.key === "Tab") event.preventDefault(); // there is one button
      if (event.key !== "Enter" && event.key !== "Escape" && event.key !== " ") return;
      event.preventDefault();
      if (!event.repeat && window.performance.now() - since > LOCK) close();
    });
    shown.addEventListener("click", (event) => event.stopPropagation());
    root.classList.add("sk-with-reference");
    root.append(shown);
    on.focus({ preventScroll: true });
  }

  function close() {
    if (!shown) return;
    const root = /** @type {HTMLElement} */ (shown.parentElement);
    shown.remove();
    shown = null;
    root.classList.remove("sk-with-reference");
    root.focus({ preventScroll: true });
  }

  return { follow, get isOpen() { return Boolean(shown); } };
}
