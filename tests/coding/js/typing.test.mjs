import assert from "node:assert/strict";
import { test } from "node:test";

import { found, leadsOf, placesOf } from "../../../sekom_analysis/coding/js/answering/typing.js";

const codes = ["Digital teknik", "Skola och digitalt", "Tid", "Trygghet", "Äldre (hemtjänst)", "Övrigt"].map((label, number) => ({ id: `k${number}`, label }));
const ids = (all) => all.map(({ id }) => id);

test("a code is found by the beginning of its label first, then of its words, else by what is in them", () => {
  assert.deepEqual(ids(found(codes, "di")), ["k0", "k1"]);
  assert.deepEqual(ids(found(codes, "hem")), ["k4"]);
  assert.deepEqual(ids(found(codes, "gghet")), ["k3"]);
  assert.deepEqual(ids(found(codes, "Ö")), ["k5"]);
  assert.deepEqual([found(codes, " "), found(codes, "xx")], [[], []]);
});

test("a whole word comes before a longer one, and a definition is asked only where no label has it", () => {
  const defined = [{ id: "a", label: "Tidning", definition: "Sådant man läser." }, { id: "b", label: "Tid och plats", include: "Läsår." }, { id: "c", label: "Läsning" }];
  assert.deepEqual(ids(found(defined, "tid")), ["b", "a"]);
  assert.deepEqual(ids(found(defined, "läs")), ["c"]);
  assert.deepEqual(ids(found(defined, "läså")), ["b"]);
  assert.deepEqual(ids(found(defined, "man läs")), ["a"]);
});

test("the beginning that stands at a code finds that code first", () => {
  const leads = leadsOf(codes);
  assert.deepEqual([...leads.keys()], ids(codes));
  for (const [id, lead] of leads) assert.equal(found(codes, lead)[0].id, id);
});

test("what was typed is marked where a word begins so, if it can", () => {
  assert.deepEqual(placesOf("Skola och digitalt", "di"), [[10, 12]]);
  assert.deepEqual(placesOf("Trygghet", "gg"), [[3, 5]]);
  assert.deepEqual(placesOf("Skola och digitalt", "sk di"), [[0, 2], [10, 12]]);
  assert.deepEqual(placesOf("Äldre", "aldre"), [[0, 5]]);
  assert.deepEqual(placesOf("Tid", "x"), []);
});
