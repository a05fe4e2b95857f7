// Where a page without a server keeps its events: in the browser's database and, if the coder has chosen one, in a
// file. What `save` has returned from is on the disk; if it throws, nothing of it counts.

import { newEventId } from "../answering/answers.js";
import { createClock, progressText } from "./progressfile.js";
import { inStore, openStore } from "./store.js";

/** @import { CardEvent, ChosenFile, KeptEvent, PageData } from "../types" */

const PAGE_STORES = { events: { keyPath: "event_id" }, settings: { keyPath: "name" } };
const DATABASE_PATIENCE = 10000;
const FILE_PAUSE = 1000;
const QUESTION_PATIENCE = 2000; // some browsers never answer what they are asked about their storage
const TINY = 300 * 1024 * 1024; // an ordinary window has more room than this, or a disk so full that it forgets too

/** @template T @param {Promise<T>} promise @param {number} milliseconds @returns {Promise<T | null>} */
function patiently(promise, milliseconds) {
  return Promise.race([promise, new Promise((resolve) => { setTimeout(() => resolve(null), milliseconds); })]);
}

function newCopyId() {
  return newEventId().replace("e", "c");
}

// Whether the browser will forget what it keeps once its window is closed, as far as it lets that be known: little
// room in a store that need not last; or Firefox, which in a private window alone refuses a folder of one's own.
// Chromium since 2025 says the same of an incognito window as of any other.
/** @returns {Promise<boolean>} */
async function willForget() {
  const { storage } = navigator;
  if (!storage || !storage.estimate) return false;
  /** @type {(what: () => Promise<any>) => Promise<any>} */
  const asked = (what) => patiently(Promise.resolve().then(what).catch((error) => error), QUESTION_PATIENCE);
  const persisted = storage.persisted ? await asked(() => storage.persisted()) : false;
  if (persisted === true) return false;
  const { quota } = (await asked(() => storage.estimate())) ?? {};
  const isFirefox = "MozAppearance" in document.documentElement.style || CSS.supports("-moz-appearance", "none");
  const folder = isFirefox && storage.getDirectory ? await asked(() => storage.getDirectory()) : null;
  return quota < TINY || Boolean(folder && folder.name === "SecurityError");
}

// `onLost`: called when what was kept is gone and could not be kept anew; `onCleared`: when another tab cleared it all.
/** @param {PageData} data
 * @param {{ onChange: () => void, onLost: (events: KeptEvent[]) => void, onCleared: () => void }} told */
