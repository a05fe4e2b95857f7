// Where a page without a server keeps its events: in the browser's database and, if the coder has chosen one, in a
// file. What `save` has returned from is on the disk; if it throws, nothing of it counts.

const PAGE_STORES = { events: { keyPath: "event_id" }, settings: { keyPath: "name" } };
const DATABASE_PATIENCE = 10000;
const FILE_PAUSE = 1000;

function patiently(promise, milliseconds) {
  return Promise.race([promise, new Promise((resolve) => { setTimeout(() => resolve(null), milliseconds); })]);
}

function createKeeper(data, onChange) {
  const name = `sekom-page-${data.study}-${data.coder}`;
  const events = new Map(); // all that this page knows of, by id
  const clock = createClock(data.floor);
  let db = null;
  let copied = 0; // how many of the events stand in a file that the coder has
  let file = null; // { handle, allowed, fault, written }
  let writing = null;
  let again = false;
  let timer = null;

  const text = () => progressText(data, [...events.values()], clock.next());
  const setting = (key) => (db ? inStore(db, "settings", "readonly", (store) => store.get(key)).catch(() => null) : null);
  const remember = (key, value) => (db
    ? inStore(db, "settings", "readwrite", (store) => store.put({ name: key, value })).catch(() => {}) : undefined);

  function know(fresh) {
    const before = events.size;
    for (const event of fresh) {
      if (!events.has(event.event_id)) events.set(event.event_id, event);
      clock.notBefore(event.at);
    }
    return events.size - before;
  }

  async function connect() {
    const opened = await patiently(openStore(name, PAGE_STORES), DATABASE_PATIENCE);
    if (!opened) return null;
    opened.onclose = () => { db = null; }; // the browser may take a database away while the page is open
    opened.onversionchange = () => opened.close();
    return opened;
  }

  async function open() {
    db = await connect();
    try {
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
  }

  async function take() {
    if (!db) return 0;
    const rows = await inStore(db, "events", "readonly", (opened) => opened.getAll());
    const exported = await setting("copied");
    copied = Math.max(copied, exported ? exported.value : 0);
    return know(rows);
  }

  // Take in what another tab has kept meanwhile; returns how many events that are.
  const reload = () => take().catch(() => 0);

  async function save(fresh) {
    for (const event of fresh) event.at ??= clock.next(); // one that is sent again keeps its time
    know(fresh);
    try {
      await store(fresh);
    } finally {
      onChange();
    }
  }

  async function store(fresh) {
    if (!db && !(file && file.allowed)) db = await connect();
    if (db) {
      await put(fresh);
      if (file) writeSoon();
    } else if (file) {
      await write();
      if (file.fault || !file.allowed) throw new Error(file.fault);
    } else throw new Error(data.page.no_storage);
  }

  async function put(fresh) {
    try {
      await inStore(db, "events", "readwrite", (opened) => fresh.map((event) => opened.put(event)).at(-1));
    } catch (error) {
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
      const stream = await file.handle.createWritable();
      await stream.write(text());
      await stream.close();
      file = { ...file, fault: "", written: clock.next() };
      setCopied(n);
    } catch (error) {
      file = { ...file, fault: String(error.message || error) };
    }
    onChange();
  }

  // Ask where; must be called from a click. Returns false if the coder changed their mind.
  async function chooseFile(suggestedName) {
    try {
      const accept = { "application/jsonl": [".jsonl"] };
      const handle = await window.showSaveFilePicker({ suggestedName, types: [{ description: data.page.title, accept }] });
      file = { handle, allowed: true, fault: "", written: "" };
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return false;
    }
    remember("file", file.handle);
    await write();
    return true;
  }

  async function allowFile() {
    const answer = await file.handle.requestPermission({ mode: "readwrite" }).catch(() => "denied");
    if (answer === "granted") {
      file = { ...file, allowed: true };
      await write();
    }
    onChange();
  }

  function setCopied(n) {
    copied = n;
    remember("copied", n);
    onChange();
  }

  // Forget everything here.
  async function clear() {
    clearTimeout(timer);
    if (writing) await writing;
    for (const store of ["events", "settings"]) {
      if (db) await inStore(db, store, "readwrite", (opened) => opened.clear());
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
    open, reload, save, text, know, write, chooseFile, allowFile, setCopied, clear,
    get events() { return [...events.values()]; },
    get hasDatabase() { return Boolean(db); },
    get file() { return file; },
    get copied() { return Math.min(copied, events.size); },
  };
}
