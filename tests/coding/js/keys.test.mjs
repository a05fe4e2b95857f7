import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf, COMMANDS, keysOf, NONE_FITS } from "../../../sekom_analysis/coding/js/answering/keys.js";
import { choices, press, scale } from "./shapes.mjs";

const asked = (key, variable, more) => actionOf(press(key, more), variable, COMMANDS);

test("the first codes have 1–9, none fits has 0, and no letter is a code's key or a command", () => {
  const many = choices("v", 12);
  many.codes.push({ id: NONE_FITS, label: "Ingen" });
  const keys = keysOf(many);
  assert.deepEqual([...keys.keys()], ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]);
  assert.equal(keys.get("0"), NONE_FITS);
  assert.deepEqual([...keysOf(choices("v", 60)).keys()].filter((key) => key in COMMANDS), []);
  assert.deepEqual(Object.keys(COMMANDS).filter((key) => /^\p{L}$/u.test(key)), []);
  for (const letter of "aåzÖé") assert.deepEqual(asked(letter, many), { name: "letter", value: letter });
});

test("a number on a scale is typed as it is", () => {
  assert.deepEqual([...keysOf(scale(-1, 1)).keys()], ["-1", "0", "1"]);
  assert.deepEqual(asked("7", scale(0, 10)), { name: "digit", value: "7" });
});

test("a digit goes by its place, so that a French keyboard needs no shift", () => {
  assert.deepEqual(asked("&", choices("v", 3), { code: "Digit1" }), { name: "code", value: "k0" });
  assert.deepEqual(asked("-", scale(1, 7), { code: "Digit6" }), { name: "digit", value: "6" });
  assert.deepEqual(asked("-", scale(-3, 3), { code: "Digit6" }), { name: "digit", value: "-" });
});

test("the numpad goes by what it types: without NumLock it moves about", () => {
  assert.deepEqual(asked("ArrowLeft", choices("v", 9), { code: "Numpad4" }), { name: "back" });
  assert.deepEqual(asked("4", choices("v", 9), { code: "Numpad4" }), { name: "code", value: "k3" });
  assert.deepEqual(asked("End", choices("v", 9), { code: "Numpad1" }), { name: "toFirstOpen" });
  assert.equal(asked("Home", choices("v", 9), { code: "Numpad7" }), null);
});

test("a minus sign of either kind is one", () => {
  for (const sign of ["-", "\u2212"]) assert.deepEqual(asked(sign, scale(-3, 3), { code: "Slash" }), { name: "digit", value: "-" });
});

test("shift with 1–3 is how sure one is, with arrows a whole note", () => {
  assert.deepEqual(asked("!", choices("v", 3), { code: "Digit1", shiftKey: true }), { name: "certainty", value: "1" });
  assert.deepEqual(asked("!", scale(0, 10), { code: "Digit1", shiftKey: true }), { name: "certainty", value: "1" });
  assert.deepEqual(asked("ArrowRight", choices("v", 3), { shiftKey: true }), { name: "noteForward" });
  assert.deepEqual(asked("Backspace", choices("v", 3), { shiftKey: true }), { name: "redo" });
  assert.deepEqual(asked("U", choices("v", 3), { code: "KeyU", shiftKey: true }), { name: "letter", value: "U" });
  assert.equal(asked("U", scale(0, 10), { code: "KeyU", shiftKey: true }), null);
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
