"""The search as a person uses it: what it finds, what it refuses to find, and that it can be repeated."""

import ast
import io
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from concept_cases import BEYOND, CASES, field_of, from_formula, lawless, loss

import symgrad_widgets as sg
from symgrad_widgets.errors import DataError, ExpressionError, OutputError, UnknownNameError
from symgrad_widgets.formula.expressions import complexity, parse
from symgrad_widgets.search import held_out, storage
from symgrad_widgets.search.choice import writing
from symgrad_widgets.search.kernel.evaluation import gradients
from symgrad_widgets.search.terms.postfix import apply, from_sympy
from symgrad_widgets.search.watch import Interrupted, Watch

ALL = {**CASES, **BEYOND}
GENERATIONS = 20  # all fixed stages, and some of evolution


def is_exact(state):
    """Callback that ends a run: nothing better than rounding can be found."""
    return state.best is not None and state.best.loss < 1e-12


@pytest.fixture(scope="module")
def searched():
    """Run the search of a case once: `searched(name, noise)` returns it."""
    done = {}

    def run(name, noise=0.0):
        if (name, noise) not in done:
            search = sg.Search(field_of(name, 300, noise=noise), random_state=3)
            search.run(generations=GENERATIONS, progress=False, callback=is_exact)
            done[name, noise] = search
        return done[name, noise]

    return run


def traced(search):
    """Everything a state says, with every bit of the losses."""
    front = [(str(c.expression), c.complexity, c.loss.hex()) for c in search.front]
    return search.generation, front, search.evaluations, str(search.best and search.best.expression)


# -- what it finds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "P1-02",  # on trace 5
        "P1-04",  # constant columns, opposite columns
        "P1-08",  # a small second term
        "P1-13",  # six products of degree three
        "P2-D",  # a bell in two inputs
        "P2-E",  # a quotient of sums of squared differences
        "P2-G",
        "lotka-volterra",  # logarithms and what they are logarithms of
        "thin lens",
        "morse",  # two exponentials that only help together
    ],
)
def test_concepts_come_back_and_are_proved(searched, name):
    search = searched(name)
    verdict = sg.verify(search.best.expression, ALL[name].concept, search.field, ALL[name].constraints)
    assert verdict.how == "proved", f"{search.best}: {verdict}"
    assert search.best in search.front
    assert search.best.loss < 1e-12


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "noise"), [("P1-02", 1e-3), ("P1-07", 1e-2), ("P2-F", 1e-2)])
def test_concepts_come_back_from_noisy_gradients(searched, name, noise):
    search = searched(name, noise)
    verdict = sg.verify(search.best.expression, ALL[name].concept, search.field, ALL[name].constraints)
    assert verdict.how == "proved", f"{search.best}: {verdict}"
    assert search.best.loss == pytest.approx(noise, rel=0.25)


@pytest.mark.sweep
def test_a_quotient_seen_only_where_it_is_1_is_told_from_the_difference():
    def near(rng, count):
        x = rng.uniform(0, 2, (80 * count, 6))
        g = x[:, 0] * x[:, 1] / ((x[:, 2] - x[:, 3]) ** 2 + (x[:, 4] - x[:, 5]) ** 2)
        return x[np.abs(g - 1) < 0.05][:count]

    case = CASES["P2-E"]._replace(draw=near)
    search = sg.Search(field_of(case, 300, noise=5e-5))
    search.run(generations=12, progress=False)
    verdict = sg.verify(search.best.expression, case.concept, search.field, case.constraints)
    assert verdict.how == "proved", f"{search.best}: {verdict}"


@pytest.mark.sweep
def test_constants_inside_and_between_terms_are_placed():
    case = from_formula("x2^2 + 0.7*exp(1.3*x1)", -1, 1)
    search = sg.Search(field_of(case, 400))
    search.run(generations=80, progress=False, callback=lambda s: s.best is not None and s.best.loss < 1e-12)
    verdict = sg.verify(search.best.expression, case.concept, search.field)
    assert verdict.same, f"{search.best}: {verdict}"


@pytest.mark.sweep
@pytest.mark.parametrize("n", [2, 5])
def test_where_there_is_no_law_none_is_found(n):
    search = sg.Search(lawless(n, 200), random_state=n)
    for _ in range(GENERATIONS):
        assert search.step().best is None
    assert search.front  # what was tried is shown all the same
    assert search.state.best is None


def test_a_state_says_where_the_search_is(searched):
    search = searched("P1-08")
    state = search.state
    assert (state.generation, state.front, state.best) == (search.generation, search.front, search.best)
    assert state.evaluations == search.evaluations > 100
    assert state.seconds > 0


