"""The tuned numbers of the search, in one place: what each decides, and what measured it.

A study is a section of docs/limits.md. *Not measured* says that no study compares the value with others: it
was chosen while the search was built, and served in all of them. The verdict's numbers are in
`verdict/tolerances.py`; what both say of a trained neuron is in `field/`, where they meet.
"""

from dataclasses import dataclass

from ..field import TRAINING_ERROR

__all__ = [
    "BANK",
    "CERTIFICATE",
    "CHOICE",
    "DICTIONARY",
    "DIVISION",
    "EVIDENCE",
    "EVOLUTION",
    "FRONT",
    "INNER_CONSTANTS",
    "INTERVALS",
    "KIND",
    "MEMORY",
    "ROUNDING",
    "SEARCH",
    "SESSION",
    "SIEVE",
    "SPLIT",
    "STORAGE",
    "SUBSPACE",
    "SUMS",
    "SYSTEMATIC",
    "VALUES",
    "WRITING",
]


@dataclass(frozen=True)
class _Rounding:
    """What double precision cannot tell."""

    divisor: float = 1e-300
    """Least divisor: what may be 0 is raised to it. Not measured."""
    share: float = 1e-12
    """Of the numbers it was computed from: a smaller difference is rounding. Not measured."""
    loss: float = 1e-13
    """Of a mean of 1 - cos^2: losses below are equal. Not measured."""


@dataclass(frozen=True)
class _Session:
    """When a search ends."""

    settled: int = 10
    """Generations of evolution with the same answer that are enough. Not measured."""
    matched: int = 2
    """So many after the divisions where the answer is a match. Not measured."""
    certain: int = 1
    """So many, of any kind, where the answer leaves nothing to explain, or is certain. Not measured."""
    given_up: int = 40
    """Generations of evolution without an answer that are enough. Not measured."""
    stop_holds: float = 1.0
    """Seconds for which a stop holds that comes while nothing runs. Not measured."""


@dataclass(frozen=True)
class _Search:
    """How much is tried in the fixed stages, and what stays on the engine's front."""

    survey: int = 3
    """Generations of what is tried of any field: single terms, pairs, small bases. Not measured."""
    nodes: int = 40
    """Nodes of the longest formula. Docs/limits.md, "Search space and settings", compares 10, 20 and 80."""
    terms: int = 1200
    """Small terms at most that are made of the inputs. Not measured."""
    paired_terms: int = 1200
    """Small terms at most of which all pairs are compared; the time grows with the square. Not measured."""
    pairs: int = 400
    """Best pairs that are scored. Not measured."""
    partners: int = 10
    """Pairs of one term at most among those. Not measured."""
    extensions: int = 40
    """Terms that are tried beside each sum on the front, those that help most. Not measured."""
    telling: int = 5
    """Terms tried by what they explain of the values, as one more or instead of one. Not measured."""
    basis: int = 260
    """Terms at most of a basis that is always eliminated. Search/README.md has the time of 219."""
    large_basis: int = 2200
    """Terms at most where little is explained. Search/README.md has time and memory of 1,820."""
    unexplained: float = 0.2
    """Least loss so far above which such large bases are tried. Not measured."""
    sieved: int = 300
    """Terms that the sieve leaves of a basis, so that all their gradients are in memory. Not measured."""
    tie: float = 0.001
    """Share by which losses differ that take each other off the engine's front. Not measured."""
    singular: float = 1e-8
    """Squared sine between two terms' gradients below which they are one term. Not measured."""
    close: float = 1.1
    """Times the front's loss: sums below are judged on more points. Not measured."""
    heard: float = 4.0
    """Times the front's loss: of sums below the neuron's values are asked. Not measured."""
    promising: float = 5.0
    """Times what the best of their size leave: the values place coefficients of sums below. Not measured."""
    rivals: int = 12
    """Such sums at most. Not measured."""
    rival_parsimony: float = 0.15
    """Nats that a node has to earn in the order they are taken in, as on the third island. Not measured."""


