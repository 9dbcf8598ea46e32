"""Close the views of a cell when it is run again; otherwise widgets would live as long as their kernel."""

__all__ = ["adopt"]

_views: dict = {}  # cell -> (number of the message that ran it, its views)


def adopt(view):
    """Close a view when the cell that made it runs again; if the front end names no cell, keep the view."""
    cell, run = _running()
    if cell is None:
        return
    before, views = _views.get(cell, (None, []))
    if before != run:
        for old in views:
            old.close()
        views = []
    _views[cell] = run, [*views, view]


def _running():
    """Return the cell that is running, and the message that started it; or (None, None)."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None, None
    kernel = getattr(get_ipython(), "kernel", None)
    message = kernel.get_parent() if hasattr(kernel, "get_parent") else {}
    return message.get("metadata", {}).get("cellId"), message.get("header", {}).get("msg_id")
