"""Questions and answers: hidden until somebody guesses, shown at once where nobody is asked."""

import numpy as np
import pytest
from clicks import go

import symgrad_widgets as sg
from symgrad_widgets.notebook_support.table import Table


@pytest.fixture(scope="module")
def field():
    points = np.random.default_rng(0).uniform(1, 2, size=(100, 2))
    return sg.GradientField(points, 2 * points, names=("x", "y"))


def test_an_answer_unfolds_after_a_guess():
    question = sg.Question("Which way?")
    answer = sg.Answer(question, "upwards")
    assert "unfold this part" in answer.words
    assert "upwards" not in str(answer._repr_mimebundle_())
    question.guess = "down"
    assert answer.words == "upwards"
    assert ">upwards</pre>" in str(answer._repr_mimebundle_())


def test_an_answer_waits_for_a_guessed_formula_too(field):
    box = sg.ExpressionView(field, hidden=True)
    answer = sg.Answer(box, sg.FieldView(field, "x**2 + y**2"))
    assert answer.pictures() == []
    box.guess = "x"  # a cell that was written beforehand
    assert answer.pictures() == []
    go(box, guesses=["x", "y"], selected="y")
    assert "x**2 + y**2" in answer.words
    assert answer.pictures()


def test_typed_words_are_a_guess_and_nothing_is_none():
    question = sg.Question("Which way?")
    question._button.click()
    assert question.guess is None
    assert "Write something first" in question._note.value
    question._box.value = " upwards "
    assert question.guess == "upwards"


def test_where_nobody_guesses_answers_are_shown_at_once():
    assert sg.Answer(sg.Question("Which way?", hidden=False), 3).words == "3"


def test_formulas_are_shown_in_type_and_tables_as_tables(field):
    box = sg.Question("Which?", hidden=False)
    formula = str(sg.Answer(box, sg.score(field, "x**2 + y**2"))._repr_mimebundle_())
    assert "<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup>" in formula
    assert "loss=" in formula
    table = str(sg.Answer(box, Table(("formula", "loss"), (("$x^2$", "0"),)))._repr_mimebundle_())
    assert "<th>formula</th>" in table
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in table


def test_a_reader_may_look_without_a_guess():
    answer = sg.Answer(sg.Question("Which way?"), "upwards")
    answer._button.click()
    assert answer.words == "upwards"


def test_a_page_without_a_kernel_has_the_question_and_what_was_shown():
    class Told:
        def _repr_html_(self):
            return "<table>told</table>"

    question = sg.Question("Which formula?", hidden=False)
    data = question._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert data["text/html"] == "<p><b>Which formula?</b></p>"
    assert "<table>told" in str(sg.Answer(question, Told())._repr_mimebundle_())


def test_what_is_no_question_is_named():
    with pytest.raises(sg.SymgradError, match="got int: pass the question first, then the answer"):
        sg.Answer(3, "upwards")
    with pytest.raises(sg.SymgradError, match="a Question must be words, got 3"):
        sg.Question(3)
