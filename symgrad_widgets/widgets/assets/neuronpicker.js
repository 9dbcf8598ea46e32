// Layers as blocks of dots on one canvas; one element has the focus and speaks for the neuron at the cursor.
const LEVELS = 8, NONE = 255, CHOSEN = "#D55E00";
const CELLS = [24, 20, 16, 13, 10, 8, 7], LABEL = 18, GAP = 24, WIDEST = 140;
const RAMPS = { light: [[148, 148, 148], [0, 80, 127]], dark: [[112, 112, 112], [110, 195, 245]] };
let made = 0;

// The upper halves of single-precision numbers.
function floats(view) {
  const halves = new Uint16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
}

const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const short = (number) => (number === 0 ? "0" : String(Number(number.toPrecision(2))));
const radius = (level) => 0.125 + (0.325 * level) / (LEVELS - 1); // of a cell

function ramp(theme, level) {
  const [low, high] = RAMPS[theme];
  return `rgb(${low.map((value, i) => Math.round(value + ((high[i] - value) * level) / (LEVELS - 1)))})`;
}

function flow(layers, width, cell, pen) {
  let x = 2, y = 0, row = 0, start = 0;
  const blocks = layers.map(([title, label, count], number) => {
    const columns = Math.max(1, Math.min(Math.ceil(Math.sqrt(count)), Math.floor((width - 4) / cell)));
    const wide = Math.max(columns * cell, Math.min(WIDEST, pen.measureText(label).width), 40);
    const wraps = x > 2 && x + wide > width;
    if (wraps) { x = 2; y += row + 10; row = 0; }
    const block = { number, title, label, count, columns, wide, x, y, start, first: x === 2 };
    row = Math.max(row, LABEL + Math.ceil(count / columns) * cell);
    x += wide + GAP;
    start += count;
    return block;
  });
  return { blocks, cell, height: y + row + 4 };
}

// The largest cells with which everything is in sight.
function arrange(layers, width, tall, pen) {
  const tried = CELLS.map((cell) => flow(layers, width, cell, pen));
  return tried.find(({ height }) => height <= tall) ?? tried.at(-1);
}

function fitted(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let tail = text;
  while (tail.length > 3 && pen.measureText(`…${tail}`).width > width) tail = tail.slice(1);
  return `…${tail}`;
}

