// The coding card: shows a note, takes keys, shows the next note at once, and hands every decision to an outbox.
// It knows neither Jupyter nor a server: `post` takes its messages, `receive` is given the answers.

function createCard(host, data, post, { onPaint = () => {}, keepsEvents = true } = {}) {
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const list = createWorklist(data);
  const view = createView(host, data, say, list, act);
  const outbox = createOutbox({
    name: `sekom-${data.study}-${data.coder}`,
    post,
    keepsEvents,
    onState: (state) => view.showState(state),
    onAnswers: (answers) => { if (list.learn(answers, outbox.cells())) view.paint(); },
  });
  let keys = new Map();

  function save(events) {
    outbox.put(events);
  }

  // Every action first ends what is open on top of the card, so that nothing typed is lost.
  const actions = {
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
    undo: () => save(list.undo()),
    redo: () => save(list.redo()),
    certainty(value) {
      if (list.isFinished()) return;
      const { answer, draft } = list.current();
      const now = draft.certainty ?? (answer ? answer.certainty : "");
      save(list.amend("certainty", now === value ? "" : value));
    },
    saveMemo: (text) => save(list.amend("memo", text)),
    back: () => list.step(-1),
    forward: () => list.step(1),
    noteBack: () => list.leap(-1),
    noteForward: () => list.leap(1),
    toFirstOpen: () => list.toFirstOpen(),
    toStep: (variable) => list.goTo(list.current().note, variable),
    review: (kind) => list.review(kind),
    memo: () => view.openMemo(),
    search: () => view.openSearch(),
    panel: () => view.togglePanel(),
    gloss: () => view.toggleGloss(),
    scroll: () => view.scrollNote(),
    nothing: () => {},
    answerAgain(event) {
      list.forget(event);
      outbox.discard(event.event_id);
    },
  };
  const OVERLAYS = new Set(["memo", "search", "scroll", "saveMemo"]);

  function act(name, value) {
    const memo = OVERLAYS.has(name) ? null : view.closeOverlays();
    if (memo !== null) act("saveMemo", memo);
    const before = list.isFinished() ? null : list.current();
    actions[name](value);
    if (before) keepDraft(before.note, before.variable);
    view.paint();
    keys = list.isFinished() ? new Map() : keysOf(list.current().variable);
    onPaint(list);
  }

  function keepDraft(note, variable) {
    const cell = list.cellOf(note, variable.id);
    outbox.keepDraft(cell, list.drafts.get(cell));
  }

  function onKey(event) {
    if (event.target.matches("input, textarea")) return event.stopPropagation(); // a digit in a memo codes nothing
    const onButton = event.target.matches("button, summary") && (event.key === "Enter" || event.key === " ");
    const action = onButton ? null : actionOf(event, keys);
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (!modified || action) event.stopPropagation(); // a notebook cuts cells at "x" and deletes them at "d d"
    if (!action) return undefined;
    event.preventDefault();
    if (!event.repeat) act(action.name, action.value); // a held key must not code note after note
    return undefined;
  }

  async function start() {
    view.root.addEventListener("keydown", onKey);
    const { answers, events, drafts } = await outbox.start();
    list.learn(answers || data.answers, new Set());
    events.forEach(list.recall);
    for (const { cell, draft } of drafts) list.drafts.set(cell, draft);
    list.toFirstOpen();
    keys = list.isFinished() ? new Map() : keysOf(list.current().variable);
    outbox.show(); // how many are saved is known only now
    view.open();
    onPaint(list);
  }

  return { start, receive: outbox.receive, stop() { outbox.stop(); view.stop(); } };
}
