// On paper: a panel or all of the instrument as SVG, PNG and CSV, and what has been done as a page.
import { button, h } from "../instrument/dom.js";
import { COPIES } from "./copies.js";
import { drawing } from "./drawing.js";
import { csv, TABLES } from "./table.js";
import { SAVED } from "./words.js";
import { work } from "./work.js";

export { COPIES };

// Panels that are saved, each with the key of its name.
const NAMES = { guess: "yours", field: "field", angle: "angles", network: "network", formulas: "formulas", front: "front", bend: "bendOf", time: "time" };
const SHARP = 2; // pixels of a picture for one of the screen
const PATIENCE = 15_000; // milliseconds until a verdict is left out

export class Paper {
  constructor(instrument) {
    this.instrument = instrument;
    this.store = instrument.store;
    this.which = h("select", { ariaLabel: SAVED.panel, onchange: () => this.draw() });
    this.table = button("CSV", () => this.save(`\ufeff${csv(TABLES[this.which.value](instrument))}`, "text/csv", "csv"));
    this.element = h("section.sgi-paper", { ariaLabel: this.store.words.save }, this.which,
      button("SVG", () => this.save(this.svg(), "image/svg+xml", "svg")), button("PNG", () => this.png()), this.table,
      button(SAVED.work, () => this.work(), { title: SAVED.workTitle }));
  }

  // Panels that are seen.
  get panels() {
    return Object.keys(NAMES).filter((name) => this.instrument[name].element.getClientRects().length);
  }

  draw() {
    const { panels, store } = this, key = panels.join();
    if (this.key !== key) {
      const before = this.which.value;
      this.which.replaceChildren(h("option", { value: "all" }, SAVED.all), ...panels.map((value) => h("option", { value }, store.words[NAMES[value]])));
      this.which.value = panels.includes(before) ? before : "all";
    }
    this.key = key;
    this.table.hidden = this.which.value === "all" || (!store.text && ["angle", "bend"].includes(this.which.value));
  }

  // A plot of bokeh's as SVG: of the field with the arrows, which are no part of the plot.
  plotted(panel) {
    const { plot } = panel, layer = plot.view.export("svg", false);
    if (panel === this.instrument.field) {
      const { greys } = panel;
      panel.greys = greys && finer(greys);
      panel.paint(layer.ctx);
      panel.greys = greys;
    }
    return layer.ctx.get_serialized_svg(true);
  }

  svg() {
    const { instrument, store } = this, which = this.which.value, drawn = new Map();
    for (const panel of Object.values(instrument.plotted))
      if (panel.plot?.view && panel.box.getClientRects().length) drawn.set(panel.box, this.plotted(panel));
    const { canvas, element } = instrument.field;
    canvas.style.display = this.element.style.display = "none"; // it is in the plot
    try {
      const root = which === "all" ? instrument.element : instrument[which].element;
      return drawing(root, drawn, getComputedStyle(instrument.element).backgroundColor, `${store.given.what}: ${store.text ?? element.ariaLabel}`);
    } finally {
      canvas.style.display = this.element.style.display = "";
    }
  }

  async png() {
    const picture = new Image(), url = URL.createObjectURL(new Blob([this.svg()], { type: "image/svg+xml" }));
    picture.src = url;
    await picture.decode();
    const canvas = h("canvas", { width: SHARP * picture.width, height: SHARP * picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    canvas.toBlob((blob) => this.save(blob, "image/png", "png"));
  }

  // Each guess in the field as it is seen now; the screen stays as it is meanwhile.
  pictures() {
    const { store, instrument: { field } } = this, { live } = store, texts = new Set([...store.state.guesses, store.text]);
    const pictures = new Map();
    for (const text of texts) {
      if (text === null || !field.plot?.view) continue;
      store.live = text;
      pictures.set(text, this.plotted(field));
    }
    store.live = live;
    return pictures;
  }

  async work() {
    const { store } = this, pictures = this.pictures(), told = await this.told();
    this.save(work(store, pictures, told, getComputedStyle(this.instrument.element)), "text/html", "html", "work");
  }

  // What the last formula is: as it was told, or asked for now.
  async told() {
    const { store } = this, { text, host } = store;
    if (text === null || store.names.length < 2) return null;
    const known = () => ((store.given.told?.why && store.given.told.text === text ? store.given.told : null));
    if (!known()) host.send({ do: "what", text });
    for (const until = Date.now() + PATIENCE; !known() && Date.now() < until;) await new Promise((done) => setTimeout(done, 100));
    return known();
  }

  save(what, type, ending, name = this.which.value) {
    const url = URL.createObjectURL(new Blob([what], { type }));
    h("a", { href: url, download: `symgrad-${name}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

// A small canvas with its pixels run into each other, as a screen shows it: pictures in an SVG keep theirs apart.
function finer(canvas) {
  const fine = h("canvas", { width: canvas.width * 8, height: canvas.height * 8 }), g = fine.getContext("2d");
  g.imageSmoothingQuality = "high";
  g.drawImage(canvas, 0, 0, fine.width, fine.height);
  return fine;
}
