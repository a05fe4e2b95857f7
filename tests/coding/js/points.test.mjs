// Where the labels of a scale's points stand below its numbers.

import assert from "node:assert/strict";
import test from "node:test";

import { placesOf } from "../../../sekom_analysis/coding/js/looks/points.js";

test("two ends share the row", () => {
  assert.deepEqual(placesOf([0, 4], 5), [[0, 5], [5, 10]]);
});

test("a middle label is centred under its own number", () => {
  for (const [named, n] of [[[0, 3, 6], 7], [[0, 1, 6], 7], [[0, 1, 2, 3, 4], 5], [[0, 5, 8, 10], 11]]) {
    const places = placesOf(named, n);
    named.slice(1, -1).forEach((at, nth) => assert.equal((places[nth + 1][0] + places[nth + 1][1]) / 2, 2 * at + 1));
  }
});

test("no label stands on another, and each takes at least a number's width", () => {
  for (let n = 2; n <= 8; n += 1) {
    for (let chosen = 0; chosen < 2 ** (n - 2); chosen += 1) {
      const named = [0, ...Array.from({ length: n - 2 }, (_, at) => at + 1).filter((at) => chosen & (1 << (at - 1))), n - 1];
      const places = placesOf(named, n);
      assert.equal(places.length, named.length);
      assert.equal(places[0][0], 0);
      assert.equal(places.at(-1)[1], 2 * n);
      places.forEach(([from, to], nth) => {
        assert.ok(to - from >= 2, `${named} ${n}`);
        assert.ok(nth === 0 || from >= places[nth - 1][1]);
      });
    }
  }
});
