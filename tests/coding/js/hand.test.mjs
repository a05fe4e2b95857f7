import assert from "node:assert/strict";
import { test } from "node:test";

import { numberIn } from "../../../sekom_analysis/coding/js/answering/answers.js";
import { createHand } from "../../../sekom_analysis/coding/js/answering/hand.js";
import { COMMANDS } from "../../../sekom_analysis/coding/js/answering/keys.js";
import { BURST, choices, createTime, PAUSE, press, scale } from "./shapes.mjs";

// A hand over one question, which stands however often it is answered.
function over(variable, more = {}) {
  const time = createTime();
  const acts = [];
  const list = { isFinished: () => false, current: () => ({ note: { key: "n0" }, variable }), cellOf: (note, name) => `${note.key} ${name}` };
  const act = (name, value) => { acts.push(value === undefined ? name : `${name} ${value}`); };
  const hand = createHand({ list, act, commands: COMMANDS, onChange() {}, wait: time.wait, ...more });
  const type = (...keys) => keys.forEach((key) => (typeof key === "number" ? time.pass(key) : hand.press(press(key, { at: time.now() }))));
  return { hand, acts, time, type };
}

test("on 0–10 a 1 waits for what may follow, and is shown meanwhile", () => {
  const { hand, acts, type } = over(scale(0, 10));
  type("1");
  assert.deepEqual([hand.text, acts], ["1", []]);
  type(PAUSE - 1);
  assert.deepEqual(acts, []);
  type(1);
  assert.deepEqual([hand.text, acts], ["", ["code 1"]]);
});

const CASES = [
  [0, 10, ["7"], ["code 7"]],
  [0, 10, ["1", "0"], ["code 10"]],
  [0, 10, ["1", "5"], ["code 1", "code 5"]],
  [0, 10, ["1", PAUSE, "0"], ["code 1", "code 0"]],
  [0, 10, ["1", "Enter"], ["code 1"]],
  [0, 10, ["1", "/"], ["skip"]],
  [0, 10, ["1", "Backspace"], []],
  [0, 10, ["1", "ArrowRight"], ["pick 1", "forward"]],
  [0, 10, ["1", "+"], ["flag", "code 1"]],
  [0, 10, ["1", "s"], ["code 1"]],
  [1, 5, ["8", "3"], ["code 3"]],
  [-3, 3, ["-", "2", "0", "\u2212", "3"], ["code -2", "code 0", "code -3"]],
  [-3, 3, ["-", PAUSE, "2"], ["code 2"]],
  [-3, 3, ["-", "7", "2"], ["code 2"]],
  [-10, 10, ["-", "1", "0", "-", "1", PAUSE], ["code -10", "code -1"]],
  [0, 100, ["1", "0", "Backspace", "Backspace", PAUSE], []],
  [0, 100, ["1", "0", "0"], ["code 100"]],
];
for (const [low, high, keys, expected] of CASES) {
  test(`on ${low} to ${high}, ${keys.join(" ")} is ${expected.join(", ") || "nothing"}`, () => {
    const { acts, type } = over(scale(low, high));
    type(...keys);
    assert.deepEqual(acts, expected);
  });
}

test("a number that the scale lacks is refused by name", () => {
  const { hand, type } = over(scale(-3, 3));
  type("-", "7");
  assert.deepEqual(hand.told, { key: "refuse_number", values: { number: "\u22127", low: "\u22123", high: "3" } });
});

test("letters find a code, Enter takes it, and no letter commands", () => {
  const { hand, acts, type } = over(choices("v", 12));
  type("k", "o", "d");
  assert.deepEqual([hand.letters, hand.active, acts], ["kod", "k0", []]);
  type("ArrowUp", "Enter");
  assert.deepEqual([hand.letters, hand.active, acts], ["", "", ["code k11"]]);
  type(..."abcdefghijklmnopqrstuvwxyzåäö");
  assert.deepEqual(acts, ["code k11"]);
});

