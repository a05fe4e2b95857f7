// The card as a page of its own: no server, nobody to ask. The browser keeps the answers; a file carries them back.

function download(name, text) {
  const link = make("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function startPage(host, shelf, data) {
  const say = (key, values) => fill(data.page[key] ?? key, values);
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`sekom-${data.study}-${data.coder}`) : null;
  const unsaved = new Set();
  let card = null;
  const keeper = createKeeper(data, () => panel.paint());
  const panel = createPanel({ shelf, data, say, keeper, hear, confirmSaved, reset, focusCard });
  await keeper.open();

  const given = { ...data, answers: standing(data, keeper.events) };
  const shown = (list) => panel.showFinished(list.isFinished() && list.list.kind === "open");
  card = createCard(host, given, receive, { onPaint: shown, keepsEvents: false });

  async function receive(message) {
    if (message.kind === "hello") return hear();
    const ids = message.events.map((event) => event.event_id);
    ids.forEach((id) => unsaved.add(id));
    try {
      await keeper.save(message.events);
    } catch (error) {
      return card.receive({ kind: "not_saved", ids, why: String(error.message || error) });
    }
    confirmSaved(ids);
    if (channel) channel.postMessage("saved");
    return undefined;
  }

  function confirmSaved(ids = [...unsaved]) {
    ids.forEach((id) => unsaved.delete(id));
    card.receive({ kind: "saved", ids });
  }

  function hear() {
    card.receive({ kind: "answers", answers: standing(data, keeper.events) });
  }

  function focusCard() {
    host.firstChild.focus({ preventScroll: true });
  }

  async function catchUp() {
    if (await keeper.reload()) {
      hear();
      panel.paint();
    }
  }

  // After everything has been cleared the page begins anew, here and in every other tab.
  function reset() {
    if (channel) channel.postMessage("cleared");
    begin();
  }

  function begin() {
    unsaved.clear();
    window.location.hash = "cleared";
    window.location.reload();
  }

  if (channel) channel.onmessage = ({ data: what }) => (what === "cleared" && !unsaved.size ? begin() : catchUp());
  document.addEventListener("visibilitychange", () => (document.hidden ? keeper.write() : catchUp()));
  window.addEventListener("focus", catchUp);
  window.addEventListener("beforeunload", (event) => { if (unsaved.size) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("button, input, textarea, label, a, summary, .sk-card")) focusCard();
  });
  await card.start();
  panel.paint();
}

startPage(document.getElementById("card"), document.getElementById("shelf"),
  JSON.parse(document.getElementById("data").textContent));