# -- the front -----------------------------------------------------------------------------------------------


@pytest.fixture(params=[("P1-07", 1e-2), ("P1-02", 1e-3), ("P2-E", 0.0), ("P2-G", 0.0)], ids=str)
def judged(request, searched):
    return searched(*request.param)


@pytest.mark.sweep
def test_a_front_rises_in_complexity_and_falls_in_loss(judged):
    front = judged.front
    assert len(front) >= 2
    assert all(a.complexity < b.complexity and a.loss > b.loss for a, b in itertools.pairwise(front))


def test_complexity_is_that_of_the_expression(judged):
    for candidate in judged.front:
        assert candidate.complexity == complexity(candidate.expression)
        assert candidate.expression.free_symbols <= {sp.Symbol(n, real=True) for n in judged.field.names}


def test_losses_are_measured_on_points_that_were_held_out(judged):
    held = judged._judge.held.field
    for candidate in judged.front:
        assert candidate.loss == pytest.approx(loss(candidate.expression, held), rel=1e-6, abs=1e-12)
    seen = {*map(bytes, judged._judge.fit.field.points), *map(bytes, judged._judge.searched.field.points)}
    assert not seen & set(map(bytes, held.points))
    assert len(held) >= len(judged.field) // 4


def test_the_loss_of_a_power_is_that_of_its_base():
    search = sg.Search(field_of("P1-11", 1000, seed=4, noise=1e-3), random_state=4)
    power = apply("pow4", from_sympy(CASES["P1-11"].concept, search.symbols))
    (candidate,) = search._judge.front([(power,)])
    assert candidate.expression == CASES["P1-11"].concept
    assert candidate.loss == pytest.approx(loss(candidate.expression, search._judge.held.field))


@pytest.mark.parametrize(("name", "noise"), [("P1-02", 1e-3), ("P1-07", 1e-2)])
def test_no_two_entries_of_a_front_are_one_concept(searched, name, noise):
    search = searched(name, noise)
    for a, b in itertools.combinations(search.front, 2):
        verdict = sg.verify(a.expression, b.expression, search.field, ALL[name].constraints)
        assert not verdict.same, f"{a} and {b}: {verdict}"


@pytest.mark.parametrize(
    "guess",
    [
        "tanh(x1*x2 + x3*x4)",
        "1/(x1*x2 + x3*x4)",
        "4 - log(x1*x2 + x3*x4)/3",
        "exp(x1*x2 + x3*x4)",
        "(x1*x2 + x3*x4)^3",
    ],
)
def test_no_entry_is_wrapped_in_a_monotone_function(guess):
    search = sg.Search(field_of("P2-F", 200), operators=["tanh"], guesses=[guess])
    assert search.step().front[-1].expression == CASES["P2-F"].concept


# -- what it may use -----------------------------------------------------------------------------------------


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("operators", "functions"),
    [
        (["add", "mul"], (sp.Pow,)),
        (["sub", "square", "mul"], (sp.Pow,)),
        (["add", "sin"], (sp.sin,)),
        (["exp"], (sp.exp,)),
    ],
)
def test_only_the_operators_given_are_used(operators, functions):
    search = sg.Search(field_of("P2-D", 200), operators=operators)
    search.run(generations=14, progress=False)
    assert search.front
    for c in search.front:
        for part in c.expression.atoms(sp.Function, sp.Pow):
            assert isinstance(part, functions), c
            assert isinstance(part, sp.Function) or (part.exp.is_Integer and part.exp > 1), c


def test_complexity_is_bounded():
    search = sg.Search(field_of("P1-13", 200), operators=["add", "mul"], max_complexity=11)
    search.run(generations=8, progress=False)
    assert max(c.complexity for c in search.front) <= 11


def test_a_guess_enters_the_front_at_once():
    case = from_formula("x1*exp(sin(3*x2)*x3) + x1^3*tanh(x3)", -1, 1)
    field = field_of(case, 600)
    blind, told = (
        sg.Search(field),
        sg.Search(field, guesses=["x2", "2*x1*exp(sin(3*x2)*x3) + 2*x1^3*tanh(x3)"]),
    )
    assert blind.step().best is None or blind.best.loss > 1e-3
    state = told.step()
    assert state.front[-1].loss < 1e-12
    assert sg.verify(state.front[-1].expression, case.concept, field).how == "proved"


# -- stepping ------------------------------------------------------------------------------------------------

LENGTH = 18  # generations: two inputs have sixteen fixed stages


def small(seed=5):
    operators = ["add", "mul", "square", "exp", "log"]
    return sg.Search(field_of("P1-08", 150, noise=1e-2), operators=operators, random_state=seed)


