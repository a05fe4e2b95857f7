// The card of a meeting: those present see their blind answers together, talk, and each may answer anew, with a reason.
// Each note asks one question of each of them; whoever says nothing afterwards has no new answer.

import { lengthOf, LONGEST_MEMO, numberIn } from "../answering/answers.js";
import { createAnyCard } from "../card.js";
import { choiceOf, draftOf, isChoice, reasonOf } from "./choice.js";
import { judgingAction } from "./keys.js";
import { addedTo, remembered } from "./reasons.js";
import { createShowings } from "./showings.js";
import { keptOf, letterOf, sideOf, sidesOf, toggledIn } from "./sides.js";
import { createAdjudicationView } from "./view.js";

/** @import { Answer, CardKind, CardOptions, Cell, DisputedNote } from "../types" */
/** @import { Means, Message, Post, Sitting, TalkData, Worklist } from "../types" */

// Whether an answer is what the coder had answered blind.
/** @param {Cell & { note: DisputedNote }} cell @param {string[]} codes */
export function isAsBlind({ note, variable }, codes) {
  const blind = sideOf(note, variable, note.variables.indexOf(variable.id));
  return Boolean(blind) && [...(blind ?? [])].sort().join("|") === [...codes].sort().join("|");
}

/** @param {Means} means @param {Sitting} sitting */
function talkActions({ list, view, save, turned, tell, refuseNumber }, sitting) {
  const here = () => /** @type {Cell & { note: DisputedNote }} */ (list.current());

  /** @param {(cell: Cell & { note: DisputedNote }) => unknown} work */
  function bySpeaker(work) {
    if (list.isFinished()) return;
    if (sitting.speaker === null) tell("who_first", { letters: here().note.readings.map((_, place) => letterOf(place)).join(", ") });
    else work(here());
  }

  /** @param {string[]} codes */
  function choose(codes) {
    list.draftMore({ event: "decide", codes, number: undefined });
    view.focusReason();
  }

  /** @param {string} code */
  const chooseCode = (code) => bySpeaker(({ note, variable, answer, draft }) => {
    if (variable.kind !== "multiple") return choose([code]);
    const before = draft.codes ?? (answer ? answer.codes : sideOf(note, variable, sitting.speaker ?? 0) ?? keptOf(note, variable));
    return list.draftMore({ event: "decide", codes: toggledIn(before, code, variable) });
  });

  /** @param {number} place */
  function letSpeak(place) {
    const { note } = list.current();
    if (!note.variables[place]) return;
    list.goTo(note, note.variables[place]);
    sitting.speaker = place;
  }

  // Saves what the speaker answers now; the next word is anybody's.
  /** @param {Cell & { note: DisputedNote }} cell @param {string[]} codes @param {string} memo */
  function give({ note }, codes, memo) {
    save(list.give({ event: "decide", codes, certainty: "", memo }, true));
    list.goTo(note, note.variables[0]);
    sitting.reasons = remembered(sitting.reasons, memo);
    sitting.speaker = null;
    view.focus();
  }

  const settle = () => bySpeaker((cell) => {
    const { variable, answer } = cell;
    const number = cell.draft.number === undefined ? "" : numberIn(cell.draft.number, variable);
    if (cell.draft.number !== undefined && !number) return refuseNumber(cell.draft.number.trim());
    if (number) list.draftMore({ event: "decide", codes: [number], number: undefined });
    const { draft } = here();
    const choice = choiceOf(answer, draft);
    const memo = reasonOf(answer, draft).trim();
    if (!isChoice(choice, variable)) return view.refuse("refuse_no_choice");
    if (!memo && !isAsBlind(cell, choice.codes)) return view.refuse("refuse_no_reason");
    if (lengthOf(memo) > LONGEST_MEMO) return view.refuse("too_long");
    return give(cell, choice.codes, memo);
  });

  // The speaker keeps to the blind answer, and says so; a reason is welcome and not asked for.
  const holdFast = () => bySpeaker((cell) => {
    const blind = sideOf(cell.note, cell.variable, sitting.speaker ?? 0) ?? [];
    const memo = (cell.draft.memo ?? "").trim();
    if (lengthOf(memo) > LONGEST_MEMO) return view.refuse("too_long");
    return give(cell, blind, memo);
  });

  /** @param {number} by */
  function move(by) {
    sitting.speaker = null;
    list.leap(by);
  }

  /** @param {"undo" | "redo"} step */
  function turn(step) {
    const taken = step === "undo" ? list.latest : list.next;
    save(turned(step));
    if (!taken) return;
    list.goTo(taken.note, taken.variable); // redo would go on to the next
    sitting.speaker = step === "undo" ? taken.note.variables.indexOf(taken.variable) : null;
  }

  return {
    code: chooseCode,
    pick: (/** @type {string} */ code) => bySpeaker(() => list.draftMore({ event: "decide", codes: [code], number: undefined })),
    side: (/** @type {number} */ place) => bySpeaker(({ note, variable }) => {
      const side = sidesOf(note, variable)[place];
      return side ? chooseCode(side.code) : tell("no_such_side", { n: place + 1 });
    }),
    sideWith(/** @type {number} */ place) { if (!list.isFinished()) letSpeak(place); },
    other: () => bySpeaker(() => view.openPicker()),
    holdFast,
    typed: (/** @type {string} */ text) => bySpeaker(() => list.draftMore({ memo: text })),
    addReason: (/** @type {string} */ reason) => bySpeaker(({ answer, draft }) => {
      list.draftMore({ memo: addedTo(reasonOf(answer, draft), reason) });
      view.focusReason();
    }),
    reason: () => bySpeaker(() => view.focusReason()),
    settle,
    confirm() {
      if (list.isFinished()) return;
      const { draft } = here();
      if (sitting.speaker === null) move(1);
      else if (draft.event && !reasonOf(list.current().answer, draft).trim() && !isAsBlind(here(), draft.codes ?? [])) view.focusReason();
      else settle();
    },
    back: () => move(-1),
    forward: () => { if (!list.isFinished()) move(1); },
    noteBack: () => move(-1),
    noteForward: () => move(1),
    toFirstOpen() {
      sitting.speaker = null;
      list.toFirstOpen();
    },
    keys: () => view.openKeys(),
    undo: () => turn("undo"),
    redo: () => turn("redo"),
  };
}

