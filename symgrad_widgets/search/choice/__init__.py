"""Which formula is the answer: how it is written, judged and chosen, and what speaks for it."""
