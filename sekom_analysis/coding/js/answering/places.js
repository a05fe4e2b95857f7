// Where a coder is: among all notes, or in a queue of answers that are gone through one by one. Pure.

import { isAgain } from "./again.js";
import { isOpen, PROPOSAL } from "./answers.js";

/** @import { Note, Sort, Standing, Way } from "../types" */

/** @param {Standing} standing */
export function createPlaces({ notes, numbers, answerTo, standing, cellsOf }) {
  const everything = notes.map((_, number) => number);
  /** @type {Way} */
  let list = { kind: "open", notes: everything, cells: null };
  let at = { place: 0, step: 0 };
  /** @type {{ list: Way, at: typeof at } | null} */
  let before = null; // where the coder was before a queue

  const here = () => notes[list.notes[at.place]];
  const isFinished = () => at.place >= list.notes.length;

  // --- among all notes ----------------------------------------------------------------------------

  /** @param {number} by */
  function step(by) {
    if (list.cells) return stepInQueue(by);
    const from = at;
    at = { ...at, step: at.step + by };
    if (!list.notes.length) at = from;
    else if (isFinished()) {
      const last = list.notes.length - 1;
      at = by < 0 ? { place: last, step: notes[list.notes[last]].variables.length - 1 } : from;
    } else if (at.step < 0) {
      at = at.place === 0 ? from : { place: at.place - 1, step: notes[list.notes[at.place - 1]].variables.length - 1 };
    } else if (at.step >= here().variables.length) {
      at = { place: at.place + 1, step: 0 };
    }
    return undefined;
  }

  /** @param {number} by */
  function leap(by) {
    if (list.cells) leapInQueue(by);
    else at = { place: Math.min(Math.max(at.place + by, 0), list.notes.length), step: 0 };
  }

  function firstOpen(from = { place: 0, step: 0 }) {
    for (let place = from.place; place < list.notes.length; place += 1) {
      const note = notes[list.notes[place]];
      for (let number = place === from.place ? from.step : 0; number < note.variables.length; number += 1) {
        if (isOpen(answerTo(note, note.variables[number]))) return { place, step: number };
      }
    }
    return null;
  }

  function toAll() {
    list = { kind: "open", notes: everything, cells: null };
    before = null;
  }

  function toFirstOpen() {
    toAll();
    at = firstOpen() || { place: list.notes.length, step: 0 };
  }

  // After an answer: the next question that is open; in a queue, simply the next.
  function advance() {
    if (list.kind === "older") return toNextAgain();
    if (list.cells) return step(1);
    const end = { place: list.notes.length, step: 0 };
    at = firstOpen(at) || firstOpen() || end;
    return undefined;
  }

  /** @param {Note} note @param {string} variable */
  function goTo(note, variable) {
    const number = numbers.get(note.key);
    const name = variable.replace(PROPOSAL, "");
    const place = placeOf(number, name);
    if (place < 0) toAll();
    at = { place: place < 0 ? number : place, step: Math.max(note.variables.indexOf(name), 0) };
  }

  /** @param {number} number @param {string} variable */
  function placeOf(number, variable) {
    const exactly = (list.cells ?? []).findIndex((cell) => cell.note === number && cell.variable === variable);
    if (exactly >= 0) return exactly;
    return list.notes[at.place] === number ? at.place : list.notes.indexOf(number);
  }

  // --- in a queue of answers ----------------------------------------------------------------------

  /** @param {Sort} kind @param {string} [variable] */
  function review(kind, variable) {
    if (!list.cells) before = { list, at };
    const cells = kind === "changes" ? [] : cellsOf(kind, variable);
    list = { kind, variable, notes: cells.map(({ note }) => note), cells };
    toCell(0);
  }

  /** @param {number} place */
  function toCell(place) {
    const cells = list.cells ?? [];
    at = { place: Math.min(Math.max(place, 0), cells.length), step: 0 };
    if (!isFinished()) at.step = here().variables.indexOf(cells[at.place].variable);
  }

  // From another question of the same note one comes back to the queue first.
  /** @param {number} by */
  function stepInQueue(by) {
    const cell = (list.cells ?? [])[at.place];
    const isAside = Boolean(cell) && here().variables[at.step] !== cell.variable;
    toCell(isAside && by < 0 ? at.place : at.place + by);
  }

  /** @param {number} by */
  function leapInQueue(by) {
    const from = list.notes[at.place];
    /** @param {number} place */
    const isSame = (place) => from !== undefined && list.notes[place] === from;
    let place = at.place + Math.sign(by);
    while (isSame(place)) place += Math.sign(by);
    toCell(place);
  }

  // The next question of the queue that is still to be looked at again.
  function toNextAgain() {
    do step(1);
    while (!isFinished() && !isAgain(standing(here(), here().variables[at.step])));
  }

  // To where the coder was before the queue.
  function back() {
    if (!before) return toFirstOpen();
    ({ list, at } = before);
    before = null;
    return undefined;
  }

  // Does something that may lead elsewhere, and comes back.
  /** @template Made @param {() => Made} work @returns {Made} */
  function inPlace(work) {
    const kept = { list, at, before };
    const made = work();
    ({ list, at, before } = kept);
    return made;
  }

  return {
    here, isFinished, step, leap, toFirstOpen, advance, goTo, review, back, inPlace,
    get list() { return list; },
    get at() { return at; },
    get isFirst() { return at.place === 0 && (at.step === 0 || Boolean(list.cells)); },
    get isReview() { return Boolean(list.cells); },
  };
}