export function createKeeper(data, { onChange, onLost, onCleared }) {
  const name = `sekom-page-${data.study}-${data.coder}`;
  /** @type {Map<string, KeptEvent>} */
  const events = new Map(); // all that this page knows of, by id
  const clock = createClock(data.floor);
  /** @type {IDBDatabase | null} */
  let db = null;
  let copied = 0; // how many of the events stand in a file that the coder has
  let sent = 0; // how many, in a file that the coder says is sent
  /** @type {ChosenFile | null} */
  let file = null; // { handle, allowed, fault, written }
  /** @type {Promise<void> | null} */
  let writing = null;
  let again = false;
  /** @type {ReturnType<typeof setTimeout> | null} */
  let timer = null;
  /** @type {Promise<IDBDatabase | null> | null} */
  let connecting = null;
  let hadDatabase = false;
  let copy = newCopyId();
  let who = ""; // "yes" once somebody has said that the page is theirs
  let era = ""; // changes when everything is cleared on purpose
  let forgets = false;

  const text = () => progressText(data, [...events.values()], clock.next(), copy);
  /** @param {string} key */
  const setting = (key) => (db ? inStore(db, "settings", "readonly", (store) => store.get(key)).catch(() => null) : null);
  /** @param {string} key @param {unknown} value */
  const remember = (key, value) => (db
    ? inStore(db, "settings", "readwrite", (store) => store.put({ name: key, value })).catch(() => {}) : undefined);

  /** @param {KeptEvent[]} fresh */
  function know(fresh) {
    const before = events.size;
    for (const event of fresh) {
      if (!events.has(event.event_id)) events.set(event.event_id, event);
      clock.notBefore(event.at);
    }
    return events.size - before;
  }

  /** @returns {Promise<IDBDatabase | null>} */
  function connect() {
    connecting ??= connectOnce().finally(() => { connecting = null; });
    return connecting;
  }

  /** @returns {Promise<IDBDatabase | null>} */
  async function connectOnce() {
    const opened = await patiently(openStore(name, PAGE_STORES), DATABASE_PATIENCE);
    if (!opened) return null;
    hadDatabase = true;
    opened.onclose = () => lose(opened); // the browser may take a database away while the page is open
    opened.onversionchange = () => {
      opened.close();
      lose(opened);
    };
    return opened;
  }

  // What was in a database that is gone is put into a new one.
  /** @param {IDBDatabase} gone */
  function lose(gone) {
    if (db !== gone) return;
    db = null;
    onChange();
    if (events.size) onLost([...events.values()]);
  }

  async function open() {
    db = await connect();
    try {
      era = await readSetting("era") ?? "";
      copy = await ownCopy();
      who = await readSetting("who") ?? "";
      await take();
    } catch {
      db = null; // what cannot be read must not look like an empty one
    }
    const chosen = await setting("file");
    if (chosen && chosen.value.queryPermission) {
      const allowed = await chosen.value.queryPermission({ mode: "readwrite" }).catch(() => "denied");
      file = { handle: chosen.value, allowed: allowed === "granted", fault: "", written: "" };
    }
    if (db && window.showSaveFilePicker && navigator.storage && navigator.storage.persist) {
      navigator.storage.persist().catch(() => {}); // not waited for: some browsers never answer
    }
    willForget().then((answer) => {
      forgets = answer;
      if (forgets) onChange();
    });
  }

  /** @param {string} key @returns {Promise<any>} */
  async function readSetting(key) {
    const row = db ? await inStore(db, "settings", "readonly", (store) => store.get(key)) : null;
    return row ? row.value : undefined;
  }

  // The id of this browser's copy, made once; of two tabs that open at once the first one's counts.
  async function ownCopy() {
    if (!db) return copy;
    await rememberNew({ copy });
    return (await readSetting("copy")) ?? copy;
  }

  /** @param {Record<string, unknown>} known */
  function rememberNew(known) {
    return inStore(/** @type {IDBDatabase} */ (db), "settings", "readwrite", (store) => Object.entries(known).map(([key, value]) => {
      const asked = store.get(key);
      asked.onsuccess = () => { if (!asked.result) store.put({ name: key, value }); };
      return asked;
    }).at(-1));
  }

  async function take() {
    if (!db) return 0;
    const rows = await inStore(db, "events", "readonly", (opened) => opened.getAll());
    const exported = await setting("copied");
    copied = Math.max(copied, exported ? exported.value : 0);
    const told = await setting("sent");
    sent = Math.max(sent, told ? told.value : 0);
    if (await wasCleared()) return 0;
    const fresh = know(rows);
    if (rows.length < events.size) await putAll();
    return fresh;
  }

  async function wasCleared() {
    const now = await readSetting("era");
    const isSo = now !== undefined && now !== era;
    if (isSo) onCleared();
    return isSo;
  }

  // Put everything that this page knows of into the database: it is new, or has been emptied meanwhile.
  async function putAll() {
    if (await wasCleared()) return;
    await inStore(/** @type {IDBDatabase} */ (db), "events", "readwrite", (opened) => [...events.values()].map((event) => opened.put(event)).at(-1));
    const known = { copy, who, era, copied, sent, file: file && file.handle };
    await rememberNew(Object.fromEntries(Object.entries(known).filter(([, value]) => value)));
    copy = (await readSetting("copy")) ?? copy;
  }

  // Take in what another tab has kept meanwhile; returns how many events that are.
  const reload = () => take().catch(() => 0);

  /** @param {(CardEvent & { at?: string })[]} given */
  async function save(given) {
    const fresh = /** @type {KeptEvent[]} */ (given);
    for (const event of fresh) {
      event.at ??= clock.next(); // one that is sent again keeps its time
      delete event.replaces; // tabs hear of each other's answers at once
      delete event.amends;
    }
    know(fresh);
    try {
      await store(fresh);
    } finally {
      onChange();
    }
  }

  /** @param {KeptEvent[]} fresh */
  async function store(fresh) {
    if (!db && (hadDatabase || !(file && file.allowed))) await reconnect();
    if (db) {
      await put(fresh);
      if (file) writeSoon();
    } else if (file) {
      await write();
      if (file.fault || !file.allowed) throw new Error(file.fault);
    } else throw new Error(data.page.no_storage);
  }

  async function reconnect() {
    db = await connect();
    if (db) await whileOpen(putAll);
  }

  /** @param {KeptEvent[]} fresh */
  function put(fresh) {
    return whileOpen(async () => {
      const n = await inStore(/** @type {IDBDatabase} */ (db), "events", "readwrite", (opened) => {
        for (const event of fresh) opened.put(event);
        return opened.count();
      });
      if (n < events.size) await putAll();
    });
  }

  /** @param {() => Promise<unknown>} work */
  async function whileOpen(work) {
    try {
      await work();
    } catch (/** @type {any} */ error) {
      if (error.name === "InvalidStateError") db = null; // closed under our hands; the next attempt opens it anew
      throw error;
    }
  }

  // --- the file -----------------------------------------------------------------------------------

  function writeSoon() {
    timer ??= setTimeout(() => { timer = null; write(); }, FILE_PAUSE);
  }

  // Write the whole file; while one is being written the next waits, and takes all that has come until then.
  function write() {
    again = true;
    writing ??= (async () => {
      while (again && file && file.allowed) {
        again = false;
        await writeOnce();
      }
    })().finally(() => { writing = null; });
    return writing;
  }

  async function writeOnce() {
    try {
      await reload();
      const n = events.size;
      const stream = await /** @type {ChosenFile} */ (file).handle.createWritable();
      await stream.write(text());
      await stream.close();
      file = { .../** @type {ChosenFile} */ (file), fault: "", written: clock.next() };
      setCopied(n);
    } catch (/** @type {any} */ error) {
      file = { .../** @type {ChosenFile} */ (file), fault: String(error.message || error) };
    }
    onChange();
  }

  // Ask where; must be called from a click. Returns false if the coder changed their mind.
  /** @param {string} suggestedName */
  async function chooseFile(suggestedName) {
    try {
      const accept = { "application/jsonl": [".jsonl"] };
      const handle = await /** @type {(options: object) => Promise<FileSystemFileHandle>} */ (window.showSaveFilePicker)({ suggestedName, types: [{ description: data.page.title, accept }] });
      file = { handle, allowed: true, fault: "", written: "" };
    } catch (/** @type {any} */ error) {
      if (error.name !== "AbortError") throw error;
      return false;
    }
    remember("file", file.handle);
    await write();
    return true;
  }

  async function allowFile() {
    const answer = await /** @type {ChosenFile} */ (file).handle.requestPermission({ mode: "readwrite" }).catch(() => "denied");
    if (answer === "granted") {
      file = { .../** @type {ChosenFile} */ (file), allowed: true };
      await write();
    }
    onChange();
  }

  /** @param {number} n */
  function setCopied(n) {
    copied = n;
    remember("copied", n);
    onChange();
  }

  function saySent() {
    sent = Math.min(copied, events.size);
    remember("sent", sent);
    onChange();
  }

  /** @param {string} answer */
  function sayWho(answer) {
    who = answer;
    return remember("who", answer);
  }

  // Forget everything here, whose page it is and which copy too; other tabs see by the era that it was meant.
  async function clear() {
    clearTimeout(timer ?? undefined);
    if (writing) await writing;
    era = newCopyId();
    if (db) {
      await inStore(db, "settings", "readwrite", (opened) => {
        opened.clear();
        return opened.put({ name: "era", value: era });
      });
      await inStore(db, "events", "readwrite", (opened) => opened.clear());
    }
    const outbox = await openStore(`sekom-${data.study}-${data.coder}`);
    for (const store of ["events", "drafts"]) {
      if (outbox) await inStore(outbox, store, "readwrite", (opened) => opened.clear());
    }
    if (outbox) outbox.close();
    events.clear();
    file = null;
  }

  return {
    open, reload, save, text, know, write, chooseFile, allowFile, setCopied, saySent, sayWho, clear,
    get events() { return [...events.values()]; },
    get hasDatabase() { return Boolean(db); },
    get who() { return who; },
    get forgets() { return forgets; },
    get file() { return file; },
    get copied() { return Math.min(copied, events.size); },
    get sent() { return Math.min(sent, copied, events.size); },
  };
}
