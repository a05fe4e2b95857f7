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

// `first`: codes whose definitions come first, while the others wait folded; left out, all in the codebook's order.
function paintDefinitions(box, variable, say, first = null) {
  const entries = variable.codes.filter((code) => code.definition || code.include || code.exclude || code.example);
  const isFirst = (code) => !first || first.includes(code.id);
  const shown = (codes) => codes.map((code) => definitionOf(code, say));
  box.replaceChildren(make("p", "sk-panel-title", variable.label), ...shown(entries.filter(isFirst)));
  const rest = entries.filter((code) => !isFirst(code));
  if (rest.length) box.append(make("details", "sk-rest", make("summary", "", say("other_codes", { n: rest.length })), ...shown(rest)));
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

// What was just chosen, so that a slip of the finger is seen before the next one.
function latestOf(list, say) {
  const taken = list.latest;
  if (!taken || isOpen(taken.to) || taken.variable === FLAG) return "";
  const { codes } = list.variables.get(taken.variable);
  const labels = codes.filter((code) => taken.to.codes.includes(code.id)).map((code) => code.label);
  if (taken.to.event === "skip") labels.push(say("step_skipped"));
  return say("latest", { codes: labels.join(", ") || say("confirm_none") });
}

// The answer as its labels; one that can no longer be chosen too.
function labelsOf(variable, answer) {
  const labels = new Map(variable.codes.map((code) => [code.id, code.label]));
  const named = answer.codes.map((code) => labels.get(code) ?? variable.retired[code] ?? code);
  return named.join(", ") || "–";
}

// The codes of an answer that can no longer be chosen.
function retiredOf(variable, answer) {
  const known = new Set(variable.codes.map((code) => code.id));
  return answer.codes.filter((code) => !known.has(code)).map((code) => variable.retired[code] ?? code).join(", ");
}
