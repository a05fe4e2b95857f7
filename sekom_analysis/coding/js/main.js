// Where a browser begins: a notebook asks for `render`; on a page of its own the card starts by itself.

import { createCodingCard } from "./coding/card.js";
import { createComparingCard } from "./comparing/card.js";
import { createCodebookEditor } from "./editing/editor.js";
import { createAdjudicationCard } from "./judging/card.js";
import { createTalkCard } from "./judging/talk.js";
import { fill } from "./looks/elements.js";
import { createReference } from "./looks/reference.js";
import { startPage } from "./page/page.js";

/** @import { CardOptions, Message, Model } from "./types" */

/** @typedef {{ start: () => unknown, receive: (message: any) => any, stop: () => unknown }} Shown */

/** @type {Record<string, (host: HTMLElement, data: any, post: (message: any) => any, options?: CardOptions) => Shown>} */
const CARDS = {
  coding: createCodingCard, adjudication: createAdjudicationCard, talk: createTalkCard, comparing: createComparingCard, codebook: createCodebookEditor,
};

// Who trains is shown the reference after each answer.
/** @param {HTMLElement} el @param {any} data @returns {CardOptions} */
function optionsOf(el, data) {
  if (!data.training) return {};
  const { follow } = createReference({ host: el, data, say: (key, values) => fill(data.texts[key] ?? key, values) });
  return { onPaint: follow };
}

// The card as a notebook's widget: what the card posts goes to Python, what Python says comes back.
/** @param {{ model: Model, el: HTMLElement }} given */
function render({ model, el }) {
  const data = model.get("data");
  const card = CARDS[data.card](el, data, (message) => model.send(message), optionsOf(el, data));
  /** @type {(message: Message) => void} */
  const listen = (message) => card.receive(message);
  model.on("msg:custom", listen);
  card.start();
  return () => {
    model.off("msg:custom", listen);
    card.stop();
  };
}

if (document.querySelector("main.sp-page")) {
  const [host, shelf, data] = ["card", "shelf", "data"].map((id) => /** @type {HTMLElement} */ (document.getElementById(id)));
  startPage(host, shelf, JSON.parse(data.textContent ?? ""));
}

export default { render };
