import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { createOutbox } from "../../../sekom_analysis/coding/js/saving/outbox.js";

// Without a browser there is no database: what waits is kept in the page alone, and the outbox says so.
const real = { now: Date.now, setInterval: globalThis.setInterval, setTimeout: globalThis.setTimeout };
let now = 0;
let tick = () => {};
const boxes = [];

beforeEach(() => {
  now = 1000000;
  Date.now = () => now;
  globalThis.setInterval = (work) => { tick = work; return 0; };
  globalThis.setTimeout = () => 0;
});

afterEach(() => {
  boxes.splice(0).forEach((box) => box.stop());
  Date.now = real.now;
  Object.assign(globalThis, { setInterval: real.setInterval, setTimeout: real.setTimeout });
});

const event = (id, more = {}) => ({ event_id: id, note: "n0", variable: "v0", pass: 1, event: "decide", codes: ["k0"], ...more });

async function started(post = () => {}) {
  const [sent, states, heard] = [[], [], []];
  const box = createOutbox({
    name: "test", onState: (state) => states.push(state), onAnswers: (answers) => heard.push(answers),
    post(message) {
      if (message.kind === "hello" && !sent.length) box.receive({ kind: "answers", answers: { n1: {} } });
      sent.push(message);
      return post(message);
    },
  });
  boxes.push(box);
  const first = await box.start();
  const ids = () => sent.filter(({ kind }) => kind === "events").map(({ events }) => events.map(({ event_id: id }) => id).join(" "));
  const last = () => states.at(-1);
  const pass = (milliseconds) => { now += milliseconds; tick(); };
  return { box, ids, last, heard, first, pass };
}

test("it greets, and gives what stands", async () => {
  const { first, heard, last } = await started();
  assert.deepEqual([first.answers, first.events, first.drafts, heard], [{ n1: {} }, [], [], []]);
  assert.deepEqual([last().name, last().kept], ["saved", false]);
});

test("what is put goes out at once, and counts as saved only when somebody says so", async () => {
  const { box, ids, last } = await started();
  box.put([event("e1")]);
  assert.deepEqual([ids(), last().name, last().n, [...last().cells]], [["e1"], "saving", 1, ["n0 v0"]]);
  box.receive({ kind: "saved", ids: ["e1"] });
  assert.deepEqual([last().name, last().n], ["saved", 0]);
});

test("the next message waits for an answer to the one before it, and then brings all", async () => {
  const { box, ids } = await started();
  for (const id of ["e1", "e2", "e3"]) box.put([event(id)]);
  assert.deepEqual(ids(), ["e1"]);
  box.receive({ kind: "saved", ids: ["e1"] });
  assert.deepEqual(ids(), ["e1", "e2 e3"]);
});

test("after patience has run out it says so, and sends again", async () => {
  const { box, ids, last, pass } = await started();
  box.put([event("e1")]);
  pass(500);
  assert.deepEqual([last().name, last().slow, ids()], ["saving", true, ["e1"]]);
  pass(2100);
  assert.deepEqual([last().name, ids()], ["saving", ["e1", "e1"]]);
  pass(500);
  assert.equal(last().name, "not_saved");
  box.receive({ kind: "saved", ids: ["e1"] });
  assert.equal(last().name, "saved");
});

test("nobody there is no fault of the card's: it is sent again", async () => {
  for (const nobody of [() => { throw new Error("gone"); }, () => Promise.reject(new Error("gone"))]) {
    const { box, ids, pass } = await started((message) => (message.kind === "events" ? nobody() : undefined));
    box.put([event("e1")]);
    pass(2600);
    assert.deepEqual(ids(), ["e1", "e1"]);
  }
});

test("a disk that refuses says why until it takes it", async () => {
  const { box, last } = await started();
  box.put([event("e1")]);
  box.receive({ kind: "not_saved", ids: ["e1"], why: "full" });
  assert.deepEqual([last().name, last().why], ["not_saved", "full"]);
  box.receive({ kind: "saved", ids: ["e1"] });
  assert.deepEqual([last().name, last().why], ["saved", ""]);
});

test("what is refused is not sent again, and goes when its question is answered anew", async () => {
  const { box, ids, last, pass } = await started();
  box.put([event("e1")]);
  box.receive({ kind: "refused", ids: ["e1"], why: "no such code" });
  assert.deepEqual([last().name, last().refused.event.event_id, box.wasRefused("e1")], ["not_saved", "e1", true]);
  pass(2600);
  assert.deepEqual(ids(), ["e1"]);
  box.put([event("e2", { replaces: "e1" })]);
  assert.deepEqual([ids(), last().n, box.of(["e1", "e2"]).map(({ replaces }) => replaces)], [["e1", "e2"], 1, [undefined]]);
});

test("what another window has overtaken no longer waits", async () => {
  const { box, last } = await started();
  box.put([event("e1")]);
  box.receive({ kind: "overtaken", ids: ["e1"] });
  assert.equal(last().name, "saved");
});

test("answers that come later are handed on", async () => {
  const { box, heard } = await started();
  box.receive({ kind: "answers", answers: { n2: {} } });
  assert.deepEqual(heard, [{ n2: {} }]);
});
