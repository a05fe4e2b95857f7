// The coding card: what its keys and buttons do.

import { canHold } from "../answering/again.js";
import { choosable, memoOf, PROPOSAL, proposalIn } from "../answering/answers.js";
import { COMMANDS } from "../answering/keys.js";
import { createAnyCard } from "../card.js";
import { createList } from "../listing/list.js";
import { createCodingView } from "./view.js";

/** @import { CardData, CardKind, CardOptions, Means, Post, Question } from "../types" */

/** @param {Means} means */
export function codingActions({ list, view, data, say, save, turned, keepDraft, tell }) {
  view.cover((/** @type {HTMLElement} */ host, /** @type {() => void} */ onClose, /** @type {(text: string) => void} */ announce) => createList({
    host, list, data, say, save, turned, keepDraft, announce, onClose,
    onOpen({ note, variable }) {
      list.goTo(note, variable.id);
      onClose();
    },
  }));

  /** @type {<T>(work: (value: T) => unknown) => (value: T) => void} */
  const unlessFinished = (work) => (value) => { if (!list.isFinished()) work(value); };

  // Only an answer can be unsure: with none yet, nothing is stored, and the card says so.
  /** @param {string} value */
  function certainty(value) {
    const aim = list.aim();
    if (!aim || !list.takesDoubt(aim)) {
      const isOlder = aim && aim.answer && aim.answer.older;
      return tell(isOlder ? "no_doubt_older" : aim && aim.answer ? "no_doubt_skipped" : "no_doubt_yet");
    }
    const now = aim.draft.certainty ?? (aim.answer ? aim.answer.certainty : "");
    return save(list.amend("certainty", now === value ? "" : value));
  }

  function confirm() {
    const { variable, answer, draft } = list.current();
    const stillHolds = answer && canHold(answer, variable) && !draft.codes && draft.number === undefined;
    if (stillHolds) save(list.decide(answer.codes, { words: view.takeWords() }));
    else if (variable.kind === "multiple") save(list.decide(choosable(draft.codes ?? (answer ? answer.codes : []), variable), { words: view.takeWords() }));
  }

  return {
    code: unlessFinished((/** @type {string} */ code) => {
      if (list.current().variable.kind === "multiple") list.toggle(code);
      else save(list.decide([code], { words: view.takeWords() }));
    }),
    pick: unlessFinished((/** @type {string} */ code) => save(list.decide([code], { stays: true, words: view.takeWords() }))),
    confirm: () => (list.list.kind === "changes" ? list.review("older") : unlessFinished(confirm)(null)),
    changes: () => { if (list.again().length) list.review("changes"); },
    closeChanges: () => list.toFirstOpen(),
    skip: unlessFinished(() => save(list.skip())),
    flag: unlessFinished(() => save(list.flag())),
    // What is chosen on the answer and not confirmed is what one sees, so that goes first.
    undo() {
      const { note, variable } = list.latest ?? {};
      if (!note || !variable || !list.variables.has(variable) || !list.unchoose({ note, variable: list.variables.get(variable) })) save(turned("undo"));
    },
    certainty,
    unsure: () => certainty("1"),
    // Whatever is begun stays as it is; all notes are one key away.
    leave: () => (list.list.kind === "changes" ? list.toFirstOpen() : view.openList()),
    toRecent: (/** @type {Question} */ { note, variable }) => list.goTo(note, variable.id),
    recentBack: () => view.stepRecent(1),
    recentForward: () => view.stepRecent(-1),
    reviews: () => view.openReviews(),
    dropWords: () => view.dropWords(),
    /** @param {Question & { text: string }} memo */
    typing: ({ note, variable, text }) => {
      const answer = list.answerTo(note, variable.id);
      list.draftMore({ typing: text, to: answer && answer.id }, { note, variable });
    },
    /** @param {Question & { text: string | null }} memo */
    saveMemo({ note, variable, text }) {
      list.draftMore({ typing: undefined, to: undefined }, { note, variable });
      if (text !== null) save(list.amend("memo", text, { note, variable }));
    },
    saveBegun() {
      const cells = list.begun();
      save(list.saveBegun());
      for (const { note, variable } of cells) keepDraft(note, list.variables.get(variable));
      const fault = list.begun().map(list.faultOf).find(Boolean);
      if (fault) tell(fault.key, fault.values);
    },
    memo: () => view.openMemo(),
    propose: () => view.openProposal(),
    /** @param {Question & { proposing: { name: string, words: string } }} begun */
    proposing: ({ note, variable, proposing }) => {
      const isNews = memoOf(proposing) !== list.proposed({ note, variable });
      list.draftMore({ proposing: isNews ? proposing : undefined }, { note, variable });
    },
    /** @param {Question & { memo: string }} proposal */
    saveProposal({ memo, ...question }) {
      save(list.propose(question, memo));
      const isHere = !list.isFinished() && list.current().note === question.note && list.current().variable === question.variable;
      if (!memo) tell("propose_gone");
      else if (!isHere) tell("propose_saved", { name: proposalIn(memo).name });
    },
    /** @param {string} variable */
    toStep: (variable) => list.goTo(list.current().note, variable),
  };
}

/** @param {[host: HTMLElement, data: CardData, post: Post, options?: CardOptions]} given */
export function createCodingCard(...given) {
  /** @type {CardKind["name"]} */
  const name = (data) => `sekom-${data.study}-${data.coder}`;
  /** @type {CardKind["draftOf"]} */
  const draftOf = ({ variable, codes, memo }, kind) => (variable.startsWith(PROPOSAL) ? { proposing: proposalIn(memo) } : { codes: kind === "multiple" ? codes : undefined, memo: memo || undefined });
  /** @type {CardKind["createView"]} */
  const createView = (...parts) => createCodingView(...parts, given[3]?.onHandIn);
  return createAnyCard({ name, commands: COMMANDS, createView, actionsOf: codingActions, draftOf }, ...given);
}
