// Queues of answers, several answers at once, what was answered latest, what was seen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FLAG } from "../../../sekom_analysis/coding/js/answering/answers.js";
import { numberTyped } from "../../../sekom_analysis/coding/js/answering/numbers.js";
import { createWorklist } from "../../../sekom_analysis/coding/js/answering/worklist.js";
import { choices, dataOf } from "./shapes.mjs";

const NOBODY = new Set();
const given = (codes, more = {}) => ({ event: "decide", id: `e${codes}${Math.random()}`, codes: [codes].flat(), certainty: "", memo: "", older: false, ...more });
const unsure = () => given("k0", { certainty: "1" });
const place = (list) => (list.isFinished() ? "end" : `${list.current().note.key} ${list.current().variable.id}`);
const brief = (events) => events.map(({ note, variable, event, codes }) => [note, variable, event, ...codes].join(" "));
const TWO = [choices("a", 3), choices("b", 3)];

function begun(answers = {}, { variables = TWO, n = 4 } = {}) {
  const list = createWorklist(dataOf(variables, n));
  list.learn(answers, NOBODY);
  list.toFirstOpen();
  return list;
}
const questions = (list, variable, ...numbers) => numbers.map((number) => ({ note: list.notes[number], variable: list.variables.get(variable) }));
const codes = (list, variable) => list.notes.map((note) => (list.answerTo(note, variable) ?? { codes: ["–"] }).codes.join("+"));

test("a queue is of answers: each opens on its own question, and the place is counted in answers", () => {
  const list = begun({ n0: { a: unsure(), b: unsure() }, n2: { b: unsure() } });
  list.review("unsure");
  const met = [];
  for (; !list.isFinished(); list.step(1)) met.push(`${place(list)} ${list.at.place + 1}/${list.list.notes.length}`);
  assert.deepEqual(met, ["n0 a 1/3", "n0 b 2/3", "n2 b 3/3"]);
  list.step(-1);
  list.leap(-1);
  assert.equal(place(list), "n0 b");
  list.decide(["k2"]);
  assert.equal(place(list), "n2 b");
});

test("another question of the same note is a step aside, and one of another note leaves the queue", () => {
  const list = begun({ n0: { a: unsure() }, n2: { b: unsure() } });
  list.review("unsure");
  list.step(1);
  list.goTo(list.notes[2], "a");
  assert.deepEqual([place(list), list.isReview], ["n2 a", true]);
  list.step(-1);
  assert.equal(place(list), "n2 b");
  list.goTo(list.notes[3], "a");
  assert.deepEqual([place(list), list.isReview, list.list.kind], ["n3 a", false, "open"]);
});

test("one question's queue alone, and back to where the coder was", () => {
  const list = begun({ n0: { a: unsure(), b: unsure() }, n1: { a: given("k0") } });
  assert.equal(place(list), "n1 b");
  list.review("unsure", "b");
  assert.deepEqual([place(list), list.list.notes, list.list.variable], ["n0 b", [0], "b"]);
  list.review("skipped");
  assert.equal(place(list), "end");
  list.back();
  assert.deepEqual([place(list), list.list.kind], ["n1 b", "open"]);
});

test("how many wait in each queue is counted as answers come and go", () => {
  const list = begun({ n0: { a: unsure(), b: given("k1", { older: true, codebook: "v0", again: { why: "meaning", code: "k1", text: "" } }) },
    n1: { a: given("k0", { event: "changed", hash: "old" }) }, n2: { a: { ...given([]), event: "skip" }, [FLAG]: given("two_ideas") } });
  const told = () => list.queues().map(({ kind, variable, n }) => `${kind} ${variable} ${n}`);
  assert.deepEqual(told(), ["unsure a 1", "changed a 1", "older b 1", "skipped a 1", "flagged  1"]);
  list.setMany(questions(list, "a", 0, 1, 2), { codes: ["k2"] });
  list.setMany(questions(list, "b", 0), { codes: ["k1"] }); // as before, but under the present definition
  assert.deepEqual([told(), list.count().open, list.count().done], [["flagged  1"], 4, 1]);
  list.undo();
  list.undo();
  assert.deepEqual([told(), list.count().open, list.count().done], [["unsure a 1", "changed a 1", "older b 1", "skipped a 1", "flagged  1"], 5, 1]);
  list.review("flagged");
  assert.equal(place(list), "n2 a");
});

test("several get one code at once, an event each, and one undo takes all of it back", () => {
  const list = begun({ n0: { a: given("k0", { memo: "så" }) }, n1: { a: given("k1") } });
  const events = list.setMany(questions(list, "a", 0, 1, 2), { codes: ["k1"] });
  assert.deepEqual(brief(events), ["n0 a decide k1", "n2 a decide k1"]); // the middle one had it
  assert.equal(events[0].memo, "så");
  list.decide(["k2"]);
  list.undo();
  assert.deepEqual(list.turning("undo").map(({ note }) => note.key), ["n2", "n0"]);
  const back = list.undo();
  assert.deepEqual(brief(back), ["n2 a retract", "n0 a decide k0"]);
  assert.deepEqual(back.map(({ replaces }) => replaces), [events[1].event_id, events[0].event_id]);
  assert.deepEqual([codes(list, "a").slice(0, 3), list.canUndo], [["k0", "k1", "–"], false]);
  assert.deepEqual(brief(list.redo()), ["n0 a decide k1", "n2 a decide k1"]);
  assert.deepEqual([codes(list, "a").slice(0, 3), list.canRedo], [["k1", "k1", "k1"], true]); // what was decided after
});