@pytest.fixture(scope="module")
def straight():
    """Trace of each generation of a run in one go."""
    search, traces = small(), []
    search.run(generations=LENGTH, progress=False, callback=lambda _: traces.append(traced(search)))
    return traces


@pytest.mark.sweep
def test_the_run_has_something_to_repeat(straight):
    assert [t[0] for t in straight] == list(range(1, LENGTH + 1))
    assert len({str(t[1]) for t in straight}) > 2
    assert straight[-1][2] > straight[-3][2]


@pytest.mark.sweep
def test_stepping_gives_the_same_bits_whatever_the_global_random_state(straight):
    np.random.seed(1)  # noqa: NPY002 - as somebody else's code may do, and rely on
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    search = small()
    for trace in straight:
        search.step()
        assert traced(search) == trace
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.sweep
def test_going_forth_and_back_gives_the_same_bits(straight):
    search = small()
    for generation in (LENGTH, 4, 4, 1, 6):
        state = search.goto(generation)
        assert traced(search) == straight[generation - 1]
        assert state == search.state


@pytest.mark.sweep
def test_a_saved_search_goes_on_with_the_same_bits(straight, tmp_path):
    search = small()
    search.run(generations=LENGTH - 2, progress=False)
    search.save(tmp_path / "search.npz")
    loaded = sg.Search.load(tmp_path / "search.npz")
    assert traced(loaded) == traced(search) == straight[-3]
    loaded.run(generations=2, progress=False)
    assert traced(loaded) == straight[-1]
    assert loaded.field.names == search.field.names
    assert np.array_equal(loaded.field.points, search.field.points)


def test_settings_and_values_survive_saving(tmp_path):
    case = CASES["P1-02"]
    values = np.tanh(np.arange(300.0))
    search = sg.Search(
        field_of(case, 300, values=values),
        operators=["mul", "sub", "add"],
        max_complexity=13,
        guesses=["x1*x4 + 0.1*x2", "x1/3"],
        random_state=8,
    )
    search.step()
    search.save(str(tmp_path / "search.npz"))
    loaded = sg.Search.load(str(tmp_path / "search.npz"))
    for name in ("operators", "max_complexity", "guesses", "random_state", "backend"):
        assert getattr(loaded, name) == getattr(search, name)
    assert np.array_equal(loaded.field.values, values)
    assert np.array_equal(loaded.field.tangent, search.field.tangent)
    assert traced(loaded) == traced(search)


def test_a_tangent_basis_for_each_point_survives_saving(tmp_path):
    angle = np.random.default_rng(0).uniform(0, 6, 40)
    o, c, s = 0 * angle, np.cos(angle), np.sin(angle)
    basis = np.stack([np.stack([-s, c, o], axis=1), np.stack([o, o, o + 1], axis=1)], axis=2)
    points = np.stack([c, s, np.sin(3 * angle)], axis=1)  # on a cylinder
    field = sg.GradientField(points, points + 1, tangent=basis)
    sg.Search(field).save(tmp_path / "search.npz")
    loaded = sg.Search.load(tmp_path / "search.npz").field
    assert np.array_equal(loaded.tangent, field.tangent)
    planes = [t @ t.swapaxes(1, 2) for t in (loaded.tangent, basis)]
    np.testing.assert_allclose(*planes, atol=1e-12)


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path.insert(0, sys.argv[2])
from test_search import small, straight, traced, LENGTH
search = small()
for _ in range(LENGTH):
    search.step()
    print(traced(search))
print(*sorted(name for name in sys.modules if name.startswith("symgrad_widgets.")))
"""


@pytest.fixture(scope="module")
def child():
    """Lines that the same search prints in a process with another number of threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    threads = "2" if os.environ["OMP_NUM_THREADS"] == "1" else "1"
    command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(Path(__file__).parents[1])]
    environment = os.environ | dict.fromkeys(names, threads)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.sweep
def test_the_number_of_threads_changes_no_bit(straight, child):
    assert [ast.literal_eval(line) for line in child[:-1]] == straight


@pytest.mark.sweep
def test_another_seed_gives_another_run(straight):
    search = small(6)
    search.run(generations=LENGTH, progress=False)
    assert traced(search)[1:] != straight[-1][1:]


# -- ending a run --------------------------------------------------------------------------------------------


def test_a_callback_sees_each_generation_and_ends_the_run():
    search, seen = small(), []

    def callback(state):
        seen.append(state.generation)
        return state.generation == 3

    state = search.run(generations=9, progress=False, callback=callback)
    assert seen == [1, 2, 3]
    assert state.generation == search.generation == 3


