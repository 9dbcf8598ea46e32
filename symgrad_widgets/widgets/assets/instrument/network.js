// The network: every neuron a tile of what it computes over the chosen inputs, joined by its weights; a layer by
// itself as a grid.
import { bytes } from "../formula/index.js";
import { button, h, pixels, sized } from "./dom.js";
import { WORDS } from "./words.js";

const FEW = 10; // tiles of a column before it is opened
const SLOW = 250; // milliseconds of an answer: neurons of such a network are asked for one by one, when looked at

export class NetworkPanel {
  constructor(store) {
    this.store = store;
    this.opened = null; // column that shows all its neurons
    this.sorted = false; // by activity
    this.links = h("canvas.sgi-links", { "aria-hidden": "true" });
    this.columns = h("div.sgi-columns");
    this.stage = h("div.sgi-tiles", { onkeydown: (event) => this.keyed(event) }, this.links, this.columns);
    this.by = h("select", { "aria-label": WORDS.colourBy, onchange: () => store.host.choose({ ...store.choices, colour_by: this.by.value }) });
    this.said = h("p.sgi-note", { role: "status" });
    this.element = h("section.sgi-network", { "aria-label": WORDS.network },
      h("h3", {}, h("b", {}, WORDS.network), store.panels.length ? h("span", {}, `${WORDS.colourBy} `, this.by) : h("span", {}, WORDS.choose)), this.stage, this.said);
    sized(this.stage, () => this.join(), store.host.signal);
  }

  draw() {
    const { store } = this, { network } = store.given;
    if (!store.has("network") || !network) return;
    const key = `${store.given.networks} ${this.opened} ${store.dark} ${this.sorted} ${store.given.layer?.layer}`;
    if (this.key !== key) {
      this.key = key;
      this.tiles = [];
      this.element.classList.toggle("sgi-whole", this.opened !== null);
      if (this.opened === null) this.build(network);
      else this.whole(network);
    }
    this.measures();
    this.next();
    const { layer, neurons } = store.state, { looked } = store, marks = JSON.stringify([key, layer, neurons, looked]);
    if (this.marks === marks) return;
    this.marks = marks;
    const tiles = this.tiles.filter((one) => one.choosable), on = (tile) => tile.layer === layer && neurons.includes(tile.neuron);
    const first = tiles.find(on) ?? tiles[0];
    for (const tile of tiles) {
      tile.element.setAttribute("aria-pressed", String(on(tile)));
      tile.element.classList.toggle("sgi-looked", Boolean(looked && looked[0] === tile.layer && looked[1] === tile.neuron));
      tile.element.tabIndex = tile === first ? 0 : -1;
    }
  }

  // What tiles fade by, where a view leaves that open, and what is said of the current neuron.
  measures() {
    const { given: { measures, legend, said = "", error }, choices } = this.store;
    const wrong = this.store.panels.length ? error : "";
    this.said.textContent = wrong || said;
    this.said.classList.toggle("sgi-error", Boolean(wrong));
    this.by.value = choices.colour_by;
    if (!measures || this.measured === measures) return;
    this.measured = measures;
    this.by.replaceChildren(...measures.map(([value, name, ready]) => h("option", { value, disabled: !ready }, name)));
    this.by.value = choices.colour_by;
    this.by.title = WORDS.fades({ title: legend[0], low: legend[1], high: legend[2] });
  }

  build({ side, columns, links }) {
    this.columns.replaceChildren(...columns.map((column, c) => {
      const own = (i) => column.layer === this.store.state.layer && this.store.state.neurons.includes(column.neurons[i]);
      const order = active(column), kept = [...order.filter(own), ...order.filter((i) => !own(i))].slice(0, FEW);
      const tiles = kept.sort((a, b) => a - b).map((i) => this.tile(column, i, c, side));
      const more = column.count - tiles.length;
      const toggle = more > 0 && column.choosable ? button(`+${more}`, () => this.open(c), { className: "sgi-plain", title: WORDS.all(column) })
        : h("span.sgi-plain", {}, more > 0 ? `+${more}` : "");
      const last = c === columns.length - 1;
      const title = column.names ? WORDS.inputs : last && column.layer === null ? WORDS.output : WORDS.layer({ number: c });
      return h("div.sgi-column", {}, h("div.sgi-stack", {}, ...tiles), h("span.sgi-title", { title: column.layer ?? title }, title), toggle);
    }));
    this.ahead = this.store.panels.length ? [] : this.tiles.filter((one) => one.choosable);
    this.weights = links.map((text) => text && bytes(text, Int8Array));
    this.network = { columns };
    this.join();
  }

