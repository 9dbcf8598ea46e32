// All that a page says beside the instrument, in one table.

export const WORDS = {
  broken: (why) => `The link could not be followed: ${why}. The page has opened as it was made.`,
  line: (why) => `This line could not be followed: ${why}. Nothing was changed.`,
  copied: "Copied.",
  copy: "The line is selected: copy it.",
  went: "Done.",
  wrong: "This is not the word.",
  opened: "Opened.",
  locked: "The answer is locked. Give the word below to open it.",
  guess: "Guess first: the machine's formulas are kept back until you have.",
  still: "Nothing can be said of this neuron: it does not change where the data are.",
  search: "That was all of the recorded search. To search on, you need Python: see below.",
  old: "This browser is too old for the page: it needs one of 2023 or later.",
  plots: "The plots need bokeh.js, which should stand beside this page.",
};
