"""The tables of the screen's words: each language has every text, with the same names in it."""

import re

import pytest

from symgrad_widgets.errors import DataError
from symgrad_widgets.network.concepts import CONCEPTS
from symgrad_widgets.network.experiment import experiments
from symgrad_widgets.words import Words, languages, words

NAMES = re.compile(r"\{([^}]+)\}")  # with how numbers are written
ALIKE = {f"instrument.{key}" for key in ("name", "experiment", "pause")} | {
    *("told.neuron", "plots.training", "training.label"),
}


def flat(table):
    """{"section.key": text} of a table; of a kind, both texts."""
    texts = {"locale": table["locale"]}
    for section in table.keys() - {"locale"}:
        for key, text in table[section].items():
            texts[f"{section}.{key}"] = " / ".join(text) if isinstance(text, list) else text
    return texts


def names(text):
    return sorted(NAMES.findall(text))


def test_there_are_two_languages_and_an_unknown_one_is_refused():
    assert languages() == ("de", "en")
    with pytest.raises(DataError, match="there is no language 'fr': choose one of de, en"):
        words("fr")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_text_with_the_same_names_in_it(language):
    english, other = flat(words().table), flat(words(language).table)
    assert list(other) == list(english)
    assert {
        k for k in english if sorted(NAMES.findall(other[k])) != sorted(NAMES.findall(english[k]))
    } == set()
    assert [key for key, text in other.items() if not text.strip()] == []


def test_german_is_german():
    english, german = flat(words().table), flat(words("de").table)
    letters = {key for key, text in english.items() if re.search(r"[A-Za-z]{4}", NAMES.sub("", text))}
    assert {key for key in letters if german[key] == english[key]} <= ALIKE


def test_each_concept_has_its_words_in_the_table():
    meanings = words().table["meanings"]
    used = {key for row in CONCEPTS.values() for key in row.meanings}
    assert used | {"rule", "shared", "value"} == set(meanings)


def test_each_experiment_has_its_title_in_the_table():
    titles = words().table["titles"]
    assert titles == {one.slug: one.title for one in experiments if one.slug in titles}
    assert len(titles) >= len(experiments) - 1, "only an experiment that is being added has none yet"


def test_a_text_takes_its_values_and_lists_are_read_aloud():
    say = Words({"told": {"list": "{first} plus {last}", "is": "It is {what}."}})
    assert say("told.is", what=3) == "It is 3."
    assert say.listed("abc") == "a, b plus c"
    assert say.listed(["x"]) == "x"
