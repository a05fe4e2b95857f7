// Made by make bundle from the modules in js/; change those, not this.

// answering/again.js
var REJECTED = 400;
function countedNow({ codes, codebook = "" }, variable) {
  if (!variable || codebook === variable.version) return { codes };
  const then = (variable.earlier ?? {})[codebook];
  if (!then) return { codes, again: { why: "unreviewed", code: "", text: "" } };
  const whyOf2 = (code) => code in then.again ? then.again[code] : then.rest;
  const reasons = (codes.length ? codes : [""]).flatMap((code) => whyOf2(code) ?? []);
  const [again] = reasons.sort((a, b) => (a.weight ?? 0) - (b.weight ?? 0));
  const now = codes.map((code) => code in then.counts ? then.counts[code] : code);
  return { codes: now.includes(null) ? null : [...new Set(
    /** @type {string[]} */
    now
  )], again };
}
var isAgain = (answer) => Boolean(answer && (answer.event === "decide" ? answer.older : answer.again && answer.event === "retract"));
function canHold(answer, variable) {
  return Boolean(answer && answer.older && answer.codes.every((code) => variable.codes.some(({ id }) => id === code)));
}
var keyOf = ({ code, text }, variable) => `${variable} ${code} ${text}`;
function changeOf(changes, variable, again) {
  return again && changes.find((one) => one.variable === variable && one.why === again.why && keyOf(one, variable) === keyOf(again, variable));
}
function toldOf(list, changes) {
  const told = new Map(changes.map((change) => [keyOf(change, change.variable), { change, counts: /* @__PURE__ */ new Map() }]));
  for (const { variable, again } of list.again()) {
    const label = list.variables.get(variable).label;
    const key = keyOf(again, variable);
    const one = told.get(key) ?? { change: { ...again, variable, label, parts: [] }, counts: /* @__PURE__ */ new Map() };
    one.counts.set(again.why, (one.counts.get(again.why) ?? 0) + 1);
    told.set(key, one);
  }
  return [...told.values()].filter(({ counts }) => counts.size);
}
var wordsOf = (text) => text.match(/\s*[\p{L}\p{N}\p{M}_'’-]+|\s*[^\s]/gu) ?? [];
function wordDiff(before, after) {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (Math.max(old.length, now.length) > REJECTED) return joined([["gone", before], ["new", after]]);
  const bare2 = (word) => word.trim();
  const same = old.map(() => new Array(now.length + 1).fill(0));
  same.push(new Array(now.length + 1).fill(0));
  for (let i2 = old.length - 1; i2 >= 0; i2 -= 1) {
    for (let j2 = now.length - 1; j2 >= 0; j2 -= 1) {
      same[i2][j2] = bare2(old[i2]) === bare2(now[j2]) ? same[i2 + 1][j2 + 1] + 1 : Math.max(same[i2 + 1][j2], same[i2][j2 + 1]);
    }
  }
  const pieces = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && bare2(old[i]) === bare2(now[j])) {
      pieces.push(["kept", now[j]]);
      [i, j] = [i + 1, j + 1];
    } else if (j >= now.length || i < old.length && same[i + 1][j] >= same[i][j + 1]) {
      pieces.push(["gone", old[i]]);
      i += 1;
    } else {
      pieces.push(["new", now[j]]);
      j += 1;
    }
  }
  return joined(pieces);
}
function joined(pieces) {
  const found3 = [];
  for (const [kind, text] of pieces) {
    const last = found3.at(-1);
    if (last && last[0] === kind) last[1] += text;
    else if (text) found3.push([kind, text]);
  }
  return found3;
}

// answering/answers.js
var FLAG = "flag";
var PROPOSAL = "proposal:";
var LONGEST_NAME = 80;
var LONGEST_MEMO = 2e4;
var lengthOf = (text) => Array.from(text).length;
function isNone(answer, { kind }) {
  if (!answer || answer.event !== "decide") return false;
  return answer.codes.join() === "none_fits" || kind === "multiple" && !answer.codes.length;
}
function proposalIn(memo) {
  const [name, ...words] = memo.split("\n");
  return { name, words: words.join("\n") };
}
function memoOf({ name, words }) {
  return [name.trim().replace(/\s+/g, " "), words.trim()].filter((part, number) => part || !number).join("\n");
}
function newEventId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return "e" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
function isOpen(answer) {
  return !answer || answer.event === "retract" || answer.event === "changed";
}
function hasSelection(draft) {
  return Boolean(draft.codes || draft.event || draft.judged || draft.number !== void 0);
}
function choosable(codes, variable) {
  return codes.filter((code) => variable.codes.some(({ id }) => id === code));
}
function sameAnswer(one, other) {
  return one && other && one.event === other.event && one.certainty === other.certainty && one.memo === other.memo && (one.words ?? "") === (other.words ?? "") && one.codes.join("|") === other.codes.join("|");
}
var shownNumber = (text) => text.replace("-", "−");
function numberIn(text, variable) {
  const plain2 = text.trim().replace(/^[\u2212\u2013]/, "-").replace(/^\+/, "");
  const number = /^-?[0-9]{1,12}$/.test(plain2) ? String(Number(plain2)) : "";
  return variable.codes.some(({ id }) => id === number) ? number : "";
}
function rangeOf({ codes }, number) {
  const [low, high] = [codes[0].id, codes[codes.length - 1].id].map(shownNumber);
  return { number: shownNumber(number), low, high };
}

// answering/keys.js
var COMMANDS = {
  ".": "unsure",
  ",": "memo",
  "/": "skip",
  "+": "flag",
  "*": "propose",
  "<": "gloss",
  "'": "codebook",
  "’": "codebook",
  ":": "reviews",
  ">": "number",
  "?": "keys",
  Enter: "confirm",
  ArrowLeft: "back",
  ArrowRight: "forward",
  ArrowUp: "up",
  ArrowDown: "down",
  End: "toFirstOpen",
  PageUp: "recentBack",
  PageDown: "recentForward",
  " ": "scroll",
  Backspace: "undo",
  Escape: "leave"
};
var DIGITS = "123456789";
var NONE_FITS = "none_fits";
var MINUS = /^[-−]$/;
function keysOf(variable) {
  if (variable.kind === "scale") return new Map(variable.codes.map(({ id }) => [id, id]));
  const own = variable.codes.map(({ id, place }, number) => id === NONE_FITS ? "0" : DIGITS[place ?? number]);
  const free = own.length <= DIGITS.length ? [...DIGITS].filter((key) => !own.includes(key)) : [];
  return new Map(variable.codes.flatMap(({ id }, number) => {
    const key = own[number] ?? free.shift();
    return key ? [[key, id]] : [];
  }));
}
function typed(event, commands) {
  const digit = /^Digit([0-9])$/.exec(event.code);
  if (digit && !(event.shiftKey && commands[event.key])) return digit[1];
  return event.key;
}
function signOf(event, variable, key) {
  const hasMinus = variable.codes.some(({ id }) => id.startsWith("-"));
  if (MINUS.test(event.key) && (hasMinus || !/^Digit/.test(event.code))) return "-";
  return /^[0-9]$/.test(key) ? key : "";
}
function chord(event, key, commands) {
  if (event.altKey) return null;
  const letter = key.toLowerCase();
  if (letter === "z") return { name: event.shiftKey ? "redo" : "undo" };
  if (letter === "s") return { name: "nothing" };
  if (letter === "y") return { name: "redo" };
  return commands[`Ctrl+${key}`] ? { name: commands[`Ctrl+${key}`] } : null;
}
function actionOf(event, variable, commands) {
  const key = typed(event, commands);
  if (event.ctrlKey || event.metaKey) return chord(event, key, commands);
  if (event.altKey) return null;
  if (event.shiftKey) {
    if (/^[123]$/.test(key)) return { name: "certainty", value: key };
    if (key === "ArrowLeft") return { name: "noteBack" };
    if (key === "ArrowRight") return { name: "noteForward" };
    if (key === "Backspace") return { name: "redo" };
    if (key.length > 1 || /^[0-9]$/.test(key) && key !== event.key) return null;
  }
  if (variable && variable.kind === "scale") {
    const sign = signOf(event, variable, key);
    if (sign) return { name: "digit", value: sign };
  } else if (variable) {
    const code = keysOf(variable).get(key);
    if (code !== void 0) return { name: "code", value: code };
    if (/^\p{L}$/u.test(key) && !commands[key.toLowerCase()]) return { name: "letter", value: key };
  }
  const name = commands[key] ?? commands[key.toLowerCase()];
  return name ? { name } : null;
}
function listenForKeys(root, hand) {
  root.addEventListener("keydown", (event) => {
    const target = (
      /** @type {Element} */
      event.target
    );
    if (target.matches("input, textarea, dialog, dialog *")) return event.stopPropagation();
    const onButton = target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    if (onButton && event.repeat) event.preventDefault();
    const ours = !onButton && hand.press(event);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified || ours) event.stopPropagation();
    if (ours) event.preventDefault();
    return void 0;
  });
}

// answering/typing.js
var LONGEST_LEAD = 4;
var SHORTEST_IN_DEFINITION = 2;
var fold = (text) => text.toLowerCase().normalize("NFC");
var plain = (text) => fold(text).normalize("NFD").replace(/\p{M}/gu, "");
var wordsOf2 = (text) => text.split(/[\s,.;:/()–-]+/).filter(Boolean);
var isWordSign = /[\p{L}\p{N}]/u;
function beginsWords(text, typed2) {
  const words = wordsOf2(text);
  let at = 0;
  return wordsOf2(typed2).every((part) => {
    while (at < words.length && !words[at].startsWith(part)) at += 1;
    at += 1;
    return at <= words.length;
  });
}
function fit(label, typed2) {
  if (label.startsWith(typed2)) return isWordSign.test(label[typed2.length] ?? "") ? 3 : 4;
  if (beginsWords(label, typed2)) return 2;
  return label.includes(typed2) ? 1 : 0;
}
function foundInLabels(codes, typed2, form) {
  const part = form(typed2);
  const fits = codes.map((code) => ({ code, fit: fit(form(code.label), part) }));
  const least = fits.some((one) => one.fit > 1) ? 2 : 1;
  return fits.filter((one) => one.fit >= least).sort((a, b) => b.fit - a.fit).map(({ code }) => code);
}
var meaningOf = ({ definition = "", include = "", example = "" }) => [definition, include, example].join(" ");
function found(codes, typed2) {
  const part = fold(typed2.trim());
  if (!part) return [];
  for (const form of [fold, plain]) {
    const hits = foundInLabels(codes, part, form);
    if (hits.length) return hits;
  }
  return part.length < SHORTEST_IN_DEFINITION ? [] : codes.filter((code) => beginsWords(fold(meaningOf(code)), part));
}
function placesIn(text, part) {
  for (let at2 = text.indexOf(part); at2 >= 0; at2 = text.indexOf(part, at2 + 1)) {
    if (at2 === 0 || !isWordSign.test(text[at2 - 1])) return [[at2, at2 + part.length]];
  }
  const at = text.indexOf(part);
  return at < 0 ? [] : [[at, at + part.length]];
}
function placesOf(text, typed2) {
  for (const form of [fold, plain]) {
    const [whole, part] = [form(text), form(typed2.trim())];
    if (!part || whole.length !== text.length) return [];
    const places = placesIn(whole, part);
    if (places.length) return places;
    const words = wordsOf2(part).map((word) => placesIn(whole, word));
    if (words.length > 1 && words.every((one) => one.length) && beginsWords(whole, part)) return words.flat().sort(([a], [b]) => a - b);
  }
  return [];
}
function leadsOf(codes) {
  const leads = /* @__PURE__ */ new Map();
  for (const code of codes) {
    const starts = wordsOf2(fold(code.label)).filter((word) => word.length > 2);
    for (let n = 1; n <= LONGEST_LEAD && !leads.has(code.id); n += 1) {
      const start = starts.map((word) => word.slice(0, n)).find((part) => part.length === n && found(codes, part)[0] === code);
      if (start) leads.set(code.id, start);
    }
  }
  return leads;
}

// answering/hand.js
var PAUSE = 600;
var TWICE = 260;
var BURST = 400;
var MOVES = /* @__PURE__ */ new Set(["back", "forward", "noteBack", "noteForward", "toFirstOpen", "toStep", "review", "answerAgain", "recentBack", "recentForward", "toRecent"]);
var OTHERWISE = /* @__PURE__ */ new Set(["code", "skip", "leaveOpen", "openBlock", "numberIs", "numberGiven"]);
var REPEATED = /* @__PURE__ */ new Set([...MOVES, "undo", "redo"]);
var BESIDE = /* @__PURE__ */ new Set(["typing", "saveMemo", "proposing", "saveProposal", "typed", "typedText"]);
function later(milliseconds, work) {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}
function createHand({ list, commands, act, onChange, shows = () => true, isWriting = () => false, wait = later, read }) {
  let text = "";
  let told = null;
  let proseAt = -Infinity;
  let stop = () => {
  };
  let clicked = {};
  let letters = "";
  let isEmptied = false;
  let active = "";
  let entered = { at: -Infinity, cell: "" };
  const asked = () => list.isFinished() ? null : list.current().variable;
  const scale = () => list.current().variable;
  function tell(key, values = {}) {
    told = { key, values };
    onChange();
  }
  function refuse(number) {
    if (number) tell("refuse_number", rangeOf(scale(), number));
    else tell("number_missing");
  }
  function drop() {
    stop();
    const dropped = text;
    text = "";
    if (dropped) tell("number_dropped", { number: shownNumber(dropped) });
  }
  function take(name = "code") {
    stop();
    const number = text;
    text = "";
    if (!scale().codes.some(({ id }) => id === number)) {
      refuse(number);
      return false;
    }
    act(name, number);
    return true;
  }
  function half(longer) {
    text = longer;
    stop();
    stop = wait(PAUSE, () => take());
    onChange();
  }
  function goesOn(sign) {
    const longer = text + sign;
    const could = scale().codes.filter(({ id }) => id.startsWith(longer));
    if (could.length === 1 && could[0].id === longer) {
      text = longer;
      take();
    } else if (could.length) half(longer);
    else if (text && scale().codes.some(({ id }) => id === text)) return false;
    else {
      stop();
      text = "";
      refuse(longer);
    }
    return true;
  }
  function hits() {
    const { codes } = (
      /** @type {Variable} */
      asked()
    );
    const some = found(codes, letters);
    return some.length ? some : codes;
  }
  function search(now) {
    const variable = asked();
    const first = variable && now.trim() ? found(variable.codes, now)[0] : void 0;
    [letters, active] = [now, first ? first.id : ""];
    return now.trim() && !first ? tellMiss() : onChange();
  }
  function tellMiss() {
    tell("no_hit", { letters: letters.trim() });
  }
  function forget() {
    [letters, active] = ["", ""];
  }
  function moveCursor(by) {
    const all = hits();
    if (!active) letters = "";
    const now = all.findIndex(({ id }) => id === active);
    const next = now < 0 ? by > 0 ? 0 : all.length - 1 : (now + by + all.length) % all.length;
    active = all[next].id;
    onChange();
  }
  function isTyping({ name, value }, event) {
    const variable = asked();
    const isBack = event.key === "Backspace" && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    const isOneTooMany = isBack && isEmptied;
    isEmptied = isBack && letters.length === 1;
    if (!variable) return false;
    if (name === "letter") search(letters + value);
    else if (name === "up" || name === "down") moveCursor(name === "up" ? -1 : 1);
    else if (letters && event.key === " ") search(`${letters} `);
    else if (letters && isBack) search(letters.slice(0, -1));
    else if (isOneTooMany) tell("letters_gone");
    else if (event.key === "Escape" && (letters || active)) search("");
    else if (name === "confirm" && active) {
      const code = active;
      forget();
      act("code", code);
    } else if (name === "confirm" && letters.trim()) tellMiss();
    else {
      forget();
      return false;
    }
    return true;
  }
  function isProse(event, action) {
    const types = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.timeStamp - proseAt >= BURST || !(action || types)) return false;
    proseAt = event.timeStamp;
    return true;
  }
  function isSecondEnter(action, { timeStamp }) {
    if (read || action?.name !== "confirm" || list.isFinished()) return false;
    const { note, variable, answer, draft } = list.current();
    const cell = list.cellOf(note, variable.id);
    const isEmpty = variable.kind === "multiple" && isOpen(answer) && !draft?.codes && !letters && !active;
    const isSecond = isEmpty && timeStamp - entered.at < TWICE && cell !== entered.cell;
    entered = { at: timeStamp, cell: isSecond ? entered.cell : cell };
    return isSecond;
  }
  function isInLabel({ key, ctrlKey, metaKey, altKey }) {
    const variable = letters && /^[0-9]$/.test(key) && !ctrlKey && !metaKey && !altKey ? asked() : null;
    return Boolean(variable && found(variable.codes, letters + key).length);
  }
  function meantBy(event) {
    if (event.key === "Escape" && !shows("Escape")) return null;
    if (read) return read(event, list.isFinished() ? null : list.current());
    return isInLabel(event) ? { name: "letter", value: event.key } : actionOf(event, asked(), commands);
  }
  function press(event) {
    const action = meantBy(event);
    if (isProse(event, action)) {
      tell("same_burst");
      return true;
    }
    if (!action && !text) return false;
    const isStep = action && ["up", "down", "scroll"].includes(action.name);
    if (event.repeat && !isStep) return true;
    told = null;
    if (isSecondEnter(action, event)) {
      tell("second_enter");
      return true;
    }
    if (text) return pressAmid(event, action);
    return isTyping(
      /** @type {Action} */
      action,
      event
    ) || run(
      /** @type {Action} */
      action,
      event
    );
  }
  function markAmid() {
    const isWhole = scale().codes.some(({ id }) => id === text);
    act("flag");
    if (isWhole) take();
    else drop();
  }
  function run(action, event) {
    if (action.name === "undo" && event.key === "Backspace" && !shows("Backspace")) return false;
    if (action.name === "digit") goesOn(action.value ?? "");
    else act(action.name, action.value);
    return true;
  }
  function pressAmid(event, action) {
    const { name, value } = action ?? { name: "" };
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.key.length > 1 && event.key !== "Escape";
    if (!action && isOther) return false;
    if (name === "digit" && goesOn(value ?? "")) return true;
    if (event.key === "Backspace" && text.length > 1) half(text.slice(0, -1));
    else if (name === "undo" || event.key === "Escape") drop();
    else if (name === "confirm") take();
    else if (MOVES.has(name)) take("pick") && act(name, value);
    else if (OTHERWISE.has(name)) {
      drop();
      act(name, value);
    } else if (name === "flag") markAmid();
    else if (take() && !isWriting()) {
      const itself = meantBy(event);
      if (itself) run(itself, event);
    }
    return true;
  }
  function isOnSame(name, value, nth) {
    const now = { name, value, question: list.isFinished() ? null : list.cellOf(list.current().note, list.current().variable.id) };
    const isSame = nth < 2 || clicked.name === name && (REPEATED.has(name) || clicked.value === value && clicked.question === now.question);
    if (isSame) clicked = now;
    return isSame;
  }
  function click(name, value, nth = 1) {
    if (BESIDE.has(name)) return act(name, value);
    if (!isOnSame(name, value, nth)) return tell("second_click");
    told = null;
    forget();
    const half2 = text;
    if (half2 && (name === "undo" || OTHERWISE.has(name))) drop();
    else if (half2 && !take("pick")) return void 0;
    return half2 && name === "undo" ? void 0 : act(name, value);
  }
  function settle() {
    if (text) take();
  }
  return {
    press,
    click,
    settle,
    tell,
    refuse,
    /** @param {{ timeStamp: number }} event */
    leaveProse(event) {
      proseAt = event.timeStamp;
    },
    get text() {
      return text;
    },
    get letters() {
      return letters;
    },
    get active() {
      return active;
    },
    get told() {
      return told;
    }
  };
}

// answering/begun.js
function faultOfProposal(proposal) {
  const memo = memoOf(proposal);
  const [n, all] = [proposalIn(memo).name, memo].map(lengthOf);
  if (!n) return { key: "propose_nameless", values: {} };
  if (n > LONGEST_NAME) return { key: "propose_long", values: { n, most: LONGEST_NAME, over: n - LONGEST_NAME } };
  return all > LONGEST_MEMO ? { key: "too_long", values: { n: all, most: LONGEST_MEMO, over: all - LONGEST_MEMO } } : null;
}
function draftedMemo(draft, answer) {
  const memo = draft.typing === void 0 ? draft.memo : draft.typing.trim();
  return memo === void 0 || memo.trim() === (answer ? answer.memo : "") ? void 0 : memo.trim();
}
function chosenIn({ judged, codes, number }, variable) {
  if (judged) return [judged];
  if (number !== void 0) return [numberIn(number, variable) || number.trim()];
  return codes && choosable(codes, variable);
}
function isOtherText({ stands, text }, { stands: stood = "a", text: was = "" } = {}) {
  if ((stands ?? stood) !== stood) return true;
  return stood === "own" && text !== void 0 && text.trim() !== was;
}
function createBegun({ notes, variables, drafts, cellOf, cellAt, answerTo }) {
  function proposed(note, variable) {
    const { event, memo } = answerTo(note, PROPOSAL + variable) ?? { event: "retract", memo: "" };
    return event === "retract" || event === "changed" ? "" : memo;
  }
  function begunIn(note, variable) {
    const answer = answerTo(note, variable);
    const draft = drafts.get(cellOf(note, variable)) ?? {};
    const chosen = chosenIn(draft, variables.get(variable));
    const { event, codes } = answer ?? { event: draft.event ? "" : "decide", codes: [] };
    const same = (chosen ?? []).join("|") === codes.join("|") && (draft.event ?? event) === event;
    const proposal = draft.proposing ? memoOf(draft.proposing) : "";
    return {
      note,
      variable,
      codes: Boolean(chosen) && !same || isOtherText(draft, answer),
      memo: draftedMemo(draft, answer) !== void 0,
      proposal: Boolean(proposal.trim()) && proposal !== proposed(note, variable)
    };
  }
  function faultOf({ note, variable: name, proposal }) {
    const { variable, answer, draft } = cellAt(note, variables.get(name));
    const n = lengthOf(draftedMemo(draft, answer) ?? "");
    if (n > LONGEST_MEMO) return { key: "too_long", values: { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO } };
    if (draft.number === void 0 || numberIn(draft.number, variable)) return proposal && draft.proposing ? faultOfProposal(draft.proposing) : null;
    const number = draft.number.trim();
    return number ? { key: "refuse_number", values: rangeOf(variable, number) } : { key: "number_missing", values: {} };
  }
  function chosenAt({ note, variable }) {
    const draft = drafts.get(cellOf(note, variable.id));
    if (!draft || !begunIn(note, variable.id).codes) return null;
    if (draft.number !== void 0) return { note, variable, number: draft.number.trim() };
    return draft.codes && variable.kind === "multiple" ? { note, variable, codes: draft.codes } : null;
  }
  function isGone({ note, variable, number, codes }) {
    const { answer, draft } = cellAt(note, variable);
    const now = (draft.codes ?? (answer ? answer.codes : [])).join("|");
    return number === void 0 ? !draft.codes && now !== (codes ?? []).join("|") : draft.number === void 0 && now !== numberIn(number, variable);
  }
  function begun() {
    if (!drafts.size) return [];
    return notes.flatMap((note) => note.variables.filter((variable) => drafts.has(cellOf(note, variable))).map((variable) => begunIn(note, variable))).filter(({ codes, memo, proposal }) => codes || memo || proposal);
  }
  return { proposed, begunIn, faultOf, chosenAt, isGone, begun };
}

// answering/places.js
function createPlaces({ notes, numbers, answerTo, standing: standing2, cellsOf }) {
  const everything = notes.map((_, number) => number);
  let list = { kind: "open", notes: everything, cells: null };
  let at = { place: 0, step: 0 };
  let before = null;
  const here = () => notes[list.notes[at.place]];
  const isFinished = () => at.place >= list.notes.length;
  function step(by) {
    if (list.cells) return stepInQueue(by);
    const from = at;
    at = { ...at, step: at.step + by };
    if (!list.notes.length) at = from;
    else if (isFinished()) {
      const last = list.notes.length - 1;
      at = by < 0 ? { place: last, step: notes[list.notes[last]].variables.length - 1 } : from;
    } else if (at.step < 0) {
      at = at.place === 0 ? from : { place: at.place - 1, step: notes[list.notes[at.place - 1]].variables.length - 1 };
    } else if (at.step >= here().variables.length) {
      at = { place: at.place + 1, step: 0 };
    }
    return void 0;
  }
  function leap(by) {
    if (list.cells) leapInQueue(by);
    else at = { place: Math.min(Math.max(at.place + by, 0), list.notes.length), step: 0 };
  }
  function firstOpen(from = { place: 0, step: 0 }) {
    for (let place = from.place; place < list.notes.length; place += 1) {
      const note = notes[list.notes[place]];
      for (let number = place === from.place ? from.step : 0; number < note.variables.length; number += 1) {
        if (isOpen(answerTo(note, note.variables[number]))) return { place, step: number };
      }
    }
    return null;
  }
  function toAll() {
    list = { kind: "open", notes: everything, cells: null };
    before = null;
  }
  function toFirstOpen() {
    toAll();
    at = firstOpen() || { place: list.notes.length, step: 0 };
  }
  function advance() {
    if (list.kind === "older") return toNextAgain();
    if (list.cells) return step(1);
    const end = { place: list.notes.length, step: 0 };
    at = firstOpen(at) || firstOpen() || end;
    return void 0;
  }
  function goTo(note, variable) {
    const number = numbers.get(note.key);
    const name = variable.replace(PROPOSAL, "");
    const place = placeOf(number, name);
    if (place < 0) toAll();
    at = { place: place < 0 ? number : place, step: Math.max(note.variables.indexOf(name), 0) };
  }
  function placeOf(number, variable) {
    const exactly = (list.cells ?? []).findIndex((cell) => cell.note === number && cell.variable === variable);
    if (exactly >= 0) return exactly;
    return list.notes[at.place] === number ? at.place : list.notes.indexOf(number);
  }
  function review(kind, variable) {
    if (!list.cells) before = { list, at };
    const cells = kind === "changes" ? [] : cellsOf(kind, variable);
    list = { kind, variable, notes: cells.map(({ note }) => note), cells };
    toCell(0);
  }
  function toCell(place) {
    const cells = list.cells ?? [];
    at = { place: Math.min(Math.max(place, 0), cells.length), step: 0 };
    if (!isFinished()) at.step = here().variables.indexOf(cells[at.place].variable);
  }
  function stepInQueue(by) {
    const cell = (list.cells ?? [])[at.place];
    const isAside = Boolean(cell) && here().variables[at.step] !== cell.variable;
    toCell(isAside && by < 0 ? at.place : at.place + by);
  }
  function leapInQueue(by) {
    const from = list.notes[at.place];
    const isSame = (place2) => from !== void 0 && list.notes[place2] === from;
    let place = at.place + Math.sign(by);
    while (isSame(place)) place += Math.sign(by);
    toCell(place);
  }
  function toNextAgain() {
    do
      step(1);
    while (!isFinished() && !isAgain(standing2(here(), here().variables[at.step])));
  }
  function back() {
    if (!before) return toFirstOpen();
    ({ list, at } = before);
    before = null;
    return void 0;
  }
  function inPlace(work) {
    const kept = { list, at, before };
    const made = work();
    ({ list, at, before } = kept);
    return made;
  }
  return {
    here,
    isFinished,
    step,
    leap,
    toFirstOpen,
    advance,
    goTo,
    review,
    back,
    inPlace,
    get list() {
      return list;
    },
    get at() {
      return at;
    },
    get isFirst() {
      return at.place === 0 && (at.step === 0 || Boolean(list.cells));
    },
    get isReview() {
      return Boolean(list.cells);
    }
  };
}

// answering/standing.js
var COUNTED = (
  /** @type {const} */
  ["unsure", "changed", "older", "skipped", "flagged"]
);
function answerIsOfSort(answer, kind) {
  if (kind === "changed") return Boolean(answer && answer.event === "changed");
  if (kind === "older") return isAgain(answer);
  if (isOpen(answer)) return false;
  if (kind === "skipped") return answer.event === "skip";
  if (kind === "differing") return Boolean(answer.differs);
  return kind === "unsure" && answer.event === "decide" && answer.certainty === "1";
}
function createStanding(data) {
  const variables = (
    /** @type {Known<Variable>} */
    new Map(data.variables.map((variable) => [variable.id, variable]))
  );
  const notes = data.notes;
  const numbers = (
    /** @type {Known<number>} */
    new Map(notes.map((note, number) => [note.key, number]))
  );
  const answers = /* @__PURE__ */ new Map();
  const earlier = /* @__PURE__ */ new Map();
  const drafts = /* @__PURE__ */ new Map();
  const openIn = notes.map((note) => note.variables.length);
  let open = openIn.reduce((sum, n) => sum + n, 0);
  let done = openIn.filter((n) => !n).length;
  const tally = /* @__PURE__ */ new Map();
  const stamps = notes.map(() => 0);
  let version = 0;
  const met = /* @__PURE__ */ new Set();
  const cellOf = (note, variable) => `${note.key} ${variable}`;
  const answerTo = (note, variable) => answers.get(cellOf(note, variable));
  const standing2 = (note, variable) => answerTo(note, variable) ?? earlier.get(cellOf(note, variable));
  const isDone = (note) => note.variables.every((variable) => !isOpen(answerTo(note, variable)));
  function cellAt(note, variable) {
    const cell = cellOf(note, variable.id);
    return { note, variable, answer: answers.get(cell), draft: drafts.get(cell) || {}, earlier: earlier.get(cell) };
  }
  function count(note, variable, by) {
    const isQuestion = note.variables.includes(variable);
    const answer = standing2(note, variable);
    for (const kind of COUNTED) {
      const counts = kind === "flagged" ? variable === FLAG && !isOpen(answer) : isQuestion && answerIsOfSort(answer, kind);
      if (counts) tally.set(`${kind} ${variable}`, (tally.get(`${kind} ${variable}`) ?? 0) + by);
    }
    if (!isQuestion || !isOpen(answerTo(note, variable))) return;
    const number = numbers.get(note.key);
    if (by > 0 && !openIn[number]) done -= 1;
    open += by;
    openIn[number] += by;
    if (by < 0 && !openIn[number]) done += 1;
  }
  function put(where, note, variable, answer) {
    count(note, variable, -1);
    if (answer) where.set(cellOf(note, variable), answer);
    else where.delete(cellOf(note, variable));
    count(note, variable, 1);
    version += 1;
    meet(note);
    stamps[numbers.get(note.key)] = version;
  }
  function meet(note) {
    met.add(numbers.get(note.key));
  }
  function draftMore(change, { note, variable }) {
    const cell = cellOf(note, variable.id);
    const draft = { ...drafts.get(cell), undone: void 0, ...change };
    if (Object.values(draft).every((value) => value === void 0)) drafts.delete(cell);
    else drafts.set(cell, draft);
  }
  function cellsOf(kind, only) {
    if (kind === "flagged") return notes.flatMap((note, number) => isOpen(answerTo(note, FLAG)) ? [] : [{ note: number, variable: note.variables[0] }]);
    return notes.flatMap((note, number) => note.variables.filter((variable) => (!only || variable === only) && answerIsOfSort(standing2(note, variable), kind)).map((variable) => ({ note: number, variable })));
  }
  function queues() {
    return COUNTED.flatMap((kind) => (kind === "flagged" ? [FLAG] : [...variables.keys()]).map((variable) => ({ kind, variable: variable === FLAG ? "" : variable, n: tally.get(`${kind} ${variable}`) ?? 0 })).filter(({ n }) => n));
  }
  const countSort = (kind) => kind === "differing" ? cellsOf(kind).length : queues().filter((queue) => queue.kind === kind).reduce((sum, { n }) => sum + n, 0);
  function seen() {
    const begun = [...drafts.keys()].flatMap((cell) => numbers.get(cell.split(" ")[0]) ?? []);
    return [.../* @__PURE__ */ new Set([...met, ...begun])].sort((a, b) => a - b);
  }
  return {
    notes,
    variables,
    numbers,
    answers,
    earlier,
    drafts,
    cellOf,
    answerTo,
    standing: standing2,
    isDone,
    cellAt,
    draftMore,
    meet,
    cellsOf,
    queues,
    countSort,
    seen,
    /** @param {Note} note @param {string} variable @param {Answer | null | undefined} answer */
    answer: (note, variable, answer) => put(answers, note, variable, answer),
    /** @param {Note} note @param {string} variable @param {Answer | null | undefined} answer */
    answerEarlier: (note, variable, answer) => put(earlier, note, variable, answer),
    /** @param {number} number */
    stampOf: (number) => stamps[number],
    get open() {
      return open;
    },
    get done() {
      return done;
    },
    get version() {
      return version;
    }
  };
}

// answering/turns.js
function createTurns({ variables, answers, earlier, drafts, cellOf, answerTo, answer: putAnswer, draftMore }, { begunIn }) {
  let undone = [];
  let done = [];
  let groups = 0;
  let group = 0;
  function eventOf(note, variable, kind, answer) {
    const event = {
      event_id: newEventId(),
      note: note.key,
      variable,
      event: kind,
      codes: answer ? answer.codes : [],
      certainty: answer ? answer.certainty : "",
      memo: answer ? answer.memo : "",
      pass: note.pass,
      note_hash: note.hash
    };
    if (kind === "decide" && answer && answer.words) event.words = answer.words;
    if (variables.has(variable)) event.codebook = variables.get(variable).version;
    return event;
  }
  function takenBack(note, variable) {
    const before = earlier.get(cellOf(note, variable));
    if (!before || before.event === "retract") return eventOf(note, variable, "retract", null);
    return { ...eventOf(note, variable, "decide", before), note_hash: before.hash, codebook: before.codebook };
  }
  function eventsBetween(note, variable, from, to) {
    if (isOpen(to)) return isOpen(from) ? [] : [takenBack(note, variable)];
    if (to.event === "skip" && from && from.event === "decide") {
      return [eventOf(note, variable, "retract", null), eventOf(note, variable, "skip", to)];
    }
    const event = eventOf(note, variable, to.event, to);
    return [to.older && to.codebook ? { ...event, codebook: to.codebook } : event];
  }
  function turn(note, variable, to) {
    const events = eventsBetween(note, variable, answerTo(note, variable), to);
    if (isOpen(to)) putAnswer(note, variable, null);
    else putAnswer(note, variable, { ...to, older: Boolean(to.older && to.codebook), id: events[events.length - 1].event_id });
    settleDraft(cellOf(note, variable));
    return events;
  }
  function settleDraft(cell) {
    const { typing, proposing } = drafts.get(cell) ?? {};
    drafts.delete(cell);
    if (typing === void 0 && !proposing) return;
    drafts.set(cell, { ...typing === void 0 ? {} : { typing, to: (answers.get(cell) ?? {}).id }, ...proposing && { proposing } });
  }
  function change(note, variable, to, { isWord = false } = {}) {
    const from = answerTo(note, variable);
    if (from && sameAnswer(from, to) && !from.older) {
      settleDraft(cellOf(note, variable));
      return [];
    }
    done.push({ note, variable, from, to, group: group || (groups += 1), isWord });
    undone = [];
    return turn(note, variable, to);
  }
  function reword(note, variable, answer, field, value) {
    const events = change(note, variable, { ...answer, [field]: value }, { isWord: true });
    return events.map((event) => ({ ...event, replaces: answer.id, amends: field }));
  }
  function atOnce(work) {
    group = groups += 1;
    const events = work();
    group = 0;
    return events;
  }
  function turnBack(note, variable, to, wasRefused) {
    const cell = cellOf(note, variable);
    const { id = "" } = answers.get(cell) ?? {};
    const draft = drafts.get(cell);
    const events = turn(note, variable, to);
    const isSent = !wasRefused(id) || wasRefused((to ?? {}).id);
    if (!isSent && !isOpen(to)) putAnswer(note, variable, to);
    if (draft) keepIfMore(note, variable, draft);
    return isSent ? events.map((event, number) => ({ ...event, replaces: number ? "" : id })) : [];
  }
  function keepIfMore(note, variable, draft) {
    const cell = cellOf(note, variable);
    drafts.set(cell, draft);
    const { codes, memo } = begunIn(note, variable);
    const isInAnswer = (draft.text ?? "").trim() === ((answers.get(cell) ?? {}).text ?? "");
    if (!codes && !memo && (isInAnswer || !draft.text)) settleDraft(cell);
    else if (draft.typing !== void 0) draftMore({ to: (answers.get(cell) ?? {}).id }, { note, variable: variables.get(variable) });
  }
  function coming(step) {
    const turns = step === "undo" ? done : undone;
    const { group: last } = turns.at(-1) ?? {};
    return turns.filter((one) => one.group === last).reverse();
  }
  function take(step, wasRefused) {
    const turns = coming(step);
    const [from, onto] = step === "undo" ? [done, undone] : [undone, done];
    const events = turns.flatMap(({ note, variable, ...turned }) => turnBack(note, variable, step === "undo" ? turned.from : turned.to, wasRefused));
    from.splice(from.length - turns.length);
    onto.push(...turns);
    return { turns, events };
  }
  function leave(cell) {
    const elsewhere = (taken) => cellOf(taken.note, taken.variable) !== cell;
    done = done.filter(elsewhere);
    undone = undone.filter(elsewhere);
  }
  function recent(n) {
    const found3 = /* @__PURE__ */ new Map();
    for (let at = done.length - 1; at >= 0 && found3.size < n; at -= 1) {
      const { note, variable, isWord } = done[at];
      const cell = cellOf(note, variable);
      if (!isWord && !found3.has(cell) && variables.has(variable) && !isOpen(answers.get(cell))) found3.set(cell, { note, variable: variables.get(variable) });
    }
    return [...found3.values()];
  }
  return {
    change,
    reword,
    atOnce,
    settleDraft,
    coming,
    take,
    leave,
    recent,
    get latest() {
      return done.at(-1);
    },
    get next() {
      return undone.at(-1);
    },
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    }
  };
}

