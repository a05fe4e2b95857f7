// What is to be looked at again since the codebook changed: gone through one by one, and taken back as it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canHold, countedNow, toldOf, wordDiff } from "../../../sekom_analysis/coding/js/answering/again.js";
import { keysOf } from "../../../sekom_analysis/coding/js/answering/keys.js";
import { createWorklist } from "../../../sekom_analysis/coding/js/answering/worklist.js";
import { codingActions } from "../../../sekom_analysis/coding/js/coding/card.js";
import { choices, dataOf } from "./shapes.mjs";

const AGAIN = { why: "meaning", code: "k0", text: "t0" };
const given = (id, more = {}) => ({ event: "decide", id, codes: ["k0"], certainty: "2", memo: "så", older: false, hash: "", codebook: "v1", ...more });
const older = (id, more = {}) => given(id, { older: true, again: AGAIN, codebook: "v0", ...more });

function withAnswers(answers, { variables = [choices("a", 3), choices("b", 3)], n = 3, changes = [] } = {}) {
  const data = dataOf(variables, n, { answers, changes });
  const list = createWorklist(data);
  list.learn(answers, new Set());
  list.toFirstOpen();
  const saved = [];
  const actions = codingActions({ list, view: { cover() {}, takeWords: () => "" }, save: (events) => saved.push(...events), turned: (step) => list[step](), keepDraft() {}, tell() {} });
  return { data, list, actions, saved };
}

test("only what is to be looked at again is gone through, question by question", () => {
  const { list, actions, saved } = withAnswers({ n0: { a: given("x1"), b: older("x2") }, n1: { a: given("x3"), b: given("x4") }, n2: { a: older("x5"), b: older("x6") } });
  list.review("changes");
  actions.code("k1");
  assert.deepEqual(saved, []); // there is no question under the keys
  list.step(-1);
  list.step(1);
  list.leap(-1);
  actions.confirm();
  const met = [];
  for (let n = 0; n < 9 && !list.isFinished(); n += 1) {
    met.push(`${list.current().note.key} ${list.current().variable.id}`);
    actions.confirm();
  }
  assert.deepEqual(met, ["n0 b", "n2 a", "n2 b"]);
  assert.deepEqual(saved.map(({ event, codes, certainty, memo, codebook }) => [event, codes.join(), certainty, memo, codebook]), Array(3).fill(["decide", "k0", "2", "så", "v1"]));
  assert.deepEqual(list.again(), []);
});

test("what is undone is to be looked at again, under the version that it was given under", () => {
  const { list, actions, saved } = withAnswers({ n0: { a: older("x1") } }, { variables: [choices("a", 3)] });
  list.review("older");
  actions.confirm();
  assert.equal(list.countSort("older"), 0);
  const [event] = list.undo();
  assert.deepEqual([event.event, event.codebook, event.replaces], ["decide", "v0", saved[0].event_id]);
  assert.deepEqual(list.again(), [{ variable: "a", again: AGAIN }]);
  actions.code("k2");
  assert.deepEqual([saved.at(-1).codes, saved.at(-1).codebook, saved.at(-1).certainty], [["k2"], "v1", ""]);
  assert.deepEqual(list.again(), []);
});

test("a code that is gone, or was split, is not taken by Enter", () => {
  const split = { event: "retract", id: "x2", codes: [], certainty: "", memo: "", again: { why: "split", code: "old", text: "t" } };
  const { list, actions, saved } = withAnswers({ n0: { a: older("x1", { codes: ["gone"] }) }, n1: { a: split } }, { variables: [choices("a", 3)] });
  list.review("older");
  assert.equal(list.countSort("older"), 2);
  actions.confirm();
  assert.deepEqual([saved, canHold(list.current().answer, list.current().variable)], [[], false]);
  actions.code("k1");
  assert.equal(list.current().earlier.again.why, "split");
  actions.code("k1");
  assert.deepEqual([saved.length, list.isFinished(), list.countSort("older")], [2, true, 0]);
  assert.equal(list.undo()[0].event, "retract");
  assert.equal(list.countSort("older"), 1);
});

