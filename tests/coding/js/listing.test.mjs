// The list of my notes: which key does what, what is found, what a row says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FLAG } from "../../../sekom_analysis/coding/js/answering/answers.js";
import { createWorklist } from "../../../sekom_analysis/coding/js/answering/worklist.js";
import { listActionOf } from "../../../sekom_analysis/coding/js/listing/keys.js";
import { fold } from "../../../sekom_analysis/coding/js/answering/typing.js";
import { codesLike, createRows, piecesOf } from "../../../sekom_analysis/coding/js/listing/rows.js";
import { digitsOf } from "../../../sekom_analysis/coding/js/listing/tray.js";
import { choices, dataOf, press, scale } from "./shapes.mjs";

const say = (key, values = {}) => [key, ...Object.values(values)].join(" ");
const given = (codes, more = {}) => ({ event: "decide", id: `e${codes}${Math.random()}`, codes: [codes].flat(), certainty: "", memo: "", older: false, ...more });
const all = { filter: "all", code: null, text: "" };

function rowsOf(answers, { variables = [choices("a", 3), choices("b", 3, "multiple")], n = 4, notes } = {}) {
  const data = dataOf(variables, n);
  (notes ?? []).forEach((text, number) => { data.notes[number].text = text; });
  const list = createWorklist(data);
  list.learn(answers, new Set());
  const rows = createRows(list, say);
  rows.refresh();
  const keys = (shown) => rows.shown({ ...all, ...shown }).map(({ note }) => note.key).join(" ");
  return { list, rows, keys };
}

test("digits answer, signs command, and every letter searches", () => {
  const named = (key, more) => (listActionOf(press(key, more)) ?? { name: null }).name;
  for (const letter of "abcåäösunmté") assert.equal(named(letter), "search", letter);
  assert.deepEqual(["1", "0", ".", "+", ">", "?", " ", "Delete", "Backspace", "Enter", "Escape"].map((key) => named(key)),
    ["digit", "digit", "unsure", "findCode", "number", "keys", "select", "clear", "undo", "open", "release"]);
  assert.deepEqual([named("a", { ctrlKey: true }), named("a", { metaKey: true }), named("z", { ctrlKey: true, shiftKey: true }), named("Backspace", { shiftKey: true })], ["all", "all", "redo", "redo"]);
  assert.deepEqual([named("c", { ctrlKey: true }), named("f", { altKey: true }), named("F5"), named("Tab")], [null, null, null, null]);
  assert.deepEqual(listActionOf(press("ArrowDown", { shiftKey: true })), { name: "move", by: 1, extends: true });
});

test("a digit is one also where it is typed with shift, and a sign is never one", () => {
  const of = (key, code, shiftKey = false) => listActionOf(press(key, { code, shiftKey })) ?? {};
  assert.deepEqual(of("&", "Digit1"), { name: "digit", value: "1" });
  assert.deepEqual(of("1", "Digit1", true), { name: "digit", value: "1" });
  assert.equal(of("é", "Digit2").value, "2");
  assert.equal(of("+", "Digit1", true).name, "findCode"); // Swiss
  assert.equal(of("!", "Digit1", true).name, undefined);
});

test("each code has the digit that it has on the card; on a scale a digit is the number; none fits is 0", () => {
  const variable = choices("a", 12);
  variable.codes = [{ id: "late", label: "Sen", place: 4 }, { id: "k0", label: "Kod 0", place: 0 }, { id: "none_fits", label: "Inget", place: 9 }, { id: "far", label: "Bort", place: 11 }];
  assert.deepEqual([...digitsOf(variable)], [["5", "late"], ["1", "k0"], ["0", "none_fits"], ["2", "far"]]);
  assert.deepEqual([...digitsOf(scale(-2, 11)).keys()].sort().join(""), "0123456789");
});

