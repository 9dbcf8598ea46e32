"""What a page sends when a person clicks, chooses or types, for tests without a browser."""


def send(front, **message):
    """Hand a message to all that listen to a widget of the page; what they raise is raised here."""
    assert front._msg_callbacks.callbacks, f"nothing listens to {front}"
    for callback in front._msg_callbacks.callbacks:
        callback(front, message, [])


def click(view, button, wait=True, **more):
    """Click a button of a view, and wait until the work that it begins has ended."""
    send(view._controls, do=button, **more)
    if wait:
        view._worker.wait(120)
