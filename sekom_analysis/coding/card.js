// A card: shows a note, takes keys, shows the next note at once, and hands every decision to an outbox.
// It knows neither Jupyter nor a server: `post` takes its messages, `receive` is given the answers.
// `kind` says which card it is: `name` of its store, `commands` of its keys, `createView`, and `actionsOf`.

function createAnyCard(kind, host, data, post, { onPaint = () => {}, keepsEvents = true } = {}) {
  const say = (key, values) => fill(data.texts[key] ?? key, values);
  const list = createWorklist(data);
  const view = kind.createView(host, data, say, list, act);
  const outbox = createOutbox({
    name: kind.name(data),
    post,
    keepsEvents,
    onState: (state) => view.showState(state),
    onAnswers: (answers) => { if (list.learn(answers, outbox.cells())) view.paint(); },
  });
  let keys = new Map();

  function save(events) {
    outbox.put(events);
  }

  const actions = {
    undo: () => save(list.undo()),
    redo: () => save(list.redo()),
    back: () => list.step(-1),
    forward: () => list.step(1),
    noteBack: () => list.leap(-1),
    noteForward: () => list.leap(1),
    toFirstOpen: () => list.toFirstOpen(),
    review: (sort) => list.review(sort),
    search: () => view.openSearch(),
    panel: () => view.togglePanel(),
    gloss: () => view.toggleGloss(),
    scroll: () => view.scrollNote(),
    answerAgain(event) {
      list.forget(event);
      outbox.discard(event.event_id);
    },
    ...kind.actionsOf({ list, view, save, keepDraft }),
  };
  const OVERLAYS = new Set(["memo", "search", "scroll", "saveMemo", "typing"]);

  // Every action first ends what is open on top of the card, so that nothing typed is lost.
  function act(name, value) {
    if (!actions[name]) return; // a key that means something on another card
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

  // A memo that was being typed when an earlier page went away becomes what closing it would have made of it.
  // One that was typed to an answer since replaced is old: its draft was only not removed in time.
  function finishTyping({ cell, draft: { typing, to, ...draft } }) {
    const [key, name] = cell.split(" ");
    const note = list.notes.find((one) => one.key === key);
    if (!note || !note.variables.includes(name)) return;
    const { id } = list.answerTo(note, name) ?? {};
    if (id === to) {
      list.drafts.set(cell, draft);
      list.goTo(note, name);
      save(list.amend("memo", typing.trim()));
    } else list.drafts.delete(cell);
    keepDraft(note, list.variables.get(name));
  }

  async function start() {
    listenForKeys(view.root, act, () => keys, kind.commands);
    const { answers, events, drafts } = await outbox.start();
    list.learn(answers || data.answers, new Set());
    events.forEach(list.recall);
    for (const { cell, draft } of drafts) list.drafts.set(cell, draft);
    drafts.filter(({ draft }) => draft.typing !== undefined).forEach(finishTyping);
    list.toFirstOpen();
    keys = list.isFinished() ? new Map() : keysOf(list.current().variable);
    outbox.show(); // how many are saved is known only now
    view.open();
    onPaint(list);
  }

  return { start, list, repaint: () => view.paint(), receive: outbox.receive, stop() { outbox.stop(); view.stop(); } };
}
