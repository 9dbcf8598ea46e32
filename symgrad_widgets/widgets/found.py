"""What one generation of a search has found, as plain data for a page."""

__all__ = ["plain_law", "plain_state"]


def plain_law(row):
    """Return a row of an atlas, written as the generations of a finished search; [] if it has no formula."""
    if row.formula is None:
        return []
    front = [{"text": row.formula, "length": row.complexity, "loss": float(f"{row.loss:.2g}")}]
    return [{"generation": 1, "tried": 0, "front": front, "best": 0, "kind": row.kind}]


def plain_state(search, state):
    """JSON-able dict of a `SearchState`: its front by length, its best formula and that formula's kind."""
    front = [
        {"text": str(search.in_inputs(one)), "length": one.complexity, "loss": one.loss}
        for one in state.front
    ]
    return {
        "generation": state.generation,
        "tried": state.evaluations,
        "front": front,
        "best": state.front.index(state.best) if state.best in state.front else -1,
        "kind": state.kind,
    }