def test_stop_ends_a_run_from_another_thread_and_the_search_goes_on_afterwards():
    search, ready = small(), threading.Event()
    worker = threading.Thread(
        target=search.run,
        kwargs={"generations": 10_000, "progress": False, "callback": lambda _: ready.set()},
    )
    worker.start()
    assert ready.wait(60)
    search.stop()
    worker.join(60)
    assert not worker.is_alive()
    stopped = search.generation
    assert 0 < stopped < 10_000
    assert search.run(generations=1, progress=False).generation == stopped + 1


@pytest.fixture
def looks(monkeypatch):
    """Let the watch do something else at each look: `looks(f)`."""

    def replaced(look):
        original = Watch.__call__

        def both(watch):
            look()
            original(watch)

        monkeypatch.setattr(Watch, "__call__", both)

    return replaced


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass when the test says so: a list of one."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


@pytest.mark.sweep
def test_seconds_are_a_cap_that_cuts_a_generation_short(straight, clock, looks):
    search = small()
    assert search.run(seconds=0, generations=5, progress=False).generation == 0
    looks(lambda: clock.__setitem__(0, clock[0] + 1))
    generation = search.run(seconds=150, generations=10_000, progress=False).generation
    assert 0 < generation < LENGTH
    assert traced(search) == straight[generation - 1]
    assert search.run(generations=1, progress=False).generation == generation + 1
    assert traced(search) == straight[generation]


@pytest.mark.sweep
def test_a_stop_in_the_middle_of_a_generation_drops_it(straight, looks):
    search, inside, stopped = small(), threading.Event(), threading.Event()

    def look():
        if search.generation == 4 and not inside.is_set():
            inside.set()
            assert stopped.wait(60)

    looks(look)
    worker = threading.Thread(target=search.run, kwargs={"generations": 9, "progress": False})
    worker.start()
    assert inside.wait(60)
    search.stop()
    stopped.set()
    worker.join(60)
    assert traced(search) == straight[3]
    search.step()
    assert traced(search) == straight[4]


def test_a_stop_just_before_a_run_begins_is_not_lost_and_an_old_one_forgotten(clock):
    search = small()
    search.stop()
    clock[0] += 0.9
    assert search.run(generations=3, progress=False).generation == 0
    assert search.run(generations=3, progress=False).generation == 3
    search.stop()
    assert search.step().generation == 3
    search.stop()
    assert search.goto(9).generation == 3
    search.stop()
    clock[0] += 1.1
    assert search.step().generation == 4


@pytest.mark.sweep
def test_a_stop_reaches_the_run_around_a_step(straight):
    search = small()

    def callback(_):
        search.stop()
        search.step()

    search.run(generations=9, progress=False, callback=callback)
    assert traced(search) == straight[0]


@pytest.mark.sweep
def test_a_generation_cut_short_anywhere_leaves_no_trace(straight, looks):
    errors, left = itertools.cycle([Interrupted, KeyboardInterrupt, MemoryError]), [0]

    def look():
        left[0] -= 1
        if left[0] == 0:
            raise next(errors)

    looks(look)
    search = small()
    for generation in range(LENGTH):
        for looked in (1, 2, 3, 5, 9, 14, 20):
            left[0], before = looked, search.state
            with suppress(KeyboardInterrupt, MemoryError):  # and a stop is no error
                search.step()
            if search.generation > generation:
                break
            assert search.state is before
        else:
            left[0] = 0
            search.step()
        assert traced(search) == straight[generation]


