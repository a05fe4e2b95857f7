// The pieces of one card, by name, and the buttons that act.

function createKit(act) {
  const parts = {};
  const part = (name, tag, className, ...children) => (parts[name] = make(tag, className, ...children));
  let afterClick = () => {};

  function button(className, label, key, name, value) {
    const made = make("button", className, ...(key ? [keycap(key)] : []), make("span", "sk-label", label));
    made.type = "button";
    if (key) made.setAttribute("aria-keyshortcuts", key.replace("⇧", "Shift+").replace("Ctrl", "Control"));
    made.addEventListener("click", (event) => {
      act(name, value, event.detail);
      // A mouse click gives the keys back to the card; somebody who tabs keeps their place.
      if (event.detail > 0 || !made.isConnected || made.disabled) afterClick();
    });
    return made;
  }

  function tool(name, label, key, action = name, value = undefined) {
    return (parts[name] = button("sk-tool", label, key, action, value));
  }

  function group(name, className, label, ...children) {
    const made = part(name, "div", className, ...children);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", label);
    return made;
  }

  return { parts, part, button, tool, group, onClicked(then) { afterClick = then; } };
}
