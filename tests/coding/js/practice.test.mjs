// Notes to practise on come from the codebook's own examples.

import assert from "node:assert/strict";
import test from "node:test";

import { digitOf, found, practiceOf } from "../../../sekom_analysis/coding/js/page/practice.js";

const code = (id, more = {}) => ({ id, label: id.toUpperCase(), ...more });
const single = (...codes) => ({ id: "v", kind: "single", label: "V", question: "V?", version: "h1", codes, retired: {} });

test("two or three examples of different codes, or none at all", () => {
  const five = ["a", "b", "c", "d", "e"].map((id) => code(id, { example: `”Om ${id}”` }));
  const { notes } = practiceOf([single(...five)]);
  assert.deepEqual(notes.map(({ text, code: { id } }) => [text, id]), [["Om e", "e"], ["Om a", "a"], ["Om c", "c"]]);
  assert.deepEqual(practiceOf([single(...five.slice(0, 2))]).notes.map(({ code: { id } }) => id), ["b", "a"]);
  assert.equal(practiceOf([single(five[0], code("b"))]), null);
  assert.equal(practiceOf([single(code("a"), code("b"))]), null);
  const scale = { ...single(...five), kind: "scale" };
  assert.equal(practiceOf([scale]), null);
  assert.equal(practiceOf([scale, { ...single(...five), id: "w" }]).variable.id, "w");
});

test("digits go by place, letters by the beginning of a word", () => {
  assert.equal(digitOf(code("a", { place: 2 }), 0), "3");
  assert.equal(digitOf(code("a", { place: 9 }), 0), "");
  assert.equal(digitOf(code("none_fits"), 4), "0");
  const codes = [code("x", { label: "Tid och takt" }), code("y", { label: "Ömsesidig tillit" })];
  assert.deepEqual(found(codes, "ti").map(({ id }) => id), ["x", "y"]);
  assert.deepEqual(found(codes, "öm").map(({ id }) => id), ["y"]);
  assert.deepEqual(found(codes, "och ta").map(({ id }) => id), ["x"]);
  assert.equal(found(codes, "").length, 2);
});