  // Show a column by itself, or null: all; what has not been sent of it is asked for.
  open(c) {
    const { store } = this, column = c === null ? null : store.given.network.columns[c];
    this.opened = c;
    if (column && column.count > column.neurons.length && store.given.layer?.layer !== column.layer)
      store.host.send({ want: "layer", layer: column.layer });
    store.touch();
  }

  // All tiles of a layer, by number or the most active first, and a way to a number.
  whole({ side, columns }) {
    const c = this.opened, { layer } = this.store.given, column = layer?.layer === columns[c].layer ? layer : columns[c];
    const order = this.sorted ? active(column) : column.neurons.map((_, i) => i);
    const tiles = h("div.sgi-grid", {}, ...order.map((i) => this.tile(column, i, c, side)));
    const sort = button(this.sorted ? WORDS.byNumber : WORDS.byActivity, () => {
      this.sorted = !this.sorted;
      this.store.touch();
    });
    const jump = h("input.sgi-jump", { type: "number", min: 0, max: column.count - 1, placeholder: WORDS.numberOf, "aria-label": WORDS.jump({ last: column.count - 1 }),
      onchange: () => {
        const tile = this.tiles.find((one) => one.neuron === Number(jump.value));
        tile?.element.focus();
        if (jump.value !== "") this.look(column.layer, Number(jump.value));
      } });
    this.weights = null;
    this.columns.replaceChildren(h("div.sgi-all", {}, h("p.sgi-line", {}, button(WORDS.whole, () => this.open(null)), sort, jump),
      h("p.sgi-note", {}, WORDS.layerOf({ number: c, count: column.count })), tiles));
  }

  tile(column, i, c, side) {
    column.pictures ??= bytes(column.tiles);
    const neuron = column.neurons[i], name = column.names?.[neuron] ?? `${column.layer === null ? WORDS.outputs : column.title} ${neuron}`;
    const picture = pixels(side, (at) => {
      const shade = column.pictures[i * side * side + at], v = this.store.dark ? 40 + shade * 0.42 : 255 - shade * 0.42;
      return [v - 4, v, v + 4, 255];
    });
    picture.style.opacity = 0.3 + 0.7 * column.strength[i];
    const element = column.choosable
      ? button("", (event) => this.tap(column.layer, neuron, event), { "aria-label": name, title: name, className: "sgi-tile" })
      : h("span.sgi-tile", { title: name, role: "img", "aria-label": name });
    element.append(picture);
    this.tiles.push({ element, c, i, neuron, layer: column.layer, choosable: column.choosable });
    return element;
  }

  // Ask for neurons that may be looked at next, one by one while nothing else is done.
  next() {
    const { store } = this, { ready, host } = store;
    if (this.asked || !this.ahead?.length) return;
    this.asked = setTimeout(() => {
      this.asked = null;
      if (!ready || store.given.running || store.given.busy || store.live !== null || document.hidden) return;
      const { layer, neuron } = this.ahead.shift() ?? {};
      if (neuron === undefined) return;
      if (store.ahead.has([layer, neuron].join(" "))) return this.next();
      this.began = performance.now();
      host.send({ do: "look", layer, neuron, ahead: true });
    }, 60);
  }

  came() {
    if (performance.now() - this.began > SLOW) this.ahead = [];
    this.next();
  }