@pytest.mark.sweep
def test_an_interrupt_from_the_keyboard_at_any_call_leaves_the_last_generation(straight):
    search = small()
    search.run(generations=14, progress=False)
    calls = 1
    while search.generation == 14:
        calls *= 3
        left = iter(range(calls))

        def interrupt(*_, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt

        try:
            sys.setprofile(interrupt)
            search.step()
        except KeyboardInterrupt:
            assert traced(search) == straight[13]
        finally:
            sys.setprofile(None)
    assert calls > 1000
    assert traced(search) == straight[14]


@pytest.mark.sweep
def test_a_budget_of_evaluations_is_kept_to_the_generation(straight):
    budget = straight[5][2] + 1
    search = small()
    search.run(evaluations=budget, progress=False)
    wanted = next(t for t in straight if t[2] >= budget)
    assert traced(search) == wanted


@pytest.mark.sweep
def test_generations_count_from_where_the_search_is(straight):
    search = small()
    search.run(generations=2, progress=False)
    search.run(generations=2, progress=False)
    assert traced(search) == straight[3]


def test_without_a_budget_a_run_ends_when_the_answer_has_settled():
    search = sg.Search(field_of("P1-07", 200), operators=["add", "square"])
    last = []
    state = search.run(progress=False, callback=lambda s: last.append(s.best))
    assert state.generation < 200
    assert len(set(map(str, last[-10:]))) == 1
    assert state.best.expression == parse("v^2 + x^2")


def test_a_bar_shows_progress_and_none_when_not_asked(capsys):
    search = small()
    search.run(generations=2, progress=True)
    assert "search" in capsys.readouterr().err
    search.run(generations=1, progress=False)
    assert capsys.readouterr() == ("", "")


# -- bad input -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain():
    return field_of("P1-07", 200)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"operators": []}, DataError, r"empty.*operators=None"),
        ({"operators": 3}, DataError, r"operators.*3"),
        ({"operators": ["sine"]}, UnknownNameError, r"'sine'.*'sin'"),
        ({"operators": ["add", "multiply"]}, UnknownNameError, r"'multiply'.*'mul'"),
        ({"backend": "natve"}, UnknownNameError, r"'natve'.*'native'"),
        ({"guesses": ["x + y"]}, ExpressionError, "I don't know y.*x"),
        ({"guesses": ["__import__('os').getcwd()"]}, ExpressionError, "__import__"),
        ({"guesses": ["x +"]}, ExpressionError, r"x \+"),
        ({"random_state": -1}, DataError, r"random_state.*-1"),
        ({"random_state": 0.5}, DataError, r"random_state.*0\.5"),
        ({"random_state": "a"}, DataError, r"random_state.*'a'"),
        ({"max_complexity": -3}, DataError, r"max_complexity.*-3"),
        ({"max_complexity": True}, DataError, r"max_complexity.*True"),
    ],
)
def test_bad_settings_are_one_clear_error(plain, options, error, message):
    with pytest.raises(error, match=message):
        sg.Search(plain, **options)


@pytest.mark.parametrize("field", [None, "P1-07", np.zeros((10, 2)), sg.GradientField])
def test_a_field_has_to_be_a_field(field):
    with pytest.raises(DataError, match=r"GradientField.*gradient_field"):
        sg.Search(field)


def test_a_field_to_score_on_has_to_be_a_field():
    with pytest.raises(DataError, match="GradientField"):
        sg.score(np.zeros((10, 2)), "x1")


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ({"seconds": "a"}, r"seconds.*'a'"),
        ({"seconds": -1}, r"seconds.*-1"),
        ({"seconds": float("nan")}, r"seconds.*nan"),
        ({"seconds": True}, r"seconds.*True"),
        ({"seconds": 1j}, r"seconds.*1j"),
        ({"seconds": [1]}, r"seconds.*\[1\]"),
        ({"generations": -1}, r"generations.*-1"),
        ({"generations": 1.5}, r"generations.*1\.5"),
        ({"evaluations": "many"}, r"evaluations.*'many'"),
    ],
)
def test_a_budget_that_is_none_is_one_clear_error(plain, budget, message):
    search = sg.Search(plain)
    with pytest.raises(DataError, match=message):
        search.run(progress=False, **budget)
    assert search.generation == 0


def test_going_to_a_generation_that_is_none_is_an_error(plain):
    for wrong in (-1, 1.5, "3", None, True):
        with pytest.raises(DataError, match=f"generation.*{wrong}"):
            sg.Search(plain).goto(wrong)


def test_one_input_fits_everything():
    x = np.linspace(0, 1, 50)[:, None]
    with pytest.raises(DataError, match=r"1 dimension.*any formula fits"):
        sg.Search(sg.GradientField(x, np.cos(x)))
    with pytest.raises(DataError, match="1 dimension"):
        sg.score(sg.GradientField(x, np.cos(x)), "x1")


def test_data_on_a_line_are_one_input():
    t = np.linspace(0, 1, 50)
    points = np.stack([t, 2 * t, 3 - t], axis=1)
    with pytest.raises(DataError, match=r"1 dimension\(s\)"):
        sg.Search(sg.GradientField(points, np.ones((50, 3))))


@pytest.mark.parametrize(("neurons", "n"), [(2, 2), (3, 2), (3, 3)])
def test_as_many_neurons_as_dimensions_fit_everything(neurons, n):
    rng = np.random.default_rng(0)
    gradients = np.resize(np.eye(n), (neurons, n)) + 0.1 * rng.normal(size=(60, neurons, n))
    with pytest.raises(DataError, match=rf"{neurons} neurons.*{n} dimension.*fewer neurons"):
        sg.Search(sg.GradientField(rng.normal(size=(60, n)), gradients))


