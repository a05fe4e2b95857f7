// The adjudication card: what its keys and buttons do. A choice waits for its reason; only then is it saved.
// A settled note is a decided one in the list, one left open a skipped one, and the reason is the memo.

import { isOpen, lengthOf, LONGEST_MEMO, newEventId, numberIn } from "../answering/answers.js";
import { COMMANDS, NONE_FITS } from "../answering/keys.js";
import { createAnyCard, withOthers } from "../card.js";
import { RESEND } from "../saving/outbox.js";
import { choiceOf, draftOf, isChoice, reasonOf } from "./choice.js";
import { createAdjudicationView } from "./view.js";

/** @import { AdjudicationData, Answer, CardKind, CardOptions } from "../types" */
/** @import { Means, Message, Post, Worklist } from "../types" */

const ADJUDICATION_COMMANDS = { ...COMMANDS, s: "leaveOpen", t: "names", m: "reason", "Ctrl+Enter": "settle" };

/** @param {Means} means
 * @param {{ present: Set<string>, isKnown: boolean, readonly said: { present?: string[] } }} sitting */
function adjudicationActions({ list, view, save, turned, keepDraft, refuseNumber }, sitting) {
  const beside = () => sitting.said;

  /** @param {string} code */
  function toggled(code) {
    const { variable, answer, draft } = list.current();
    if (variable.kind !== "multiple") return [code];
    if (code === NONE_FITS) return [];
    const chosen = new Set(choiceOf(answer, draft).codes);
    if (!chosen.delete(code)) chosen.add(code);
    return variable.codes.map(({ id }) => id).filter((id) => chosen.has(id));
  }

  /** @param {Answer["event"]} event @param {string[]} codes */
  function choose(event, codes) {
    list.draftMore({ event, codes, number: undefined });
    view.focusReason();
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
      view.focus();
    }
  }

  /** @type {<T>(work: (value: T) => unknown) => (value: T) => void} */
  const unlessFinished = (work) => (value) => { if (!list.isFinished()) work(value); };
  return {
    code: unlessFinished((/** @type {string} */ code) => {
      const { variable } = list.current();
      if (variable.kind === "multiple") list.draftMore({ event: "decide", codes: toggled(code) });
      else choose("decide", [code]);
      view.light(code);
    }),
    pick: unlessFinished((/** @type {string} */ code) => list.draftMore({ event: "decide", codes: [code], number: undefined })),
    leaveOpen: unlessFinished(() => choose("skip", [])),
    reason: unlessFinished(() => view.focusReason()),
    typed: unlessFinished((/** @type {string} */ text) => list.draftMore({ memo: text })),
    settle: unlessFinished(settle),
    confirm: unlessFinished(() => {
      if (!takeNumber()) return;
      const { answer, draft } = list.current();
      if (choiceOf(answer, draft).event && !reasonOf(answer, draft).trim()) view.focusReason();
      else settle();
    }),
    names: unlessFinished(() => view.toggleNames()),
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

// What was shown to whom, kept in the browser and told anew until somebody confirms that it is on the disk.
/** @param {string} name @param {Post} post */
function createShowings(name, post) {
  const untold = new Map();
  const prefix = `${name} shown `;

  /** @param {string} id */
  function send(id) {
    try {
      const sent = post({ kind: "showing", id, ...untold.get(id) });
      if (sent && sent.catch) sent.catch(() => {});
    } catch { /* nobody there: it is told again */ }
  }

  /** @template T @param {(store: Storage) => T} work @returns {T | undefined} */
  function kept(work) {
    try {
      return work(window.localStorage);
    } catch {
      return undefined; // forbidden here: then only this page knows
    }
  }

  /** @param {{ note: string, variable: string, present?: string[] }} showing */
  function tell(showing) {
    const id = newEventId();
    untold.set(id, showing);
    kept((store) => store.setItem(prefix + id, JSON.stringify(showing)));
    send(id);
  }

  /** @param {string[]} ids */
  function confirm(ids) {
    for (const id of ids) {
      untold.delete(id);
      kept((store) => store.removeItem(prefix + id));
    }
  }

  kept((store) => Object.keys(store).filter((key) => key.startsWith(prefix))
    .forEach((key) => untold.set(key.slice(prefix.length), JSON.parse(/** @type {string} */ (store.getItem(key))))));
  const timer = setInterval(() => [...untold.keys()].forEach(send), RESEND);
  return { tell, confirm, stop: () => clearInterval(timer) };
}

/** @param {HTMLElement} host @param {AdjudicationData} data @param {Post} post @param {CardOptions} [options] */
export function createAdjudicationCard(host, data, post, { onPaint = () => {}, ...options } = {}) {
  // Who sits beside: they see what the adjudicator sees. The data may be from when the card was made, so that what
  // it says is said on only once Python or the adjudicator has said so too.
  const sitting = {
    present: new Set(data.present),
    isKnown: false,
    get said() { return this.isKnown ? { present: [...this.present] } : {}; },
  };
  /** @type {CardKind["name"]} */
  const name = ({ study, coder }) => `sekom-adjudication-${study}-${coder}`;
  const showings = createShowings(name(data), post);
  let told = "";

  // Which note is shown, and to whom, is kept: what they answer to it later is not independent.
  /** @param {Worklist} list */
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished()) return;
    const showing = { note: list.current().note.key, variable: list.current().variable.id, ...sitting.said };
    if (JSON.stringify(showing) === told) return;
    told = JSON.stringify(showing);
    showings.tell(showing);
  }

  const kind = {
    name,
    commands: ADJUDICATION_COMMANDS,
    /** @type {CardKind<AdjudicationData>["createView"]} */
    createView: (...given) => createAdjudicationView(...given, sitting.present),
    /** @type {CardKind["actionsOf"]} */
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
    return card.repaint();
  }

  function stop() {
    showings.stop();
    card.stop();
  }

  return { ...card, receive, stop };
}