test("letters that find nothing stay as they were typed, light no code and are no answer", () => {
  const { hand, acts, type } = over(choices("v", 12));
  type("k", "x");
  assert.deepEqual([hand.letters, hand.active, hand.told], ["kx", "", { key: "no_hit", values: { letters: "kx" } }]);
  type("o", "d", "Enter"); // "kod" would be left if x had gone
  assert.deepEqual([hand.letters, hand.active, acts], ["kxod", "", []]);
  type("Escape", "Enter");
  assert.deepEqual([hand.letters, hand.active, acts], ["", "", ["confirm"]]);
  type("x", "ArrowDown");
  assert.deepEqual([hand.letters, hand.active], ["", "k0"]);
});

test("a letter taken back undoes no answer, and a digit or command forgets the letters", () => {
  const { hand, acts, type } = over(choices("v", 12));
  type("k", "o", "Backspace", "Backspace");
  assert.deepEqual([hand.letters, hand.active, acts], ["", "", []]);
  type("Backspace");
  assert.deepEqual([hand.told.key, acts], ["letters_gone", []]);
  type("k", "2", "k", "/", "Enter");
  assert.deepEqual([hand.letters, acts], ["", ["code k1", "skip", "confirm"]]);
});

test("a digit that stands in a label goes on with it and is no answer", () => {
  const { hand, acts, type } = over(choices("v", 12));
  type(..."kod 10");
  assert.deepEqual([hand.letters, hand.active, acts], ["kod 10", "k10", []]);
  type("Enter", "k", "1");
  assert.deepEqual([hand.letters, acts], ["", ["code k10", "code k0"]]);
});

test("a held key does nothing more", () => {
  const { hand, acts } = over(choices("v", 3));
  hand.press(press("1"));
  hand.press(press("1", { repeat: true }));
  assert.deepEqual(acts, ["code k0"]);
});

test("keys in one burst with prose do nothing and say why", () => {
  const { hand, acts, type } = over(choices("v", 3));
  hand.leaveProse({ timeStamp: 0 });
  type(BURST - 1, "1");
  assert.deepEqual([acts, hand.told.key], [[], "same_burst"]);
  type(BURST - 1, "2", BURST, "3");
  assert.deepEqual(acts, ["code k2"]);
});

test("backspace undoes only where it says so", () => {
  const hidden = over(choices("v", 3), { shows: () => false });
  assert.equal(hidden.hand.press(press("Backspace")), false);
  assert.deepEqual(hidden.acts, []);
  const shown = over(choices("v", 3));
  shown.type("Backspace");
  assert.deepEqual(shown.acts, ["undo"]);
});

test("a click takes the number first, but another answer takes its place", () => {
  const moved = over(scale(0, 10));
  moved.type("1");
  moved.hand.click("forward");
  assert.deepEqual(moved.acts, ["pick 1", "forward"]);
  const other = over(scale(0, 10));
  other.type("1");
  other.hand.click("code", "4");
  assert.deepEqual(other.acts, ["code 4"]);
});

test("the second click of two is not for what has come up under it", () => {
  const { hand, acts } = over(choices("v", 3));
  hand.click("code", "k0", 1);
  hand.click("code", "k1", 2);
  assert.deepEqual([acts, hand.told.key], [["code k0"], "second_click"]);
});

test("what is half typed when the page goes is taken", () => {
  const { hand, acts, type, time } = over(scale(0, 10));
  type("1");
  hand.settle();
  time.pass(PAUSE);
  assert.deepEqual(acts, ["code 1"]);
});

test("a number is read as people write it", () => {
  const read = ["7", " +7 ", "\u22123", "\u20133", "03", "11", "3.5", "", "1e1"].map((text) => numberIn(text, scale(-3, 10)));
  assert.deepEqual(read, ["7", "7", "-3", "-3", "3", "", "", "", ""]);
});