def test_duplicate_points_and_constant_columns_are_no_error():
    field = field_of("P1-07", 100)
    points = np.column_stack([np.tile(field.points, (3, 1)), np.full(300, 2.0)])
    gradients = np.column_stack([np.tile(field.gradients, (3, 1)), np.random.default_rng(0).normal(size=300)])
    search = sg.Search(sg.GradientField(points, gradients, ("x", "v", "c")))
    search.run(generations=4, progress=False)
    assert search.best.expression == parse("x^2 + v^2")


def test_more_than_a_hundred_inputs_are_no_error():
    points = np.random.default_rng(0).uniform(size=(400, 110))
    field = sg.GradientField(points, 1 / np.tile(points.std(0), (400, 1)))
    search = sg.Search(field, ["add"], max_complexity=9)
    assert search.step().front[0].loss == pytest.approx(109 / 110)  # one of 110 equal components


def test_few_points_are_enough_for_a_simple_law():
    search = sg.Search(field_of("P1-07", 8))
    search.run(generations=4, progress=False)
    assert sg.verify(search.best.expression, CASES["P1-07"].concept).same


# -- files ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Bytes of a saved search."""
    path = tmp_path_factory.mktemp("saved") / "search.npz"
    search = sg.Search(field_of("P1-07", 60), operators=["add", "mul"])
    search.run(generations=2, progress=False)
    search.save(path)
    return path.read_bytes()


def edited(data, changes=None, signed=True, **arrays):
    """Bytes of a saved search with some settings and arrays replaced; None or "gone" delete one."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    if changes is not None:
        known = json.loads(str(content["settings"]))
        content["settings"] = np.array(
            json.dumps({k: v for k, v in (known | changes).items() if v != "gone"})
        )
    content = {k: v for k, v in (content | arrays).items() if v is not None}
    return packed(content, signed)


def packed(content, signed=True):
    """Bytes of an .npz file with the digest it would have been saved with."""
    if signed:
        content["digest"] = storage.digest({k: v for k, v in content.items() if k != "digest"})
    buffer = io.BytesIO()
    np.savez(buffer, **content)
    return buffer.getvalue()


BROKEN = {
    "empty": lambda _: b"",
    "text": lambda _: b"not a search",
    "npy": lambda _: b"\x93NUMPY\x01\x00",
    "cut short": lambda d: d[: len(d) // 2],
    "cut at its end": lambda d: d[:-20],
    "flipped bytes": lambda d: d[:200] + bytes(b ^ 255 for b in d[200:400]) + d[400:],
    "another version": lambda d: edited(d, {"format": 999}),
    "no version": lambda d: edited(d, {"format": "gone"}),
    "no settings": lambda d: edited(d, settings=None),
    "settings that are no JSON": lambda d: rewritten(d, "{format: 1"),
    "settings that are a list": lambda d: rewritten(d, "[1, 2]"),
    "settings that are a number": lambda d: rewritten(d, "1"),
    "negative generation": lambda d: edited(d, {"generation": -1}),
    "generation in words": lambda d: edited(d, {"generation": "two"}),
    "generation missing": lambda d: edited(d, {"generation": "gone"}),
    "names of another length": lambda d: edited(d, {"names": ["x"]}),
    "names that are none": lambda d: edited(d, {"names": ["x", "v+1"]}),
    "an operator unknown": lambda d: edited(d, {"operators": ["add", "nonesuch"]}),
    "operators that are a number": lambda d: edited(d, {"operators": 3}),
    "a guess that is code": lambda d: edited(d, {"guesses": ["__import__('os')"]}),
    "a guess that is a number": lambda d: edited(d, {"guesses": 3}),
    "a seed in words": lambda d: edited(d, {"random_state": "x"}),
    "dropped in words": lambda d: edited(d, {"dropped": "x"}),
    "gradients of another shape": lambda d: edited(d, gradients=np.ones((3, 2))),
    "gradients missing": lambda d: edited(d, gradients=None),
    "points that are text": lambda d: edited(d, points=np.full((60, 2), "x")),
    "points that are NaN": lambda d: edited(d, points=np.full((60, 2), np.nan)),
}


def rewritten(data, settings):
    """Bytes of a saved search with other text for its settings."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    return packed(content | {"settings": np.array(settings)})


@pytest.mark.parametrize("why", BROKEN)
def test_a_file_that_is_no_saved_search_is_one_clear_error(saved, tmp_path, why):
    path = tmp_path / "search.npz"
    content = BROKEN[why](saved)
    path.write_bytes(content)
    with pytest.raises(OutputError, match=r"search\.npz"):
        sg.Search.load(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        {"changes": {"generation": 10**12}},
        {"changes": {"random_state": 1}},
        {"changes": {"names": ["v", "x"]}},
        {"gradients": np.ones((60, 2))},
        {"values": np.ones(60)},
        {"digest": None},
        {"digest": np.array(3)},
        {"digest": np.array(["a", "b"])},
    ],
    ids=str,
)
def test_a_file_edited_by_hand_is_refused_and_not_replayed(saved, tmp_path, change):
    (tmp_path / "search.npz").write_bytes(edited(saved, signed=False, **change))
    with pytest.raises(OutputError, match=r"search\.npz was changed after it was saved"):
        sg.Search.load(tmp_path / "search.npz")


