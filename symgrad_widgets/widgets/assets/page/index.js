// A page without a kernel: what was put into it is opened, and the instrument asks it what it asks a kernel else.
import { bytes } from "../formula/index.js";
import { render } from "../instrument/index.js";
import { Answerer } from "./answerer.js";
import { opened, written } from "./link.js";
import { inflated, unsealed } from "./sealed.js";
import { Tasks } from "./tasks.js";
import { WORDS } from "./words.js";

const element = (id) => document.getElementById(`symgrad-${id}`);
const packed = async (id) => inflated(bytes(element(id).textContent.trim()));
const plain = async (id) => JSON.parse(new TextDecoder().decode(await packed(id)));

function say(text) {
  element("note").textContent = text;
  element("note").hidden = !text;
}

// BokehJS as a module: from the page, or, where it stands beside the page, as it has been read already.
async function live(version) {
  if (element("bokeh")) return packed("bokeh");
  if (!globalThis.Bokeh?.[version]) say(WORDS.plots);
  return new TextEncoder().encode(`Bokeh["${version}"].set_log_level("error");`);
}

async function start() {
  const data = await plain("data"), sealed = await plain("sealed");
  const answers = sealed.salt ? null : await unsealed(sealed);
  const answerer = new Answerer(data, () => live(data.bokeh), () => packed("paper"), answers);
  const moved = follow(answerer, data);
  linked(answerer, data);
  locked(answerer, sealed);
  dark();
  answerer.begun = answerer.begin();
  render({ model: answerer, el: element("instrument") });
  globalThis.symgrad = { answerer }; // for whoever opens the console
  if (!data.tasks.length) return;
  await answerer.begun;
  moved.push(tasks(answerer, data));
}

function tasks(answerer, data) {
  const opens = (line) => opened(line, data.state, (state) => answerer.why(state));
  const shown = new Tasks(element("tasks"), data, answerer, opens);
  return () => shown.moved();
}

// The address and the state, each after the other; what else wants to know of a new state is put into what is returned.
function follow(answerer, data) {
  const others = [];
  const check = (state) => answerer.why(state);
  const read = () => {
    say("");
    if (location.hash.length < 2) return data.state;
    try {
      return opened(location.hash, data.state, check);
    } catch (error) {
      say(WORDS.broken({ why: error.message }));
      return null;
    }
  };
  answerer.state = answerer.shown = read() ?? data.state;
  answerer.moved = (state) => {
    const after = written(state, data.state);
    if (after !== location.hash) history.replaceState(null, "", after || location.pathname + location.search);
    element("line").value = line(state, data);
    for (const act of others) act(state);
  };
  element("line").value = line(answerer.state, data);
  addEventListener("hashchange", () => {
    const state = read();
    if (state) answerer.go(state);
  });
  return others;
}

// A state as a line that does not depend on where the page stands.
const line = (state, data) => written(state, data.state) || `#symgrad=${data.state.symgrad}`;

function linked(answerer, data) {
  const field = element("line"), copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      what.textContent = WORDS.copied;
    } catch { // a page without the right to
      field.value = text;
      field.select();
      what.textContent = WORDS.copy;
    }
  };
  element("copy").addEventListener("click", () => copy(location.href, element("told")));
  element("copyline").addEventListener("click", () => copy(line(answerer.state, data), element("told")));
  element("form").addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      answerer.go(opened(field.value, data.state, (state) => answerer.why(state)));
      element("told").textContent = WORDS.went;
    } catch (error) {
      element("told").textContent = WORDS.line({ why: error.message });
    }
  });
}

// What was kept back under a word.
function locked(answerer, sealed) {
  const form = element("word");
  form.hidden = !sealed.salt;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answers = await unsealed(sealed, form.elements.word.value);
      element("opened").textContent = answers ? WORDS.opened : WORDS.wrong;
      if (answers) answerer.open(answers);
    } catch (error) {
      element("opened").textContent = error.message;
    }
  });
}

// A change of the colours that a reader prefers is told to the instrument, which looks when the page changes.
function dark() {
  const prefers = matchMedia("(prefers-color-scheme: dark)"), mark = () => (document.documentElement.dataset.dark = String(prefers.matches));
  prefers.addEventListener("change", mark);
  mark();
}

start().catch((error) => {
  say(typeof DecompressionStream === "undefined" ? WORDS.old : String(error));
  console.error(error);
});
