// Buttons, status and the front as a table.
const BUTTONS = [
  ["step", "Step", "Run one generation of the search"],
  ["run", "Run", "Run the search until it settles"],
  ["stop", "Stop", "Stop after this generation"],
  ["restart", "Restart", "Go back to before the first generation"],
];

function cell(row, text, number) {
  const td = row.insertCell();
  td.textContent = text;
  if (number) td.className = "number";
  return td;
}

function render({ model, el }) {
  el.innerHTML =
    '<section class="symgrad" aria-label="Search"><div role="group" aria-label="Search controls"></div>' +
    '<p role="status" aria-live="polite"></p><p class="symgrad-error" role="alert"></p>' +
    '<div class="symgrad-rows" tabindex="0" role="region" aria-label="Front"><table><thead><tr>' +
    '<th class="number">complexity</th><th class="number">loss</th><th>formula</th><th>chosen</th>' +
    "</tr></thead><tbody></tbody></table></div></section>";
  const [group, status, alert, region] = el.firstChild.children;
  const body = region.querySelector("tbody");
  const buttons = BUTTONS.map(([name, label, title]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, title });
    button.addEventListener("click", () => model.send({ do: name }));
    group.append(button);
    return [name, button];
  });
  const show = () => {
    const running = model.get("running");
    // aria-disabled, not disabled: a button that has the focus must not lose it while a step runs
    for (const [name, button] of buttons) button.setAttribute("aria-disabled", (name === "stop") !== running);
    status.textContent = model.get("status");
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
    region.hidden = !model.get("rows").length;
    body.replaceChildren();
    for (const found of model.get("rows")) {
      const row = body.insertRow();
      if (found.chosen) row.className = "chosen";
      cell(row, found.complexity, true);
      cell(row, found.loss, true);
      cell(row, "").append(Object.assign(document.createElement("code"), { textContent: found.formula }));
      cell(row, found.chosen ? "\u25c4 chosen" : "");
    }
  };
  const events = ["running", "status", "rows", "error"].map((name) => `change:${name}`);
  for (const event of events) model.on(event, show);
  show();
  return () => { for (const event of events) model.off(event, show); };
}

export default { render };
