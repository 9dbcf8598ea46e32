"""What `atlas` costs for the two hidden layers of a network, and how many neurons get a law; JSON on stdout.

    python tests/benchmarks/bench_atlas.py [--neurons 256 1024] [--inputs 4] [--jobs 2] [--untrained]

Half of the neurons are those of the first hidden layer, the other half those of the second. `seconds` is the
time that passes, `cpu` what all processes used of it, with what it takes to start them; `each` is `cpu` for
one neuron. On a machine that does other work at the same time only `cpu` says something, and is too large.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # read when NumPy is loaded

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import torch
from joblib.externals.loky import get_reusable_executor

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]

import symgrad_widgets as sg  # noqa: E402 - after the number of threads

_STEPS = 300  # of training


def network(inputs, width, trained):
    """Network with two hidden layers, and the points on which it learns x1*x2 + x3*x4 + ... ."""
    torch.manual_seed(0)
    x = torch.rand(1000, inputs) * 2 - 1
    model = torch.nn.Sequential(
        torch.nn.Linear(inputs, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, width),
        torch.nn.SiLU(),
        torch.nn.Linear(width, 1),
    )
    y = x.reshape(1000, -1, 2).prod(2).sum(1, keepdim=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(_STEPS if trained else 0):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
    return model.eval(), x.numpy()


def cpu():
    """CPU seconds of this process and of those that it has started and that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measure(neurons, options):
    """One row: the atlas of a network with so many hidden neurons."""
    model, x = network(options.inputs, neurons // 2, not options.untrained)
    before, start = cpu(), time.perf_counter()
    atlas = sg.atlas(model, x, ("0", "2"), jobs=options.jobs, progress=False)
    seconds = time.perf_counter() - start
    get_reusable_executor().shutdown(wait=True)  # ended, processes are counted
    used = cpu() - before
    laws = [len(atlas.of(layer).laws) for layer in ("0", "2")]
    return {"neurons": neurons, "laws": laws, "seconds": seconds, "cpu": used, "each": used / neurons}


def main():
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--neurons", nargs="+", type=int, default=[256])
    parser.add_argument("--inputs", type=int, default=4, help="an even number")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--untrained", action="store_true")
    options = parser.parse_args()
    print(json.dumps([measure(neurons, options) for neurons in options.neurons], indent=1))


if __name__ == "__main__":
    main()
