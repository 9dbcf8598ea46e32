"""Choose the answer: write formulas, judge them, choose one, and collect evidence for it."""
