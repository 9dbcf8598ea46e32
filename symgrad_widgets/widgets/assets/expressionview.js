// A formula as mathematics, tree and text to copy; a box for guesses, and what they are worth.
const COLUMNS = [["formula", "your guess"], ["complexity", "complexity"], ["loss", "loss"], ["angle", "median angle"]];
const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed, as in a frame or over plain http
    const box = make("textarea", { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

function render({ model, el }) {
  el.innerHTML =
    '<section class="sg-formula" aria-label="Formula" data-lm-suppress-shortcuts="true"><div class="sg-math"></div>' +
    '<div class="sg-copies" role="group" aria-label="Copy the formula"></div><div class="sg-tree"></div>' +
    '<form><label>Your guess <input type="text" spellcheck="false" autocomplete="off" placeholder="a formula"></label>' +
    '<button type="submit">Score</button></form><p class="symgrad-error" role="alert"></p>' +
    '<table hidden><thead><tr></tr></thead><tbody></tbody></table><p class="sg-words" role="status"></p></section>';
  const section = el.firstChild;
  const [math, copies, tree, form, alert, table, words] = section.children;
  const input = form.querySelector("input");
  table.tHead.rows[0].append(...COLUMNS.map(([, title]) => make("th", { textContent: title, scope: "col" })));

  const formula = () => {
    const { mathml = "", tree: svg = "", texts = [] } = JSON.parse(model.get("shown"));
    math.innerHTML = mathml;
    tree.innerHTML = svg;
    tree.firstChild?.removeAttribute("style");
    copies.replaceChildren(...texts.map(([kind, text]) => {
      const button = make("button", { type: "button", textContent: `Copy ${kind}`, title: text });
      button.addEventListener("click", async () => {
        await copy(text);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = `Copy ${kind}`; }, 1200);
      });
      return button;
    }));
  };
  const rows = () => {
    const guesses = JSON.parse(model.get("guesses"));
    table.hidden = !guesses.length;
    table.tBodies[0].replaceChildren(...guesses.toReversed().map((guess) => {
      const row = make("tr");
      row.append(...COLUMNS.map(([name]) => make("td", { textContent: guess[name] })));
      return row;
    }));
  };
  const say = () => {
    words.textContent = model.get("words");
    alert.textContent = model.get("error");
    alert.hidden = !model.get("error");
    input.setAttribute("aria-invalid", Boolean(model.get("error")));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    model.send({ guess: input.value });
  });
  section.addEventListener("keydown", (event) => event.stopPropagation()); // every key can be part of a formula

  const handlers = { "change:shown": formula, "change:guesses": rows, "change:words": say, "change:error": say };
  for (const [event, handler] of Object.entries(handlers)) model.on(event, handler);
  for (const handler of [formula, rows, say]) handler();
  return () => { for (const [event, handler] of Object.entries(handlers)) model.off(event, handler); };
}

export default { render };
