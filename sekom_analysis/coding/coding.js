// The coding card: what its keys and buttons do.

function codingActions({ list, view, save, keepDraft }) {
  return {
    code(code) {
      if (list.isFinished()) return;
      if (list.current().variable.kind === "multiple") list.toggle(code);
      else save(list.decide([code]));
    },
    confirm() {
      if (list.isFinished()) return;
      const { variable, answer, draft } = list.current();
      if (variable.kind !== "multiple") return;
      save(list.decide(draft.codes ?? (answer ? answer.codes : [])));
    },
    skip: () => { if (!list.isFinished()) save(list.skip()); },
    flag: () => { if (!list.isFinished()) save(list.flag()); },
    certainty(value) {
      if (list.isFinished()) return;
      const { answer, draft } = list.current();
      const now = draft.certainty ?? (answer ? answer.certainty : "");
      save(list.amend("certainty", now === value ? "" : value));
    },
    typing(text) {
      const { note, variable, answer, draft } = list.current();
      list.drafts.set(list.cellOf(note, variable.id), { ...draft, typing: text, to: answer && answer.id });
    },
    saveMemo: (text) => save(list.amend("memo", text)),
    saveBegun() {
      const cells = list.begun();
      save(list.saveBegun());
      for (const { note, variable } of cells) keepDraft(note, list.variables.get(variable));
    },
    memo: () => view.openMemo(),
    toStep: (variable) => list.goTo(list.current().note, variable),
  };
}

function createCard(...given) {
  const name = (data) => `sekom-${data.study}-${data.coder}`;
  return createAnyCard({ name, commands: COMMANDS, createView, actionsOf: codingActions }, ...given);
}
