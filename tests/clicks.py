"""What a page sends when a person clicks, chooses or types, for tests without a browser."""


def send(front, **message):
    """Hand a message to all that listen to a widget of the page; what they raise is raised here."""
    assert front._msg_callbacks.callbacks, f"nothing listens to {front}"
    for callback in front._msg_callbacks.callbacks:
        callback(front, message, [])


def click(view, button, wait=True, **more):
    """Click a button of a view, and wait until the work that it begins has ended."""
    send(getattr(view, "_controls", view), do=button, **more)
    if wait:
        view._worker.wait(120)


def go(view, **parts):
    """Change parts of what a view shows, as a page does."""
    send(view, do="set", parts=parts)


def choose(view, **choices):
    """Change how a view shows it, as a page does."""
    view._choices = view._choices | choices


def heard(view):
    """All that a page that asks now is told, later words in the place of earlier ones."""
    told, send_on = {}, view.send
    view.send = lambda message, **_: told.update(message.get("given", {}))
    try:
        send(view, want="given")
    finally:
        view.send = send_on
    return told
