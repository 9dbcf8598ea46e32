"""Find formulas of a network's neurons in the background, whenever the user is not waiting for anything."""

import asyncio
import threading
from collections import deque
from contextlib import suppress
from time import monotonic

from ..errors import SymgradError
from ..reading.atlas import law_of
from .found import plain_law
from .worker import Worker

__all__ = ["GrowingAtlas"]

_QUIET = 1.0  # seconds after a page has asked for something
_LOOK = 0.2  # seconds between two checks that all is quiet


class GrowingAtlas:
    """An atlas that grows neuron by neuron, with the lowest priority: it rests while other work is done.

    Parameters
    ----------
    busy : function that says whether anything is being computed for the user
    told : called with a network, a place (layer, neuron) and the formulas found there, as plain data

    """

    def __init__(self, busy, told):
        self._busy, self._told, self._todo = busy, told, deque()
        self._worker, self._heard, self._loop = Worker(lambda *_: None), 0.0, None

    def rest(self):
        """Rest for a while, because a page has asked for something."""
        self._heard = monotonic()

    def grow(self, network, places):
        """Go on with these neurons of a network; neurons that are still waiting are forgotten."""
        with suppress(RuntimeError):  # in a thread, or without a kernel, there is no loop
            self._loop = asyncio.get_running_loop()
        self._todo = deque((network, place) for place in places if place not in network.laws)
        self._worker.start(self._go_through)

    def stop(self):
        """End after the current neuron."""
        self._todo.clear()
        self._worker.halted.set()

    def wait(self, timeout):
        """Wait until all neurons are done."""
        self._worker.wait(timeout)

    def _go_through(self):
        while self._todo and self._all_quiet():
            network, place = self._todo.popleft()
            try:
                row = law_of(network.activity, *place, random_state=network.seed)
            except SymgradError:  # it does not change, or is not smooth
                continue
            network.laws[place] = plain_law(row)
            self._told(network, place, network.laws[place])

    def _all_quiet(self):
        """Wait until nothing else is being computed; return False if the work has to end."""
        halted = self._worker.halted
        while self._busy() or monotonic() - self._heard < _QUIET or not self._kernel_is_free():
            if halted.wait(_LOOK):
                return False
        return not halted.is_set()

    def _kernel_is_free(self):
        """Return whether the kernel is idle (no cell, no page's request), so its loop answers at once."""
        if self._loop is None or self._loop.is_closed():
            return True
        turned = threading.Event()
        self._loop.call_soon_threadsafe(turned.set)
        return turned.wait(_LOOK)
