// Buttons, status and the front as a table whose rows are chosen by click or arrow keys.
const BUTTONS = [
  ["back", "Back", "Show the generation before"],
  ["step", "Step", "Show the next generation"],
  ["play", "Play", "Run the search until it settles"],
  ["pause", "Pause", "Finish this generation, then rest"],
  ["stop", "Stop", "Stop at once"],
];
const WHILE_RUNNING = ["pause", "stop"];
let count = 0;

function cell(row, text, number) {
  const td = row.insertCell();
  td.textContent = text;
  td.setAttribute("role", "gridcell");
  if (number) td.className = "number";
  return td;
}

function render({ model, el }) {
  const id = `symgrad-goto-${count++}`;
  el.innerHTML =
    '<section class="symgrad" aria-label="Search"><div role="group" aria-label="Search controls"></div>' +
    '<p role="status" aria-live="polite"></p><p class="symgrad-error" role="alert"></p>' +
    '<div class="symgrad-rows" tabindex="-1"><table role="grid" aria-label="Front"><thead><tr role="row">' +
    '<th class="number">complexity</th><th class="number">loss</th><th>formula</th>' +
    '<th><span class="sg-unseen">chosen</span></th>' +
    "</tr></thead><tbody></tbody></table></div></section>";
  const [group, status, alert, region] = el.firstChild.children;
  const body = region.querySelector("tbody");
  const ask = (message) => model.send(message);
  const buttons = BUTTONS.map(([name, label, title]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, title });
    button.addEventListener("click", () => button.ariaDisabled !== "true" && ask({ do: name }));
    group.append(button);
    return [name, button];
  });
  group.insertAdjacentHTML("beforeend",
    `<label for="${id}">Go to</label> <input id="${id}" type="number" min="0" step="1">`);
  const number = group.lastElementChild;
  number.addEventListener("change", () => ask({ do: "goto", generation: number.valueAsNumber || 0 }));

  const choose = (index) => index >= 0 && index < body.rows.length && ask({ do: "select", row: index });
  const KEYS = { ArrowUp: (i) => i - 1, ArrowDown: (i) => i + 1, Home: () => 0, End: () => body.rows.length - 1 };
  body.addEventListener("click", (event) => choose([...body.rows].indexOf(event.target.closest("tr"))));
  body.addEventListener("keydown", (event) => {
    const index = KEYS[event.key]?.([...body.rows].indexOf(event.target.closest("tr")));
    if (index === undefined) return;
    event.preventDefault();
    choose(index);
  });

  const mark = () => {
    const marked = model.get("marked");
    const inside = body.contains(document.activeElement);
    [...body.rows].forEach((row, index) => {
      row.setAttribute("aria-selected", index === marked);
      row.tabIndex = index === Math.max(marked, 0) ? 0 : -1;
      if (inside && index === marked) row.focus();
    });
  };
  const show = () => {
    const running = model.get("running");
    // aria-disabled, not disabled: a button that has the focus must not lose it while a step runs
    for (const [name, button] of buttons)
      button.setAttribute("aria-disabled", running !== WHILE_RUNNING.includes(name)
        || (name === "back" && model.get("generation") === 0));
    status.textContent = model.get("status");
    if (number !== document.activeElement) number.value = model.get("generation");
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
  };
  const fill = () => {
    const inside = body.contains(document.activeElement);
    region.hidden = !model.get("rows").length;
    body.replaceChildren();
    for (const found of model.get("rows")) {
      const row = body.insertRow();
      if (found.chosen) row.className = "chosen";
      cell(row, found.complexity, true);
      cell(row, found.loss, true);
      cell(row, "").append(Object.assign(document.createElement("code"), { textContent: found.formula }));
      cell(row, "").innerHTML = found.chosen ? '\u25c4<span class="sg-unseen">chosen</span>' : "";
    }
    mark();
    if (inside) body.querySelector("[tabindex='0']")?.focus();
  };
  const handlers = { "change:rows": fill, "change:marked": mark };
  for (const name of ["running", "status", "generation", "error"]) handlers[`change:${name}`] = show;
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  show();
  fill();
  return () => { for (const [event, handler] of Object.entries(handlers)) model.off(event, handler); };
}

export default { render };
