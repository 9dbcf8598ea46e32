"""Many jobs in other processes and on a Dask cluster, and rows of results that outlive whatever happens."""

import gc
import os
import signal
from pathlib import Path

import pytest
from batch_jobs import double, kills_its_process_at_3, meets, slow_double
from processes import gone

import symgrad_widgets as sg
from symgrad_widgets import batch
from symgrad_widgets.batch import cluster as dask_backend

HERE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def importable():
    """Other processes find the jobs, and the package where it is tested from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE), str(HERE.parent)]))
        yield


@pytest.fixture(scope="module")
def cluster(patience):
    del patience
    from dask.distributed import LocalCluster

    options = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(n_workers=2, **options) as made:
        yield made.scheduler_address


def test_rows_come_back_as_they_were_written(tmp_path):
    for number in range(3):
        batch.append(tmp_path / "rows", {"number": number, "text": "x²\n", "none": None})
    assert batch.read(tmp_path / "rows") == [{"number": n, "text": "x²\n", "none": None} for n in range(3)]


def test_numbers_that_are_not_finite_are_null_in_the_file(tmp_path):
    batch.append(tmp_path / "rows", {"loss": float("nan"), "parts": [float("inf"), 1.0]})
    assert batch.read(tmp_path / "rows") == [{"loss": None, "parts": [None, 1.0]}]


@pytest.mark.parametrize("left", ["{", '{"number": 2', '{"number": 2}'])
def test_a_half_written_last_line_does_not_count_and_is_cut_off(tmp_path, left):
    path = tmp_path / "rows"
    batch.append(path, {"number": 1})
    whole = path.read_bytes()
    path.write_bytes(whole + left.encode())
    assert batch.read(path) == [{"number": 1}]
    batch.repair(path)
    assert path.read_bytes() == whole


def test_a_line_that_is_no_row_is_named(tmp_path):
    (tmp_path / "rows").write_text('{"a": 1}\noops\n{"a": 2}\n')
    with pytest.raises(sg.SymgradError, match=r"line 2 of .*rows is not JSON .*: remove that line"):
        batch.read(tmp_path / "rows")


@pytest.mark.skipif(os.name == "nt", reason="the limit on file sizes is a POSIX one")
def test_when_the_disk_is_full_the_rows_are_kept_and_no_half_line_is_left(tmp_path):
    import resource

    path = tmp_path / "rows"
    batch.append(path, {"number": 1})
    before, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limits[1]))  # as a disk with ten bytes left
    try:
        with pytest.raises(sg.SymgradError, match=r"cannot write to .*: its 1 rows are kept; make room and"):
            batch.append(path, {"number": 2, "text": "long enough not to fit"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == before
    batch.append(path, {"number": 2})
    assert len(batch.read(path)) == 2


def test_jobs_run_in_other_processes_two_at_a_time(tmp_path):
    results = dict(batch.stream(double, range(6), jobs=2))
    assert {task: value for task, (_, value) in results.items()} == {n: 2 * n for n in range(6)}
    assert os.getpid() not in {pid for pid, _ in results.values()}
    assert [seen for _, seen in batch.stream(meets, [tmp_path, tmp_path], jobs=2)] == [2, 2]


def test_jobs_whose_process_is_killed_are_repeated():
    results, killed = {}, None
    for task, (pid, value) in batch.stream(slow_double, range(6), jobs=2):
        results[task] = value
        if killed is None:
            killed = pid
            os.kill(pid, signal.SIGKILL)
    assert results == {n: 2 * n for n in range(6)}


def test_a_job_that_kills_its_process_each_time_is_given_up_and_no_other():
    results = dict(batch.stream(kills_its_process_at_3, range(6), jobs=2))
    assert isinstance(results.pop(3), batch.WorkerDiedError)
    assert results == {n: 2 * n for n in range(6) if n != 3}


def test_a_stream_that_is_closed_leaves_no_process_at_work():
    stream = batch.stream(slow_double, range(50), jobs=2)
    _, (pid, _) = next(stream)
    stream.close()
    assert gone(pid)


@pytest.mark.sweep
def test_on_a_dask_cluster_a_worker_may_be_killed_on_the_way(cluster):
    results, killed = {}, None
    for task, (pid, value) in batch.stream(slow_double, range(8), scheduler=cluster):
        results[task] = value
        if killed is None:
            killed = pid
            os.kill(pid, signal.SIGKILL)
    assert killed != os.getpid()
    assert results == {n: 2 * n for n in range(8)}


def test_a_scheduler_that_is_not_there_is_an_error():
    with pytest.raises(batch.ClusterError, match="no Dask scheduler answers at 'nowhere'"):
        next(batch.stream(double, [1], scheduler="nowhere"))


def test_a_client_that_found_no_scheduler_is_gone_before_another_starts():
    from dask.distributed import Client

    gc.disable()
    try:
        with pytest.raises(batch.ClusterError):
            next(batch.stream(double, [1], scheduler="nowhere"))
        assert not [thing for thing in gc.get_objects() if type(thing) is Client]
    finally:
        gc.enable()


def test_a_cluster_without_workers_is_an_error(monkeypatch):
    from dask.distributed import LocalCluster

    monkeypatch.setattr(dask_backend, "_STARTED", 0.1)
    with LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as empty:
        address = empty.scheduler_address
        with pytest.raises(batch.ClusterError, match=f"{address} has no workers after 0.1 s: start `dask w"):
            next(batch.stream(double, [1], scheduler=address))


@pytest.mark.sweep
def test_workers_with_several_threads_are_refused(cluster, monkeypatch):
    from dask.distributed import Client

    monkeypatch.setattr(Client, "nthreads", lambda _: {"tcp://a": 1, "tcp://b": 4})
    with pytest.raises(batch.ClusterError, match=r"up to 4 threads, .* --nthreads 1"):
        next(batch.stream(double, [1], scheduler=cluster))


@pytest.mark.sweep
def test_a_job_that_kills_every_dask_worker_is_given_up(cluster):
    results = dict(batch.stream(kills_its_process_at_3, range(6), scheduler=cluster))
    assert isinstance(results.pop(3), batch.WorkerDiedError)
    assert results == {n: 2 * n for n in range(6) if n != 3}