// answering/worklist.js
var WINDOW = 40;
function createWorklist(data) {
  const stands = createStanding(data);
  const { notes, variables, numbers, answers, earlier, drafts, cellOf, cellAt, answerTo, standing: standing2 } = stands;
  const places = createPlaces(stands);
  const { here, isFinished } = places;
  const unfinished = createBegun(stands);
  const turns = createTurns(stands, unfinished);
  const { change, reword } = turns;
  const moments = [];
  let just = null;
  const moving = (move) => (...given) => {
    just = null;
    move(...given);
  };
  const goTo = moving(places.goTo);
  function again() {
    return notes.flatMap((note) => note.variables.flatMap((variable) => {
      const answer = standing2(note, variable);
      return answer && isAgain(answer) && answer.again ? [{ variable, again: (
        /** @type {Again} */
        answer.again
      ) }] : [];
    }));
  }
  function inPlace(work) {
    const kept = just;
    const made = places.inPlace(work);
    just = kept;
    return made;
  }
  function answerOf({ answer, draft }, codes, words = "") {
    const same = answer && answer.codes.join("|") === codes.join("|");
    const kept = answer && codes.some((code) => answer.codes.includes(code)) ? answer.words ?? "" : "";
    return { event: "decide", codes, certainty: draft.certainty ?? (same ? answer.certainty : ""), memo: draft.memo ?? (answer ? answer.memo : ""), words: words || kept };
  }
  const decide = (codes, { stays = false, words = "" } = {}) => give(answerOf(current(), codes, words), stays);
  function give(to, stays = false) {
    const { note, variable } = current();
    moments.push(Date.now());
    const events = change(note, variable.id, to);
    just = { note, variable };
    if (!stays) places.advance();
    return events;
  }
  function skip() {
    const { note, variable, answer, draft } = current();
    const memo = draft.memo ?? (answer ? answer.memo : "");
    const isDecided = answer && answer.event === "decide";
    const events = isDecided ? [] : change(note, variable.id, { event: "skip", codes: [], certainty: "", memo });
    just = isDecided ? null : { note, variable };
    places.advance();
    return events;
  }
  function aim() {
    const isBegun = !isFinished() && hasSelection(current().draft);
    if (just && !isBegun) return { ...cellAt(just.note, just.variable), isJust: true };
    return isFinished() ? null : { ...current(), isJust: false };
  }
  function takesDoubt({ answer, draft }) {
    return hasSelection(draft) || Boolean(answer && answer.event === "decide" && !answer.older);
  }
  function amend(field, value, { note, variable } = (
    /** @type {Cell} */
    aim()
  )) {
    const { answer, draft } = cellAt(note, variable);
    if (isOpen(answer) || answer.older || hasSelection(draft)) {
      const kept = isOpen(answer) ? value || void 0 : value;
      draftMore({ typing: void 0, to: void 0, [field]: kept }, { note, variable });
      return [];
    }
    return reword(note, variable.id, answer, field, value);
  }
  function draftMore(change2, question = current()) {
    stands.draftMore(change2, question);
  }
  function toggle(code) {
    const { note, variable } = current();
    draftMore({ codes: toggled(current(), code) }, { note, variable });
  }
  function toggled({ variable, answer, draft }, code, isTaken) {
    const chosen = new Set(draft.codes ?? (answer ? answer.codes : []));
    if (isTaken ?? !chosen.has(code)) chosen.add(code);
    else chosen.delete(code);
    return variable.codes.map((known) => known.id).filter((known) => chosen.has(known));
  }
  function flag() {
    const note = here();
    const from = answerTo(note, FLAG);
    return change(note, FLAG, isOpen(from) ? { event: "decide", codes: ["two_ideas"], certainty: "", memo: "" } : null);
  }
  function propose({ note, variable }, memo) {
    draftMore({ proposing: void 0 }, { note, variable });
    return change(note, PROPOSAL + variable.id, memo ? { event: "decide", codes: [variable.id], certainty: "", memo } : null);
  }
  function setMany(questions, to) {
    const cells = questions.map(({ note, variable }) => cellAt(note, variable));
    const chosen = ({ answer, draft }) => draft.codes ?? (answer ? answer.codes : []);
    const isTaken = "toggle" in to && !cells.every((cell) => chosen(cell).includes(to.toggle));
    return turns.atOnce(() => cells.flatMap((cell) => {
      const codes = "codes" in to ? to.codes : "toggle" in to ? toggled(cell, to.toggle, isTaken) : [];
      const isLeft = !("codes" in to) && !codes.length;
      if (isLeft) return isOpen(cell.answer) ? [] : change(cell.note, cell.variable.id, null);
      return change(cell.note, cell.variable.id, answerOf(cell, codes));
    }));
  }
  function doubtMany(questions) {
    const cells = questions.map(({ note, variable }) => ({ ...cellAt(note, variable), draft: {} })).filter(takesDoubt);
    const value = cells.every(({ answer }) => answer && answer.certainty === "1") ? "" : "1";
    return turns.atOnce(() => cells.flatMap(({ note, variable, answer }) => answer ? reword(note, variable.id, answer, "certainty", value) : []));
  }
  function undo(wasRefused = () => false) {
    const taken = turns.take("undo", wasRefused);
    const last = taken.turns.at(-1);
    if (last) goTo(last.note, last.variable);
    return taken.events;
  }
  function redo(wasRefused = () => false) {
    const taken = turns.take("redo", wasRefused);
    const last = taken.turns.at(-1);
    if (!last) return [];
    goTo(last.note, last.variable);
    if (!variables.has(last.variable)) return taken.events;
    if (!isOpen(last.to)) just = { note: last.note, variable: variables.get(last.variable) };
    places.advance();
    return taken.events;
  }
  function learn(fresh, waiting) {
    let changed = false;
    for (const [key, byVariable] of Object.entries(fresh)) {
      const note = notes[numbers.get(key)];
      if (!note) continue;
      for (const [variable, answer] of Object.entries(byVariable)) {
        const cell = cellOf(note, variable);
        const known = answers.get(cell);
        stands.meet(note);
        if (waiting.has(cell) || known && known.id === answer.id) continue;
        changed = hearOfText(note, variable, answer) || changed;
        if (isOpen(answer) && !known) continue;
        stands.answer(note, variable, isOpen(answer) ? null : answer);
        turns.leave(cell);
        if (just && cellOf(just.note, just.variable.id) === cell) just = null;
        changed = true;
      }
    }
    return changed;
  }
  function hearOfText(note, variable, answer) {
    const cell = cellOf(note, variable);
    const { id } = earlier.get(cell) ?? {};
    if (answer.event === "changed" && variables.has(variable) || answer.again) stands.answerEarlier(note, variable, answer);
    else if (answer.event === "retract") stands.answerEarlier(note, variable, null);
    return (earlier.get(cell) ?? {}).id !== id;
  }
  function recall(event) {
    const note = notes[numbers.get(event.note)];
    if (!note || note.pass !== event.pass || event.note_hash && event.note_hash !== note.hash) return;
    const known = answerTo(note, event.variable);
    if (event.event === "retract") stands.answer(note, event.variable, null);
    else if (event.event === "decide" || !known || known.event !== "decide") {
      stands.answer(note, event.variable, { ...event, id: event.event_id, older: false });
    }
  }
  function miss(event) {
    const note = notes[numbers.get(event.note)];
    if (!note || !note.variables.includes(event.variable)) return null;
    const cell = cellOf(note, event.variable);
    const draft = drafts.get(cell) ?? {};
    if (draft.undone === event.event_id) drafts.delete(cell);
    else if (event.amends === "memo" && event.memo) drafts.set(cell, { memo: event.memo, ...draft });
    return { note, variable: variables.get(event.variable) };
  }
  function forget(event, draft) {
    const note = notes[numbers.get(event.note)];
    if (!note) return;
    const cell = cellOf(note, event.variable);
    stands.answer(note, event.variable, null);
    turns.leave(cell);
    goTo(note, event.variable);
    if (current().variable.id === event.variable.replace(PROPOSAL, "")) draftMore({ ...draft, ...drafts.get(cell) });
  }
  function current() {
    const note = here();
    stands.meet(note);
    return cellAt(note, variables.get(note.variables[places.at.step]));
  }
  const count = () => ({ open: stands.open, done: stands.done, begun: unfinished.begun().length });
  function countSaved(waiting) {
    return answers.size - [...waiting].filter((cell) => answers.has(cell)).length;
  }
  function minutesLeft(open) {
    const gaps = moments.slice(-WINDOW).map((moment, i, all) => i ? moment - all[i - 1] : Infinity);
    const steady = gaps.filter((gap) => gap < 18e4).sort((a, b) => a - b);
    if (steady.length < 9) return null;
    return Math.max(1, Math.round(open * steady[Math.floor(steady.length / 2)] / 6e4));
  }
  function unchoose(one) {
    if (!unfinished.chosenAt(one)) return false;
    draftMore({ codes: void 0, number: void 0, certainty: void 0 }, one);
    goTo(one.note, one.variable.id);
    return true;
  }
  function saveBegun() {
    return unfinished.begun().flatMap((one) => {
      const { proposing } = drafts.get(cellOf(one.note, one.variable)) ?? {};
      const isWhole = one.proposal && proposing && !faultOfProposal(proposing);
      const events = isWhole ? propose({ note: one.note, variable: variables.get(one.variable) }, memoOf(proposing)) : [];
      return [...events, ...one.codes || one.memo ? saveAnswer(one) : []];
    });
  }
  function saveAnswer(one) {
    const { note, variable, codes } = one;
    const answer = answerTo(note, variable);
    const draft = drafts.get(cellOf(note, variable)) ?? {};
    const memo = draftedMemo(draft, answer) ?? (answer ? answer.memo : "");
    if (unfinished.faultOf({ ...one, proposal: false }) || !codes && answer && answer.older) return [];
    drafts.delete(cellOf(note, variable));
    if (draft.proposing) drafts.set(cellOf(note, variable), { proposing: draft.proposing });
    if (!codes && answer) return reword(note, variable, answer, "memo", memo);
    if (!codes) return change(note, variable, { event: "skip", codes: [], certainty: "", memo });
    const chosen = (
      /** @type {string[]} */
      chosenIn(draft, variables.get(variable))
    );
    return change(note, variable, { event: "decide", codes: chosen, certainty: draft.certainty ?? "", memo });
  }
  return {
    notes,
    variables,
    drafts,
    cellOf,
    cellAt,
    answerTo,
    standing: standing2,
    isDone: stands.isDone,
    isFinished,
    current,
    count,
    countSaved,
    minutesLeft,
    countSort: stands.countSort,
    queues: stands.queues,
    seen: stands.seen,
    stampOf: stands.stampOf,
    again,
    step: moving(places.step),
    leap: moving(places.leap),
    toFirstOpen: moving(places.toFirstOpen),
    goTo,
    back: moving(places.back),
    inPlace,
    review: (
      /** @type {(kind: Sort, variable?: string) => void} */
      moving(places.review)
    ),
    begun: unfinished.begun,
    faultOf: unfinished.faultOf,
    chosenAt: unfinished.chosenAt,
    isGone: unfinished.isGone,
    unchoose,
    saveBegun,
    faultOfProposal,
    decide,
    give,
    skip,
    amend,
    aim,
    takesDoubt,
    toggle,
    flag,
    propose,
    draftMore,
    setMany,
    doubtMany,
    /** @param {Question} question */
    proposed: ({ note, variable }) => unfinished.proposed(note, variable.id),
    /** What an undo or redo would turn: all that was done at once. @param {"undo" | "redo"} step */
    turning: (step) => turns.coming(step),
    /** The answers given latest in this sitting, as they stand now. */
    recent: (n = 5) => turns.recent(n).map(({ note, variable }) => cellAt(note, variable)),
    undo,
    redo,
    learn,
    recall,
    miss,
    forget,
    get list() {
      return places.list;
    },
    get at() {
      return places.at;
    },
    get isFirst() {
      return places.isFirst;
    },
    get isReview() {
      return places.isReview;
    },
    get version() {
      return stands.version;
    },
    get latest() {
      return turns.latest;
    },
    get just() {
      return just && cellAt(just.note, just.variable);
    },
    get next() {
      return turns.next;
    },
    get canUndo() {
      return turns.canUndo;
    },
    get canRedo() {
      return turns.canRedo;
    }
  };
}

