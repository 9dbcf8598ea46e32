"""Stands in for the process with Julia: the same protocol, with formulas and accidents out of a script.

SYMGRAD_STAND_IN names a JSON file: {"blocks": [[[formula, loss, size], ...], ...]} and, by the number of
the block at which it happens, what goes wrong: "die", "garbage", "wrong", "silence", "slow", "deaf" (to an
interrupt), "file" (the rows in PySR's own file, the last one cut off, and then silence), or "busy" (two
seconds in which only that file changes). "start" makes an accident of the start.
"""

import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = json.loads(Path(os.environ["SYMGRAD_STAND_IN"]).read_text())


class InterruptedStepError(Exception):
    pass


def interrupted(*_):
    raise InterruptedStepError


def say(message):
    print(json.dumps(message) if isinstance(message, dict) else message, flush=True)


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def write(folder, rows):
    place = folder / "abc" / "run"
    place.mkdir(parents=True, exist_ok=True)
    lines = "".join(f'{size},{loss},"{text}"\n' for text, loss, size in rows)
    (place / "hall_of_fame.csv").write_text("Complexity,Loss,Equation\n" + lines + "9,0.0")


def accident(what, folder, rows):
    if what == "die":
        note("signal (11): Segmentation fault")
        os._exit(139)
    if what == "garbage":
        say("Julia says hello")
    if what == "wrong":
        say({"front": [["x1", "small", None]], "evaluations": 1})
    if what == "busy":
        for _ in range(10):
            write(folder, rows)
            time.sleep(0.2)
    if what in {"silence", "slow", "file", "deaf"}:
        if what == "file":
            write(folder, rows)
        if what == "deaf":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        time.sleep({"slow": 0.5, "deaf": 3}.get(what, 60))


def main():
    note("stand-in for Julia, process", os.getpid())
    note("temporary files in", tempfile.gettempdir())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start = SCRIPT.get("start")
    if isinstance(start, dict):
        note("ERROR:", start["text"])
        say(start)
        return
    accident(start, None, ())
    say({"ready": {"pysr": "stand-in", "julia": "none"}})
    problems = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "open":
            assert Path(request["arrays"]).exists()
            problems[request["number"]] = Path(request["folder"])
            note("open", json.dumps(request))
            say({"opened": request["number"]})
            continue
        folder, done = problems[request["number"]], request["block"]
        note("block", done, "seed", request["seed"])
        rows = SCRIPT["blocks"][min(done, len(SCRIPT["blocks"]) - 1)]
        marker = Path(os.environ["SYMGRAD_STAND_IN"]).with_suffix(f".{done}")
        try:
            signal.signal(signal.SIGINT, interrupted)
            if str(done) in SCRIPT and not marker.exists():
                if SCRIPT.get("once"):
                    marker.touch()
                accident(SCRIPT[str(done)], folder, rows)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say({"front": rows, "evaluations": 1000})
        except InterruptedStepError:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say({"interrupted": True})


if __name__ == "__main__":
    main()
