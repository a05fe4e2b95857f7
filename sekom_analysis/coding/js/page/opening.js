// Before the first note: whose page it is, how one codes, a few notes to practise on, how to hand in. Asked once in
// every browser; several people with one page would be one coder. Until somebody has said yes there is nothing to code.

import { keycap, make } from "../looks/elements.js";
import { digitOf, found, practiceOf } from "./practice.js";

/** @import { PageData, Say } from "../types" */

const LOCK = 400; // milliseconds in which a key that was meant for what stood here before does nothing
const STEPS = ["who", "how", "practice", "handin"];
const FEW = 6; // so many codes show their definitions

// `only`: the practice alone, once more. Resolves with what was chosen at its end: "code", or "open" for an answers file.
/** @param {{ box: HTMLElement, data: PageData, say: Say, message?: string, only?: "practice" | "", readCodebook: () => void }} given
 * @returns {Promise<"code" | "open">} */
export function showOpening({ box, data, say, message = "", only = "", readCodebook }) {
  return new Promise((resolve) => {
    const practice = practiceOf(data.variables);
    const steps = only ? ["practice"] : STEPS.filter((name) => name !== "practice" || practice);
    let at = 0;
    let isOther = false; // somebody has said that the page is not theirs
    let place = 0;
    /** @type {string | null} */
    let given = null;
    let typed = "";
    let since = 0;
    const live = make("div", "sp-live");
    live.setAttribute("role", "status");
    const asker = (/** @type {string} */ otherwise) => data.about.asker ?? say(otherwise);

    /** @param {string} key @param {() => void} onClick @param {{ cap?: string, kind?: string, values?: Record<string, unknown> }} [how] */
    function button(key, onClick, { cap = "", kind = "", values = {} } = {}) {
      const made = make("button", `sp-button${kind && ` sp-${kind}`}`, make("span", "", say(key, values)), ...(cap ? [keycap(cap)] : []));
      made.type = "button";
      made.addEventListener("click", onClick);
      return made;
    }

    const main = (/** @type {string} */ key, /** @type {() => void} */ onClick, values = {}) => button(key, onClick, { cap: "Enter", kind: "main", values });
    const row = (/** @type {HTMLElement[]} */ ...children) => make("div", "sp-buttons", ...children);
    const skip = () => button("begin_now", () => finish("code"), { kind: "quiet" });

    /** @param {string} text @param {string} [className] */
    function heading(text, className = "") {
      const made = make("h2", className, text);
      made.id = "opening-title";
      made.tabIndex = -1;
      return made;
    }

    // --- the steps --------------------------------------------------------------------------------

    function who() {
      const slip = make("div", "sp-slip", make("p", "", say("who_for")), heading(data.who, "sp-name"), make("p", "", say("who_ask")));
      const facts = /** @type {const} */ ([["study", "study"], ["asker", "asked_by"], ["purpose", "purpose"], ["size", "size_label"]]).flatMap(([name, label]) => {
        const text = data.about[name];
        return text ? [make("dt", "", say(label)), make("dd", "", text)] : [];
      });
      return [...(message ? [make("p", "sp-told", message)] : []), slip, make("dl", "sp-facts", ...facts), make("p", "sp-dim", say("who_private")),
        row(main("who_yes", next), button("who_no", no, { cap: "Esc" }))];
    }

    function notYours() {
      return [heading(say("who_not_yours"), "sp-big"), make("p", "", say("who_other", { who: data.who, asker: asker("who_sender") })), make("p", "", say("who_nothing")),
        row(button("who_back", back, { cap: "←" }))];
    }

    function how() {
      /** @type {[string, string[]][]} */
      const rules = [["digits", ["1", "2", "3"]], ["letters", ["A", "S", "Ö"]], ["signs", [".", ",", "⌫"]]];
      const shown = rules.map(([name, caps]) => make("div", "", make("span", "sp-caps", ...caps.map(keycap)), make("strong", "", say(`rule_${name}`)), make("p", "", say(`rule_${name}_more`))));
      const on = practice && !only ? main("practise", next, { n: practice.notes.length }) : main("next", next);
      return [heading(say("how_title"), "sp-big"), make("p", "", say("how_1")), make("div", "sp-rules", ...shown), make("p", "sp-dim", say("how_click")),
        row(on, button("read_codebook", readCodebook), skip())];
    }

    function practise() {
      const { variable, notes } = /** @type {NonNullable<typeof practice>} */ (practice);
      const { text, code: right } = notes[place];
      const hits = found(variable.codes, typed);
      const isFew = variable.codes.length <= FEW;
      const codes = variable.codes.map((code, number) => {
        const digit = digitOf(code, number);
        const made = make("button", "sp-code", ...(digit ? [keycap(digit)] : []),
          make("span", "", make("strong", "", code.label), ...(isFew && code.definition ? [make("small", "", code.definition)] : [])));
        made.type = "button";
        made.setAttribute("aria-pressed", String(given === code.id));
        made.classList.toggle("sp-faded", !hits.includes(code));
        made.addEventListener("click", () => answer(code.id));
        return made;
      });
      const group = make("div", "sp-codes", ...codes);
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", "opening-title");
      const told = make("div", given ? "sp-told sp-on" : "sp-told", ...(given ? [
        make("strong", "", say(given === right.id ? "practice_same" : "practice_other", { code: right.label })),
        ...[right.definition, right.include].filter(Boolean).map((why) => make("span", "", /** @type {string} */ (why)))]
        : [make("span", "sp-dim", typed ? say("practice_typed", { text: typed }) : say("practice_wait"))]));
      const isLast = place + 1 >= notes.length;
      const on = button(!isLast ? "practice_next" : only ? "practice_done" : "next", nextNote, { cap: "Enter", kind: given ? "main" : "" });
      on.disabled = !given;
      const slip = make("div", "sp-slip", make("p", "sp-text", text));
      slip.id = "opening-note";
      const question = heading(variable.question);
      question.setAttribute("aria-describedby", slip.id);
      return [make("p", "sp-dim sp-small", say("practice_place", { n: place + 1, all: notes.length })), slip, question, group, told,
        row(on, button("read_codebook", readCodebook), button("practice_skip", skipPractice, { kind: "quiet" }))];
    }

    function handIn() {
      const values = { file: data.file, asker: asker("giver") };
      const list = [1, 2, 3].map((n) => make("li", "", make("strong", "", say(`handin_${n}`, values)), make("p", "", say(`handin_${n}_more`, values))));
      return [heading(say("handin_title"), "sp-big"), make("p", "", say("handin_lead")), make("ol", "sp-how", ...list), make("p", "sp-dim", say("handin_where")),
        row(main("begin", () => finish("code")), button("begun_elsewhere", () => finish("open")))];
    }

    /** @type {Record<string, () => HTMLElement[]>} */
    const SHOWN = { who, how, practice: practise, handin: handIn };

    // --- moving -----------------------------------------------------------------------------------

    function next() {
      if (at + 1 >= steps.length) return finish("code");
      at += 1;
      return show();
    }

    function back() {
      if (isOther) isOther = false;
      else if (steps[at] === "practice" && place) place -= 1;
      else at = Math.max(0, at - 1);
      given = null;
      show();
    }

    function no() {
      isOther = true;
      show();
    }

    /** @param {string} code */
    function answer(code) {
      given = code;
      typed = "";
      draw();
      for (const name of [".sp-code[aria-pressed=true]", ".sp-main"]) box.querySelector(name)?.scrollIntoView({ block: "nearest" });
      focusOn();
    }

    function nextNote() {
      if (!given) return undefined;
      given = null;
      typed = "";
      const { notes } = /** @type {NonNullable<typeof practice>} */ (practice);
      if (place + 1 >= notes.length) return next();
      place += 1;
      return show();
    }

    function skipPractice() {
      given = null;
      typed = "";
      next();
    }

    /** @param {"code" | "open"} what */
    function finish(what) {
      box.removeEventListener("keydown", onKey);
      box.hidden = true;
      box.replaceChildren();
      resolve(what);
    }

    // --- keys -------------------------------------------------------------------------------------

    // A key that was meant for a card answers nothing: only Enter and Esc do something here, and digits where one practises.
    /** @param {KeyboardEvent} event */
    function onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const onButton = /** @type {Element} */ (event.target).closest("button");
      const name = isOther ? "other" : steps[at];
      const isEarly = window.performance.now() - since < LOCK;
      if (event.key === "Enter" && !onButton) {
        if (!isEarly) enter(name);
      } else if (event.key === "Escape" && (name === "who" || typed || only)) {
        if (typed) type("");
        else if (only) finish("code");
        else no();
      } else if (event.key === "ArrowLeft" && (at || place || isOther)) back();
      else if (name !== "practice" || !practiceKey(event)) return;
      event.preventDefault();
    }

    /** @param {string} name */
    function enter(name) {
      if (name === "practice" && typed && !given) {
        const [hit] = found(/** @type {NonNullable<typeof practice>} */ (practice).variable.codes, typed);
        if (hit) answer(hit.id);
      } else if (name !== "other") /** @type {HTMLElement | null} */ (box.querySelector(".sp-main"))?.click();
    }

    /** @param {KeyboardEvent} event */
    function practiceKey({ key }) {
      const { codes } = /** @type {NonNullable<typeof practice>} */ (practice).variable;
      const hit = codes.find((code, number) => digitOf(code, number) === key);
      if (hit) answer(hit.id);
      else if (key === "Backspace" && typed) type(typed.slice(0, -1));
      else if (/^\p{L}$/u.test(key) || (typed && key === " ")) type(typed + key);
      else return false;
      return true;
    }

    /** @param {string} text */
    function type(text) {
      typed = text;
      given = null;
      draw();
      focusOn();
    }

    // --- showing ----------------------------------------------------------------------------------

    function show() {
      typed = "";
      draw();
      box.querySelector(".sp-step")?.classList.add("sp-new");
      since = window.performance.now();
      // Not on a button: a key that was meant for a card answers nothing. It is read out, and the first Tab goes on from it.
      /** @type {HTMLElement | null} */ (box.querySelector("#opening-title"))?.focus({ preventScroll: true });
    }

    // What was just pressed may be gone, and is there anew.
    function focusOn() {
      live.textContent = /** @type {HTMLElement | null} */ (box.querySelector(".sp-told"))?.innerText ?? "";
      box.focus({ preventScroll: true });
    }

    function draw() {
      const name = isOther ? "other" : steps[at];
      const dots = only ? [] : [make("ol", "sp-dots", ...steps.map((one, n) => {
        const dot = make("li", n < at ? "sp-past" : "", say(`step_${one}`));
        if (n === at) dot.setAttribute("aria-current", "step");
        return dot;
      }))];
      dots[0]?.setAttribute("aria-label", say("steps"));
      const meter = make("div", "sp-meter");
      meter.style.setProperty("--share", String(at / STEPS.length));
      const bar = make("div", "sp-bar", meter, make("span", "sp-study", data.about.study ?? ""), ...dots, make("span", "sp-safe", say("nothing_sent")));
      const isFirst = !at && !place && !isOther;
      const tray = make("div", "sp-tray", make("span", "", say("a_file")), ...(isFirst || isOther ? [] : [button("previous", back, { cap: "←", kind: "quiet" })]));
      const step = make("div", "sp-step", ...(isOther ? notYours() : SHOWN[name]()));
      step.dataset.step = name;
      box.replaceChildren(bar, make("div", "sp-desk", step), tray, live);
    }

    box.hidden = false;
    box.tabIndex = -1;
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", "opening-title");
    box.addEventListener("keydown", onKey);
    show();
  });
}
