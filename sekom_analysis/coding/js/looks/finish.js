// What the last screen says, worked out from a few numbers and nothing else, so that it cannot contradict itself. Pure.

/** @import { FinishAction, FinishNumbers, FinishRow, FinishShown, Said } from "../types" */

// What a coder is to do next; the one main button does it.
/** @param {FinishNumbers} now @returns {FinishShown["step"]} */
function stepOf({ open, begun, older, isStuck, file }) {
  const unfiled = file ? file.n - file.copied : 0;
  if (isStuck) return file && unfiled ? "file" : "wait";
  if (open) return "code";
  if (begun) return "begun";
  if (older) return "older";
  if (!file) return "rest";
  if (unfiled) return "file";
  return file.sent < file.copied ? "send" : "rest";
}

/** @param {FinishNumbers} now @returns {Said} */
function titleOf({ open, begun, older, pass }) {
  if (open) return ["finish_open", { n: open }];
  if (begun) return ["begun", { n: begun }];
  return older ? ["finish_older", { n: older }] : [`finish_pass_${pass}`, {}];
}

/** @param {FinishNumbers} now @param {FinishShown["step"]} step @returns {Said} */
function leadOf({ open, begun, isSaved, isStuck, file }, step) {
  if (!isSaved || isStuck) return ["finish_waiting", {}];
  if (begun) return ["finish_begun", {}];
  if (!file) return [open ? "finish_saved_open" : "finish_saved", {}];
  const unfiled = file.n - file.copied;
  if (unfiled && file.forgets) return ["finish_forgets", {}];
  if (open) return [file.keeps ? "finish_saved_open" : "finish_in_file", {}];
  if (step === "older") return ["finish_older_lead", {}];
  if (step === "file") return file.copied ? ["finish_file_again", { n: unfiled }] : ["finish_saved", {}];
  if (step === "send") return ["finish_send", {}];
  return [file.n ? "finish_handed_in" : "finish_nothing_new", {}];
}

/** @param {FinishNumbers} now @returns {FinishRow} */
function answeredRow({ total, done, open, skipped, older }) {
  /** @type {Said[]} */
  const details = [];
  if (skipped) details.push(["finish_row_skipped", { n: skipped }]);
  if (older) details.push(["finish_row_older", { n: older }]);
  return {
    name: "answered", mark: open ? "open" : older ? "wait" : "done", details,
    title: open ? ["finish_row_some", { n: done, all: total }] : ["finish_row_all", { n: total }],
    action: open ? "toFirstOpen" : older ? "older" : null,
  };
}

/** @param {NonNullable<FinishNumbers["file"]>} file @returns {FinishRow[]} */
function fileRows({ n, copied, sent, name }) {
  if (!n) return [{ name: "file", mark: "done", title: ["finish_row_nothing", {}], details: [], action: null }];
  const unfiled = n - copied;
  const isSent = !unfiled && sent >= copied;
  return [
    {
      name: "file", mark: !unfiled ? "done" : copied ? "wait" : "open", details: [["finish_row_file", { file: name }]],
      title: !unfiled ? ["finish_row_in_file", {}] : copied ? ["finish_row_newer", { n: unfiled }] : ["finish_row_no_file", {}],
      action: unfiled ? "download" : null,
    },
    {
      name: "sent", mark: isSent ? "done" : "open", details: [[isSent ? "finish_row_said" : "finish_row_how", {}]],
      title: [isSent ? "finish_row_sent" : sent ? "finish_row_sent_before" : "finish_row_not_sent", {}],
      action: sent < copied ? "sent" : null, // that file may be on its way, whatever is new since
    },
  ];
}

/** @type {Record<FinishShown["step"], FinishAction | null>} */
const ACTIONS = { code: "toFirstOpen", begun: "saveBegun", older: "older", file: "download", send: "sent", wait: null, rest: null };

/** @param {FinishNumbers} now @returns {FinishShown} */
export function finishOf(now) {
  const step = stepOf(now);
  /** @type {FinishRow[]} */
  const begun = now.begun ? [{ name: "begun", mark: "wait", title: ["begun", { n: now.begun }], details: [], action: now.savesBegun ? "saveBegun" : null }] : [];
  const rows = [answeredRow(now), ...begun, ...(now.file ? fileRows(now.file) : [])];
  const main = ACTIONS[step];
  /** @type {FinishShown["also"]} */
  const also = [];
  for (const kind of /** @type {const} */ (["skipped", "unsure", "changed", "differing"])) if (now[kind]) also.push([kind, now[kind]]);
  if (now.older && main !== "older" && now.open) also.push(["older", now.older]);
  return { step, title: titleOf(now), lead: leadOf(now, step), rows, main: rows.some(({ action }) => action === main) ? main : null, also };
}
