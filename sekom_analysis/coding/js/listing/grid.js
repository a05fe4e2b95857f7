// A grid of which only the rows in view are in the document, each placed where it would stand. Rows are measured once
// they are shown; until then they are taken to be as high as others are.

import { make } from "../looks/elements.js";

const GAP = 4; // between rows
const BEYOND = 300; // so many pixels out of view are there too, so that nothing blinks while one scrolls

/** What a grid shows: the key of each row in order, which one the keys are on, and how one is drawn. `signature` tells
 * whether a row has to be drawn anew.
 * @typedef {{ keys: number[], at: number, signature: (key: number) => string, draw: (key: number, row: HTMLElement) => void }} Content */

/** @param {{ label: string }} given */
export function createGrid({ label }) {
  const body = make("div", "sk-list-body");
  const head = make("div", "sk-list-head");
  const root = make("div", "sk-list-grid", make("div", "", head), body);
  const scroller = make("div", "sk-list-scroll", root);
  root.setAttribute("role", "grid");
  root.setAttribute("aria-label", label);
  root.setAttribute("aria-multiselectable", "true");
  root.firstElementChild?.setAttribute("role", "rowgroup");
  head.setAttribute("role", "row");
  head.setAttribute("aria-rowindex", "1");
  body.setAttribute("role", "rowgroup");
  /** @type {Content} */
  let content = { keys: [], at: -1, signature: () => "", draw() {} };
  /** @type {Map<number, { row: HTMLElement, signature: string }>} */
  const shown = new Map();
  /** @type {Map<number, number>} */
  const heights = new Map();
  let usual = 56; // of a row that has not been measured
  let width = 0;
  /** @type {number[]} */
  let tops = [0]; // of each row, and the end

  function place() {
    tops = [0];
    for (const key of content.keys) tops.push(tops[tops.length - 1] + (heights.get(key) ?? usual) + GAP);
    body.style.height = `${tops[tops.length - 1]}px`;
  }

  // The last row that begins at or above a height.
  /** @param {number} y */
  function rowAt(y) {
    let [low, high] = [0, content.keys.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return Math.min(low, content.keys.length - 1);
  }

  // The rows in view, and the one that the keys are on wherever it is, for the focus stays with it.
  function inView() {
    if (!content.keys.length) return [];
    const from = rowAt(scroller.scrollTop - BEYOND);
    const to = rowAt(scroller.scrollTop + scroller.clientHeight + BEYOND);
    const all = new Set(Array.from({ length: to - Math.max(from, 0) + 1 }, (_, number) => Math.max(from, 0) + number));
    if (content.at >= 0) all.add(content.at);
    return [...all].sort((a, b) => a - b);
  }

  /** @param {number} index */
  function rowOf(index) {
    const key = content.keys[index];
    const known = shown.get(key);
    const signature = content.signature(key);
    const row = known ? known.row : make("div", "sk-list-row");
    if (!known) row.setAttribute("role", "row");
    if (!known || known.signature !== signature) {
      content.draw(key, row);
      shown.set(key, { row, signature });
    }
    row.dataset.key = String(key);
    row.setAttribute("aria-rowindex", String(index + 2));
    row.tabIndex = index === content.at ? 0 : -1;
    row.classList.toggle("sk-at", index === content.at);
    return row;
  }

  function drawRows() {
    const indexes = inView();
    const keys = new Set(indexes.map((index) => content.keys[index]));
    for (const [key, { row }] of shown) {
      if (keys.has(key)) continue;
      row.remove();
      shown.delete(key);
    }
    /** @type {Element | null} */
    let next = body.firstElementChild;
    for (const index of indexes) { // moved only where the order is another, for what moves loses the focus
      const row = rowOf(index);
      if (row === next) next = next.nextElementSibling;
      else body.insertBefore(row, next);
      row.style.top = `${tops[index]}px`;
    }
    return indexes;
  }

  // Whether a row in view was of another height than thought.
  /** @param {number[]} indexes */
  function measure(indexes) {
    const isFirst = !heights.size;
    const fresh = indexes.map((index) => content.keys[index]).filter((key) => {
      const height = shown.get(key)?.row.offsetHeight ?? usual;
      const before = heights.get(key);
      heights.set(key, height);
      return before !== height;
    });
    if (isFirst && fresh.length) usual = [...heights.values()].reduce((sum, height) => sum + height, 0) / heights.size;
    return fresh.length > 0;
  }

  // Draws what is in view; what turns out to be of another height moves what stands below, never what one looks at.
  function drawView() {
    if (root.clientWidth !== width) {
      heights.clear();
      width = root.clientWidth;
    }
    for (let times = 0; times < 4; times += 1) {
      place();
      const indexes = drawRows();
      const first = rowAt(scroller.scrollTop);
      const within = scroller.scrollTop - (tops[first] ?? 0);
      if (!measure(indexes)) break;
      place();
      if (first > 0) scroller.scrollTop = tops[first] + within;
    }
  }

  /** @param {Content} now */
  function paint(now) {
    content = now;
    root.setAttribute("aria-rowcount", String(now.keys.length + 1));
    drawView();
  }

  // Scrolls as little as brings the row at the keys into view.
  function reveal() {
    for (let times = 0; times < 2 && content.at >= 0; times += 1) { // once more, now that it is measured
      const [top, end] = [tops[content.at], tops[content.at + 1]];
      const room = scroller.clientHeight - head.offsetHeight;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (end > scroller.scrollTop + room) scroller.scrollTop = end - room;
      drawView();
    }
  }

  /** @param {number} key */
  const rowWith = (key) => shown.get(key)?.row;

  function focus() {
    const row = rowWith(content.keys[content.at]);
    (row ?? scroller).focus({ preventScroll: true });
  }

  /** @param {number[]} keys */
  function flash(keys) {
    for (const key of keys) {
      const row = rowWith(key);
      if (!row) continue;
      row.classList.remove("sk-flash");
      requestAnimationFrame(() => row.classList.add("sk-flash"));
      row.addEventListener("animationend", () => row.classList.remove("sk-flash"), { once: true });
    }
  }

  // How many rows a page up or down is.
  const pageSize = () => Math.max(1, Math.floor((scroller.clientHeight - head.offsetHeight) / (usual + GAP)) - 1);

  scroller.tabIndex = -1;
  scroller.addEventListener("scroll", drawView, { passive: true });

  return { root: scroller, head, body, paint, reveal, focus, flash, pageSize, get element() { return root; } };
}
