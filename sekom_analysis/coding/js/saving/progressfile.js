// Events kept on this page: their times, what they come to, and the progress file that holds them. Pure.
// A progress file is JSON lines: first what it is and how many events follow, then one event per line.

import { countedNow } from "../answering/again.js";

/** @import { Answer, Answers, CardData, CardEvent, KeptEvent, Note, PageData, Variable } from "../types" */

const FILE_KIND = "sekom-answers";
const FILE_VERSION = 1;
const MANY_CHANGED = 2; // so many notes may have other texts without being other notes
const EVENT_KINDS = new Set(["decide", "retract", "skip"]);

// Moments as text that sorts as it passes, microseconds included. Never back, whatever the computer's clock does.
/** @param {string} floor */
export function createClock(floor) {
  let ms = 0;
  let us = 0;

  /** @param {string} text */
  function notBefore(text) {
    const known = Date.parse(`${text.slice(0, 23)}Z`);
    const rest = Number(text.slice(23, 26));
    if (known > ms || (known === ms && rest > us)) [ms, us] = [known, rest];
  }

  function next() {
    const now = Date.now();
    if (now > ms) [ms, us] = [now, 0];
    else [ms, us] = us < 999 ? [ms, us + 1] : [ms + 1, 0];
    return new Date(ms).toISOString().replace("Z", `${String(us).padStart(3, "0")}Z`);
  }

  notBefore(floor);
  return { next, notBefore };
}

