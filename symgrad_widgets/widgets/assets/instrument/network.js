// The network: every neuron a tile of what it computes over the chosen inputs, joined by its weights; a layer by
// itself as a grid.
import { bytes } from "../formula/index.js";
import { button, h, Panel, pixels, plain, put, sized } from "./dom.js";
import { WORDS } from "./words.js";

const FEW = 10; // tiles of a column before it is opened
const SLOW = 250; // milliseconds of an answer: neurons of such a network are asked for one by one, when looked at

export class NetworkPanel extends Panel {
  constructor(store) {
    super(store);
    this.opened = null; // column that shows all its neurons
    this.sorted = false; // by activity
    this.links = h("canvas.sgi-links", { ariaHidden: "true" });
    this.columns = h("div.sgi-columns");
    this.stage = h("div.sgi-tiles", { onkeydown: (event) => this.keyed(event) }, this.links, this.columns);
    this.by = h("select", { ariaLabel: WORDS.colourBy, onchange: () => store.choose({ colour_by: this.by.value }) });
    this.how = h("span", {}, WORDS.choose);
    this.said = h("p.sgi-note", { role: "status" });
    this.element = h("section.sgi-network", { ariaLabel: WORDS.network },
      h("h3", {}, h("b", {}, WORDS.network), this.how), this.stage, this.said);
    sized(this.stage, () => this.join(), store.host.signal);
  }

  draw() {
    const { store, opened, sorted } = this, { given: { network, networks, layer: sent }, state: { layer, neurons }, dark, looked } = store;
    if (!network) return;
    const tiles = [networks, opened, dark, sorted, sent?.layer].join(" ");
    const anew = this.fresh("tiles", tiles);
    if (anew) {
      this.tiles = [];
      this.links.hidden = opened !== null;
      if (opened === null) this.build(network);
      else this.whole(network);
    }
    this.measures();
    this.next();
    if (!this.fresh("marks", JSON.stringify([tiles, layer, neurons, looked]))) return;
    const all = this.tiles.filter((one) => one.choosable), on = (tile) => tile.layer === layer && neurons.includes(tile.neuron);
    const first = all.find(on) ?? all[0];
    for (const tile of all) {
      tile.element.ariaPressed = on(tile);
      tile.element.classList.toggle("sgi-looked", store.looksAt(tile.layer, tile.neuron));
      tile.element.tabIndex = tile === first ? 0 : -1;
    }
    if (anew && first) this.stage.scrollLeft = first.element.offsetLeft - this.stage.clientWidth / 2;
  }

  // What tiles fade by, where a view leaves that open, and what is said of the current neuron.
  measures() {
    const { given: { measures, legend, said = "", error }, choices } = this.store;
    const wrong = this.store.alone ? error : "";
    this.said.textContent = wrong || said;
    this.said.classList.toggle("sgi-error", Boolean(wrong));
    this.by.value = choices.colour_by;
    if (!measures || !this.fresh("measures", measures)) return;
    this.how.replaceChildren(`${WORDS.colourBy} `, this.by);
    this.by.replaceChildren(...measures.map(([value, name, ready]) => h("option", { value, disabled: !ready }, name)));
    this.by.value = choices.colour_by;
    this.by.title = WORDS.fades({ title: legend[0], low: legend[1], high: legend[2] });
  }

