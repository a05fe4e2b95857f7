// Where a browser begins: a notebook asks for `render`; on a page of its own the card starts by itself.

import { createCodingCard } from "./coding/card.js";
import { createComparingCard } from "./comparing/card.js";
import { createAdjudicationCard } from "./judging/card.js";
import { startPage } from "./page/page.js";

const CARDS = { coding: createCodingCard, adjudication: createAdjudicationCard, comparing: createComparingCard };

// The card as a notebook's widget: what the card posts goes to Python, what Python says comes back.
function render({ model, el }) {
  const data = model.get("data");
  const card = CARDS[data.card](el, data, (message) => model.send(message));
  const listen = (message) => card.receive(message);
  model.on("msg:custom", listen);
  card.start();
  return () => {
    model.off("msg:custom", listen);
    card.stop();
  };
}

const page = document.querySelector("main.sp-page");
if (page) {
  startPage(document.getElementById("card"), document.getElementById("shelf"),
    JSON.parse(document.getElementById("data").textContent));
}

export default { render };
