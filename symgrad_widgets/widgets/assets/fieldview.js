// Below a gradient field: its two inputs, a slice along the others, what is laid over it, and the worst points.
function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  let state = {}, dragged = 0, pending = null;
  const set = (name, value) => model.send({ set: name, value });
  // What was just moved or ticked stays so until Python has answered, whatever earlier answers come meanwhile.
  const held = () => Date.now() < dragged;
  const hold = () => { dragged = Date.now() + 400; setTimeout(show, 420); };
  const later = (name, value) => { // while a slider is dragged: 20 times a second
    hold();
    if (!pending) setTimeout(() => { set(...pending); pending = null; }, 50);
    pending = [name, value];
  };

  const chooser = (text, axis) => {
    const select = make("select", { ariaLabel: text });
    select.addEventListener("change", () => {
      const pair = [...state.inputs];
      if (pair[1 - axis] === select.value) pair[1 - axis] = pair[axis];
      pair[axis] = select.value;
      set("inputs", pair);
    });
    return [select, make("label", {}, text, select)];
  };
  const box = (text, change) => {
    const input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => { hold(); change(input.checked); });
    return [input, make("label", {}, input, text)];
  };
  const slider = (text, least, most, change) => {
    const input = make("input", { type: "range", ariaLabel: text, min: least, max: most, step: "any" });
    const output = make("output");
    input.addEventListener("input", () => { say(input, output); change(Number(input.value)); });
    return [input, output, make("label", {}, text, input, output)];
  };
  const say = (input, output) => { output.textContent = Number(Number(input.value).toPrecision(3)); };
  const tick = (input, on) => { if (!held()) input.checked = on; };
  const put = ([input, output], value) => {
    if (held()) return;
    input.value = value;
    output.textContent = Number(value.toPrecision(3));
  };

  const [across, acrossLabel] = chooser("across", 0);
  const [up, upLabel] = chooser("up", 1);
  const [cut, cutLabel] = box("slice", (on) => set("slice", on ? {} : null));
  const [overlay, overlayLabel] = box("formula's arrows", (on) => set("overlay", on));
  const [levels, levelsLabel] = box("level lines", (on) => set("levels", on ? 8 : 0));
  const [worst, worstLabel] = box("worst points", (on) => set("worst", on ? 10 : 0));
  const band = slider("band", 0.05, 2, (value) => later("band", value));
  const places = make("div", { className: "sg-sliders" });
  const table = make("table");
  const section = make("section", { className: "sg-field" }, acrossLabel, upLabel, cutLabel, overlayLabel,
    levelsLabel, worstLabel, places, table);
  section.setAttribute("aria-label", "Gradient field");
  el.append(section);

  let named = "", sliced = "", sliders = [];
  const shape = () => {
    if (named !== state.names.join()) {
      named = state.names.join();
      for (const select of [across, up])
        select.replaceChildren(...state.names.map((name) => make("option", { textContent: name })));
    }
    const names = (state.slice ?? []).map(([name, , low, high]) => [name, low, high].join()).join();
    if (sliced === names) return;
    sliced = names;
    sliders = (state.slice ?? []).map(([name, , low, high]) => slider(name, low, high, () =>
      later("slice", Object.fromEntries(state.slice.map(([each], i) => [each, Number(sliders[i][0].value)])))));
    places.replaceChildren(...sliders.map((parts) => parts[2]), band[2]);
  };
  const show = () => {
    state = JSON.parse(model.get("shown"));
    if (!state.names) return;
    shape();
    const many = state.names.length > 2;
    for (const label of [acrossLabel, upLabel, cutLabel]) label.hidden = !many;
    for (const label of [overlayLabel, levelsLabel, worstLabel]) label.hidden = !state.candidate;
    [across.value, up.value] = state.inputs;
    tick(cut, state.slice !== null);
    places.hidden = !cut.checked;
    (state.slice ?? []).forEach(([, value], i) => put(sliders[i], value));
    put(band, state.band);
    tick(overlay, state.overlay);
    tick(levels, state.levels > 0);
    levels.disabled = many && !cut.checked;
    levelsLabel.title = levels.disabled ? "on a slice only" : "";
    tick(worst, state.worst > 0);
    rows();
  };
  const rows = () => {
    const [head = [], ...body] = state.rows;
    table.hidden = !body.length;
    table.replaceChildren(
      make("caption", { textContent: "The points with the largest angles" }),
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { textContent: text, scope: "col" })))),
      make("tbody", {}, ...body.map((row) => make("tr", {}, ...row.map((text) => make("td", { textContent: text })))))
    );
  };
  model.on("change:shown", show);
  show();
  return () => model.off("change:shown", show);
}

export default { render };
