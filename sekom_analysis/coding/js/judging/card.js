// The adjudication card: what its keys and buttons do. A choice waits for its reason; only then is it saved.
// A settled note is a decided one in the list, one left open a skipped one, and the reason is the memo.

import { isOpen, lengthOf, LONGEST_MEMO, numberIn } from "../answering/answers.js";
import { createAnyCard, withOthers } from "../card.js";
import { choiceOf, draftOf, isChoice, reasonOf } from "./choice.js";
import { judgingAction } from "./keys.js";
import { addedTo, remembered } from "./reasons.js";
import { createShowings } from "./showings.js";
import { keptOf, letterOf, sideOf, sidesOf, toggledIn } from "./sides.js";
import { createAdjudicationView } from "./view.js";

/** @import { AdjudicationData, Answer, CardKind, CardOptions, DisputedNote } from "../types" */
/** @import { Means, Message, Post, Sitting, Worklist } from "../types" */

/** @param {Means} means @param {Sitting} sitting */
function adjudicationActions({ list, view, save, turned, keepDraft, tell, refuseNumber }, sitting) {
  const beside = () => sitting.said;
  const here = () => /** @type {DisputedNote} */ (list.current().note);

  /** @param {Answer["event"]} event @param {string[]} codes @param {{ memo?: string }} [more] */
  function choose(event, codes, more = {}) {
    list.draftMore({ event, codes, number: undefined, ...more });
    view.focusReason();
  }

  // Of several codes it turns one on or off, beginning with those that all agree on.
  /** @param {string} code */
  function toggle(code) {
    const { variable, answer, draft } = list.current();
    const choice = choiceOf(answer, draft);
    const before = choice.event === "decide" ? choice.codes : keptOf(here(), variable);
    list.draftMore({ event: "decide", codes: toggledIn(before, code, variable) });
  }

  /** @param {string} code */
  function chooseCode(code) {
    if (list.current().variable.kind === "multiple") toggle(code);
    else choose("decide", [code]);
  }

  /** @param {number} place */
  function sideWith(place) {
    const { variable } = list.current();
    const codes = sideOf(here(), variable, place);
    if (codes) choose("decide", codes);
    else tell("side_skipped", { letter: letterOf(place) });
  }

  // A number in its field is the choice, since that is what stands there; false if the scale lacks it.
  function takeNumber() {
    const { variable, draft } = list.current();
    if (draft.number === undefined) return true;
    const number = numberIn(draft.number, variable);
    if (number) list.draftMore({ event: "decide", codes: [number], number: undefined });
    else refuseNumber(draft.number.trim());
    return Boolean(number);
  }

  // Saves the choice with its reason and goes on; says what is missing otherwise.
  function settle() {
    if (!takeNumber()) return;
    const { note, variable, answer, draft } = list.current();
    const choice = choiceOf(answer, draft);
    const memo = reasonOf(answer, draft).trim();
    if (!isChoice(choice, variable)) view.refuse("refuse_no_choice");
    else if (!memo) view.refuse("refuse_no_reason");
    else if (lengthOf(memo) > LONGEST_MEMO) view.refuse("too_long");
    else {
      save(list.give(/** @type {Answer} */ ({ ...choice, certainty: "", memo })).map((event) => ({ ...event, seen: note.seen, ...beside() })));
      sitting.reasons = remembered(sitting.reasons, memo);
      sitting.isAsking = false;
      view.focus();
    }
  }

  /** @type {<T>(work: (value: T) => unknown) => (value: T) => void} */
  const unlessFinished = (work) => (value) => { if (!list.isFinished()) work(value); };
  return {
    code: unlessFinished(chooseCode),
    side: unlessFinished((/** @type {number} */ place) => {
      const { variable } = list.current();
      const side = sidesOf(here(), variable)[place];
      if (side) chooseCode(side.code);
      else tell("no_such_side", { n: place + 1 });
    }),
    sideWith: unlessFinished(sideWith),
    other: unlessFinished(() => view.openPicker()),
    pick: unlessFinished((/** @type {string} */ code) => list.draftMore({ event: "decide", codes: [code], number: undefined })),
    leaveOpen: unlessFinished(() => choose("skip", [])),
    twoIdeas: unlessFinished((/** @type {string} */ reason) => {
      const { answer, draft } = list.current();
      const isOpenAlready = choiceOf(answer, draft).event === "skip";
      choose("skip", [], { memo: addedTo(isOpenAlready ? reasonOf(answer, draft) : "", reason ?? view.twoIdeas) });
    }),
    reason: unlessFinished(() => view.focusReason()),
    typed: unlessFinished((/** @type {string} */ text) => list.draftMore({ memo: text })),
    addReason: unlessFinished((/** @type {string} */ reason) => {
      const { answer, draft } = list.current();
      list.draftMore({ memo: addedTo(reasonOf(answer, draft), reason) });
      view.focusReason();
    }),
    settle: unlessFinished(settle),
    confirm: unlessFinished(() => {
      if (!takeNumber()) return;
      const { answer, draft } = list.current();
      if (choiceOf(answer, draft).event && !reasonOf(answer, draft).trim()) view.focusReason();
      else settle();
    }),
    names: unlessFinished(() => view.toggleNames()),
    keys: () => view.openKeys(),
    meeting() { sitting.isAsking = !sitting.isAsking; },
    /** @param {string} coder */
    present(coder) {
      if (!sitting.present.delete(coder)) sitting.present.add(coder);
      sitting.isKnown = true;
    },
    // What is taken back stays in the card, unsaved: usually one word of it is to be another.
    undo() {
      const taken = list.latest;
      const events = turned("undo").map((event) => ({ ...event, seen: taken?.note.seen, ...beside() }));
      save(events);
      if (!taken || !taken.to || !isOpen(taken.from)) return;
      const { event, codes, memo } = taken.to;
      const cell = list.cellOf(taken.note, taken.variable);
      const newer = list.drafts.get(cell) ?? {}; // written over the answer since: it stays
      const isOther = newer.event && (newer.event !== event || (newer.codes ?? []).join("|") !== codes.join("|"));
      const undone = Object.keys(newer).length ? {} : { undone: (events[0] ?? {}).event_id }; // comes it too late, this goes
      if (!isOther) list.drafts.set(cell, { event, codes, memo, ...newer, ...undone });
      keepDraft(taken.note, list.variables.get(taken.variable));
    },
    redo() {
      const { note } = list.next ?? {};
      save(turned("redo").map((event) => ({ ...event, seen: note?.seen, ...beside() })));
    },
  };
}

