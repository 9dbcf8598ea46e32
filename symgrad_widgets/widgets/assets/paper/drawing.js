// What is on the page as one SVG of lines and letters, which any program for papers can open.

const ROUND = (value) => Number(value.toFixed(2));
const sheet = document.createElement("canvas").getContext("2d");

export const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);

// SVG of an element and all in it that is seen; `drawn` maps some elements to an SVG of their own.
export function drawing(root, drawn, paper, title) {
  const around = root.getBoundingClientRect();
  const [width, height] = [around.width, around.height].map(Math.ceil);
  const inside = new Writer(around, drawn).element(root);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="${paper}"/>${inside}</svg>`;
}

class Writer {
  constructor(around, drawn) {
    Object.assign(this, { around, drawn, clips: 0 });
  }

  box(element) {
    const { left, top, width, height } = element.getBoundingClientRect();
    return [left - this.around.left, top - this.around.top, width, height].map(ROUND);
  }

  element(element) {
    const style = getComputedStyle(element), [x, y, width, height] = this.box(element);
    if (style.display === "none" || style.visibility === "hidden" || style.clipPath !== "none") return "";
    const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
    if (this.drawn.has(element)) return placed(this.drawn.get(element), place);
    if (element.localName === "canvas") return element.width && width ? `<image ${place} href="${element.toDataURL()}"/>` : "";
    if (element.localName === "svg") return placed(new XMLSerializer().serializeToString(element), `${place} color="${style.color}"`);
    let inside = framed(style, place, [x, y, width, height]);
    if (element.localName === "mfrac") inside += this.bar(element, style);
    if (element.localName === "msqrt") inside += root(style, x, y, width, height);
    if (element.matches("input, select")) inside += this.field(element, style, [x, y, width, height]);
    else for (const child of element.childNodes)
      inside += child.nodeType === 3 ? this.text(child, style) : child.nodeType === 1 ? this.element(child) : "";
    if (inside && width && height && [style.overflowX, style.overflowY].some((one) => one !== "visible")) inside = this.clipped(inside, place);
    return inside && style.opacity !== "1" ? `<g opacity="${style.opacity}">${inside}</g>` : inside;
  }

  clipped(inside, place) {
    const name = `clip${Math.round(this.around.width)}-${(this.clips += 1)}`;
    return `<clipPath id="${name}"><rect ${place}/></clipPath><g clip-path="url(#${name})">${inside}</g>`;
  }

  // Text as it was broken into lines, word by word.
  text(node, style) {
    const lines = [], range = document.createRange();
    for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const rect = range.getBoundingClientRect(), last = lines.at(-1);
      if (!rect.width) continue;
      if (last && Math.abs(last.rect.top - rect.top) < 2) Object.assign(last, { said: `${last.said} ${word}`, right: rect.right });
      else lines.push({ said: word, rect, right: rect.right });
    }
    const letter = node.parentNode.localName === "mi" && Array.from(node.data.trim()).length === 1;
    return lines.map(({ said, rect, right }) =>
      written(said, style, rect.left - this.around.left, rect.top - this.around.top, right - rect.left, rect.height, letter)).join("");
  }

  field(element, style, [x, y, width, height]) {
    if (element.type === "range") {
      const share = (element.value - element.min) / (element.max - element.min || 1), at = x + 8 + share * (width - 16), line = y + height / 2;
      return `<path d="M${x} ${line}H${x + width}" stroke="${style.color}" stroke-opacity=".4" stroke-width="3"/><circle cx="${ROUND(at)}" cy="${line}" r="7" fill="${style.accentColor}"/>`;
    }
    const said = element.localName === "select" ? (element.selectedOptions[0]?.textContent ?? "") : element.value || element.placeholder;
    const tall = parseFloat(style.fontSize) * 1.2;
    return written(said, style, x + parseFloat(style.paddingLeft) + 1, y + (height - tall) / 2, null, tall, false);
  }

  bar(fraction, style) {
    const [above, below] = [...fraction.children].map((one) => this.box(one)), [x, , width] = this.box(fraction);
    return `<path d="M${x} ${ROUND((above[1] + above[3] + below[1]) / 2)}h${width}" stroke="${style.color}"/>`;
  }
}

const placed = (svg, place) => svg.replace(/<svg([^>]*)>/, (_, given) =>
  `<svg${given.replace(/ (width|height|x|y|style)="[^"]*"/g, "").replace(/ xmlns="[^"]*"/, "")} xmlns="http://www.w3.org/2000/svg" ${place}${given.includes("viewBox") ? "" : viewed(given)}>`);

const viewed = (given) => ` viewBox="0 0 ${given.match(/ width="([\d.]+)/)?.[1] ?? 100} ${given.match(/ height="([\d.]+)/)?.[1] ?? 100}"`;

function root(style, x, y, width, height) {
  const wide = Math.min(width / 2, parseFloat(style.fontSize) * 0.6);
  return `<path fill="none" stroke="${style.color}" d="M${x} ${ROUND(y + height * 0.6)}l${ROUND(wide * 0.4)} ${ROUND(height * 0.4)}L${ROUND(x + wide)} ${y + 1}H${x + width}"/>`;
}

const seen = (colour) => !/^rgba\(.*, 0\)$|^transparent$/.test(colour);

function framed(style, place, [x, y, width, height]) {
  const round = Math.min(parseFloat(style.borderTopLeftRadius) || 0, height / 2), all = ["Top", "Right", "Bottom", "Left"];
  const lines = all.filter((side) => parseFloat(style[`border${side}Width`]) && style[`border${side}Style`] !== "none" && seen(style[`border${side}Color`]));
  if (!(width && height)) return "";
  const whole = lines.length === 4 ? ` stroke="${style.borderTopColor}"` : "";
  const fill = seen(style.backgroundColor) ? style.backgroundColor : "none";
  const box = whole || fill !== "none" ? `<rect ${place} rx="${round}" fill="${fill}"${whole}/>` : "";
  const ends = { Top: `M${x} ${y}h${width}`, Bottom: `M${x} ${y + height}h${width}`, Left: `M${x} ${y}v${height}`, Right: `M${x + width} ${y}v${height}` };
  const ring = parseFloat(style.outlineWidth) && style.outlineStyle !== "none"
    ? `<rect ${place} rx="${round}" fill="none" stroke="${style.outlineColor}" stroke-width="${style.outlineWidth}"/>` : "";
  return box + ring + (whole ? "" : lines.map((side) => `<path d="${ends[side]}" stroke="${style[`border${side}Color`]}" stroke-width="${style[`border${side}Width`]}"/>`).join(""));
}

function written(said, style, left, top, width, height, letter) {
  const { fontFamily, fontSize, fontWeight, color } = style, fontStyle = letter ? "italic" : style.fontStyle;
  sheet.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = sheet.measureText(said);
  const long = width === null ? "" : ` textLength="${ROUND(width)}" lengthAdjust="spacingAndGlyphs"`;
  const shown = style.textTransform === "uppercase" ? said.toUpperCase() : said;
  return `<text x="${ROUND(left)}" y="${ROUND(top + (height * up) / (up + down))}"${long} fill="${color}" font-family="${escaped(fontFamily)}" ` +
    `font-size="${fontSize}" font-weight="${fontWeight}" font-style="${fontStyle}">${escaped(shown)}</text>`;
}
