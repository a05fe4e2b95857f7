// What was shown to whom, kept in the browser and told anew until somebody confirms that it is on the disk.

import { newEventId } from "../answering/answers.js";
import { RESEND } from "../saving/outbox.js";

/** @import { Post } from "../types" */

/** @param {string} name @param {Post} post */
export function createShowings(name, post) {
  const untold = new Map();
  const prefix = `${name} shown `;

  /** @param {string} id */
  function send(id) {
    try {
      const sent = post({ kind: "showing", id, ...untold.get(id) });
      if (sent && sent.catch) sent.catch(() => {});
    } catch { /* nobody there: it is told again */ }
  }

  /** @template T @param {(store: Storage) => T} work @returns {T | undefined} */
  function kept(work) {
    try {
      return work(window.localStorage);
    } catch {
      return undefined; // forbidden here: then only this page knows
    }
  }

  /** @param {{ note: string, variable: string, present?: string[] }} showing */
  function tell(showing) {
    const id = newEventId();
    untold.set(id, showing);
    kept((store) => store.setItem(prefix + id, JSON.stringify(showing)));
    send(id);
  }

  /** @param {string[]} ids */
  function confirm(ids) {
    for (const id of ids) {
      untold.delete(id);
      kept((store) => store.removeItem(prefix + id));
    }
  }

  kept((store) => Object.keys(store).filter((key) => key.startsWith(prefix))
    .forEach((key) => untold.set(key.slice(prefix.length), JSON.parse(/** @type {string} */ (store.getItem(key))))));
  const timer = setInterval(() => [...untold.keys()].forEach(send), RESEND);
  return { tell, confirm, stop: () => clearInterval(timer) };
}
