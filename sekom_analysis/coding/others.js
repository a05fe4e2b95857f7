// A card on which somebody judges what others judged too: their choices come only once one has chosen oneself.

function withOthers(card) {
  // An answer made here does not know yet what the others said.
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
