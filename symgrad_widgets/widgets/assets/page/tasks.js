// Tasks with feedback: one at a time above the instrument; what was solved stays in this browser, and can be handed
// in as a line. Formulas are checked by their angle to the field.
import { mathml } from "../formula/index.js";
import { button, degrees, h } from "../instrument/dom.js";
import { typed } from "../instrument/told.js";
import { apart } from "./verdict.js";
import { WORDS } from "./words.js";

const GUESSES = 20; // that are handed in, the last ones

export class Tasks {
  // opens(line): the state of a line.
  constructor(root, data, answerer, opens) {
    Object.assign(this, { root, data, answerer, tasks: data.tasks });
    this.starts = data.tasks.map(({ start }) => (start ? opens(start) : null));
    this.kept = { at: 0, solved: [], picked: {}, guesses: [], ...recall(data.id) };
    this.said = h("p.sgp-said", { role: "status" });
    this.count = h("span");
    this.title = h("h2");
    this.text = h("div");
    this.controls = h("div.sgp-controls");
    this.back = button(WORDS.before, () => this.show(this.kept.at - 1));
    this.next = button(WORDS.after, () => this.show(this.kept.at + 1));
    this.name = h("input", { id: "symgrad-name", autocomplete: "name", placeholder: WORDS.name });
    this.handed = h("input", { readOnly: true, hidden: true, ariaLabel: WORDS.handed });
    root.append(h("p.sgp-where", {}, this.count, this.back, this.next), this.title, this.text, this.controls, this.said);
    const hand = h("form.sgp-hand", { onsubmit: (event) => this.handIn(event) }, h("label", { htmlFor: "symgrad-name" }, WORDS.hand), this.name,
      h("button", { type: "submit" }, WORDS.make), this.handed);
    document.querySelector(".sgp-foot").prepend(hand);
    root.hidden = false;
    this.show(Math.min(this.kept.at, this.tasks.length - 1), false);
  }

  get task() {
    return this.tasks[this.kept.at];
  }

  // State in which the task begins, or null: it begins wherever one is.
  get start() {
    return this.starts[this.kept.at];
  }

  show(at, begin = true) {
    this.kept.at = Math.max(0, Math.min(this.tasks.length - 1, at));
    const { task } = this;
    this.title.textContent = task.title;
    this.text.replaceChildren(...task.text.split(/\n\s*\n/).filter(Boolean).map((part) => h("p", {}, ...typed(part, (one) => this.type(one)))));
    this.controls.replaceChildren(...this.choices(task));
    this.back.disabled = this.kept.at === 0;
    this.next.disabled = this.kept.at === this.tasks.length - 1;
    this.tell("");
    if (begin && this.start) this.answerer.go(this.start);
    this.keep();
    this.moved();
  }

  type(text) {
    try {
      return mathml(this.answerer.read(text).tree, this.data.language);
    } catch { // no formula
      return h("p", {}, h("code", {}, text)).innerHTML;
    }
  }

  choices({ options, which }) {
    if (which) return which.map((text, i) => {
      const chosen = button("", () => this.compare(i), { ariaLabel: text });
      chosen.innerHTML = this.type(text);
      return chosen;
    });
    return options.map((text, i) => button(text, () => this.pick(i), { ariaPressed: String(this.kept.picked[this.kept.at] === i) }));
  }

  // Angles of the two formulas to the neurons of the task.
  async compare(i) {
    const { subjects } = this.answerer, { layer, neurons } = this.start ?? this.data.state, at = this.kept.at;
    const field = subjects.whole(await subjects.of(layer, neurons));
    if (at !== this.kept.at) return; // another task has been gone to meanwhile
    const angles = this.task.which.map((text) => apart(this.answerer.read(text).tree, field, this.data.language));
    const right = angles[i] < angles[1 - i];
    this.kept.picked[this.kept.at] = i;
    this.tell(WORDS[right ? "right" : "left"]({ mine: degrees(angles[i]), other: degrees(angles[1 - i]) }), right);
  }

  pick(i) {
    this.kept.picked[this.kept.at] = i;
    const right = this.answerer.answers?.right?.[this.kept.at];
    this.show(this.kept.at, false);
    this.tell(right === undefined ? WORDS.noted : WORDS[right === i ? "solved" : "no"], right === i);
  }

  // What has been done in the instrument may have solved the task.
  moved() {
    const { task, answerer } = this, { subject } = answerer, { state } = answerer;
    this.kept.guesses = [...new Set([...this.kept.guesses, ...state.guesses])].slice(-GUESSES);
    if (subject && (task.guess || task.find)) {
      const field = answerer.subjects.whole(subject), at = (text) => apart(answerer.read(text).tree, field, this.data.language);
      if (task.guess && this.its(subject) && state.guesses.includes(state.selected)) {
        const angle = at(state.selected), solved = angle < task.guess;
        this.tell(WORDS[solved ? "reached" : "nearer"]({ angle: degrees(angle), below: task.guess }), solved);
      }
      if (task.find && [null, state.layer].includes(task.find.layer) && !this.its(subject)) {
        const angle = at(task.find.formula), solved = angle < task.find.below;
        this.tell(WORDS[solved ? "found" : "other"]({ what: subject.what, angle: degrees(angle) }), solved);
      }
    }
    this.keep();
    this.progress();
  }

  // Whether neurons are those with which the task begins, or else the page.
  its({ layer, neurons }) {
    const state = this.start ?? this.data.state;
    return layer === state.layer && String(neurons) === String(state.neurons);
  }

  tell(said, solved = false) {
    this.said.textContent = said;
    this.said.classList.toggle("sgp-solved", solved);
    if (solved && !this.kept.solved.includes(this.kept.at)) this.kept.solved.push(this.kept.at);
    this.keep();
    this.progress();
  }

  progress() {
    const { solved, at } = this.kept, done = solved.includes(at);
    this.count.textContent = WORDS.progress({ at: at + 1, count: this.tasks.length, solved: solved.length });
    this.root.classList.toggle("sgp-done", done);
  }

  keep() {
    keep(this.data.id, this.kept);
  }

  handIn(event) {
    event.preventDefault();
    const { solved, picked, guesses } = this.kept, name = this.name.value.trim().slice(0, 80);
    this.handed.value = JSON.stringify({ symgrad: "class 1", page: this.data.id, name, solved: solved.map((i) => i + 1).sort((a, b) => a - b),
      picked: Object.fromEntries(Object.entries(picked).map(([i, option]) => [Number(i) + 1, option + 1])), guesses });
    this.handed.hidden = false;
    this.handed.select();
    navigator.clipboard?.writeText(this.handed.value).catch(() => null); // it stays selected
  }
}

// A browser may keep nothing for a page from a file.
function recall(id) {
  try {
    return JSON.parse(localStorage.getItem(`symgrad ${id}`));
  } catch {
    return null;
  }
}

function keep(id, what) {
  try {
    localStorage.setItem(`symgrad ${id}`, JSON.stringify(what));
  } catch {
    return;
  }
}
