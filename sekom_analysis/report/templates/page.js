// What a report's page does beyond standing there: contents that tell where one is, methods that open, light and dark,
// and every note to search and filter. Without it the page shows all that it has.

const SHOWN = 50; // rows, until all are asked for

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);

// --- what is folded opens when it is printed, asked for, or led to ---------------------------------------------------

/** @type {HTMLDetailsElement[]} */
const folded = all("details.folded").filter((one) => one instanceof HTMLDetailsElement);

function offerAll() {
  const box = all(".unfold")[0];
  const button = box && all("button", box)[0];
  if (!button || !folded.length) return;
  const say = () => { button.textContent = (folded.every(({ open }) => open) ? button.dataset.close : button.dataset.open) ?? ""; };
  button.addEventListener("click", () => {
    const isOpen = !folded.every(({ open }) => open);
    for (const one of folded) one.open = isOpen;
  });
  for (const one of folded) one.addEventListener("toggle", say);
  box.hidden = false;
}

function openForPrint() {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  const open = () => {
    const closed = folded.filter((one) => !one.open);
    for (const one of closed) one.open = true;
    opened = [...opened, ...closed];
  };
  const close = () => {
    for (const one of opened) one.open = false;
    opened = [];
  };
  const paper = window.matchMedia("print");
  window.addEventListener("beforeprint", open);
  window.addEventListener("afterprint", close);
  paper.addEventListener("change", () => (paper.matches ? open() : close()));
  if (paper.matches) open();
}

/** @param {(row: HTMLElement) => void} reveal shows a row of the notes */
function openWhatIsLedTo(reveal) {
  const lead = () => {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (!target) return;
    const around = target.closest("details.folded");
    if (around instanceof HTMLDetailsElement) around.open = true;
    if (target.matches(".notes tr")) reveal(target);
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", lead);
  document.addEventListener("click", (event) => { // also to where one has been led already
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link && link.hash && link.hash === window.location.hash) lead();
    for (const one of all("nav.narrow details")) if (link && one.contains(link)) one.removeAttribute("open");
  });
  lead();
}

// --- contents, and boxes that scroll ---------------------------------------------------------------------------------