// looks/elements.js
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
function fill(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (gap, name) => String(values[name] ?? gap));
}
var NAMES = [["⇧", "Shift+"], ["Ctrl", "Control"], ["⌫", "Backspace"], ["←", "ArrowLeft"], ["→", "ArrowRight"], ["Esc", "Escape"]];
function keycap(key) {
  const cap = make("kbd", /^[.,:']$/.test(key) ? "sk-key sk-sign" : "sk-key", key.length === 1 ? key.toUpperCase() : key);
  cap.setAttribute("aria-hidden", "true");
  return cap;
}
function paintDefinitions(box, variable, say, first = null) {
  const entries = variable.codes.filter((code) => code.definition || code.include || code.exclude || code.example);
  const isFirst = (code) => !first || first.includes(code.id);
  const shown = (codes) => codes.map((code) => definitionOf(variable.kind === "scale" ? { ...code, label: shownNumber(code.label) } : code, say));
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
  for (
    const kind of
    /** @type {const} */
    ["include", "exclude", "example"]
  ) {
    if (code[kind]) entry.append(make("p", "sk-entry-more", make("em", "", `${say(kind)} `), code[kind]));
  }
  return entry;
}
function latestOf(list, say, withMemo = true) {
  const { just } = list;
  if (!just || isOpen(just.answer)) return "";
  const { certainty, memo } = just.answer;
  const words = [saidOf({ variable: just.variable, answer: just.answer }, say), ...certainty ? [say(`just_${certainty}`)] : [], ...memo && withMemo ? [say("just_memo")] : []];
  return say("latest", { codes: words.join(" · ") });
}
function saidOf({ variable, answer }, say) {
  if (answer.event === "skip") return say("step_skipped");
  const labels = variable.codes.filter((code) => answer.codes.includes(code.id)).map((code) => code.label);
  if (variable.kind === "scale") return labels.map(shownNumber).join();
  return labels.join(", ") || say("confirm_none");
}
function aboutOf(list, aim, say) {
  const isHere = !list.isFinished() && list.current().note === aim.note;
  const asked = aim.note.variables.length > 1 ? `${aim.variable.label}: ` : "";
  const answer = isOpen(aim.answer) ? say("step_open") : saidOf({ variable: aim.variable, answer: aim.answer }, say);
  if (isHere) return say(aim.isJust ? "about_last_question" : "about_this", { answer: asked + answer });
  const [text, most] = [aim.note.text.replace(/\s+/g, " ").trim(), 60];
  const begins = lengthOf(text) > most ? `${Array.from(text).slice(0, most - 1).join("")}…` : text;
  return say("about_last_note", { text: begins, answer: asked + answer });
}
var sayContext = (note) => (note.context ?? []).map(([name, text]) => `${name}: ${text}. `).join("");
function labelsOf(variable, answer) {
  const labels = new Map(variable.codes.map((code) => [code.id, code.label]));
  const named = answer.codes.map((code) => labels.get(code) ?? variable.retired[code] ?? code);
  return named.join(", ") || "–";
}
function retiredOf(variable, answer) {
  const known = new Set(variable.codes.map((code) => code.id));
  return answer.codes.filter((code) => !known.has(code)).map((code) => variable.retired[code] ?? code).join(", ");
}
function oneStop(group, now = null) {
  const buttons = (
    /** @type {HTMLElement[]} */
    [...group.querySelectorAll("button")]
  );
  const stop = now && group.contains(now) ? now : buttons[0];
  for (const one of buttons) one.tabIndex = one === stop ? 0 : -1;
}
function createKit(act) {
  const parts = {};
  const part = (name, tag, className, ...children) => parts[name] = make(tag, className, ...children);
  let afterClick = () => {
  };
  function button(className, label, key, name, value) {
    const made = make("button", className, ...key ? [keycap(key)] : [], make("span", "sk-label", label));
    made.type = "button";
    if (label) made.setAttribute("aria-label", label);
    if (key) made.setAttribute("aria-keyshortcuts", NAMES.reduce((name2, [sign, said]) => name2.replace(sign, said), key));
    made.addEventListener("click", (event) => {
      act(name, value, event.detail);
      if (event.detail > 0 || !made.isConnected || made.disabled) afterClick();
    });
    return made;
  }
  function tool(name, label, key, action = name, value = void 0) {
    parts[name] = button("sk-tool", label, key, action, value);
    if (label) parts[name].setAttribute("aria-label", label);
    return parts[name];
  }
  function group(name, className, label, ...children) {
    const made = part(name, "div", className, ...children);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", label);
    return made;
  }
  function onClicked(then) {
    afterClick = then;
  }
  return { parts, part, button, tool, group, onClicked, act };
}

// looks/overlays.js
var UNCLOSED = Symbol("a memo that is too long to be saved, and stays open");
function tellLength(field, warning, say) {
  const n = lengthOf(field.value.trim());
  const tooLong = n > LONGEST_MEMO;
  warning.textContent = tooLong ? say("too_long", { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
  field.setAttribute("aria-invalid", String(tooLong));
  return tooLong;
}
function createOverlays({ root, ground, say, list, hand, focus, id }) {
  let sheet = null;
  let tipBox = null;
  const act = hand.click;
  function place(kind, label, field, rest, more = {}) {
    const title = make("label", "sk-sheet-label", label);
    const box = make("div", `sk-sheet sk-${kind}`, title, field, ...rest);
    field.id = `${id}-${kind}`;
    title.htmlFor = field.id;
    ground.append(box);
    sheet = { kind, box, field, ...more };
    field.focus({ preventScroll: true });
    field.scrollIntoView({ block: "nearest" });
  }
  function close() {
    tip(null);
    if (!sheet) return null;
    const { kind, box, field, cell, warning } = sheet;
    const text = field.value.trim();
    const isChanged = kind === "memo" && text !== (sheet.isTouched ? memoOf2(cell) : field.dataset.before);
    if (isChanged && tellLength(field, warning, say)) {
      field.focus();
      return UNCLOSED;
    }
    sheet = null;
    const hadFocus = box.contains(document.activeElement);
    box.remove();
    if (hadFocus) focus();
    return kind === "memo" ? { ...cell, text: isChanged ? text : null } : null;
  }
  function memoOf2({ note, variable }) {
    const { memo = "" } = list.answerTo(note, variable.id) ?? {};
    return (list.drafts.get(list.cellOf(note, variable.id)) ?? {}).memo ?? memo;
  }
  function finish(event) {
    const memo = close();
    if (memo === UNCLOSED) return;
    if (event && event.detail === 0) hand.leaveProse(event);
    if (memo) act("saveMemo", memo);
    focus();
  }
  function openMemo() {
    const aim = list.aim();
    if (sheet || !aim) return;
    const { note, variable, answer: given, draft } = aim;
    const field = make("textarea", "sk-field");
    const warning = make("p", "sk-too-long");
    warning.setAttribute("role", "alert");
    field.rows = 3;
    field.dataset.before = draft.memo ?? (given ? given.memo : "");
    field.value = draft.typing ?? field.dataset.before;
    field.addEventListener("input", () => {
      sheet.isTouched = true;
      tellLength(field, warning, say);
      act("typing", { note, variable, text: field.value });
    });
    field.addEventListener("keydown", (event) => {
      const closes = event.key === "Escape" || event.key === "Enter" && !event.shiftKey;
      if (!closes || event.isComposing) return;
      event.preventDefault();
      finish(event);
    });
    const done = make("button", "sk-tool", say("memo_done"));
    done.type = "button";
    done.addEventListener("click", finish);
    const label = make("span", "", make("span", "sk-about", aboutOf(list, aim, say)), ` ${say("memo_label")}`);
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("memo_hint")), done);
    place("memo", label, field, [warning, foot], { cell: { note, variable }, warning });
    tellLength(field, warning, say);
  }
  function openProposal(chosen) {
    if (sheet) return;
    const [just, now] = [list.aim(), list.isFinished() ? null : { ...list.current(), isJust: false }];
    const isAboutJust = just && !chosen && (!now || just.isJust && isNone(just.answer, just.variable));
    const aim = [isAboutJust ? just : now, now].find((one) => one && one.variable.kind !== "scale");
    if (!aim) hand.tell("no_code_on_scale");
    else fillProposal(aim, chosen);
  }
  function fillProposal(aim, chosen) {
    const { note, variable, draft } = aim;
    const stands = list.proposed(aim);
    const begun = draft.proposing ?? proposalIn(stands);
    const [name, words] = [make("input", "sk-field"), make("textarea", "sk-field")];
    const warning = make("p", "sk-too-long");
    const now = () => ({ name: name.value, words: words.value });
    const type = () => act("proposing", { note, variable, proposing: now() });
    [name.type, name.autocomplete, name.value] = ["text", "off", begun.name];
    [words.rows, words.value, words.id] = [2, begun.words || chosen, `${id}-proposal-words`];
    warning.setAttribute("role", "alert");
    function give(event, memo) {
      finish(event);
      if (memo !== stands) act("saveProposal", { note, variable, memo });
      else act("proposing", { note, variable, proposing: proposalIn(stands) });
      focus();
    }
    function save(event) {
      const fault = list.faultOfProposal(now());
      warning.textContent = fault ? say(fault.key, fault.values) : "";
      if (fault) name.focus();
      else give(event, memoOf(now()));
    }
    function onKey(event) {
      if (event.isComposing) return;
      if (event.key === "Escape") finish(event);
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
      else if (event.key === "Enter" && event.target === name) words.focus();
      else return;
      event.preventDefault();
    }
    for (const field of [name, words]) {
      field.addEventListener("input", type);
      field.addEventListener("keydown", (event) => onKey(
        /** @type {KeyboardEvent} */
        event
      ));
    }
    const button = (key, work) => {
      const made = make("button", "sk-tool", say(key));
      made.type = "button";
      made.addEventListener("click", work);
      return made;
    };
    const back = stands ? [button("propose_back", (event) => give(event, ""))] : [];
    const label = make("span", "", make("span", "sk-about", aboutOf(list, aim, say)), ` ${say("propose_label")}`);
    const second = make("label", "sk-sheet-label", say("propose_words"));
    second.htmlFor = words.id;
    const foot = make("div", "sk-sheet-foot", make("span", "sk-quiet", say("propose_hint")), make("span", "", ...back, button("propose_save", save)));
    place("proposal", label, name, [second, words, warning, foot]);
  }
  function openNumber() {
    if (sheet) return;
    const all = list.notes.length;
    const field = make("input", "sk-field");
    [field.type, field.inputMode, field.autocomplete] = ["text", "numeric", "off"];
    const hint = make("span", "sk-quiet", say("number_hint", { all }));
    function go(event) {
      const n = Number(field.value.trim());
      if (!Number.isInteger(n) || n < 1 || n > all) {
        hint.textContent = say("number_none", { all });
        return;
      }
      finish(event);
      act("toNote", n);
    }
    field.addEventListener("input", (event) => {
      const n = Number(field.value.trim());
      hint.textContent = say("number_hint", { all });
      if (n >= 1 && n <= all && n * 10 > all) go(
        /** @type {UIEvent} */
        event
      );
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      if (event.key === "Enter") go(event);
      else finish(event);
    });
    place("goto", say("number_title"), field, [hint]);
  }
  function openDialog(title, children, { isWide = false } = {}) {
    const box = make("dialog", isWide ? "sk-dialog sk-dialog-wide" : "sk-dialog");
    const end = make("button", "sk-button", say("close"), " ", keycap("Esc"));
    end.type = "button";
    end.addEventListener("click", () => box.close());
    box.append(make("h2", "", title), ...children, make("div", "sk-dialog-foot", end));
    box.setAttribute("aria-label", title);
    box.addEventListener("close", () => {
      box.remove();
      focus();
    });
    box.addEventListener("click", (event) => {
      if (event.target === box) box.close();
    });
    root.append(box);
    box.showModal();
    box.scrollTop = 0;
    return box;
  }
  function tip(text, near) {
    if (tipBox) tipBox.remove();
    tipBox = null;
    if (!text || !near || sheet) return;
    tipBox = make("div", "sk-tip", text);
    tipBox.setAttribute("role", "tooltip");
    root.append(tipBox);
    const card = root.getBoundingClientRect();
    const spot = near.getBoundingClientRect();
    tipBox.style.left = `${Math.max(8, Math.min(spot.left - card.left, card.width - tipBox.offsetWidth - 8))}px`;
    tipBox.style.top = `${spot.bottom - card.top + 4}px`;
  }
  return { openMemo, openProposal, openNumber, openDialog, close, tip, get isOpen() {
    return Boolean(sheet);
  } };
}

// saving/store.js
var STORES = { events: { keyPath: "order", autoIncrement: true }, drafts: { keyPath: "cell" } };
function openStore(name, stores = STORES) {
  return new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(name, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => {
      for (const [store, settings] of Object.entries(stores)) request.result.createObjectStore(store, settings);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}
function inStore(db, store, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const request = (
      /** @type {IDBRequest<T>} */
      work(transaction.objectStore(store))
    );
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

// saving/outbox.js
var PATIENCE = 3e3;
var NOTICEABLE = 400;
var RESEND = 2500;
var TICK = 500;
var GREETING = 1500;
function createOutbox({ name, post, onState, onAnswers, onReopen = () => {
}, keepsEvents = true }) {
  const waiting = /* @__PURE__ */ new Map();
  const refused = /* @__PURE__ */ new Set();
  let asked = /* @__PURE__ */ new Set();
  let sentAt = 0;
  let db = null;
  let why = "";
  let kept = true;
  let draftsKept = true;
  let greeted = null;
  let timer;
  function state() {
    const all = [...waiting.values()];
    const late = all.some((one) => Date.now() - one.since > PATIENCE);
    const refused2 = all.find((one) => one.refused);
    const name2 = !all.length ? "saved" : late || why || refused2 ? "not_saved" : "saving";
    const slow = all.some((one) => Date.now() - one.since > NOTICEABLE);
    return { name: name2, n: all.length, slow, cells: cells(), why, kept, refused: refused2 ? { ...refused2 } : null };
  }
  function cells() {
    return new Set([...waiting.values()].map(({ event: { note, variable } }) => `${note} ${variable}`));
  }
  const of = (ids) => ids.flatMap((id) => waiting.get(id)?.event ?? []);
  function send() {
    const events = [...waiting.values()].filter((one) => !one.refused).map((one) => one.event);
    if (!events.length) return;
    asked = new Set(events.map((event) => event.event_id));
    sentAt = Date.now();
    try {
      const sent = post({ kind: "events", events });
      if (sent && sent.catch) sent.catch(() => {
      });
    } catch {
    }
  }
  function tick() {
    if (!waiting.size) return;
    if (Date.now() - sentAt > RESEND) send();
    onState(state());
  }
  async function keep(event) {
    const entry = (
      /** @type {Waiting} */
      waiting.get(event.event_id)
    );
    try {
      const order = await inStore(
        /** @type {IDBDatabase} */
        db,
        "events",
        "readwrite",
        (store) => store.add({ event })
      );
      if (waiting.has(event.event_id)) entry.order = order;
      else await drop(order);
    } catch {
      kept = false;
      onState(state());
    }
  }
  function drop(order) {
    return order === void 0 || !db ? void 0 : inStore(db, "events", "readwrite", (store) => store.delete(order)).catch(() => {
    });
  }
  const questionOf = ({ note, variable, pass }) => `${note} ${variable} ${pass}`;
  function dropRefused(question) {
    settle([...waiting].filter(([, one]) => one.refused && questionOf(one.event) === questionOf(question)).map(([id]) => id));
  }
  function put(events) {
    if (!events.length) return;
    events.forEach(dropRefused);
    for (const event of events) {
      if (event.replaces && refused.has(event.replaces)) delete event.replaces;
      waiting.set(event.event_id, { event, since: Date.now() });
      if (keepsEvents) keep(event);
    }
    if (!asked.size || !keepsEvents) send();
    onState(state());
  }
  function settle(ids) {
    for (const id of ids) {
      const entry = waiting.get(id);
      if (!entry) continue;
      waiting.delete(id);
      drop(entry.order);
    }
  }
  function receive(message) {
    const wasAsked = asked.size;
    for (const id of "ids" in message ? message.ids : []) asked.delete(id);
    if (message.kind === "saved" || message.kind === "overtaken") {
      settle(message.ids);
      why = "";
    } else if (message.kind === "not_saved" && message.ids.some((id) => waiting.has(id))) {
      why = message.why;
    } else if (message.kind === "refused") {
      message.ids.forEach((id) => refused.add(id));
      for (const one of message.ids.map((id) => waiting.get(id))) if (one) one.refused = message.why;
    } else if (message.kind === "answers") {
      if (greeted) greeted(message.answers);
      else onAnswers(message.answers);
    }
    if (wasAsked && !asked.size && message.kind !== "not_saved") send();
    onState(state());
  }
  function hello() {
    try {
      const sent = post({ kind: "hello" });
      if (sent && sent.catch) sent.catch(() => {
      });
    } catch {
    }
  }
  function greet() {
    return new Promise((resolve) => {
      const done = (answers) => {
        greeted = null;
        resolve(answers);
      };
      greeted = done;
      setTimeout(() => done(null), GREETING);
      hello();
    });
  }
  async function recallWaiting() {
    const rows = db && keepsEvents ? await inStore(db, "events", "readonly", (store) => store.getAll()).catch(() => []) : [];
    for (const { event, order } of rows) waiting.set(event.event_id, { event, order, since: Date.now() });
    return rows.map((row) => row.event);
  }
  async function openOwn() {
    const opened = await openStore(name);
    if (!opened) return null;
    opened.onclose = () => reopen(opened);
    opened.onversionchange = () => {
      opened.close();
      reopen(opened);
    };
    return opened;
  }
  async function reopen(gone) {
    if (db !== gone) return;
    db = null;
    db = await openOwn();
    if (!db) return;
    for (const { event } of keepsEvents ? waiting.values() : []) keep(event);
    onReopen();
  }
  async function start() {
    db = await openOwn();
    kept = Boolean(db) && keepsEvents;
    const [answers, events, drafts] = await Promise.all([greet(), recallWaiting(), storedDrafts()]);
    timer = setInterval(tick, TICK);
    send();
    onState(state());
    return { answers, events, drafts: drafts ?? [] };
  }
  function storedDrafts() {
    if (!db || !draftsKept) return null;
    return inStore(db, "drafts", "readonly", (store) => store.getAll()).catch(() => null);
  }
  function keepDraft(cell, text, draft) {
    if (!db) return void 0;
    const work = (store) => {
      store.delete(cell);
      const last = draft ? store.put({ cell: `${cell} ${text}`, draft }) : store.delete(`${cell} ${text}`);
      store.transaction.commit();
      return last;
    };
    return inStore(db, "drafts", "readwrite", work).catch(() => {
      draftsKept = false;
    });
  }
  function discard(question) {
    dropRefused(question);
    onState(state());
  }
  function wasRefused(id = "") {
    return refused.has(id);
  }
  function stop() {
    clearInterval(timer);
    const open = db;
    db = null;
    if (open) open.close();
  }
  return { start, hello, put, receive, keepDraft, storedDrafts, discard, cells, of, stop, wasRefused, show: () => onState(state()) };
}

// card.js
function createAnyCard(kind, host, data, post, { onPaint = () => {
}, onDraft = () => {
}, keepsEvents = true } = {}) {
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const list = createWorklist(data);
  const hand = createHand({
    list,
    act,
    commands: kind.commands,
    read: kind.read,
    onChange: () => repaint(),
    shows: (key) => view.shows(key),
    isWriting: () => view.root.contains(document.activeElement) && Boolean(document.activeElement?.matches("input, textarea"))
  });
  const view = kind.createView(host, data, say, list, hand);
  const outbox = createOutbox({
    name: kind.name(data),
    post,
    keepsEvents,
    onState: (state) => view.keepFocus(() => view.showState(state)),
    onReopen: () => list.notes.forEach((note) => note.variables.filter((name) => list.drafts.has(list.cellOf(note, name))).forEach((name) => keepDraft(note, list.variables.get(name)))),
    onAnswers: (answers) => {
      const isNews = list.learn(answers, outbox.cells());
      const left = unheard.splice(0).filter(({ note, variable, draft }) => list.drafts.get(list.cellOf(note, variable)) === draft);
      left.forEach(finishTyping);
      if (isNews || left.length) repaint();
    }
  });
  const unheard = [];
  let drafting = 0;
  const drafted = /* @__PURE__ */ new Set();
  function save(events) {
    outbox.put(events);
  }
  function turned(step) {
    const turns = list.turning(step);
    const events = list[step](outbox.wasRefused);
    const sent = new Set(events.map(({ note, variable }) => `${note} ${variable}`));
    for (const { note, variable } of turns.filter((one) => !sent.has(list.cellOf(one.note, one.variable)))) {
      outbox.discard({ note: note.key, variable, pass: note.pass });
    }
    return events;
  }
  const actions = {
    undo: () => save(turned("undo")),
    redo: () => save(turned("redo")),
    back: () => list.step(-1),
    forward: () => list.step(1),
    noteBack: () => list.leap(-1),
    noteForward: () => list.leap(1),
    toFirstOpen: () => list.toFirstOpen(),
    review: (sort) => typeof sort === "string" ? list.review(
      /** @type {import("./types").Sort} */
      sort
    ) : list.review(sort.kind, sort.variable || void 0),
    reviewDone: () => list.back(),
    toCell: ({ note, variable }) => list.goTo(note, variable),
    toNote: (n) => list.goTo(list.notes[n - 1], list.notes[n - 1].variables[0]),
    number: () => view.openNumber(),
    codebook: () => view.openCodebook(),
    keys: () => view.openKeys(),
    gloss: () => view.toggleGloss(),
    scroll: () => view.scrollNote(),
    nothing() {
    },
    openBlock: (block) => view.openBlock(block),
    numberIs: (text) => list.draftMore({ number: text || void 0 }),
    numberGiven(written) {
      const { variable, answer, draft } = list.current();
      const text = written ?? draft.number ?? (answer ? answer.codes.join() : "");
      const number = numberIn(text, variable);
      if (!number) return hand.refuse(text.trim());
      list.draftMore({ number: void 0 });
      return actions.code(number);
    },
    answerAgain(event) {
      const { kind: sort } = list.variables.get(event.variable) ?? {};
      list.forget(event, event.event === "retract" ? {} : kind.draftOf(event, sort));
      if (!list.isFinished()) keepDraft(list.current().note, list.current().variable);
      outbox.discard(event);
      outbox.hello();
    },
    ...kind.actionsOf({ list, view, data, say, save, turned, keepDraft, tell: hand.tell, refuseNumber: hand.refuse })
  };
  const WRITES = /* @__PURE__ */ new Set(["numberIs", "typed", "typedText"]);
  const OVERLAYS = /* @__PURE__ */ new Set(["memo", "number", "scroll", "saveMemo", "typing", "saveBegun", "propose", "proposing", "saveProposal"]);
  function act(name, value) {
    if (!actions[name]) return;
    const memo = OVERLAYS.has(name) ? null : view.closeOverlays();
    if (memo === UNCLOSED) return;
    if (memo) act("saveMemo", memo);
    const cells = touched(name, value);
    const chosen = WRITES.has(name) ? [] : cells.flatMap((cell) => list.chosenAt(cell) ?? []);
    view.keepFocus(() => {
      actions[name](value);
      for (const { note, variable } of cells) keepDraft(note, variable);
      chosen.filter(list.isGone).forEach(tellGone);
      view.paint();
    });
    onPaint(list);
  }
  function touched(name, value) {
    const turns = name === "undo" || name === "redo" ? list.turning(name) : [];
    const all = [
      list.isFinished() ? null : list.current(),
      list.aim(),
      BESIDE.has(name) ? value : null,
      ...turns.map(({ note, variable }) => ({ note, variable: list.variables.get(variable) }))
    ];
    return [...new Map(all.filter((one) => one && one.variable).map((one) => [list.cellOf(one.note, one.variable.id), one])).values()];
  }
  function tellGone({ variable, number, codes }) {
    if (number !== void 0) hand.tell("number_dropped", { number: shownNumber(number) });
    else hand.tell("choice_dropped", { codes: labelsOf(variable, { codes: codes ?? [] }) });
  }
  function repaint() {
    view.keepFocus(view.paint);
  }
  async function keepDraft(note, variable) {
    const cell = list.cellOf(note, variable.id);
    const draft = list.drafts.get(cell);
    const isNews = drafted.has(cell) || Boolean(draft);
    if (!isNews) return;
    if (draft) drafted.add(cell);
    else drafted.delete(cell);
    drafting += 1;
    await outbox.keepDraft(cell, note.hash ?? "", draft);
    onDraft();
  }
  function placeOf({ cell }) {
    const [key, variable, hash] = cell.split(" ");
    const known = list.notes.find((note2) => note2.key === key);
    const alike = known || !hash ? [] : list.notes.filter((note2) => note2.hash === hash);
    const note = known ?? (alike.length === 1 ? alike[0] : void 0);
    return note && (!hash || hash === note.hash) && note.variables.includes(variable) ? { note, variable } : null;
  }
  function placed(stored) {
    return stored.flatMap((one) => {
      const place = placeOf(one);
      return place ? { ...one, ...place } : [];
    });
  }
  function finishTyping({ note, variable: name, draft: { typing, to, ...draft } }) {
    const [cell, variable, memo] = [list.cellOf(note, name), list.variables.get(name), (typing ?? "").trim()];
    const answer = list.answerTo(note, name) ?? { id: void 0, memo: "" };
    if (lengthOf(memo) > LONGEST_MEMO) return;
    list.drafts.delete(cell);
    if (answer.id !== to) list.draftMore({ memo: answer.memo.startsWith(memo) ? void 0 : memo }, { note, variable });
    else {
      list.drafts.set(cell, draft);
      save(list.amend("memo", memo, { note, variable }));
    }
    keepDraft(note, variable);
  }
  async function hearDrafts() {
    const before = drafting;
    const stored = await outbox.storedDrafts();
    if (!stored) return;
    if (before !== drafting) {
      await hearDrafts();
      return;
    }
    const now = new Map(placed(stored).map(({ note, variable, draft }) => [list.cellOf(note, variable), draft]));
    for (const cell of list.drafts.keys()) if (!now.has(cell)) list.drafts.delete(cell);
    for (const [cell, draft] of now) {
      list.drafts.set(cell, draft);
      drafted.add(cell);
    }
    repaint();
  }
  function openUnsaved() {
    const [left] = [...list.drafts].filter(([, draft]) => draft.typing !== void 0);
    if (!left) return;
    const [key, name] = left[0].split(" ");
    list.goTo(
      /** @type {Note} */
      list.notes.find((one) => one.key === key),
      name
    );
    act("memo");
  }
  const onHide = () => {
    if (document.hidden) hand.settle();
  };
  window.addEventListener("beforeunload", hand.settle);
  document.addEventListener("visibilitychange", onHide);
  async function start() {
    listenForKeys(view.root, { press: (event) => view.over ? view.over.press(
      /** @type {KeyboardEvent} */
      event
    ) : hand.press(event) });
    const { answers, events, drafts } = await outbox.start();
    window.addEventListener("focus", outbox.hello);
    list.learn(answers || data.answers, /* @__PURE__ */ new Set());
    events.forEach(list.recall);
    const begun = placed(drafts);
    for (const { note, variable, draft } of begun) {
      list.drafts.set(list.cellOf(note, variable), draft);
      drafted.add(list.cellOf(note, variable));
    }
    const typing = begun.filter(({ draft }) => draft.typing !== void 0);
    if (answers) typing.forEach(finishTyping);
    else unheard.push(...typing);
    list.toFirstOpen();
    if (list.again().length) list.review("changes");
    outbox.show();
    view.open();
    onPaint(list);
    if (answers) openUnsaved();
  }
  function receive(message) {
    const late = message.kind === "overtaken" ? outbox.of(message.ids) : [];
    outbox.receive(message);
    if (!late.length) return;
    for (const { note, variable } of late.flatMap((event) => list.miss(event) ?? [])) keepDraft(note, variable);
    const memo = late.some((event) => event.amends === "memo" && event.memo);
    hand.tell(memo ? "memo_overtaken" : late.every((event) => event.amends) ? "amend_overtaken" : "overtaken");
  }
  function stop() {
    hand.settle();
    window.removeEventListener("beforeunload", hand.settle);
    window.removeEventListener("focus", outbox.hello);
    document.removeEventListener("visibilitychange", onHide);
    outbox.stop();
    view.stop();
  }
  return { start, act, list, hearDrafts, again: outbox.put, repaint, receive, stop };
}
function withOthers(card) {
  function learnOthers(others) {
    for (const note of card.list.notes) {
      note.others = others[note.key] ?? [];
      const answer = card.list.answerTo(note, note.variables[0]);
      if (answer) answer.differs = note.others.some((other) => other.differs);
    }
  }
  function receive(message) {
    if (message.kind !== "others") return card.receive(message);
    learnOthers(message.others);
    return card.repaint();
  }
  return { ...card, receive };
}

// answering/numbers.js
function numberTyped(digits, n) {
  const number = /^[1-9][0-9]*$/.test(digits) ? Number(digits) : 0;
  if (!number || number > n) return "none";
  return number * 10 > n ? "taken" : "open";
}

// listing/rows.js
var FILTERS = ["all", "open", "unsure", "memo", "changed", "older", "skipped", "flagged", "proposed"];
var wordsIn = (text) => fold(text).split(/\s+/).filter(Boolean);
function piecesOf(text, words) {
  const folded = fold(text);
  if (!words.length || folded.length !== text.length) return [[text, false]];
  const pieces = [];
  let from = 0;
  while (from < text.length) {
    const start = from;
    const hits = words.map((word) => ({ word, at: folded.indexOf(word, start) })).filter(({ at }) => at >= 0);
    const [first] = hits.sort((a, b) => a.at - b.at || b.word.length - a.word.length);
    if (!first) break;
    if (first.at > from) pieces.push([text.slice(from, first.at), false]);
    from = first.at + first.word.length;
    pieces.push([text.slice(first.at, from), true]);
  }
  return from < text.length ? [...pieces, [text.slice(from), false]] : pieces;
}
function codesLike({ kind, codes }, typed2) {
  if (kind !== "scale") return typed2.trim() ? found(codes, typed2) : codes;
  const sought = typed2.trim().replace(/^[\u2212\u2013]/, "-");
  return codes.filter(({ id }) => id.startsWith(sought)).sort((a, b) => Number(b.id === sought) - Number(a.id === sought));
}
function createRows(list, say) {
  const folded = /* @__PURE__ */ new Map();
  const made = /* @__PURE__ */ new Map();
  let rows = [];
  let counts = {};
  function labelsOf2(variable, codes) {
    if (variable.kind === "scale") return codes.map(shownNumber).join(", ");
    const labels = new Map(variable.codes.map(({ id, label }) => [id, label]));
    return codes.map((code) => labels.get(code) ?? variable.retired[code] ?? code).join(", ");
  }
  function cellOf({ variable, answer, draft, earlier }) {
    const begun = draft.number === void 0 ? draft.codes : [draft.number.trim()];
    if (begun && begun.length) return { state: "begun", codes: [], text: say("list_cell_begun", { codes: labelsOf2(variable, begun) }) };
    if (isOpen(answer)) {
      const before = earlier && earlier.event === "changed" ? labelsOf2(variable, earlier.codes) : "";
      return { state: "open", codes: [], text: before ? say("list_cell_changed", { codes: before }) : say("list_cell_open") };
    }
    if (answer.event === "skip") return { state: "skipped", codes: [], text: say("list_cell_skipped") };
    return { state: "answered", codes: answer.codes, text: isNone(answer, variable) ? say("confirm_none") : labelsOf2(variable, answer.codes) };
  }
  function build(number) {
    const note = list.notes[number];
    const cells = /* @__PURE__ */ new Map();
    const marks = /* @__PURE__ */ new Set();
    const memos = [];
    for (const name of note.variables) {
      const cell = list.cellAt(note, list.variables.get(name));
      const stands = cell.answer ?? cell.earlier;
      cells.set(name, cellOf(cell));
      if (isOpen(cell.answer)) marks.add("open");
      for (
        const kind of
        /** @type {const} */
        ["unsure", "changed", "older", "skipped"]
      ) if (answerIsOfSort(stands, kind)) marks.add(kind);
      const memo2 = cell.draft.typing ?? cell.draft.memo ?? (stands ? stands.memo : "");
      if (memo2 && memo2.trim()) {
        memos.push(memo2.trim());
        marks.add("memo");
      }
      const proposal = list.proposed({ note, variable: cell.variable });
      if (proposal) memos.push(`${say("list_mark_proposed")}: ${proposalIn(proposal).name}`);
      if (proposal) marks.add("proposed");
    }
    if (!isOpen(list.answerTo(note, FLAG))) marks.add("flagged");
    const memo = memos.join("\n");
    if (!folded.has(number)) folded.set(number, fold(`${note.text}
${note.gloss}`));
    return { number, note, cells, marks, memo, searched: [
      /** @type {string} */
      folded.get(number),
      fold(memo)
    ] };
  }
  function refresh() {
    const begun = new Set([...list.drafts.keys()].map((cell) => cell.split(" ")[0]));
    rows = list.seen().map((number) => {
      const stamp = list.stampOf(number);
      const known = made.get(number);
      if (known && known.stamp === stamp) return known.row;
      const row = build(number);
      made.set(number, { stamp: begun.has(row.note.key) ? -1 : stamp, row });
      return row;
    });
    counts = {};
    for (const row of rows) {
      for (const mark of row.marks) counts[mark] = (counts[mark] ?? 0) + 1;
      for (const [variable, { codes }] of row.cells) for (const code of codes) counts[`${variable} ${code}`] = (counts[`${variable} ${code}`] ?? 0) + 1;
    }
    counts.all = rows.length;
  }
  function shown({ filter, code, text }) {
    const words = wordsIn(text);
    if (filter === "all" && !code && !words.length) return rows;
    return rows.filter(({ marks, cells, searched }) => (filter === "all" || marks.has(filter)) && (!code || Boolean(cells.get(code.variable)?.codes.includes(code.id))) && words.every((word) => searched.some((one) => one.includes(word))));
  }
  return {
    refresh,
    shown,
    /** @param {string} key A filter, or a question and its code. */
    count: (key) => counts[key] ?? 0,
    get all() {
      return rows;
    }
  };
}

// listing/tray.js
var MOST_FOUND = 6;
var digitsOf = (variable) => new Map([...keysOf(variable)].filter(([key]) => key.length === 1));
function oneStop2(group, [back, on]) {
  const buttons = () => [...group.querySelectorAll("button")];
  const stopAt = (one) => buttons().forEach((button) => {
    button.tabIndex = button === one ? 0 : -1;
  });
  group.addEventListener("keydown", (event) => {
    const by = { [back]: -1, [on]: 1 }[event.key];
    const all = buttons();
    const to = by && all[all.indexOf(
      /** @type {HTMLButtonElement} */
      event.target
    ) + by];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    if (to) to.focus();
  });
  group.addEventListener("focusin", (event) => stopAt(
    /** @type {HTMLElement} */
    event.target
  ));
  return () => {
    const all = buttons();
    if (all.length && !all.some(({ tabIndex }) => tabIndex === 0)) stopAt(all[0]);
  };
}
function fillKeeping(group, children) {
  const active = (
    /** @type {HTMLElement | null} */
    document.activeElement
  );
  const held2 = active && group.contains(active) ? active.dataset.is : void 0;
  const stop = (
    /** @type {HTMLElement | null} */
    group.querySelector("button[tabindex='0']")?.dataset.is
  );
  group.replaceChildren(...children);
  for (const button of group.querySelectorAll("button")) {
    button.tabIndex = button.dataset.is === stop ? 0 : -1;
    if (held2 !== void 0 && button.dataset.is === held2) button.focus({ preventScroll: true });
  }
}
function buttonOf(is, className, act, ...children) {
  const made = make("button", className, ...children);
  made.type = "button";
  made.dataset.is = is;
  made.addEventListener("click", act);
  return made;
}
function createTray({ list, say, state, act, set, toRows, id }) {
  const about = make("b", "sk-list-about");
  const codes = make("div", "sk-list-codes");
  const setter = make("div", "sk-list-setter", about, codes);
  const hints = make("div", "sk-list-hints");
  const told = make("span", "sk-list-told");
  const finder = make("div", "sk-list-finder");
  const right = make("div", "sk-list-right");
  const root = make("div", "sk-list-tray", setter, finder, told, hints, right);
  const field = make("input", "sk-list-field");
  const found3 = make("div", "sk-list-found");
  finder.append(field, found3);
  let at = 0;
  let drawn = "";
  codes.setAttribute("role", "toolbar");
  finder.hidden = true;
  field.type = "text";
  field.autocomplete = "off";
  field.spellcheck = false;
  found3.id = `${id}-found`;
  found3.setAttribute("role", "listbox");
  for (const [name, value] of [["role", "combobox"], ["aria-controls", found3.id], ["aria-expanded", "true"], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
  const settle = oneStop2(codes, ["ArrowLeft", "ArrowRight"]);
  const asked = () => list.variables.get(state.variable);
  const likely = () => codesLike(asked(), field.value).slice(0, MOST_FOUND);
  function drawFound() {
    const all = likely();
    at = Math.max(0, Math.min(at, all.length - 1));
    found3.replaceChildren(...all.map((code, number) => {
      const option = make("span", "sk-list-option", ...mark(code), code.label);
      option.setAttribute("role", "option");
      option.id = `${found3.id}-${number}`;
      option.setAttribute("aria-selected", String(number === at));
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(code.id);
      });
      return option;
    }));
    if (!all.length) found3.replaceChildren(make("span", "sk-list-none", say("list_no_code")));
    field.setAttribute("aria-activedescendant", all.length ? `${found3.id}-${at}` : "");
  }
  function openFinder() {
    finder.hidden = false;
    field.value = "";
    at = 0;
    field.setAttribute("aria-label", say("list_find_code", { question: asked().label }));
    field.placeholder = say("list_find_code", { question: asked().label });
    drawFound();
    paint();
    field.focus();
  }
  function closeFinder() {
    if (finder.hidden) return;
    finder.hidden = true;
    paint();
    toRows();
  }
  function take(code) {
    closeFinder();
    set(code);
  }
  field.addEventListener("input", () => {
    at = 0;
    drawFound();
  });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const code = likely()[at];
    if (event.key === "Escape") closeFinder();
    else if (event.key === "Enter" && code) take(code.id);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at += event.key === "ArrowDown" ? 1 : -1;
      drawFound();
    } else return;
    event.preventDefault();
  });
  field.addEventListener("blur", (event) => {
    if (!root.contains(
      /** @type {Node | null} */
      event.relatedTarget
    )) {
      finder.hidden = true;
      paint();
    }
  });
  function mark({ colour }) {
    if (!colour) return [];
    const dot2 = make("i", "sk-list-dot");
    dot2.style.setProperty("--sk-c", colour);
    return [dot2];
  }
  const tool = (key, text, action, className = "") => buttonOf(action.name, `sk-list-btn ${className}`, () => act(action), ...key ? [keycap(key)] : [], text);
  function drawSetter() {
    const n = state.selected.size;
    const variable = asked();
    about.textContent = say(n === 1 ? "list_to_one" : "list_to_several", { n, question: variable.label.split(",")[0] });
    codes.setAttribute("aria-label", about.textContent);
    const keys = new Map([...digitsOf(variable)].map(([digit, code]) => [code, digit]));
    const buttons = variable.codes.map((code) => buttonOf(code.id, "sk-list-btn", () => set(code.id), ...keys.has(code.id) ? [keycap(keys.get(code.id) ?? "")] : [], ...mark(code), variable.kind === "scale" ? code.id.replace("-", "−") : code.label));
    if (variable.kind === "multiple" && !keys.has(NONE_FITS)) buttons.push(tool("0", say("confirm_none"), { name: "digit", value: "0" }));
    const find = variable.codes.length > keys.size ? [tool("+", say("list_find"), { name: "findCode" })] : [];
    fillKeeping(codes, [...find, ...buttons, tool(".", say("list_unsure_one"), { name: "unsure" }, "sk-warned"), tool("", say("list_clear"), { name: "clear" })]);
    settle();
  }
  function drawHints() {
    const digits = [...digitsOf(asked()).keys()].sort();
    const all = [
      [["↑", "↓"], say("list_hint_move")],
      [["←", "→"], say("list_hint_question")],
      [[say("list_key_space")], say("list_hint_select")],
      [digits.length > 1 ? [`${digits.find((digit) => digit !== "0")}–${digits.at(-1)}`] : digits, say("list_hint_set", { question: asked().label })],
      [["A–Ö"], say("list_hint_search")],
      [[">"], say("list_hint_number")]
    ];
    hints.replaceChildren(...all.map(([keys, text]) => make("span", "", ...keys.map(keycap), ` ${text}`)));
  }
  function paint() {
    const isFinding = !finder.hidden;
    told.textContent = state.number === null ? state.told : say("list_number", { digits: state.number || "…" });
    told.hidden = !told.textContent || isFinding;
    setter.hidden = !state.selected.size || isFinding || state.number !== null;
    hints.hidden = isFinding || !setter.hidden || !told.hidden;
    const signature = [state.variable, state.selected.size, list.canUndo].join();
    if (signature === drawn) return;
    drawn = signature;
    if (state.selected.size) drawSetter();
    drawHints();
    const open = state.selected.size ? [] : [tool("Enter", say("list_open_note"), { name: "open" })];
    fillKeeping(right, [...list.canUndo ? [tool("⌫", say("undo"), { name: "undo" })] : [], ...open, tool("?", "", { name: "keys" }, "sk-list-help")]);
    right.querySelectorAll("button").forEach((button) => {
      button.tabIndex = 0;
    });
    right.querySelector(".sk-list-help")?.setAttribute("aria-label", say("list_keys"));
  }
  return { root, paint, openFinder, closeFinder, get isFinding() {
    return !finder.hidden;
  } };
}

// listing/drawing.js
var MARKS = ["unsure", "memo", "changed", "older", "flagged", "proposed"];
var WARNS = /* @__PURE__ */ new Set(["unsure", "changed", "older"]);
var OFTEN = /* @__PURE__ */ new Set(["proposed", "differing"]);
function dot(colour) {
  const made = make("i", "sk-list-dot");
  if (colour) made.style.setProperty("--sk-c", colour);
  return made;
}
var marked = (text, words) => piecesOf(text, words).map(([piece, isHit]) => isHit ? make("mark", "", piece) : piece);
function createDrawing({ list, rows, say, state, lang }) {
  function filter(is, label, n, isOn, act, before = []) {
    const made = buttonOf(is, "sk-list-filter", act, ...before, make("span", "", label), make("span", "sk-list-n", String(n)));
    made.setAttribute("aria-pressed", String(isOn));
    made.title = label;
    return made;
  }
  function filters(box, variable, { filterBy, codeBy }) {
    const sorts = FILTERS.filter((name) => !OFTEN.has(name) || rows.count(name)).map((name) => filter(name, say(`list_${name}`), rows.count(name), state.filter === name, () => filterBy(name)));
    const codes = variable.codes.filter(({ id }) => variable.kind !== "scale" || rows.count(`${variable.id} ${id}`)).map(({ id, label, colour }) => filter(
      `code ${id}`,
      variable.kind === "scale" ? id.replace("-", "−") : label,
      rows.count(`${variable.id} ${id}`),
      Boolean(state.code && state.code.variable === variable.id && state.code.id === id),
      () => codeBy(id),
      colour ? [dot(colour)] : []
    ));
    fillKeeping(box, [make("p", "sk-list-title", say("list_show")), ...sorts, make("p", "sk-list-title", variable.label), ...codes]);
  }
  function head(row2, columns, choose) {
    row2.replaceChildren(...[
      headed("sk-list-tick", make("span", "sk-list-hidden", say("list_number_head"))),
      headed("", say("list_note")),
      ...columns.map((name) => {
        const button = buttonOf(name, "", () => choose(name), list.variables.get(name).label);
        button.tabIndex = -1;
        const cell2 = headed(name === state.variable ? "sk-on" : "", button);
        if (name === state.variable) cell2.setAttribute("aria-current", "true");
        return cell2;
      }),
      headed("", say("list_marks"))
    ]);
  }
  function headed(className, child) {
    const made = make("div", className, child);
    made.setAttribute("role", "columnheader");
    return made;
  }
  function cell(className, ...children) {
    const made = make("div", className, ...children);
    made.setAttribute("role", "gridcell");
    return made;
  }
  function signature({ number, cells, marks, memo }, columns, words) {
    const shown = columns.map((name) => [name, (cells.get(name) ?? { text: "" }).text, (cells.get(name) ?? { state: "" }).state]);
    return JSON.stringify([number, shown, [...marks], memo, words, state.selected.has(number), state.variable]);
  }
  function row(element, { number, note, cells, marks, memo }, columns, words) {
    const text = make("span", "sk-list-words", ...marked(note.text, words));
    if (lang) text.lang = lang;
    const isInMemo = words.length && memo && piecesOf(memo, words).some(([, isHit]) => isHit);
    const found3 = isInMemo ? [make("span", "sk-list-memo", ...marked(memo, words))] : [];
    const flags = MARKS.filter((mark) => marks.has(mark)).map((mark) => {
      const chip = make("span", `sk-list-chip${WARNS.has(mark) ? " sk-warned" : ""}`, say(`list_mark_${mark}`));
      if (mark === "memo" || mark === "proposed") chip.title = memo;
      return chip;
    });
    const tick = make("span", "sk-tick");
    tick.setAttribute("aria-hidden", "true");
    element.setAttribute("aria-selected", String(state.selected.has(number)));
    element.replaceChildren(
      cell("sk-list-tick", tick, make("span", "sk-list-number", String(number + 1))),
      cell("sk-list-text", text, ...found3),
      ...columns.map((name) => answer(cells.get(name), list.variables.get(name))),
      cell("sk-list-flags", ...flags)
    );
  }
  function answer(given, { id, label, codes }) {
    if (!given) return cell("sk-list-answer");
    const [only, more] = given.codes;
    const colour = only && !more ? codes.find((code) => code.id === only)?.colour : "";
    const words = make("span", "", given.text);
    words.title = given.text;
    const made = cell("sk-list-answer", make("span", "sk-list-hidden", `${label}: `), make("span", "sk-list-code", dot(colour), words));
    made.dataset.variable = id;
    made.dataset.state = given.state;
    if (id === state.variable) made.classList.add("sk-on");
    return made;
  }
  return { filters, head, row, signature };
}

// listing/grid.js
var GAP = 4;
var BEYOND = 300;
function createGrid({ label }) {
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
  let content = { keys: [], at: -1, signature: () => "", draw() {
  } };
  const shown = /* @__PURE__ */ new Map();
  const heights = /* @__PURE__ */ new Map();
  let usual = 56;
  let width = 0;
  let tops = [0];
  function place() {
    tops = [0];
    for (const key of content.keys) tops.push(tops[tops.length - 1] + (heights.get(key) ?? usual) + GAP);
    body.style.height = `${tops[tops.length - 1]}px`;
  }
  function rowAt(y) {
    let [low, high] = [0, content.keys.length];
    while (low < high) {
      const middle = low + high + 1 >> 1;
      if (tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return Math.min(low, content.keys.length - 1);
  }
  function inView() {
    if (!content.keys.length) return [];
    const from = rowAt(scroller.scrollTop - BEYOND);
    const to = rowAt(scroller.scrollTop + scroller.clientHeight + BEYOND);
    const all = new Set(Array.from({ length: to - Math.max(from, 0) + 1 }, (_, number) => Math.max(from, 0) + number));
    if (content.at >= 0) all.add(content.at);
    return [...all].sort((a, b) => a - b);
  }
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
    let next = body.firstElementChild;
    for (const index of indexes) {
      const row = rowOf(index);
      if (row === next) next = next.nextElementSibling;
      else body.insertBefore(row, next);
      row.style.top = `${tops[index]}px`;
    }
    return indexes;
  }
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
  function paint(now) {
    content = now;
    root.setAttribute("aria-rowcount", String(now.keys.length + 1));
    drawView();
  }
  function reveal() {
    for (let times = 0; times < 2 && content.at >= 0; times += 1) {
      const [top, end] = [tops[content.at], tops[content.at + 1]];
      const room = scroller.clientHeight - head.offsetHeight;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (end > scroller.scrollTop + room) scroller.scrollTop = end - room;
      drawView();
    }
  }
  const rowWith = (key) => shown.get(key)?.row;
  function focus() {
    const row = rowWith(content.keys[content.at]);
    (row ?? scroller).focus({ preventScroll: true });
  }
  function flash(keys) {
    for (const key of keys) {
      const row = rowWith(key);
      if (!row) continue;
      row.classList.remove("sk-flash");
      requestAnimationFrame(() => row.classList.add("sk-flash"));
      row.addEventListener("animationend", () => row.classList.remove("sk-flash"), { once: true });
    }
  }
  const pageSize = () => Math.max(1, Math.floor((scroller.clientHeight - head.offsetHeight) / (usual + GAP)) - 1);
  scroller.tabIndex = -1;
  scroller.addEventListener("scroll", drawView, { passive: true });
  return { root: scroller, head, body, paint, reveal, focus, flash, pageSize, get element() {
    return root;
  } };
}

// listing/keys.js
var SIGNS = {
  " ": { name: "select" },
  ".": { name: "unsure" },
  "+": { name: "findCode" },
  ">": { name: "number" },
  "?": { name: "keys" },
  Enter: { name: "open" },
  Escape: { name: "release" },
  Delete: { name: "clear" },
  ArrowLeft: { name: "question", by: -1 },
  ArrowRight: { name: "question", by: 1 }
};
var MOVES2 = { ArrowUp: { by: -1 }, ArrowDown: { by: 1 }, PageUp: { pages: -1 }, PageDown: { pages: 1 }, Home: { by: -Infinity }, End: { by: Infinity } };
function digitOf({ key, code, shiftKey }) {
  if (/^[0-9]$/.test(key)) return key;
  const place = /^Digit([0-9])$/.exec(code);
  return place && !shiftKey && !SIGNS[key] ? place[1] : "";
}
function withControl({ key, shiftKey, altKey }) {
  const letter = key.toLowerCase();
  if (altKey) return null;
  if (letter === "a" && !shiftKey) return { name: "all" };
  if (letter === "z") return { name: shiftKey ? "redo" : "undo" };
  if (letter === "y") return { name: "redo" };
  return letter === "s" ? { name: "nothing" } : null;
}
function listActionOf(event) {
  const { key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.altKey) return null;
  if (MOVES2[key]) return { name: "move", ...MOVES2[key], extends: shiftKey };
  if (key === "Backspace") return { name: shiftKey ? "redo" : "undo" };
  const digit = digitOf(event);
  if (digit) return { name: "digit", value: digit };
  if (SIGNS[key]) return SIGNS[key];
  return /^\p{L}$/u.test(key) ? { name: "search", value: key } : null;
}

// listing/keysheet.js
function createKeySheet({ host, say, onClose }) {
  let sheet = null;
  function open() {
    const space = say("list_key_space");
    const all = [
      [["↑", "↓"], "list_help_move"],
      [["←", "→"], "list_help_question"],
      [["1–9"], "list_help_set"],
      [["0"], "list_help_none"],
      [["+"], "list_help_find"],
      [["Delete"], "list_help_clear"],
      [["A–Ö"], "list_help_search"],
      [[space], "list_help_select"],
      [["⇧ ↑", "⇧ ↓"], "list_help_several"],
      [["Ctrl A"], "list_help_all"],
      [["."], "list_help_unsure"],
      [["⌫", "⇧ ⌫"], "list_help_undo"],
      [[">"], "list_help_number"],
      [["Enter"], "list_help_open"],
      [["Esc"], "list_help_escape"]
    ];
    const done = make("button", "sk-list-btn", keycap("Esc"), say("list_help_close"));
    done.type = "button";
    done.addEventListener("click", close);
    const rows = all.flatMap(([keys, text]) => [make("dt", "", ...keys.map(keycap)), make("dd", "", say(text))]);
    sheet = make("div", "sk-list-sheet", make("h3", "", say("list_keys")), make("p", "", say("list_help_rule")), make("dl", "", ...rows), done);
    sheet.setAttribute("role", "dialog");
    sheet.setAttribute("aria-modal", "true");
    sheet.setAttribute("aria-label", say("list_keys"));
    sheet.addEventListener("keydown", (event) => {
      if (event.key === "Tab") event.preventDefault();
      if (event.key === "Escape" || event.key === "?") {
        event.preventDefault();
        close();
      }
      event.stopPropagation();
    });
    const veil = make("div", "sk-list-veil", sheet);
    veil.addEventListener("click", (event) => {
      if (event.target === veil) close();
    });
    host.append(veil);
    done.focus();
  }
  function close() {
    if (!sheet) return;
    sheet.parentElement?.remove();
    sheet = null;
    onClose();
  }
  return { open, close, get isOpen() {
    return Boolean(sheet);
  } };
}

// listing/list.js
var REM = 16;
var FOR_TEXT = 31 * REM;
var FOR_QUESTION = 12 * REM;
var PHONE = 640;
var lists = 0;
function createList({ host, list, data, say, save, announce = () => {
}, turned = (step) => list[step](), keepDraft = () => {
}, onOpen, onClose }) {
  const questions = data.variables.map(({ id: id2 }) => id2);
  const state = { filter: "all", code: null, text: "", cursor: -1, anchor: -1, variable: questions[0], selected: /* @__PURE__ */ new Set(), number: null, told: "" };
  const rows = createRows(list, say);
  const drawing = createDrawing({ list, rows, say, state, lang: data.notes_lang });
  let shown = [];
  let known = -1;
  let drawn = "";
  let columns = questions;
  const id = `sk-list-${lists += 1}`;
  const filters = make("div", "sk-list-filters");
  const field = make("input", "sk-list-field");
  const sum = make("span", "sk-list-sum");
  const clear = buttonOf("clear", "sk-list-btn", () => act({ name: "release" }), keycap("Esc"), say("list_release"));
  const empty = make("div", "sk-list-empty", say("list_empty"), " ", clear);
  const grid = createGrid({ label: say("list_name") });
  const tray = createTray({ list, say, state, act, set, toRows: grid.focus, id });
  const back = buttonOf("back", "sk-list-btn sk-list-back", leave, keycap("Esc"), make("span", "", say("list_to_card")));
  const main = make("div", "sk-list-main", make("div", "sk-list-top", back, field, sum), grid.root, empty);
  const root = make("div", "sk-list", make("div", "sk-list-desk", filters, main), tray.root);
  const sheet = createKeySheet({ host: root, say, onClose: grid.focus });
  const settleFilters = oneStop2(filters, ["ArrowUp", "ArrowDown"]);
  root.hidden = true;
  root.setAttribute("role", "region");
  root.setAttribute("aria-label", say("list_name"));
  filters.setAttribute("role", "group");
  filters.setAttribute("aria-label", say("list_filters"));
  field.type = "search";
  field.autocomplete = "off";
  field.spellcheck = false;
  field.placeholder = say("list_search");
  field.setAttribute("aria-label", say("list_search"));
  host.append(root);
  const watcher = new ResizeObserver(() => {
    if (!root.hidden) draw();
  });
  watcher.observe(root);
  function columnsThatFit() {
    const width = main.clientWidth;
    const most = width < PHONE ? 2 : Math.max(1, Math.floor((width - FOR_TEXT) / FOR_QUESTION));
    const at = questions.indexOf(state.variable);
    const from = Math.min(Math.max(0, at - most + 1), Math.max(0, questions.length - most));
    const first = columns.length === most && columns.includes(state.variable) ? questions.indexOf(columns[0]) : from;
    return questions.slice(first, first + most);
  }
  function refresh() {
    if (known !== list.version) rows.refresh();
    known = list.version;
    shown = rows.shown(state);
    const numbers = new Set(shown.map(({ number }) => number));
    if (!numbers.has(state.cursor)) state.cursor = nearest(state.cursor);
    state.selected = new Set([...state.selected].filter((number) => numbers.has(number)));
  }
  const nearest = (number) => (shown.find((row) => row.number >= number) ?? shown.at(-1) ?? { number: -1 }).number;
  const place = () => shown.findIndex(({ number }) => number === state.cursor);
  function draw() {
    refresh();
    columns = columnsThatFit();
    const words = wordsIn(state.text);
    const variable = list.variables.get(state.variable);
    const signature = JSON.stringify([known, rows.all.length, state.filter, state.code, state.variable]);
    if (signature !== drawn) {
      drawing.filters(filters, variable, { filterBy, codeBy });
      settleFilters();
    }
    drawn = signature;
    drawing.head(grid.head, columns, choose);
    root.style.setProperty("--sk-columns", String(columns.length));
    const byNumber = new Map(shown.map((row) => [row.number, row]));
    const rowOf = (number) => (
      /** @type {ListRow} */
      byNumber.get(number)
    );
    grid.paint({
      keys: shown.map(({ number }) => number),
      at: place(),
      signature: (number) => drawing.signature(rowOf(number), columns, words),
      draw: (number, element) => drawing.row(element, rowOf(number), columns, words)
    });
    const chosen = state.selected.size ? ` · ${howMany()}` : "";
    sum.textContent = say("list_sum", { n: shown.length, all: rows.all.length }) + chosen;
    grid.root.hidden = !shown.length;
    empty.hidden = Boolean(shown.length);
    tray.paint();
  }
  function go() {
    draw();
    grid.reveal();
    if (shown.length) grid.focus();
    else clear.focus();
  }
  function tell(text) {
    state.told = text;
    announce(text);
  }
  function filterBy(filter) {
    state.filter = filter;
    narrow();
  }
  function codeBy(code) {
    const isOn = state.code && state.code.variable === state.variable && state.code.id === code;
    state.code = isOn ? null : { variable: state.variable, id: code };
    narrow();
  }
  function narrow() {
    state.told = "";
    draw();
    grid.reveal();
    announce(say("list_sum", { n: shown.length, all: rows.all.length }));
  }
  function clearFilters() {
    Object.assign(state, { filter: "all", code: null, text: "" });
    field.value = "";
  }
  function search(letter) {
    field.focus();
    field.value += letter;
    searched();
  }
  function searched() {
    state.text = field.value;
    state.cursor = 0;
    narrow();
  }
  field.addEventListener("input", searched);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !["Escape", "Enter", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape" && field.value) field.value = state.text = "";
    else if (event.key === "Escape") clearFilters();
    go();
  });
  const howMany = () => say(state.selected.size === 1 ? "list_chosen_one" : "list_chosen", { n: state.selected.size });
  function move(to, extend) {
    if (!shown.length) return;
    const from = state.cursor;
    state.cursor = shown[Math.max(0, Math.min(shown.length - 1, to))].number;
    if (extend) extendFrom(state.selected.size ? state.anchor : from);
    else state.anchor = state.cursor;
  }
  function extendFrom(from) {
    state.anchor = from;
    const [low, high] = [from, state.cursor].sort((a, b) => a - b);
    state.selected = new Set(shown.map(({ number }) => number).filter((number) => number >= low && number <= high));
    announce(howMany());
  }
  function select(number) {
    if (number < 0) return;
    if (!state.selected.delete(number)) state.selected.add(number);
    state.cursor = number;
    state.anchor = number;
    announce(howMany());
  }
  function selectAll() {
    state.selected = new Set(shown.map(({ number }) => number));
    announce(howMany());
  }
  function choose(variable) {
    state.variable = variable;
    state.code = state.code && state.code.variable === variable ? state.code : null;
    announce(say("list_question", { question: list.variables.get(variable).label }));
    go();
  }
  function typeNumber(digits) {
    const most = (rows.all.at(-1) ?? { number: -1 }).number + 1;
    const is = numberTyped(digits, most);
    state.number = is === "open" ? digits : null;
    if (is === "none") tell(say("list_no_number", { n: digits }));
    else if (is === "taken") toNumber(digits);
    else announce(digits);
  }
  function toNumber(digits) {
    const number = Number(digits) - 1;
    state.number = null;
    if (!rows.all.some((row) => row.number === number)) return tell(say("list_unseen", { n: digits }));
    if (!shown.some((row) => row.number === number)) clearFilters();
    state.cursor = number;
    state.anchor = number;
    return void 0;
  }
  function aimed() {
    const numbers = state.selected.size ? [...state.selected].sort((a, b) => a - b) : [state.cursor].filter((number) => number >= 0);
    return numbers.map((number) => list.notes[number]).filter((note) => note.variables.includes(state.variable)).map((note) => ({ note, variable: list.variables.get(state.variable) }));
  }
  function change(work, touched, words) {
    const events = list.inPlace(work);
    save(events);
    for (const { note, variable } of touched) keepDraft(note, variable);
    const changed = new Set(events.map(({ note }) => note));
    tell(changed.size ? words(changed.size) : say("list_nothing"));
    const kept = state.cursor;
    go();
    if (kept !== state.cursor) state.anchor = state.cursor;
    grid.flash(shown.filter(({ note }) => changed.has(note.key)).map(({ number }) => number));
  }
  function setAll(to, label) {
    const questions2 = aimed();
    change(() => list.setMany(questions2, to), questions2, (n) => say(n === 1 ? "list_set_one" : "list_set", { n, codes: label }));
  }
  function set(code) {
    const { kind, codes } = list.variables.get(state.variable);
    const { label = code } = codes.find(({ id: one }) => one === code) ?? {};
    setAll(kind === "multiple" && code !== NONE_FITS ? { toggle: code } : { codes: [code] }, kind === "scale" ? code.replace("-", "−") : label);
  }
  function setByDigit(digit) {
    const variable = list.variables.get(state.variable);
    const code = digitsOf(variable).get(digit);
    if (code !== void 0) set(code);
    else if (digit === "0" && variable.kind === "multiple") setAll({ codes: [] }, say("confirm_none"));
    else tell(say("list_no_digit", { digit, question: variable.label }));
  }
  function doubt() {
    const questions2 = aimed();
    change(() => list.doubtMany(questions2), questions2, (n) => say(n === 1 ? "list_unsure_set_one" : "list_unsure_set", { n }));
  }
  function turn(step) {
    const turns = list.turning(step);
    const touched = turns.filter(({ variable }) => list.variables.has(variable)).map(({ note, variable }) => ({ note, variable: list.variables.get(variable) }));
    if (!turns.length) return tell(say(`list_no_${step}`));
    return change(() => turned(step), touched, (n) => say(n === 1 ? `list_${step}_one` : `list_${step}`, { n }));
  }
  function release() {
    if (state.number !== null) state.number = null;
    else if (state.selected.size) state.selected.clear();
    else if (state.filter !== "all" || state.code || state.text) clearFilters();
    else return leave();
    return go();
  }
  function openNote() {
    const note = list.notes[state.cursor];
    if (!note) return;
    const question = { note, variable: list.variables.get(note.variables.includes(state.variable) ? state.variable : note.variables[0]) };
    close();
    onOpen(question);
  }
  function leave() {
    close();
    onClose();
  }
  const acts = {
    move: ({ by = 0, pages = 0, extends: extend = false }) => {
      move(place() + (pages ? pages * grid.pageSize() : by), extend);
      go();
    },
    question: ({ by = 0 }) => choose(questions[(questions.indexOf(state.variable) + by + questions.length) % questions.length]),
    select: () => {
      select(state.cursor);
      go();
    },
    all: () => {
      selectAll();
      go();
    },
    digit: ({ value = "" }) => setByDigit(value),
    clear: () => setAll({ retract: true }, say("list_cell_open")),
    search: ({ value = "" }) => search(value),
    findCode: () => tray.openFinder(),
    unsure: doubt,
    undo: () => turn("undo"),
    redo: () => turn("redo"),
    number: () => {
      state.number = "";
      announce(say("list_number", { digits: "" }));
    },
    open: openNote,
    release,
    keys: sheet.open,
    nothing() {
    }
  };
  function act(action) {
    state.told = "";
    acts[action.name](action);
    if (!root.hidden) tray.paint();
  }
  function pressNumber({ name, value }) {
    const digits = state.number ?? "";
    if (name === "digit") typeNumber(digits + value);
    else if (name === "undo") state.number = digits ? digits.slice(0, -1) : null;
    else if (name === "open" && digits) toNumber(digits);
    else if (name === "release" || name === "open") state.number = null;
    else {
      state.number = null;
      return false;
    }
    go();
    return true;
  }
  function press(event) {
    if (root.hidden || event.isComposing || sheet.isOpen) return false;
    const target = (
      /** @type {Element | null} */
      event.target
    );
    if (target && target.matches("input, textarea")) return false;
    const onButton = Boolean(target && root.contains(target) && target.matches("button") && (event.key === "Enter" || event.key === " "));
    const action = onButton ? null : listActionOf(event);
    if (!action) return false;
    if (event.repeat && action.name !== "move" && action.name !== "question") return true;
    state.told = "";
    if (state.number === null || !pressNumber(action)) act(action);
    return true;
  }
  function numberAt(target) {
    const row = (
      /** @type {Element} */
      target.closest(".sk-list-row")
    );
    return row ? Number(
      /** @type {HTMLElement} */
      row.dataset.key
    ) : -1;
  }
  grid.body.addEventListener("click", (event) => {
    const number = numberAt(event.target);
    if (number < 0) return;
    const target = (
      /** @type {Element} */
      event.target
    );
    const cell = (
      /** @type {HTMLElement | null} */
      target.closest("[data-variable]")
    );
    state.told = "";
    state.number = null;
    if (cell && cell.dataset.variable) state.variable = cell.dataset.variable;
    if (event.shiftKey) {
      const from = state.anchor < 0 ? state.cursor : state.anchor;
      state.cursor = number;
      extendFrom(from);
    } else if (target.closest(".sk-list-tick") || event.ctrlKey || event.metaKey) select(number);
    else Object.assign(state, { cursor: number, anchor: number });
    go();
  });
  grid.body.addEventListener("mousedown", (event) => {
    if (event.shiftKey) event.preventDefault();
  });
  grid.body.addEventListener("dblclick", (event) => {
    if (numberAt(event.target) >= 0 && !/** @type {Element} */
    event.target.closest(".sk-list-tick")) act({ name: "open" });
  });
  root.addEventListener("click", (event) => {
    const isButton = (
      /** @type {Element} */
      event.target.closest("button")
    );
    if (isButton && event.detail > 0 && !root.hidden && !tray.isFinding && !sheet.isOpen && shown.length) grid.focus();
  });
  function open(note, variable) {
    root.hidden = false;
    known = -1;
    Object.assign(state, { selected: /* @__PURE__ */ new Set(), number: null, told: "" });
    clearFilters();
    const now = note ?? (list.isFinished() ? null : list.current().note);
    if (now) state.cursor = list.notes.indexOf(now);
    else if (state.cursor < 0) state.cursor = list.notes.length;
    if (variable && questions.includes(variable)) state.variable = variable;
    go();
    state.anchor = state.cursor;
    announce(`${say("list_name")}. ${sum.textContent}`);
  }
  function close() {
    sheet.close();
    root.hidden = true;
  }
  function paint() {
    if (root.hidden) return;
    known = -1;
    draw();
  }
  return { root, open, close, paint, press, stop: () => watcher.disconnect(), get isOpen() {
    return !root.hidden;
  } };
}

// looks/changes.js
var HEADED = /* @__PURE__ */ new Set(["include", "exclude", "example", "question", "points", "split_into"]);
function createChanges({ say, list, data, part, parts, button }) {
  const changes = data.changes ?? [];
  function marked2(kind, text) {
    const [, space, words] = (
      /** @type {RegExpExecArray} */
      /^(\s*)([^]*)$/.exec(text)
    );
    const made = make(kind === "gone" ? "del" : "ins", "", make("span", "sk-unseen", `${say(`mark_${kind}`)} `), words, make("span", "sk-unseen", ` ${say("mark_end")}`));
    return [space, made];
  }
  function partShown({ part: name, before, after }) {
    const pieces = before ? wordDiff(before, after) : (
      /** @type {const} */
      [["new", after]]
    );
    const shown = name === "split_into" ? [after] : pieces.flatMap(([kind, text]) => kind === "kept" ? [text] : marked2(kind, text));
    const head = HEADED.has(name) ? [make("em", "", say(name)), " "] : [];
    return make("p", name === "label" ? "sk-changed-label" : "", ...head, ...shown);
  }
  const textOf = (change) => change.parts.map(partShown);
  function entry({ change, counts }) {
    const lines = [...counts].map(([why, n]) => make("span", "", say(`changed_${why}`), " · ", say("changed_n", { n })));
    const { label } = list.variables.get(change.variable);
    const about = data.variables.length > 1 && change.code ? [make("span", "sk-quiet", ` ${label}`)] : [];
    return make("li", "sk-change", make("p", "sk-change-why", ...lines), make("h3", "", change.label, ...about), ...textOf(change));
  }
  function paintAll() {
    const n = list.again().length;
    const title = make("h2", "sk-finish-title", say("what_changed"));
    const go = button("sk-go sk-main", say("changed_go", { n }), "Enter", "confirm");
    parts.finish.replaceChildren(
      title,
      make("p", "", say("changed_intro", { n })),
      make("div", "sk-tools", go, button("sk-tool", say("changed_later"), "Esc", "closeChanges")),
      make("ul", "sk-changes", ...toldOf(list, changes).map(entry))
    );
    parts.live.textContent = `${say("what_changed")}. ${say("changed_intro", { n })}`;
  }
  function reason(variable, answer) {
    const { why, code } = (
      /** @type {Again} */
      answer.again
    );
    const named = labelsOf(variable, { codes: code ? code.split("|") : [] });
    return say(code || why === "question" ? `again_${why}` : "again_other", { answer: labelsOf(variable, answer), code: named });
  }
  function paintOne(variable, answer, holds) {
    parts.again.hidden = !answer || !answer.again;
    if (!answer || !answer.again) return;
    const change = changeOf(changes, variable.id, answer.again);
    const still = holds ? [button("sk-go sk-main", say("still_holds"), "Enter", "confirm")] : [];
    parts.again.replaceChildren(make("p", "sk-change-why", reason(variable, answer)), ...change ? textOf(change) : [], ...still);
  }
  part("again", "div", "sk-again").hidden = true;
  return { paintAll, paintOne };
}

// looks/points.js
var ONE_ROW = 12;
var ONE_ROW_NARROW = 7;
var SEVERAL = 3;
var hasPoints = (codes) => codes.some(({ definition }) => definition);
function placesOf2(named, n) {
  const last = named.length - 1;
  const between = named.slice(1, -1).map((at, nth) => {
    const reach = Math.min(at - named[nth], named[nth + 2] - at);
    return (
      /** @type {[number, number]} */
      [2 * at + 1 - reach, 2 * at + 1 + reach]
    );
  });
  if (last < 2) return [[0, n], [n, 2 * n]];
  return [[0, between[0][0]], ...between, [between[between.length - 1][1], 2 * n]];
}
function endsAndNamed(codes, say) {
  const last = codes.length - 1;
  return codes.flatMap(({ id, definition }, at) => {
    const number = shownNumber(id);
    if (definition) return [{ at, number, text: definition }];
    return at && at < last ? [] : [{ at, number: "", text: say(at ? "highest" : "lowest", { number }) }];
  });
}
var pointsSaid = (codes, say) => endsAndNamed(codes, say).map(({ number, text }) => `${number} ${text}`.trim()).join(", ");
function pointsRow(codes, say) {
  const shown = endsAndNamed(codes, say);
  const spans = placesOf2(shown.map(({ at }) => at), codes.length);
  const row = make("div", "sk-points", ...shown.map(({ at, number, text }, nth) => {
    const made = make("span", "sk-point", make("b", "", number), " ", text);
    const [from, to] = spans[nth];
    made.style.setProperty("--sk-span", `${from + 1} / ${to + 1}`);
    const isWide = to - from > 2;
    made.classList.toggle("sk-low", isWide && at === 0);
    made.classList.toggle("sk-high", isWide && at === codes.length - 1);
    return made;
  }));
  row.setAttribute("aria-hidden", "true");
  row.style.setProperty("--sk-halves", String(2 * codes.length));
  row.classList.toggle("sk-listed", codes.length > ONE_ROW);
  row.classList.toggle("sk-listed-narrow", codes.length > ONE_ROW_NARROW || shown.length > SEVERAL);
  row.classList.toggle("sk-several", shown.length > SEVERAL);
  return row;
}

// looks/codes.js
function rowsOf(codes) {
  const columns = codes.length > 12 ? 3 : codes.length > 4 ? 2 : 1;
  return Math.ceil(codes.length / columns);
}
var FEW = 4;
var SOME = 12;
var MOST_BUTTONS = 42;
var TOLD_OF_NUMBERS = /* @__PURE__ */ new Set(["refuse_number", "number_dropped", "number_missing"]);
var WITH_FIELD = 20;
var columnsOf = (n, most) => Math.ceil(n / Math.ceil(n / most));
function blocksOf(codes) {
  let size = 10;
  while (codes.length / size > WITH_FIELD) size *= 10;
  const blocks = /* @__PURE__ */ new Map();
  for (const code of codes) {
    const start = Math.floor(Number(code.id) / size) * size;
    blocks.set(start, [...blocks.get(start) ?? [], code]);
  }
  return [...blocks.values()];
}
var sizeOf = ({ kind, codes }) => {
  const n = codes.filter(({ id }) => id !== NONE_FITS).length;
  return kind === "scale" || n <= FEW ? "few" : n <= SOME ? "some" : "many";
};
function withMarks(text, letters) {
  const places = placesOf(text, letters);
  const ends = [0, ...places.map(([, end]) => end)];
  return [...places.flatMap(([start, end], i) => [text.slice(ends[i], start), make("mark", "", text.slice(start, end))]), text.slice(ends[places.length])];
}
function createCodes(kit, { show, say, hand, focus, id }) {
  const { parts, part, button } = kit;
  let shown = { variable: (
    /** @type {any} */
    null
  ), more: [], open: null };
  let lit = { letters: "", active: "" };
  function paint(variable, more = []) {
    shown = { variable, more, open: null };
    paintButtons();
    paintScale(variable);
  }
  function paintButtons() {
    const { variable, more, open } = shown;
    const keys = new Map([...keysOf(variable)].map(([key, code]) => [code, key]));
    const leads = keys.size < variable.codes.length ? leadsOf(variable.codes) : /* @__PURE__ */ new Map();
    const buttons = variable.kind === "scale" ? numberButtons(open ?? variable.codes, Boolean(open)) : variable.codes.map((code) => codeCell(code, keys.get(code.id), leads.get(code.id)));
    lit = { letters: "", active: "" };
    parts.codes.className = `sk-codes sk-${variable.kind}`;
    parts.codes.style.setProperty("--sk-half-rows", Math.ceil(variable.codes.length / 2));
    parts.codes.style.setProperty("--sk-n", Math.min(variable.codes.filter((code) => code.id !== NONE_FITS).length, FEW));
    parts.codes.style.setProperty("--sk-own-rows", rowsOf([...variable.codes, ...more]));
    const isLong = variable.codes.length > MOST_BUTTONS;
    parts.codes.style.setProperty("--sk-columns", columnsOf(buttons.length, isLong ? 6 : 12));
    parts.codes.style.setProperty("--sk-narrow-columns", columnsOf(buttons.length, isLong ? 3 : buttons.length === 7 ? 7 : 6));
    parts.codes.replaceChildren(...buttons, ...more);
  }
  function numberButtons(codes, isOpen2) {
    const back = isOpen2 ? [button("sk-code sk-block", say("all_numbers"), "", "openBlock", null)] : [];
    if (codes.length > MOST_BUTTONS) return [...back, ...blocksOf(codes).map(blockButton)];
    return [...back, ...codes.map(numberButton)];
  }
  function numberButton({ id: number, definition }) {
    const made = button("sk-code", shownNumber(number), "", "code", number);
    if (definition) made.setAttribute("aria-label", `${shownNumber(number)} ${definition}`);
    if (number.length === 1) made.setAttribute("aria-keyshortcuts", number);
    made.prepend(keycap(""));
    made.dataset.code = number;
    return made;
  }
  function blockButton(block) {
    const [first, last] = [block[0].id, block[block.length - 1].id].map(shownNumber);
    if (block.length === 1) return numberButton(block[0]);
    const made = button("sk-code sk-block", `${first} … ${last}`, "", "openBlock", block);
    made.dataset.block = block.map(({ id: number }) => number).join(" ");
    return made;
  }
  function openBlock(block) {
    shown.open = block;
    paintButtons();
  }
  function paintScale({ kind, codes }) {
    parts.scale.remove();
    parts.codes.removeAttribute("aria-describedby");
    if (kind !== "scale") return;
    parts.codes.setAttribute("aria-describedby", parts.ends.id);
    parts.codes.after(parts.scale);
    const [low, high] = [codes[0].id, codes[codes.length - 1].id].map(shownNumber);
    const isNamed = hasPoints(codes);
    parts.low.textContent = isNamed ? "" : say("lowest", { number: low });
    parts.high.textContent = isNamed ? "" : say("highest", { number: high });
    parts.points.textContent = isNamed ? pointsSaid(codes, say) : "";
    parts.scale.replaceChildren(...isNamed ? [pointsRow(codes, say)] : [], parts.ends, ...codes.length > WITH_FIELD ? [parts.numberBox] : []);
    parts.numberLabel.textContent = say("number_label", { low, high });
    parts.number.inputMode = codes[0].id.startsWith("-") ? "text" : "numeric";
  }
  function buildScale() {
    const typed2 = part("typed", "span", "sk-typed");
    typed2.setAttribute("role", "status");
    const label = part("numberLabel", "label", "sk-quiet");
    const field = part("number", "input", "sk-field");
    field.type = "text";
    field.autocomplete = "off";
    field.id = `${id}-number`;
    label.htmlFor = field.id;
    field.addEventListener("input", () => hand.click("numberIs", field.value));
    field.addEventListener("keydown", onNumberKey);
    const save = button("sk-tool", say("save_number"), "Enter", "numberGiven");
    part("ends", "div", "sk-ends", part("points", "span", "sk-unseen"), part("low", "span", "sk-end"), typed2, part("high", "span", "sk-end"));
    part("numberBox", "div", "sk-number", label, field, save);
    parts.ends.id = `${id}-ends`;
    part("scale", "div", "sk-scale-foot");
  }
  function onNumberKey(event) {
    if (event.isComposing || event.key !== "Enter" && event.key !== "Escape") return void 0;
    event.preventDefault();
    if (event.key === "Escape") {
      focus();
      return hand.click("numberIs", "");
    }
    hand.click("numberGiven", parts.number.value);
    return hand.told ? void 0 : focus();
  }
  function paintTyped(answer, draft) {
    const { text, told } = hand;
    if (shown.variable.kind !== "scale") return;
    const isRefused = told && TOLD_OF_NUMBERS.has(told.key);
    parts.typed.classList.toggle("sk-refused", Boolean(isRefused));
    parts.typed.classList.toggle("sk-half", Boolean(text));
    parts.typed.textContent = text ? halfTyped(text) : isRefused ? say(told.key, told.values) : "";
    for (const made of parts.codes.querySelectorAll("[data-code]")) {
      const number = made.dataset.code;
      const goesOn = number.startsWith(text);
      made.querySelector(".sk-key").textContent = goesOn && text ? shownNumber(number.slice(text.length)) : "";
      made.classList.toggle("sk-half", Boolean(text) && number === text);
      made.classList.toggle("sk-away", !goesOn);
    }
    const value = draft.number ?? (answer && answer.event === "decide" ? answer.codes[0] : "");
    const isEmptied = !parts.number.value && document.activeElement === parts.number;
    if (parts.number.value !== value && !isEmptied) parts.number.value = value;
  }
  function halfTyped(text) {
    const { codes } = shown.variable;
    const isWhole = codes.some(({ id: number }) => number === text);
    return say(isWhole ? "half_typed" : "half_typed_open", { number: shownNumber(text) });
  }
  function codeCell(code, key = "", lead = "") {
    const made = button("sk-code", code.label, key, "code", code.id);
    made.dataset.code = code.id;
    if (!key) made.prepend(make("span", "sk-lead", lead));
    if (code.colour) made.style.setProperty("--sk-c", code.colour);
    made.prepend(make("i", "sk-hue"));
    if (shown.variable.kind === "multiple") made.querySelector(".sk-label")?.before(make("span", "sk-box"));
    if (code.id === NONE_FITS) made.classList.add("sk-none");
    if (!code.definition) return make("div", "sk-cell", made);
    made.append(make("span", "sk-def", code.definition));
    made.setAttribute("aria-description", code.definition);
    made.addEventListener("mouseenter", () => {
      if (!made.closest(".sk-by-key")) show(code, made);
    });
    made.addEventListener("focus", () => {
      if (made.matches(":focus-visible")) show(code, made);
    });
    for (const end of ["mouseleave", "blur"]) made.addEventListener(end, () => show(null));
    return make("div", "sk-cell", made, infoButton(code, made));
  }
  function infoButton(code, near) {
    const made = make("button", "sk-info", "i");
    made.type = "button";
    made.setAttribute("aria-label", say("definition_of", { code: code.label }));
    made.setAttribute("aria-expanded", "false");
    made.addEventListener("click", () => {
      const isOpen2 = near.classList.toggle("sk-told");
      made.setAttribute("aria-expanded", String(isOpen2));
    });
    return made;
  }
  function paintTyping() {
    const { letters, active } = hand;
    if (letters === lit.letters && active === lit.active) return;
    const hits = new Set(found(shown.variable.codes, letters));
    const isOff = (code) => hits.size > 0 && !hits.has(code);
    for (const made of parts.codes.querySelectorAll("[data-code]")) {
      const code = shown.variable.codes.find((one) => one.id === made.dataset.code);
      made.classList.toggle("sk-active", made.dataset.code === active);
      if (letters !== lit.letters && code) markLabel(made, code.label, hits.has(code) ? letters : "", isOff(code));
      if (made.dataset.code === active) reach(made);
    }
    lit = { letters, active };
    show(shown.variable.codes.find((one) => one.id === active) ?? null);
  }
  function reach(made) {
    made.scrollIntoView({ block: "nearest" });
    if (!parts.codes.contains(document.activeElement)) return;
    oneStop(parts.codes, made);
    made.focus({ preventScroll: true });
  }
  function markLabel(made, text, letters, isOff) {
    made.classList.toggle("sk-off", isOff);
    made.querySelector(".sk-label")?.replaceChildren(...withMarks(text, letters));
  }
  function press(isChosen) {
    for (const made of parts.codes.querySelectorAll("[data-code]")) made.setAttribute("aria-pressed", isChosen(made.dataset.code));
    oneStop(parts.codes, parts.codes.querySelector('.sk-active, [aria-pressed="true"]'));
    for (const made of parts.codes.querySelectorAll("[data-block]")) made.setAttribute("aria-pressed", made.dataset.block.split(" ").some(isChosen));
  }
  function close() {
    if (shown.open) openBlock(null);
  }
  function light(id2) {
    for (const entry of parts.panelBox.querySelectorAll(".sk-entry")) {
      const lit2 = entry.dataset.code === id2;
      entry.classList.toggle("sk-lit", lit2);
      if (lit2) reveal(entry, parts.panelBox);
    }
  }
  function reveal(entry, box) {
    const folded = entry.closest("details");
    if (folded) folded.open = true;
    const [inner, outer] = [entry.getBoundingClientRect(), box.getBoundingClientRect()];
    if (inner.top < outer.top) box.scrollTop += inner.top - outer.top;
    else if (inner.bottom > outer.bottom) box.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top);
  }
  buildScale();
  return { paint, paintTyped, paintTyping, press, light, openBlock, close };
}

// looks/codebook.js
var PARTS = (
  /** @type {const} */
  ["include", "exclude", "example"]
);
function createCodebook({ host, data, say, onClose = () => {
} }) {
  let shown = null;
  let before = null;
  function button(label, key, onClick) {
    const made = make("button", "sk-go", label, ...key ? [make("kbd", "sk-key", key)] : []);
    made.type = "button";
    made.addEventListener("click", onClick);
    return made;
  }
  function chapter(variable) {
    const isScale = variable.kind === "scale";
    const asked = variable.question === variable.label ? [] : [make("p", "sk-book-question", variable.question)];
    const how = variable.kind === "multiple" ? [make("p", "sk-book-how", say("codebook_multiple"))] : [];
    const [low, high] = [variable.codes[0], variable.codes[variable.codes.length - 1]];
    const body = isScale ? [make("p", "sk-book-how", say("codebook_scale", { low: shownNumber(low?.label ?? ""), high: shownNumber(high?.label ?? "") })), ...endsOf(variable)] : variable.codes.map((code) => entry(code));
    return make("section", "sk-book-chapter", make("h2", "", variable.label), ...asked, ...how, ...body);
  }
  function endsOf(variable) {
    const named = variable.codes.filter((code) => code.definition);
    return named.map((code) => entry(code, true));
  }
  function entry(code, isScale = false) {
    const made = make("article", "sk-book-code", make("h3", "", isScale ? shownNumber(code.label) : code.label));
    const { colour } = (
      /** @type {Code & { colour?: string }} */
      code
    );
    if (colour) made.style.setProperty("--c", colour);
    if (code.definition) made.append(make("p", "", code.definition));
    for (const part of PARTS) {
      const text = code[part];
      if (text) made.append(make("p", "sk-book-more", make("em", "", say(part)), ` ${text}`));
    }
    return made;
  }
  function open() {
    if (shown) return;
    before = document.activeElement;
    const title = make("h1", "", say("codebook_title"));
    title.tabIndex = -1;
    title.id = "sk-codebook-title";
    const tools = make("div", "sk-book-tools", button(say("codebook_print"), "", () => window.print()), button(say("codebook_close"), "Esc", close));
    shown = make("section", "sk-codebook", make("div", "sk-book-sheet", make("header", "", title, tools), ...data.variables.map(chapter)));
    shown.setAttribute("role", "dialog");
    shown.setAttribute("aria-modal", "true");
    shown.setAttribute("aria-labelledby", title.id);
    shown.lang = data.lang;
    shown.addEventListener("keydown", onKey);
    shown.addEventListener("click", (event) => event.stopPropagation());
    host.classList.add("sk-reading");
    host.append(shown);
    shown.scrollTop = 0;
    title.focus({ preventScroll: true });
  }
  function onKey(event) {
    event.stopPropagation();
    if (event.key === "Tab") return keepInside(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.key !== "Escape" && event.key !== "'") return void 0;
    event.preventDefault();
    return close();
  }
  function keepInside(event) {
    const stops = [.../** @type {HTMLElement} */
    shown.querySelectorAll("button")];
    const [first, last] = [stops[0], stops[stops.length - 1]];
    const leaves = event.shiftKey ? document.activeElement !== last : document.activeElement === last;
    if (!leaves || stops.length < 1) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }
  function close() {
    if (!shown) return;
    shown.remove();
    shown = null;
    host.classList.remove("sk-reading");
    if (before?.isConnected) before.focus({ preventScroll: true });
    onClose();
  }
  return { open, close, get isOpen() {
    return Boolean(shown);
  } };
}

// looks/frame.js
var LONG = 420;
var VERY_LONG = 1500;
var LEAST_PUSH = 8;
var LEAST_SWIPE = 70;
var contextLines = (note) => (note.context ?? []).map(([name, text]) => make("p", "", make("b", "", name), ` ${text}`));
var lengthOfNote = (note) => note.text.length + sayContext(note).length;
var cards = 0;
function createFrame(host, data, say, list, kit, { work, label, tray = [], side = [], isFlow = false, leave = "", onHandIn }) {
  const { parts, part, tool, group } = kit;
  let glossOpen = false;
  let panelOpen = false;
  let hasFocus = true;
  let isByKey = false;
  let mouse = "";
  let fitted = null;
  function buildHead() {
    const bar = part("bar", "div", "sk-bar", part("fill", "i", ""));
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", say("progress"));
    const saved = part("saved", "span", "sk-saved");
    const who = onHandIn ? [parts.handIn = buildHandIn()] : [make("span", "sk-who", data.coder)];
    return make(
      "div",
      "sk-head",
      bar,
      make(
        "div",
        "sk-line",
        make("div", "sk-line-start", ...leave ? [tool("list", say(leave), "Esc", "leave")] : []),
        make("div", "sk-line-mid", part("place", "strong", "sk-place"), part("left", "span", "sk-quiet")),
        make("div", "sk-line-end", ...isFlow ? [tool("undo", say("undo"), "⌫"), tool("redo", say("redo"), "⇧⌫")] : [part("queues", "span", "sk-queues")], saved, ...who)
      )
    );
  }
  function buildHandIn() {
    const made = make("button", "sk-tool sk-who", make("span", "sk-label", data.coder), make("span", "sk-hand-in", say("hand_in")));
    made.type = "button";
    made.addEventListener("click", () => onHandIn?.());
    return made;
  }
  function buildNote() {
    const note = part("note", "div", "sk-note", part("context", "div", "sk-context"), part("text", "p", "sk-text"), part("gloss", "p", "sk-gloss"));
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note"));
    note.addEventListener("scroll", tellRead);
    if (data.notes_lang) parts.text.lang = data.notes_lang;
    parts.gloss.lang = "en";
    return part("paper", "article", "sk-paper", note, part("more", "p", "sk-more"), part("foot", "div", "sk-foot"));
  }
  function buildMoves() {
    const glosses = data.notes.some((note) => note.gloss) ? [tool("glossTool", say("gloss"), "<", "gloss")] : [];
    const moves = ["back", "forward"].map((name) => tool(name, say(name), name === "back" ? "←" : "→"));
    for (const made of moves) made.title = made.getAttribute("aria-label") ?? "";
    if (!isFlow) {
      parts.foot.append(...glosses);
      return group("moves", "sk-moves", say("moves"), ...moves);
    }
    return group(
      "moves",
      "sk-tools sk-moves",
      say("moves"),
      ...moves,
      tool("toFirstOpen", say("to_first_open"), "End"),
      make("span", "sk-gap"),
      tool("panel", say("definitions"), "'", "codebook"),
      ...glosses
    );
  }
  function build() {
    const root2 = part("root", "div", `sk-card sk-loading${isFlow ? " sk-flow" : " sk-app"}`);
    root2.tabIndex = 0;
    root2.lang = data.lang;
    root2.setAttribute("role", "application");
    root2.setAttribute("aria-label", label);
    root2.dataset.lmSuppressShortcuts = "true";
    const panel = part("panelBox", "div", isFlow ? "sk-panel" : "sk-side", ...side);
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", say("definitions"));
    const live = part("live", "div", "sk-live");
    live.setAttribute("role", "status");
    const alarm = part("alarm", "div", "sk-alarm");
    alarm.setAttribute("role", "alert");
    const head = buildHead();
    const note = buildNote();
    const moves = buildMoves();
    const reply = part("reply", "div", "sk-reply", ...work);
    const desk = isFlow ? part("main", "div", "sk-desk", part("work", "div", "sk-work", note, ...work), part("finish", "div", "sk-finish"), moves, panel) : part("main", "div", "sk-desk", part("work", "div", "sk-work", note, reply, panel), part("finish", "div", "sk-finish"));
    const below = isFlow ? part("hints", "p", "sk-hints") : part("tray", "div", "sk-tray", ...tray, moves, part("hints", "p", "sk-hints"));
    root2.append(head, desk, below, alarm, live);
    root2.addEventListener("focusin", () => showFocus(true));
    root2.addEventListener("focusout", (event) => showFocus(root2.contains(
      /** @type {Node | null} */
      event.relatedTarget
    )));
    root2.addEventListener("keydown", () => showHand(true), true);
    root2.addEventListener("pointerdown", () => showHand(false), true);
    for (const type of ["pointerover", "pointermove"]) root2.addEventListener(type, (event) => feelMouse(
      /** @type {PointerEvent} */
      event
    ), true);
    root2.addEventListener("click", (event) => {
      if (!/** @type {Element} */
      event.target.closest("button, input, textarea, label, summary, dialog")) focus();
    });
    if (!isFlow) listenForSwipe();
    host.append(root2);
    return root2;
  }
  function paintHead(counts, finished) {
    const all = data.notes.length;
    const share = Math.round(100 * counts.done / all);
    parts.fill.style.width = `${share}%`;
    parts.bar.setAttribute("aria-valuenow", share);
    const kind = list.list.kind;
    const chosen = list.list.notes.length;
    const place = { n: Math.min(list.at.place + 1, chosen), all: chosen };
    parts.place.textContent = finished ? say("done_of", { n: counts.done, all }) : say(kind === "open" ? data.pass === 1 ? "place" : `place_pass_${data.pass}` : `place_${kind}`, place);
    const minutes = list.minutesLeft(counts.open);
    const left = { n: all - counts.done, minutes, ...counts };
    parts.left.textContent = say(minutes === null || !left.n ? "left" : "left_time", left);
  }
  function paintNote(note) {
    const n = lengthOfNote(note);
    parts.context.replaceChildren(...contextLines(note));
    parts.text.textContent = note.text;
    parts.gloss.textContent = note.gloss;
    root.classList.toggle("sk-long", n > LONG);
    root.classList.toggle("sk-very-long", n > VERY_LONG);
    requestAnimationFrame(() => fitNote(note));
  }
  function fitNote(note = fitted) {
    if (note !== fitted) parts.note.scrollTop = 0;
    fitted = note;
    const isCut = parts.note.scrollHeight > parts.note.clientHeight + 2;
    parts.more.hidden = !isCut;
    if (isCut) parts.note.tabIndex = 0;
    else parts.note.removeAttribute("tabindex");
    tellRead();
  }
  function tellRead() {
    if (parts.more.hidden) return;
    const { scrollTop, clientHeight, scrollHeight } = parts.note;
    const share = Math.min(100, Math.round(100 * (scrollTop + clientHeight) / scrollHeight));
    parts.note.classList.toggle("sk-end-seen", share > 99);
    parts.more.textContent = say(share > 99 ? "read_all" : "read_part", { n: share });
  }
  function paintMoves(finished) {
    if (parts.undo) parts.undo.disabled = !list.canUndo;
    if (parts.redo) parts.redo.disabled = !list.canRedo;
    parts.back.disabled = list.isFirst;
    parts.forward.disabled = finished;
    for (const name of ["panel", "glossTool"]) if (parts[name]) parts[name].disabled = finished;
    const glossHidden = !glossOpen || finished || !list.current().note.gloss;
    parts.gloss.hidden = glossHidden;
    if (parts.glossTool) parts.glossTool.setAttribute("aria-pressed", glossOpen);
    if (isFlow) parts.panelBox.hidden = !panelOpen || finished;
  }
  function toggleGloss() {
    glossOpen = !glossOpen;
    requestAnimationFrame(() => fitNote());
  }
  function togglePanel() {
    panelOpen = !panelOpen;
  }
  function scrollNote() {
    const end = parts.note.scrollTop + parts.note.clientHeight >= parts.note.scrollHeight - 2;
    parts.note.scrollTop = end ? 0 : parts.note.scrollTop + parts.note.clientHeight * 0.9;
  }
  function listenForSwipe() {
    const { paper } = parts;
    let from = null;
    const shift = (x) => paper.style.setProperty("--sk-push", `${Math.round(x * 0.8)}px`);
    const wayOf = ({ clientX, clientY }) => ({ x: clientX - (from?.clientX ?? 0), y: Math.abs(clientY - (from?.clientY ?? 0)) });
    function letGo() {
      from = null;
      shift(0);
    }
    function begin(event) {
      letGo();
      if (event.pointerType === "touch" && event.isPrimary) from = event;
    }
    function move(event) {
      if (!from) return;
      const { x, y } = wayOf(event);
      if (y > LEAST_SWIPE || y > Math.abs(x) + LEAST_PUSH) letGo();
      else if (Math.abs(x) > LEAST_PUSH) shift(x);
    }
    function end(event) {
      const { x, y } = wayOf(event);
      const isSwipe = from && Math.abs(x) > LEAST_SWIPE && Math.abs(x) > y;
      letGo();
      if (isSwipe) kit.act(x < 0 ? "noteForward" : "noteBack");
    }
    for (
      const [type, work2] of
      /** @type {const} */
      [["pointerdown", begin], ["pointermove", move], ["pointerup", end], ["pointercancel", letGo]]
    ) paper.addEventListener(type, work2);
  }
  function feelMouse({ screenX, screenY }) {
    const before = mouse;
    mouse = `${screenX} ${screenY}`;
    if (before && before !== mouse) showHand(false);
  }
  function showHand(now) {
    if (now === isByKey) return;
    isByKey = now;
    root.classList.toggle("sk-by-key", now);
  }
  function showFocus(now) {
    if (now === hasFocus && parts.hints.textContent) return;
    hasFocus = now;
    root.classList.toggle("sk-idle", !now);
    parts.hints.textContent = say(now ? "hints" : "click_me");
  }
  function focus() {
    root.focus({ preventScroll: true });
  }
  const isSeen = (element) => element.getClientRects().length > 0;
  const shows = (key) => key !== "Backspace" || isSeen(parts.undo.querySelector(".sk-key")) && !parts.undo.disabled;
  function keepFocus(work2) {
    const had = root.contains(document.activeElement);
    work2();
    const now = (
      /** @type {HTMLButtonElement | null} */
      document.activeElement
    );
    if (had && (!now || !root.contains(now) || now.disabled || !isSeen(now))) focus();
  }
  function open(paint) {
    root.classList.remove("sk-loading");
    paint();
    showFocus(root.contains(document.activeElement));
    root.scrollIntoView({ block: "start" });
    for (const delay of [0, 60, 250]) {
      setTimeout(() => {
        if (!root.contains(document.activeElement) && root.isConnected) focus();
      }, delay);
    }
  }
  const id = `sk${cards += 1}`;
  const root = build();
  const watcher = new ResizeObserver(() => fitNote());
  watcher.observe(parts.note);
  return {
    root,
    id,
    open,
    focus,
    keepFocus,
    shows,
    paintHead,
    paintNote,
    paintMoves,
    togglePanel,
    toggleGloss,
    scrollNote,
    stop: () => watcher.disconnect()
  };
}

// looks/keylist.js
var SPACED = /* @__PURE__ */ new Set(["1–9", "A–Ö"]);
function caps(keys, say) {
  const named = keys === "Space" ? [say("key_space")] : SPACED.has(keys) ? [keys] : keys.split(" ");
  return named.map(keycap);
}
function keysShown(keys, say) {
  return make("dl", "sk-keys", ...keys.map((one) => make("div", "", make("dt", "", ...caps(one, say)), make("dd", "", say(`does ${one}`)))));
}

// looks/finish.js
function stepOf({ open, begun, older, isStuck, file }) {
  const unfiled = file ? file.n - file.copied : 0;
  if (isStuck) return file && unfiled ? "file" : "wait";
  if (open) return "code";
  if (begun) return "begun";
  if (older) return "older";
  if (!file) return "rest";
  if (unfiled) return "file";
  return file.sent < file.copied ? "send" : "rest";
}
function titleOf({ open, begun, older, pass }) {
  if (open) return ["finish_open", { n: open }];
  if (begun) return ["begun", { n: begun }];
  return older ? ["finish_older", { n: older }] : [`finish_pass_${pass}`, {}];
}
function leadOf({ open, begun, isSaved, isStuck, file }, step) {
  if (!isSaved || isStuck) return ["finish_waiting", {}];
  if (begun) return ["finish_begun", {}];
  if (!file) return [open ? "finish_saved_open" : "finish_saved", {}];
  const unfiled = file.n - file.copied;
  if (unfiled && file.forgets) return ["finish_forgets", {}];
  if (open) return [file.keeps ? "finish_saved_open" : "finish_in_file", {}];
  if (step === "older") return ["finish_older_lead", {}];
  if (step === "file") return file.copied ? ["finish_file_again", { n: unfiled }] : ["finish_saved", {}];
  if (step === "send") return ["finish_send", {}];
  return [file.n ? "finish_handed_in" : "finish_nothing_new", {}];
}
function answeredRow({ total, done, open, skipped, older }) {
  const details = [];
  if (skipped) details.push(["finish_row_skipped", { n: skipped }]);
  if (older) details.push(["finish_row_older", { n: older }]);
  return {
    name: "answered",
    mark: open ? "open" : older ? "wait" : "done",
    details,
    title: open ? ["finish_row_some", { n: done, all: total }] : ["finish_row_all", { n: total }],
    action: open ? "toFirstOpen" : older ? "older" : null
  };
}
function fileRows({ n, copied, sent, name }) {
  if (!n) return [{ name: "file", mark: "done", title: ["finish_row_nothing", {}], details: [], action: null }];
  const unfiled = n - copied;
  const isSent = !unfiled && sent >= copied;
  return [
    {
      name: "file",
      mark: !unfiled ? "done" : copied ? "wait" : "open",
      details: [["finish_row_file", { file: name }]],
      title: !unfiled ? ["finish_row_in_file", {}] : copied ? ["finish_row_newer", { n: unfiled }] : ["finish_row_no_file", {}],
      action: unfiled ? "download" : null
    },
    {
      name: "sent",
      mark: isSent ? "done" : "open",
      details: [[isSent ? "finish_row_said" : "finish_row_how", {}]],
      title: [isSent ? "finish_row_sent" : sent ? "finish_row_sent_before" : "finish_row_not_sent", {}],
      action: sent < copied ? "sent" : null
      // that file may be on its way, whatever is new since
    }
  ];
}
var ACTIONS = { code: "toFirstOpen", begun: "saveBegun", older: "older", file: "download", send: "sent", wait: null, rest: null };
function finishOf(now) {
  const step = stepOf(now);
  const begun = now.begun ? [{ name: "begun", mark: "wait", title: ["begun", { n: now.begun }], details: [], action: now.savesBegun ? "saveBegun" : null }] : [];
  const rows = [answeredRow(now), ...begun, ...now.file ? fileRows(now.file) : []];
  const main = ACTIONS[step];
  const also = [];
  for (
    const kind of
    /** @type {const} */
    ["skipped", "unsure", "changed", "differing"]
  ) if (now[kind]) also.push([kind, now[kind]]);
  if (now.older && main !== "older" && now.open) also.push(["older", now.older]);
  return { step, title: titleOf(now), lead: leadOf(now, step), rows, main: rows.some(({ action }) => action === main) ? main : null, also };
}

// looks/notices.js
var MOST_NAMED = 8;
var NAME_LENGTH = 40;
var LOCK = 400;
function nameOfNote(note) {
  const text = note.text.replace(/\s+/g, " ").trim();
  return `”${text.length > NAME_LENGTH ? `${text.slice(0, NAME_LENGTH).trimEnd()}…` : text}”`;
}
function begunLabel({ note, variable, codes, memo, proposal }, list, say) {
  const question = note.variables.length > 1 ? `, ${list.variables.get(variable).label}` : "";
  return `${nameOfNote(note)}${question}: ${say(`begun_${codes && memo ? "both" : codes ? "codes" : memo || !proposal ? "memo" : "proposal"}`)}`;
}
var savesSkip = (list, begun) => begun.some(({ note, variable, codes, memo }) => !codes && memo && isOpen(list.answerTo(note, variable)));
function createNotices({ root, parts, part, button, say, list, data, savesBegun = false }) {
  let state = { name: "saved", n: 0, slow: false, cells: /* @__PURE__ */ new Set(), why: "", kept: true, refused: null };
  let main = null;
  let painted = "";
  let since = 0;
  const isCoding = data.card === "coding";
  function numbers({ open, begun }) {
    const file = data.handIn ? data.handIn.state() : null;
    const isSaved = root.dataset.saved === "saved";
    const of = Object.fromEntries(
      /** @type {const} */
      ["skipped", "unsure", "changed", "older", "differing"].map((kind) => [kind, list.countSort(kind)])
    );
    return {
      total: data.notes.length,
      done: data.notes.filter(list.isDone).length,
      open: data.card === "talk" ? 0 : open,
      begun,
      pass: data.pass,
      savesBegun,
      isSaved,
      isStuck: root.dataset.saved === "not_saved",
      skipped: of.skipped,
      unsure: of.unsure,
      changed: of.changed,
      older: of.older,
      differing: of.differing,
      file
    };
  }
  function paintFinish(counts) {
    const now = numbers(counts);
    const shown = finishOf(now);
    painted = JSON.stringify([now, list.begun().map((one) => begunLabel(one, list, say))]);
    since = window.performance.now();
    main = null;
    const title = make("h2", "sk-finish-title", say(...shown.title));
    const head = make("div", "sk-finish-head", title, part("finishSaved", "p", "sk-finish-saved", say(...shown.lead)));
    const rows = isCoding ? shown.rows : shown.rows.filter(({ name }) => name === "begun");
    const ledger = make("ul", "sk-ledger", ...rows.map((row) => rowOf(row, shown.main)));
    ledger.setAttribute("role", "list");
    const also = shown.also.map(([kind, n]) => button("sk-go", say(`review_${kind}`, { n }), "", "review", kind));
    if (!isCoding && shown.main === "toFirstOpen") also.unshift(actionOf2("toFirstOpen", true));
    if (!isCoding && shown.main === "older") also.unshift(actionOf2("older", true));
    also.push(...helps());
    const more = also.length ? [make("div", "sk-also", make("p", "", say("finish_also")), make("div", "sk-row", ...also))] : [];
    parts.finish.replaceChildren(make("div", "sk-fin", head, ...rows.length ? [ledger] : [], ...more));
    parts.live.textContent = say(...shown.title);
  }
  function helps() {
    const { handIn } = data;
    if (!handIn) return [];
    return (
      /** @type {const} */
      ["practise", "readCodebook"].flatMap((name) => {
        const act = handIn[name];
        return act ? [own(`finish_${name}`, act)] : [];
      })
    );
  }
  function own(label, act) {
    const made = make("button", "sk-go", make("span", "sk-label", say(label)));
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function rowOf({ name, mark, title, details, action }, next) {
    const sign = make("span", "sk-mark");
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", say(`finish_mark_${mark}`));
    const small = details.length ? [make("span", "sk-row-more", details.map((one) => say(...one)).join(" · "))] : [];
    const text = make("div", "", make("strong", "", say(...title)), ...small, ...name === "begun" ? begunList() : []);
    const made = make("li", name === "begun" ? "sk-begun" : "", sign, text, ...action ? [actionOf2(action, action === next)] : []);
    made.dataset.mark = mark;
    made.dataset.row = name;
    return made;
  }
  function actionOf2(action, isMain) {
    const { handIn } = data;
    const made = action === "download" || action === "sent" ? own(`finish_${action}`, () => handIn?.[action]()) : action === "older" ? button("sk-go", say("review_older", { n: list.countSort("older") }), "", "review", "older") : button("sk-go", say(action === "toFirstOpen" ? "finish_go_on" : "save_begun"), "", action);
    if (!isMain) return made;
    made.classList.add("sk-main");
    made.append(keycap("Enter"));
    main = made;
    return made;
  }
  function begunList() {
    const begun = list.begun();
    const named = begun.slice(0, MOST_NAMED).map((one) => make("li", "", button("sk-tool", begunLabel(one, list, say), "", "toCell", one)));
    const more = begun.length > MOST_NAMED ? [make("li", "sk-quiet", say("begun_more", { n: begun.length - MOST_NAMED }))] : [];
    const skips = savesBegun && savesSkip(list, begun) ? [make("span", "sk-row-more", say("save_begun_skips"))] : [];
    return [make("ul", "", ...named, ...more), ...skips];
  }
  function freshen() {
    if (!list.isFinished() || !parts.finishSaved?.isConnected) return;
    const counts = list.count();
    if (painted === JSON.stringify([numbers(counts), list.begun().map((one) => begunLabel(one, list, say))])) return;
    const had = root.contains(document.activeElement) && document.activeElement !== root;
    const name = document.activeElement?.textContent;
    const told = [...parts.finish.children].slice(1);
    paintFinish(counts);
    parts.finish.append(...told);
    if (!had || root.contains(document.activeElement)) return;
    const same = [...parts.finish.querySelectorAll("button")].find((one) => one.textContent === name);
    (same ?? root).focus({ preventScroll: true });
  }
  root.addEventListener("keydown", (event) => {
    const isFree = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !/** @type {Element} */
    event.target.closest("button, a, input, textarea, select, summary, [role=dialog]");
    if (!isFree || !list.isFinished() || !main || !main.getClientRects().length) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat && window.performance.now() - since > LOCK) main.click();
  }, true);
  data.handIn?.listen(freshen);
  function paintSaved() {
    const begun = list.begun().length;
    const calm = state.name === "saved" || state.name === "saving" && !state.slow;
    root.dataset.begun = String(begun);
    parts.saved.textContent = calm ? say(begun ? "saved_begun" : "saved", { n: list.countSaved(state.cells), begun }) : say(state.name, { n: state.n });
    freshen();
  }
  function showState(now) {
    const was = root.dataset.saved;
    state = now;
    root.dataset.saved = state.name;
    root.dataset.waiting = String(state.n);
    paintSaved();
    if (state.name !== "not_saved") return was === "not_saved" ? parts.alarm.replaceChildren() : void 0;
    const why = state.refused ? say("refused") : state.why ? say("disk_refuses") : say("nobody_answers");
    const kept = state.kept ? say("kept_here") : say("kept_in_tab_only");
    const signature = [state.n, why, kept].join();
    if (parts.alarm.dataset.signature === signature && parts.alarm.childNodes.length) return void 0;
    parts.alarm.dataset.signature = signature;
    parts.alarm.replaceChildren(make("strong", "", say("not_saved", { n: state.n })), ` ${why} ${kept}`);
    const details = state.refused ? state.refused.refused : state.why;
    if (details) parts.alarm.append(make("details", "", make("summary", "", say("details")), make("p", "", details)));
    if (state.refused) parts.alarm.append(button("sk-tool", say("answer_again"), "", "answerAgain", state.refused.event));
    return void 0;
  }
  return { paintFinish, paintSaved, showState };
}

// looks/words.js
var spansOf = (words = "") => words.split("|").filter(Boolean).map((part) => (
  /** @type {Span} */
  part.split(":").map(Number)
));
function joined2(spans) {
  const found3 = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = found3.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) found3.push([start, end]);
  }
  return found3;
}
var wordsText = (spans) => joined2(spans).map((span) => span.join(":")).join("|");
var quoted = (text, [start, end]) => Array.from(text).slice(start, end).join("");
function chosenIn2(element) {
  const chosen = window.getSelection();
  if (!chosen || chosen.isCollapsed) return [];
  const ranges = Array.from({ length: chosen.rangeCount }, (_, number) => chosen.getRangeAt(number));
  return joined2(ranges.flatMap((range) => spanOf(element, range)));
}
function spanOf(element, range) {
  if (!range.intersectsNode(element)) return [];
  const whole = document.createRange();
  whole.selectNodeContents(element);
  const inside = range.cloneRange();
  if (whole.comparePoint(range.startContainer, range.startOffset) < 0) inside.setStart(whole.startContainer, whole.startOffset);
  if (whole.comparePoint(range.endContainer, range.endOffset) > 0) inside.setEnd(whole.endContainer, whole.endOffset);
  whole.setEnd(inside.startContainer, inside.startOffset);
  const [start, text] = [Array.from(String(whole)).length, String(inside)];
  const [before, after] = [/^\s*/, /\s*$/].map((blank) => Array.from(
    /** @type {RegExpExecArray} */
    blank.exec(text)[0]
  ).length);
  const end = start + Array.from(text).length;
  return end - after > start + before ? [[start + before, end - after]] : [];
}
function paintWords(element, note, words = "") {
  const signs = Array.from(note.text);
  let at = 0;
  const parts = spansOf(words).flatMap(([start, end]) => {
    const two = [signs.slice(at, start).join(""), make("mark", "sk-words", signs.slice(start, end).join(""))];
    at = end;
    return two;
  });
  element.replaceChildren(...parts, signs.slice(at).join(""));
}

