import assert from "node:assert/strict";
import { test } from "node:test";

import { FLAG, lengthOf, LONGEST_MEMO } from "../../../sekom_analysis/coding/js/answering/answers.js";
import { createWorklist } from "../../../sekom_analysis/coding/js/answering/worklist.js";
import { choices, dataOf, scale } from "./shapes.mjs";

const NOBODY = new Set();
const decided = (code, more = {}) => ({ event: "decide", id: `e-${code}`, codes: [code], certainty: "", memo: "", older: false, ...more });
const place = (list) => (list.isFinished() ? "end" : `${list.current().note.key} ${list.current().variable.id}`);
const brief = (events) => events.map(({ note, variable, event, codes }) => [note, variable, event, ...codes].join(" "));

function begun(variables = [choices("v0", 3)], n = 3, answers = {}) {
  const list = createWorklist(dataOf(variables, n));
  list.learn(answers, NOBODY);
  list.toFirstOpen();
  return list;
}

test("an answer is an event of its note, its text and its definition, and the next open question comes", () => {
  const list = begun([choices("v0", 3), choices("v1", 3)], 2, { n0: { v1: decided("k2") } });
  const [event] = list.decide(["k1"]);
  assert.match(event.event_id, /^e[0-9a-f]{16}$/);
  assert.deepEqual({ ...event, event_id: "" }, { event_id: "", note: "n0", variable: "v0", event: "decide", codes: ["k1"], certainty: "", memo: "",
    pass: 1, note_hash: "h0", codebook: "v1" });
  assert.equal(place(list), "n1 v0");
});

test("the same answer again is no event", () => {
  const list = begun();
  list.decide(["k1"]);
  list.step(-1);
  assert.deepEqual(list.decide(["k1"]), []);
});

test("undo takes back only what it replaces, and redo gives it again", () => {
  const list = begun();
  const [given] = list.decide(["k1"]);
  const [back] = list.undo();
  assert.deepEqual([back.event, back.replaces, place(list)], ["retract", given.event_id, "n0 v0"]);
  const [again] = list.redo();
  assert.deepEqual([again.event, again.codes, again.replaces, place(list)], ["decide", ["k1"], "", "n1 v0"]);
  assert.deepEqual([list.canUndo, list.canRedo], [true, false]);
});

test("of what was refused undo tells nobody", () => {
  const list = begun();
  const [given] = list.decide(["k1"]);
  assert.deepEqual(list.undo((id) => id === given.event_id), []);
  assert.equal(list.answerTo(list.notes[0], "v0"), undefined);
});

test("a skip does not take an answer back", () => {
  const list = begun([choices("v0", 3)], 2, { n0: { v0: decided("k0") } });
  list.goTo(list.notes[0], "v0");
  assert.deepEqual(list.skip(), []);
  assert.equal(list.answerTo(list.notes[0], "v0").event, "decide");
  list.goTo(list.notes[1], "v0");
  assert.deepEqual(brief(list.skip()), ["n1 v0 skip"]);
  list.goTo(list.notes[1], "v0");
  list.decide(["k2"]);
  assert.deepEqual(brief(list.undo()), ["n1 v0 retract", "n1 v0 skip"]);
});

test("a word on an answer says which answer it is about, and what of it is new", () => {
  const list = begun();
  const [given] = list.decide(["k1"]);
  const [event] = list.amend("memo", "tveksam");
  assert.deepEqual([event.note, event.codes, event.memo, event.replaces, event.amends], ["n0", ["k1"], "tveksam", given.event_id, "memo"]);
});

test("another answer is another certainty, but keeps the memo", () => {
  const list = begun([choices("v0", 3)], 1, { n0: { v0: decided("k0", { certainty: "1", memo: "hm" }) } });
  list.goTo(list.notes[0], "v0");
  const [event] = list.decide(["k2"]);
  assert.deepEqual([event.certainty, event.memo], ["", "hm"]);
});

