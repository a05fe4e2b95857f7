// Reasons that were given before, to be used again. Pure.

const MOST = 5; // reasons of one's own that are offered

// A reason goes to the front of those given before; one that is given again is not offered twice.
/** @param {string[]} before @param {string} reason */
export function remembered(before, reason) {
  const text = reason.trim();
  return text ? [text, ...before.filter((one) => one !== text)].slice(0, MOST) : before;
}

// What stands in the field once a reason is added to it; one that is there already is not added again.
/** @param {string} written @param {string} reason */
export function addedTo(written, reason) {
  if (written.includes(reason)) return written;
  const before = written.trimEnd();
  return before ? `${before}${/[.!?…\n]$/.test(before) ? " " : ". "}${reason}` : reason;
}
