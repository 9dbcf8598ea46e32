"""Choose the answer: write formulas, judge them, choose one, and say what supports it."""