test("several codes are begun until they are confirmed, in the codebook's order", () => {
  const list = begun([choices("v0", 3, "multiple")]);
  for (const code of ["k2", "k0", "k1", "k1"]) list.toggle(code);
  assert.deepEqual(list.current().draft.codes, ["k0", "k2"]);
  assert.equal(list.count().begun, 1);
  assert.deepEqual(brief(list.saveBegun()), ["n0 v0 decide k0 k2"]);
  assert.equal(list.count().begun, 0);
});

test("a memo alone makes a skipped question of an open one; one too long, or a number that is none, waits", () => {
  const list = begun([scale(0, 10)], 4);
  list.draftMore({ memo: "ingen aning" });
  list.goTo(list.notes[1], "v0");
  list.draftMore({ typing: "x".repeat(LONGEST_MEMO + 1) });
  list.goTo(list.notes[2], "v0");
  list.draftMore({ number: "11" });
  list.goTo(list.notes[3], "v0");
  list.draftMore({ number: " 7 " });
  assert.deepEqual(brief(list.saveBegun()), ["n0 v0 skip", "n3 v0 decide 7"]);
  assert.deepEqual(list.begun().map(list.faultOf).map(({ key }) => key), ["too_long", "refuse_number"]);
});

test("what another window answered stands, and is not to be undone here", () => {
  const list = begun();
  list.decide(["k1"]);
  assert.equal(list.learn({ n0: { v0: decided("k2") } }, new Set(["n0 v0"])), false); // ours is on its way
  assert.equal(list.answerTo(list.notes[0], "v0").codes[0], "k1");
  assert.equal(list.learn({ n0: { v0: decided("k2") }, gone: { v0: decided("k0") } }, NOBODY), true);
  assert.deepEqual([list.answerTo(list.notes[0], "v0").codes[0], list.canUndo], ["k2", false]);
});

test("an answer to a text replaced since is asked again, and undo leads back to it", () => {
  const list = begun([choices("v0", 3)], 1, { n0: { v0: decided("k0", { event: "changed", hash: "old", codebook: "v1" }) } });
  assert.deepEqual([place(list), list.count().open, list.countSort("changed")], ["n0 v0", 1, 1]);
  list.decide(["k1"]);
  const [back] = list.undo();
  assert.deepEqual([back.event, back.codes, back.note_hash], ["decide", ["k0"], "old"]);
});

test("an event of an earlier page counts if it is about this text and pass", () => {
  const event = { event_id: "e9", note: "n0", variable: "v0", event: "decide", codes: ["k1"], certainty: "", memo: "", pass: 1, note_hash: "h0" };
  for (const [change, stands] of [[{}, true], [{ note_hash: "old" }, false], [{ pass: 2 }, false], [{ note: "n9" }, false]]) {
    const list = begun();
    list.recall({ ...event, ...change });
    assert.equal(Boolean(list.answerTo(list.notes[0], "v0")), stands, JSON.stringify(change));
  }
});

test("moving stays within the list, and going through a sort goes note by note", () => {
  const list = begun([choices("v0", 3), choices("v1", 3)], 2, { n1: { v1: decided("k0", { certainty: "1" }) } });
  list.step(-1);
  assert.equal(place(list), "n0 v0");
  list.leap(5);
  assert.equal(place(list), "end");
  list.step(-1);
  assert.equal(place(list), "n1 v1");
  list.review("unsure");
  assert.deepEqual([place(list), list.list.kind, list.list.notes], ["n1 v1", "unsure", [1]]);
  list.decide(["k1"]);
  assert.equal(place(list), "end");
});

test("a mark is of the note, and goes as it came", () => {
  const list = begun();
  assert.deepEqual(brief(list.flag()), [`n0 ${FLAG} decide two_ideas`]);
  assert.deepEqual(brief(list.flag()), [`n0 ${FLAG} retract`]);
  assert.equal(place(list), "n0 v0");
});

test("a sign beyond the first plane is one", () => {
  assert.equal(lengthOf("a👩å"), 3);
});