test("of a question of several a code that not all have is taken, then left; with its last code the answer goes", () => {
  const list = begun({ n0: { a: given(["k0", "k1"]) }, n1: { a: given("k0") } }, { variables: [choices("a", 3, "multiple")] });
  const all = () => questions(list, "a", 0, 1);
  list.setMany(all(), { toggle: "k1" });
  assert.deepEqual(codes(list, "a").slice(0, 2), ["k0+k1", "k0+k1"]);
  list.setMany(all(), { toggle: "k1" });
  assert.deepEqual(codes(list, "a").slice(0, 2), ["k0", "k0"]);
  assert.deepEqual(brief(list.setMany(all(), { toggle: "k0" })), ["n0 a retract", "n1 a retract"]);
  assert.deepEqual(brief(list.setMany(all(), { codes: [] })), ["n0 a decide", "n1 a decide"]); // none fits, on purpose
});

test("what is cleared is open again, and what is open stays so without an event", () => {
  const list = begun({ n0: { a: given("k0") } });
  assert.deepEqual(brief(list.setMany(questions(list, "a", 0, 1), { retract: true })), ["n0 a retract"]);
  list.undo();
  assert.deepEqual(codes(list, "a").slice(0, 2), ["k0", "–"]);
});

test("a doubt on several goes to the answers that take one, and goes as it came", () => {
  const list = begun({ n0: { a: given("k0") }, n1: { a: unsure() }, n2: { a: given("k0", { older: true }) } });
  const all = () => questions(list, "a", 0, 1, 2, 3);
  const events = list.doubtMany(all());
  assert.deepEqual(events.map(({ note, certainty, amends }) => [note, certainty, amends]), [["n0", "1", "certainty"]]);
  assert.deepEqual(list.doubtMany(all()).map(({ note, certainty }) => [note, certainty]), [["n0", ""], ["n1", ""]]);
});

test("what was answered latest, each once, as it stands; what is undone goes, a word on it moves nothing", () => {
  const list = begun({ n0: { a: given("k2") } });
  const recent = () => list.recent(3).map(({ note, variable, answer }) => `${note.key} ${variable.id} ${answer.event === "skip" ? "skip" : answer.codes}`);
  assert.deepEqual(recent(), []); // of an earlier sitting
  list.decide(["k0"]);
  list.decide(["k1"]);
  list.skip();
  list.decide(["k2"]);
  assert.deepEqual(recent(), ["n2 a k2", "n1 b skip", "n1 a k1"]);
  list.amend("memo", "så", questions(list, "b", 0)[0]);
  list.flag();
  assert.deepEqual(recent()[0], "n2 a k2");
  list.undo();
  list.undo();
  list.undo();
  assert.deepEqual(recent(), ["n1 b skip", "n1 a k1", "n0 b k0"]);
});

test("a note is seen that has an answer or a draft, had one, or was on the card", () => {
  const list = begun({ n3: { a: given([], { event: "retract" }) } }, { n: 6 });
  assert.deepEqual(list.seen(), [3]);
  list.current();
  list.drafts.set("n5 b", { memo: "hm" });
  assert.deepEqual(list.seen(), [0, 3, 5]);
  list.decide(["k0"]);
  list.undo();
  assert.deepEqual(list.seen(), [0, 3, 5]);
});

test("elsewhere something is done, and the coder stays", () => {
  const list = begun();
  list.decide(["k0"]);
  list.goTo(list.notes[2], "b");
  assert.deepEqual(brief(list.inPlace(() => list.undo())), ["n0 a retract"]);
  assert.equal(place(list), "n2 b");
});

test("a number is taken as soon as no longer one is possible", () => {
  const states = (n, ...typed) => typed.map((digits) => numberTyped(digits, n));
  assert.deepEqual(states(60, "1", "10", "7", "60", "61", "0", "01", ""), ["open", "taken", "taken", "taken", "none", "none", "none", "none"]);
  assert.deepEqual(states(5000, "1", "10", "500", "501"), ["open", "open", "open", "taken"]);
});

test("what waits is counted among 5,000 notes without being looked for", () => {
  const list = begun(Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [`n${n}`, { a: unsure(), b: given("k1") }])), { n: 5000 });
  const begins = Date.now();
  for (let times = 0; times < 1000; times += 1) [list.queues(), list.count(), list.countSort("unsure")].at(-1);
  assert.ok(Date.now() - begins < 200);
  assert.equal(list.countSort("unsure"), 4000);
});