  // Look at a neuron; tapped again it is chosen. With shift or ctrl it is one more, or one less.
  tap(layer, neuron, event) {
    const { looked } = this.store;
    if (event.shiftKey || event.ctrlKey || event.metaKey) this.choose(layer, neuron, layer === this.store.state.layer);
    else if (looked?.[0] === layer && looked[1] === neuron) this.choose(layer, neuron);
    else this.look(layer, neuron);
  }

  look(layer, neuron) {
    const { store } = this, { state } = store;
    if (!store.has("formulas") && store.panels.length) return this.choose(layer, neuron);
    if (layer === state.layer && state.neurons.length === 1 && state.neurons[0] === neuron) store.leave();
    else store.look(layer, neuron);
  }

  // Choose a neuron, or one more of the layer.
  choose(layer, neuron, more = false) {
    const { store } = this, { neurons: before } = store.state, others = before.filter((one) => one !== neuron);
    const neurons = !more ? [neuron] : others.length < before.length && others.length ? others : [...others, neuron];
    const same = layer === store.state.layer && String(neurons) === String(before);
    Object.assign(store, { looked: null, awaited: false }); // what is shown stays until the answer comes
    if (same) store.leave();
    else store.go({ layer, neurons });
  }

  // Arrow keys go from tile to tile and look; Enter chooses, Escape leaves.
  keyed(event) {
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (event.key === "Escape") this.store.leave();
    const at = this.tiles?.find((tile) => tile.element === document.activeElement);
    if (!way || !at) return;
    event.preventDefault();
    const column = (c) => this.tiles.filter((tile) => tile.c === c && tile.choosable);
    const here = column(at.c), there = way[0] ? column(at.c + way[0]) : here;
    const next = way[0] ? there[Math.round((here.length > 1 ? here.indexOf(at) / (here.length - 1) : 0.5) * (there.length - 1))] : here[here.indexOf(at) + way[1]];
    if (!next) return;
    next.element.focus();
    if (event.shiftKey) this.choose(next.layer, next.neuron, next.layer === this.store.state.layer);
    else this.look(next.layer, next.neuron);
  }

  // Weights as lines: grey, dashed where negative, as wide as they are large.
  join() {
    if (!this.weights || !this.element.getClientRects().length) return;
    const { links } = this, around = this.stage.getBoundingClientRect(), sharp = devicePixelRatio || 1;
    Object.assign(links, { width: this.stage.scrollWidth * sharp, height: this.stage.scrollHeight * sharp });
    Object.assign(links.style, { width: `${this.stage.scrollWidth}px`, height: `${this.stage.scrollHeight}px` });
    const g = links.getContext("2d");
    g.scale(sharp, sharp);
    g.strokeStyle = this.store.colour("ink");
    const boxes = this.tiles.map(({ element }) => element.getBoundingClientRect());
    this.weights.forEach((matrix, c) => {
      if (!matrix) return;
      const width = this.network.columns[c].neurons.length, own = (column) => this.tiles.filter((tile) => tile.c === column);
      const weight = (a, b) => matrix[b.i * width + a.i];
      const most = Math.max(1, ...own(c).flatMap((a) => own(c + 1).map((b) => Math.abs(weight(a, b)))));
      this.tiles.forEach((a, i) => a.c === c && this.tiles.forEach((b, j) => {
        if (b.c !== c + 1) return;
        const value = weight(a, b) / most, size = Math.abs(value);
        if (size < 0.08) return;
        const [from, to] = [boxes[i], boxes[j]];
        const [x0, y0, x1, y1] = [from.right - around.left, (from.top + from.bottom) / 2 - around.top, to.left - around.left, (to.top + to.bottom) / 2 - around.top];
        g.globalAlpha = 0.05 + 0.6 * size ** 1.6;
        g.lineWidth = Math.max(0.5, 2 * size);
        g.setLineDash(value < 0 ? [3, 2] : []);
        g.beginPath();
        g.moveTo(x0, y0);
        g.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
        g.stroke();
      }));
    });
  }
}

// Places of a column's neurons, the most active first.
const active = ({ neurons, strength }) => neurons.map((_, i) => i).sort((a, b) => strength[b] - strength[a]);