/** @param {HTMLElement} host @param {TalkData} data @param {Post} post @param {CardOptions} [options] */
export function createTalkCard(host, data, post, { onPaint = () => {}, ...options } = {}) {
  /** @type {Sitting} */
  const sitting = { present: new Set(data.people), isKnown: true, isAsking: false, reasons: [], speaker: null, said: {} };
  /** @type {CardKind["name"]} */
  const name = ({ study, coder, variables }) => `sekom-talk-${study}-${variables[0].id.split(":")[0]}-${coder}`;
  const showings = createShowings(name(data), post);
  let told = "";

  // What all of them see is kept: what they answer to it from now on is not independent.
  /** @param {Worklist} list */
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished() || list.current().note.key === told) return;
    told = list.current().note.key;
    showings.tell({ note: told, variable: list.current().variable.id.split(":")[0], present: [...sitting.present] });
  }

  /** @type {CardKind<TalkData>} */
  const kind = {
    name,
    commands: {},
    read: judgingAction,
    createView: (...given) => createAdjudicationView(...given, sitting),
    actionsOf: (given) => talkActions(given, sitting),
    draftOf,
  };
  const card = createAnyCard(kind, host, data, post, { ...options, onPaint: tellShowing });

  /** @param {Message} message @returns {unknown} */
  function receive(message) {
    if (message.kind === "shown") return showings.confirm(message.ids);
    return message.kind === "others" ? undefined : card.receive(message);
  }

  function stop() {
    showings.stop();
    card.stop();
  }

  return { ...card, receive, stop };
}
