// The small pieces that the card is made of.

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children); // texts become text, never markup
  return element;
}

function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}

function keycap(key) {
  const cap = make("kbd", "sk-key", key.length === 1 ? key.toUpperCase() : key);
  cap.setAttribute("aria-hidden", "true");
  return cap;
}

function paintDefinitions(box, variable, say) {
  const entries = variable.codes.filter((code) => code.definition || code.include || code.exclude || code.example);
  box.replaceChildren(make("p", "sk-panel-title", variable.label), ...entries.map((code) => definitionOf(code, say)));
  if (!entries.length) box.append(make("p", "sk-quiet", say("no_definitions")));
  box.scrollTop = 0;
}

function definitionOf(code, say) {
  const entry = make("div", "sk-entry", make("p", "sk-entry-label", code.label));
  entry.dataset.code = code.id;
  if (code.definition) entry.append(make("p", "", code.definition));
  for (const kind of ["include", "exclude", "example"]) {
    if (code[kind]) entry.append(make("p", "sk-entry-more", make("em", "", `${say(kind)} `), code[kind]));
  }
  return entry;
}
