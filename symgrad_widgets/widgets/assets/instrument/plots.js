// Bokeh's plots: embedded once, filled again and again, in the colours of the page.
import { h, put, sized } from "./dom.js";
import { local } from "./spoken.js";

let made = 0; // documents

// A plot of `documents` in a box; `drawn(plot)` is called when it is there, when its size or its ranges change.
export class Plot {
  constructor(Bokeh, document, box, drawn, signal) {
    Object.assign(this, { box, drawn, signal, view: null, size: { width: 0, height: 0 } });
    this.corners = h("span.sgi-corners", { ariaHidden: true });
    box.parentNode.append(this.corners); // above all that is drawn
    this.embedded = this.embed(Bokeh, document);
    this.embedded.catch((error) => console.error("symgrad: the plot could not be drawn:", error));
  }

  // Bokeh only draws on the page itself, and a notebook takes cells off it while they are out of sight.
  async embed(Bokeh, document, tries = 0) {
    while (!this.box.isConnected && !this.signal.aborted) await new Promise((done) => setTimeout(done, 50));
    if (this.signal.aborted) return;
    const copy = structuredClone(document), title = (copy.doc.title = `symgrad ${(made += 1)}`);
    const gone = () => Bokeh.documents.splice(0, Infinity, ...Bokeh.documents.filter((one) => one.title() !== title)); // bokeh keeps them all
    let views;
    try {
      views = await Bokeh.embed.embed_item(copy, this.box);
    } catch (error) {
      gone();
      if (this.box.isConnected || tries > 9) throw error;
      return this.embed(Bokeh, document, tries + 1);
    }
    const forget = () => {
      const { model: { document } } = views.roots[0];
      views.clear();
      document.clear(); // or it looks at itself later
      this.view = null;
      gone();
    };
    this.signal.addEventListener("abort", forget);
    if (this.signal.aborted) return forget();
    this.view = views.roots[0];
    this.model = this.view.model;
    this.document = this.model.document;
    for (const { formatter } of this.axes) {
      const plain = formatter.doFormat.bind(formatter);
      formatter.doFormat = (...given) => plain(...given).map(local);
    }
    // For each text bokeh asks for a style: the page would be laid out anew.
    for (const { visuals = [] } of this.view.renderer_views) for (const one of visuals) one._get_css_value = () => "";
    this.paint();
    const again = () => requestAnimationFrame(() => {
      const { left, top, width, height } = this.frame ?? this.size;
      put(this.corners, { left, top, width, height });
      this.drawn();
    });
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

  // Have a source show some rows: a column is a function of a row and its place, or the same for all.
  fill(name, rows, columns) {
    const column = (of) => rows.map((row, i) => (typeof of === "function" ? of(row, i) : of));
    this.source(name).data = Object.fromEntries(Object.entries(columns).map(([key, of]) => [key, column(of)]));
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
    for (const [range, start, end] of [[x, left, right], [y, bottom, top]]) range.setv({ start, end, reset_start: start, reset_end: end });
    for (const axis of this.axes) axis.visible = true;
    this.model.outline_line_alpha = 0.35;
  }

  // Names of the axes, in the corners that what is drawn leaves free.
  labels(across, up, falling = false) {
    this.corners.replaceChildren(h("i", {}, across), h("i", {}, up));
    this.corners.classList.toggle("sgi-falling", falling);
  }

  get axes() {
    return [...this.model.below, ...this.model.left];
  }

  // The canvas cannot inherit colours: they are copied from the page.
  paint() {
    if (!this.model) return;
    const look = getComputedStyle(this.box), soft = look.getPropertyValue("--sgi-soft").trim() || look.color;
    if (!soft) return; // it is on no page just now
    this.model.outline_line_color = soft;
    const major_label_text_font_size = `${12 * Number(look.getPropertyValue("--s"))}px`;
    for (const axis of this.axes) Object.assign(axis, { major_label_text_color: soft, major_tick_line_color: soft, major_label_text_font_size });
  }
}