function render({ model, el }) {
  const id = `sg-neuron-${made++}`;
  el.innerHTML =
    '<section class="sg-picker" aria-label="Neurons of the network" data-lm-suppress-shortcuts="true"><header>' +
    '<label>Colour by<select></select></label><span class="sg-key"></span></header>' +
    '<div class="sg-stage" role="listbox" tabindex="0" aria-multiselectable="true" aria-label="Neurons: arrows ' +
    `choose, page up and down change the layer, ctrl with an arrow moves, space adds" aria-activedescendant="${id}">` +
    `<canvas aria-hidden="true"></canvas><div class="sg-cursor" role="option" id="${id}"></div>` +
    '<div class="sg-tip" aria-hidden="true" hidden></div></div>' +
    '<p class="sg-words"></p><p class="symgrad-error" role="alert"></p></section>';
  const section = el.firstChild, stage = section.querySelector(".sg-stage");
  const [canvas, cursor, tip] = stage.children, select = section.querySelector("select");
  const pen = canvas.getContext("2d");
  let layers, numbers, levels, plan, at = { layer: 0, neuron: 0 };

  const total = () => levels.length;
  const theme = () => {
    const [r, g, b] = getComputedStyle(section).color.match(/[\d.]+/g).map(Number);
    return 0.3 * r + 0.59 * g + 0.11 * b > 128 ? "dark" : "light";
  };
  const read = () => {
    layers = JSON.parse(model.get("layers"));
    numbers = floats(model.get("numbers"));
    levels = bytes(model.get("levels"));
  };
  // A choice that does not exist, as in a state edited by hand, is left to Python to refuse.
  const choice = () => {
    const [layer, ...neurons] = model.get("choice");
    const there = neurons.filter((neuron) => neuron < layers[layer]?.[2]);
    return there.length ? [layer, ...there] : [0, 0];
  };
  const block = (layer) => plan.blocks[layer];
  const place = ({ layer, neuron }) => {
    const { x, y, columns } = block(layer), cell = plan.cell;
    return [x + ((neuron % columns) + 0.5) * cell, y + LABEL + (Math.floor(neuron / columns) + 0.5) * cell];
  };
  const facts = ({ layer, neuron }) => {
    const row = block(layer).start + neuron;
    const [mean, spread, turn, angle] = [0, 1, 2, 3].map((column) => numbers[column * total() + row]);
    const more = [`activation ${short(mean)} ± ${short(spread)}`];
    if (!Number.isNaN(turn)) more.push(`gradient spread ${short(turn)}`);
    if (!Number.isNaN(angle)) more.push(`angle to the formula ${short(angle)}°`);
    return [`${block(layer).title}, neuron ${neuron}`, ...more];
  };

  const explain = (looks) => {
    const [title, low, high] = JSON.parse(model.get("legend"));
    const dots = [0, 2, 5, 7].map((level) => {
      const size = Math.round(radius(level) * 2 * 16);
      return `<i style="width:${size}px;height:${size}px;background:${ramp(looks, level)}"></i>`;
    });
    const label = (text) => Object.assign(document.createElement("b"), { textContent: text });
    const box = section.querySelector(".sg-key");
    box.innerHTML = dots.join("");
    box.prepend(label(`${title}: ${low}`));
    box.append(label(high));
  };
  const paint = () => {
    const width = stage.clientWidth;
    if (!width) return; // not on the page: it is painted when it comes
    const { color: ink, fontFamily } = getComputedStyle(section), scale = devicePixelRatio || 1, looks = theme();
    pen.font = `12px ${fontFamily}`;
    plan = arrange(layers, width, parseFloat(getComputedStyle(stage).maxHeight), pen);
    const { cell } = plan;
    canvas.width = width * scale;
    canvas.height = plan.height * scale;
    canvas.style.cssText = `width:${width}px;height:${plan.height}px`;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    const paths = Array.from({ length: LEVELS }, () => new Path2D()), crosses = new Path2D();
    pen.fillStyle = pen.strokeStyle = ink;
    pen.font = `12px ${fontFamily}`; // a canvas forgets it with its size
    for (const { label, count, number, start, wide, x, y, first } of plan.blocks) {
      pen.fillText(fitted(pen, label, wide), x, y + 12);
      if (!first) pen.fillText("→", x - 18, y + 12);
      for (let neuron = 0; neuron < count; neuron++) {
        const [px, py] = place({ layer: number, neuron }), level = levels[start + neuron];
        if (level === NONE) {
          crosses.moveTo(px - 2, py - 2); crosses.lineTo(px + 2, py + 2);
          crosses.moveTo(px + 2, py - 2); crosses.lineTo(px - 2, py + 2);
        } else {
          paths[level].moveTo(px + radius(level) * cell, py);
          paths[level].arc(px, py, radius(level) * cell, 0, 7);
        }
      }
    }
    pen.stroke(crosses);
    paths.forEach((path, level) => { pen.fillStyle = ramp(looks, level); pen.fill(path); });
    pen.strokeStyle = CHOSEN;
    pen.lineWidth = 2.5;
    const [layer, ...neurons] = choice();
    for (const neuron of neurons) {
      const [px, py] = place({ layer, neuron });
      pen.beginPath();
      pen.arc(px, py, cell / 2 + 0.5, 0, 7);
      pen.stroke();
    }
    explain(looks);
    move(at);
  };

  const move = (to) => {
    at = to;
    const [x, y] = place(at), size = plan.cell + 5, [layer, ...neurons] = choice();
    cursor.style.cssText = `width:${size}px;height:${size}px;transform:translate(${x - size / 2}px,${y - size / 2}px)`;
    cursor.setAttribute("aria-label", facts(at).join(", "));
    cursor.setAttribute("aria-selected", layer === at.layer && neurons.includes(at.neuron));
    cursor.setAttribute("aria-setsize", block(at.layer).count);
    cursor.setAttribute("aria-posinset", at.neuron + 1);
  };
  const choose = ({ layer, neuron }, adds) => {
    const [now, ...neurons] = choice();
    let next = [neuron];
    if (adds && layer === now) {
      next = neurons.includes(neuron) ? neurons.filter((other) => other !== neuron) : [...neurons, neuron];
    }
    if (!next.length) return;
    at = { layer, neuron };
    model.set("choice", [layer, ...next]);
    model.save_changes();
  };

  const under = (event) => {
    const box = canvas.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
    for (const { number, x, y, columns, count } of plan?.blocks ?? []) {
      const column = Math.floor((px - x) / plan.cell), row = Math.floor((py - y - LABEL) / plan.cell);
      const neuron = row * columns + column;
      if (column >= 0 && column < columns && row >= 0 && neuron < count) return { layer: number, neuron };
    }
    return null;
  };
  const hover = (event) => {
    const neuron = under(event);
    tip.hidden = !neuron;
    if (!neuron) return;
    tip.textContent = facts(neuron).join("\n");
    const [x, y] = place(neuron), left = Math.min(x + 12, stage.clientWidth - tip.offsetWidth - 2);
    const top = y + 14 + tip.offsetHeight > plan.height ? y - 12 - tip.offsetHeight : y + 12;
    tip.style.transform = `translate(${Math.max(left, 0)}px,${Math.max(top, 0)}px)`;
  };
  const press = (event) => {
    const { count, columns } = block(at.layer), { layer, neuron } = at;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const turn = { PageUp: -1, PageDown: 1 }[event.key];
    let to = null;
    if (step) to = neuron + step >= 0 && neuron + step < count ? { layer, neuron: neuron + step } : at;
    else if (turn) to = block(layer + turn) ? { layer: layer + turn, neuron: 0 } : at;
    else if (event.key === "Home") to = { layer, neuron: 0 };
    else if (event.key === "End") to = { layer, neuron: count - 1 };
    else if (event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (!to) return choose(at, true);
    if (event.ctrlKey || event.metaKey) move(to);
    else if (to !== at) choose(to, event.shiftKey);
    cursor.scrollIntoView({ block: "nearest" });
  };

  const say = () => {
    const alert = section.lastChild;
    section.querySelector(".sg-words").textContent = model.get("words");
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
  };
  const options = () => {
    select.replaceChildren(...JSON.parse(model.get("measures")).map(([value, text, ready]) =>
      Object.assign(document.createElement("option"), { value, textContent: text, disabled: !ready })));
    select.value = model.get("colour_by");
  };
  const follow = () => {
    const [layer, ...neurons] = choice();
    if (at.layer !== layer || !neurons.includes(at.neuron)) at = { layer, neuron: neurons.at(-1) };
    paint();
  };
  const redraw = () => { read(); paint(); };

  stage.addEventListener("pointermove", hover);
  stage.addEventListener("pointerleave", () => { tip.hidden = true; });
  stage.addEventListener("click", (event) => {
    const neuron = under(event);
    if (neuron) choose(neuron, event.shiftKey || event.ctrlKey || event.metaKey);
  });
  stage.addEventListener("keydown", press);
  select.addEventListener("change", () => { model.set("colour_by", select.value); model.save_changes(); });

  const handlers = {
    "change:levels": redraw, "change:numbers": redraw, "change:layers": redraw, "change:legend": paint,
    "change:measures": options, "change:colour_by": options, "change:choice": follow,
    "change:words": say, "change:error": say,
  };
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  const resized = new ResizeObserver(paint);
  resized.observe(stage);
  const themed = new MutationObserver(() => requestAnimationFrame(paint));
  themed.observe(document.body, { attributes: true });
  themed.observe(document.documentElement, { attributes: true });
  read();
  options();
  say();
  follow();
  return () => {
    resized.disconnect();
    themed.disconnect();
    for (const [event, handler] of Object.entries(handlers)) model.off(event, handler);
  };
}

export default { render };
