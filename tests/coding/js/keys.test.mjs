import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, COMMANDS, keysOf, NONE_FITS } from "../../../sekom_analysis/coding/js/answering/keys.js";
import { choices, press, scale } from "./shapes.mjs";

const asked = (key, variable, more) => actionOf(press(key, more), variable, COMMANDS);

test("codes have 1–9, then the letters that no command has; none fits has 0", () => {
  const many = choices("v", 12);
  many.codes.push({ id: NONE_FITS, label: "Ingen" });
  const keys = keysOf(many);
  assert.deepEqual([...keys.keys()], ["1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "0"]);
  assert.equal(keys.get("0"), NONE_FITS);
  assert.deepEqual([...keysOf(choices("v", 60)).keys()].filter((key) => key in COMMANDS), []);
});

test("a number on a scale is typed as it is", () => {
  assert.deepEqual([...keysOf(scale(-1, 1)).keys()], ["-1", "0", "1"]);
  assert.deepEqual(asked("7", scale(0, 10)), { name: "number", value: "7" });
});

test("a digit goes by its place, so that a French keyboard needs no shift", () => {
  assert.deepEqual(asked("&", choices("v", 3), { code: "Digit1" }), { name: "code", value: "k0" });
  assert.deepEqual(asked("-", scale(1, 7), { code: "Digit6" }), { name: "number", value: "6" });
  assert.deepEqual(asked("-", scale(-3, 3), { code: "Digit6" }), { name: "number", value: "-" });
});

test("the numpad goes by what it types: without NumLock it moves about", () => {
  assert.deepEqual(asked("ArrowLeft", choices("v", 9), { code: "Numpad4" }), { name: "back" });
  assert.deepEqual(asked("4", choices("v", 9), { code: "Numpad4" }), { name: "code", value: "k3" });
  assert.equal(asked("Home", choices("v", 9), { code: "Numpad7" }), null);
});

test("a minus sign of either kind is one", () => {
  for (const sign of ["-", "\u2212"]) assert.deepEqual(asked(sign, scale(-3, 3), { code: "Slash" }), { name: "number", value: "-" });
});

test("shift with 1–3 is how sure one is, with arrows a whole note", () => {
  assert.deepEqual(asked("!", choices("v", 3), { code: "Digit1", shiftKey: true }), { name: "certainty", value: "1" });
  assert.deepEqual(asked("!", scale(0, 10), { code: "Digit1", shiftKey: true }), { name: "certainty", value: "1" });
  assert.deepEqual(asked("ArrowRight", choices("v", 3), { shiftKey: true }), { name: "noteForward" });
  assert.equal(asked("U", choices("v", 3), { code: "KeyU", shiftKey: true }), null);
});

test("with Ctrl or ⌘ only what every program has is the card's", () => {
  for (const held of ["ctrlKey", "metaKey"]) {
    assert.deepEqual(asked("z", null, { [held]: true }), { name: "undo" });
    assert.deepEqual(asked("Z", null, { [held]: true, shiftKey: true }), { name: "redo" });
    assert.deepEqual(asked("s", null, { [held]: true }), { name: "nothing" });
    assert.equal(asked("1", choices("v", 3), { [held]: true }), null);
  }
  assert.equal(asked("1", choices("v", 3), { altKey: true }), null);
});
