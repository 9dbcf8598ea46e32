"""Start the process with Julia at the first request, send one request at a time, and end it.

Requests and answers are lines of JSON, and arrays are in .npz files; nothing is unpickled. All searches of a
Python process share one Julia.
"""

import contextlib
import json
import os
import platform
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path

import psutil

from ...errors import EngineError
from . import installed

__all__ = ["Julia", "shared"]

_FOLDERS = re.sub(r"\W", "_", f"symgrad_pysr_{platform.node()}") + "-"  # followed by its process number
_LOOK = 0.05  # seconds between two calls of the watch
_LINES = 20  # last lines of the log in an error message
_shared = None


def command():
    """Return the command that starts the process; raise EngineError if something is missing."""
    installed.require()
    return [sys.executable, "-P", str(Path(__file__).with_name("child.py"))]


def shared():
    """Return the one Julia of this Python process; it ends when no search uses it any more."""
    global _shared  # noqa: PLW0603 - all searches share one process
    julia = _shared and _shared()
    if julia is None:
        julia = Julia()
        _shared = weakref.ref(julia)
    return julia


class Julia:
    """A process with Julia that answers requests.

    Attributes
    ----------
    log : path of the file with its output
    life : number of processes so far; when a process ends, its data are lost
    patience : the process counts as hung after this many seconds without an answer, a new line in the log, or
        a better formula

    """

    patience = 1800

    def __init__(self):
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-"))
        self.log = self.folder / "julia.log"
        self.life, self.versions = 0, None
        self._process, self._lock = None, threading.RLock()
        self._dropped = False  # whether we dropped a request whose answer is still to come
        self._end = weakref.finalize(self, lambda: None)
        self._tidy = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    @property
    def alive(self):
        """Whether a process is running."""
        return self._process is not None and self._process.poll() is None

    def ask(self, request, valid, life=None, watch=lambda: None):
        """Send a request; return the answer, a dict for which `valid(answer)` holds.

        This method calls `watch()` while it waits. If `watch` raises an error, the request is dropped; the
        next request waits until the process has finished with this one. `life` is the number of the process
        that must answer: if this process has ended or been replaced, the result is None.

        Raises
        ------
        EngineError
            if the process cannot start, dies, does not answer, reports an error, or answers nonsense. The
            message contains the last 20 lines of its log.

        """
        while not self._lock.acquire(timeout=_LOOK):
            watch()
        try:
            watch()
            self._settle(watch)
            if life is not None and not (self.alive and self.life == life):
                return None
            if not self.alive:
                self._start(watch)
            return self._exchange(request, valid, watch)
        finally:
            self._lock.release()

    def close(self):
        """End the process now."""
        self._end()

    def _start(self, watch):
        started = command()
        self.close()
        self.life += 1
        environment = os.environ | {"PYTHON_JULIACALL_HANDLE_SIGNALS": "yes", "PYTHONIOENCODING": "utf-8"}
        # Julia puts its temporary files here, so they are deleted with the folder even if Julia is killed.
        environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                started,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                cwd=self.folder,
                start_new_session=True,  # a terminal's Ctrl-C reaches only us, and we pass it on
            )
        self._end = weakref.finalize(self, _kill, self._process)
        self._answers = queue.SimpleQueue()
        arguments = self._process.stdout, self._answers
        threading.Thread(target=_read, args=arguments, daemon=True).start()
        self.versions = self._guarded(lambda: self._next(_has_versions, watch), self.close)["ready"]

    def _exchange(self, request, valid, watch):
        def exchange():
            with contextlib.suppress(OSError):  # it has just died, and `_next` will report it
                self._process.stdin.write(json.dumps(request).encode() + b"\n")
                self._process.stdin.flush()
            return self._next(valid, watch)

        return self._guarded(exchange, self._drop)

    def _guarded(self, work, cut_short):
        try:
            return work()
        except EngineError:
            self.close()
            raise
        except BaseException:  # a stop, the time limit, Ctrl-C
            cut_short()
            raise

    def _drop(self):
        """Ask the current step to end, but do not wait: PySR checks for a stop only once a cycle."""
        if os.name != "posix":
            self.close()
        elif self.alive:
            self._dropped = True
            self._process.send_signal(signal.SIGINT)

    def _settle(self, watch):
        """Wait until a dropped request has ended."""
        if self._dropped and self.alive:
            line = self._guarded(lambda: self._line(watch), lambda: None)
            if "error" in (_parsed(line) or "error"):
                self.close()
        self._dropped = False

    def _next(self, valid, watch):
        line = self._line(watch)
        if line is None:
            raise self._failed(f"ended with exit code {self._process.wait()}")
        answer = _parsed(line)
        if answer is not None and "error" in answer:
            what = f"{answer['error']}: {answer.get('text', '')}"
            raise self._failed(f"reports {what}", installed.advice(f"{what}\n{self._tail()}"))
        if answer is None or not valid(answer):
            raise self._failed(f"gave an answer that makes no sense here: {line[:80]!r}")
        return answer

    def _line(self, watch):
        heard, seen = time.monotonic(), None
        while True:
            try:
                return self._answers.get(timeout=_LOOK)
            except queue.Empty:
                watch()
            if (news := self._news()) != seen:
                heard, seen = time.monotonic(), news
            if time.monotonic() - heard > self.patience:
                raise self._failed(f"has said nothing for {self.patience:.0f} seconds and was ended")

    def _news(self):
        files = [self.log, *self.folder.glob("*/*/run/hall_of_fame.csv")]
        return [file.stat().st_mtime_ns for file in files if file.exists()]

    def _tail(self):
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-_LINES:])

    def _failed(self, what, advice=""):
        self._tidy.detach()  # keep the log for the user
        tail = self._tail() or "(it is empty)"
        advice = advice and f"\n{advice}"
        return EngineError(
            f"the process with PySR and Julia {what}.{advice}\n"
            f"The end of its log, {self.log}:\n{tail}\nThe native engine needs neither."
        )


def _sweep():
    """Remove the folders of processes that were killed or failed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*-*"):
        number = folder.name.removeprefix(_FOLDERS).partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _has_versions(answer):
    return isinstance(answer.get("ready"), dict)


def _parsed(line):
    """Return the dict in a line of JSON, or None."""
    try:
        answer = json.loads(line)
    except (TypeError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _read(stream, answers):
    with stream:
        for line in stream:
            answers.put(line.decode("utf-8", errors="replace"))
    answers.put(None)


def _kill(process):
    process.kill()
    process.wait()
    with contextlib.suppress(OSError):
        process.stdin.close()