@dataclass(frozen=True)
class _Memory:
    """What is computed or kept at once: memory and time, and no formula but by rounding."""

    solved: float = 5e5
    """Numbers of gradients in the eigenproblems that are solved together. Not measured."""
    compared: int = 256
    """Terms whose gradients are copied to be compared. Not measured."""
    evaluated: float = 4e6
    """Bytes of gradients that are evaluated together. Not measured."""
    evaluated_terms: tuple[int, int] = (16, 256)
    """Terms at least and at most that are evaluated together. Not measured."""
    sieved: float = 8e6
    """Bytes of gradients in the sieve. Search/README.md has the memory that comes to."""
    reserved: float = 128e6
    """Bytes set aside for gradients, so that they need not be copied to grow. Not measured."""
    terms: float = 64e6
    """Bytes of gradients before the terms out of use are forgotten. Not measured."""
    spare_terms: int = 500
    """Terms beyond the small ones for which there is always room. Not measured."""
    sums: int = 50_000
    """Sums remembered before those out of use are forgotten. Not measured."""
    derivatives: int = 4096
    """Derivatives of terms by their constants that are remembered. Not measured."""


@dataclass(frozen=True)
class _Dictionary:
    """Which terms are there from the beginning."""

    degree: int = 6
    """Of the monomials that are tried all at once. Not measured."""
    distance_degree: int = 3
    """Of the monomials beside distances. Not measured."""
    product_degrees: tuple[int, ...] = (3, 4, 5)
    """Of the products of different inputs in large bases, as determinants have them. Not measured."""
    paired_inputs: int = 16
    """Inputs, the most important ones, that small terms pair with each other. Not measured."""
    factors: tuple[float, ...] = (-2.0, -1.0, -0.5, 0.5, 2.0)
    """Of the input in f(c x): where the constant is refined from. Not measured."""
    beside_one: tuple[float, ...] = (0.01, 0.1, 1.0)
    """Of u in 1 + c u, u being of the size of 1. Not measured."""
    bent: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0)
    """Of u in exp(c u), sin(c u), cos(c u), u being of the size of 1. Not measured."""
    uneven: tuple[float, ...] = (0.01, 0.1, 10.0, 100.0)
    """Times y in log(x + c y). Not measured."""
    groups: int = 4
    """Of terms without common inputs at most, for all ways to part them into P/Q are tried. Not measured."""
    largest_power: int = 64
    """Of u or its root in a person's formula that is read as products, else as exp(c log u). Not measured."""
    largest_whole: float = 1e9
    """Constant of a term at most that is written as a whole number. Not measured."""


@dataclass(frozen=True)
class _Division:
    """Which inputs act together, and how many ways to divide a field are followed."""

    inputs: int = 12
    """Inputs, the most important ones, that are divided. Not measured."""
    terms: int = 300
    """Small formulas at most that a pair is held against. Not measured."""
    loose: float = 0.3
    """Residual from which a pair does not act through a formula. Not measured."""
    exact: float = 1e-11
    """Residual that is rounding: such a division is followed alone. Not measured."""
    node: float = 0.7
    """Nats of its residual that each node of a pair's formula has to earn. Not measured."""
    same: float = 1e-6
    """Relative difference of residuals of the same directions. Not measured."""
    forms: int = 3
    """Formulas of one pair at most that are followed. Not measured."""
    tried: int = 8
    """Pairs with their formulas at most that replace a pair of one division. Not measured."""
    kept: int = 8
    """Divisions with equally many coordinates that are followed. Not measured."""
    small: int = 300
    """Small terms at most of the coordinates of one. Not measured."""
    extended: tuple[int, ...] = (30, 10)
    """Best sums of two terms, then of three, that one more term is added to. Not measured."""
    extensions: int = 10
    """Terms that are tried beside each of these. Not measured."""
    read: int = 2
    """Divisions with equally many coordinates that formulas are made of. Not measured."""
    digits: tuple[int, ...] = (1, 3)
    """Of the ratio in which two coordinates act together. Not measured."""
    root: int = 3
    """Denominator at most of p, where they act through x y^p. Not measured."""
    power: int = 6
    """Of p at most. Not measured."""
    neighbours: int = 24
    """Points near which a pair's direction is fitted. Not measured."""
    shown: int = 800
    """Points at most that a division is shown for. Not measured."""
    sure: float = 0.1
    """Residual up to which inputs are shown as acting together. Not measured."""
    few: int = 3
    """Coordinates at most of which formulas are made. Not measured."""


