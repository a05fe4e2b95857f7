// The card on a page of a server that runs on this machine: what it posts goes there, and the answers come back.
// What cannot be posted is the outbox's: it says so, keeps it, and posts it again until somebody answers.
// Not among the modules in js/: a page that is mailed holds those, and nothing that could ask a network.

import cards from "./cards.js";

const PATIENCE = 10000; // milliseconds: who has not answered by then will not
const REASONS = { 403: "locked", 409: "elsewhere" };

const { page, served, ...data } = JSON.parse(document.getElementById("data").textContent);
data.texts.nobody_answers = page.gone;
let listen = () => {};
window.history.replaceState(null, "", window.location.pathname); // a screen may be shared, and the address holds a key

async function send(message) {
  let status = 0;
  try {
    const answer = await fetch(served.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-XSRFToken": served.guard },
      body: JSON.stringify({ who: served.who, message }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    status = answer.status;
    const replies = answer.ok ? await answer.json() : [];
    replies.forEach((reply) => listen(reply));
  } finally {
    data.texts.nobody_answers = page[REASONS[status] ?? "gone"];
  }
}

const model = { get: () => data, send, on: (_, listener) => { listen = listener; }, off: () => {} };
cards.render({ model, el: document.getElementById("card") });
