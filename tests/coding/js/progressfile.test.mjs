import assert from "node:assert/strict";
import { test } from "node:test";

import { createClock, progressText, readProgress, standing } from "../../../sekom_analysis/coding/js/saving/progressfile.js";
import { choices, dataOf } from "./shapes.mjs";

const at = (second) => `2026-03-01T09:00:${String(second).padStart(2, "0")}.000000Z`;
const answered = (id, code, second, more = {}) => ({ event_id: id, note: "n0", variable: "v0", event: "decide", codes: [code], certainty: "", memo: "",
  pass: 1, note_hash: "h0", codebook: "v1", at: at(second), ...more });
const page = (more) => dataOf([choices("v0", 3)], 3, { made: at(0), last_event: "", ...more });
const shown = (data, events) => standing(data, events).n0?.v0;

test("a clock never goes back, nor stands still", () => {
  const clock = createClock("2999-01-01T00:00:00.000999Z");
  assert.deepEqual([clock.next(), clock.next()], ["2999-01-01T00:00:00.001000Z", "2999-01-01T00:00:00.001001Z"]);
  clock.notBefore("2998-01-01T00:00:00.000000Z");
  assert.equal(clock.next(), "2999-01-01T00:00:00.001002Z");
  const now = createClock(at(0));
  const times = Array.from({ length: 2000 }, () => now.next());
  assert.deepEqual(times, [...new Set(times)].sort());
});

test("a file comes back as it was, in the order of its times", () => {
  const [data, events] = [page(), [answered("e2", "k1", 2, { memo: "två\nrader" }), answered("e1", "k0", 1)]];
  const text = progressText(data, events, at(9), "c1");
  const [head] = text.split("\n").map((line) => line && JSON.parse(line));
  assert.deepEqual([head.file, head.version, head.coder, head.copy, head.events], ["sekom-answers", 1, "anna", "c1", 2]);
  assert.deepEqual(readProgress(text, data), { fault: "", events: [events[1], events[0]], damaged: 0 });
  assert.deepEqual(readProgress(`\ufeff${text.replaceAll("\n", "\r\n")}`, data).events.length, 2);
});

test("another's file, another study's, or none at all is named", () => {
  const text = progressText(page(), [answered("e1", "k0", 1)], at(9), "c1");
  assert.equal(readProgress(text, page({ study: "t" })).fault, "other_study");
  assert.deepEqual(readProgress(text, page({ coder: "bo" })), { fault: "other_coder", events: [], damaged: 0, coder: "anna" });
  for (const none of ["", "hej", "{}", "null"]) assert.equal(readProgress(none, page()).fault, "no_file");
});

test("lines that are damaged or missing are counted, and the others come back", () => {
  const lines = progressText(page(), [1, 2, 3, 4].map((n) => answered(`e${n}`, "k0", n)), at(9), "c1").trim().split("\n");
  lines[2] = lines[2].slice(0, 20);
  lines[3] = lines[3].replace('"decide"', '"delete"');
  const { events, damaged } = readProgress(lines.slice(0, 4).join("\n"), page());
  assert.deepEqual([events.map(({ event_id: id }) => id), damaged], [["e1"], 3]);
});

test("what came after the answers that the page was written with stands, whatever the order it comes in", () => {
  const base = { event: "decide", id: "e1", codes: ["k0"], certainty: "", memo: "", older: false, hash: "h0", at: at(1) };
  const data = page({ answers: { n0: { v0: base } } });
  const events = [answered("e3", "k2", 3), answered("e1", "k0", 1), answered("e2", "k1", 2)];
  assert.deepEqual(shown(data, events).codes, ["k2"]);
  assert.deepEqual(shown(data, events.slice(1)).codes, ["k1"]);
  assert.deepEqual(shown(data, [answered("e0", "k2", 0)]).id, "e1"); // older than what came after it elsewhere
  assert.equal(shown(data, [...events, answered("e4", "", 4, { event: "retract", codes: [] })]).event, "retract");
});

test("an event goes by its note's text where its key is new, unless two notes have that text", () => {
  const event = answered("e1", "k1", 1, { note: "another key" });
  assert.deepEqual(shown(page(), [event]).codes, ["k1"]);
  const twins = page();
  twins.notes[1].hash = "h0";
  assert.equal(shown(twins, [event]), undefined);
  assert.equal(shown(page(), [{ ...event, pass: 2 }]), undefined);
});

test("an answer to a replaced text is changed, one under an older definition older", () => {
  assert.equal(shown(page(), [answered("e1", "k1", 1, { note_hash: "old" })]).event, "changed");
  const { event, older } = shown(page(), [answered("e1", "k1", 1, { codebook: "v0" })]);
  assert.deepEqual([event, older], ["decide", true]);
});
