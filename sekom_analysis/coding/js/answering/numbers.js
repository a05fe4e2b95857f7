// A note's number, typed digit by digit. Pure.

// Of digits typed so far towards one of `n` notes: "none" if there is no such note, "taken" once no longer number is
// possible, else "open": it may go on, and Enter takes it as it is.
/** @param {string} digits @param {number} n @returns {"none" | "open" | "taken"} */
export function numberTyped(digits, n) {
  const number = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
  if (!number || number > n) return "none";
  return number * 10 > n ? "taken" : "open";
}