test("a code is found by the beginning of its label, of a word in it, by anything in it; a number by itself", () => {
  const variable = { ...choices("a", 0), codes: ["Samverkan", "Stöd, samordnat", "Försummat", "Annat"].map((label) => ({ id: label, label })) };
  assert.deepEqual(codesLike(variable, "SAM").map(({ id }) => id), ["Samverkan", "Stöd, samordnat"]);
  assert.deepEqual(codesLike(variable, "m").map(({ id }) => id), ["Samverkan", "Stöd, samordnat", "Försummat"]);
  assert.deepEqual(codesLike(scale(-3, 12), "\u22121").map(({ id }) => id), ["-1"]);
  assert.deepEqual(codesLike(scale(0, 12), "1").map(({ id }) => id), ["1", "10", "11", "12"]);
});

test("words are found in text and memo, all of them, whatever their case", () => {
  const { keys, rows } = rowsOf({ n0: { a: given("k0", { memo: "Zebra i Åre" }) }, n1: { a: given("k1") }, n2: { a: given("k1") } }, { notes: ["Kommunen styr", "kommunen är Öde", "annat"] });
  assert.deepEqual([keys({ text: "KOMMUNEN" }), keys({ text: "åre" }), keys({ text: "zebra kommunen" }), keys({ text: "are" }), keys({ text: "öde kom" })], ["n0 n1", "n0", "n0", "", "n1"]);
  assert.equal(rows.all.length, 3); // the fourth was not seen
});

test("what was searched for is marked where it stands", () => {
  const marked = (text, ...words) => piecesOf(text, words.map(fold)).map(([piece, isHit]) => (isHit ? `[${piece}]` : piece)).join("");
  assert.equal(marked("Äran åt kommunen, Kommunen", "kommun", "är"), "[Är]an åt [kommun]en, [Kommun]en");
  assert.equal(marked("ingenting"), "ingenting");
  assert.equal(marked("İ kommunen", "kommun"), "İ kommunen"); // folded it is longer: better no mark than a wrong one
});

test("a row tells what stands on its questions and what is marked", () => {
  const { list, rows, keys } = rowsOf({
    n0: { a: given("k0", { certainty: "1", memo: "så" }), b: given(["k0", "k2"]), [FLAG]: given("two_ideas") },
    n1: { a: given("k0", { older: true }), b: { ...given([]), event: "skip" } },
    n2: { a: given("k1", { event: "changed", hash: "old" }), b: given([]) },
    n3: { a: given("gone"), b: given("k1"), "proposal:a": given("a", { memo: "Ny kod\nord" }) },
  });
  const [first, second, third, fourth] = rows.all;
  assert.deepEqual([...first.cells.values()].map(({ text }) => text), ["Kod 0", "Kod 0, Kod 2"]);
  assert.deepEqual([[...first.marks], [...second.marks], [...third.marks], [...fourth.marks]], [["unsure", "memo", "flagged"], ["older", "skipped"], ["open", "changed"], ["proposed"]]);
  assert.deepEqual([second.cells.get("b").state, third.cells.get("a").text, third.cells.get("b").text], ["skipped", "list_cell_changed Kod 1", "confirm_none"]);
  assert.deepEqual([keys({ filter: "older" }), keys({ code: { variable: "b", id: "k2" } }), keys({ text: "ny kod" })], ["n1", "n0", "n3"]);
  assert.deepEqual([rows.count("all"), rows.count("unsure"), rows.count("a k0"), rows.count("a k2")], [4, 1, 2, 0]);
  list.setMany([{ note: list.notes[1], variable: list.variables.get("a") }], { codes: ["k2"] });
  list.drafts.set("n3 b", { codes: ["k0", "k1"] });
  rows.refresh();
  assert.deepEqual([keys({ filter: "older" }), rows.count("a k2"), rows.all[0]], ["", 1, first]); // what has not changed is not made anew
});

test("in a second pass what is not answered again is not there", () => {
  const list = createWorklist(dataOf([choices("a", 3)], 5, { pass: 2 }));
  list.learn({ n1: { a: given("k0") } }, new Set()); // a card is told of its own pass alone
  const rows = createRows(list, say);
  rows.refresh();
  assert.deepEqual(rows.all.map(({ number }) => number), [1]);
});
