// The card as a page of its own: no server, nobody to ask. The browser keeps the answers; a file carries them back.

import { createCodingCard } from "../coding/card.js";
import { createCodebook } from "../looks/codebook.js";
import { fill } from "../looks/elements.js";
import { createReference } from "../looks/reference.js";
import { createKeeper } from "../saving/keeper.js";
import { standing } from "../saving/progressfile.js";
import { showOpening } from "./opening.js";
import { createPanel } from "./panel.js";
import { practiceOf } from "./practice.js";

/** @import { Card, HandIn, KeptEvent, PageData, Posted, Worklist } from "../types" */

/** @param {HTMLElement} host @param {HTMLElement} shelf @param {PageData} data */
export async function startPage(host, shelf, data) {
  /** @param {string} key @param {Record<string, unknown>} [values] */
  const say = (key, values) => fill(data.page[key] ?? key, values);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`sekom-${data.study}-${data.coder}`) : null;
  /** @type {Set<string>} */
  const unsaved = new Set();
  const message = window.location.hash === "#cleared" ? say("cleared") : "";
  if (message) window.location.hash = ""; // said once
  /** @type {Card} */
  let card = /** @type {any} */ (null); // until somebody has said whose page it is
  /** @type {(() => void)[]} */
  const listeners = [];
  const keeper = createKeeper(data, { onChange: tellAll, onLost: keepAgain, onCleared: beginUnlessUnsaved });
  const panel = createPanel({ shelf, data, say, keeper, message, card: () => card, hear, confirmSaved, reset, focusCard });
  const box = /** @type {HTMLElement} */ (document.getElementById("who"));
  const ofCard = (/** @type {string} */ key, /** @type {Record<string, unknown>} */ values = {}) => fill(data.texts[key] ?? key, values);
  const codebook = createCodebook({ host: /** @type {HTMLElement} */ (host.parentElement), data, say: ofCard });
  const readCodebook = codebook.open;
  await keeper.open();
  let next = "code";
  if (!keeper.who) {
    next = await opening();
    keeper.sayWho("yes");
    await keeper.reload(); // another tab may have been answering meanwhile
  }

  const given = { ...data, answers: standing(data, keeper.events), handIn: handIn() };
  const onDraft = () => { if (channel) channel.postMessage("drafts"); };
  const reference = createReference({ host, data, say: ofCard });
  /** @param {Worklist} list */
  const onPaint = (list) => {
    panel.follow(list);
    if (data.training) reference.follow(list);
  };
  card = createCodingCard(host, given, receive, { onPaint, onDraft, onHandIn: panel.show, keepsEvents: false });

  function tellAll() {
    panel.paint();
    listeners.forEach((told) => told());
  }

  // What the last screen is told of the file, and does with it.
  /** @returns {HandIn} */
  function handIn() {
    return {
      state: () => ({ n: keeper.events.length, copied: keeper.copied, sent: keeper.sent, name: keeper.file?.handle.name ?? data.file, forgets: keeper.forgets, keeps: keeper.hasDatabase }),
      download: panel.download,
      sent: keeper.saySent,
      listen: (told) => { listeners.push(told); },
      readCodebook,
      ...(practiceOf(data.variables) && { practise: () => opening("practice").then(focusCard) }),
    };
  }

  // The first screens in place of the card; `only` the practice, once somebody has begun.
  /** @param {"practice" | ""} [only] */
  async function opening(only = "") {
    for (const part of [host, shelf]) part.hidden = true;
    const chosen = await showOpening({ box, data, say, message, only, readCodebook });
    for (const part of [host, shelf]) part.hidden = false;
    return chosen;
  }

  /** @param {Posted} message */
  async function receive(message) {
    if (message.kind !== "events") return hear();
    const ids = message.events.map((event) => event.event_id);
    ids.forEach((id) => unsaved.add(id));
    try {
      await keeper.save(message.events);
    } catch (/** @type {any} */ error) {
      return card.receive({ kind: "not_saved", ids, why: String(error.message || error) });
    }
    confirmSaved(ids);
    if (channel) channel.postMessage("saved");
    return undefined;
  }

  /** @param {string[]} [ids] */
  function confirmSaved(ids = [...unsaved]) {
    ids.forEach((id) => unsaved.delete(id));
    card.receive({ kind: "saved", ids });
  }

  function hear() {
    card.receive({ kind: "answers", answers: standing(data, keeper.events) });
  }

  // What the browser has taken away counts as not saved until it is kept anew.
  /** @param {KeptEvent[]} events */
  function keepAgain(events) {
    if (card) card.again(events);
    else keeper.save(events).catch(() => {});
  }

  // An open memo keeps the focus, whatever was clicked below the card.
  function focusCard() {
    if (!host.contains(document.activeElement)) /** @type {HTMLElement} */ (host.firstChild).focus({ preventScroll: true });
  }

  async function catchUp() {
    const n = await keeper.reload();
    if (!card) return;
    if (n) hear();
    await card.hearDrafts();
    panel.paint();
  }

  // After everything has been cleared the page begins anew, here and in every other tab.
  function reset() {
    if (channel) channel.postMessage("cleared");
    begin();
  }

  function begin() {
    unsaved.clear();
    window.location.hash = "cleared";
    window.location.reload();
  }

  function beginUnlessUnsaved() {
    if (!unsaved.size) begin();
  }

  function isAtRisk() {
    return unsaved.size || (keeper.forgets && keeper.copied < keeper.events.length) || (!keeper.hasDatabase && card.list.begun().length);
  }

  if (channel) {
    channel.onmessage = ({ data: what }) => {
      if (what === "cleared") beginUnlessUnsaved();
      else if (what === "drafts") card.hearDrafts();
      else catchUp();
    };
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? keeper.write() : catchUp()));
  window.addEventListener("focus", catchUp);
  window.addEventListener("beforeunload", (event) => { if (isAtRisk()) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (!/** @type {Element} */ (event.target).closest("button, input, textarea, label, a, summary, .sk-card")) focusCard();
  });
  await card.start();
  tellAll();
  if (next === "open") panel.open();
}