def test_a_pickle_in_a_file_is_never_opened(saved, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("a pickle was opened",))

    buffer = io.BytesIO(saved)
    with zipfile.ZipFile(buffer, "a") as archive, archive.open("values.npy", "w") as entry:
        np.lib.format.write_array(entry, np.array([Bomb()], dtype=object), allow_pickle=True)
    (tmp_path / "search.npz").write_bytes(buffer.getvalue())
    with pytest.raises(OutputError, match=r"search\.npz"):
        sg.Search.load(tmp_path / "search.npz")


def test_a_file_that_is_not_there_or_a_folder_is_one_clear_error(tmp_path):
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(OutputError, match=path.name):
            sg.Search.load(path)


def test_the_undamaged_file_loads(saved, tmp_path):
    (tmp_path / "search.npz").write_bytes(edited(saved))
    assert sg.Search.load(tmp_path / "search.npz").generation == 2


def test_a_place_that_cannot_be_written_is_one_clear_error_and_nothing_is_lost(plain, tmp_path):
    search = sg.Search(plain)
    search.step()
    before = traced(search)
    for path in (tmp_path, tmp_path / "no" / "folder" / "search.npz"):
        with pytest.raises(OutputError, match="cannot be saved"):
            search.save(path)
    for path in (None, 3, b"search.npz", "a\0b"):
        with pytest.raises(OutputError, match=r"cannot be saved.*pass the path"):
            search.save(path)
    assert traced(search) == before
    assert not [*tmp_path.iterdir()]


def test_a_save_that_fails_keeps_the_file_that_was_there(plain, saved, tmp_path, monkeypatch):
    path = tmp_path / "search.npz"
    path.write_bytes(saved)

    def full(file, **_):
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OutputError, match="No space left"):
        sg.Search(plain).save(path)
    assert path.read_bytes() == saved
    assert [*tmp_path.iterdir()] == [path]


# -- a person's own formula ----------------------------------------------------------------------------------


def test_a_guess_is_scored_on_the_points_that_are_held_out(plain):
    right, wrong = sg.score(plain, "3*exp(-(x^2 + v^2)) - 1"), sg.score(plain, "x^2 + 2*v^2")
    assert right.loss < 1e-14
    held = held_out(plain)
    x, v = (plain.points * plain.points.std(0))[held].T
    cosine = (x * x + 2 * v * v) / np.sqrt((x * x + v * v) * (x * x + 4 * v * v))
    assert wrong.loss == pytest.approx(np.average(1 - cosine**2, weights=plain.weights[held]))
    assert wrong.plain_loss == pytest.approx((1 - cosine**2).mean())
    assert wrong.angle == pytest.approx(np.degrees(np.arcsin(np.sqrt(wrong.loss))))
    assert (wrong.complexity, wrong.expression) == (7, parse("x^2 + 2*v^2"))


def test_a_sympy_expression_is_scored_whatever_its_assumptions(plain):
    x, v = sp.symbols("x v")
    assert sg.score(plain, x**2 + v**2).loss < 1e-14


@pytest.mark.parametrize("formula", ["x*log(abs(v))", "sin(log(abs(v))) + x"])
def test_a_logarithm_of_a_modulus_is_scored_on_both_sides(formula):
    rng = np.random.default_rng(0)
    x, v = points = rng.uniform(-2, 2, (2, 200))
    log = np.log(np.abs(v))
    g = {"x*log(abs(v))": (log, x / v), "sin(log(abs(v))) + x": (np.ones(200), np.cos(log) / v)}[formula]
    field = sg.GradientField(points.T, np.stack(g, axis=1), ("x", "v"))
    assert sg.score(field, formula).loss < 1e-12


