"""What a generation of a search has found, as plain data for a page."""

__all__ = ["plain_state"]


def plain_state(search, state):
    """JSON-able dict of a `SearchState`: its front by length, which is the best, and of what kind that is."""
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
