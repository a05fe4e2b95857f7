// What a card is given, as small as can be, and time that passes only where a test says so.

import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // node 18 has it only by this name

export const PAUSE = 600; // after so many milliseconds a number that could go on is taken
export const BURST = 400; // keys closer than this to prose belong to it

const coded = (id, kind, codes) => ({ id, kind, label: id, question: `${id}?`, version: "v1", codes, retired: {} });

export function choices(id, n, kind = "single") {
  return coded(id, kind, Array.from({ length: n }, (_, number) => ({ id: `k${number}`, label: `Kod ${number}` })));
}

export function scale(low, high, id = "v0") {
  return coded(id, "scale", Array.from({ length: high - low + 1 }, (_, number) => ({ id: String(low + number), label: String(low + number) })));
}

export function dataOf(variables, n = 3, more = {}) {
  const names = variables.map(({ id }) => id);
  const notes = Array.from({ length: n }, (_, number) => ({ key: `n${number}`, text: `lapp ${number}`, gloss: "", hash: `h${number}`, pass: 1, variables: names }));
  return { card: "coding", study: "s", coder: "anna", pass: 1, lang: "sv", texts: {}, variables, notes, answers: {}, ...more };
}

export function press(key, { code, at = 0, ...more } = {}) {
  const place = code ?? (/^[0-9]$/.test(key) ? `Digit${key}` : key.length === 1 ? `Key${key.toUpperCase()}` : key);
  return { key, code: place, timeStamp: at, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more };
}

// Timers that go off only when time is let pass.
export function createTime() {
  let now = 0;
  let timers = [];
  return {
    now: () => now,
    wait(milliseconds, work) {
      const timer = { at: now + milliseconds, work };
      timers.push(timer);
      return () => { timers = timers.filter((one) => one !== timer); };
    },
    pass(milliseconds) {
      now += milliseconds;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      due.forEach(({ work }) => work());
    },
  };
}
