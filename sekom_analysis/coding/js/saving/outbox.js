// Decisions on their way: kept in the browser from the key press until somebody says that they are on the disk.
// Knows nothing of who that is: `post` takes a message, `receive` is given the answers.

import { inStore, openStore } from "./store.js";

/** @import { Answers, CardEvent, Draft, Message, OutboxState, Post, StoredDraft, Waiting } from "../types" */

const PATIENCE = 3000; // after so many milliseconds without an answer nothing counts as being saved
const NOTICEABLE = 400;
export const RESEND = 2500;
const TICK = 500;
const GREETING = 1500; // how long the card waits, at its start, to hear how far the log is

// `keepsEvents`: false where `post` itself keeps them in the browser, so that nothing is kept twice.
// `onReopen`: called when the browser's store was taken away and there is a new one, empty.
/** @param {{ name: string, post: Post, onState: (state: OutboxState) => void, onAnswers: (answers: Answers) => void,
 *   onReopen?: () => void, keepsEvents?: boolean }} given */
export function createOutbox({ name, post, onState, onAnswers, onReopen = () => {}, keepsEvents = true }) {
  /** @type {Map<string, Waiting>} */
  const waiting = new Map(); // event_id -> { event, since, order, refused }
  /** @type {Set<string>} */
  const refused = new Set(); // ids of what nobody has taken
  /** @type {Set<string>} */
  let asked = new Set(); // ids of the latest message that nothing was heard of
  let sentAt = 0;
  /** @type {IDBDatabase | null} */
  let db = null;
  let why = "";
  let kept = true; // whether the browser keeps what waits
  let draftsKept = true;
  /** @type {((answers: Answers | null) => void) | null} */
  let greeted = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;

  /** @returns {OutboxState} */
  function state() {
    const all = [...waiting.values()];
    const late = all.some((one) => Date.now() - one.since > PATIENCE);
    const refused = all.find((one) => one.refused);
    const name = !all.length ? "saved" : late || why || refused ? "not_saved" : "saving";
    const slow = all.some((one) => Date.now() - one.since > NOTICEABLE);
    return { name, n: all.length, slow, cells: cells(), why, kept, refused: refused ? { ...refused } : null };
  }

  function cells() {
    return new Set([...waiting.values()].map(({ event: { note, variable } }) => `${note} ${variable}`));
  }

  // Those of the events that wait still.
  /** @param {string[]} ids */
  const of = (ids) => ids.flatMap((id) => waiting.get(id)?.event ?? []);

  // All that waits goes out together, and the next message after this one is answered: messages can overtake
  // each other (a kernel may take them in two threads), and an answer must not count before one given earlier.
  function send() {
    const events = [...waiting.values()].filter((one) => !one.refused).map((one) => one.event);
    if (!events.length) return;
    asked = new Set(events.map((event) => event.event_id));
    sentAt = Date.now();
    try {
      const sent = post({ kind: "events", events });
      if (sent && sent.catch) sent.catch(() => {}); // nobody there: it is sent again, and shown as not saved
    } catch { /* the same */ }
  }

  // What has waited long is sent again; a decision that arrives twice is written once.
  function tick() {
    if (!waiting.size) return;
    if (Date.now() - sentAt > RESEND) send();
    onState(state());
  }

  /** @param {CardEvent} event */
  async function keep(event) {
    const entry = /** @type {Waiting} */ (waiting.get(event.event_id));
    try {
      const order = await inStore(/** @type {IDBDatabase} */ (db), "events", "readwrite", (store) => store.add({ event }));
      if (waiting.has(event.event_id)) entry.order = order;
      else await drop(order); // saved in the meantime
    } catch {
      kept = false;
      onState(state());
    }
  }

  /** @param {IDBValidKey | undefined} order */
  function drop(order) {
    return order === undefined || !db ? undefined
      : inStore(db, "events", "readwrite", (store) => store.delete(order)).catch(() => {});
  }

  /** @param {Pick<CardEvent, "note" | "variable" | "pass">} question */
  const questionOf = ({ note, variable, pass }) => `${note} ${variable} ${pass}`;

  // Of a question answered anew, or no longer answered, what was refused is not sent again.
  /** @param {Pick<CardEvent, "note" | "variable" | "pass">} question */
  function dropRefused(question) {
    settle([...waiting].filter(([, one]) => one.refused && questionOf(one.event) === questionOf(question)).map(([id]) => id));
  }

  /** @param {CardEvent[]} events */
  function put(events) {
    if (!events.length) return;
    events.forEach(dropRefused);
    for (const event of events) {
      if (event.replaces && refused.has(event.replaces)) delete event.replaces; // nobody has it
      waiting.set(event.event_id, { event, since: Date.now() });
      if (keepsEvents) keep(event);
    }
    if (!asked.size || !keepsEvents) send();
    onState(state());
  }

  /** @param {string[]} ids */
  function settle(ids) {
    for (const id of ids) {
      const entry = waiting.get(id);
      if (!entry) continue;
      waiting.delete(id);
      drop(entry.order);
    }
  }

  /** @param {Message} message */
  function receive(message) {
    const wasAsked = asked.size;
    for (const id of "ids" in message ? message.ids : []) asked.delete(id);
    if (message.kind === "saved" || message.kind === "overtaken") {
      settle(message.ids);
      why = "";
    } else if (message.kind === "not_saved" && message.ids.some((id) => waiting.has(id))) {
      why = message.why;
    } else if (message.kind === "refused") {
      message.ids.forEach((id) => refused.add(id));
      for (const one of message.ids.map((id) => waiting.get(id))) if (one) one.refused = message.why;
    } else if (message.kind === "answers") {
      if (greeted) greeted(message.answers);
      else onAnswers(message.answers);
    }
    if (wasAsked && !asked.size && message.kind !== "not_saved") send();
    onState(state());
  }

  // Ask for what stands; what other windows have answered since comes with it.
  function hello() {
    try {
      const sent = post({ kind: "hello" });
      if (sent && sent.catch) sent.catch(() => {});
    } catch { /* nobody there yet: the card goes on from what it knows */ }
  }

  /** @returns {Promise<Answers | null>} */
  function greet() {
    return new Promise((resolve) => {
      /** @type {(answers: Answers | null) => void} */
      const done = (answers) => { greeted = null; resolve(answers); };
      greeted = done;
      setTimeout(() => done(null), GREETING);
      hello();
    });
  }

  /** @returns {Promise<CardEvent[]>} */
  async function recallWaiting() {
    const rows = db && keepsEvents ? await inStore(db, "events", "readonly", (store) => store.getAll()).catch(() => []) : [];
    for (const { event, order } of rows) waiting.set(event.event_id, { event, order, since: Date.now() });
    return rows.map((row) => row.event);
  }

  /** @returns {Promise<IDBDatabase | null>} */
  async function openOwn() {
    const opened = await openStore(name);
    if (!opened) return null;
    opened.onclose = () => reopen(opened);
    opened.onversionchange = () => {
      opened.close();
      reopen(opened);
    };
    return opened;
  }

  /** @param {IDBDatabase} gone */
  async function reopen(gone) {
    if (db !== gone) return;
    db = null;
    db = await openOwn();
    if (!db) return;
    for (const { event } of keepsEvents ? waiting.values() : []) keep(event);
    onReopen();
  }

  // Open the store, hear how far the log is, and send again what an earlier page could not.
  async function start() {
    db = await openOwn();
    kept = Boolean(db) && keepsEvents;
    const [answers, events, drafts] = await Promise.all([greet(), recallWaiting(), storedDrafts()]);
    timer = setInterval(tick, TICK);
    send();
    onState(state());
    return { answers, events, drafts: drafts ?? [] };
  }

  // All drafts, as the browser has them; null where it keeps none.
  /** @returns {Promise<StoredDraft[] | null> | null} */
  function storedDrafts() {
    if (!db || !draftsKept) return null;
    return inStore(db, "drafts", "readonly", (store) => store.getAll()).catch(() => null);
  }

  // A draft stands under its question and its text; before that it stood under the question alone.
  /** @param {string} cell @param {string} text @param {Draft | undefined} draft */
  function keepDraft(cell, text, draft) {
    if (!db) return undefined;
    /** @type {(store: IDBObjectStore) => IDBRequest<any>} */
    const work = (store) => {
      store.delete(cell);
      const last = draft ? store.put({ cell: `${cell} ${text}`, draft }) : store.delete(`${cell} ${text}`);
      store.transaction.commit(); // the page may go before it is answered
      return last;
    };
    return inStore(db, "drafts", "readwrite", work).catch(() => { draftsKept = false; });
  }

  /** @param {Pick<CardEvent, "note" | "variable" | "pass">} question */
  function discard(question) {
    dropRefused(question);
    onState(state());
  }

  /** @param {string} [id] */
  function wasRefused(id = "") {
    return refused.has(id);
  }

  function stop() {
    clearInterval(timer);
    const open = db;
    db = null;
    if (open) open.close();
  }

  return { start, hello, put, receive, keepDraft, storedDrafts, discard, cells, of, stop, wasRefused, show: () => onState(state()) };
}
