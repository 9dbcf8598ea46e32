// A row of buttons, a bar of progress, a line of status and one for errors.
function render({ model, el }) {
  el.innerHTML =
    '<section class="symgrad"><div role="group"></div><progress max="1"></progress>' +
    '<p role="status" aria-live="polite"></p><p class="symgrad-error" role="alert"></p></section>';
  const section = el.firstChild;
  const [group, bar, status, alert] = section.children;
  for (const part of [section, group, bar]) part.setAttribute("aria-label", model.get("label"));
  const buttons = model.get("buttons").map(([name, label, title]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, title });
    button.addEventListener("click", () => button.ariaDisabled !== "true" && model.send({ do: name }));
    group.append(button);
    return [name, button];
  });
  const show = () => {
    const running = model.get("running");
    // aria-disabled, not disabled: a button that has the focus must not lose it while work is done
    for (const [name, button] of buttons) button.setAttribute("aria-disabled", (name === "stop") !== running);
    bar.hidden = !running;
    bar.value = model.get("progress");
    status.textContent = model.get("status");
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
  };
  const events = ["running", "progress", "status", "error"].map((name) => `change:${name}`);
  for (const event of events) model.on(event, show);
  show();
  return () => { for (const event of events) model.off(event, show); };
}

export default { render };
