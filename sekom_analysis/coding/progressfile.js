// Events kept on this page: their times, what they come to, and the progress file that holds them. Pure.
// A progress file is JSON lines: first what it is and how many events follow, then one event a line.

const FILE_KIND = "sekom-answers";
const FILE_VERSION = 1;
const EVENT_KINDS = new Set(["decide", "retract", "skip"]);

// Moments as text that sorts as it passes, microseconds included. Never back, whatever the computer's clock does.
function createClock(floor) {
  let ms = 0;
  let us = 0;

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

function inOrder(events) {
  const keyOf = (event) => `${event.at} ${event.event_id}`;
  return [...events].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function eventAfter(before, event, versions) {
  if (event.event === "retract") return { event: "retract", id: event.event_id, codes: [], certainty: "", memo: "" };
  if (event.event === "skip" && before && before.event === "decide") return { ...before, id: event.event_id };
  const { codes, certainty, memo } = event;
  const now = versions.get(event.variable) ?? event.codebook;
  return { event: event.event, id: event.event_id, codes, certainty, memo, older: event.codebook !== now };
}

// What stands: the answers that the page was written with, and the events kept since. An event that those answers
// know already, or that is older than what came after it elsewhere, changes nothing.
function standing(data, events) {
  const versions = new Map(data.variables.map((variable) => [variable.id, variable.version]));
  const passes = new Map(data.notes.map((note) => [note.key, note.pass]));
  const cells = new Map();
  for (const event of inOrder(events)) {
    if (passes.get(event.note) !== event.pass) continue;
    const cell = `${event.note} ${event.variable}`;
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(event);
  }
  const answers = Object.fromEntries(Object.entries(data.answers).map(([key, cell]) => [key, { ...cell }]));
  for (const made of cells.values()) {
    const { note, variable } = made[0];
    const base = (answers[note] ?? {})[variable];
    const place = base ? made.findIndex((event) => event.event_id === base.id) : -1;
    const fresh = made.filter((event, number) => (place >= 0 ? number > place : !base || event.at > base.at));
    const now = fresh.reduce((before, event) => eventAfter(before, event, versions), base);
    if (now) answers[note] = { ...answers[note], [variable]: now };
  }
  return answers;
}

function progressText(data, events, now) {
  const codebook = Object.fromEntries(data.variables.map((variable) => [variable.id, variable.version]));
  const head = { file: FILE_KIND, version: FILE_VERSION, study: data.study, coder: data.coder, codebook,
    page: data.made, written: now, events: events.length };
  const lines = inOrder(events).map(({ note, ...event }) => ({ ...event, key: note }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isEvent(event) {
  const texts = ["event_id", "key", "variable", "certainty", "memo", "at"];
  return event && texts.every((name) => typeof event[name] === "string") && EVENT_KINDS.has(event.event)
    && /^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(event.at)
    && Array.isArray(event.codes) && event.codes.every((code) => typeof code === "string");
}

// The events of a file; `fault` says why there are none: no_file, other_study, other_coder.
function readProgress(text, data) {
  const [first, ...lines] = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim());
  const head = parsed(first ?? "");
  if (!head || head.file !== FILE_KIND) return { fault: "no_file", events: [], damaged: 0 };
  if (head.study !== data.study) return { fault: "other_study", events: [], damaged: 0 };
  if (head.coder !== data.coder) return { fault: "other_coder", events: [], damaged: 0, coder: head.coder };
  const events = lines.map(parsed).filter(isEvent).map(({ key, ...event }) => ({ ...event, note: key }));
  return { fault: "", events, damaged: Math.max(lines.length, head.events || 0) - events.length };
}
