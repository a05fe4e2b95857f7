import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceOf, reasonOf } from "../../../sekom_analysis/coding/js/judging/choice.js";
import { judgingAction } from "../../../sekom_analysis/coding/js/judging/keys.js";
import { addedTo, remembered } from "../../../sekom_analysis/coding/js/judging/reasons.js";
import { keptOf, letterOf, markedIn, sideOf, sidesOf, toggledIn } from "../../../sekom_analysis/coding/js/judging/sides.js";
import { isAsBlind } from "../../../sekom_analysis/coding/js/judging/talk.js";
import { choices, press, scale } from "./shapes.mjs";

const read = (codes, more = {}) => ({ name: "x", label: "", codes, certainty: "", memo: "", skipped: false, words: [], ...more });
const noteOf = (...readings) => ({ key: "n", text: "", variables: ["v0"], readings });
const single = choices("v0", 5);
const several = choices("v0", 5, "multiple");

test("the most chosen code is first, those chosen alike in the codebook's order", () => {
  const note = noteOf(read(["k3"]), read(["k1"]), read(["k4"]), read(["k4"]));
  assert.deepEqual(sidesOf(note, single), [{ code: "k4", readers: [2, 3] }, { code: "k1", readers: [1] }, { code: "k3", readers: [0] }]);
});

test("who passed the question over is no side; none fits is one", () => {
  const note = noteOf(read([], { skipped: true }), read(["k1"]), read(["none_fits"]));
  assert.deepEqual(sidesOf(note, single).map(({ code }) => code), ["k1", "none_fits"]);
  assert.deepEqual([0, 1, 2, 3].map((place) => sideOf(note, single, place)), [null, ["k1"], ["none_fits"], null]);
  assert.deepEqual([0, 25, 26].map(letterOf), ["A", "Z", "27"]);
});

test("of several codes those that some but not all chose are in dispute, and those of all are kept", () => {
  const note = noteOf(read(["k0", "k1"]), read(["k0", "k2"]), read(["k0", "k1"]));
  assert.deepEqual(sidesOf(note, several).map(({ code }) => code), ["k1", "k2"]);
  assert.deepEqual(keptOf(note, several), ["k0"]);
  assert.deepEqual(toggledIn(["k0"], "k2", several), ["k0", "k2"]);
  assert.deepEqual(toggledIn(["k0", "k2"], "k2", several), ["k0"]);
  assert.deepEqual(toggledIn(["k0"], "none_fits", several), []);
  assert.deepEqual(sideOf(noteOf(read([])), several, 0), []);
});

test("words are marked with whose they are, also where they overlap and beyond the first plane", () => {
  const readings = [read([], { words: [[0, 3]] }), read([], { words: [[2, 5]] }), read([], { words: [[9, 99]] })];
  assert.deepEqual(markedIn("a😀cdefg", readings), [
    { text: "a😀", readers: [0] }, { text: "c", readers: [0, 1] }, { text: "de", readers: [1] }, { text: "fg", readers: [] },
  ]);
});

const cell = (variable) => ({ note: noteOf(read(["k1"]), read(["k2"])), variable, draft: {} });
const KEYS = [
  ["1", single, { name: "side", value: 0 }], ["0", single, { name: "other" }], ["a", single, { name: "sideWith", value: 0 }],
  ["b", single, { name: "sideWith", value: 1 }], ["c", single, null], ["/", single, { name: "leaveOpen" }], ["+", single, { name: "twoIdeas" }],
  [":", single, { name: "names" }], ["Enter", single, { name: "confirm" }], ["Backspace", single, { name: "undo" }], ["?", single, { name: "keys" }],
  ["7", scale(0, 10), { name: "digit", value: "7" }], ["-", scale(0, 10), { name: "digit", value: "-" }], ["-", scale(-3, 3), { name: "digit", value: "-" }], ["b", scale(0, 10), { name: "sideWith", value: 1 }],
  ["s", single, null], ["u", single, null], ["t", single, null],
];
for (const [key, variable, action] of KEYS) {
  test(`${key} on a ${variable.kind} is ${action ? JSON.stringify(action) : "nothing"}`, () => {
    const code = key === "-" ? "Slash" : undefined;
    assert.deepEqual(judgingAction(press(key, { code }), cell(variable)), action);
  });
}

test("shift with Backspace is redo, and on the last screen digits and letters are nothing", () => {
  assert.deepEqual(judgingAction(press("Backspace", { shiftKey: true }), null), { name: "redo" });
  assert.equal(judgingAction(press("1"), null), null);
  assert.equal(judgingAction(press("a"), null), null);
  assert.deepEqual(judgingAction(press("&", { code: "Digit1" }), cell(single)), { name: "side", value: 0 }); // a French keyboard
});

test("reasons are remembered, the latest first, five at most, each once", () => {
  const all = ["a", "b", "c", "d", "e", "f", "b"].reduce(remembered, []);
  assert.deepEqual(all, ["b", "f", "e", "d", "c"]);
  assert.deepEqual(remembered(all, "  "), all);
  assert.equal(addedTo("ett", "två."), "ett. två.");
  assert.equal(addedTo("ett.\n", "två."), "ett. två.");
  assert.equal(addedTo("ett två.", "två."), "ett två.");
});

test("another choice asks for another reason", () => {
  const answer = { event: "decide", codes: ["k1"], certainty: "", memo: "därför" };
  assert.equal(reasonOf(answer, {}), "därför");
  assert.equal(reasonOf(answer, { event: "decide", codes: ["k2"] }), "");
  assert.deepEqual(choiceOf(answer, { event: "skip" }), { event: "skip", codes: [] });
});

test("in a meeting the speaker's own blind answer is the first, in whatever order its codes are", () => {
  const note = { ...noteOf(read(["k1", "k2"]), read(["k3"])), variables: ["v0:anna", "v0:bo"] };
  const of = (id) => ({ note, variable: { ...several, id }, draft: {} });
  assert.equal(isAsBlind(of("v0:anna"), ["k2", "k1"]), true);
  assert.equal(isAsBlind(of("v0:anna"), ["k1"]), false);
  assert.equal(isAsBlind(of("v0:bo"), ["k3"]), true);
});