function tellWhere() {
  const nav = all("nav.side")[0];
  if (!nav) return;
  const links = all("a", nav).filter((one) => one instanceof HTMLAnchorElement);
  const headings = links.map(({ hash }) => document.getElementById(decodeURIComponent(hash.slice(1))));
  const isUnder = links.map((link) => Boolean(link.closest(".under")));
  let isWaiting = false;
  const tell = () => {
    isWaiting = false;
    const passed = headings.map((one) => Boolean(one && one.getBoundingClientRect().top < window.innerHeight * 0.2));
    const at = Math.max(passed.lastIndexOf(true), 0);
    links.forEach((link, place) => {
      if (place === at) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    nav.classList.toggle("brief", !isUnder[at] && !isUnder[at + 1]); // methods are named where one reads them
    const [top, end] = [links[at].offsetTop, links[at].offsetTop + links[at].offsetHeight];
    if (top < nav.scrollTop) nav.scrollTop = top;
    else if (end > nav.scrollTop + nav.clientHeight) nav.scrollTop = end - nav.clientHeight;
  };
  window.addEventListener("scroll", () => {
    if (!isWaiting) requestAnimationFrame(tell);
    isWaiting = true;
  }, { passive: true });
  tell();
}

// A box is a stop for the Tab key only where there is something to scroll in it.
function stopWhereItScrolls() {
  const fit = () => {
    for (const box of all(".wide")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  window.addEventListener("resize", fit);
  for (const one of folded) one.addEventListener("toggle", fit);
  fit();
}

// --- light and dark --------------------------------------------------------------------------------------------------

function offerTheme() {
  const button = all(".theme")[0];
  if (!button || !CSS.supports("color", "light-dark(red, red)")) return;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  let isDark = system.matches;
  const say = () => { button.textContent = (isDark ? button.dataset.light : button.dataset.dark) ?? ""; };
  button.addEventListener("click", () => {
    isDark = !isDark;
    document.documentElement.style.colorScheme = isDark ? "dark" : "light";
    say();
  });
  system.addEventListener("change", () => {
    if (document.documentElement.style.colorScheme) return; // chosen by hand
    isDark = system.matches;
    say();
  });
  say();
  button.hidden = false;
}

// --- every note ------------------------------------------------------------------------------------------------------

/** @param {string} text as it is compared: without case and accents */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** A row of the notes: what it is, who chose what in it, and what is searched.
 * @typedef {{ element: HTMLElement, is: Set<string>, chosen: string[][], words: string }} Row */

/** @param {HTMLElement} element @returns {Row} */
function rowOf(element) {
  const is = (element.dataset.is ?? "").split(" ");
  const chosen = is.filter((one) => one.includes(".")).map((one) => one.split("."));
  const searched = [...[...element.children].slice(0, 2), ...all(".memo", element)];
  return { element, is: new Set(is), chosen, words: plain(searched.map((one) => one.textContent).join(" ")) };
}

/** @param {Row} row @param {{ words: string[], tokens: string[], coder: string, chose: string }} asked */
function isAsked({ is, chosen, words }, asked) {
  return asked.tokens.every((token) => is.has(token)) && asked.words.every((word) => words.includes(word)) &&
    (!(asked.coder || asked.chose) ||
      chosen.some(([coder, code]) => (!asked.coder || coder === asked.coder) && (!asked.chose || code === asked.chose)));
}

/** @returns {(row: HTMLElement) => void} what shows a row, whatever is filtered */
function offerFinder() {
  const finder = all(".finder")[0];
  if (!finder) return () => {};
  const rows = all(".notes tbody tr").map(rowOf);
  const fields = all("input, select", finder).filter((one) => one instanceof HTMLInputElement || one instanceof HTMLSelectElement);
  const told = all(".shown")[0];
  const more = all(".more")[0];
  const [button] = all("button", more);
  let isWhole = false;

  const asked = () => {
    const found = { words: /** @type {string[]} */ ([]), tokens: /** @type {string[]} */ ([]), coder: "", chose: "" };
    for (const field of fields) {
      const { filter } = field.dataset;
      if (field.type === "search") found.words = plain(field.value).split(/\s+/).filter(Boolean);
      else if (filter === "coder" || filter === "chose") found[filter] = field.value;
      else if (field.value && (!(field instanceof HTMLInputElement) || field.checked)) found.tokens.push(field.value);
    }
    return found;
  };

  function show() {
    const wanted = asked();
    const found = rows.filter((row) => isAsked(row, wanted));
    const shown = new Set(isWhole ? found : found.slice(0, SHOWN));
    for (const row of rows) {
      const isHidden = !shown.has(row);
      if (row.element.hidden !== isHidden) row.element.hidden = isHidden;
    }
    const text = (rows.length === 1 ? told.dataset.one : told.dataset.many) ?? "";
    told.textContent = text.replace("{n}", String(found.length)).replace("{all}", String(rows.length));
    more.hidden = shown.size === found.length;
    button.textContent = (button.dataset.text ?? "").replace("{n}", String(found.length));
  }

  /** @param {boolean} [toWhole] */
  function reset(toWhole = false) {
    for (const field of fields) {
      if (field instanceof HTMLInputElement) field.checked = false;
      if (field.type !== "checkbox") field.value = "";
    }
    isWhole = toWhole;
    show();
  }

  finder.addEventListener("input", () => {
    isWhole = false;
    show();
  });
  all("button", finder)[0].addEventListener("click", () => reset());
  button.addEventListener("click", () => {
    const next = rows.filter(({ element }) => !element.hidden).length;
    isWhole = true;
    show();
    const first = rows.filter(({ element }) => !element.hidden)[next].element; // where one goes on to read
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  });
  finder.hidden = false;
  told.hidden = false;
  show();
  return (row) => {
    if (row.hidden) reset(true);
  };
}

offerAll();
openForPrint();
offerTheme();
tellWhere();
stopWhereItScrolls();
openWhatIsLedTo(offerFinder());
