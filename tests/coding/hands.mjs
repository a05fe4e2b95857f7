// Drives the card without a page: reads a line of JSON (what the card shows, and what is pressed), answers with one
// (what was on the card before each event, in the order in which it came). Time passes only where a line says so.

import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

import { COMMANDS, keysOf } from "../../sekom_analysis/coding/js/answering/keys.js";
import { createAnyCard } from "../../sekom_analysis/coding/js/card.js";
import { codingActions } from "../../sekom_analysis/coding/js/coding/card.js";

globalThis.crypto ??= webcrypto; // node 18 has it only by this name

const NUMPAD = { 0: "Insert", 1: "End", 4: "ArrowLeft", 6: "ArrowRight", 7: "Home" };
const CODES = { "-": "Minus", " ": "Space", "/": "Slash" };

function eventOf({ key, place, shift = false, numpad = false, numLock = true, repeat = false }, timeStamp) {
  const digit = /^[0-9]$/.test(key);
  const typed = numpad && digit && !numLock ? NUMPAD[key] ?? "Clear" : key;
  const code = place ? place : digit ? `${numpad ? "Numpad" : "Digit"}${key}` : CODES[key] ?? (key.length === 1 ? `Key${key.toUpperCase()}` : key);
  return {
    key: typed, code, shiftKey: shift, repeat, timeStamp, ctrlKey: false, metaKey: false, altKey: false, detail: 0,
    target: { matches: () => false }, preventDefault() {}, stopPropagation() {},
  };
}

// Timers that go off only when time is let pass.
function createTime() {
  const timers = new Map();
  let now = 0;
  let last = 0;
  return {
    setInterval: () => 0, // what is sent is confirmed at once
    setTimeout: (work, milliseconds) => timers.set((last += 1), { work, at: now + milliseconds }) && last,
    clearTimeout: (id) => timers.delete(id),
    now: () => now,
    pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = due[1].at;
        due[1].work();
      }
      now = end;
    },
  };
}

async function run({ data, steps }) {
  const time = createTime();
  const trace = [];
  let list = null;
  let hand = null;
  let press = null;
  let aim = null;

  function screen() {
    const { told, text = "", letters, active } = hand;
    const shown = { told: told ? told.key : "", text, letters, active, done: list.isFinished() };
    const target = list.aim && list.aim();
    shown.aim = target && { note: target.note.key, variable: target.variable.id, isJust: target.isJust, answer: target.answer ?? null };
    if (shown.done) return shown;
    const { note, variable, answer, draft } = list.current();
    const caps = Object.fromEntries(keysOf(variable));
    return { ...shown, note: note.key, variable: variable.id, kind: variable.kind, caps, answer: answer ?? null, draft: { ...draft } };
  }

  const view = {
    root: { addEventListener: (_, listener) => { press = listener; }, contains: () => false },
    paint: () => trace.push({ screen: structuredClone(screen()) }),
    closeOverlays: () => null, showState() {}, open() {}, stop() {}, keepFocus: (work) => work(), shows: () => true,
    openMemo: () => { aim = list.aim(); }, cover() {}, takeWords: () => "", dropWords() {}, openList() {}, openKeys() {}, openCodebook() {}, openReviews() {}, openNumber() {}, stepRecent() {}, toggleGloss() {}, scrollNote() {}, openBlock() {},
  };
  Object.assign(globalThis, time, { document: { addEventListener() {}, activeElement: null }, window: { addEventListener() {} } });
  const kind = { name: () => "test", commands: COMMANDS, actionsOf: codingActions,
    createView: (host, given, say, made, hands) => { list = made; hand = hands; return view; } };
  const card = createAnyCard(kind, null, data, receive);

  // Who keeps the answers: all are on the disk at once.
  function receive({ kind: what, events = [] }) {
    if (what === "hello") return card.receive({ kind: "answers", answers: data.answers });
    events.forEach((event) => trace.push({ event: structuredClone(event) }));
    return card.receive({ kind: "saved", ids: events.map((event) => event.event_id) });
  }

  await card.start();
  view.paint();

  for (const step of steps) {
    trace.push({ step });
    if (step.wait) time.pass(step.wait);
    else {
      press(eventOf(step, time.now()));
      if (step.memo !== undefined && aim) {
        hand.click("saveMemo", { note: aim.note, variable: aim.variable, text: step.memo });
        hand.leaveProse({ timeStamp: time.now() });
      }
      aim = null;
    }
    trace.push({ screen: structuredClone(screen()) });
  }
  const standing = data.notes.flatMap((note) => [...note.variables, "flag"].map((variable) => [note.key, variable, list.answerTo(note, variable) ?? null]));
  return { trace, standing };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await run(JSON.parse(line));
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
