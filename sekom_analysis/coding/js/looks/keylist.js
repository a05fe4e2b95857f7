// All keys of a card, each with what it does.

import { keycap, make } from "./elements.js";

/** @import { Say } from "../types" */

const SPACED = new Set(["1–9", "A–Ö"]);

/** @param {string} keys @param {Say} say */
function caps(keys, say) {
  const named = keys === "Space" ? [say("key_space")] : SPACED.has(keys) ? [keys] : keys.split(" ");
  return named.map(keycap);
}

/** @param {string[]} keys @param {Say} say */
export function keysShown(keys, say) {
  return make("dl", "sk-keys", ...keys.map((one) => make("div", "", make("dt", "", ...caps(one, say)), make("dd", "", say(`does ${one}`)))));
}
