"""One word, one meaning: a neuron is never a unit, in code and messages, on the screen, in notebooks."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXTS = (
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "notebooks/**/*.py", "notebooks/**/*.md"),
    *(f"symgrad_widgets/**/*.{kind}" for kind in ("py", "pyi", "jl", "js", "css", "html", "j2", "md", "svg")),
)
UNIT = re.compile(r"(?:(?<![a-z])[Uu]nits?|(?<=[a-z])Units?)(?![a-z])|(?<![A-Za-z])UNITS?(?![A-Za-z])")
ALLOWED = [  # what else a unit is
    # a vector of length 1, and things of size 1
    r"[Uu]nit (?:arrow|direction|gradient|mass|quaternion|square|vector)",
    r"_unit_gradients",
    r"(?:field|\bf|sample|\.fit|\.held|run\.names\))\.unit\b",
    # a unit of measurement
    r"(?:astronomical|physical|SI) units?\b",
    r"one unit of (?:length|time)",
    r"in any unit, so each is measured|[Ii]nputs come in units of their own",
    r"another unit gives the same formula",
    r"units of (?:its|each input's|their|the) (?:error|formula|inputs|marker|own time|spread)\b",
    r"units of (?:its largest component|that of light)|35_units",
    r"units of 10 nats|unit of complexity|units in the last place|In these units a slope",
    r"Search\(units=|units that (?:the search keeps|are powers of ten apart)",
    # what a bar of progress counts
    r'\bunit="(?:epoch|gen|neuron)"',
]
DIRECTIONS = r"self\._?unit\b|def _?unit\b|[\"`]unit\b|\b_?unit\((?:up|along|pair|vectors)\)|\w, unit\b"
MEASUREMENT = r"\w*[Uu]nits?\b"
ALLOWED_IN = {
    "notebooks/beyond/35_units.py": MEASUREMENT,
    "symgrad_widgets/field/directions.py": DIRECTIONS,
    "symgrad_widgets/field/gradient_field.py": DIRECTIONS + r"|its unit is small|in other units",
    "symgrad_widgets/field/measure.py": r"in these units|their units do not matter",
    "symgrad_widgets/search/choice/judge.py": DIRECTIONS,
    "symgrad_widgets/search/fit/bank.py": DIRECTIONS + r"|in the units given|without units",
    "symgrad_widgets/search/pysr/child.py": DIRECTIONS,
    "symgrad_widgets/search/pysr/julia_engine.py": DIRECTIONS + r"|unit \(N, k, m\)",
    "symgrad_widgets/search/pysr/objective.jl": r"\bunit\b",
    "symgrad_widgets/search/session.py": MEASUREMENT,
    "symgrad_widgets/search/storage.py": MEASUREMENT,
    "symgrad_widgets/search/terms/decades.py": MEASUREMENT,
    "symgrad_widgets/search/terms/dimensions.py": MEASUREMENT,
    "symgrad_widgets/verdict/comparison.py": DIRECTIONS,
    "symgrad_widgets/verdict/refit.py": DIRECTIONS,
}


def units(text, path=""):
    """What is called a unit in a text and may be a neuron, with what stands around it."""
    text = re.sub(r"\s+(?:#|//)?\s*", " ", text)
    allowed = "|".join([*ALLOWED, *filter(None, [ALLOWED_IN.get(path)])])
    kept = re.sub(allowed, lambda found: "." * len(found[0]), text)
    return [text[max(found.start() - 40, 0) : found.end() + 20] for found in UNIT.finditer(kept)]


def texts():
    return sorted({path for pattern in TEXTS for path in ROOT.glob(pattern)})


def test_a_neuron_is_called_a_neuron():
    paths = texts()
    assert len(paths) > 200
    found = {}
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        if called := units(path.read_text(encoding="utf-8"), name):
            found[name] = called
    assert not found, "a neuron is a neuron; for something else enter its context in ALLOWED"


@pytest.mark.parametrize("path", ALLOWED_IN)
def test_no_file_is_excused_that_need_not_be(path):
    assert units((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "choose another unit or other points",
        "the hidden\n    # units of a layer",
        "units of the last layer",
        "Unit 3 of layer silu2",
        "for unit in range(3):",
        "row.unit == 3",
        "return self.units[k]",
        "class UnitLaw:",
        "def unit_index(shape):",
        "if _has_units(output):",
        "_MOST_UNITS = 16_384",
        "const { layer, hoveredUnit } = at;",
        '<div class="sg-unit" aria-label="units of the network">',
    ],
)
@pytest.mark.parametrize("path", ["symgrad_widgets/reading/activity.py", "symgrad_widgets/field/motion.py"])
def test_a_unit_that_is_a_neuron_is_found(text, path):
    assert units(text, path)


@pytest.mark.parametrize(
    "text", ["the mean of unit\n# gradients", "opportunity, unity, united", "in units of its spread"]
)
def test_what_else_is_a_unit_is_not(text):
    assert not units(text)