/** @param {HTMLElement} host @param {AdjudicationData} data @param {Post} post @param {CardOptions} [options] */
export function createAdjudicationCard(host, data, post, { onPaint = () => {}, ...options } = {}) {
  // Who sits beside: they see what the adjudicator sees. The data may be from when the card was made, so that what
  // it says is said on only once Python or the adjudicator has said so too.
  /** @type {Sitting} */
  const sitting = {
    present: new Set(data.present),
    isKnown: false,
    isAsking: Boolean(data.people.length) && !data.present.length, // asked once a meeting, changed from the head
    reasons: data.reasons ?? [],
    get said() { return this.isKnown ? { present: [...this.present] } : {}; },
  };
  /** @type {CardKind["name"]} */
  const name = ({ study, coder }) => `sekom-adjudication-${study}-${coder}`;
  const showings = createShowings(name(data), post);
  let told = "";
  let seen = "";

  // Which note is shown, and to whom, is kept: what they answer to it later is not independent.
  /** @param {Worklist} list */
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished()) return;
    const note = list.current().note.key;
    if (seen && seen !== note && sitting.isAsking) {
      sitting.isAsking = false;
      card.repaint();
    }
    seen = note;
    const showing = { note, variable: list.current().variable.id, ...sitting.said };
    if (JSON.stringify(showing) === told) return;
    told = JSON.stringify(showing);
    showings.tell(showing);
  }

  /** @type {CardKind<AdjudicationData>} */
  const kind = {
    name,
    commands: {},
    read: judgingAction,
    createView: (...given) => createAdjudicationView(...given, sitting),
    actionsOf: (given) => adjudicationActions(given, sitting),
    draftOf,
  };
  const card = withOthers(createAnyCard(kind, host, data, post, { ...options, onPaint: tellShowing }));

  /** @param {Message} message @returns {unknown} */
  function receive(message) {
    if (message.kind === "shown") return showings.confirm(message.ids);
    if (message.kind !== "present") return card.receive(message);
    if (sitting.isKnown) return undefined;
    sitting.isKnown = true;
    sitting.present.clear();
    message.present.forEach((coder) => sitting.present.add(coder));
    if (message.present.length) sitting.isAsking = false;
    return card.repaint();
  }

  function stop() {
    showings.stop();
    card.stop();
  }

  return { ...card, receive, stop };
}
