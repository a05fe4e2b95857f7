// The last screen is worked out from a few numbers: whatever they are, it says nothing that they do not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { finishOf } from "../../../sekom_analysis/coding/js/looks/finish.js";

const BASE = { total: 6, done: 6, open: 0, begun: 0, skipped: 0, unsure: 0, changed: 0, older: 0, differing: 0, pass: 1, savesBegun: true, isSaved: true, isStuck: false, file: null };
const FILE = { n: 6, copied: 0, sent: 0, name: "svar.jsonl", forgets: false, keeps: true };

// Every combination of what can be so; the numbers of a file only where they can occur together.
function* states() {
  const files = [null];
  for (const n of [0, 1, 6]) {
    for (const copied of [0, 1, 6].filter((one) => one <= n)) {
      for (const sent of [0, 1, 6].filter((one) => one <= copied)) {
        for (const forgets of [false, true]) for (const keeps of [false, true]) files.push({ ...FILE, n, copied, sent, forgets, keeps });
      }
    }
  }
  for (const file of files) {
    for (const open of [0, 1, 9]) {
      for (const begun of [0, 2]) {
        for (const older of [0, 3]) {
          for (const skipped of [0, 1]) {
            for (const unsure of [0, 2]) {
              for (const changed of open ? [0, 1] : [0]) {
                for (const savesBegun of [true, false]) {
                  for (const pass of [0, 1, 2]) {
                    for (const [isSaved, isStuck] of [[true, false], [false, false], [false, true]]) {
                      yield { ...BASE, file, open, done: open ? 4 : 6, begun, older, skipped, unsure, changed, savesBegun, pass, isSaved, isStuck };
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

const text = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../../../sekom_analysis/basics/wordings/coding.yaml"), "utf8");
const known = new Set([...text.matchAll(/^(?:page)?card_(\w+):/gm)].map(([, key]) => key));
const rowOf = (shown, name) => shown.rows.find((row) => row.name === name);

test("whatever the numbers are, every word on the last screen is true", () => {
  let n = 0;
  for (const now of states()) {
    n += 1;
    const shown = finishOf(now);
    const { file } = now;
    const [lead] = shown.lead;
    const told = JSON.stringify([now, shown]);
    const is = (holds, what) => assert.ok(holds, `${what}: ${told}`);
    const said = [shown.title, shown.lead, ...shown.rows.flatMap((row) => [row.title, ...row.details])];
    for (const [key, values] of said) {
      is(known.has(key), `no wording for ${key}`);
      is(Object.values(values).every((value) => value !== undefined), "a gap is not filled");
    }
    // the title
    is(shown.title[0] === "finish_open" === now.open > 0, "title of what is open");
    is(!shown.title[0].startsWith("finish_pass") || (!now.open && !now.begun && !now.older), "all is done");
    // what is said to be saved is
    if (["finish_saved", "finish_saved_open", "finish_file_again", "finish_send", "finish_handed_in", "finish_older_lead", "finish_begun"].includes(lead)) is(now.isSaved && !now.isStuck, "saved");
    if (["finish_saved", "finish_file_again", "finish_send", "finish_handed_in", "finish_older_lead", "finish_nothing_new"].includes(lead)) is(!now.open && !now.begun, "all of it");
    if (lead === "finish_saved_open") is(!file || file.keeps, "going on another day");
    if (now.begun && now.isSaved) is(lead === "finish_begun", "what is begun is told");
    // the file
    if (file) {
      const unfiled = file.n - file.copied;
      is(rowOf(shown, "file").mark === "done" === (unfiled === 0), "the file's mark");
      is(rowOf(shown, "file").action === "download" === unfiled > 0, "the file can be had");
      if (rowOf(shown, "sent")) is(rowOf(shown, "sent").mark === "done" === (file.n > 0 && file.sent === file.n), "sent");
      if (lead === "finish_handed_in") is(file.sent === file.n && file.n > 0, "handed in");
      if (lead === "finish_send") is(!unfiled && file.sent < file.copied, "to send");
      if (lead === "finish_file_again") is(unfiled === shown.lead[1].n && file.copied > 0, "what is new");
      if (file.forgets && unfiled && now.isSaved && !now.begun) is(lead === "finish_forgets", "it forgets");
    } else {
      is(!rowOf(shown, "file") && !rowOf(shown, "sent"), "no file");
      if (lead === "finish_saved") is(!now.begun && !now.open, "the tab can be closed");
    }
    // one next step at most, and it is there
    is(shown.rows.filter(({ action }) => action && action === shown.main).length === (shown.main ? 1 : 0), "one main button");
    if (now.open && !now.isStuck) is(shown.main === "toFirstOpen", "go on");
    if (!shown.main) is(shown.step === "wait" || shown.step === "rest" || (shown.step === "begun" && !now.savesBegun), "nothing to do");
    if (shown.step === "rest") is(!now.open && !now.begun && !now.older && (!file || (file.copied === file.n && file.sent === file.copied)), "rest");
    // what one may look at
    for (const [kind, count] of shown.also) is(count === now[kind] && count > 0, kind);
    is(rowOf(shown, "answered").mark === "done" === (!now.open && !now.older), "answered");
  }
  assert.ok(n > 5000, `${n} states`);
});

test("the next step is one thing, in the order in which it is to be done", () => {
  const stepOf = (now) => finishOf({ ...BASE, ...now }).step;
  const file = { ...FILE, n: 6 };
  assert.equal(stepOf({ open: 1, begun: 1, older: 1, file }), "code");
  assert.equal(stepOf({ begun: 1, older: 1, file }), "begun");
  assert.equal(stepOf({ older: 1, file }), "older");
  assert.equal(stepOf({ file }), "file");
  assert.equal(stepOf({ file: { ...file, copied: 6 } }), "send");
  assert.equal(stepOf({ file: { ...file, copied: 6, sent: 6 } }), "rest");
  assert.equal(stepOf({ isSaved: false, isStuck: true, open: 3, file }), "file");
  assert.equal(stepOf({ isSaved: false, isStuck: true, open: 3 }), "wait");
});
