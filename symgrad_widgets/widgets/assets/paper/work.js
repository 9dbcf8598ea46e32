// What somebody has done, for a lab report: the guesses in order with their pictures, the last formula, its verdict.
import { degrees, ten } from "../instrument/dom.js";
import { escaped } from "./drawing.js";
import { SAVED } from "./words.js";

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;padding:0 1em}
figure{margin:1em 0;break-inside:avoid}svg{max-width:100%;height:auto}figcaption{font-size:1.2em}
code{overflow-wrap:anywhere}.said{border-left:4px solid;padding-left:1em}`;

// A page of its own, in the colours of `look`, a style. `pictures` maps texts to SVG; `told` is { name, said } of
// the last formula, or null.
export function work(store, pictures, told, look) {
  const { text, given, state, words } = store, guesses = state.guesses.includes(text) || text === null ? state.guesses : [...state.guesses, text];
  const figures = guesses.map((guess, i) => {
    const score = store.score(guess), said = score ? SAVED.reached({ angle: degrees(score.angle), loss: ten(score.loss) }) : "";
    const caption = `${i + 1}. ${store.type(guess)}${guess === text ? " ◆" : ""}`;
    return `<figure>${pictures.get(guess) ?? ""}<figcaption>${caption}</figcaption><p><code>${escaped(guess)}</code> ${escaped(said)}</p></figure>`;
  });
  const [across, up] = state.inputs, over = up ? `, ${escaped(words.over({ across, up }))}` : "";
  const question = state.neurons.length > 1 ? words.questions({ count: state.neurons.length }) : words.question;
  const verdict = told ? `<p class="said"><b>${escaped(told.name)}</b> ${escaped(told.said)}</p>` : "";
  const last = text === null ? "" : `<h2>${escaped(SAVED.last)}</h2><p>${store.type(text)}</p><p><code>${escaped(text)}</code></p>${verdict}`;
  return `<!DOCTYPE html><html lang="${TABLE.locale}"><head><meta charset="utf-8"><title>${escaped(SAVED.title)}</title><style>${STYLE}:root{background:${look.backgroundColor};color:${look.color}}</style></head><body>` +
    `<h1>${escaped(question)}</h1><p>${escaped(given.story ?? "")} ${escaped(given.what)}${over}.</p><h2>${escaped(SAVED.guesses)}</h2>${figures.join("")}` +
    `${last}<h2>${escaped(SAVED.state)}</h2><p>${escaped(SAVED.stateTitle)}</p><p><code>${escaped(JSON.stringify(state))}</code></p></body></html>`;
}
