"""Words in formulas, and sentences about formulas, for the readers in Python and in the browser."""

import math
import unicodedata

import numpy as np

from ..words import ENGLISH
from .operators import OPERATORS

__all__ = [
    "ALIASES",
    "ARITHMETIC",
    "CONSTANTS",
    "FRACTIONS",
    "GREEK",
    "LIMITS",
    "ON_ARRAYS",
    "SENTENCES",
    "SLOPES",
    "SUPERSCRIPTS",
    "TYPOGRAPHY",
    "VALUES",
    "arity",
    "inverse",
    "key",
    "known_functions",
]

# Functions that are computed directly, and their derivatives, written in the argument u and the value w.
SLOPES = {
    "sqrt": "1/(2*w)",
    "exp": "w",
    "log": "1/u",
    "sin": "cos(u)",
    "cos": "-sin(u)",
    "tan": "1 + w^2",
    "sinh": "cosh(u)",
    "cosh": "sinh(u)",
    "tanh": "1/cosh(u)^2",
    "asin": "1/sqrt(1 - u^2)",
    "acos": "-1/sqrt(1 - u^2)",
    "atan": "1/(1 + u^2)",
    "asinh": "1/sqrt(1 + u^2)",
    "acosh": "1/sqrt(u^2 - 1)",
    "atanh": "1/(1 - u^2)",
    "abs": "sign(u)",
    "sign": "0",
}
ARITHMETIC = {"add": 2, "neg": 1, "mul": 2, "div": 2, "pow": 2}  # numbers of arguments
ALIASES = {
    "ln": "log", "Abs": "abs", "sq": "square", "√": "sqrt",
    "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arsinh": "asinh", "arcosh": "acosh", "artanh": "atanh",
}  # fmt: skip
CONSTANTS = {"pi": "pi", "π": "pi", "e": "e", "E": "e"}
VALUES = {"pi": math.pi, "e": math.e}
ON_ARRAYS = {
    name: getattr(np, name.replace("asin", "arcsin").replace("acos", "arccos").replace("atan", "arctan"))
    for name in SLOPES
}

# Signs that people type, and the signs that they stand for.
TYPOGRAPHY = {
    **dict.fromkeys("−–—", "-"),
    **dict.fromkeys("·×∙⋅∗", "*"),
    **dict.fromkeys("÷⁄∕", "/"),
    **dict.fromkeys("\n\t\r\u00a0\u2002\u2003\u2009\u200a\u202f", " "),
    "{": "(", "}": ")",
}  # fmt: skip
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
FRACTIONS = {
    "½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5), "⅗": (3, 5),
    "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8), "⅝": (5, 8), "⅞": (7, 8),
}  # fmt: skip
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron",
    "π": "pi", "ρ": "rho", "σ": "sigma", "ς": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
LIMITS = {"characters": 20_000, "depth": 60, "exponent": 1000, "size": 1e300}

SENTENCES = ENGLISH.table["formula"]


def key(name):
    """Return the key to look up a name: x_{1}, x_1, x₁ and x1 have the same key, as do α and alpha."""
    plain = "".join(GREEK.get(sign, sign) for sign in unicodedata.normalize("NFKC", name))
    return "".join(sign for sign in plain if sign not in "_{}\\ ")


def inverse(name):
    """Return the name of the inverse of sin, cos, tan, sinh, cosh or tanh; None for any other function."""
    return f"a{name}" if f"a{name}" in SLOPES and name in SLOPES else None


def arity(name):
    """Return the number of arguments of the function with this name; None for an unknown function."""
    if name in ARITHMETIC:
        return ARITHMETIC[name]
    if name in SLOPES:
        return 1
    return OPERATORS[name].arity if name in OPERATORS else None


def known_functions():
    """Return the names of all functions that you can type."""
    typed = [name for name in ALIASES if name.isalpha()]
    return list(dict.fromkeys([*SLOPES, *ARITHMETIC, *OPERATORS, *typed]))
