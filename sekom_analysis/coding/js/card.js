// A card: shows a note, takes keys, shows the next note at once, and hands every decision to an outbox.
// It knows neither Jupyter nor a server: `post` takes its messages, `receive` is given the answers.
// `kind` says which card it is: `name` of its store, `commands` of its keys, `createView`,
// `actionsOf`, and `draftOf`: what an answer that was refused leaves to be given again.

import { lengthOf, LONGEST_MEMO, numberIn, shownNumber } from "./answering/answers.js";
import { BESIDE, createHand } from "./answering/hand.js";
import { listenForKeys } from "./answering/keys.js";
import { createWorklist } from "./answering/worklist.js";
import { fill, labelsOf } from "./looks/elements.js";
import { UNCLOSED } from "./looks/overlays.js";
import { createOutbox } from "./saving/outbox.js";

/** @import { Card, CardData, CardEvent, CardKind, CardOptions, Chosen, Draft } from "./types" */
/** @import { Message, Note, Other, Placed, Post, Question, StoredDraft, Variable } from "./types" */

/** @template {CardData} Data @param {CardKind<Data>} kind @param {HTMLElement} host @param {Data} data
 * @param {Post} post @param {CardOptions} [options] */
export function createAnyCard(kind, host, data, post, { onPaint = () => {}, onDraft = () => {}, keepsEvents = true } = {}) {
  /** @param {string} key @param {Record<string, unknown>} [values] */
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const list = createWorklist(data);
  const hand = createHand({
    list, act, commands: kind.commands, read: kind.read, onChange: () => repaint(), shows: (key) => view.shows(key),
    isWriting: () => view.root.contains(document.activeElement) && Boolean(document.activeElement?.matches("input, textarea")),
  });
  const view = kind.createView(host, data, say, list, hand);
  const outbox = createOutbox({
    name: kind.name(data),
    post,
    keepsEvents,
    onState: (state) => view.keepFocus(() => view.showState(state)),
    onReopen: () => list.notes.forEach((note) => note.variables.filter((name) => list.drafts.has(list.cellOf(note, name)))
      .forEach((name) => keepDraft(note, list.variables.get(name)))),
    onAnswers: (answers) => {
      const isNews = list.learn(answers, outbox.cells());
      const left = unheard.splice(0).filter(({ note, variable, draft }) => list.drafts.get(list.cellOf(note, variable)) === draft);
      left.forEach(finishTyping);
      if (isNews || left.length) repaint();
    },
  });
  /** @type {(Placed & { draft: Draft })[]} */
  const unheard = []; // memos that were being typed, while nothing is known of the answers that they belong to
  let drafting = 0; // how often a draft was put into the browser or taken out
  /** @type {Set<string>} */
  const drafted = new Set(); // cells of which the browser holds a draft from here

  /** @param {CardEvent[]} events */
  function save(events) {
    outbox.put(events);
  }

  // What was refused is taken back by not sending it again.
  /** @param {"undo" | "redo"} step */
  function turned(step) {
    const turns = list.turning(step);
    const events = list[step](outbox.wasRefused);
    const sent = new Set(events.map(({ note, variable }) => `${note} ${variable}`));
    for (const { note, variable } of turns.filter((one) => !sent.has(list.cellOf(one.note, one.variable)))) {
      outbox.discard({ note: note.key, variable, pass: note.pass });
    }
    return events;
  }

  /** @type {Record<string, (value?: any) => unknown>} */
  const actions = {
    undo: () => save(turned("undo")),
    redo: () => save(turned("redo")),
    back: () => list.step(-1),
    forward: () => list.step(1),
    noteBack: () => list.leap(-1),
    noteForward: () => list.leap(1),
    toFirstOpen: () => list.toFirstOpen(),
    review: (/** @type {any} */ sort) => (typeof sort === "string" ? list.review(/** @type {import("./types").Sort} */ (sort)) : list.review(sort.kind, sort.variable || undefined)),
    reviewDone: () => list.back(),
    toCell: ({ note, variable }) => list.goTo(note, variable),
    toNote: (n) => list.goTo(list.notes[n - 1], list.notes[n - 1].variables[0]),
    number: () => view.openNumber(),
    codebook: () => view.openCodebook(),
    keys: () => view.openKeys(),
    gloss: () => view.toggleGloss(),
    scroll: () => view.scrollNote(),
    nothing() {},
    openBlock: (block) => view.openBlock(block),
    numberIs: (text) => list.draftMore({ number: text || undefined }),
    numberGiven(written) {
      const { variable, answer, draft } = list.current();
      const text = written ?? draft.number ?? (answer ? answer.codes.join() : "");
      const number = numberIn(text, variable);
      if (!number) return hand.refuse(text.trim());
      list.draftMore({ number: undefined });
      return actions.code(number);
    },
    answerAgain(event) {
      const { kind: sort } = list.variables.get(event.variable) ?? {};
      list.forget(event, event.event === "retract" ? {} : kind.draftOf(event, sort));
      if (!list.isFinished()) keepDraft(list.current().note, list.current().variable);
      outbox.discard(event);
      outbox.hello(); // the log may hold an earlier answer
    },
    ...kind.actionsOf({ list, view, data, say, save, turned, keepDraft, tell: hand.tell, refuseNumber: hand.refuse }),
  };
  const WRITES = new Set(["numberIs", "typed", "typedText"]); // who takes away what they write sees it
  const OVERLAYS = new Set(["memo", "number", "scroll", "saveMemo", "typing", "saveBegun", "propose", "proposing", "saveProposal"]);

  // Every action first ends what is open on top of the card, so that nothing typed is lost; a memo that cannot be
  // saved stays open instead. Whatever then goes from the screen, the keys stay with the card.
  /** @param {string} name @param {any} [value] */
  function act(name, value) {
    if (!actions[name]) return; // a key that means something on another card
    const memo = OVERLAYS.has(name) ? null : view.closeOverlays();
    if (memo === UNCLOSED) return;
    if (memo) act("saveMemo", memo);
    const cells = touched(name, value);
    const chosen = WRITES.has(name) ? [] : cells.flatMap((cell) => list.chosenAt(cell) ?? []);
    view.keepFocus(() => {
      actions[name](value);
      for (const { note, variable } of cells) keepDraft(note, variable);
      chosen.filter(list.isGone).forEach(tellGone);
      view.paint();
    });
    onPaint(list);
  }

  // The questions whose drafts an action may change.
  /** @param {string} name @param {any} value @returns {Question[]} */
  function touched(name, value) {
    const turns = name === "undo" || name === "redo" ? list.turning(name) : [];
    const all = [list.isFinished() ? null : list.current(), list.aim(), BESIDE.has(name) ? value : null,
      ...turns.map(({ note, variable }) => ({ note, variable: list.variables.get(variable) }))];
    return [...new Map(all.filter((one) => one && one.variable).map((one) => [list.cellOf(one.note, one.variable.id), one])).values()];
  }

  /** @param {Chosen} chosen */
  function tellGone({ variable, number, codes }) {
    if (number !== undefined) hand.tell("number_dropped", { number: shownNumber(number) });
    else hand.tell("choice_dropped", { codes: labelsOf(variable, { codes: codes ?? [] }) });
  }

  function repaint() {
    view.keepFocus(view.paint);
  }

  /** @param {Note} note @param {Variable} variable */
  async function keepDraft(note, variable) {
    const cell = list.cellOf(note, variable.id);
    const draft = list.drafts.get(cell);
    const isNews = drafted.has(cell) || Boolean(draft);
    if (!isNews) return; // another window may have begun something there
    if (draft) drafted.add(cell);
    else drafted.delete(cell);
    drafting += 1;
    await outbox.keepDraft(cell, note.hash ?? "", draft);
    onDraft();
  }

  // The question that a stored draft belongs to. Keys may be new since: then it belongs to the one note with its text.
  /** @param {{ cell: string }} stored @returns {Placed | null} */
  function placeOf({ cell }) {
    const [key, variable, hash] = cell.split(" ");
    const known = list.notes.find((note) => note.key === key);
    const alike = known || !hash ? [] : list.notes.filter((note) => note.hash === hash);
    const note = known ?? (alike.length === 1 ? alike[0] : undefined);
    return note && (!hash || hash === note.hash) && note.variables.includes(variable) ? { note, variable } : null;
  }

  /** @param {StoredDraft[]} stored @returns {(Placed & { draft: Draft })[]} */
  function placed(stored) {
    return stored.flatMap((one) => {
      const place = placeOf(one);
      return place ? { ...one, ...place } : [];
    });
  }

  // A memo that was being typed when an earlier page went away becomes what closing it would have made of it.
  // One that was typed to an answer since replaced waits, unless that answer's memo goes on from it.
  /** @param {Placed & { draft: Draft }} begun */
  function finishTyping({ note, variable: name, draft: { typing, to, ...draft } }) {
    const [cell, variable, memo] = [list.cellOf(note, name), list.variables.get(name), (typing ?? "").trim()];
    const answer = list.answerTo(note, name) ?? { id: undefined, memo: "" };
    if (lengthOf(memo) > LONGEST_MEMO) return;
    list.drafts.delete(cell);
    if (answer.id !== to) list.draftMore({ memo: answer.memo.startsWith(memo) ? undefined : memo }, { note, variable });
    else {
      list.drafts.set(cell, draft);
      save(list.amend("memo", memo, { note, variable }));
    }
    keepDraft(note, variable);
  }

  // What another window has begun since, or has made an answer of, is so here too.
  async function hearDrafts() {
    const before = drafting;
    const stored = await outbox.storedDrafts();
    if (!stored) return;
    if (before !== drafting) { // one was on its way meanwhile
      await hearDrafts();
      return;
    }
    const now = new Map(placed(stored).map(({ note, variable, draft }) => [list.cellOf(note, variable), draft]));
    for (const cell of list.drafts.keys()) if (!now.has(cell)) list.drafts.delete(cell);
    for (const [cell, draft] of now) {
      list.drafts.set(cell, draft);
      drafted.add(cell);
    }
    repaint();
  }

  // A memo that is too long waits in its box, as it was left.
  function openUnsaved() {
    const [left] = [...list.drafts].filter(([, draft]) => draft.typing !== undefined);
    if (!left) return;
    const [key, name] = left[0].split(" ");
    list.goTo(/** @type {Note} */ (list.notes.find((one) => one.key === key)), name);
    act("memo");
  }

  const onHide = () => { if (document.hidden) hand.settle(); };
  window.addEventListener("beforeunload", hand.settle);
  document.addEventListener("visibilitychange", onHide);

  async function start() {
    listenForKeys(view.root, { press: (event) => (view.over ? view.over.press(/** @type {KeyboardEvent} */ (event)) : hand.press(event)) });
    const { answers, events, drafts } = await outbox.start();
    window.addEventListener("focus", outbox.hello);
    list.learn(answers || data.answers, new Set());
    events.forEach(list.recall);
    const begun = placed(drafts);
    for (const { note, variable, draft } of begun) {
      list.drafts.set(list.cellOf(note, variable), draft);
      drafted.add(list.cellOf(note, variable));
    }
    const typing = begun.filter(({ draft }) => draft.typing !== undefined);
    if (answers) typing.forEach(finishTyping);
    else unheard.push(...typing);
    list.toFirstOpen();
    if (list.again().length) list.review("changes");
    outbox.show(); // how many are saved is known only now
    view.open();
    onPaint(list);
    if (answers) openUnsaved();
  }

  /** @param {Message} message */
  function receive(message) {
    const late = message.kind === "overtaken" ? outbox.of(message.ids) : []; // of one sent twice nothing more is told
    outbox.receive(message);
    if (!late.length) return;
    for (const { note, variable } of late.flatMap((event) => list.miss(event) ?? [])) keepDraft(note, variable);
    const memo = late.some((event) => event.amends === "memo" && event.memo);
    hand.tell(memo ? "memo_overtaken" : late.every((event) => event.amends) ? "amend_overtaken" : "overtaken");
  }

  function stop() {
    hand.settle();
    window.removeEventListener("beforeunload", hand.settle);
    window.removeEventListener("focus", outbox.hello);
    document.removeEventListener("visibilitychange", onHide);
    outbox.stop();
    view.stop();
  }

  return { start, act, list, hearDrafts, again: outbox.put, repaint, receive, stop };
}

// A card on which somebody judges what others judged too: their choices come only once one has chosen oneself.
/** @param {Card} card @returns {Card} */
export function withOthers(card) {
  // An answer made here does not know yet what the others said.
  /** @param {Record<string, Other[]>} others */
  function learnOthers(others) {
    for (const note of card.list.notes) {
      note.others = others[note.key] ?? [];
      const answer = card.list.answerTo(note, note.variables[0]);
      if (answer) answer.differs = note.others.some((other) => other.differs);
    }
  }

  /** @param {Message} message */
  function receive(message) {
    if (message.kind !== "others") return card.receive(message);
    learnOthers(message.others);
    return card.repaint();
  }

  return { ...card, receive };
}
