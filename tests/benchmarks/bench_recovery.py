"""How often, and how fast, the search finds the 21 concepts of the two papers; figures as JSON on stdout.

    python tests/benchmarks/bench_recovery.py [--seeds 5] [--noise 0 1e-3 1e-2] [--only P1-08 ...] [--beyond]

1,000 points, default operators, one core. `found` is the time until `best` is the concept (`sg.verify` is
asked each time it changes, outside the clock), `kept` whether it still is when the search ends of itself,
`seconds` how long that took, `cpu` the processor time until found, which other work on the machine does not
change much. `wrong_but_proved` lists formulas with the verdict "proved" whose gradients do
not agree with the concept's on fresh points without noise.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when NumPy is loaded

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from concept_cases import BEYOND, CASES, field_of  # noqa: E402 - not installed

import symgrad_widgets as sg  # noqa: E402 - after the number of threads

_CAP = 60  # seconds of one search
_SAME = 1e-6  # loss on fresh exact points of a formula that is the concept, up to rounded constants


def recover(name, case, seed, noise):
    """One search to its end: what was found, when, and whether it was kept."""
    field = field_of(case, seed=seed, noise=noise)
    start, start_cpu = time.perf_counter(), time.process_time()
    search = sg.Search(field, random_state=seed)
    aside, aside_cpu, found, cpu, known = 0.0, 0.0, None, None, {}

    def look(state):
        nonlocal aside, aside_cpu, found, cpu
        now, now_cpu = time.perf_counter(), time.process_time()
        if state.best is not None and state.best.expression not in known:
            known[state.best.expression] = judged(state.best, case, field, noise)
        if found is None and state.best is not None and known[state.best.expression]["same"]:
            found, cpu = now - start - aside, now_cpu - start_cpu - aside_cpu
        aside += time.perf_counter() - now
        aside_cpu += time.process_time() - now_cpu

    state = search.run(seconds=_CAP, progress=False, callback=look)
    seconds = time.perf_counter() - start - aside
    verdict = known[state.best.expression] if state.best else {"same": False, "how": "none", "fresh": 1.0}
    return {
        "case": name,
        "seed": seed,
        "noise": noise,
        "found": found,
        "cpu": cpu,
        "kept": verdict["same"],
        "how": verdict["how"],
        "fresh_loss": verdict["fresh"],
        "best": state.best and str(state.best.expression),
        "loss": state.best and state.best.loss,
        "seconds": seconds,
        "generations": state.generation,
        "evaluations": state.evaluations,
    }


def judged(candidate, case, field, noise):
    """Verdict on a candidate, and its loss on fresh exact points of the same distribution."""
    verdict = sg.verify(candidate.expression, case.concept, field, case.constraints)
    fresh = sg.score(field_of(case, seed=987), candidate.expression).loss
    exact = verdict.how in ("proved", "numerically") or (noise > 0 or fresh < 1e-12)
    return {"same": bool(verdict.same and exact), "how": verdict.how, "fresh": fresh}


def summary(rows, noise):
    """Figures of all searches at one noise; times are those of the searches that found the concept."""
    times = sorted((row["found"], row["cpu"], row["case"]) for row in rows if row["found"] is not None)
    seconds, cpu, _ = zip(*times, strict=True) if times else ([np.inf], [np.inf], [None])
    kept = [row for row in rows if row["kept"]]
    by_seed = {}
    for row in rows:
        by_seed[row["seed"]] = by_seed.get(row["seed"], 0) + row["kept"]
    return {
        "noise": noise,
        "searches": len(rows),
        "found": len(times),
        "kept": len(kept),
        "kept_of_each_seed": list(by_seed.values()),
        "median_seconds_to_found": float(np.median(seconds)),
        "worst_seconds_to_found": seconds[-1],
        "worst_case": times[-1][2] if times else None,
        "median_cpu_to_found": float(np.median(cpu)),
        "worst_cpu_to_found": max(cpu),
        "median_seconds_in_all": float(np.median([row["seconds"] for row in rows])),
        "wrong_but_proved": [r["case"] for r in rows if r["how"] == "proved" and r["fresh_loss"] > _SAME],
        "not_kept": [
            {k: r[k] for k in ("case", "seed", "best", "loss", "how")} for r in rows if not r["kept"]
        ],
    }


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 1e-3, 1e-2])
    parser.add_argument("--only", nargs="+", help="ids of cases")
    parser.add_argument("--beyond", action="store_true", help="classical invariants of neither paper instead")
    options = parser.parse_args()
    cases = BEYOND if options.beyond else CASES
    chosen = {k: c for k, c in cases.items() if not options.only or k in options.only}
    sg.Search(field_of("P1-07")).run(generations=12, progress=False)  # compiled code is loaded
    results = []
    for noise in options.noise:
        rows = []
        for name, case in chosen.items():
            for seed in range(options.seeds):
                rows.append(recover(name, case, seed, noise))
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
        results.append(summary(rows, noise))
    print(json.dumps({"machine": platform.processor() or platform.machine(), "results": results}, indent=1))


if __name__ == "__main__":
    main()
