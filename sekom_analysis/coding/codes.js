// The buttons of a question's codes, and the definition that belongs to each.

// Rows of buttons that a question takes.
function rowsOf(codes) {
  const columns = codes.length > 12 ? 3 : codes.length > 4 ? 2 : 1;
  return Math.ceil(codes.length / columns);
}

// Rows that the longest question takes, so that what stands below never moves; `more` buttons stand among its codes.
function mostRows(variables, more = []) {
  const rows = variables.map(({ kind, codes }) => (kind === "scale" ? 1 : rowsOf([...codes, ...more])) + (kind === "multiple" ? 1 : 0));
  return Math.max(...rows);
}

function createCodes(kit, { tip, panelIsOpen }) {
  const { parts, button } = kit;

  function paint(variable, more = []) {
    const keys = new Map([...keysOf(variable)].map(([key, code]) => [code, key]));
    parts.codes.className = `sk-codes sk-${variable.kind}`;
    parts.codes.style.setProperty("--sk-own-rows", rowsOf([...variable.codes, ...more]));
    parts.codes.replaceChildren(...variable.codes.map((code) => codeButton(code, keys.get(code.id))), ...more);
  }

  function codeButton(code, key) {
    const made = button("sk-code", code.label, key, "code", code.id);
    made.dataset.code = code.id;
    if (code.definition) {
      made.addEventListener("mouseenter", () => showDefinition(code, made));
      made.addEventListener("focus", () => { if (made.matches(":focus-visible")) showDefinition(code, made); });
      for (const end of ["mouseleave", "blur"]) made.addEventListener(end, () => showDefinition(null));
    }
    return made;
  }

  function press(isChosen) {
    for (const made of parts.codes.querySelectorAll("[data-code]")) made.setAttribute("aria-pressed", isChosen(made.dataset.code));
  }

  function showDefinition(code, near) {
    light(code ? code.id : null);
    if (!panelIsOpen()) tip(code ? code.definition : null, near);
  }

  function light(id) {
    for (const entry of parts.panelBox.querySelectorAll(".sk-entry")) {
      const lit = entry.dataset.code === id;
      entry.classList.toggle("sk-lit", lit);
      if (lit) reveal(entry, parts.panelBox);
    }
  }

  // Scrolls the box alone, never the page.
  function reveal(entry, box) {
    const folded = entry.closest("details");
    if (folded) folded.open = true;
    const [inner, outer] = [entry.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top) box.scrollTop += inner.top - outer.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top);
  }

  return { paint, press, light };
}
