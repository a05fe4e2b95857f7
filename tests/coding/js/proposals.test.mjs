import assert from "node:assert/strict";
import { test } from "node:test";

import { lengthOf, LONGEST_MEMO, LONGEST_NAME, memoOf, PROPOSAL, proposalIn } from "../../../sekom_analysis/coding/js/answering/answers.js";
import { actionOf, COMMANDS } from "../../../sekom_analysis/coding/js/answering/keys.js";
import { createWorklist } from "../../../sekom_analysis/coding/js/answering/worklist.js";
import { standing } from "../../../sekom_analysis/coding/js/saving/progressfile.js";
import { choices, dataOf, scale } from "./shapes.mjs";

const brief = (events) => events.map(({ note, variable, event, codes, memo }) => [note, variable, event, ...codes, memo].join(" ").trim());

function begun(variables = [choices("v0", 3), choices("v1", 3)], n = 2, answers = {}) {
  const list = createWorklist(dataOf(variables, n));
  list.learn(answers, new Set());
  list.toFirstOpen();
  return list;
}

test("a proposal is beside the answers, one for each question, and takes none of their places", () => {
  const list = begun();
  const here = list.current();
  assert.deepEqual(brief(list.propose(here, "Tid")), [`n0 ${PROPOSAL}v0 decide v0 Tid`]);
  assert.deepEqual(brief(list.propose(here, "Tid")), []);
  assert.deepEqual([list.proposed(here), list.count().open, list.count().done], ["Tid", 4, 0]);
  list.decide(["k1"]);
  assert.equal(list.proposed(list.current()), "");
  assert.deepEqual(brief(list.propose(here, "")), [`n0 ${PROPOSAL}v0 retract`]);
  assert.deepEqual(brief(list.propose(here, "")), []);
});

test("it is undone and redone, and the card goes to its question", () => {
  const list = begun();
  list.decide(["k1"]);
  const [given] = list.propose(list.current(), "Tid");
  list.decide(["k0"]);
  list.undo();
  const [back] = list.undo();
  assert.deepEqual([back.event, back.replaces, list.current().variable.id], ["retract", given.event_id, "v1"]);
  const [again] = list.redo();
  assert.deepEqual([again.memo, list.current().variable.id, list.proposed(list.current())], ["Tid", "v1", "Tid"]);
});

test("one that is begun outlives an answer, and is saved with what was begun", () => {
  const list = begun([choices("v0", 3)], 1);
  const here = list.current();
  list.draftMore({ proposing: { name: " Tid  för  vila ", words: " när \n" } }, here);
  list.decide(["k1"]);
  assert.deepEqual(list.begun().map(({ codes, memo, proposal }) => [codes, memo, proposal]), [[false, false, true]]);
  assert.equal(list.count().begun, 1);
  assert.deepEqual(brief(list.saveBegun()), [`n0 ${PROPOSAL}v0 decide v0 Tid för vila\nnär`]);
  assert.deepEqual([list.begun(), list.drafts.size], [[], 0]);
});

test("one without a name, or with one that is too long, waits, and holds up no memo", () => {
  for (const [name, key] of [["", "propose_nameless"], ["x".repeat(LONGEST_NAME + 1), "propose_long"]]) {
    const list = begun([choices("v0", 3)], 1);
    list.draftMore({ proposing: { name, words: "ord" }, memo: "Varför" }, list.current());
    assert.deepEqual(brief(list.saveBegun()), ["n0 v0 skip Varför"]);
    const [left] = list.begun();
    assert.deepEqual([left.memo, left.proposal, list.faultOf(left).key], [false, true, key]);
  }
  const list = begun();
  assert.equal(list.faultOfProposal({ name: "👩".repeat(LONGEST_NAME), words: "" }), null);
  assert.equal(list.faultOfProposal({ name: "x", words: "y".repeat(LONGEST_MEMO) }).key, "too_long");
});

test("what is written reads back", () => {
  for (const proposal of [{ name: "Tid", words: "" }, { name: "Tid", words: "en\ntvå" }]) assert.deepEqual(proposalIn(memoOf(proposal)), proposal);
  assert.equal(lengthOf(memoOf({ name: " a\tb ", words: "\n" })), 3);
});

test("what was refused can be given again at its question", () => {
  const list = begun();
  const [event] = list.propose(list.current(), "Tid\nord");
  list.decide(["k1"]);
  list.forget(event, { proposing: proposalIn(event.memo) });
  assert.equal(list.current().variable.id, "v0");
  assert.deepEqual([list.proposed(list.current()), list.current().draft.proposing], ["", { name: "Tid", words: "ord" }]);
});

test("one about a text that has been replaced is gone", () => {
  const said = { event: "changed", id: "e1", codes: ["v0"], certainty: "", memo: "Tid", older: false };
  const list = begun(undefined, 1, { n0: { [`${PROPOSAL}v0`]: said } });
  assert.equal(list.proposed(list.current()), "");
  assert.equal(list.current().earlier, undefined);
});

test("a page knows its proposals again", () => {
  const data = { ...dataOf([choices("v0", 3)], 1), floor: "2026-01-01T00:00:00.000000Z" };
  const list = createWorklist(data);
  const at = "2026-01-02T00:00:00.000000Z";
  const events = list.propose({ note: data.notes[0], variable: data.variables[0] }, "Tid").map((event) => ({ ...event, at }));
  assert.equal(standing(data, events).n0[`${PROPOSAL}v0`].memo, "Tid");
});

test("a star proposes and a slash skips, wherever a keyboard has them, whatever codes and numbers there are", () => {
  const press = (key, code, shiftKey) => ({ key, code, shiftKey, ctrlKey: false, metaKey: false, altKey: false });
  for (const variable of [choices("v0", 40), scale(-5, 5), null]) {
    for (const [code, shift] of [["Backslash", true], ["Digit8", true], ["NumpadMultiply", false]]) {
      assert.deepEqual(actionOf(press("*", code, shift), variable, COMMANDS), { name: "propose" });
    }
    for (const [code, shift] of [["Slash", false], ["Digit7", true], ["NumpadDivide", false]]) {
      assert.deepEqual(actionOf(press("/", code, shift), variable, COMMANDS), { name: "skip" });
    }
  }
});
