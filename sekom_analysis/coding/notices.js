// What the card says besides the note: how much is saved, what is not and why, and that all is done.

function createNotices({ root, parts, part, button, say, list, data }) {
  function paintFinish(counts) {
    const sorts = ["skipped", "unsure", "older", "differing"].map((kind) => [kind, list.countSort(kind)]).filter(([, n]) => n);
    const open = counts.open > 0;
    const heading = make("p", "sk-finish-title", open ? say("finish_open", { n: counts.open }) : say(`finish_pass_${data.pass}`));
    const actions = sorts.map(([kind, n]) => button("sk-code", say(`review_${kind}`, { n }), "", "review", kind));
    if (open) actions.unshift(button("sk-code", say("to_first_open"), "n", "toFirstOpen"));
    parts.finish.replaceChildren(heading, part("finishSaved", "p", "sk-finish-saved"), ...actions);
    parts.live.textContent = heading.textContent;
    showFinishSaved();
  }

  function showFinishSaved() {
    if (parts.finishSaved) parts.finishSaved.textContent = say(root.dataset.saved === "saved" ? "finish_saved" : "finish_waiting");
  }

  function showState(state) {
    const was = root.dataset.saved;
    root.dataset.saved = state.name;
    root.dataset.waiting = state.n;
    const calm = state.name === "saved" || (state.name === "saving" && !state.slow); // no flicker at every key
    parts.saved.textContent = calm ? say("saved", { n: list.countSaved(state.cells) }) : say(state.name, { n: state.n });
    showFinishSaved();
    if (state.name !== "not_saved") return was === "not_saved" ? parts.alarm.replaceChildren() : undefined;
    const why = state.refused ? say("refused") : state.why ? say("disk_refuses") : say("nobody_answers");
    const kept = state.kept ? say("kept_here") : say("kept_in_tab_only");
    const signature = [state.n, why, kept].join();
    if (parts.alarm.dataset.signature === signature && parts.alarm.childNodes.length) return undefined;
    parts.alarm.dataset.signature = signature;
    parts.alarm.replaceChildren(make("strong", "", say("not_saved", { n: state.n })), ` ${why} ${kept}`);
    const details = state.refused ? state.refused.refused : state.why;
    if (details) parts.alarm.append(make("details", "", make("summary", "", say("details")), make("p", "", details)));
    if (state.refused) parts.alarm.append(button("sk-tool", say("answer_again"), "", "answerAgain", state.refused.event));
    return undefined;
  }

  return { paintFinish, showState };
}
