// Whose page it is: asked once in every browser, before a note is shown. Several people with one page would be one coder.

import { make } from "../looks/elements.js";

/** @import { PageData, Say } from "../types" */

// Resolves once somebody has said that the page is theirs; until then there is nothing to code.
/** @param {{ box: HTMLElement, data: PageData, say: Say, message: string }} given @returns {Promise<void>} */
export function askWho({ box, data, say, message }) {
  return new Promise((resolve) => {
    /** @param {string} key @param {() => void} onClick */
    function button(key, onClick) {
      const made = make("button", "sp-button", say(key));
      made.type = "button";
      made.addEventListener("click", onClick);
      return made;
    }

    /** @param {string} heading @param {string[]} texts @param {...Node} buttons */
    function show(heading, texts, ...buttons) {
      const title = make("h2", "", heading);
      title.id = "who-title";
      box.replaceChildren(title, ...texts.map((text) => make("p", "", text)), make("div", "sp-buttons", ...buttons));
      box.focus({ preventScroll: true }); // not a button: a key that was meant for a card answers nothing
    }

    function ask() {
      const texts = [message, say("who_private")].filter(Boolean);
      show(say("who_ask", { who: data.who }), texts, button("who_yes", yes), button("who_no", no));
    }

    function no() {
      show(say("who_not_yours"), [say("who_other", { who: data.who }), say("who_nothing")], button("who_back", ask));
    }

    function yes() {
      box.hidden = true;
      box.replaceChildren();
      resolve();
    }

    box.hidden = false;
    box.tabIndex = -1;
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", "who-title");
    ask();
  });
}