test("of several codes Enter says that all of them still hold", () => {
  const { list, actions, saved } = withAnswers({ n0: { a: older("x1", { codes: ["k0", "k2"] }) } }, { variables: [choices("a", 3, "multiple")] });
  list.review("older");
  actions.confirm();
  assert.deepEqual([saved[0].codes, saved[0].memo], [["k0", "k2"], "så"]);
});

test("each change is told once, with how many answers it touches for which reason", () => {
  const changes = [{ variable: "a", ...AGAIN, label: "Kod 0", parts: [] }, { variable: "a", ...AGAIN, code: "k2", label: "Kod 2", parts: [] }];
  const near = { ...AGAIN, why: "neighbour" };
  const { list } = withAnswers({ n0: { a: older("x1") }, n1: { a: older("x2", { again: near, codes: ["k1"] }) }, n2: { a: older("x3") } }, { variables: [choices("a", 3)], changes });
  assert.deepEqual(toldOf(list, changes).map(({ change, counts }) => [change.label, [...counts]]), [["Kod 0", [["meaning", 2], ["neighbour", 1]]]]);
});

test("an answer of a version that nobody knows is to be looked at again", () => {
  const variable = { ...choices("a", 3), earlier: { v0: { counts: { old: "k1", cut: null }, again: {}, rest: null } } };
  assert.deepEqual(countedNow({ codes: ["old", "k1"], codebook: "v0" }, variable), { codes: ["k1"], again: undefined });
  assert.equal(countedNow({ codes: ["cut"], codebook: "v0" }, variable).codes, null);
  assert.equal(countedNow({ codes: ["k0"], codebook: "v7" }, variable).again.why, "unreviewed");
  assert.deepEqual(countedNow({ codes: ["k0"], codebook: "v1" }, variable), { codes: ["k0"] });
});

test("two texts are held against each other word by word", () => {
  const of = (before, after) => wordDiff(before, after).map(([kind, text]) => `${kind[0]}:${text}`).join("|");
  assert.equal(of("inom samma kommun – ansvar, ledning.", "inom samma organisation – ansvar, ledning, styrning."), "k:inom samma|g: kommun|n: organisation|k: – ansvar, ledning|n:, styrning|k:.");
  assert.equal(of("", "Ny text"), "n:Ny text");
  assert.equal(of("Åtgärd i län", "åtgärd i län"), "g:Åtgärd|n:åtgärd|k: i län");
  for (const [one, other] of [["a b c", "c b a"], ["ett två  tre\nfyra", "två fem"], ["x", ""]]) {
    const pieces = wordDiff(one, other);
    const read = (gone) => pieces.filter(([kind]) => kind !== gone).map(([, text]) => text).join("").replace(/\s/g, "");
    assert.equal(read("new"), one.replace(/\s/g, ""));
    assert.equal(read("gone"), other.replace(/\s/g, ""));
  }
  assert.equal(wordDiff("ord ".repeat(500), "annat").length, 2); // a text of such length is replaced whole
});

test("a code keeps its key, and one that is gone leaves its own free while there are others", () => {
  const codes = (...places) => ({ ...choices("a", 0), codes: places.map((place) => ({ id: `c${place}`, label: "", place })) });
  assert.deepEqual([...keysOf(codes(2, 0, 4))], [["3", "c2"], ["1", "c0"], ["5", "c4"]]);
  const few = keysOf(codes(...Array.from({ length: 9 }, (_, number) => number + 2)));
  assert.deepEqual([few.size, few.get("1"), few.get("2"), few.get("3")], [9, "c9", "c10", "c2"]);
  const many = keysOf(codes(...Array.from({ length: 27 }, (_, number) => number + 2))); // the others are found by their labels
  assert.deepEqual([...many], Array.from({ length: 7 }, (_, number) => [String(number + 3), `c${number + 2}`]));
});