@dataclass(frozen=True)
class _Bank:
    """When a term has gradients, and when two terms are one."""

    probe_points: int = 24
    """Points at which two terms are compared. Not measured."""
    digits: int = 7
    """Gradients equal to so many are of one term, up to scale, sign and offset. Not measured."""
    unseen: float = 1e-3
    """Of the RMS gradient: where the probe has less, the rest is at a pole that it misses. Not measured."""
    across: float = 1e-9
    """Of the whole gradient: what is left along the data is rounding below. Not measured."""
    shortest: float = 1e-150
    """RMS gradient below which its square underflows. Not measured."""
    longest: float = 1e100
    """RMS gradient above which products of it overflow. Not measured."""


@dataclass(frozen=True)
class _Sums:
    """The eigenproblem that places coefficients, and backward elimination."""

    rounds: int = 3
    """Of weights 1 / |grad e|^2 that bring the eigenvalue to the unweighted loss. Not measured."""
    weight: float = 1e-3
    """Of the mean squared gradient: a point with less weighs no more than one with so much. Not measured."""
    vanishing: float = 1e-40
    """Of the mean squared gradient: a point with less has none and counts 1. Not measured."""
    constant: float = 1e-10
    """Of the largest squared gradient: sums with less are constant on the data. Not measured."""
    dependent: float = 1e-7
    """Of its gradient that a term has across the others: with less it is one of their sums. Not measured."""
    needed: float = 1e-6
    """Of the largest coefficient: a term with less is not needed in the shortest form. Not measured."""
    singly: int = 24
    """Terms up to which elimination drops one at a time. Not measured."""
    portion: int = 6
    """Of more terms one in so many is dropped at once. Not measured."""
    cheap: float = 0.1
    """Of the mean price: while some of those cost less, no others are dropped. Not measured."""
    root_rounds: int = 30
    """Rounds at most for a root of the secular equation; about six are needed. Not measured."""
    root: float = 1e-10
    """Relative change of a root that ends the rounds. Not measured."""


@dataclass(frozen=True)
class _Sieve:
    """The first look at large bases."""

    shift: float = 1e-3
    """Loss s that is added, so that A + s M has a Cholesky factor. Not measured."""
    later: float = 1e-7
    """Share that the last term is shorter by than the first: of equal ones the first stays. Not measured."""
    vectors: int = 8
    """Combinations that the subspace iteration moves. Not measured."""
    rounds: int = 8
    """Of the subspace iteration. Not measured."""


@dataclass(frozen=True)
class _InnerConstants:
    """Constants inside terms: where they begin, and how they are refined and rounded."""

    rounds: int = 8
    """Gauss-Newton steps at most. Not measured."""
    dampings: tuple[float, ...] = (1.0, 0.3, 0.05)
    """Shares of a step that are tried until the loss falls. Not measured."""
    gain: float = 1e-6
    """Of the loss: a step that gains less is the last. Not measured."""
    exact: float = 1e-15
    """Loss below which no step is needed. Not measured."""
    longest: float = 1e150
    """Component of a gradient from which a step would overflow. Not measured."""
    digits: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
    """That a constant is rounded to, the fewest first, until the loss does not suffer. Not measured."""
    scaled: float = 0.6
    """Probability that a new constant is a factor, c u, and not an offset, u + c. Not measured."""
    factors: tuple[float, ...] = (1.0, -1.0, 0.5, -0.5, 2.0)
    """That a new factor begins at. Not measured."""
    margin: float = 0.5
    """Of the spread of u: so far from 0 the values of u + c begin. Not measured."""
    least_spread: float = 1e-3
    """Of u that the margin is taken of, where u hardly varies. Not measured."""