// coding/tray.js
var MOST = 5;
function createTray2({ kit, list, say, hand }) {
  const { parts, part, button, tool, group } = kit;
  let newest = "";
  let asked = "";
  let at = -1;
  function build() {
    const recent = group("recent", "sk-recent", say("recent"));
    part("just", "span", "sk-unseen sk-just");
    const doubt = group(
      "certainty",
      "sk-segments",
      say("certainty"),
      tool("sure1", say("certainty_1"), ".", "certainty", "1"),
      tool("sure2", say("fairly_sure"), "⇧2", "certainty", "2"),
      tool("sure3", say("certainty_3"), "⇧3", "certainty", "3"),
      foldButton()
    );
    const tools = make("div", "sk-tools", doubt, tool("memo", say("memo"), ","), tool("undo", say("undo"), "⌫"), tool("redo", say("redo"), "⇧⌫"));
    const more = make("div", "sk-tools sk-push", tool("skip", say("skip"), "/"), tool("toFirstOpen", say("to_first_open"), "End"), tool("keys", "", "?"));
    parts.keys.setAttribute("aria-label", say("keys"));
    for (const name of ["redo", "toFirstOpen"]) parts[name].title = say(name === "redo" ? "redo" : "to_first_open");
    return [recent, tools, part("push", "div", "sk-gap"), more];
  }
  function foldButton() {
    const made = part("fold", "button", "sk-tool sk-fold", "…");
    made.type = "button";
    made.setAttribute("aria-label", say("certainty"));
    made.setAttribute("aria-expanded", "false");
    made.addEventListener("click", (event) => {
      fold2(asked ? "" : aimed(list.aim()));
      if (event.detail > 0) parts.root.focus({ preventScroll: true });
    });
    return made;
  }
  function fold2(now) {
    asked = now;
    parts.tray.classList.toggle("sk-asks-doubt", Boolean(asked));
    parts.fold.setAttribute("aria-expanded", String(Boolean(asked)));
  }
  const aimed = (aim) => aim ? `${list.cellOf(aim.note, aim.variable.id)} ${aim.answer?.id} ${aim.draft.certainty ?? aim.answer?.certainty}` : "none";
  function paint(finished) {
    paintRecent();
    paintDoubt(list.aim());
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    parts.skip.disabled = finished;
  }
  function paintRecent() {
    const all = list.recent(MOST);
    const first = all.length ? `${list.cellOf(all[0].note, all[0].variable.id)} ${all[0].answer?.id}` : "";
    const chips = all.map((one, number) => chip(one, number, !number && first !== newest));
    if (first !== newest) at = -1;
    newest = first;
    parts.just.textContent = latestOf(list, say);
    parts.recent.replaceChildren(...chips.length ? [make("span", "sk-quiet", say("just_now")), ...chips] : [], parts.just);
    oneStop(parts.recent, chips[at]);
  }
  function chip({ note, variable, answer }, number, isFresh) {
    const given = (
      /** @type {Answer} */
      answer
    );
    const words = saidOf({ variable, answer: given }, say);
    const made = button(`sk-chip${isFresh ? " sk-fresh" : ""}`, words, "", "toRecent", { note, variable });
    const colour = variable.codes.find(({ id }) => id === given.codes.join())?.colour;
    const marks = [given.certainty === "1" && "?", given.memo && "✎"].filter(Boolean).join(" ");
    if (colour) made.style.setProperty("--sk-c", colour);
    if (marks) made.append(make("span", "sk-marks", marks));
    made.title = `${variable.label}: ${note.text.slice(0, 120)}`;
    made.setAttribute("aria-label", [words, variable.label, given.certainty && say(`just_${given.certainty}`), given.memo && say("just_memo")].filter(Boolean).join(", "));
    if (number === at) made.setAttribute("aria-current", "true");
    return made;
  }
  function paintDoubt(aim) {
    const { answer, draft } = aim ?? { answer: void 0, draft: {} };
    const certainty = draft.certainty ?? (isOpen(answer) ? "" : answer.certainty);
    for (const n of ["1", "2", "3"]) parts[`sure${n}`].setAttribute("aria-pressed", certainty === n);
    if (asked && aimed(aim) !== asked) fold2("");
    oneStop(parts.certainty, parts.certainty.querySelector('[aria-pressed="true"]'));
    const memo = draft.memo ?? (answer ? answer.memo : "");
    parts.memo.classList.toggle("sk-on", Boolean(memo));
    parts.memo.title = memo;
  }
  function step(by) {
    const all = list.recent(MOST);
    at = Math.min(Math.max(at + by, -1), all.length - 1);
    const one = all[at];
    if (one) list.goTo(one.note, one.variable.id);
    else if (by < 0) list.toFirstOpen();
    else hand.tell("no_recent");
  }
  return { nodes: build(), paint, step };
}