/** @template {{ at: string, event_id: string }} T @param {T[]} events @returns {T[]} */
function inOrder(events) {
  /** @type {(event: T) => string} */
  const keyOf = (event) => `${event.at} ${event.event_id}`;
  return [...events].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

// Whether two hashes can be of one text; what was imported may have none.
/** @param {string | undefined} one @param {string | undefined} other */
function isSameText(one, other) {
  return one === other || !one || !other;
}

// The note that an event belongs to: by its key; an unknown key belongs to the one note with the same text.
/** @param {Note[]} notes */
function createPlacer(notes) {
  const known = new Set(notes.map((note) => note.key));
  const byText = new Map();
  for (const { key, hash } of notes) byText.set(hash, byText.has(hash) ? null : key);
  return (/** @type {CardEvent} */ event) => (known.has(event.note) ? event.note : byText.get(event.note_hash) ?? null);
}

/** @param {Answer | undefined} before @param {CardEvent & { at?: string }} event
 * @param {Map<string, Variable>} variables @returns {Answer} */
export function eventAfter(before, event, variables) {
  const { certainty, memo, words = "", codebook } = event;
  const hash = event.note_hash ?? "";
  if (event.event === "retract") return { event: "retract", id: event.event_id, codes: [], certainty: "", memo: "", hash };
  const stands = before && (before.event === "decide" || before.event === "changed") && isSameText(before.hash, hash);
  if (event.event === "skip" && stands) return before;
  /** @type {ReturnType<typeof countedNow>} */
  const { codes, again } = event.event === "decide" ? countedNow(event, variables.get(event.variable)) : { codes: event.codes };
  if (!codes) return { event: "retract", id: event.event_id, codes: [], certainty: "", memo: "", hash, again, at: event.at };
  return { event: event.event, id: event.event_id, codes, certainty, memo, words, older: Boolean(again), ...(again && { again }), hash, codebook, at: event.at };
}

// An answer to another text is no answer to this one: it is "changed". Where most notes answered until then had other
// texts, they are other notes under the same keys (a second wave), and nothing is said of the earlier answers.
/** @param {Answers} answers @param {Note[]} notes @returns {Answers} */
export function asOfTexts(answers, notes) {
  const hashes = new Map(notes.map((note) => [note.key, note.hash]));
  const [kept, changed] = [new Map(), new Set()];
  let last = ""; // when the latest answer to another text was given
  /** @param {string} key @param {Answer} answer */
  const isOther = (key, answer) => answer.event === "changed" || !isSameText(answer.hash, hashes.get(key));
  for (const [key, byVariable] of Object.entries(answers)) {
    for (const answer of Object.values(byVariable)) {
      const at = answer.at ?? "";
      if (!isOther(key, answer)) kept.set(key, kept.has(key) && kept.get(key) < at ? kept.get(key) : at);
      else if (answer.event !== "skip" && answer.event !== "retract") {
        changed.add(key);
        if (at > last) last = at;
      }
    }
  }
  const unchanged = [...kept.values()].filter((at) => at <= last).length;
  const isOtherStudy = changed.size > MANY_CHANGED && changed.size > unchanged;
  /** @param {Answer} answer */
  const marked = ({ event }) => (isOtherStudy || event === "skip" || event === "retract" ? "retract" : "changed");
  /** @param {string} key @param {Answer} answer @returns {Answer} */
  const shown = (key, answer) => (isOther(key, answer) ? { ...answer, event: marked(answer) } : answer);
  return Object.fromEntries(Object.entries(answers).map(([key, byVariable]) => [key,
    Object.fromEntries(Object.entries(byVariable).map(([variable, answer]) => [variable, shown(key, answer)]))]));
}

// What stands: the answers that the page was written with, and the events kept since. An event that those answers
// know already, or that is older than what came after it elsewhere, changes nothing.
/** @param {CardData} data @param {KeptEvent[]} events @returns {Answers} */
export function standing(data, events) {
  const variables = new Map(data.variables.map((variable) => [variable.id, variable]));
  const passes = new Map(data.notes.map((note) => [note.key, note.pass]));
  const noteOf = createPlacer(data.notes);
  /** @type {Map<string, KeptEvent[]>} */
  const cells = new Map();
  for (const kept of inOrder(events)) {
    const event = { ...kept, note: noteOf(kept) };
    if (!event.note || passes.get(event.note) !== event.pass) continue;
    const cell = `${event.note} ${event.variable}`;
    const known = cells.get(cell);
    if (known) known.push(event);
    else cells.set(cell, [event]);
  }
  const answers = Object.fromEntries(Object.entries(data.answers).map(([key, cell]) => [key, { ...cell }]));
  for (const made of cells.values()) {
    const { note, variable } = made[0];
    const base = (answers[note] ?? {})[variable];
    const place = base ? made.findIndex((event) => event.event_id === base.id) : -1;
    const fresh = made.filter((event, number) => (place >= 0 ? number > place : !base || event.at > /** @type {string} */ (base.at)));
    const now = fresh.reduce((before, event) => eventAfter(before, event, variables), base);
    if (now) answers[note] = { ...answers[note], [variable]: now };
  }
  return asOfTexts(answers, data.notes);
}

// `copy`: what tells this browser's copy of the page from one that somebody else has.
/** @param {PageData} data @param {KeptEvent[]} events @param {string} now @param {string} copy */
export function progressText(data, events, now, copy) {
  const codebook = Object.fromEntries(data.variables.map((variable) => [variable.id, variable.version]));
  const head = { file: FILE_KIND, version: FILE_VERSION, study: data.study, coder: data.coder, codebook,
    page: data.made, written: now, copy, last_event: data.last_event ?? "", events: events.length };
  const lines = inOrder(events).map(({ note, ...event }) => ({ ...event, key: note }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** @param {string} line */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** @param {any} event */
function isEvent(event) {
  const texts = ["event_id", "key", "variable", "certainty", "memo", "at"];
  return event && texts.every((name) => typeof event[name] === "string") && EVENT_KINDS.has(event.event)
    && /^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(event.at)
    && Array.isArray(event.codes) && event.codes.every((/** @type {unknown} */ code) => typeof code === "string");
}

// The events of a file; `fault` says why there are none: no_file, other_study, other_coder.
/** @param {string} text @param {PageData} data
 * @returns {{ fault: string, events: KeptEvent[], damaged: number, coder?: string }} */
export function readProgress(text, data) {
  const [first, ...lines] = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim());
  const head = parsed(first ?? "");
  if (!head || head.file !== FILE_KIND) return { fault: "no_file", events: [], damaged: 0 };
  if (head.study !== data.study) return { fault: "other_study", events: [], damaged: 0 };
  if (head.coder !== data.coder) return { fault: "other_coder", events: [], damaged: 0, coder: head.coder };
  const events = lines.map(parsed).filter(isEvent).map(({ key, ...event }) => ({ ...event, note: key }));
  return { fault: "", events, damaged: Math.max(lines.length, head.events || 0) - events.length };
}
