"""A stranger's file loads right, or ends in one sentence: soon, in little room, and nothing of it is run."""

import json
import resource
import sys
import time
import zipfile
from pathlib import Path

import mutations as m
import numpy as np
import pytest
import torch
from safetensors.torch import save as to_safetensors

import symgrad_widgets as sg
from symgrad_widgets.measuring import recovery, studies
from symgrad_widgets.network.training import weight_files
from symgrad_widgets.notebook_support import report
from symgrad_widgets.reading.atlas.ledger import Table
from symgrad_widgets.search import storage

SECONDS, MEGABYTES = 2, 500  # for reading and checking; seconds of the processor, which no clock decides
ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "notebooks" / "reference" / "results.jsonl"
EXPERIMENT = sg.experiments["oscillator"]


@pytest.fixture(autouse=True)
def no_replay(monkeypatch):
    """What is good is replayed, which takes what it took; here only what comes before that."""
    monkeypatch.setattr(sg.Search, "goto", lambda self, _: self.state)
    monkeypatch.setattr(sg.SearchStepper, "goto", lambda self, _: self.state)


def room():
    """Megabytes that this process has had at most."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


class Bounded:
    """Loads files, and sees what each takes."""

    def __init__(self, load):
        self.load, self.longest, self.good, self.wordy = load, 0, 0, 0
        self.number = self.slowest = 0

    def __call__(self, given):
        start = time.process_time()
        try:
            self.load(given)
            self.good += 1
        except sg.SymgradError as error:
            self.wordy = max(self.wordy, len(str(error)))
        took = time.process_time() - start
        if took > self.longest:
            self.longest, self.slowest = took, self.number
        self.number += 1


# -- each format: a good file, its mutations, and what loads it ----------------------------------------------


def bytes_of(good, random):
    return m.BYTES[random.integers(len(m.BYTES))](good, random)


def field():
    points = np.random.default_rng(0).uniform(1, 2, (60, 2))
    return sg.GradientField(points, points[:, ::-1].copy(), ("a", "b"), points.prod(1))


class SavedSearch:
    def good(self, folder):
        path = folder / "search.npz"
        backend = sg.PySR(parameters={"populations": 3, "constraints": {"sin": 3}})
        one = sg.Search(field(), operators=["add", "mul", "sin"], guesses=["a*b"], max_complexity=20)
        one.save(path)
        self.settings = json.loads(str(np.load(path)["settings"]))
        self.kinds = {"backend": backend.saved()}, {"units": {"a": "m", "b": "s"}, "constants": ["m"]}, {}
        return path.read_bytes()

    def mutated(self, good, random):
        kind = random.integers(4)
        if kind == 0:
            return bytes_of(good, random)
        if kind == 1:
            entries = m.unzipped(good)
            place = random.integers(len(entries))
            name, content = entries[place]
            names = ["../../points.npy", "/tmp/points.npy", "points.npy", "x.npy", name]
            entries[place] = names[random.integers(5)], m.flipped(content, random)
            return m.zipped(entries)
        arrays = dict(np.load(_stream(good)))
        if kind == 2:
            name = list(arrays)[random.integers(len(arrays))]
            arrays[name] = m.other_array(arrays[name], random)
        settings = self.settings | (self.kinds[random.integers(3)] if kind == 3 else {})
        settings = m.lying(settings, random) if kind == 3 else settings
        arrays["settings"] = np.array(json.dumps(settings))
        arrays["digest"] = storage.digest({n: a for n, a in arrays.items() if n != "digest"})
        return m.npz(arrays)

    def load(self, path):
        search = sg.Search.load(path)
        assert search.field.points.shape[1] == len(search.field.names)


class Weights:
    def good(self, _):
        return weight_files.shipped(EXPERIMENT).read_bytes()

    def mutated(self, good, random):
        if random.random() < 0.4:
            return bytes_of(good, random)
        header, content = m.opened_safetensors(good)
        described = json.loads(header["__metadata__"]["symgrad"])
        if random.random() < 0.7:
            described = m.lying(described, random)
        else:
            described["settings"] = m.lying(described["settings"], random)
        header["__metadata__"]["symgrad"] = json.dumps(described)
        return m.safetensors(header, content)

    def load(self, path):
        run = EXPERIMENT.pretrained(path)
        assert run.x.shape[1] == 2
        assert repr(run)


class Safetensors:
    def good(self, _):
        tensors = {f"net.{i}.{what}": t for i, what, t in _tensors()}
        return to_safetensors(tensors)

    def mutated(self, good, random):
        if random.random() < 0.5:
            return bytes_of(good, random)
        header, content = m.opened_safetensors(good)
        return m.safetensors(m.lying(header, random), content)

    def load(self, path):
        model = sg.from_checkpoint(path, "tanh")
        model(torch.zeros(1, model[0].in_features, dtype=model[0].weight.dtype))


class StateDict(Safetensors):
    zipped = True

    def good(self, folder):
        path = folder / "good.pt"
        state = torch.nn.Sequential(
            torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)
        ).state_dict()
        saved = {"epoch": 3, "model": state, "best": [1.0, None]}
        torch.save(saved, path, _use_new_zipfile_serialization=self.zipped)
        return path.read_bytes()

    def mutated(self, good, random):
        if random.random() < 0.5 or not self.zipped:
            return bytes_of(good, random)
        entries = m.unzipped(good)
        place = random.integers(len(entries))
        name, content = entries[place]
        entries[place] = name, bytes_of(content or b"x", random)
        return m.zipped(entries, (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)[random.integers(2)])


class OldStateDict(StateDict):
    zipped = False


class Rows:
    """Files of JSON, a row a line."""

    def mutated(self, good, random):
        if random.random() < 0.3:
            return bytes_of(good, random)
        rows = [json.loads(line) for line in good.splitlines()]
        place = random.integers(len(rows))
        rows[place] = m.lying(rows[place], random)
        return "".join(f"{m.text_of(row)}\n" for row in rows).encode()


class Sweep(Rows):
    def good(self, _):
        return b"".join(RESULTS.read_bytes().splitlines(keepends=True)[:4])

    def load(self, path):
        rows = recovery.rows_in(path)
        assert "runs" in recovery.table(rows)
        recovery.compare(rows, recovery.rows_in(RESULTS))


class Study(Rows):
    def good(self, _):
        path = ROOT / "symgrad_widgets" / "data" / "studies" / "folds.jsonl"
        return b"".join(path.read_bytes().splitlines(keepends=True)[:4])

    def load(self, path):
        path.replace(path.with_name("folds.jsonl"))
        str(studies.table(studies.rows_in(path.parent, "folds")))


class AtlasRows(Rows):
    def good(self, folder):
        path = folder / "atlas.jsonl"
        model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh())
        sg.atlas(model, np.random.default_rng(0).random((40, 2)), "0", generations=1, jobs=1, path=path)
        self.made_of = json.loads(path.read_text().splitlines()[0])["made_of"]
        return path.read_bytes()

    def load(self, path):
        rows = Table(path, self.made_of).rows.values()
        assert sg.Atlas(list(rows), "finished")._repr_html_()


class StateLine:
    def good(self, _):
        self.bench = sg.Workbench("oscillator")
        self.bench.expression.guess = "x*v"
        return self.bench.state_line.encode()

    def mutated(self, good, random):
        if random.random() < 0.4:
            return bytes_of(good, random)
        return m.text_of(m.lying(json.loads(good), random)).encode()

    def load(self, path):
        text = path.read_bytes().decode(errors="replace")
        before = self.bench.state_line
        try:
            self.bench.load_state(text)
        except sg.SymgradError:
            assert self.bench.state_line == before
            raise


class Recorded(StateLine):
    def good(self, _):
        row = json.loads(RESULTS.read_text().splitlines()[0])
        return json.dumps(
            {name: row[name] for name in report.Report.__dataclass_fields__ if name in row}
        ).encode()

    def load(self, path):
        try:
            stored = json.loads(path.read_bytes().decode(errors="replace"))
        except (ValueError, RecursionError):
            stored = path.read_bytes().decode(errors="replace")
        output = {"data": {report.RESULT_MIME: stored}}
        found = report.read({"cells": [{"outputs": [output]}]})
        assert str(found)


FORMATS = (
    SavedSearch, Weights, Safetensors, StateDict, OldStateDict, Sweep, Study, AtlasRows, StateLine, Recorded,
)  # fmt: skip


def _stream(content):
    import io

    return io.BytesIO(content)


def _tensors():
    torch.manual_seed(0)
    for i, (a, b) in enumerate(((2, 3), (3, 4), (4, 1))):
        yield i, "weight", torch.rand(b, a)
        yield i, "bias", torch.rand(b)


@pytest.mark.sweep
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.__name__)
def test_any_file_loads_right_or_ends_in_one_sentence(kind, count, tmp_path):
    format_ = kind()
    good = format_.good(tmp_path)
    path = tmp_path / "given"
    load = Bounded(format_.load)
    path.write_bytes(good)
    load(path)
    assert load.good == 1, "the file is good before anything is done to it"
    before, load.longest, load.number = room(), 0, 0
    for seed in range(count):
        path.write_bytes(format_.mutated(good, np.random.default_rng(seed)))
        try:
            load(path)
        except Exception as error:
            raise AssertionError(f"{kind.__name__}, seed {seed}: {type(error).__name__}: {error}") from error
    assert load.longest < SECONDS, load.slowest
    assert room() - before < MEGABYTES
    assert load.good < count
    assert load.wordy < 2000


# -- files made to hurt --------------------------------------------------------------------------------------

ZEROS = bytes(200_000_000)


def changed(good, **arrays):
    """A saved search with other arrays, its digest made anew."""
    content = dict(np.load(_stream(good))) | arrays
    content["digest"] = storage.digest({n: a for n, a in content.items() if n != "digest"})
    return m.npz(content)


def npy(header):
    """Bytes of an array that claims to be something, and holds nothing."""
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def state(value):
    stream = _stream(b"")
    torch.save(value, stream)
    return stream.getvalue()


def laughs():
    """A dict of dicts of ... whose paths are a billion."""
    inner = {"end": 1}
    for _ in range(30):
        inner = {"a": inner, "b": inner}
    inner["itself"] = inner
    return inner


def interleaved():
    """Six series of ten square layers, and two more that fit nowhere: no order does."""
    series = {f"{name}{i}.weight": torch.rand(4, 4) for name in "abcdef" for i in range(10)}
    return to_safetensors(series | {"g.weight": torch.rand(3, 2), "h.weight": torch.rand(6, 5)})


def settings_of(good, **others):
    found = json.loads(str(np.load(_stream(good))["settings"])) | others
    return changed(good, settings=np.array(json.dumps(found)))


def with_settings(good, **others):
    header, content = m.opened_safetensors(good)
    described = json.loads(header["__metadata__"]["symgrad"])
    described["settings"] |= others
    header["__metadata__"]["symgrad"] = json.dumps(described)
    return m.safetensors(header, content)


def guessing(good, *guesses):
    return json.dumps(json.loads(good) | {"guesses": guesses}).encode()


def replaced(good, name, content):
    return m.zipped([(n, content if n.endswith(name) else c) for n, c in m.unzipped(good)])


LONG = "*".join(f"abs(log(abs(a+{i}*b)))" for i in range(1, 500))
PRODUCT = "*".join(f"(x+{i}*v)" for i in range(1, 160))
CLAIMS = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999,), }")
OBJECTS = npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")
EXPANDED = {"a.weight": torch.zeros(1).expand(10**5, 10**5)}
NAMES = b"ctorch\n" + b"[" * 50_000 + b"\n."

HURTING = {  # by what it is: the format, the file made of a good one, and what is said
    "a bomb of an array": (SavedSearch, lambda good: replaced(good, "points.npy", ZEROS), "larger than any"),
    "an array that claims": (
        SavedSearch,
        lambda good: replaced(good, "points.npy", CLAIMS),
        "is not an array",
    ),
    "objects": (SavedSearch, lambda good: replaced(good, "points.npy", OBJECTS), "points is not an array"),
    "a path": (SavedSearch, lambda _: m.zipped([("../x.npy", b"")]), "it holds something else"),
    "a long guess": (SavedSearch, lambda good: settings_of(good, guesses=[LONG]), "over 4,000 characters"),
    "a tower": (SavedSearch, lambda good: settings_of(good, guesses=["9**9**9**9"]), "too large"),
    "nested": (SavedSearch, lambda good: changed(good, settings=np.array("[" * 200_000)), "too deeply"),
    "a wide network": (Weights, lambda good: with_settings(good, hidden=[10**5, 10**5]), "other weights"),
    "many points": (Weights, lambda good: with_settings(good, held_out=10**9), "are too many to draw"),
    "a bomb of numbers": (StateDict, lambda good: replaced(good, "data/0", ZEROS), "would unpack to 200 MB"),
    "a number for many": (StateDict, lambda _: state(EXPANDED), "something other than linear layers"),
    "a billion laughs": (StateDict, lambda _: state(laughs()), "no state dict"),
    "many steps": (StateDict, lambda _: state(list(range(400_000))), "no state dict is that long"),
    "a name without end": (OldStateDict, lambda _: NAMES, "no state dict is that long"),
    "layers without order": (
        Safetensors,
        lambda _: interleaved(),
        r"list the layers of one network.*layers=\[",
    ),
    "a deep row": (Sweep, lambda _: b'{"a": ' + b"[" * 100_000 + b"\n", "not JSON"),
    "NaN": (Sweep, lambda good: good.replace(b'"seed": 0', b'"seed": NaN'), "NaN is not a number in JSON"),
    "a long state": (StateLine, lambda _: b"[" * 10_000_000, "not a state of a Workbench"),
    "a long formula": (StateLine, lambda good: guessing(good, PRODUCT), "more than 400 parts"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", HURTING)
def test_files_made_to_hurt_are_refused_soon_and_in_little_room(case, tmp_path):
    kind, make, message = HURTING[case]
    format_ = kind()
    path = tmp_path / "given"
    path.write_bytes(make(format_.good(tmp_path)))
    before, start = room(), time.process_time()
    with pytest.raises(sg.SymgradError, match=message):
        format_.load(path)
    assert time.process_time() - start < SECONDS
    assert room() - before < MEGABYTES


def test_a_file_of_rows_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "given"
    with path.open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(sg.SymgradError, match="larger than 67 MB"):
        recovery.rows_in(path)


CODE = {
    "early_stop_condition": "(l, c) -> run(`touch x`)",
    "complexity_mapping": "ex -> run(`touch x`)",
    "loss_scale": "log; run(`touch x`)",
    "parallelism": "serial; run(`touch x`)",
    "optimizer_algorithm": ["BFGS"],
    "complexity_of_operators": {"sin) => 1); run(`touch x`); Dict((sin": 3},
    "constraints": {"sin": "run(`touch x`)"},
    "nested_constraints": {"sin": {"cos": "run(`touch x`)"}},
    "complexity_of_constants": "run(`touch x`)",
    "worker_imports": ["Evil"],
    "cluster_manager": "slurm",
    "default_plugins": {"AdaptiveParsimonyPlugin": {}},
    "tracing_file": "/etc/passwd",
    "update": True,
    "populations": {"$eval": "1"},
    "maxsize": 10**400,
}


@pytest.mark.parametrize("name", CODE)
def test_a_saved_search_hands_nothing_to_julia_that_could_be_run(name, tmp_path):
    settings = {"preset": "default", "loss": "angle", "iterations": 10, "parameters": {name: CODE[name]}}
    good = SavedSearch().good(tmp_path)
    path = tmp_path / "evil.npz"
    path.write_bytes(settings_of(good, backend=settings))
    with pytest.raises(sg.SymgradError, match=rf"PySR's {name} may be code that Julia runs"):
        sg.Search.load(path)
    with pytest.raises(sg.SymgradError, match=rf"PySR's {name} may be code"):
        sg.PySR.read(settings)


def test_code_in_the_settings_of_a_person_is_theirs_and_is_not_saved(tmp_path):
    import pickle

    own = sg.PySR(parameters={"early_stop_condition": "(l, c) -> l < 1e-6"})
    search = sg.Search(field(), backend=own)
    with pytest.raises(sg.SymgradError, match="neither saved nor read from a file: pass it in Python"):
        search.save(tmp_path / "search.npz")
    assert pickle.loads(pickle.dumps(search)).backend == own


def test_plain_settings_of_pysr_are_read_again(tmp_path):
    parameters = {
        "populations": 3, "batching": "auto", "parallelism": "multithreading", "deterministic": False,
        "early_stop_condition": 1e-6, "complexity_of_operators": {"sg_sqrt": 4, "+": 1.5}, "maxdepth": None,
        "constraints": {"sg_pow": [-1, 1]}, "nested_constraints": {"sin": {"cos": 0}},
        "complexity_of_variables": [1, 2.5],
    }  # fmt: skip
    for backend in (sg.PySR(parameters=parameters), sg.PySR("paper", "paper", 20)):
        sg.Search(field(), backend=backend).save(tmp_path / "search.npz")
        assert sg.Search.load(tmp_path / "search.npz").backend == backend


def test_every_name_that_may_come_from_a_file_is_one_of_pysr():
    import ast
    from importlib.util import find_spec

    from symgrad_widgets.search.pysr import recipe

    tree = ast.parse(Path(find_spec("pysr").origin).with_name("sr.py").read_text(encoding="utf-8"))
    known = {
        argument.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        for argument in node.args.kwonlyargs
    }
    assert known >= recipe._NUMBERS | recipe._WORDS.keys() | recipe._BY_OPERATOR
    assert (
        set(recipe._PAPER) - {"default_plugins"}
        <= recipe._NUMBERS | recipe._WORDS.keys() | recipe._BY_OPERATOR
    )