// coding/view.js
var KEYS = ["1–9", "0", "A–Ö", "↑ ↓", "Enter", ".", "⇧1 ⇧2 ⇧3", ",", "⌫", "⇧⌫", "/", "← →", "⇧← ⇧→", "End", "PgUp PgDn", ">", ":", "+", "*", "'", "<", "Space", "Esc"];
function createCodingView(host, data, say, list, hand, onHandIn) {
  const kit = createKit(hand.click);
  const { parts, part, button, tool, group } = kit;
  let shown = { note: null, variable: null };
  let marked2 = [];
  let heard = { chosen: "", letters: "", active: "", latest: "", told: (
    /** @type {Hand["told"]} */
    null
  ) };
  let inked = "";
  let listing = null;
  function buildWork() {
    const asked = make("div", "sk-asked", part("question", "h2", "sk-question"), part("remark", "p", "sk-remark"));
    const ask = make("div", "sk-ask", asked, part("typing", "p", "sk-typing"));
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    const more = make("div", "sk-more-codes", tool("propose", say("propose"), "*"), tool("book", say("whole_codebook"), "'", "codebook"), part("proposed", "p", "sk-quiet sk-proposed"));
    parts.propose.addEventListener("mousedown", (event) => event.preventDefault());
    tool("words", "", "", "dropWords");
    parts.words.append(make("span", "", "✕"));
    return [parts.again, ask, answer, more];
  }
  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintEnd(counts);
    else {
      parts.finish.replaceChildren();
      paintNote();
    }
    tray.paint(finished);
    frame.paintMoves(finished);
    paintQueues();
    notices.paintSaved();
    if (listing && listing.isOpen) listing.paint();
  }
  function paintQueues() {
    const n = list.queues().filter(({ kind }) => kind !== "skipped").reduce((sum, queue) => sum + queue.n, 0);
    parts.reviews.hidden = !n;
    parts.reviews.querySelector(".sk-label").textContent = say("reviews_n", { n });
    parts.reviewDone.hidden = !list.isReview;
  }
  function paintEnd(counts) {
    shown = { note: null, variable: null };
    const isTold = list.list.kind === "changes";
    if (isTold) changes.paintAll();
    else notices.paintFinish(counts);
    const latest = isTold ? "" : latestOf(list, say);
    if (hand.told || latest) parts.finish.append(make("p", "sk-quiet sk-remark", said() || say("finish_latest", { latest })));
  }
  function paintNote() {
    const { note, variable, answer, draft, earlier } = list.current();
    const newNote = note !== shown.note;
    const newVariable = variable !== shown.variable;
    if (newVariable) paintVariable(variable);
    if (newNote || newVariable) paintSize(note, variable);
    paintSteps(note, variable);
    paintAnswer(note, variable, answer, draft, earlier);
    const chosen = choosable(draft.codes ?? (answer ? answer.codes : []), variable);
    if (newNote || newVariable) {
      announce(note, variable, newNote);
      heard = { chosen: chosen.join("|"), letters: hand.letters, active: hand.active, latest: latestOf(list, say), told: null };
    } else announceChange(variable, chosen);
    if (newNote) codes.close();
    if (newNote) {
      frame.paintNote(note);
      [marked2, inked] = [[], ""];
    }
    paintChosen(note, answer);
    codes.paintTyping();
    parts.typing.classList.toggle("sk-miss", Boolean(hand.letters.trim()) && !hand.active);
    parts.typing.replaceChildren(...hand.letters ? [say("typing"), " ", make("b", "", hand.letters)] : []);
    shown = { note, variable };
  }
  function paintSize(note, variable) {
    const size = sizeOf(variable);
    for (const one of ["few", "some", "many"]) frame.root.classList.toggle(`sk-${one}`, one === size);
    frame.root.classList.toggle("sk-beside", size === "many" || lengthOfNote(note) > 420);
    frame.root.classList.toggle("sk-on-scale", variable.kind === "scale");
  }
  function paintVariable(variable) {
    parts.question.textContent = variable.question;
    const confirm = variable.kind === "multiple" ? [parts.confirm = button("sk-confirm", "", "Enter", "confirm")] : [];
    parts.answer.replaceChildren(parts.codes, ...confirm);
    codes.paint(variable);
    showCode(null);
  }
  function showCode(code) {
    const { variables } = data;
    if (code && code.definition) {
      const entry = definitionOf(code, say);
      if (hand.letters) entry.querySelectorAll("p").forEach((one) => {
        if (!one.firstElementChild) one.replaceChildren(...withMarks(one.textContent ?? "", hand.letters));
      });
      parts.panelBox.replaceChildren(entry);
      return;
    }
    const has = variables.some(({ kind, codes: all }) => kind !== "scale" && all.some((one) => one.definition));
    parts.panelBox.replaceChildren(...has ? [make("p", "sk-quiet", say("point_at_code"))] : []);
  }
  const said = () => hand.told ? say(hand.told.key, hand.told.values) : "";
  function paintSteps(note, variable) {
    parts.steps.hidden = data.notes.every((one) => one.variables.length < 2);
    parts.steps.replaceChildren(...note.variables.map((name) => {
      const one = list.variables.get(name);
      const answer = list.answerTo(note, name);
      const state = isOpen(answer) ? "open" : answer.event === "skip" ? "skipped" : "answered";
      const words = state === "answered" ? stampOf(
        one,
        /** @type {Answer} */
        answer
      ) : one.label;
      const made = button("sk-step", words, "", "toStep", name);
      const colour = state === "answered" && one.codes.find(({ id: id2 }) => id2 === answer?.codes.join())?.colour;
      if (colour) made.style.setProperty("--sk-c", colour);
      made.dataset.state = state;
      made.setAttribute("aria-label", `${one.label}: ${state === "answered" ? words : say(`step_${state}`)}`);
      made.title = one.label;
      if (name === variable.id) made.setAttribute("aria-current", "step");
      return made;
    }));
    oneStop(parts.steps, parts.steps.querySelector("[aria-current]"));
  }
  function stampOf(variable, answer) {
    const named = variable.kind === "scale" ? `${variable.label} ` : "";
    const marks = [answer.certainty === "1" ? " ?" : "", answer.memo ? " ✎" : ""].join("");
    const labels = answer.codes.length ? labelsOf(variable, answer) : say("confirm_none");
    return `${named}${variable.kind === "scale" ? labels.replace("-", "−") : labels}${marks}`;
  }
  function paintAnswer(note, variable, answer, draft, earlier) {
    changes.paintOne(variable, isOpen(answer) ? earlier : answer, canHold(answer, variable) && variable.kind !== "multiple");
    const chosen = choosable(draft.codes ?? (answer ? answer.codes : []), variable);
    codes.press((code) => chosen.includes(code));
    codes.paintTyped(answer, draft);
    parts.flag.setAttribute("aria-pressed", !isOpen(list.answerTo(note, FLAG)));
    paintProposal(note, variable, draft, answer);
    parts.remark.textContent = remark(variable, answer, draft, earlier);
    parts.remark.classList.toggle("sk-due", Boolean(earlier && !earlier.again) && isOpen(answer));
    if (variable.kind !== "multiple") return;
    const label = canHold(answer, variable) && !draft.codes ? say("still_holds") : chosen.length ? say("confirm", { n: chosen.length }) : say("confirm_none");
    parts.confirm.querySelector(".sk-label").textContent = label;
    parts.confirm.classList.toggle("sk-held", Boolean(draft.codes));
    parts.confirm.classList.toggle("sk-on", Boolean(answer && answer.event === "decide" && !draft.codes && !answer.older && chosen.length === answer.codes.length));
  }
  function paintProposal(note, variable, draft, answer) {
    const { name, words } = proposalIn(list.proposed({ note, variable }));
    const begun = draft.proposing && draft.proposing.name.trim();
    const key = isOpen(answer) || answer.event === "skip" ? "proposed" : "proposed_provisional";
    parts.propose.hidden = variable.kind === "scale";
    parts.propose.classList.toggle("sk-on", Boolean(name));
    parts.propose.title = words;
    parts.proposed.textContent = [name && say(key, { name }), begun && say("propose_begun", { name: begun })].filter(Boolean).join(" ");
    parts.proposed.hidden = !parts.proposed.textContent;
  }
  function paintChosen(note, answer) {
    const words = (isOpen(answer) ? "" : answer.words) ?? "";
    if (words !== inked) paintWords(parts.text, note, words);
    inked = words;
    parts.words.hidden = !marked2.length;
    parts.words.querySelector(".sk-label").textContent = say("words", { words: marked2.map((span) => quoted(note.text, span)).join(" … ") });
  }
  function hearSelection() {
    const { note } = shown;
    const spans = note ? chosenIn2(parts.text) : [];
    const isLetGo = !spans.length && window.getSelection()?.isCollapsed && parts.text.contains(window.getSelection()?.anchorNode ?? null);
    if (!note || !spans.length && !(isLetGo && marked2.length)) return;
    marked2 = spans;
    paintChosen(note, list.current().answer);
  }
  function takeWords() {
    const words = wordsText(marked2);
    dropWords();
    return words;
  }
  function dropWords() {
    if (marked2.length) window.getSelection()?.removeAllRanges();
    marked2 = [];
    parts.words.hidden = true;
  }
  const chosenWords = () => shown.note ? marked2.map((span) => quoted(
    /** @type {Note} */
    shown.note.text,
    span
  )).join(" … ") : "";
  function remark(variable, answer, draft, earlier) {
    if (hand.told && !(variable.kind === "scale" && TOLD_OF_NUMBERS.has(hand.told.key))) return said();
    if (draft.codes) return say("not_confirmed");
    if (draft.number !== void 0) return say("number_waits", { number: draft.number.trim() });
    if (earlier && !earlier.again && isOpen(answer)) return say("changed_text", { codes: labelsOf(variable, earlier) });
    if ((answer ?? earlier)?.again && draft.memo === void 0) return "";
    if (isOpen(answer)) return draft.memo ? say("waits_for_answer") : how(variable);
    return status(variable, answer, draft);
  }
  function how({ kind, codes: codes2 }) {
    if (kind === "multiple") return say("how_several");
    return kind === "single" && codes2.length > 10 ? say("how_many") : "";
  }
  function status(variable, answer, draft) {
    if (answer.older && draft.memo !== void 0) return say("memo_waits_older");
    if (draft.memo !== void 0 && draft.memo !== answer.memo) return say("waits_for_answer");
    if (answer.event === "skip") return say("skipped_before");
    const gone = retiredOf(variable, answer);
    if (gone) return say("retired", { code: gone });
    return say(answer.older ? "older_answer" : "answered");
  }
  function announce(note, variable, newNote) {
    const again = parts.again.hidden ? "" : ` ${parts.again.textContent}`;
    const latest = latestOf(list, say);
    parts.live.textContent = `${latest ? `${latest}. ` : ""}${newNote ? `${parts.place.textContent}. ${sayContext(note)}${note.text}. ` : ""}${variable.question}${again}`;
  }
  function announceChange(variable, chosen) {
    const now = { chosen: chosen.join("|"), letters: hand.letters, active: hand.active, latest: latestOf(list, say), told: hand.told };
    const before = heard;
    heard = now;
    const labels = new Map(variable.codes.map((code) => [code.id, code.label]));
    const cursor = variable.codes.find(({ id: id2 }) => id2 === now.active);
    if (now.told && now.told !== before.told) parts.live.textContent = said();
    else if (now.letters !== before.letters) parts.live.textContent = cursor ? say("first_hit", { letters: now.letters, code: cursor.label }) : "";
    else if (cursor && now.active !== before.active) parts.live.textContent = [cursor.label, cursor.definition].filter(Boolean).join(". ");
    else if (variable.kind === "multiple" && now.chosen !== before.chosen) {
      const [was, is] = [before.chosen, now.chosen].map((codes2) => codes2.split("|").filter(Boolean));
      const changed = [
        ...is.filter((code) => !was.includes(code)).map((code) => say("code_chosen", { code: labels.get(code) })),
        ...was.filter((code) => !is.includes(code)).map((code) => say("code_dropped", { code: labels.get(code) }))
      ];
      parts.live.textContent = changed.join(", ");
    } else if (now.latest !== before.latest) parts.live.textContent = now.latest;
  }
  function openKeys() {
    overlays.openDialog(say("keys"), [make("p", "sk-quiet", say("keys_rule")), keysShown(KEYS, say)], { isWide: true });
  }
  function openReviews() {
    const queues = list.queues();
    const told = list.again().length;
    const ways = queues.map((queue) => [say(`queue_${queue.kind}`, { n: queue.n, label: queue.variable ? list.variables.get(queue.variable).label : "" }), "review", queue]);
    if (told) ways.push([say("queue_changes", { n: told }), "changes", null]);
    if (list.isReview) ways.push([say("review_done"), "reviewDone", null]);
    const buttons = ways.slice(0, 9).map(([label, name, value], number) => button("sk-tool sk-way", label, String(number + 1), name, value));
    for (const made of buttons) made.addEventListener("click", () => box.close());
    const box = overlays.openDialog(say("reviews"), buttons.length ? buttons : [make("p", "sk-quiet", say("no_queues"))]);
    box.addEventListener("keydown", (event) => buttons[Number(event.key) - 1]?.click());
    (buttons[0] ?? box).focus();
  }
  function cover(create) {
    listing = create(root, closeList, (text) => {
      parts.live.textContent = text;
    });
  }
  function openList() {
    if (list.isFinished()) listing.open();
    else listing.open(list.current().note, list.current().variable.id);
    parts.main.inert = parts.tray.inert = true;
    paint();
  }
  function closeList() {
    listing.close();
    parts.main.inert = parts.tray.inert = false;
    shown = { note: null, variable: null };
    paint();
    focus();
  }
  const changes = createChanges({ say, list, data, part, parts, button });
  const tray = createTray2({ kit, list, say, hand });
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), tray: tray.nodes, label: say("card"), leave: "all_notes", onHandIn });
  const { root, id, focus } = frame;
  parts.queues.append(tool("reviewDone", say("review_done"), ""), tool("reviews", "", ":"));
  parts.foot.prepend(group("steps", "sk-steps", say("questions")), tool("flag", say("flag"), "+"));
  parts.foot.before(parts.words);
  document.addEventListener("selectionchange", hearSelection);
  const book = createCodebook({ host: root, data, say, onClose: focus });
  const overlays = createOverlays({ root, ground: parts.tray, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data, savesBegun: true });
  const codes = createCodes(kit, { show: showCode, say, hand, focus, id });
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  kit.onClicked(() => {
    if (!overlays.isOpen) focus();
  });
  return {
    root,
    paint,
    focus,
    showState: notices.showState,
    toggleGloss: frame.toggleGloss,
    openKeys,
    openCodebook: book.open,
    openNumber: overlays.openNumber,
    openList,
    openReviews,
    cover,
    takeWords,
    dropWords,
    stepRecent: tray.step,
    get over() {
      return listing.isOpen ? listing : book.isOpen ? { press: () => false } : null;
    },
    scrollNote: frame.scrollNote,
    openMemo: overlays.openMemo,
    openProposal: () => overlays.openProposal(chosenWords()),
    closeOverlays: overlays.close,
    openBlock: codes.openBlock,
    keepFocus: frame.keepFocus,
    shows: frame.shows,
    open: () => frame.open(paint),
    stop() {
      document.removeEventListener("selectionchange", hearSelection);
      listing.stop();
      frame.stop();
    }
  };
}

// coding/card.js
function codingActions({ list, view, data, say, save, turned, keepDraft, tell }) {
  view.cover((host, onClose, announce) => createList({
    host,
    list,
    data,
    say,
    save,
    turned,
    keepDraft,
    announce,
    onClose,
    onOpen({ note, variable }) {
      list.goTo(note, variable.id);
      onClose();
    }
  }));
  const unlessFinished = (work) => (value) => {
    if (!list.isFinished()) work(value);
  };
  function certainty(value) {
    const aim = list.aim();
    if (!aim || !list.takesDoubt(aim)) {
      const isOlder = aim && aim.answer && aim.answer.older;
      return tell(isOlder ? "no_doubt_older" : aim && aim.answer ? "no_doubt_skipped" : "no_doubt_yet");
    }
    const now = aim.draft.certainty ?? (aim.answer ? aim.answer.certainty : "");
    return save(list.amend("certainty", now === value ? "" : value));
  }
  function confirm() {
    const { variable, answer, draft } = list.current();
    const stillHolds = answer && canHold(answer, variable) && !draft.codes && draft.number === void 0;
    if (stillHolds) save(list.decide(answer.codes, { words: view.takeWords() }));
    else if (variable.kind === "multiple") save(list.decide(choosable(draft.codes ?? (answer ? answer.codes : []), variable), { words: view.takeWords() }));
  }
  return {
    code: unlessFinished((code) => {
      if (list.current().variable.kind === "multiple") list.toggle(code);
      else save(list.decide([code], { words: view.takeWords() }));
    }),
    pick: unlessFinished((code) => save(list.decide([code], { stays: true, words: view.takeWords() }))),
    confirm: () => list.list.kind === "changes" ? list.review("older") : unlessFinished(confirm)(null),
    changes: () => {
      if (list.again().length) list.review("changes");
    },
    closeChanges: () => list.toFirstOpen(),
    skip: unlessFinished(() => save(list.skip())),
    flag: unlessFinished(() => save(list.flag())),
    // What is chosen on the answer and not confirmed is what one sees, so that goes first.
    undo() {
      const { note, variable } = list.latest ?? {};
      if (!note || !variable || !list.variables.has(variable) || !list.unchoose({ note, variable: list.variables.get(variable) })) save(turned("undo"));
    },
    certainty,
    unsure: () => certainty("1"),
    // Whatever is begun stays as it is; all notes are one key away.
    leave: () => list.list.kind === "changes" ? list.toFirstOpen() : view.openList(),
    toRecent: ({ note, variable }) => list.goTo(note, variable.id),
    recentBack: () => view.stepRecent(1),
    recentForward: () => view.stepRecent(-1),
    reviews: () => view.openReviews(),
    dropWords: () => view.dropWords(),
    /** @param {Question & { text: string }} memo */
    typing: ({ note, variable, text }) => {
      const answer = list.answerTo(note, variable.id);
      list.draftMore({ typing: text, to: answer && answer.id }, { note, variable });
    },
    /** @param {Question & { text: string | null }} memo */
    saveMemo({ note, variable, text }) {
      list.draftMore({ typing: void 0, to: void 0 }, { note, variable });
      if (text !== null) save(list.amend("memo", text, { note, variable }));
    },
    saveBegun() {
      const cells = list.begun();
      save(list.saveBegun());
      for (const { note, variable } of cells) keepDraft(note, list.variables.get(variable));
      const fault = list.begun().map(list.faultOf).find(Boolean);
      if (fault) tell(fault.key, fault.values);
    },
    memo: () => view.openMemo(),
    propose: () => view.openProposal(),
    /** @param {Question & { proposing: { name: string, words: string } }} begun */
    proposing: ({ note, variable, proposing }) => {
      const isNews = memoOf(proposing) !== list.proposed({ note, variable });
      list.draftMore({ proposing: isNews ? proposing : void 0 }, { note, variable });
    },
    /** @param {Question & { memo: string }} proposal */
    saveProposal({ memo, ...question }) {
      save(list.propose(question, memo));
      const isHere = !list.isFinished() && list.current().note === question.note && list.current().variable === question.variable;
      if (!memo) tell("propose_gone");
      else if (!isHere) tell("propose_saved", { name: proposalIn(memo).name });
    },
    /** @param {string} variable */
    toStep: (variable) => list.goTo(list.current().note, variable)
  };
}
function createCodingCard(...given) {
  const name = (data) => `sekom-${data.study}-${data.coder}`;
  const draftOf2 = ({ variable, codes, memo }, kind) => variable.startsWith(PROPOSAL) ? { proposing: proposalIn(memo) } : { codes: kind === "multiple" ? codes : void 0, memo: memo || void 0 };
  const createView = (...parts) => createCodingView(...parts, given[3]?.onHandIn);
  return createAnyCard({ name, commands: COMMANDS, createView, actionsOf: codingActions, draftOf: draftOf2 }, ...given);
}

