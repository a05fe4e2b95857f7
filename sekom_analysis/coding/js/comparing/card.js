// The review card: what its keys and buttons do. "Same" waits for the text that stands and a reason, since it
// merges; the other judgements are saved at once. The judgement is the answer in the list, the reason its memo.

import { lengthOf, LONGEST_MEMO } from "../answering/answers.js";
import { COMMANDS } from "../answering/keys.js";
import { createAnyCard, withOthers } from "../card.js";
import { judgedAs, ownText, SAME, standsIn, whyOf } from "./judgement.js";
import { createComparingView } from "./view.js";

/** @import { Answer, CardData, CardEvent, CardKind, CardOptions, Means, Post } from "../types" */

const COMPARING_COMMANDS = { ...COMMANDS, a: "standsA", b: "standsB", c: "standsOwn", m: "reason", ",": "reason", "Ctrl+Enter": "settle" };

/** @param {CardEvent[]} events @param {Answer | null | undefined} answer */
function withText(events, answer) {
  const { stands = "a", text = "" } = answer ?? {};
  return events.map((event) => ({ ...event, stands, text }));
}

/** @param {Means} means */
function comparingActions({ list, view, save, turned, tell }) {
  const { draftMore } = list;

  /** @param {Answer} to */
  function give(to) {
    const { note, variable, answer, draft } = list.current();
    // Another text is another answer, though the judgement and its reason are the same.
    if (answer && (answer.stands !== to.stands || answer.text !== to.text)) answer.older = true;
    save(withText(list.give(to), to));
    view.focus();
    const written = (draft.text ?? "").trim();
    if (!written || written === to.text) return;
    list.draftMore({ text: draft.text }, { note, variable }); // not for this judgement, but somebody wrote it
    tell("text_kept");
  }

  /** @param {string} judgement @returns {unknown} */
  function judge(judgement) {
    const { answer, draft } = list.current();
    if (judgement === SAME) return draftMore({ judged: SAME });
    const memo = draft.memo ?? (answer && answer.codes[0] === judgement ? answer.memo : "");
    if (lengthOf(memo.trim()) > LONGEST_MEMO) return view.refuse("too_long");
    return give({ event: "decide", codes: [judgement], certainty: "", memo: memo.trim(), stands: "a", text: "" });
  }

  /** @param {string} value */
  function stands(value) {
    const { answer, draft } = list.current();
    if (judgedAs(answer, draft) !== SAME) return;
    draftMore({ judged: SAME, stands: value });
    view.ask(value === "own" ? "text" : "reason");
  }

  // Merges with its reason and goes on; says what is missing otherwise.
  function settle() {
    const { answer, draft } = list.current();
    const judgement = judgedAs(answer, draft);
    if (!judgement) return view.refuse("refuse_no_choice");
    if (judgement !== SAME) return judge(judgement);
    const memo = whyOf(answer, draft).trim();
    const chosen = standsIn(answer, draft);
    const text = chosen === "own" ? ownText(answer, draft).trim() : "";
    if (chosen === "own" && !text) return view.refuse("refuse_no_text");
    if (!memo) return view.refuse("refuse_no_reason");
    if (Math.max(lengthOf(memo), lengthOf(text)) > LONGEST_MEMO) return view.refuse("too_long");
    return give({ event: "decide", codes: [SAME], certainty: "", memo, stands: chosen, text });
  }

  // A reason is for the pair just judged until another is begun; that pair is then shown, so that nobody has to guess.
  function reason() {
    const { just } = list;
    const isBegun = !list.isFinished() && Object.values(list.current().draft).some((value) => value !== undefined);
    if (just && !isBegun) {
      list.goTo(just.note, just.variable.id);
      view.paint();
    }
    if (!list.isFinished()) view.ask("reason");
  }

  /** @type {<T>(work: (value: T) => unknown) => (value: T) => void} */
  const unlessFinished = (work) => (value) => { if (!list.isFinished()) work(value); };
  return {
    code: unlessFinished(judge),
    standsA: unlessFinished(() => stands("a")),
    standsB: unlessFinished(() => stands("b")),
    standsOwn: unlessFinished(() => stands("own")),
    reason,
    typed: unlessFinished((/** @type {string} */ text) => draftMore({ memo: text })),
    typedText: unlessFinished((/** @type {string} */ text) => draftMore({ text })),
    settle: unlessFinished(settle),
    confirm: unlessFinished(settle),
    undo() {
      const taken = list.latest;
      save(withText(turned("undo"), taken && taken.from));
    },
    redo() {
      const { to } = list.next ?? {};
      save(withText(turned("redo"), to));
    },
  };
}

/** @param {[host: HTMLElement, data: CardData, post: Post, options?: CardOptions]} given */
export function createComparingCard(...given) {
  /** @type {CardKind["name"]} */
  const name = (data) => `sekom-review-${data.study}-${data.coder}`;
  /** @type {CardKind["draftOf"]} */
  const draftOf = ({ codes: [judged], memo, stands, text }) => (judged === SAME ? { judged, memo, stands, text } : { memo: memo || undefined });
  const kind = { name, commands: COMPARING_COMMANDS, createView: createComparingView, actionsOf: comparingActions, draftOf };
  return withOthers(createAnyCard(kind, ...given));
}
