// Bokeh's plots: embedded once, filled again and again, in the colours of the page.
import { sized } from "./dom.js";

const TEXTS = ["axis_label_text_color", "major_label_text_color", "major_tick_line_color", "grid_line_color"];

// A plot of `documents` in a box; `drawn(plot)` is called when it is there, when its size or its ranges change.
export class Plot {
  constructor(Bokeh, document, box, drawn, signal) {
    this.box = box;
    this.drawn = drawn;
    this.signal = signal;
    this.view = null;
    this.size = { width: 0, height: 0 };
    this.embedded = this.embed(Bokeh, document);
    this.embedded.catch((error) => console.error("symgrad: the plot could not be drawn:", error));
  }

  // Bokeh only draws on the page itself, and a notebook takes cells off it while they are out of sight.
  async embed(Bokeh, document, tries = 0) {
    while (!this.box.isConnected && !this.signal.aborted) await new Promise((done) => setTimeout(done, 50));
    if (this.signal.aborted) return;
    let views;
    try {
      views = await Bokeh.embed.embed_item(JSON.parse(JSON.stringify(document)), this.box);
    } catch (error) {
      if (this.box.isConnected || tries > 9) throw error;
      return this.embed(Bokeh, document, tries + 1);
    }
    const forget = () => {
      const { model: { document } } = views.roots[0];
      views.clear();
      document.clear(); // or it looks at itself later
      this.view = null;
      Bokeh.documents.splice(0, Infinity, ...Bokeh.documents.filter((one) => one !== document)); // bokeh keeps them all
    };
    this.signal.addEventListener("abort", forget);
    if (this.signal.aborted) return forget();
    this.view = views.roots[0];
    this.model = this.view.model;
    this.document = this.model.document;
    this.paint();
    const again = () => requestAnimationFrame(() => this.drawn());
    for (const range of [this.model.x_range, this.model.y_range]) {
      range.properties.start.change.connect(again);
      range.properties.end.change.connect(again);
    }
    sized(this.box, ([{ contentRect: { width, height } }]) => {
      this.size = { width, height };
      again();
    }, this.signal);
    again();
  }

  source(name) {
    return this.document.get_model_by_name(name);
  }

  fill(name, columns) {
    this.source(name).data = columns;
  }

  // Call act(row) when a mark is tapped.
  tapped(name, act) {
    const { selected } = this.source(name);
    selected.properties.indices.change.connect(() => selected.indices.length && act(selected.indices));
  }

  // { left, top, width, height } of what the axes enclose, in pixels of the box.
  get frame() {
    return this.view?.frame.bbox ?? null;
  }

  // Ranges as they are shown: [[left, right], [bottom, top]].
  get ranges() {
    const { x_range: x, y_range: y } = this.model;
    return [[x.start, x.end], [y.start, y.end]];
  }

  range([left, right], [bottom, top]) {
    const { x_range: x, y_range: y } = this.model;
    x.setv({ start: left, end: right, reset_start: left, reset_end: right });
    y.setv({ start: bottom, end: top, reset_start: bottom, reset_end: top });
    for (const axis of [...this.model.below, ...this.model.left]) axis.visible = true;
    this.model.outline_line_alpha = 0.35;
  }

  labels(across, up) {
    this.model.below[0].axis_label = across;
    this.model.left[0].axis_label = up;
  }

  // The canvas cannot inherit colours: they are copied from the page.
  paint() {
    if (!this.model) return;
    const look = getComputedStyle(this.box), soft = look.getPropertyValue("--sgi-soft").trim() || look.color;
    if (!soft) return; // it is on no page just now
    this.model.outline_line_color = soft;
    for (const item of [...this.model.below, ...this.model.left, ...this.model.center])
      for (const name of Object.keys(item.properties)) {
        if (TEXTS.includes(name)) item[name] = soft;
        if (name.endsWith("label_text_font_size")) item[name] = `${12 * Number(look.getPropertyValue("--s"))}px`;
      }
  }
}
