// The adjudication card: what its keys and buttons do. A choice waits for its reason; only then is it saved.
// A settled note is a decided one in the list, one left open a skipped one, and the reason is the memo.

const ADJUDICATION_COMMANDS = { ...COMMANDS, s: "leaveOpen", t: "names", m: "reason", "Ctrl+Enter": "settle" };

function choiceOf(answer, draft) {
  const { event, codes } = draft.event ? draft : answer ?? {};
  return { event, codes: codes ?? [] };
}

// Whether there is a choice to be settled; a code may be gone from the codebook since.
function isChoice({ event, codes }, variable) {
  return Boolean(event) && choosable(codes, variable).length === codes.length;
}

// A reason belongs to its choice: another choice asks for another one.
function reasonOf(answer, draft) {
  if (draft.memo !== undefined) return draft.memo;
  if (!answer) return "";
  const choice = choiceOf(answer, draft);
  const same = choice.event === answer.event && choice.codes.join("|") === answer.codes.join("|");
  return same ? answer.memo : "";
}

function adjudicationActions({ list, view, save, keepDraft, refuseNumber }, present) {
  const beside = () => ({ present: [...present] });

  function toggled(code) {
    const { variable, answer, draft } = list.current();
    if (variable.kind !== "multiple") return [code];
    if (code === NONE_FITS) return [];
    const chosen = new Set(choiceOf(answer, draft).codes);
    if (!chosen.delete(code)) chosen.add(code);
    return variable.codes.map(({ id }) => id).filter((id) => chosen.has(id));
  }

  function choose(event, codes) {
    list.draftMore({ event, codes, number: undefined });
    view.focusReason();
  }

  // A number in its field is the choice, since that is what stands there; false if the scale lacks it.
  function takeNumber() {
    const { variable, draft } = list.current();
    if (draft.number === undefined) return true;
    const number = numberIn(draft.number, variable);
    if (number) list.draftMore({ event: "decide", codes: [number], number: undefined });
    else refuseNumber(draft.number.trim());
    return Boolean(number);
  }

  // Saves the choice with its reason and goes on; says what is missing otherwise.
  function settle() {
    if (!takeNumber()) return;
    const { note, variable, answer, draft } = list.current();
    const choice = choiceOf(answer, draft);
    const memo = reasonOf(answer, draft).trim();
    if (!isChoice(choice, variable)) view.refuse("refuse_no_choice");
    else if (!memo) view.refuse("refuse_no_reason");
    else if (lengthOf(memo) > LONGEST_MEMO) view.refuse("too_long");
    else {
      save(list.give({ ...choice, certainty: "", memo }).map((event) => ({ ...event, seen: note.seen, ...beside() })));
      view.focus();
    }
  }

  const unlessFinished = (work) => (value) => { if (!list.isFinished()) work(value); };
  return {
    code: unlessFinished((code) => {
      const { variable } = list.current();
      if (variable.kind === "multiple") list.draftMore({ event: "decide", codes: toggled(code) });
      else choose("decide", [code]);
      view.light(code);
    }),
    pick: unlessFinished((code) => list.draftMore({ event: "decide", codes: [code], number: undefined })),
    leaveOpen: unlessFinished(() => choose("skip", [])),
    reason: unlessFinished(() => view.focusReason()),
    typed: unlessFinished((text) => list.draftMore({ memo: text })),
    settle: unlessFinished(settle),
    confirm: unlessFinished(() => {
      if (!takeNumber()) return;
      const { answer, draft } = list.current();
      if (choiceOf(answer, draft).event && !reasonOf(answer, draft).trim()) view.focusReason();
      else settle();
    }),
    names: unlessFinished(() => view.toggleNames()),
    present(coder) {
      if (!present.delete(coder)) present.add(coder);
    },
    // What is taken back stays in the card, unsaved: usually one word of it is to be another.
    undo() {
      const taken = list.latest;
      save(list.undo().map((event) => ({ ...event, seen: taken.note.seen, ...beside() })));
      if (!taken || !isOpen(taken.from)) return;
      const { event, codes, memo } = taken.to;
      const cell = list.cellOf(taken.note, taken.variable);
      const newer = list.drafts.get(cell) ?? {}; // written over the answer since: it stays
      const isOther = newer.event && (newer.event !== event || newer.codes.join("|") !== codes.join("|"));
      if (!isOther) list.drafts.set(cell, { event, codes, memo, ...newer });
      keepDraft(taken.note, list.variables.get(taken.variable));
    },
    redo() {
      const { note } = list.next ?? {};
      save(list.redo().map((event) => ({ ...event, seen: note.seen, ...beside() })));
    },
  };
}

function createCard(host, data, post, { onPaint = () => {}, ...options } = {}) {
  const present = new Set(data.present); // who sits beside: they see what the adjudicator sees
  let told = "";

  // Which note is shown, and to whom, is kept: what they answer to it later is not independent.
  function tellShowing(list) {
    onPaint(list);
    if (list.isFinished()) return;
    const showing = { kind: "showing", note: list.current().note.key, present: [...present] };
    if (JSON.stringify(showing) === told) return;
    told = JSON.stringify(showing);
    post(showing);
  }

  const kind = {
    name: ({ study, coder }) => `sekom-adjudication-${study}-${coder}`,
    commands: ADJUDICATION_COMMANDS,
    createView: (...given) => createView(...given, present),
    actionsOf: (given) => adjudicationActions(given, present),
  };
  return withOthers(createAnyCard(kind, host, data, post, { ...options, onPaint: tellShowing }));
}