// comparing/judgement.js
var SAME = "same";
function judgedAs(answer, draft) {
  return draft.judged ?? (answer ? answer.codes[0] : "");
}
function whyOf(answer, draft) {
  if (draft.memo !== void 0) return draft.memo;
  return answer && judgedAs(answer, draft) === answer.codes[0] ? answer.memo : "";
}
var standsIn = (answer, draft) => draft.stands ?? (answer && answer.stands) ?? "a";
var ownText = (answer, draft) => draft.text ?? (answer && answer.text) ?? "";

// comparing/view.js
function createComparingView(host, data, say, list, hand) {
  const act = hand.click;
  const kit = createKit(act);
  const { parts, part, button, group } = kit;
  let shown = null;
  let refused = "";
  function buildOther() {
    const note = part("noteB", "div", "sk-note", part("textB", "p", "sk-text"), part("glossB", "p", "sk-gloss"));
    note.tabIndex = 0;
    note.setAttribute("role", "group");
    note.setAttribute("aria-label", say("note_b"));
    if (data.notes_lang) parts.textB.lang = data.notes_lang;
    parts.glossB.lang = "en";
    return make("div", "sk-paper sk-paper-b", note);
  }
  function field(name, label, rows, typed2) {
    const box = part(name, "textarea", "sk-field");
    box.rows = rows;
    box.addEventListener("input", () => act(typed2, box.value));
    box.addEventListener("keydown", onFieldKey);
    const title = part(`${name}Label`, "label", "sk-sheet-label", label);
    return [title, box];
  }
  function onFieldKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (event.target === parts.own && !parts.reason.value.trim()) ask("reason");
      else act("settle");
    } else if (event.key === "Escape") frame.focus();
    else return;
    if (![parts.own, parts.reason].includes(document.activeElement)) hand.leaveProse(event);
    event.preventDefault();
  }
  function buildStands() {
    const choices = [["standsA", "stands_a", "a"], ["standsB", "stands_b", "b"], ["standsOwn", "stands_own", "c"]];
    const buttons = choices.map(([name, text, key]) => parts[name] = button("sk-code", say(text), key, name));
    return group(
      "stands",
      "sk-stands",
      say("stands"),
      make("p", "sk-sheet-label", say("stands")),
      make("div", "sk-stands-row", ...buttons),
      part("ownBox", "div", "sk-own", ...field("own", say("own_label"), 2, "typedText"))
    );
  }
  function buildReason() {
    const [title, box] = field("reason", say("reason_label"), 2, "typed");
    const refusal = part("refusal", "p", "sk-refusal");
    refusal.setAttribute("role", "alert");
    const foot = make(
      "div",
      "sk-sheet-foot",
      make("span", "sk-quiet", say("reason_hint")),
      parts.save = button("sk-tool", say("save"), "Ctrl+Enter", "settle")
    );
    return make("div", "sk-reason", make("div", "sk-reason-head", title, part("remark", "p", "sk-remark")), box, refusal, foot);
  }
  function buildWork() {
    const question = part("question", "p", "sk-question");
    const answer = part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes")));
    return [buildOther(), part("why", "p", "sk-why"), part("others", "div", "sk-others"), question, answer, buildStands(), buildReason()];
  }
  function paint() {
    const finished = list.isFinished();
    const counts = list.count();
    frame.paintHead(counts, finished);
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintFinish(counts);
    else paintPair();
    frame.paintMoves(finished);
    notices.paintSaved();
    parts.glossB.hidden = parts.gloss.hidden;
  }
  function paintFinish(counts) {
    const hadField = [parts.reason, parts.own].includes(document.activeElement);
    shown = null;
    notices.paintFinish(counts);
    if (hand.told) parts.finish.append(make("p", "sk-quiet", say(hand.told.key, hand.told.values)));
    if (hadField) frame.focus();
  }
  function paintPair() {
    const { note, variable, answer, draft } = list.current();
    const isNew = note !== shown;
    if (isNew) {
      frame.paintNote(note);
      const pieces = wordDiff(note.text, note.text_b ?? "");
      parts.text.replaceChildren(...marked2(note.text, pieces, "gone"));
      parts.textB.replaceChildren(...marked2(note.text_b ?? "", pieces, "new"));
      parts.glossB.textContent = note.gloss_b;
      parts.why.textContent = note.reasons ? say("proposed", { reasons: note.reasons }) : "";
      if (!shown) paintQuestion(variable);
    }
    paintAnswer(note, answer, draft, isNew);
    if (isNew) announce(note, variable);
    shown = note;
  }
  function marked2(text, pieces, own) {
    if (pieces.every(([kind]) => kind !== "kept")) return [text];
    let at = 0;
    const parts2 = pieces.filter(([kind]) => kind === "kept" || kind === own).flatMap(([kind, words]) => {
      let [left, end] = [words.replace(/\s/g, "").length, at];
      for (; left > 0; end += 1) left -= /\s/.test(text[end]) ? 0 : 1;
      const part2 = text.slice(at, end);
      at = end;
      const blanks = part2.length - part2.trimStart().length;
      return kind === own ? [part2.slice(0, blanks), make("mark", "sk-other", part2.slice(blanks))] : [part2];
    });
    return [...parts2, text.slice(at)];
  }
  function paintQuestion(variable) {
    parts.question.textContent = variable.question;
    paintDefinitions(parts.panelBox, variable, say);
    codes.paint(variable);
  }
  function paintAnswer(note, answer, draft, isNew) {
    const judgement = judgedAs(answer, draft);
    const chosen = standsIn(answer, draft);
    const isSame = judgement === SAME;
    codes.press((code) => code === judgement);
    parts.stands.classList.toggle("sk-away", !isSame);
    for (const [name, value] of [["standsA", "a"], ["standsB", "b"], ["standsOwn", "own"]]) {
      parts[name].setAttribute("aria-pressed", isSame && chosen === value);
      parts[name].disabled = !isSame;
    }
    parts.ownBox.hidden = !(isSame && chosen === "own");
    write(parts.own, ownText(answer, draft));
    write(parts.reason, whyOf(answer, draft));
    parts.remark.textContent = remark(answer, draft);
    const isTooLong = lengthOfFields() > LONGEST_MEMO;
    const isThere = { refuse_no_reason: parts.reason.value.trim(), refuse_no_text: parts.own.value.trim() || chosen !== "own", too_long: !isTooLong }[refused] ?? judgement;
    if (isTooLong) showRefusal("too_long");
    else if (isThere || isNew) showRefusal("");
    paintOthers(note, answer);
  }
  const lengthOfFields = () => Math.max(...[parts.reason, parts.own].map((box) => lengthOf(box.value.trim())));
  function write(box, text) {
    if (box.value !== text) box.value = text;
  }
  function paintOthers(note, answer) {
    const others = isOpen(answer) ? [] : note.others ?? [];
    const lines = others.map((other) => make(
      "li",
      "",
      make("strong", "", other.who),
      `: ${other.label}`,
      ...other.reason ? [` – ${other.reason}`] : []
    ));
    parts.others.hidden = !others.length;
    parts.others.classList.toggle("sk-differ", others.some((other) => other.differs));
    parts.others.replaceChildren(make("ul", "", ...lines));
  }
  function remark(answer, draft) {
    if (hand.told) return say(hand.told.key, hand.told.values);
    const waits = draft.judged || draft.stands || draft.text !== void 0;
    if (judgedAs(answer, draft) === SAME && (waits || draft.memo !== void 0 && answer)) {
      return say(whyOf(answer, draft).trim() ? "enter_saves" : "reason_missing");
    }
    if (isOpen(answer)) return draft.memo ? say("reason_waits") : latestOf(list, say, false);
    return say(draft.memo === void 0 ? "answered" : "enter_saves");
  }
  function announce(note, variable) {
    parts.live.textContent = `${parts.place.textContent}. A: ${note.text}. B: ${note.text_b}. ${variable.question}`;
  }
  function ask(what) {
    const box = what === "text" ? parts.own : parts.reason;
    parts.ownBox.hidden = what === "text" ? false : parts.ownBox.hidden;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }
  function refuse(key) {
    showRefusal(key);
    if (key === "refuse_no_choice") frame.focus();
    else ask(key === "refuse_no_text" || key === "too_long" && lengthOf(parts.reason.value) <= LONGEST_MEMO ? "text" : "reason");
  }
  function showRefusal(key) {
    refused = key;
    const n = lengthOfFields();
    parts.refusal.textContent = key ? say(key, { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
    parts.reason.setAttribute("aria-invalid", key === "refuse_no_reason");
    parts.own.setAttribute("aria-invalid", key === "refuse_no_text");
  }
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label: say("card"), isFlow: true });
  const { root, id } = frame;
  const focus = () => {
    if (![parts.reason, parts.own].includes(document.activeElement)) frame.focus();
  };
  const overlays = createOverlays({ root, ground: parts.answer, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const codes = createCodes(kit, { show: (code, near) => overlays.tip(code?.definition, near), say, hand, focus, id });
  parts.question.id = `${id}-question`;
  parts.codes.removeAttribute("aria-label");
  parts.codes.setAttribute("aria-labelledby", parts.question.id);
  parts.refusal.id = `${id}-refusal`;
  for (const name of ["own", "reason"]) {
    parts[name].id = `${id}-${name}`;
    parts[`${name}Label`].htmlFor = parts[name].id;
    parts[name].setAttribute("aria-describedby", parts.refusal.id);
  }
  root.classList.add("sk-review");
  kit.onClicked(() => {
    if (!overlays.isOpen) focus();
  });
  return {
    root,
    paint,
    showState: notices.showState,
    openKeys() {
    },
    openCodebook: frame.togglePanel,
    toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote,
    openNumber: overlays.openNumber,
    closeOverlays: overlays.close,
    focus: frame.focus,
    openBlock: codes.openBlock,
    keepFocus: frame.keepFocus,
    shows: frame.shows,
    ask,
    refuse,
    open: () => frame.open(paint),
    stop: frame.stop
  };
}

// comparing/card.js
var COMPARING_COMMANDS = { ...COMMANDS, a: "standsA", b: "standsB", c: "standsOwn", m: "reason", ",": "reason", "Ctrl+Enter": "settle" };
function withText(events, answer) {
  const { stands = "a", text = "" } = answer ?? {};
  return events.map((event) => ({ ...event, stands, text }));
}
function comparingActions({ list, view, save, turned, tell }) {
  const { draftMore } = list;
  function give(to) {
    const { note, variable, answer, draft } = list.current();
    if (answer && (answer.stands !== to.stands || answer.text !== to.text)) answer.older = true;
    save(withText(list.give(to), to));
    view.focus();
    const written = (draft.text ?? "").trim();
    if (!written || written === to.text) return;
    list.draftMore({ text: draft.text }, { note, variable });
    tell("text_kept");
  }
  function judge(judgement) {
    const { answer, draft } = list.current();
    if (judgement === SAME) return draftMore({ judged: SAME });
    const memo = draft.memo ?? (answer && answer.codes[0] === judgement ? answer.memo : "");
    if (lengthOf(memo.trim()) > LONGEST_MEMO) return view.refuse("too_long");
    return give({ event: "decide", codes: [judgement], certainty: "", memo: memo.trim(), stands: "a", text: "" });
  }
  function stands(value) {
    const { answer, draft } = list.current();
    if (judgedAs(answer, draft) !== SAME) return;
    draftMore({ judged: SAME, stands: value });
    view.ask(value === "own" ? "text" : "reason");
  }
  function settle() {
    const { answer, draft } = list.current();
    const judgement = judgedAs(answer, draft);
    if (!judgement) return view.refuse("refuse_no_choice");
    if (judgement !== SAME) return judge(judgement);
    const memo = whyOf(answer, draft).trim();
    const chosen = standsIn(answer, draft);
    const text = chosen === "own" ? ownText(answer, draft).trim() : "";
    if (chosen === "own" && !text) return view.refuse("refuse_no_text");
    if (!memo) return view.refuse("refuse_no_reason");
    if (Math.max(lengthOf(memo), lengthOf(text)) > LONGEST_MEMO) return view.refuse("too_long");
    return give({ event: "decide", codes: [SAME], certainty: "", memo, stands: chosen, text });
  }
  function reason() {
    const { just } = list;
    const isBegun = !list.isFinished() && Object.values(list.current().draft).some((value) => value !== void 0);
    if (just && !isBegun) {
      list.goTo(just.note, just.variable.id);
      view.paint();
    }
    if (!list.isFinished()) view.ask("reason");
  }
  const unlessFinished = (work) => (value) => {
    if (!list.isFinished()) work(value);
  };
  return {
    code: unlessFinished(judge),
    standsA: unlessFinished(() => stands("a")),
    standsB: unlessFinished(() => stands("b")),
    standsOwn: unlessFinished(() => stands("own")),
    reason,
    typed: unlessFinished((text) => draftMore({ memo: text })),
    typedText: unlessFinished((text) => draftMore({ text })),
    settle: unlessFinished(settle),
    confirm: unlessFinished(settle),
    undo() {
      const taken = list.latest;
      save(withText(turned("undo"), taken && taken.from));
    },
    redo() {
      const { to } = list.next ?? {};
      save(withText(turned("redo"), to));
    }
  };
}
function createComparingCard(...given) {
  const name = (data) => `sekom-review-${data.study}-${data.coder}`;
  const draftOf2 = ({ codes: [judged], memo, stands, text }) => judged === SAME ? { judged, memo, stands, text } : { memo: memo || void 0 };
  const kind = { name, commands: COMPARING_COMMANDS, createView: createComparingView, actionsOf: comparingActions, draftOf: draftOf2 };
  return withOthers(createAnyCard(kind, ...given));
}

// editing/editor.js
function createCodebookEditor(host, data, post) {
  let act = null;
  let lines = [];
  let fault = "";
  let notes = [];
  let dragged = null;
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const root = make("div", "sk-card sk-editor");
  root.lang = data.lang;
  root.dataset.lmSuppressShortcuts = "true";
  const list = make("ul", "se-codes");
  const panel = make("section", "se-panel");
  panel.setAttribute("aria-live", "polite");
  function button(label, then, className = "sk-tool") {
    const made = make("button", className, label);
    made.type = "button";
    made.addEventListener("click", then);
    return made;
  }
  function plan(next) {
    [act, lines, fault] = [next, [], ""];
    if (next && (next.name !== "split" || next.parts?.every((part) => part.label.trim()))) post({ kind: "plan", act: next });
    paintPanel();
  }
  function rowOf(code) {
    const row = make("li", "se-code");
    row.draggable = true;
    row.dataset.code = code.id;
    const name = make("input", "se-name");
    name.value = code.label;
    name.setAttribute("aria-label", say("name", { code: code.label }));
    name.addEventListener("change", () => {
      if (name.value.trim() && name.value !== code.label) plan({ name: "rename", code: code.id, label: name.value.trim() });
    });
    name.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") name.value = code.label;
      if (event.key === "Enter" || event.key === "Escape") name.blur();
    });
    const tools = make(
      "span",
      "se-tools",
      button(say("merge"), () => plan({ name: "merge", code: code.id, into: "" })),
      button(say("split"), () => startSplit(code)),
      button(say("retire"), () => plan({ name: "retire", code: code.id }))
    );
    const before = code.before.length ? make("span", "sk-quiet", say("before", { codes: code.before.join(", ") })) : "";
    row.append(
      make("span", "se-grip", "⠿"),
      name,
      make("span", "se-count", say("answers", { n: code.n })),
      before,
      tools,
      ...code.texts.map((text) => make("p", "se-text", text))
    );
    listenForDrags(row, name, code);
    return row;
  }
  function listenForDrags(row, name, code) {
    name.addEventListener("pointerdown", () => {
      row.draggable = false;
    });
    name.addEventListener("blur", () => {
      row.draggable = true;
    });
    row.addEventListener("dragstart", (event) => {
      dragged = code.id;
      event.dataTransfer?.setData("text/plain", code.label);
    });
    row.addEventListener("dragend", () => {
      dragged = null;
    });
    row.addEventListener("dragover", (event) => {
      if (dragged === null || dragged === code.id) return;
      event.preventDefault();
      row.classList.add("se-over");
    });
    row.addEventListener("dragleave", () => row.classList.remove("se-over"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      row.classList.remove("se-over");
      if (dragged !== null && dragged !== code.id) plan({ name: "merge", code: dragged, into: code.id });
    });
  }
  function paintList() {
    const field = make("input", "se-name");
    field.placeholder = say("new_name");
    field.setAttribute("aria-label", say("new_name"));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && field.value.trim()) plan({ name: "add", label: field.value.trim() });
    });
    const fresh = make("li", "se-code se-new", field, make(
      "span",
      "se-tools",
      button(say("add"), () => {
        if (field.value.trim()) plan({ name: "add", label: field.value.trim() });
      })
    ));
    list.replaceChildren(...data.codes.map(rowOf), fresh);
  }
  function startSplit(code) {
    notes = [];
    plan({ name: "split", code: code.id, parts: [{ label: "", notes: [] }, { label: "", notes: [] }] });
    post({ kind: "notes", code: code.id });
  }
  function mergeTargets(chosen) {
    const choice = make(
      "select",
      "se-choice",
      make("option", "", say("choose")),
      ...data.codes.filter((code) => code.id !== chosen.code).map((code) => {
        const option = make("option", "", code.label);
        option.value = code.id;
        option.selected = code.id === chosen.into;
        return option;
      })
    );
    choice.firstChild.value = "";
    choice.addEventListener("change", () => plan({ ...chosen, into: choice.value }));
    return make("label", "se-line", say("merge_into", { code: labelOf2(chosen.code) }), choice);
  }
  function splitParts(chosen) {
    const parts = chosen.parts ?? [];
    const names = parts.map((part, place) => {
      const field = make("input", "se-name");
      field.value = part.label;
      field.setAttribute("aria-label", say("part", { n: place + 1 }));
      field.placeholder = say("part", { n: place + 1 });
      field.addEventListener("keydown", (event) => event.stopPropagation());
      field.addEventListener("change", () => {
        part.label = field.value.trim();
        plan(chosen);
      });
      return field;
    });
    const sorted = notes.map((note) => {
      const choices = parts.map((part, place) => {
        const pick = make("input", "");
        pick.type = "radio";
        pick.name = `se-${note.key}`;
        pick.checked = part.notes.includes(note.key);
        pick.addEventListener("change", () => {
          for (const other of parts) other.notes = other.notes.filter((key) => key !== note.key);
          part.notes.push(note.key);
        });
        return make("label", "se-pick", pick, part.label || say("part", { n: place + 1 }));
      });
      const context = (note.context ?? []).map(([name, text]) => make("span", "sk-quiet", `${name}: ${text} `));
      return make("li", "se-note", make("p", "se-text", ...context, note.text), ...choices);
    });
    const more = button(say("more_parts"), () => plan({ ...chosen, parts: [...parts, { label: "", notes: [] }] }));
    const hint = make("p", "sk-quiet", say(notes.length ? "split_notes" : "split_none"));
    return [make("div", "se-line", ...names, more), hint, make("ul", "se-notes", ...sorted)];
  }
  const labelOf2 = (id) => data.codes.find((code) => code.id === id)?.label ?? id ?? "";
  function headOf(chosen) {
    if (!chosen) return say("head");
    const about = ["merge", "split", "retire"].includes(chosen.name) ? `: ${labelOf2(chosen.code)}` : "";
    return say(chosen.name, { code: labelOf2(chosen.code) }) + about;
  }
  function paintPanel() {
    if (!act && !fault) {
      panel.replaceChildren();
      return;
    }
    const told = fault ? [make("p", "se-fault", fault)] : lines.map((line) => make("p", "", line));
    const own = !act ? [] : act.name === "merge" ? [mergeTargets(act)] : act.name === "split" ? splitParts(act) : [];
    const reason = make("textarea", "sk-field");
    reason.rows = 2;
    reason.addEventListener("keydown", (event) => event.stopPropagation());
    const save = button(say("save"), () => {
      if (!reason.value.trim()) return refuse(say("no_reason"));
      return post({ kind: "save", act, reason: reason.value });
    }, "sk-tool se-save");
    save.disabled = !lines.length;
    panel.replaceChildren(
      make("h3", "se-head", headOf(act)),
      ...own,
      ...told,
      ...act ? [make("label", "se-line", say("reason"), reason)] : [],
      make("div", "se-line", ...act ? [save] : [], button(say("cancel"), () => {
        plan(null);
        paintList();
      }))
    );
  }
  function refuse(text) {
    const line = make("p", "se-fault", text);
    line.setAttribute("role", "alert");
    panel.querySelectorAll(".se-fault").forEach((old) => old.remove());
    panel.append(line);
  }
  function receive(message) {
    if (message.kind === "planned") {
      lines = message.lines;
      const kept = (
        /** @type {HTMLTextAreaElement | null} */
        panel.querySelector("textarea")?.value ?? ""
      );
      paintPanel();
      const field = (
        /** @type {HTMLTextAreaElement | null} */
        panel.querySelector("textarea")
      );
      if (field) field.value = kept;
      if (act?.name !== "split" && act?.name !== "merge") field?.focus();
    } else if (message.kind === "notes") {
      notes = message.notes;
      paintPanel();
    } else if (message.kind === "refused") refuse(message.text);
    else if (message.kind === "saved") {
      data = message.data;
      [act, lines, notes] = [null, [], []];
      paint();
    }
  }
  function paint() {
    const undo = button(say("undo"), () => plan({ name: "undo" }));
    undo.disabled = !data.undo;
    root.replaceChildren(
      make("div", "sk-line", make("strong", "", data.label), make("span", "sk-gap"), undo),
      make("p", "sk-quiet", say("hint")),
      list,
      panel
    );
    paintList();
    paintPanel();
  }
  function start() {
    paint();
    host.append(root);
  }
  return { start, receive, stop: () => root.remove() };
}

// judging/choice.js
function choiceOf(answer, draft) {
  const { event, codes } = draft.event ? draft : answer ?? {};
  return { event, codes: codes ?? [] };
}
function isChoice({ event, codes }, variable) {
  return Boolean(event) && choosable(codes, variable).length === codes.length;
}
var draftOf = ({ event, codes, memo }) => ({ event, codes, memo });
function reasonOf(answer, draft) {
  if (draft.memo !== void 0) return draft.memo;
  if (!answer) return "";
  const choice = choiceOf(answer, draft);
  const same = choice.event === answer.event && choice.codes.join("|") === answer.codes.join("|");
  return same ? answer.memo : "";
}

