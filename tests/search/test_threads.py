"""One search used by several threads and processes at a time: as if by one after another."""

import os
import pickle
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from symgrad_widgets.field import GradientField
from symgrad_widgets.search import Search
from symgrad_widgets.search.watch import Interrupted, Watch

RNG = np.random.default_rng(0)
X = RNG.uniform(0.5, 2, (300, 3))
SLOPES = np.stack([X[:, 1], X[:, 0], np.cos(X[:, 2])], 1) + 0.05 * RNG.normal(size=X.shape)
FIELD = GradientField(X, SLOPES)
FEW = {"operators": ("mul", "sin", "cos")}


@pytest.fixture(autouse=True)
def _frequent_switches():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def shown(search):
    return [(str(c.expression), c.loss) for c in search.front]


@pytest.mark.sweep
def test_steps_of_several_threads_are_those_of_one():
    alone, shared = Search(FIELD, **FEW), Search(FIELD, **FEW)
    alone.goto(9)
    with ThreadPoolExecutor(3) as pool:
        states = [job.result() for job in [pool.submit(shared.step) for _ in range(9)]]
    assert sorted(state.generation for state in states) == [*range(1, 10)]
    assert shown(shared) == shown(alone)
    assert shared.step().generation == 10  # it still goes on


def test_a_cap_of_one_run_is_none_for_what_comes_after_it():
    search, begun = Search(FIELD, **FEW), threading.Event()

    def long(state):
        begun.set()
        return state.generation == 4

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(search.run, progress=False, callback=long)
        begun.wait()
        capped = pool.submit(search.run, seconds=1e-6, generations=1, progress=False)
        assert first.result().generation == 4
        assert capped.result().generation == 4  # its time begins with its turn, and is over at once
    assert search.step().generation == 5


@pytest.mark.sweep
def test_searches_of_their_own_do_not_disturb_one_another():
    def found(seed):
        search = Search(FIELD, random_state=seed, **FEW)
        search.run(generations=8, progress=False)
        return shown(search)

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(found, range(3)))
    assert together == [found(seed) for seed in range(3)]


@pytest.mark.sweep
def test_linear_algebra_has_its_threads_back_after_the_last_of_several_searches():
    from threadpoolctl import threadpool_info, threadpool_limits

    def threads():
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    with threadpool_limits(2, user_api="blas"):
        before = threads()
        searches = [Search(FIELD, random_state=seed, **FEW) for seed in range(3)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda search: search.run(generations=3, progress=False), searches))
        assert threads() == before


def worked(watch, ended, name, seconds=float("inf")):
    try:
        with watch.over(seconds):
            ended.append(f"{name} begins")
            while True:
                watch()
    except Interrupted:
        ended.append(f"{name} ends")


def test_a_stop_ends_what_runs_and_what_waits_and_nothing_later():
    watch, ended = Watch(), []
    threads = [threading.Thread(target=worked, args=(watch, ended, name)) for name in ("one", "other")]
    for thread in threads:
        thread.start()
    while not ended:
        pass
    threading.Event().wait(0.05)  # the second has come to wait
    watch.stop()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert len(ended) == 4
    with watch.over():
        watch()  # raises nothing


def test_a_search_goes_through_a_pickle():
    search = Search(FIELD, **FEW, guesses=["x1*x2"], random_state=3)
    search.goto(4)
    again = pickle.loads(pickle.dumps(search))
    assert again.generation == 4
    assert shown(again) == shown(search)
    again.step()
    search.step()
    assert shown(again) == shown(search)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork")
def test_a_process_forked_while_a_thread_searches_can_search():
    search, begun, release = Search(FIELD), threading.Event(), threading.Event()

    def holds(_):
        begun.set()
        release.wait(60)

    thread = threading.Thread(
        target=search.run, kwargs={"generations": 1, "progress": False, "callback": holds}
    )
    thread.start()
    begun.wait(60)
    child = os.fork()
    if child == 0:
        with search._watch.over():
            os._exit(7)
    release.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