@dataclass(frozen=True)
class _Evolution:
    """Sets of terms on islands, and random changes of a term."""

    parsimony: tuple[float, ...] = (0.03, 0.08, 0.15, 0.3)
    """Nats of log loss that one node has to earn, for each island. Not measured."""
    population: int = 40
    """Sums on an island. Not measured."""
    offspring: int = 48
    """New sums for each island and generation. Not measured."""
    freed: int = 3
    """Sums with a constant freed inside, for each island and generation. Not measured."""
    terms: int = 8
    """Of a sum at most. Not measured."""
    tournament: int = 3
    """Sums of which the fittest is a parent. Not measured."""
    shares: tuple[float, ...] = (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    """Of the changes of a set, in the order of `islands.py`. Not measured."""
    inherited: float = 0.5
    """Probability of each term of the other parent to come along. Not measured."""
    new_nodes: tuple[int, int] = (2, 8)
    """Nodes at least, and below which, of a random term that joins a sum. Not measured."""
    regrown_nodes: tuple[int, int] = (1, 6)
    """Nodes at least, and below which, of a random term that replaces a part. Not measured."""
    added_nodes: tuple[int, int] = (1, 4)
    """Nodes at least, and below which, of a random term beside a part. Not measured."""
    appended: float = 0.7
    """Probability that it stands behind that part. Not measured."""
    functions: float = 0.4
    """Probability of a function, and not a binary operator, at the root of a random term. Not measured."""
    constants: float = 0.08
    """Probability of a constant, and not an input, at the leaf of a random term. Not measured."""
    constant_spread: float = 2
    """Standard deviation of such a constant. Not measured."""
    nudged: float = 0.4
    """Probability that of a term with constants one of them changes, and nothing else. Not measured."""
    nudge_decades: tuple[float, float] = (-2, 0)
    """Powers of ten of its relative change. Not measured."""
    moved: float = 0.1
    """Probability that it also moves by a normal number, which may change its sign. Not measured."""


@dataclass(frozen=True)
class _Subspace:
    """Which inputs have a part, and when their combinations are searched instead."""

    irrelevant: float = 1e-6
    """Of the strongest input's power in the unit gradients: with less an input has no part. Not measured."""
    inputs: int = 64
    """With more of them a subspace is looked for. Not measured."""
    dimensions: int = 8
    """That it may have. Not measured."""
    outside: float = 1e-3
    """Share of the gradients' power that may lie outside, for each dimension left out. Not measured."""
    cleared: float = 1e-6
    """Of the largest weight of an input in a coordinate: less is rounding. Not measured."""


@dataclass(frozen=True)
class _Split:
    """Which points are searched, fitted on and judged on."""

    least_points: int = 4
    """For each input and one more: of fewer none is held out. Not measured."""
    held: int = 3
    """One point in so many is held out. Not measured."""
    judged: int = 20_000
    """Points times dimensions at most, for fitting and for judging each. Not measured."""
    judged_points: tuple[int, int] = (300, 2000)
    """Points, least and most, that this comes to. Not measured."""
    searched: int = 4000
    """Points times dimensions at most, of those to fit on, that the search looks at. Not measured."""
    searched_points: tuple[int, int] = (100, 350)
    """Points, least and most, that this comes to. Not measured."""
    surveyed: int = 600
    """Points times dimensions at most, where the survey is all there is. Not measured."""


@dataclass(frozen=True)
class _Writing:
    """When a coefficient is written as a simple number."""

    simple: tuple[float, ...] = (
        *(1, 6 / 5, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 5 / 2, 3, 10 / 3),
        *(4, 5, 6, 20 / 3, 15 / 2, 8, 9, 10),
    )
    """The simple numbers, each times any power of ten. Not measured."""
    largest: int = 12
    """Fractions of numbers up to this are simple, and powers. Not measured."""
    powers: tuple[float, ...] = (2.0, 3.0, 0.5)
    """That are one operator where a formula is written, as `complexity` counts. Not measured."""
    easy: tuple[float, ...] = (1.0, 2.0, 5.0)
    """Those that laws have most, which a coefficient may be farther from. Not measured."""
    near_easy: float = 0.1
    """Relative distance from those; and of coefficients that are taken for equal. Not measured."""
    near: float = 0.01
    """Relative distance from any other simple number. Not measured."""
    slack: float = 1.01
    """Times the loss that simpler numbers may cost. Not measured."""
    nats: int = 6
    """Of log likelihood that they may cost where few points tell. Not measured."""
    untold: float = 2e-6
    """Loss that they may add, as no trained network can tell. Not measured."""
    untold_share: float = 0.2
    """Of the loss that they add so at most. Not measured."""
    nothing: float = 1e-7
    """Of the largest term's gradient: a term with less is none. Not measured."""
    rounds: int = 4
    """Of weights, when the coefficients to be written are solved for. Not measured."""
    residual: float = 1e-15
    """Squared sine that each point is given when points that make up the loss are counted. Not measured."""
    least_scale: float = 1e-9
    """Of the largest coefficient: a smaller one is not called 1. Not measured."""
    scales: int = 6
    """Coefficients up to which each is called 1 in turn. Not measured."""
    scale_ranks: int = 5
    """Of more coefficients so many are, at equal distances in order of size. Not measured."""
    tried: int = 3
    """Results that are written out before the shortest is taken. Not measured."""
    digits: tuple[int, ...] = (3, 4, 5, 6, 8, 10)
    """That other numbers are rounded to, the fewest first, until the loss does not suffer. Not measured."""
    root: int = 3
    """Denominator at most of a power, when a sum of logarithms is written as a product. Not measured."""
    power_of_sum: float = 1.5
    """Nodes charged on top: x**4/2 + x**2 reads better than (x**2 + 1)**2. Not measured."""


@dataclass(frozen=True)
class _Choice:
    """The rule of selection; `choice/selection.py` has the reasons."""

    steep: float = 0.6
    """Slope, in units of 10 nats for each node, that any steeper one is as good as. Not measured."""
    flat: float = 0.1
    """Slope that any flatter one is as good as. Not measured."""
    window: float = 0.6
    """Share of its nodes that those have which a formula is held against. Not measured."""
    pieces: int = 20
    """Independent pieces that a smooth error is taken to have, however many points show it. Not measured."""
    shells: tuple[int, int] = (3, 29)
    """Nearest points, and next ones, whose residuals a point's is compared with. Not measured."""
    reach: float = 3
    """Gaps between the two shells over which a correlation is extrapolated at most. Not measured."""
    by_chance: float = 5
    """Standard deviations that a correlation of chance does not reach. Not measured."""
    residual: float = 1e-20
    """Mean squared residual below which it is rounding and has no correlation. Not measured."""
    extra: int = 2
    """Nodes charged on top for exp, log, sin ... and for numbers that are not simple. Not measured."""
    floor: float = 1e-10
    """Losses below are equal: no network is that exact. Not measured."""
    training: float = TRAINING_ERROR
    """Corrections of the loss by less are attributed to training. Not measured."""
    exact: float = 1e3
    """Times the least loss: where that is less, the field is exact, and no training. Not measured."""
    node: float = 2.5
    """Nats that a node takes to write: one of a dozen operators and inputs. Not measured."""
    told: float = 1e-4
    """Loss below which a point says no more: constants fit few points exactly. Not measured."""
    law: float = 0.1
    """Of chance: above, no formula is given. Docs/limits.md, "Noise and few points", has what comes of it."""


@dataclass(frozen=True)
class _Values:
    """How values are predicted from those at neighbouring values of a formula."""

    least_points: int = 30
    """Of fewer nothing is said. Not measured."""
    windows: tuple[int, ...] = (2, 4, 8, 16, 32)
    """Neighbours on either side that a line is put through; the best number counts. Not measured."""
    price: float = 0.2
    """Nats of what is left of the values that a node gains over formulas of like length. Not measured."""
    far_price: float = 0.1
    """Over much shorter ones. Not measured."""
    training: float = 1e-5
    """Share of the values, 0.3 % of their spread squared, that is attributed to training. Not measured."""
    law: float = 0.1
    """Share of the values that is left, above which no formula is given. Not measured."""
    window: int = 8
    """Neighbours on either side where coefficients are placed. Not measured."""
    steps: int = 3
    """Gauss-Newton steps at most that place coefficients. Not measured."""
    ridge: float = 1e-6
    """Added to a diagonal of 1: the common factor of all coefficients is free. Not measured."""


@dataclass(frozen=True)
class _Systematic:
    """Polynomials of two inputs that are tried on what a formula leaves of the values."""

    degree: int = 6
    """Of both together at most. Not measured."""
    parts: int = 5
    """That the points are divided into: each is predicted from the others. Not measured."""
    points: int = 10
    """For each coefficient at least. Not measured."""
    inputs: int = 12
    """Of a field at most: all pairs are tried. Not measured."""
    ridge: float = 1e-9
    """Of the trace of the normal equations, for inputs that depend on each other. Not measured."""


@dataclass(frozen=True)
class _Intervals:
    """How well numbers are known."""

    groups: int = 30
    """Of neighbouring points, that err together. Not measured."""
    rounds: int = 10
    """Of k-means that makes them. Not measured."""
    errors: float = 4.5
    """Standard errors within which simple numbers are as good: networks err as a whole, too. Not measured."""
    wide: float = 2.0
    """Standard errors on either side that an interval is wide. Not measured."""
    by_chance: float = 0.2
    """Relative width of an interval times the names tried: above, one lies in it by chance. Not measured."""
    multiples: tuple[str, ...] = ("1", "2", "1/2", "4", "1/4")
    """Of pi, e and roots that have a name. Not measured."""
    roots: tuple[int, ...] = (2, 3)
    """Whose square roots have a name. Not measured."""
    told: float = 1e-10
    """Least eigenvalue of a curvature of diagonal 1 that tells the numbers apart. Not measured."""


@dataclass(frozen=True)
class _Kind:
    """When a formula is called a match; `choice/kind.py` has the reasons."""

    left: float = 0.02
    """Share of the values that is left at most. Not measured."""
    values_price: float = 0.025
    """Nats of what is left of the values that a node may gain. Search/README.md, "What an answer is"."""
    smooth: float = 0.5
    """Share of what is left of the directions that may be smooth. Not measured."""
    missing: float = 0.1
    """Share of what is left that a function of one input predicts, above which that is said. Not measured."""
    certain: float = 0.9
    """Nats of what is left of the values, for each node of a match. Search/README.md, "What an answer is"."""
    systematic: float = 0.03
    """Share of what a match leaves that two inputs predict. Search/README.md, "What an answer is"."""


@dataclass(frozen=True)
class _Front:
    """What a person is shown."""

    fall: float = 0.98
    """Times the loss of the simpler formula that a longer one has at most. Not measured."""
    handicap: float = 1.05
    """Factor that each decimal raises a loss by, among formulas of one length. Not measured."""
    floor: float = 1e-14
    """Losses below are equal. Not measured."""
    alike: float = 1e-8
    """Mean 1 - cos^2 between two formulas below which they are one. Not measured."""


@dataclass(frozen=True)
class _Evidence:
    """What speaks for a formula when nobody knows the concept."""

    resamples: int = 50
    """Of the points, for agreement and spread. Not measured."""
    generations: int = 4
    """Of the cheap null: the first of the fixed stages. Not measured."""
    thorough_runs: int = 3
    """On random directions, each as long as the search was. Not measured."""


@dataclass(frozen=True)
class _Certificate:
    """How many formulas are enumerated, and which of them are judged."""

    inputs: int = 3
    """That matter at most. Search/README.md has time and memory."""
    nodes: int = 6
    """Of the longest formula. Search/README.md has time and memory."""
    summed: int = 4
    """Nodes at most of each of two functions that are summed. Search/README.md has time and memory."""
    points: int = 32
    """Of the field, at which formulas are told apart. Not measured."""
    alike: float = 1e-8
    """Difference of two numbers made of all points below which functions are one. Not measured."""
    together: int = 4096
    """Trees that are evaluated together. Not measured."""
    kept: int = 12
    """Formulas of each number of nodes that are judged, those that leave least. Not measured."""


@dataclass(frozen=True)
class _Storage:
    """What a file may hold that a stranger gives."""

    bytes: int = 10**8
    """Of all arrays, such as a million points of six inputs with their gradients. Not measured."""
    characters: int = 2**18
    """Of the settings. Not measured."""


ROUNDING = _Rounding()
SESSION = _Session()
SEARCH = _Search()
MEMORY = _Memory()
DICTIONARY = _Dictionary()
DIVISION = _Division()
BANK = _Bank()
SUMS = _Sums()
SIEVE = _Sieve()
INNER_CONSTANTS = _InnerConstants()
EVOLUTION = _Evolution()
SUBSPACE = _Subspace()
SPLIT = _Split()
WRITING = _Writing()
CHOICE = _Choice()
VALUES = _Values()
SYSTEMATIC = _Systematic()
INTERVALS = _Intervals()
KIND = _Kind()
FRONT = _Front()
EVIDENCE = _Evidence()
CERTIFICATE = _Certificate()
STORAGE = _Storage()