// judging/sides.js
var letterOf = (place) => place < 26 ? String.fromCharCode(65 + place) : String(place + 1);
var answered = ({ readings }) => readings.flatMap((reading, place) => reading.skipped ? [] : [{ reading, place }]);
var codesIn = (reading, variable) => reading.codes.length || variable.kind === "multiple" ? reading.codes : [NONE_FITS];
function votes(note, variable) {
  const found3 = /* @__PURE__ */ new Map();
  for (const { reading, place } of answered(note)) {
    for (const code of codesIn(reading, variable)) found3.set(code, [...found3.get(code) ?? [], place]);
  }
  return found3;
}
function sidesOf(note, variable) {
  const all = answered(note).length;
  const order = new Map(variable.codes.map(({ id }, number) => [id, number]));
  const at = (code) => order.get(code) ?? order.size;
  const sides = [...votes(note, variable)].map(([code, readers]) => ({ code, readers }));
  return sides.filter(({ readers }) => variable.kind !== "multiple" || readers.length < all).sort((a, b) => b.readers.length - a.readers.length || at(a.code) - at(b.code));
}
function keptOf(note, variable) {
  if (variable.kind !== "multiple") return [];
  const all = answered(note).length;
  const found3 = votes(note, variable);
  return variable.codes.map(({ id }) => id).filter((id) => found3.get(id)?.length === all);
}
function sideOf(note, variable, place) {
  const reading = note.readings[place];
  return !reading || reading.skipped ? null : codesIn(reading, variable);
}
function markedIn(text, readings) {
  const signs = Array.from(text);
  const within = (n) => Math.min(Math.max(n, 0), signs.length);
  const stretches = readings.flatMap(({ words = [] }, place) => words.map(([start, end]) => ({ place, start: within(start), end: within(end) })));
  const ends = [.../* @__PURE__ */ new Set([0, signs.length, ...stretches.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return ends.slice(1).map((end, number) => {
    const start = ends[number];
    const readers = stretches.filter((one) => one.start <= start && end <= one.end).map(({ place }) => place);
    return { text: signs.slice(start, end).join(""), readers: [...new Set(readers)] };
  });
}
function toggledIn(codes, code, variable) {
  if (code === NONE_FITS) return [];
  const chosen = new Set(codes);
  if (!chosen.delete(code)) chosen.add(code);
  return variable.codes.map(({ id }) => id).filter((id) => chosen.has(id));
}

// judging/keys.js
var SIGNS2 = { "/": "leaveOpen", "+": "twoIdeas", "=": "holdFast", ":": "names", "?": "keys", " ": "scroll", "<": "gloss" };
var KEYS2 = { Enter: "confirm", Backspace: "undo", ArrowLeft: "back", ArrowRight: "forward", End: "toFirstOpen" };
var MINUS2 = /^[-\u2212]$/;
function digitOf2(event) {
  if (event.shiftKey && !/^[0-9]$/.test(event.key)) return "";
  const [, digit = ""] = /^Digit([0-9])$/.exec(event.code) ?? [];
  return digit || (/^[0-9]$/.test(event.key) ? event.key : "");
}
function held(event) {
  const key = event.key.toLowerCase();
  if (event.altKey) return null;
  if (key === "z") return { name: event.shiftKey ? "redo" : "undo" };
  if (key === "y") return { name: "redo" };
  if (key === "s") return { name: "nothing" };
  return key === "enter" ? { name: "settle" } : null;
}
function answering(event, { note, variable }) {
  const { readings } = (
    /** @type {DisputedNote} */
    note
  );
  const digit = digitOf2(event);
  if (variable.kind === "scale") {
    const hasMinus = variable.codes.some(({ id }) => id.startsWith("-"));
    if (MINUS2.test(event.key) && (hasMinus || !digit)) return { name: "digit", value: "-" };
    if (digit) return { name: "digit", value: digit };
  } else if (digit) return digit === "0" ? { name: "other" } : { name: "side", value: Number(digit) - 1 };
  const place = readings.findIndex((_, number) => letterOf(number) === event.key.toUpperCase());
  return place >= 0 && !event.shiftKey ? { name: "sideWith", value: place } : null;
}
function judgingAction(event, cell) {
  if (event.ctrlKey || event.metaKey) return held(event);
  if (event.altKey) return null;
  if (SIGNS2[event.key]) return { name: SIGNS2[event.key] };
  if (event.shiftKey && event.key === "Backspace") return { name: "redo" };
  if (event.shiftKey && event.key === "ArrowLeft") return { name: "noteBack" };
  if (event.shiftKey && event.key === "ArrowRight") return { name: "noteForward" };
  if (KEYS2[event.key]) return { name: KEYS2[event.key] };
  return cell ? answering(event, cell) : null;
}

// judging/reasons.js
var MOST2 = 5;
function remembered(before, reason) {
  const text = reason.trim();
  return text ? [text, ...before.filter((one) => one !== text)].slice(0, MOST2) : before;
}
function addedTo(written, reason) {
  if (written.includes(reason)) return written;
  const before = written.trimEnd();
  return before ? `${before}${/[.!?…\n]$/.test(before) ? " " : ". "}${reason}` : reason;
}

// judging/showings.js
function createShowings(name, post) {
  const untold = /* @__PURE__ */ new Map();
  const prefix = `${name} shown `;
  function send(id) {
    try {
      const sent = post({ kind: "showing", id, ...untold.get(id) });
      if (sent && sent.catch) sent.catch(() => {
      });
    } catch {
    }
  }
  function kept(work) {
    try {
      return work(window.localStorage);
    } catch {
      return void 0;
    }
  }
  function tell(showing) {
    const id = newEventId();
    untold.set(id, showing);
    kept((store) => store.setItem(prefix + id, JSON.stringify(showing)));
    send(id);
  }
  function confirm(ids) {
    for (const id of ids) {
      untold.delete(id);
      kept((store) => store.removeItem(prefix + id));
    }
  }
  kept((store) => Object.keys(store).filter((key) => key.startsWith(prefix)).forEach((key) => untold.set(key.slice(prefix.length), JSON.parse(
    /** @type {string} */
    store.getItem(key)
  ))));
  const timer = setInterval(() => [...untold.keys()].forEach(send), RESEND);
  return { tell, confirm, stop: () => clearInterval(timer) };
}

// judging/picker.js
function createPicker(openDialog, say, id, choose) {
  function openCodes(codes) {
    const field = make("input", "sk-field");
    const hits = make("div", "sk-picker-hits");
    let at = 0;
    [field.type, field.autocomplete, field.placeholder, hits.id] = ["text", "off", say("other_hint"), `${id}-others`];
    hits.setAttribute("role", "listbox");
    hits.setAttribute("aria-label", say("codes"));
    for (const [name, value] of [["role", "combobox"], ["aria-label", say("other_hint")], ["aria-expanded", "true"], ["aria-controls", hits.id], ["aria-autocomplete", "list"]]) field.setAttribute(name, value);
    const none = make("p", "sk-quiet", say("no_hits"));
    const box = openDialog(say("other_code"), [field, hits, none]);
    box.classList.add("sk-picker");
    function paint() {
      const now = field.value.trim() ? found(codes, field.value) : codes;
      at = Math.max(0, Math.min(at, now.length - 1));
      hits.replaceChildren(...now.map(hitOf));
      none.hidden = now.length > 0;
      hits.hidden = !now.length;
      if (now.length) field.setAttribute("aria-activedescendant", `${id}-other-${at}`);
      else field.removeAttribute("aria-activedescendant");
      hits.children[at]?.scrollIntoView({ block: "nearest" });
      return now;
    }
    function hitOf(code, number) {
      const hit = make("div", "sk-picker-hit", make("strong", "", code.label), ...code.definition ? [make("span", "", code.definition)] : []);
      hit.id = `${id}-other-${number}`;
      hit.dataset.code = code.id;
      hit.setAttribute("role", "option");
      hit.setAttribute("aria-selected", String(number === at));
      hit.addEventListener("click", () => take(code.id));
      return hit;
    }
    function take(code, event) {
      box.close();
      choose(code, event);
    }
    field.addEventListener("input", () => {
      at = 0;
      paint();
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") at += 1;
      else if (event.key === "ArrowUp") at -= 1;
      else if (event.key !== "Enter") return;
      const code = paint()[at];
      if (event.key === "Enter" && code) take(code.id, event);
      event.preventDefault();
    });
    paint();
    field.focus({ preventScroll: true });
  }
  return { openCodes };
}

// judging/tiles.js
function labelOf(variable, code, say) {
  const known = variable.codes.find(({ id }) => id === code);
  if (variable.kind === "scale") return shownNumber(code);
  return known?.label ?? variable.retired[code] ?? (code === NONE_FITS ? say("confirm_none") : code);
}
var letterCap = (letter) => make("span", "sk-letter", letter);
function saidIn({ certainty, memo }, say) {
  const sure = certainty ? [make("span", certainty === "1" ? "sk-unsure" : "sk-sure", say(`just_${certainty}`))] : [];
  const words = memo ? [make("q", "", memo)] : [];
  const parts = [...sure, ...words];
  return parts.length ? parts.flatMap((part, number) => number ? [" ", part] : [part]).map((part) => typeof part === "string" ? document.createTextNode(part) : part) : [make("span", "", say("no_memo"))];
}
function says(reading, place, say, named) {
  const name = named ? [make("span", "sk-name", reading.name), " "] : [];
  return make("p", "sk-said-by", make("b", "", letterOf(place)), make("span", "", ...name, ...saidIn(reading, say)));
}
function createTiles({ button }, say) {
  function tile({ code, readers }, key, { note, variable, named, withMemos }) {
    const known = variable.codes.find(({ id }) => id === code);
    const made = button("sk-side", labelOf(variable, code, say), key, "code", code);
    made.removeAttribute("aria-label");
    made.dataset.code = code;
    made.append(make("span", "sk-letters", ...readers.map((place) => letterCap(letterOf(place)))));
    if (known?.definition || known?.exclude) {
      const not = known.exclude ? [" ", make("b", "", say("exclude")), ` ${known.exclude}`] : [];
      made.append(make("span", "sk-definition", known.definition ?? "", ...not));
    }
    if (!readers.length) made.append(make("span", "sk-says", make("span", "sk-quiet", say("nobody_chose"))));
    else if (withMemos) made.append(make("span", "sk-says", ...readers.map((place) => says(note.readings[place], place, say, named))));
    return made;
  }
  function row(note, place, named) {
    const reading = note.readings[place];
    const rest = reading.memo || reading.certainty ? saidIn(reading, say) : [];
    const made = make("p", "sk-said-by", make("b", "", letterOf(place)), make(
      "span",
      "",
      ...named ? [make("span", "sk-name", reading.name), " "] : [],
      make("strong", "", reading.label),
      " ",
      ...rest
    ));
    return made;
  }
  return { tile, row };
}
function paintMarked(box, note, say) {
  box.replaceChildren(...markedIn(note.text, note.readings).map(({ text, readers }) => {
    if (!readers.length) return document.createTextNode(text);
    const letters = readers.map(letterOf).join("");
    const made = make("mark", "sk-words", text);
    made.dataset.readers = letters;
    made.title = say("selected_by", { letters });
    return made;
  }));
}

// judging/view.js
var LONGEST_CHIP = 44;
function createAdjudicationView(host, data, say, list, hand, sitting) {
  const act = hand.click;
  const kit = createKit(act);
  const tiles = createTiles(kit, say);
  const { parts, part, button, tool, group } = kit;
  const isTalk = data.card === "talk";
  const twoIdeas = say("reason_two_ideas");
  const quick = ["definition", "exclude", ...isTalk ? [] : ["talk"]].map((name) => say(`quick_${name}`));
  let shown = { note: null, signature: "" };
  let named = isTalk;
  let heard = sitting.speaker;
  let refused = "";
  function buildMeeting() {
    const people = isTalk ? [] : data.people;
    const toggles = people.map((coder) => button("sk-tool sk-person", coder, "", "present", coder));
    parts.toggles = toggles;
    return group(
      "meeting",
      "sk-meeting",
      say("people"),
      make("b", "", say("people")),
      ...toggles,
      make("span", "sk-quiet", say("people_hint")),
      button("sk-tool", say("people_done"), "", "meeting")
    );
  }
  function buildReason() {
    const label = part("reasonLabel", "label", "sk-reason-label", part("reasonFor", "b", ""), part("needed", "span", "", say("needed")));
    const field = part("reason", "textarea", "sk-field");
    field.rows = 2;
    field.addEventListener("input", () => act("typed", field.value));
    field.addEventListener("keydown", onReasonKey);
    const refusal = part("refusal", "p", "sk-refusal");
    refusal.setAttribute("role", "alert");
    parts.save = button("sk-main-button", say("save"), "Enter", "settle");
    const foot = make("div", "sk-reason-foot", part("remark", "p", "sk-remark"), parts.save);
    return make("section", "sk-reason", label, field, refusal, group("chips", "sk-chips", say("reasons_again")), foot);
  }
  function onReasonKey(event) {
    if (event.isComposing || event.key === "Enter" && event.shiftKey) return;
    if (event.key === "Enter") act("settle");
    else if (event.key === "Escape") frame.focus();
    else return;
    if (document.activeElement !== parts.reason) hand.leaveProse(event);
    event.preventDefault();
  }
  function buildTray() {
    const caps2 = part("caps", "span", "sk-caps sk-quiet");
    parts.holdFast = isTalk ? button("sk-tool sk-firm", say("hold_fast"), "=", "holdFast") : null;
    const keys = tool("keys", "", "?");
    keys.setAttribute("aria-label", say("keys"));
    const tools = make(
      "div",
      "sk-tools",
      ...isTalk ? [] : [tool("names", say("names"), ":")],
      tool("toFirstOpen", say("to_first_open"), "End"),
      tool("undo", say("undo"), "⌫"),
      tool("redo", say("redo"), "⇧⌫"),
      keys
    );
    for (const [name, text] of [["toFirstOpen", "to_first_open"], ["redo", "redo"]]) parts[name].title = say(text);
    return [caps2, make("div", "sk-gap"), tools];
  }
  function buildRest() {
    parts.other = button("sk-tool", say("other_code"), "0", "other");
    const own = isTalk ? [] : [
      parts.leaveOpen = button("sk-tool sk-open", say("leave_open"), "/", "leaveOpen"),
      parts.twoIdeas = button("sk-tool", say("two_ideas"), "+", "twoIdeas")
    ];
    return make("div", "sk-rest", parts.other, ...own);
  }
  function buildWork() {
    const asked = make("div", "sk-ask", part("question", "p", "sk-question"), part("counts", "span", "sk-quiet"));
    const middle = make(
      "div",
      "sk-middle",
      part("kept", "div", "sk-kept"),
      group("sides", "sk-sides", say("codes")),
      part("rows", "div", "sk-rows"),
      part("answer", "div", "sk-answer", group("codes", "sk-codes", say("codes"))),
      part("others", "div", "sk-others")
    );
    return [buildMeeting(), buildReason(), asked, middle, buildRest()];
  }
  function paint() {
    const finished = list.isFinished();
    const [count, skipped] = [list.count(), list.countSort("skipped")];
    const counts = { ...count, skipped, settled: count.done - skipped };
    frame.paintHead(counts, finished);
    if (isTalk) paintTalkHead();
    paintMeeting();
    parts.work.hidden = finished;
    parts.finish.hidden = !finished;
    frame.root.classList.toggle("sk-done", finished);
    if (finished) paintFinish(counts);
    else paintNote();
    parts.undo.disabled = !list.canUndo;
    parts.redo.disabled = !list.canRedo;
    if (parts.names) parts.names.disabled = finished;
    frame.paintMoves(finished);
    notices.paintSaved();
  }
  function paintTalkHead() {
    const said = list.notes.flatMap((note) => note.variables.flatMap((variable) => list.answerTo(note, variable) ?? []));
    const changed = list.notes.flatMap((note) => note.variables.filter((variable) => isChanged(note, variable))).length;
    parts.left.textContent = say("talk_said", { changed, firm: said.length - changed });
  }
  function isChanged(note, name) {
    const answer = list.answerTo(note, name);
    const blind = sideOf(
      /** @type {DisputedNote} */
      note,
      list.variables.get(name),
      note.variables.indexOf(name)
    ) ?? [];
    return Boolean(answer) && [...answer?.codes ?? []].sort().join("|") !== [...blind].sort().join("|");
  }
  function paintMeeting() {
    const there = [...sitting.present];
    parts.meeting.hidden = !sitting.isAsking || list.isFinished();
    parts.toggles.forEach((toggle, place) => toggle.setAttribute("aria-pressed", String(sitting.present.has(data.people[place]))));
    parts.who.querySelector(".sk-label").textContent = say(there.length ? "with" : "alone", { people: there.join(", ") });
    parts.who.hidden = !data.people.length;
    if (!isTalk) parts.who.setAttribute("aria-expanded", String(sitting.isAsking));
  }
  function paintFinish(counts) {
    const hadField = frame.root.contains(document.activeElement) && document.activeElement === parts.reason;
    shown = { note: null, signature: "" };
    notices.paintFinish(counts);
    if (isTalk && /** @type {TalkData} */
    data.lacking) parts.finish.append(make(
      "p",
      "sk-quiet",
      /** @type {TalkData} */
      data.lacking
    ));
    if (hand.told) parts.finish.append(make("p", "sk-quiet", say(hand.told.key, hand.told.values)));
    if (hadField) frame.focus();
  }
  function paintNote() {
    const cell = (
      /** @type {Disputed} */
      list.current()
    );
    const { note, variable } = cell;
    const isNew = note !== shown.note;
    if (isNew) {
      named = isTalk;
      frame.paintNote(note);
      paintMarked(parts.text, note, say);
      codes.close();
    }
    if (!shown.note) {
      parts.question.textContent = variable.question;
      if (variable.kind === "scale") codes.paint(variable);
    }
    paintSides(cell);
    paintCaps(cell);
    paintAnswer(cell, isNew);
    if (isNew) announce(cell);
    shown.note = note;
  }
  function paintSides({ note, variable, answer, draft }) {
    const sides = sidesOf(note, variable);
    const choice = choiceShown({ answer, draft });
    const kept = keptOf(note, variable);
    const more = choice.codes.filter((code) => !kept.includes(code) && sides.every((side) => side.code !== code));
    const signature = [note.key, named, more.join("|"), variable.id].join(" ");
    if (signature !== shown.signature) {
      const isScale = variable.kind === "scale";
      const given = { note, variable, named, withMemos: variable.kind !== "multiple" && !isTalk };
      const all = [...sides, ...(variable.kind === "multiple" || choice.event === "decide" ? more : []).map((code) => ({ code, readers: [] }))];
      parts.sides.replaceChildren(...all.map((side, place) => tiles.tile(side, isScale ? "" : place < sides.length ? place < 9 ? String(place + 1) : "" : "0", given)));
      parts.sides.style.setProperty("--sk-sides", String(Math.max(Math.min(all.length, 4), 2)));
      parts.counts.textContent = variable.kind === "multiple" ? "" : sides.map(({ readers }) => readers.length).join(say("against"));
      parts.kept.replaceChildren(...kept.length ? [make("span", "sk-quiet", say("all_chose")), ...kept.map((code) => keptButton(variable, code))] : []);
      parts.kept.hidden = !kept.length;
    }
    shown.signature = signature;
    paintRows(note, variable);
    const emptySet = choice.event === "decide" && !choice.codes.length;
    const inKept = choice.event ? choice.codes : kept;
    for (const made of frame.root.querySelectorAll(".sk-side, .sk-kept button")) {
      const { code = "" } = (
        /** @type {HTMLElement} */
        made.dataset
      );
      const isOn = (made.classList.contains("sk-side") ? choice.codes : inKept).includes(code) || emptySet && code === "none_fits";
      made.setAttribute("aria-pressed", String(isOn));
    }
  }
  function paintCaps({ note, variable }) {
    const most = Math.min(sidesOf(note, variable).length, 9);
    const rows = [
      [variable.kind === "scale" ? [labelOf(variable, variable.codes[0].id, say), "…", labelOf(variable, variable.codes[variable.codes.length - 1].id, say)] : Array.from({ length: most }, (_, n) => String(n + 1)), "cap_code"],
      [note.readings.map((_, place) => letterOf(place)), isTalk ? "cap_speaker" : "cap_side"],
      [["Enter"], isTalk ? "cap_says" : "cap_settles"]
    ];
    const signature = JSON.stringify(rows);
    if (parts.caps.dataset.signature === signature) return;
    parts.caps.dataset.signature = signature;
    parts.caps.replaceChildren(...rows.map(([keys, text]) => make("span", "", ...keys.map(keycap), make("span", "sk-label", say(text)))));
  }
  function keptButton(variable, code) {
    const made = button("sk-tool", labelOf(variable, code, say), "", "code", code);
    made.dataset.code = code;
    return made;
  }
  function choiceShown({ answer, draft }) {
    return isTalk && sitting.speaker === null ? { codes: [] } : choiceOf(answer, draft);
  }
  function paintRows(note, variable) {
    const rows = isTalk ? note.readings.map((_, place) => talkRow(note, place)) : note.readings.flatMap((reading, place) => variable.kind === "multiple" || reading.skipped ? tiles.row(note, place, named) : []);
    parts.rows.hidden = !rows.length;
    parts.rows.replaceChildren(...rows);
    if (sitting.speaker !== heard) rows[sitting.speaker ?? -1]?.scrollIntoView({ block: "nearest" });
    heard = sitting.speaker;
  }
  function talkRow(note, place) {
    const name = note.variables[place];
    const answer = list.answerTo(note, name);
    const now = !answer ? say("talk_silent") : isChanged(note, name) ? say("talk_changed", { codes: labelsOf(list.variables.get(name), answer) || say("confirm_none") }) : say("talk_firm");
    const { name: coder } = note.readings[place];
    const made = button("sk-speaker", coder, letterOf(place), "sideWith", place);
    made.removeAttribute("aria-label");
    made.setAttribute("aria-pressed", String(sitting.speaker === place));
    made.classList.toggle("sk-has-said", Boolean(answer));
    const blind = tiles.row({ ...note, readings: note.readings.map((one) => ({ ...one, name: "" })) }, place, false);
    blind.querySelector("b")?.remove();
    made.append(make("span", "sk-blind", ...blind.childNodes), make("span", "sk-now", now, ...answer?.memo ? [" ", make("q", "", answer.memo)] : []));
    return made;
  }
  function paintAnswer({ note, variable, answer, draft }, isNew) {
    const choice = choiceShown({ answer, draft });
    const isMute = isTalk && sitting.speaker === null;
    parts.answer.hidden = variable.kind !== "scale";
    if (variable.kind === "scale") {
      codes.press((code) => choice.codes.includes(code));
      codes.paintTyped(isMute ? void 0 : answer, draft.event ? { ...draft, number: draft.number ?? choice.codes.join() } : draft);
    }
    parts.other.hidden = variable.kind === "scale";
    if (!isTalk) {
      parts.leaveOpen.setAttribute("aria-pressed", String(choice.event === "skip"));
      parts.names.setAttribute("aria-pressed", String(named));
    } else parts.holdFast.disabled = isMute;
    const reason = isMute ? "" : reasonOf(answer, draft);
    if (parts.reason.value !== reason) parts.reason.value = reason;
    parts.reason.disabled = isMute;
    parts.reason.placeholder = say(isMute ? "who_first_hint" : choice.event ? "reason_hint" : "choose_first");
    parts.reasonFor.textContent = reasonTitle(note, variable, choice);
    parts.save.disabled = isMute;
    parts.save.classList.toggle("sk-ready", Boolean(choice.event));
    paintChips(reason);
    parts.remark.textContent = remark(note, variable, answer, draft);
    const isTooLong = lengthOf(reason.trim()) > LONGEST_MEMO;
    const isThere = { refuse_no_reason: reason.trim(), too_long: !isTooLong }[refused] ?? isChoice(choice, variable);
    if (isTooLong) showRefusal("too_long");
    else if (isThere || isNew) showRefusal("");
    paintOthers(note, answer);
  }
  function reasonTitle(note, variable, choice) {
    const labels = choice.codes.map((code) => labelOf(variable, code, say)).join(", ") || say("confirm_none");
    if (isTalk) {
      if (sitting.speaker === null || sitting.speaker === void 0) return say("reason_label");
      const { name: coder } = note.readings[sitting.speaker];
      return choice.event === "decide" ? say("reason_of_for", { coder, codes: labels }) : say("reason_of", { coder });
    }
    if (choice.event === "skip") return say("reason_open");
    if (choice.event !== "decide") return say("reason_label");
    return say("reason_for", { codes: labels });
  }
  function paintChips(written) {
    const own = sitting.reasons.filter((reason) => !quick.includes(reason) && reason !== twoIdeas);
    const signature = [...quick, ...own].join("\n");
    if (parts.chips.dataset.signature !== signature) {
      parts.chips.dataset.signature = signature;
      parts.chips.replaceChildren(...[...quick, ...own].map((reason) => {
        const short = reason.replace(/\s+/g, " ");
        const made = button("sk-chip", lengthOf(short) > LONGEST_CHIP ? `${Array.from(short).slice(0, LONGEST_CHIP - 1).join("").trimEnd()}…` : short.replace(/\.$/, ""), "", "addReason", reason);
        made.title = reason;
        made.dataset.reason = reason;
        return made;
      }));
    }
    for (const made of parts.chips.children) made.disabled = parts.reason.disabled || written.includes(made.dataset.reason);
  }
  function paintOthers(note, answer) {
    const others = answer && answer.event === "decide" ? note.others ?? [] : [];
    const differ = others.some((other) => other.differs);
    const lines = others.map((other) => make(
      "li",
      "",
      make("strong", "", other.who),
      `: ${other.label}`,
      ...other.reason ? [` – ${other.reason}`] : []
    ));
    const verdict = others.some((other) => other.event === "settle") ? [make("p", "", say(differ ? "differ" : "same"))] : [];
    parts.others.hidden = !others.length;
    parts.others.classList.toggle("sk-differ", differ);
    parts.others.replaceChildren(...verdict, make("ul", "", ...lines));
  }
  function remark(note, variable, answer, draft) {
    if (hand.told && !TOLD_OF_NUMBERS.has(hand.told.key)) return say(hand.told.key, hand.told.values);
    if (isTalk && sitting.speaker === null) return flagged(note);
    if (draft.number !== void 0) return say("number_waits", { number: draft.number.trim() });
    if (draft.event) return say(reasonOf(answer, draft).trim() ? "enter_saves" : "reason_missing");
    if (isOpen(answer)) return draft.memo ? say("reason_waits") : isTalk ? say("talk_turn", { coder: note.readings[sitting.speaker ?? 0].name }) : latestOf(list, say, false) || flagged(note);
    if (answer.older) return say("stale");
    const gone = retiredOf(variable, answer);
    if (gone) return say("retired", { code: gone });
    return say(answer.event === "skip" ? "skipped_before" : "answered");
  }
  const flagged = (note) => note.flags ? say("flagged", { n: note.flags }) : "";
  function announce({ note, variable }) {
    const said = note.readings.map((reading, place) => `${named ? reading.name : say("coder_letter", { letter: letterOf(place) })}: ${reading.label}.`);
    parts.live.textContent = `${parts.place.textContent}. ${sayContext(note)}${note.text}. ${said.join(" ")} ${variable.question}`;
  }
  function focusReason() {
    if (parts.reason.disabled) paint();
    parts.reason.focus({ preventScroll: true });
    parts.reason.closest(".sk-reason").scrollIntoView({ block: "nearest" });
    const end = parts.reason.value.length;
    requestAnimationFrame(() => {
      if (document.activeElement === parts.reason && parts.reason.value.length > end) parts.reason.setSelectionRange(parts.reason.value.length, parts.reason.value.length);
    });
  }
  function refuse(key) {
    showRefusal(key);
    if (key === "refuse_no_choice") frame.focus();
    else focusReason();
  }
  function showRefusal(key) {
    refused = key;
    const n = lengthOf(parts.reason.value.trim());
    parts.refusal.textContent = key ? say(key, { n, most: LONGEST_MEMO, over: n - LONGEST_MEMO }) : "";
    parts.reason.setAttribute("aria-invalid", String(key === "refuse_no_reason" || key === "too_long"));
  }
  function openPicker() {
    const { note, variable } = (
      /** @type {Disputed} */
      list.current()
    );
    if (variable.kind === "scale") return;
    const there = /* @__PURE__ */ new Set([...sidesOf(note, variable).map(({ code }) => code), ...keptOf(note, variable)]);
    picker.openCodes(variable.codes.filter(({ id: code }) => !there.has(code)));
  }
  function openKeys() {
    const isScale = data.variables[0].kind === "scale";
    const choose = isScale ? [[["0", "…", "9"], "key_number"]] : [[["1", "2", "3"], "key_codes"], [["0"], "key_other"]];
    const own = isTalk ? [[["A", "B", "C"], "key_speaker"], [["="], "key_firm"]] : [[["A", "B", "C"], "key_side"], [["/"], "key_open"], [["+"], "key_two_ideas"], [[":"], "key_names"]];
    const both = [
      [["Enter"], isTalk ? "key_enter_talk" : "key_enter"],
      [["⇧Enter"], "key_line"],
      [["←", "→"], "key_moves"],
      [["End"], "to_first_open"],
      [["⌫"], "undo"],
      [["⇧⌫"], "redo"],
      [["<"], "gloss"],
      [["Esc"], "key_escape"]
    ];
    const rows = [...choose, ...own, ...both].map(([keys, text]) => make("div", "", make("dt", "", ...keys.map(keycap)), make("dd", "", say(text))));
    overlays.openDialog(say("keys"), [make("dl", "sk-keys", ...rows), make("p", "sk-quiet", say("keys_foot"))], { isWide: true });
  }
  function toggleNames() {
    named = !named;
  }
  const frame = createFrame(host, data, say, list, kit, { work: buildWork(), label: say("card"), tray: buildTray() });
  const { root, id } = frame;
  const focus = () => {
    if (document.activeElement !== parts.reason) frame.focus();
  };
  const overlays = createOverlays({ root, ground: parts.answer, say, list, hand, focus, id });
  const notices = createNotices({ root, parts, part, button, say, list, data });
  const codes = createCodes(kit, { show: () => {
  }, say, hand, focus, id });
  const picker = createPicker(overlays.openDialog, say, id, (code, event) => {
    frame.focus();
    act("code", code);
    if (event && document.activeElement !== parts.reason) hand.leaveProse(event);
  });
  parts.who = isTalk ? make("span", "sk-present", make("span", "sk-label", "")) : button("sk-tool sk-present", "", "", "meeting");
  (root.querySelector(".sk-who") ?? parts.left).after(parts.who);
  if (parts.holdFast) {
    parts.save.before(parts.holdFast);
    parts.needed.hidden = true;
  }
  parts.question.id = `${id}-question`;
  for (const name of ["codes", "sides"]) {
    parts[name].removeAttribute("aria-label");
    parts[name].setAttribute("aria-labelledby", parts.question.id);
  }
  parts.reason.id = `${id}-reason`;
  parts.reasonLabel.htmlFor = parts.reason.id;
  parts.refusal.id = `${id}-refusal`;
  parts.reason.setAttribute("aria-describedby", parts.refusal.id);
  root.classList.add("sk-adjudication");
  root.classList.toggle("sk-talk", isTalk);
  kit.onClicked(() => {
    if (!root.querySelector("dialog")) focus();
  });
  return {
    root,
    paint,
    showState: notices.showState,
    openKeys,
    openCodebook() {
    },
    toggleGloss: frame.toggleGloss,
    scrollNote: frame.scrollNote,
    openNumber: overlays.openNumber,
    closeOverlays: overlays.close,
    focus: frame.focus,
    openBlock: codes.openBlock,
    keepFocus: frame.keepFocus,
    shows: frame.shows,
    focusReason,
    refuse,
    toggleNames,
    openPicker,
    twoIdeas,
    light() {
    },
    open: () => frame.open(paint),
    stop: frame.stop
  };
}

// judging/card.js
function adjudicationActions({ list, view, save, turned, keepDraft, tell, refuseNumber }, sitting) {
  const beside = () => sitting.said;
  const here = () => (
    /** @type {DisputedNote} */
    list.current().note
  );
  function choose(event, codes, more = {}) {
    list.draftMore({ event, codes, number: void 0, ...more });
    view.focusReason();
  }
  function toggle(code) {
    const { variable, answer, draft } = list.current();
    const choice = choiceOf(answer, draft);
    const before = choice.event === "decide" ? choice.codes : keptOf(here(), variable);
    list.draftMore({ event: "decide", codes: toggledIn(before, code, variable) });
  }
  function chooseCode(code) {
    if (list.current().variable.kind === "multiple") toggle(code);
    else choose("decide", [code]);
  }
  function sideWith(place) {
    const { variable } = list.current();
    const codes = sideOf(here(), variable, place);
    if (codes) choose("decide", codes);
    else tell("side_skipped", { letter: letterOf(place) });
  }
  function takeNumber() {
    const { variable, draft } = list.current();
    if (draft.number === void 0) return true;
    const number = numberIn(draft.number, variable);
    if (number) list.draftMore({ event: "decide", codes: [number], number: void 0 });
    else refuseNumber(draft.number.trim());
    return Boolean(number);
  }
  function settle() {
    if (!takeNumber()) return;
    const { note, variable, answer, draft } = list.current();
    const choice = choiceOf(answer, draft);
    const memo = reasonOf(answer, draft).trim();
    if (!isChoice(choice, variable)) view.refuse("refuse_no_choice");
    else if (!memo) view.refuse("refuse_no_reason");
    else if (lengthOf(memo) > LONGEST_MEMO) view.refuse("too_long");
    else {
      save(list.give(
        /** @type {Answer} */
        { ...choice, certainty: "", memo }
      ).map((event) => ({ ...event, seen: note.seen, ...beside() })));
      sitting.reasons = remembered(sitting.reasons, memo);
      sitting.isAsking = false;
      view.focus();
    }
  }
  const unlessFinished = (work) => (value) => {
    if (!list.isFinished()) work(value);
  };
  return {
    code: unlessFinished(chooseCode),
    side: unlessFinished((place) => {
      const { variable } = list.current();
      const side = sidesOf(here(), variable)[place];
      if (side) chooseCode(side.code);
      else tell("no_such_side", { n: place + 1 });
    }),
    sideWith: unlessFinished(sideWith),
    other: unlessFinished(() => view.openPicker()),
    pick: unlessFinished((code) => list.draftMore({ event: "decide", codes: [code], number: void 0 })),
    leaveOpen: unlessFinished(() => choose("skip", [])),
    twoIdeas: unlessFinished((reason) => {
      const { answer, draft } = list.current();
      const isOpenAlready = choiceOf(answer, draft).event === "skip";
      choose("skip", [], { memo: addedTo(isOpenAlready ? reasonOf(answer, draft) : "", reason ?? view.twoIdeas) });
    }),
    reason: unlessFinished(() => view.focusReason()),
    typed: unlessFinished((text) => list.draftMore({ memo: text })),
    addReason: unlessFinished((reason) => {
      const { answer, draft } = list.current();
      list.draftMore({ memo: addedTo(reasonOf(answer, draft), reason) });
      view.focusReason();
    }),
    settle: unlessFinished(settle),
    confirm: unlessFinished(() => {
      if (!takeNumber()) return;
      const { answer, draft } = list.current();
      if (choiceOf(answer, draft).event && !reasonOf(answer, draft).trim()) view.focusReason();
      else settle();
    }),
    names: unlessFinished(() => view.toggleNames()),
    keys: () => view.openKeys(),
    meeting() {
      sitting.isAsking = !sitting.isAsking;
    },
    /** @param {string} coder */
    present(coder) {
      if (!sitting.present.delete(coder)) sitting.present.add(coder);
      sitting.isKnown = true;
    },
    // What is taken back stays in the card, unsaved: usually one word of it is to be another.
    undo() {
      const taken = list.latest;
      const events = turned("undo").map((event2) => ({ ...event2, seen: taken?.note.seen, ...beside() }));
      save(events);
      if (!taken || !taken.to || !isOpen(taken.from)) return;
      const { event, codes, memo } = taken.to;
      const cell = list.cellOf(taken.note, taken.variable);
      const newer = list.drafts.get(cell) ?? {};
      const isOther = newer.event && (newer.event !== event || (newer.codes ?? []).join("|") !== codes.join("|"));
      const undone = Object.keys(newer).length ? {} : { undone: (events[0] ?? {}).event_id };
      if (!isOther) list.drafts.set(cell, { event, codes, memo, ...newer, ...undone });
      keepDraft(taken.note, list.variables.get(taken.variable));
    },
    redo() {
      const { note } = list.next ?? {};
      save(turned("redo").map((event) => ({ ...event, seen: note?.seen, ...beside() })));
    }
  };
}
function createAdjudicationCard(host, data, post, { onPaint = () => {
}, ...options } = {}) {
  const sitting = {
    present: new Set(data.present),
    isKnown: false,
    isAsking: Boolean(data.people.length) && !data.present.length,
    // asked once a meeting, changed from the head
    reasons: data.reasons ?? [],
    get said() {
      return this.isKnown ? { present: [...this.present] } : {};
    }
  };
  const name = ({ study, coder }) => `sekom-adjudication-${study}-${coder}`;
  const showings = createShowings(name(data), post);
  let told = "";
  let seen = "";
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished()) return;
    const note = list.current().note.key;
    if (seen && seen !== note && sitting.isAsking) {
      sitting.isAsking = false;
      card.repaint();
    }
    seen = note;
    const showing = { note, variable: list.current().variable.id, ...sitting.said };
    if (JSON.stringify(showing) === told) return;
    told = JSON.stringify(showing);
    showings.tell(showing);
  }
  const kind = {
    name,
    commands: {},
    read: judgingAction,
    createView: (...given) => createAdjudicationView(...given, sitting),
    actionsOf: (given) => adjudicationActions(given, sitting),
    draftOf
  };
  const card = withOthers(createAnyCard(kind, host, data, post, { ...options, onPaint: tellShowing }));
  function receive(message) {
    if (message.kind === "shown") return showings.confirm(message.ids);
    if (message.kind !== "present") return card.receive(message);
    if (sitting.isKnown) return void 0;
    sitting.isKnown = true;
    sitting.present.clear();
    message.present.forEach((coder) => sitting.present.add(coder));
    if (message.present.length) sitting.isAsking = false;
    return card.repaint();
  }
  function stop() {
    showings.stop();
    card.stop();
  }
  return { ...card, receive, stop };
}

// judging/talk.js
function isAsBlind({ note, variable }, codes) {
  const blind = sideOf(note, variable, note.variables.indexOf(variable.id));
  return Boolean(blind) && [...blind ?? []].sort().join("|") === [...codes].sort().join("|");
}
function talkActions({ list, view, save, turned, tell, refuseNumber }, sitting) {
  const here = () => (
    /** @type {Cell & { note: DisputedNote }} */
    list.current()
  );
  function bySpeaker(work) {
    if (list.isFinished()) return;
    if (sitting.speaker === null) tell("who_first", { letters: here().note.readings.map((_, place) => letterOf(place)).join(", ") });
    else work(here());
  }
  function choose(codes) {
    list.draftMore({ event: "decide", codes, number: void 0 });
    view.focusReason();
  }
  const chooseCode = (code) => bySpeaker(({ note, variable, answer, draft }) => {
    if (variable.kind !== "multiple") return choose([code]);
    const before = draft.codes ?? (answer ? answer.codes : sideOf(note, variable, sitting.speaker ?? 0) ?? keptOf(note, variable));
    return list.draftMore({ event: "decide", codes: toggledIn(before, code, variable) });
  });
  function letSpeak(place) {
    const { note } = list.current();
    if (!note.variables[place]) return;
    list.goTo(note, note.variables[place]);
    sitting.speaker = place;
  }
  function give({ note }, codes, memo) {
    save(list.give({ event: "decide", codes, certainty: "", memo }, true));
    list.goTo(note, note.variables[0]);
    sitting.reasons = remembered(sitting.reasons, memo);
    sitting.speaker = null;
    view.focus();
  }
  const settle = () => bySpeaker((cell) => {
    const { variable, answer } = cell;
    const number = cell.draft.number === void 0 ? "" : numberIn(cell.draft.number, variable);
    if (cell.draft.number !== void 0 && !number) return refuseNumber(cell.draft.number.trim());
    if (number) list.draftMore({ event: "decide", codes: [number], number: void 0 });
    const { draft } = here();
    const choice = choiceOf(answer, draft);
    const memo = reasonOf(answer, draft).trim();
    if (!isChoice(choice, variable)) return view.refuse("refuse_no_choice");
    if (!memo && !isAsBlind(cell, choice.codes)) return view.refuse("refuse_no_reason");
    if (lengthOf(memo) > LONGEST_MEMO) return view.refuse("too_long");
    return give(cell, choice.codes, memo);
  });
  const holdFast = () => bySpeaker((cell) => {
    const blind = sideOf(cell.note, cell.variable, sitting.speaker ?? 0) ?? [];
    const memo = (cell.draft.memo ?? "").trim();
    if (lengthOf(memo) > LONGEST_MEMO) return view.refuse("too_long");
    return give(cell, blind, memo);
  });
  function move(by) {
    sitting.speaker = null;
    list.leap(by);
  }
  function turn(step) {
    const taken = step === "undo" ? list.latest : list.next;
    save(turned(step));
    if (!taken) return;
    list.goTo(taken.note, taken.variable);
    sitting.speaker = step === "undo" ? taken.note.variables.indexOf(taken.variable) : null;
  }
  return {
    code: chooseCode,
    pick: (code) => bySpeaker(() => list.draftMore({ event: "decide", codes: [code], number: void 0 })),
    side: (place) => bySpeaker(({ note, variable }) => {
      const side = sidesOf(note, variable)[place];
      return side ? chooseCode(side.code) : tell("no_such_side", { n: place + 1 });
    }),
    sideWith(place) {
      if (!list.isFinished()) letSpeak(place);
    },
    other: () => bySpeaker(() => view.openPicker()),
    holdFast,
    typed: (text) => bySpeaker(() => list.draftMore({ memo: text })),
    addReason: (reason) => bySpeaker(({ answer, draft }) => {
      list.draftMore({ memo: addedTo(reasonOf(answer, draft), reason) });
      view.focusReason();
    }),
    reason: () => bySpeaker(() => view.focusReason()),
    settle,
    confirm() {
      if (list.isFinished()) return;
      const { draft } = here();
      if (sitting.speaker === null) move(1);
      else if (draft.event && !reasonOf(list.current().answer, draft).trim() && !isAsBlind(here(), draft.codes ?? [])) view.focusReason();
      else settle();
    },
    back: () => move(-1),
    forward: () => {
      if (!list.isFinished()) move(1);
    },
    noteBack: () => move(-1),
    noteForward: () => move(1),
    toFirstOpen() {
      sitting.speaker = null;
      list.toFirstOpen();
    },
    keys: () => view.openKeys(),
    undo: () => turn("undo"),
    redo: () => turn("redo")
  };
}
function createTalkCard(host, data, post, { onPaint = () => {
}, ...options } = {}) {
  const sitting = { present: new Set(data.people), isKnown: true, isAsking: false, reasons: [], speaker: null, said: {} };
  const name = ({ study, coder, variables }) => `sekom-talk-${study}-${variables[0].id.split(":")[0]}-${coder}`;
  const showings = createShowings(name(data), post);
  let told = "";
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished() || list.current().note.key === told) return;
    told = list.current().note.key;
    showings.tell({ note: told, variable: list.current().variable.id.split(":")[0], present: [...sitting.present] });
  }
  const kind = {
    name,
    commands: {},
    read: judgingAction,
    createView: (...given) => createAdjudicationView(...given, sitting),
    actionsOf: (given) => talkActions(given, sitting),
    draftOf
  };
  const card = createAnyCard(kind, host, data, post, { ...options, onPaint: tellShowing });
  function receive(message) {
    if (message.kind === "shown") return showings.confirm(message.ids);
    return message.kind === "others" ? void 0 : card.receive(message);
  }
  function stop() {
    showings.stop();
    card.stop();
  }
  return { ...card, receive, stop };
}

// looks/reference.js
var LOCK2 = 300;
function createReference({ host, data, say }) {
  const variables = new Map(data.variables.map((variable) => [variable.id, variable]));
  let seen;
  let shown = null;
  function follow(list) {
    const { latest, just } = list;
    if (latest === seen) return;
    seen = latest;
    const isAnswer = latest && latest.to && just && just.note === latest.note && just.variable.id === latest.variable;
    if (!isAnswer) return;
    const said = (data.training?.[latest.note.key] ?? {})[latest.variable];
    const { from, to } = latest;
    const isWord = from && to && from.event === to.event && from.codes.join("|") === to.codes.join("|");
    if (said && !isWord) Promise.resolve().then(() => show(latest, said));
  }
  function show({ note, variable: name, to }, said) {
    close();
    const variable = variables.get(name);
    const root = (
      /** @type {HTMLElement | null} */
      host.querySelector(".sk-card")
    );
    if (!variable || !root) return;
    const answer = (
      /** @type {Answer} */
      to
    );
    const codes = labelsOf(variable, said);
    const isSame = answer.event === "decide" && [...answer.codes].sort().join("|") === [...said.codes].sort().join("|");
    const key = isSame ? "reference_same" : answer.event === "skip" ? "reference_skipped" : "reference_other";
    const title = make("h2", "", say(key, { codes, own: labelsOf(variable, answer) }));
    title.id = "sk-reference-title";
    const on = make("button", "sk-go sk-main", say("reference_on"), make("kbd", "sk-key", "Enter"));
    on.type = "button";
    on.addEventListener("click", close);
    const why = said.why ? [make("p", "", make("strong", "", say("reference_why")), ` ${said.why}`)] : [];
    const slip = make("blockquote", "sk-reference-note", note.text);
    shown = make("section", "sk-reference", make("div", "sk-reference-box", make("p", "sk-reference-place", say("reference")), slip, title, ...why, on));
    shown.setAttribute("role", "dialog");
    shown.setAttribute("aria-modal", "true");
    shown.setAttribute("aria-labelledby", title.id);
    shown.dataset.same = String(isSame);
    shown.tabIndex = -1;
    const since = window.performance.now();
    shown.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Tab") event.preventDefault();
      if (event.key !== "Enter" && event.key !== "Escape" && event.key !== " ") return;
      event.preventDefault();
      if (!event.repeat && window.performance.now() - since > LOCK2) close();
    });
    shown.addEventListener("click", (event) => event.stopPropagation());
    root.classList.add("sk-with-reference");
    root.append(shown);
    on.focus({ preventScroll: true });
  }
  function close() {
    if (!shown) return;
    const root = (
      /** @type {HTMLElement} */
      shown.parentElement
    );
    shown.remove();
    shown = null;
    root.classList.remove("sk-with-reference");
    root.focus({ preventScroll: true });
  }
  return { follow, get isOpen() {
    return Boolean(shown);
  } };
}

// saving/progressfile.js
var FILE_KIND = "sekom-answers";
var FILE_VERSION = 1;
var MANY_CHANGED = 2;
var EVENT_KINDS = /* @__PURE__ */ new Set(["decide", "retract", "skip"]);
function createClock(floor) {
  let ms = 0;
  let us = 0;
  function notBefore(text) {
    const known = Date.parse(`${text.slice(0, 23)}Z`);
    const rest = Number(text.slice(23, 26));
    if (known > ms || known === ms && rest > us) [ms, us] = [known, rest];
  }
  function next() {
    const now = Date.now();
    if (now > ms) [ms, us] = [now, 0];
    else [ms, us] = us < 999 ? [ms, us + 1] : [ms + 1, 0];
    return new Date(ms).toISOString().replace("Z", `${String(us).padStart(3, "0")}Z`);
  }
  notBefore(floor);
  return { next, notBefore };
}
function inOrder(events) {
  const keyOf2 = (event) => `${event.at} ${event.event_id}`;
  return [...events].sort((a, b) => keyOf2(a) < keyOf2(b) ? -1 : 1);
}
function isSameText(one, other) {
  return one === other || !one || !other;
}
function createPlacer(notes) {
  const known = new Set(notes.map((note) => note.key));
  const byText = /* @__PURE__ */ new Map();
  for (const { key, hash } of notes) byText.set(hash, byText.has(hash) ? null : key);
  return (event) => known.has(event.note) ? event.note : byText.get(event.note_hash) ?? null;
}
function eventAfter(before, event, variables) {
  const { certainty, memo, words = "", codebook } = event;
  const hash = event.note_hash ?? "";
  if (event.event === "retract") return { event: "retract", id: event.event_id, codes: [], certainty: "", memo: "", hash };
  const stands = before && (before.event === "decide" || before.event === "changed") && isSameText(before.hash, hash);
  if (event.event === "skip" && stands) return before;
  const { codes, again } = event.event === "decide" ? countedNow(event, variables.get(event.variable)) : { codes: event.codes };
  if (!codes) return { event: "retract", id: event.event_id, codes: [], certainty: "", memo: "", hash, again, at: event.at };
  return { event: event.event, id: event.event_id, codes, certainty, memo, words, older: Boolean(again), ...again && { again }, hash, codebook, at: event.at };
}
function asOfTexts(answers, notes) {
  const hashes = new Map(notes.map((note) => [note.key, note.hash]));
  const [kept, changed] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Set()];
  let last = "";
  const isOther = (key, answer) => answer.event === "changed" || !isSameText(answer.hash, hashes.get(key));
  for (const [key, byVariable] of Object.entries(answers)) {
    for (const answer of Object.values(byVariable)) {
      const at = answer.at ?? "";
      if (!isOther(key, answer)) kept.set(key, kept.has(key) && kept.get(key) < at ? kept.get(key) : at);
      else if (answer.event !== "skip" && answer.event !== "retract") {
        changed.add(key);
        if (at > last) last = at;
      }
    }
  }
  const unchanged = [...kept.values()].filter((at) => at <= last).length;
  const isOtherStudy = changed.size > MANY_CHANGED && changed.size > unchanged;
  const marked2 = ({ event }) => isOtherStudy || event === "skip" || event === "retract" ? "retract" : "changed";
  const shown = (key, answer) => isOther(key, answer) ? { ...answer, event: marked2(answer) } : answer;
  return Object.fromEntries(Object.entries(answers).map(([key, byVariable]) => [
    key,
    Object.fromEntries(Object.entries(byVariable).map(([variable, answer]) => [variable, shown(key, answer)]))
  ]));
}
function standing(data, events) {
  const variables = new Map(data.variables.map((variable) => [variable.id, variable]));
  const passes = new Map(data.notes.map((note) => [note.key, note.pass]));
  const noteOf = createPlacer(data.notes);
  const cells = /* @__PURE__ */ new Map();
  for (const kept of inOrder(events)) {
    const event = { ...kept, note: noteOf(kept) };
    if (!event.note || passes.get(event.note) !== event.pass) continue;
    const cell = `${event.note} ${event.variable}`;
    const known = cells.get(cell);
    if (known) known.push(event);
    else cells.set(cell, [event]);
  }
  const answers = Object.fromEntries(Object.entries(data.answers).map(([key, cell]) => [key, { ...cell }]));
  for (const made of cells.values()) {
    const { note, variable } = made[0];
    const base = (answers[note] ?? {})[variable];
    const place = base ? made.findIndex((event) => event.event_id === base.id) : -1;
    const fresh = made.filter((event, number) => place >= 0 ? number > place : !base || event.at > /** @type {string} */
    base.at);
    const now = fresh.reduce((before, event) => eventAfter(before, event, variables), base);
    if (now) answers[note] = { ...answers[note], [variable]: now };
  }
  return asOfTexts(answers, data.notes);
}
function progressText(data, events, now, copy) {
  const codebook = Object.fromEntries(data.variables.map((variable) => [variable.id, variable.version]));
  const head = {
    file: FILE_KIND,
    version: FILE_VERSION,
    study: data.study,
    coder: data.coder,
    codebook,
    page: data.made,
    written: now,
    copy,
    last_event: data.last_event ?? "",
    events: events.length
  };
  const lines = inOrder(events).map(({ note, ...event }) => ({ ...event, key: note }));
  return [head, ...lines].map((line) => `${JSON.stringify(line)}
`).join("");
}
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
function isEvent(event) {
  const texts = ["event_id", "key", "variable", "certainty", "memo", "at"];
  return event && texts.every((name) => typeof event[name] === "string") && EVENT_KINDS.has(event.event) && /^2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(event.at) && Array.isArray(event.codes) && event.codes.every((code) => typeof code === "string");
}
function readProgress(text, data) {
  const [first, ...lines] = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((line) => line.trim());
  const head = parsed(first ?? "");
  if (!head || head.file !== FILE_KIND) return { fault: "no_file", events: [], damaged: 0 };
  if (head.study !== data.study) return { fault: "other_study", events: [], damaged: 0 };
  if (head.coder !== data.coder) return { fault: "other_coder", events: [], damaged: 0, coder: head.coder };
  const events = lines.map(parsed).filter(isEvent).map(({ key, ...event }) => ({ ...event, note: key }));
  return { fault: "", events, damaged: Math.max(lines.length, head.events || 0) - events.length };
}

