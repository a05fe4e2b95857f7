import assert from "node:assert/strict";
import { test } from "node:test";

import { found, leadsOf, placeOf } from "../../../sekom_analysis/coding/js/answering/typing.js";

const codes = ["Digital teknik", "Skola och digitalt", "Tid", "Trygghet", "Äldre (hemtjänst)", "Övrigt"].map((label, number) => ({ id: `k${number}`, label }));
const ids = (all) => all.map(({ id }) => id);

test("a code is found by the beginning of its label first, then of its words, else by what is in them", () => {
  assert.deepEqual(ids(found(codes, "di")), ["k0", "k1"]);
  assert.deepEqual(ids(found(codes, "hem")), ["k4"]);
  assert.deepEqual(ids(found(codes, "gghet")), ["k3"]);
  assert.deepEqual(ids(found(codes, "Ö")), ["k5"]);
  assert.deepEqual([found(codes, " "), found(codes, "xx")], [[], []]);
});

test("the beginning that stands at a code finds that code first", () => {
  const leads = leadsOf(codes);
  assert.deepEqual([...leads.keys()], ids(codes));
  for (const [id, lead] of leads) assert.equal(found(codes, lead)[0].id, id);
});

test("what was typed is marked where a word begins so, if it can", () => {
  assert.deepEqual(placeOf("Skola och digitalt", "di"), [10, 12]);
  assert.deepEqual(placeOf("Trygghet", "gg"), [3, 5]);
  assert.equal(placeOf("Tid", "x"), null);
});
