// The card as a notebook's widget: what the card posts goes to Python, what Python says comes back.

function render({ model, el }) {
  const card = createCard(el, model.get("data"), (message) => model.send(message));
  const listen = (message) => card.receive(message);
  model.on("msg:custom", listen);
  card.start();
  return () => {
    model.off("msg:custom", listen);
    card.stop();
  };
}

export default { render };