// saving/keeper.js
var PAGE_STORES = { events: { keyPath: "event_id" }, settings: { keyPath: "name" } };
var DATABASE_PATIENCE = 1e4;
var FILE_PAUSE = 1e3;
var QUESTION_PATIENCE = 2e3;
var TINY = 300 * 1024 * 1024;
function patiently(promise, milliseconds) {
  return Promise.race([promise, new Promise((resolve) => {
    setTimeout(() => resolve(null), milliseconds);
  })]);
}
function newCopyId() {
  return newEventId().replace("e", "c");
}
async function willForget() {
  const { storage } = navigator;
  if (!storage || !storage.estimate) return false;
  const asked = (what) => patiently(Promise.resolve().then(what).catch((error) => error), QUESTION_PATIENCE);
  const persisted = storage.persisted ? await asked(() => storage.persisted()) : false;
  if (persisted === true) return false;
  const { quota } = await asked(() => storage.estimate()) ?? {};
  const isFirefox = "MozAppearance" in document.documentElement.style || CSS.supports("-moz-appearance", "none");
  const folder = isFirefox && storage.getDirectory ? await asked(() => storage.getDirectory()) : null;
  return quota < TINY || Boolean(folder && folder.name === "SecurityError");
}
function createKeeper(data, { onChange, onLost, onCleared }) {
  const name = `sekom-page-${data.study}-${data.coder}`;
  const events = /* @__PURE__ */ new Map();
  const clock = createClock(data.floor);
  let db = null;
  let copied = 0;
  let sent = 0;
  let file = null;
  let writing = null;
  let again = false;
  let timer = null;
  let connecting = null;
  let hadDatabase = false;
  let copy = newCopyId();
  let who = "";
  let era = "";
  let forgets = false;
  const text = () => progressText(data, [...events.values()], clock.next(), copy);
  const setting = (key) => db ? inStore(db, "settings", "readonly", (store2) => store2.get(key)).catch(() => null) : null;
  const remember = (key, value) => db ? inStore(db, "settings", "readwrite", (store2) => store2.put({ name: key, value })).catch(() => {
  }) : void 0;
  function know(fresh) {
    const before = events.size;
    for (const event of fresh) {
      if (!events.has(event.event_id)) events.set(event.event_id, event);
      clock.notBefore(event.at);
    }
    return events.size - before;
  }
  function connect() {
    connecting ??= connectOnce().finally(() => {
      connecting = null;
    });
    return connecting;
  }
  async function connectOnce() {
    const opened = await patiently(openStore(name, PAGE_STORES), DATABASE_PATIENCE);
    if (!opened) return null;
    hadDatabase = true;
    opened.onclose = () => lose(opened);
    opened.onversionchange = () => {
      opened.close();
      lose(opened);
    };
    return opened;
  }
  function lose(gone) {
    if (db !== gone) return;
    db = null;
    onChange();
    if (events.size) onLost([...events.values()]);
  }
  async function open() {
    db = await connect();
    try {
      era = await readSetting("era") ?? "";
      copy = await ownCopy();
      who = await readSetting("who") ?? "";
      await take();
    } catch {
      db = null;
    }
    const chosen = await setting("file");
    if (chosen && chosen.value.queryPermission) {
      const allowed = await chosen.value.queryPermission({ mode: "readwrite" }).catch(() => "denied");
      file = { handle: chosen.value, allowed: allowed === "granted", fault: "", written: "" };
    }
    if (db && window.showSaveFilePicker && navigator.storage && navigator.storage.persist) {
      navigator.storage.persist().catch(() => {
      });
    }
    willForget().then((answer) => {
      forgets = answer;
      if (forgets) onChange();
    });
  }
  async function readSetting(key) {
    const row = db ? await inStore(db, "settings", "readonly", (store2) => store2.get(key)) : null;
    return row ? row.value : void 0;
  }
  async function ownCopy() {
    if (!db) return copy;
    await rememberNew({ copy });
    return await readSetting("copy") ?? copy;
  }
  function rememberNew(known) {
    return inStore(
      /** @type {IDBDatabase} */
      db,
      "settings",
      "readwrite",
      (store2) => Object.entries(known).map(([key, value]) => {
        const asked = store2.get(key);
        asked.onsuccess = () => {
          if (!asked.result) store2.put({ name: key, value });
        };
        return asked;
      }).at(-1)
    );
  }
  async function take() {
    if (!db) return 0;
    const rows = await inStore(db, "events", "readonly", (opened) => opened.getAll());
    const exported = await setting("copied");
    copied = Math.max(copied, exported ? exported.value : 0);
    const told = await setting("sent");
    sent = Math.max(sent, told ? told.value : 0);
    if (await wasCleared()) return 0;
    const fresh = know(rows);
    if (rows.length < events.size) await putAll();
    return fresh;
  }
  async function wasCleared() {
    const now = await readSetting("era");
    const isSo = now !== void 0 && now !== era;
    if (isSo) onCleared();
    return isSo;
  }
  async function putAll() {
    if (await wasCleared()) return;
    await inStore(
      /** @type {IDBDatabase} */
      db,
      "events",
      "readwrite",
      (opened) => [...events.values()].map((event) => opened.put(event)).at(-1)
    );
    const known = { copy, who, era, copied, sent, file: file && file.handle };
    await rememberNew(Object.fromEntries(Object.entries(known).filter(([, value]) => value)));
    copy = await readSetting("copy") ?? copy;
  }
  const reload = () => take().catch(() => 0);
  async function save(given) {
    const fresh = (
      /** @type {KeptEvent[]} */
      given
    );
    for (const event of fresh) {
      event.at ??= clock.next();
      delete event.replaces;
      delete event.amends;
    }
    know(fresh);
    try {
      await store(fresh);
    } finally {
      onChange();
    }
  }
  async function store(fresh) {
    if (!db && (hadDatabase || !(file && file.allowed))) await reconnect();
    if (db) {
      await put(fresh);
      if (file) writeSoon();
    } else if (file) {
      await write();
      if (file.fault || !file.allowed) throw new Error(file.fault);
    } else throw new Error(data.page.no_storage);
  }
  async function reconnect() {
    db = await connect();
    if (db) await whileOpen(putAll);
  }
  function put(fresh) {
    return whileOpen(async () => {
      const n = await inStore(
        /** @type {IDBDatabase} */
        db,
        "events",
        "readwrite",
        (opened) => {
          for (const event of fresh) opened.put(event);
          return opened.count();
        }
      );
      if (n < events.size) await putAll();
    });
  }
  async function whileOpen(work) {
    try {
      await work();
    } catch (error) {
      if (error.name === "InvalidStateError") db = null;
      throw error;
    }
  }
  function writeSoon() {
    timer ??= setTimeout(() => {
      timer = null;
      write();
    }, FILE_PAUSE);
  }
  function write() {
    again = true;
    writing ??= (async () => {
      while (again && file && file.allowed) {
        again = false;
        await writeOnce();
      }
    })().finally(() => {
      writing = null;
    });
    return writing;
  }
  async function writeOnce() {
    try {
      await reload();
      const n = events.size;
      const stream = await /** @type {ChosenFile} */
      file.handle.createWritable();
      await stream.write(text());
      await stream.close();
      file = { .../** @type {ChosenFile} */
      file, fault: "", written: clock.next() };
      setCopied(n);
    } catch (error) {
      file = { .../** @type {ChosenFile} */
      file, fault: String(error.message || error) };
    }
    onChange();
  }
  async function chooseFile(suggestedName) {
    try {
      const accept = { "application/jsonl": [".jsonl"] };
      const handle = await /** @type {(options: object) => Promise<FileSystemFileHandle>} */
      window.showSaveFilePicker({ suggestedName, types: [{ description: data.page.title, accept }] });
      file = { handle, allowed: true, fault: "", written: "" };
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return false;
    }
    remember("file", file.handle);
    await write();
    return true;
  }
  async function allowFile() {
    const answer = await /** @type {ChosenFile} */
    file.handle.requestPermission({ mode: "readwrite" }).catch(() => "denied");
    if (answer === "granted") {
      file = { .../** @type {ChosenFile} */
      file, allowed: true };
      await write();
    }
    onChange();
  }
  function setCopied(n) {
    copied = n;
    remember("copied", n);
    onChange();
  }
  function saySent() {
    sent = Math.min(copied, events.size);
    remember("sent", sent);
    onChange();
  }
  function sayWho(answer) {
    who = answer;
    return remember("who", answer);
  }
  async function clear() {
    clearTimeout(timer ?? void 0);
    if (writing) await writing;
    era = newCopyId();
    if (db) {
      await inStore(db, "settings", "readwrite", (opened) => {
        opened.clear();
        return opened.put({ name: "era", value: era });
      });
      await inStore(db, "events", "readwrite", (opened) => opened.clear());
    }
    const outbox = await openStore(`sekom-${data.study}-${data.coder}`);
    for (const store2 of ["events", "drafts"]) {
      if (outbox) await inStore(outbox, store2, "readwrite", (opened) => opened.clear());
    }
    if (outbox) outbox.close();
    events.clear();
    file = null;
  }
  return {
    open,
    reload,
    save,
    text,
    know,
    write,
    chooseFile,
    allowFile,
    setCopied,
    saySent,
    sayWho,
    clear,
    get events() {
      return [...events.values()];
    },
    get hasDatabase() {
      return Boolean(db);
    },
    get who() {
      return who;
    },
    get forgets() {
      return forgets;
    },
    get file() {
      return file;
    },
    get copied() {
      return Math.min(copied, events.size);
    },
    get sent() {
      return Math.min(sent, copied, events.size);
    }
  };
}

// page/practice.js
var MOST3 = 3;
function practiceOf(variables) {
  for (const variable of variables) {
    const known = variable.kind === "scale" ? [] : variable.codes.filter((code) => code.example?.trim());
    const chosen = [known[known.length - 1], known[0], known[Math.floor(known.length / 2)]].slice(0, MOST3);
    const notes = [...new Set(chosen)].filter(Boolean).map((code) => ({ text: bare(code.example ?? ""), code }));
    if (notes.length > 1) return { variable, notes };
  }
  return null;
}
var bare = (text) => text.trim().replace(/^["”“»'](.*)["”“»']$/s, "$1").trim();
function digitOf3(code, number) {
  if (code.id === "none_fits") return "0";
  const place = (code.place ?? number) + 1;
  return place <= 9 ? String(place) : "";
}
function found2(codes, typed2) {
  const word = typed2.trim().toLocaleLowerCase();
  return word ? codes.filter(({ label }) => label.toLocaleLowerCase().split(/[\s,/-]+/).some((part, n, all) => all.slice(n).join(" ").startsWith(word))) : codes;
}

// page/opening.js
var LOCK3 = 400;
var STEPS = ["who", "how", "practice", "handin"];
var FEW2 = 6;
function showOpening({ box, data, say, message = "", only = "", readCodebook }) {
  return new Promise((resolve) => {
    const practice = practiceOf(data.variables);
    const steps = only ? ["practice"] : STEPS.filter((name) => name !== "practice" || practice);
    let at = 0;
    let isOther = false;
    let place = 0;
    let given = null;
    let typed2 = "";
    let since = 0;
    const live = make("div", "sp-live");
    live.setAttribute("role", "status");
    const asker = (otherwise) => data.about.asker ?? say(otherwise);
    function button(key, onClick, { cap = "", kind = "", values = {} } = {}) {
      const made = make("button", `sp-button${kind && ` sp-${kind}`}`, make("span", "", say(key, values)), ...cap ? [keycap(cap)] : []);
      made.type = "button";
      made.addEventListener("click", onClick);
      return made;
    }
    const main = (key, onClick, values = {}) => button(key, onClick, { cap: "Enter", kind: "main", values });
    const row = (...children) => make("div", "sp-buttons", ...children);
    const skip = () => button("begin_now", () => finish("code"), { kind: "quiet" });
    function heading(text, className = "") {
      const made = make("h2", className, text);
      made.id = "opening-title";
      made.tabIndex = -1;
      return made;
    }
    function who() {
      const slip = make("div", "sp-slip", make("p", "", say("who_for")), heading(data.who, "sp-name"), make("p", "", say("who_ask")));
      const facts = (
        /** @type {const} */
        [["study", "study"], ["asker", "asked_by"], ["purpose", "purpose"], ["size", "size_label"]].flatMap(([name, label]) => {
          const text = data.about[name];
          return text ? [make("dt", "", say(label)), make("dd", "", text)] : [];
        })
      );
      return [
        ...message ? [make("p", "sp-told", message)] : [],
        slip,
        make("dl", "sp-facts", ...facts),
        make("p", "sp-dim", say("who_private")),
        row(main("who_yes", next), button("who_no", no, { cap: "Esc" }))
      ];
    }
    function notYours() {
      return [
        heading(say("who_not_yours"), "sp-big"),
        make("p", "", say("who_other", { who: data.who, asker: asker("who_sender") })),
        make("p", "", say("who_nothing")),
        row(button("who_back", back, { cap: "←" }))
      ];
    }
    function how() {
      const rules = [["digits", ["1", "2", "3"]], ["letters", ["A", "S", "Ö"]], ["signs", [".", ",", "⌫"]]];
      const shown = rules.map(([name, caps2]) => make("div", "", make("span", "sp-caps", ...caps2.map(keycap)), make("strong", "", say(`rule_${name}`)), make("p", "", say(`rule_${name}_more`))));
      const on = practice && !only ? main("practise", next, { n: practice.notes.length }) : main("next", next);
      return [
        heading(say("how_title"), "sp-big"),
        make("p", "", say("how_1")),
        make("div", "sp-rules", ...shown),
        make("p", "sp-dim", say("how_click")),
        row(on, button("read_codebook", readCodebook), skip())
      ];
    }
    function practise() {
      const { variable, notes } = (
        /** @type {NonNullable<typeof practice>} */
        practice
      );
      const { text, code: right } = notes[place];
      const hits = found2(variable.codes, typed2);
      const isFew = variable.codes.length <= FEW2;
      const codes = variable.codes.map((code, number) => {
        const digit = digitOf3(code, number);
        const made = make(
          "button",
          "sp-code",
          ...digit ? [keycap(digit)] : [],
          make("span", "", make("strong", "", code.label), ...isFew && code.definition ? [make("small", "", code.definition)] : [])
        );
        made.type = "button";
        made.setAttribute("aria-pressed", String(given === code.id));
        made.classList.toggle("sp-faded", !hits.includes(code));
        made.addEventListener("click", () => answer(code.id));
        return made;
      });
      const group = make("div", "sp-codes", ...codes);
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", "opening-title");
      const told = make("div", given ? "sp-told sp-on" : "sp-told", ...given ? [
        make("strong", "", say(given === right.id ? "practice_same" : "practice_other", { code: right.label })),
        ...[right.definition, right.include].filter(Boolean).map((why) => make(
          "span",
          "",
          /** @type {string} */
          why
        ))
      ] : [make("span", "sp-dim", typed2 ? say("practice_typed", { text: typed2 }) : say("practice_wait"))]);
      const isLast = place + 1 >= notes.length;
      const on = button(!isLast ? "practice_next" : only ? "practice_done" : "next", nextNote, { cap: "Enter", kind: given ? "main" : "" });
      on.disabled = !given;
      const slip = make("div", "sp-slip", make("p", "sp-text", text));
      slip.id = "opening-note";
      const question = heading(variable.question);
      question.setAttribute("aria-describedby", slip.id);
      return [
        make("p", "sp-dim sp-small", say("practice_place", { n: place + 1, all: notes.length })),
        slip,
        question,
        group,
        told,
        row(on, button("read_codebook", readCodebook), button("practice_skip", skipPractice, { kind: "quiet" }))
      ];
    }
    function handIn() {
      const values = { file: data.file, asker: asker("giver") };
      const list = [1, 2, 3].map((n) => make("li", "", make("strong", "", say(`handin_${n}`, values)), make("p", "", say(`handin_${n}_more`, values))));
      return [
        heading(say("handin_title"), "sp-big"),
        make("p", "", say("handin_lead")),
        make("ol", "sp-how", ...list),
        make("p", "sp-dim", say("handin_where")),
        row(main("begin", () => finish("code")), button("begun_elsewhere", () => finish("open")))
      ];
    }
    const SHOWN = { who, how, practice: practise, handin: handIn };
    function next() {
      if (at + 1 >= steps.length) return finish("code");
      at += 1;
      return show();
    }
    function back() {
      if (isOther) isOther = false;
      else if (steps[at] === "practice" && place) place -= 1;
      else at = Math.max(0, at - 1);
      given = null;
      show();
    }
    function no() {
      isOther = true;
      show();
    }
    function answer(code) {
      given = code;
      typed2 = "";
      draw();
      for (const name of [".sp-code[aria-pressed=true]", ".sp-main"]) box.querySelector(name)?.scrollIntoView({ block: "nearest" });
      focusOn();
    }
    function nextNote() {
      if (!given) return void 0;
      given = null;
      typed2 = "";
      const { notes } = (
        /** @type {NonNullable<typeof practice>} */
        practice
      );
      if (place + 1 >= notes.length) return next();
      place += 1;
      return show();
    }
    function skipPractice() {
      given = null;
      typed2 = "";
      next();
    }
    function finish(what) {
      box.removeEventListener("keydown", onKey);
      box.hidden = true;
      box.replaceChildren();
      resolve(what);
    }
    function onKey(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const onButton = (
        /** @type {Element} */
        event.target.closest("button")
      );
      const name = isOther ? "other" : steps[at];
      const isEarly = window.performance.now() - since < LOCK3;
      if (event.key === "Enter" && !onButton) {
        if (!isEarly) enter(name);
      } else if (event.key === "Escape" && (name === "who" || typed2 || only)) {
        if (typed2) type("");
        else if (only) finish("code");
        else no();
      } else if (event.key === "ArrowLeft" && (at || place || isOther)) back();
      else if (name !== "practice" || !practiceKey(event)) return;
      event.preventDefault();
    }
    function enter(name) {
      if (name === "practice" && typed2 && !given) {
        const [hit] = found2(
          /** @type {NonNullable<typeof practice>} */
          practice.variable.codes,
          typed2
        );
        if (hit) answer(hit.id);
      } else if (name !== "other") box.querySelector(".sp-main")?.click();
    }
    function practiceKey({ key }) {
      const { codes } = (
        /** @type {NonNullable<typeof practice>} */
        practice.variable
      );
      const hit = codes.find((code, number) => digitOf3(code, number) === key);
      if (hit) answer(hit.id);
      else if (key === "Backspace" && typed2) type(typed2.slice(0, -1));
      else if (/^\p{L}$/u.test(key) || typed2 && key === " ") type(typed2 + key);
      else return false;
      return true;
    }
    function type(text) {
      typed2 = text;
      given = null;
      draw();
      focusOn();
    }
    function show() {
      typed2 = "";
      draw();
      box.querySelector(".sp-step")?.classList.add("sp-new");
      since = window.performance.now();
      box.querySelector("#opening-title")?.focus({ preventScroll: true });
    }
    function focusOn() {
      live.textContent = /** @type {HTMLElement | null} */
      box.querySelector(".sp-told")?.innerText ?? "";
      box.focus({ preventScroll: true });
    }
    function draw() {
      const name = isOther ? "other" : steps[at];
      const dots = only ? [] : [make("ol", "sp-dots", ...steps.map((one, n) => {
        const dot2 = make("li", n < at ? "sp-past" : "", say(`step_${one}`));
        if (n === at) dot2.setAttribute("aria-current", "step");
        return dot2;
      }))];
      dots[0]?.setAttribute("aria-label", say("steps"));
      const meter = make("div", "sp-meter");
      meter.style.setProperty("--share", String(at / STEPS.length));
      const bar = make("div", "sp-bar", meter, make("span", "sp-study", data.about.study ?? ""), ...dots, make("span", "sp-safe", say("nothing_sent")));
      const isFirst = !at && !place && !isOther;
      const tray = make("div", "sp-tray", make("span", "", say("a_file")), ...isFirst || isOther ? [] : [button("previous", back, { cap: "←", kind: "quiet" })]);
      const step = make("div", "sp-step", ...isOther ? notYours() : SHOWN[name]());
      step.dataset.step = name;
      box.replaceChildren(bar, make("div", "sp-desk", step), tray, live);
    }
    box.hidden = false;
    box.tabIndex = -1;
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", "opening-title");
    box.addEventListener("keydown", onKey);
    show();
  });
}

// page/panel.js
var MANY_WITHOUT_COPY = 100;
var QUESTIONS = ["confirm", "landed", "unsaved", "unsavedClear"];
function download(name, text) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 6e4);
}
function createPanel({ shelf, data, say, keeper, message: first, card, hear, confirmSaved, reset, focusCard }) {
  const parts = {};
  const part = (name, tag, className, ...children) => parts[name] = make(tag, className, ...children);
  const canChoose = Boolean(window.showSaveFilePicker);
  let finished = false;
  let message = first;
  function button(name, label, onClick) {
    const made = part(name, "button", "sp-button", label);
    made.type = "button";
    made.addEventListener("mousedown", (event) => event.preventDefault());
    made.addEventListener("click", async (event) => {
      await onClick(event);
      if (event.detail > 0 && QUESTIONS.every((question) => parts[question].hidden)) focusCard();
    });
    return made;
  }
  const begun = () => card() ? card().list.begun() : [];
  function build() {
    const title = part("title", "h2", "", say("title"));
    title.tabIndex = -1;
    title.id = "shelf-title";
    shelf.setAttribute("aria-labelledby", title.id);
    const opener = part("input", "input", "");
    opener.type = "file";
    opener.accept = ".jsonl,.txt,.json";
    opener.hidden = true;
    opener.addEventListener("change", openFile);
    const message2 = part("message", "p", "sp-message");
    message2.setAttribute("role", "status");
    shelf.append(
      title,
      buildSending(),
      part("where", "p", "sp-where"),
      part("copy", "p", "sp-copy"),
      part("fileLine", "p", "sp-file"),
      make(
        "div",
        "sp-buttons",
        button("download", say("download"), askToDownload),
        ...canChoose ? [button("choose", "", chooseFile)] : [],
        button("open", say("open"), () => opener.click()),
        button("clear", say("clear"), askToClear),
        opener
      ),
      buildQuestion("unsaved", "", ["save_download", saveAndDownload], ["only_download", downloadFile], ["no_download", () => close("download")]),
      buildQuestion("unsavedClear", say("clear_unsaved"), ["save_first", saveFirst], ["keep_all", keepAll], ["clear_anyway", clear]),
      buildQuestion("confirm", "", ["yes_clear", clearIfAllIsSaved], ["no_clear", keepAll]),
      buildQuestion("landed", say("landed"), ["yes_landed", landed], ["no_landed", downloadFile]),
      message2
    );
  }
  function buildSending() {
    const steps = ["send_1", "send_2", "send_3"].map((key) => part(key, "li", ""));
    return part("sending", "div", "sp-sending", make("p", "sp-lead", say("send_title")), make("ol", "", ...steps));
  }
  function buildQuestion(name, text, ...answers) {
    const box = part(
      name,
      "div",
      "sp-question",
      part(`${name}Text`, "p", "", text),
      part(`${name}List`, "div", ""),
      make("div", "sp-buttons", ...answers.map(([key, onClick]) => button(key, say(key), onClick)))
    );
    box.hidden = true;
    box.setAttribute("role", "group");
    return box;
  }
  function paint() {
    const n = keeper.events.length;
    const open = n - keeper.copied;
    const { file } = keeper;
    const isWriting = Boolean(file && file.allowed && !file.fault);
    const name = file && isWriting ? file.handle.name : data.file;
    parts.where.textContent = whereText(n, isWriting);
    parts.where.classList.toggle("sp-warning", (!keeper.hasDatabase || keeper.forgets) && !isWriting);
    parts.copy.hidden = !n || isWriting && open < MANY_WITHOUT_COPY;
    parts.copy.textContent = !open ? say("copied_all") : say(open >= MANY_WITHOUT_COPY || finished ? "copy_due" : "copy_some", { n: open });
    parts.copy.classList.toggle("sp-due", open >= MANY_WITHOUT_COPY || keeper.forgets && open > 0);
    paintFile(file);
    parts.clear.hidden = !n || open > 0;
    allowDownload();
    parts.download.classList.toggle("sp-next", (finished || keeper.forgets) && open > 0);
    parts.sending.hidden = !finished;
    parts.send_1.textContent = say(isWriting ? "send_1_file" : "send_1", { file: name });
    parts.send_2.textContent = say("send_2", { file: name });
    parts.send_3.textContent = say("send_3");
    parts.message.textContent = message;
  }
  function allowDownload() {
    parts.download.disabled = !keeper.events.length && !begun().length;
  }
  function whereText(n, isWriting) {
    if (!keeper.hasDatabase) return say(isWriting ? "where_file_only" : canChoose ? "no_storage" : "no_storage_download");
    if (!keeper.forgets) return say(n ? "where" : "where_empty");
    return isWriting ? say("forgets") : `${say("forgets")} ${say(canChoose ? "forgets_choose" : "forgets_download")}`;
  }
  function paintFile(file) {
    parts.fileLine.hidden = !file;
    if (file) {
      const state = file.fault ? "file_fault" : file.allowed ? file.written ? "file_written" : "file_waiting" : "file_paused";
      parts.fileLine.textContent = say(state, { file: file.handle.name, time: hourOf(file.written) });
      parts.fileLine.classList.toggle("sp-due", Boolean(file.fault) || !file.allowed);
    }
    if (!canChoose) return;
    const first2 = keeper.hasDatabase && !keeper.forgets ? "choose" : "choose_file";
    parts.choose.textContent = file && !file.allowed ? say("allow", { file: file.handle.name }) : say(file ? "choose_other" : first2);
  }
  function hourOf(text) {
    return text ? (/* @__PURE__ */ new Date(`${text.slice(0, 23)}Z`)).toLocaleTimeString(data.lang, { hour: "2-digit", minute: "2-digit" }) : "";
  }
  function follow(list) {
    const counts = list.isFinished() && list.list.kind === "open" ? list.count() : null;
    const now = counts !== null && !counts.open && !counts.begun;
    allowDownload();
    for (const name of ["unsaved", "unsavedClear"]) if (!parts[name].hidden) paintBegun(name);
    if (now === finished) return;
    finished = now;
    paint();
  }
  function paintBegun(name) {
    const all = begun();
    if (!all.length) parts[name].hidden = true;
    const named = all.slice(0, MOST_NAMED).map((one) => make("li", "", begunLabel(one, card().list, (key) => data.texts[key])));
    if (all.length > MOST_NAMED) named.push(make("li", "", fill(data.texts.begun_more, { n: all.length - MOST_NAMED })));
    const skips = all.length && savesSkip(card().list, all) ? [make("p", "", data.texts.save_begun_skips)] : [];
    parts[`${name}List`].replaceChildren(make("ul", "", ...named), ...skips);
    const n = new Set(all.map(({ note }) => note)).size;
    if (name === "unsaved") parts.unsavedText.textContent = say(n === 1 ? "unsaved_one" : "unsaved", { n });
  }
  function ask(name, answer, event) {
    for (const question of QUESTIONS) parts[question].hidden = question !== name;
    if (name === "unsaved" || name === "unsavedClear") paintBegun(name);
    if (!event || event.detail === 0) parts[answer].focus();
    parts[name].scrollIntoView({ block: "nearest" });
  }
  function close(name) {
    const had = QUESTIONS.some((question) => parts[question].contains(document.activeElement));
    for (const question of QUESTIONS) parts[question].hidden = true;
    if (had) parts[parts[name].hidden || parts[name].disabled ? "download" : name].focus();
  }
  function keepAll() {
    close("clear");
    focusCard();
  }
  function tell(text) {
    message = text;
    paint();
  }
  async function askToDownload(event) {
    await card().hearDrafts();
    if (begun().length) ask("unsaved", "save_download", event);
    else await downloadFile();
  }
  async function saveAndDownload() {
    card().act("saveBegun");
    await downloadFile();
  }
  async function downloadFile() {
    close("download");
    await keeper.reload();
    download(data.file, keeper.text());
    parts.landed.hidden = keeper.hasDatabase;
    if (keeper.hasDatabase) keeper.setCopied(keeper.events.length);
    const n = begun().length;
    tell(say(n ? "unsaved_kept" : "downloaded", { file: data.file, n }));
  }
  function landed() {
    parts.landed.hidden = true;
    keeper.setCopied(keeper.events.length);
    confirmSaved();
    tell("");
  }
  async function chooseFile() {
    const { file } = keeper;
    if (file && !file.allowed) await keeper.allowFile();
    else {
      try {
        if (await keeper.chooseFile(data.file) && !keeper.file?.fault && !keeper.hasDatabase) confirmSaved();
      } catch (error) {
        return tell(say("no_choice", { why: error.message }));
      }
    }
    return tell("");
  }
  async function openFile() {
    const [chosen] = parts.input.files;
    parts.input.value = "";
    if (!chosen) return;
    const { fault, events, damaged, coder } = readProgress(await chosen.text(), data);
    if (fault) {
      tell(say(`open_${fault}`, { file: chosen.name, coder, own: data.coder }));
      return;
    }
    const known = keeper.copied;
    const n = keeper.know(events);
    try {
      await keeper.save(events);
      keeper.setCopied(known + n);
    } catch {
    }
    hear();
    focusCard();
    tell(say(damaged ? "opened_damaged" : "opened", { n, damaged, file: chosen.name }));
  }
  async function askToClear(event) {
    await card().hearDrafts();
    if (begun().length) return ask("unsavedClear", "keep_all", event);
    parts.confirmText.textContent = say("clear_sure", { n: keeper.events.length });
    return ask("confirm", "no_clear");
  }
  function saveFirst() {
    card().act("saveBegun");
    close("download");
    const n = begun().length;
    tell(n ? fill(data.texts.begun, { n }) : say("saved_first"));
  }
  async function clearIfAllIsSaved(event) {
    await card().hearDrafts();
    if (begun().length) ask("unsavedClear", "keep_all", event);
    else await clear();
  }
  async function clear() {
    await keeper.clear();
    reset();
  }
  function show() {
    parts.title.focus({ preventScroll: true });
    shelf.scrollIntoView({ block: "start" });
  }
  build();
  return {
    paint,
    follow,
    show,
    /** Asks what was begun, then gives the file. */
    download: async () => {
      if (begun().length) show();
      await askToDownload();
      if (!parts.landed.hidden) show();
    },
    /** For somebody who has begun elsewhere. */
    open: () => {
      show();
      parts.input.click();
    }
  };
}

// page/page.js
async function startPage(host, shelf, data) {
  const say = (key, values) => fill(data.page[key] ?? key, values);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`sekom-${data.study}-${data.coder}`) : null;
  const unsaved = /* @__PURE__ */ new Set();
  const message = window.location.hash === "#cleared" ? say("cleared") : "";
  if (message) window.location.hash = "";
  let card = (
    /** @type {any} */
    null
  );
  const listeners = [];
  const keeper = createKeeper(data, { onChange: tellAll, onLost: keepAgain, onCleared: beginUnlessUnsaved });
  const panel = createPanel({ shelf, data, say, keeper, message, card: () => card, hear, confirmSaved, reset, focusCard });
  const box = (
    /** @type {HTMLElement} */
    document.getElementById("who")
  );
  const ofCard = (key, values = {}) => fill(data.texts[key] ?? key, values);
  const codebook = createCodebook({ host: (
    /** @type {HTMLElement} */
    host.parentElement
  ), data, say: ofCard });
  const readCodebook = codebook.open;
  await keeper.open();
  let next = "code";
  if (!keeper.who) {
    next = await opening();
    keeper.sayWho("yes");
    await keeper.reload();
  }
  const given = { ...data, answers: standing(data, keeper.events), handIn: handIn() };
  const onDraft = () => {
    if (channel) channel.postMessage("drafts");
  };
  const reference = createReference({ host, data, say: ofCard });
  const onPaint = (list) => {
    panel.follow(list);
    if (data.training) reference.follow(list);
  };
  card = createCodingCard(host, given, receive, { onPaint, onDraft, onHandIn: panel.show, keepsEvents: false });
  function tellAll() {
    panel.paint();
    listeners.forEach((told) => told());
  }
  function handIn() {
    return {
      state: () => ({ n: keeper.events.length, copied: keeper.copied, sent: keeper.sent, name: keeper.file?.handle.name ?? data.file, forgets: keeper.forgets, keeps: keeper.hasDatabase }),
      download: panel.download,
      sent: keeper.saySent,
      listen: (told) => {
        listeners.push(told);
      },
      readCodebook,
      ...practiceOf(data.variables) && { practise: () => opening("practice").then(focusCard) }
    };
  }
  async function opening(only = "") {
    for (const part of [host, shelf]) part.hidden = true;
    const chosen = await showOpening({ box, data, say, message, only, readCodebook });
    for (const part of [host, shelf]) part.hidden = false;
    return chosen;
  }
  async function receive(message2) {
    if (message2.kind !== "events") return hear();
    const ids = message2.events.map((event) => event.event_id);
    ids.forEach((id) => unsaved.add(id));
    try {
      await keeper.save(message2.events);
    } catch (error) {
      return card.receive({ kind: "not_saved", ids, why: String(error.message || error) });
    }
    confirmSaved(ids);
    if (channel) channel.postMessage("saved");
    return void 0;
  }
  function confirmSaved(ids = [...unsaved]) {
    ids.forEach((id) => unsaved.delete(id));
    card.receive({ kind: "saved", ids });
  }
  function hear() {
    card.receive({ kind: "answers", answers: standing(data, keeper.events) });
  }
  function keepAgain(events) {
    if (card) card.again(events);
    else keeper.save(events).catch(() => {
    });
  }
  function focusCard() {
    if (!host.contains(document.activeElement)) host.firstChild.focus({ preventScroll: true });
  }
  async function catchUp() {
    const n = await keeper.reload();
    if (!card) return;
    if (n) hear();
    await card.hearDrafts();
    panel.paint();
  }
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
    return unsaved.size || keeper.forgets && keeper.copied < keeper.events.length || !keeper.hasDatabase && card.list.begun().length;
  }
  if (channel) {
    channel.onmessage = ({ data: what }) => {
      if (what === "cleared") beginUnlessUnsaved();
      else if (what === "drafts") card.hearDrafts();
      else catchUp();
    };
  }
  document.addEventListener("visibilitychange", () => document.hidden ? keeper.write() : catchUp());
  window.addEventListener("focus", catchUp);
  window.addEventListener("beforeunload", (event) => {
    if (isAtRisk()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!/** @type {Element} */
    event.target.closest("button, input, textarea, label, a, summary, .sk-card")) focusCard();
  });
  await card.start();
  tellAll();
  if (next === "open") panel.open();
}

// main.js
var CARDS = {
  coding: createCodingCard,
  adjudication: createAdjudicationCard,
  talk: createTalkCard,
  comparing: createComparingCard,
  codebook: createCodebookEditor
};
function optionsOf(el, data) {
  if (!data.training) return {};
  const { follow } = createReference({ host: el, data, say: (key, values) => fill(data.texts[key] ?? key, values) });
  return { onPaint: follow };
}
function render({ model, el }) {
  const data = model.get("data");
  const card = CARDS[data.card](el, data, (message) => model.send(message), optionsOf(el, data));
  const listen = (message) => card.receive(message);
  model.on("msg:custom", listen);
  card.start();
  return () => {
    model.off("msg:custom", listen);
    card.stop();
  };
}
if (document.querySelector("main.sp-page")) {
  const [host, shelf, data] = ["card", "shelf", "data"].map((id) => (
    /** @type {HTMLElement} */
    document.getElementById(id)
  ));
  startPage(host, shelf, JSON.parse(data.textContent ?? ""));
}
var main_default = { render };
export {
  main_default as default
};