  build({ side, columns, links }) {
    const { store: { alone, state: { layer, neurons, inputs } } } = this;
    this.columns.replaceChildren(...columns.map((column, c) => {
      const own = (i) => (column.names ? inputs.includes(column.names[column.neurons[i]]) : column.layer === layer && neurons.includes(column.neurons[i]));
      const order = active(column), kept = [...order.filter(own), ...order.filter((i) => !own(i))].slice(0, FEW);
      const tiles = kept.sort((a, b) => a - b).map((i) => this.tile(column, i, c, side));
      const more = column.count - tiles.length;
      const toggle = more > 0 && column.choosable ? plain(`+${more}`, () => this.open(c), { title: WORDS.all(column) })
        : h("span.sgi-plain", {}, more > 0 ? `+${more}` : "");
      const last = c === columns.length - 1;
      const title = column.names ? WORDS.inputs : last && column.layer === null ? WORDS.output : WORDS.layer({ number: c });
      return h("div.sgi-column", {}, h("div.sgi-stack", {}, ...tiles), h("span.sgi-title", { title: column.layer ?? title }, title), toggle);
    }));
    this.ahead = alone ? [] : this.tiles.filter((one) => one.choosable);
    this.weights = links.map((text) => text && bytes(text, Int8Array));
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
    const jump = h("input.sgi-jump", { type: "number", min: 0, max: column.count - 1, placeholder: WORDS.numberOf, ariaLabel: WORDS.jump({ last: column.count - 1 }),
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
    const look = { className: "sgi-tile", title: name };
    const element = column.choosable ? button(picture, (event) => this.tap(column.layer, neuron, event), look)
      : h("span", { role: "img", ariaLabel: name, ...look }, picture);
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
      if (store.ahead.has(String([layer, neuron]))) return this.next();
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
    if (event.shiftKey || event.ctrlKey || event.metaKey) this.more(layer, neuron);
    else if (this.store.looksAt(layer, neuron)) this.choose(layer, neuron);
    else this.look(layer, neuron);
  }

  look(layer, neuron) {
    const { store } = this, { state } = store;
    if (!store.has("formulas") && store.alone) return this.choose(layer, neuron);
    if (String([layer, neuron]) === String([state.layer, state.neurons])) store.leave();
    else store.look(layer, neuron);
  }

  more(layer, neuron) {
    this.choose(layer, neuron, layer === this.store.state.layer);
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
    if (event.shiftKey) this.more(next.layer, next.neuron);
    else this.look(next.layer, next.neuron);
  }

  // Weights as lines: grey, dashed where negative, as wide as they are large.
  join() {
    if (!this.weights || !this.element.getClientRects().length) return;
    const { links, stage } = this, around = this.columns.getBoundingClientRect(), sharp = devicePixelRatio || 1;
    put(links, { width: 0, height: 0 }); // or the stage would be as large as it was
    const { scrollWidth: width, scrollHeight: height } = stage;
    Object.assign(links, { width: width * sharp, height: height * sharp });
    put(links, { width, height });
    const g = links.getContext("2d");
    g.scale(sharp, sharp);
    g.strokeStyle = this.store.colours.ink;
    const boxed = this.tiles.map((tile) => ({ ...tile, box: tile.element.getBoundingClientRect() })), of = (c) => boxed.filter((tile) => tile.c === c);
    this.weights.forEach((matrix, c) => {
      if (!matrix) return;
      const wide = this.store.given.network.columns[c].neurons.length;
      const pairs = of(c).flatMap((a) => of(c + 1).map((b) => [matrix[b.i * wide + a.i], a.box, b.box]));
      const most = Math.max(1, ...pairs.map(([weight]) => Math.abs(weight)));
      for (const [weight, from, to] of pairs) {
        const size = Math.abs(weight) / most;
        if (size < 0.08) continue;
        const [x0, y0, x1, y1] = [from.right - around.left, (from.top + from.bottom) / 2 - around.top, to.left - around.left, (to.top + to.bottom) / 2 - around.top];
        g.globalAlpha = 0.05 + 0.6 * size ** 1.6;
        g.lineWidth = Math.max(0.5, 2 * size);
        g.setLineDash(weight < 0 ? [3, 2] : []);
        g.beginPath();
        g.moveTo(x0, y0);
        g.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
        g.stroke();
      }
    });
  }
}

// Places of a column's neurons, the most active first.
const active = ({ neurons, strength }) => neurons.map((_, i) => i).sort((a, b) => strength[b] - strength[a]);