@pytest.mark.parametrize(
    ("guess", "message"),
    [
        ("x^2 + w^2", "I don't know w"),
        ("3", "constant"),
        ("x - x", "constant"),
        ("__import__('os').system('true')", "__import__"),
        ("x.__class__", "x"),
        ("lambda: x", "lambda"),
        ("", "empty"),
        (["x"], "list"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_formula_of_the_inputs_is_one_clear_error(plain, guess, message):
    with pytest.raises(ExpressionError, match=message):
        sg.score(plain, guess)


# -- blind to the concept ------------------------------------------------------------------------------------

ANSWERS = {"concepts", "experiment", "experiments", "network", "published", "reading", "verdict", "verify"}


def test_no_module_of_the_search_reads_an_answer():
    folder = Path(sg.__file__).parent / "search"
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [
                getattr(node, "module", None) or "",
                *(a.name for a in getattr(node, "names", []) if hasattr(a, "name")),
            ]
            parts = {part for name in named for part in name.split(".")}
            assert not parts & ANSWERS, f"{path.name} imports {parts & ANSWERS}"


@pytest.mark.sweep
def test_searching_loads_no_answer(child):
    loaded = {name.removeprefix("symgrad_widgets.").split(".")[0] for name in child[-1].split()}
    assert "search" in loaded
    assert not loaded & ANSWERS


def test_terms_beside_a_pole_are_told_apart_by_the_other_points():
    found = []
    for seed in (0, 2):  # at one of their points the poles of 1/x1^2 and 1/(x1*x2)^2 have all of the gradient
        points = np.random.default_rng([seed, 0]).uniform(-1, 1, (1000, 2))
        search = sg.Search(sg.GradientField(points, points[:, ::-1].copy()), random_state=seed)
        found.append(search.run(generations=3, progress=False).best)
    assert [str(best.expression) for best in found] == ["x1*x2"] * 2


@pytest.mark.parametrize("small", [1e-6, 1e-13, 1e-60])
def test_a_term_is_written_however_small_its_coefficient(small):
    """As 1e-60 is where exp(-10*x**2) stands beside terms of order 1, at x = 4."""
    x, y = sp.symbols("x y", real=True)
    written = writing._sum([sp.exp(-10 * x**2), sp.exp(y)], [1.0, small])
    assert written.free_symbols == {x, y}
    assert written.coeff(sp.exp(y)) / written.coeff(sp.exp(-10 * x**2)) == pytest.approx(small)


@pytest.mark.parametrize("low", [-2.0, 0.5], ids=["below the pole", "above it"])
def test_a_product_with_broken_powers_is_real_on_the_data(low):
    x, y = sp.symbols("x y", real=True)
    points = np.random.default_rng(0).uniform([low, 0.1], [low + 2, 1], (50, 2))
    pole = low + (2.5 if low < 0 else -0.5)
    written = writing._product([sp.log(sp.Abs(x - pole)), sp.log(y)], [4 / 3, -1.0], (x, y), points)
    values = sp.lambdify((x, y), written, "numpy")(*points.T)
    np.testing.assert_allclose(values, np.abs(points[:, 0] - pole) ** (4 / 3) / points[:, 1])
    assert not written.has(sp.Abs)


def test_a_formula_has_no_pole_on_the_data_where_its_reciprocal_has_none():
    x, y = sp.symbols("x y", real=True)
    points = np.random.default_rng(0).uniform(1, 3, (100, 2))

    def written(formula):
        return writing._without_pole(formula, (x, y), points)

    assert written((x + y) / (x - y)) == (x - y) / (x + y)
    assert written((x + y) ** 2 / (x - y)) == (x - y) / (x + y) ** 2
    assert written(2 * x / (y * (x - y)) + 1 / (x - y)) == y * (x - y) / (2 * x + y)
    for already in ((x + y) * (x - 2) / (x - y), x / (x + y), 1 / x + y):  # no better, or no pole
        assert written(already) == already


def test_hyperbolic_functions_are_written_by_their_names():
    x, y = sp.symbols("x y", real=True)
    points = np.random.default_rng(0).uniform(1, 3, (100, 2))

    def written(bodies, numbers):
        return writing._shortest([np.array(numbers)], bodies, (x, y), points)[0][0]

    u, log = 1.54 * x * y, sp.log(sp.Abs(x))
    assert written([u / 2, log, sp.log(sp.exp(u) + 1)], [-1.0, 2.0, 1.0]) == x**2 * sp.cosh(u / 2)
    assert written([sp.log(sp.Abs(sp.exp(2 * x) - 1)) - x, sp.log(y)], [1.0, 1.0]) == y * sp.sinh(x)
    assert not written([u, log, sp.log(sp.exp(u) + 1)], [-1.0, 2.0, 1.0]).has(sp.cosh)  # not half of it


def test_cosh_and_sinh_are_read_as_exponentials():
    x = sp.Symbol("x", real=True)
    for function in (sp.cosh, sp.sinh):
        (values,), _, _ = gradients([from_sympy(function(x), [x])], np.array([[-1.0, 0.5]]))
        np.testing.assert_allclose(values, [float(function(u)) for u in (-1, 0.5)])
