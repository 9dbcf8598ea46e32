"""The tuned numbers of the search: what each number decides, and which study measured it.

A study is a section of docs/limits.md. *Not measured* means that no study compares the value with others: we
chose it while we built the search, and all studies use it. The numbers of the verdict are in
`verdict/tolerances.py`. The numbers that both search and verdict assume about a trained neuron are in
`field/`.
"""

from dataclasses import dataclass

from ..field import TRAINING_ERROR

__all__ = [
    "BANK",
    "CERTIFICATE",
    "CHOICE",
    "COMPOSITION",
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
    """Differences that double precision cannot show."""

    divisor: float = 1e-300
    """Divisors below this number are replaced with it, because they could be 0. Not measured."""
    share: float = 1e-12
    """A difference below this share of the two numbers is only rounding error. Not measured."""
    loss: float = 1e-13
    """Losses (means of 1 - cos^2) below this count as equal. Not measured."""


@dataclass(frozen=True)
class _Session:
    """When a search ends."""

    settled: int = 5
    """A search ends after this many generations of evolution with the same answer. See search/README.md."""
    matched: int = 1
    """A match without rivals must stay the answer for this many generations. See search/README.md."""
    given_up: int = 40
    """Without an answer, a search ends after this many generations of evolution. Not measured."""
    stop_holds: float = 1.0
    """A stop that comes while nothing is running stays in force for this many seconds. Not measured."""


@dataclass(frozen=True)
class _Search:
    """How many terms and sums the fixed stages try, and which sums stay on the engine's front."""

    survey: int = 3
    """Every field gets at least this many generations: single terms, pairs, small bases. Not measured."""
    nodes: int = 40
    """Formulas have up to this many nodes. See docs/limits.md, "Search space and settings"."""
    terms: int = 1200
    """We make at most this many small terms from the inputs. Not measured."""
    paired_terms: int = 1200
    """We pair at most this many small terms; the time grows with the square of this number. Not measured."""
    pairs: int = 400
    """We score only this many pairs, the best ones. Not measured."""
    partners: int = 10
    """Each term is in at most this many of the pairs that we score. Not measured."""
    extensions: int = 40
    """For each sum on the front, we try this many further terms, the most helpful ones. Not measured."""
    telling: int = 5
    """For each sum that explains the values, we try this many further terms. Not measured."""
    basis: int = 260
    """We always try bases of up to this many terms. See search/README.md (one has 219)."""
    large_basis: int = 2200
    """If the loss is high, we try bases of up to this many terms. See search/README.md (one has 1,820)."""
    unexplained: float = 0.2
    """We try large bases only if the lowest loss is above this value. Not measured."""
    sieved: int = 300
    """The sieve keeps this many terms of a basis, so that all their gradients fit in memory. Not measured."""
    tie: float = 0.001
    """On the engine's front, losses that differ by less than this share count as equal. Not measured."""
    singular: float = 1e-8
    """Two terms are equal if the squared sine between their gradients is below this value. Not measured."""
    close: float = 1.1
    """Sums are judged on more points if their loss is below this multiple of the front's. Not measured."""
    heard: float = 4.0
    """Sums are compared with the values if their loss is below this multiple of the front's. Not measured."""
    promising: float = 5.0
    """We fit a sum to the values if its error is below this factor times the lowest error. Not measured."""
    rivals: int = 12
    """Besides the front, we judge at most this many sums on more points. Not measured."""
    rival_parsimony: float = 0.15
    """In the ranking of sums outside the front, a node costs this many nats, as on island 3. Not measured."""


@dataclass(frozen=True)
class _Memory:
    """How much we compute or keep at once. This affects memory and time; formulas change only by rounding."""

    solved: float = 5e5
    """The gradients of all eigenproblems in one batch have at most this many numbers. Not measured."""
    compared: int = 256
    """To compare terms, we copy the gradients of this many terms at once. Not measured."""
    evaluated: float = 4e6
    """The gradients of all terms in one batch take at most this many bytes. Not measured."""
    evaluated_terms: tuple[int, int] = (16, 256)
    """Smallest and largest number of terms that we evaluate in one batch. Not measured."""
    sieved: float = 8e6
    """The sieve holds this many bytes of gradients at once. See search/README.md for the total."""
    reserved: float = 128e6
    """We reserve this many bytes for gradients, so that adding a term needs no copy. Not measured."""
    terms: float = 64e6
    """If gradients take more bytes than this, we drop unused terms. Not measured."""
    spare_terms: int = 500
    """There is always room for this many terms in addition to the small terms. Not measured."""
    sums: int = 50_000
    """If there are more sums than this, we drop unused sums. Not measured."""
    derivatives: int = 4096
    """We cache this many derivatives of terms with respect to their constants. Not measured."""
    written: int = 4096
    """We cache the written form of this many numbers. Not measured."""


@dataclass(frozen=True)
class _Dictionary:
    """Which terms exist from the start."""

    degree: int = 6
    """Highest degree of the monomials in a basis. Not measured."""
    laurent_power: int = 2
    """Largest absolute value of an input's power in a Laurent monomial. Not measured."""
    distance_degree: int = 3
    """Highest degree of the monomials in the bases of distances. Not measured."""
    product_degrees: tuple[int, ...] = (3, 4, 5)
    """Degrees of products of different inputs in large bases, as in determinants. Not measured."""
    paired_inputs: int = 16
    """Small terms contain pairs of only this many inputs, the most important ones. Not measured."""
    factors: tuple[float, ...] = (-2.0, -1.0, -0.5, 0.5, 2.0)
    """Values of c from which the refinement of f(c x) starts. Not measured."""
    beside_one: tuple[float, ...] = (0.01, 0.1, 1.0)
    """Values of c in 1 + c u, for u of order 1. Not measured."""
    bent: tuple[float, ...] = (0.2, 0.5, 1.0, 2.0, 5.0)
    """Values of c in exp(c u), sin(c u) and cos(c u), for u of order 1. Not measured."""
    uneven: tuple[float, ...] = (0.01, 0.1, 10.0, 100.0)
    """Values of c in log(x + c y) and log(x - c y). Not measured."""
    groups: int = 4
    """We try all quotients P/Q if a sum has at most this many parts without common inputs. Not measured."""
    largest_power: int = 64
    """In a user's formula, powers of u or sqrt(u) above this are read as exp(c log u). Not measured."""
    largest_whole: float = 1e9
    """Whole constants below this size are written as integers. Not measured."""


@dataclass(frozen=True)
class _Division:
    """Which inputs act together, and how many divisions of a field the search follows."""

    inputs: int = 12
    """The search divides only this many inputs, the most important ones. Not measured."""
    terms: int = 300
    """A pair is compared with at most this many small formulas. Not measured."""
    loose: float = 0.3
    """A formula does not fit a pair if its residual has this value or more. Not measured."""
    exact: float = 1e-11
    """A residual up to this value is only rounding; then we follow no other division. Not measured."""
    node: float = 0.7
    """A longer formula for a pair must lower the log residual by this much per extra node. Not measured."""
    same: float = 1e-6
    """Two formulas count as equal if their residuals differ by less than this share. Not measured."""
    forms: int = 3
    """We follow at most this many formulas of one pair. Not measured."""
    tried: int = 8
    """In each division, we try at most this many ways to replace a pair. Not measured."""
    kept: int = 8
    """For each number of coordinates, we follow this many divisions. Not measured."""
    small: int = 300
    """We make at most this many small terms from the coordinates of a division. Not measured."""
    extended: tuple[int, ...] = (30, 10)
    """We extend this many of the best sums, first sums of two terms, then of three. Not measured."""
    extensions: int = 10
    """For each sum that we extend, we try this many further terms. Not measured."""
    refined: int = 2
    """For each number of terms, we fit the constants inside this many of the best sums. Not measured."""
    refined_terms: int = 5
    """We fit inner constants only in sums of at most this many terms. Not measured."""
    read: int = 2
    """For each number of coordinates, we make formulas from this many divisions. Not measured."""
    digits: tuple[int, ...] = (1, 3)
    """In a sum x + r y of two coordinates, we try r rounded to these numbers of digits. Not measured."""
    root: int = 3
    """In a product x y^p of two coordinates, the denominator of p is at most this. Not measured."""
    power: int = 6
    """Largest exponent p in a product x y^p of two coordinates. Not measured."""
    neighbours: int = 24
    """At each point, we fit the direction of a pair to this many neighbours. Not measured."""
    shown: int = 800
    """A division to show to the user is computed from at most this many points. Not measured."""
    sure: float = 0.1
    """We show a division, or use it fully, only if its residual is at most this large. Not measured."""
    few: int = 3
    """We make formulas only from divisions with at most this many coordinates. Not measured."""


@dataclass(frozen=True)
class _Composition:
    """Bases of products, and which bases the search uses."""

    coordinates: tuple[int, int] = (2, 5)
    """Smallest and largest number of coordinates of a division. Not measured."""
    alike: float = 2.0
    """We skip a division if the next one's residual is at most this factor times its own. Not measured."""
    monomials: int = 260
    """The basis of monomials alone has at most this many terms. Not measured."""
    amplitudes: int = 24
    """We multiply waves by at most this many monomials. Not measured."""
    numerators: int = 64
    """We divide at most this many monomials by a sum. Not measured."""
    beside: tuple[float, ...] = (0.03, 0.3, 1.0, 3.0)
    """Sizes of c y, relative to x, at which we try the sum x + c y; we then optimize c. Not measured."""
    inside: int = 130
    """We try at most this many monomials as the argument of a function. Not measured."""
    high: tuple[int, ...] = (3, 4, 6)
    """We also try these powers of one coordinate as the argument of a function. Not measured."""
    numbers: tuple[float, ...] = (0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0)
    """Values of c in f(c u), for u of order 1; we then optimize the best value. Not measured."""
    reach: float = 3.5
    """The optimization changes c by at most this factor. Not measured."""
    placed: tuple[float, ...] = (1e-3, 1e-9)
    """Relative error of c; the second value applies if the loss is tiny. Not measured."""
    points: int = 80
    """We compare bases at this many points. Not measured."""
    tried: int = 6
    """We optimize the constant in this many of the best bases of quotients. Not measured."""
    kept: int = 2
    """We use this many bases of each kind. Not measured."""


@dataclass(frozen=True)
class _Nesting:
    """Functions inside functions of one quantity."""

    deep: int = 3
    """We nest at most this many functions. Four would take eighteen times as many trials. Not measured."""
    sums: int = 2
    """We try nested functions in this many sums of terms, and in as many sums of logarithms. Not measured."""
    kept: int = 8
    """For each sum and quantity, we score this many nested functions. Not measured."""


@dataclass(frozen=True)
class _Bank:
    """When the gradients of a term are usable, and when two terms count as equal."""

    probe_points: int = 24
    """We compare terms at this many points. Not measured."""
    digits: int = 7
    """Two terms count as equal if their gradients agree to this many digits, up to a factor. Not measured."""
    unseen: float = 1e-3
    """If the gradients compared are below this share of the RMS, a pole dominates the RMS. Not measured."""
    across: float = 1e-9
    """A gradient's tangent part is only rounding if it is below this share of the whole. Not measured."""
    shortest: float = 1e-150
    """The square of an RMS gradient below this would underflow. Not measured."""
    longest: float = 1e100
    """Products of RMS gradients above this would overflow. Not measured."""


@dataclass(frozen=True)
class _Sums:
    """The eigenproblem that gives the coefficients of a sum, and backward elimination."""

    estimated: int = 3
    """To compare bases, we take this many steps of inverse iteration. Not measured."""
    rounds: int = 3
    """We solve this many times: weights 1 / |grad e|^2 remove |grad e|^2 from the loss. Not measured."""
    settled: float = 0.01
    """We remove the next term once a new solution lowers the loss by less than this share. Not measured."""
    weight: float = 1e-3
    """To compute weights, a squared gradient counts as at least this share of the mean. Not measured."""
    vanishing: float = 1e-40
    """A squared gradient below this share of the mean counts as 0, and 1 - cos^2 as 1. Not measured."""
    constant: float = 1e-10
    """A sum is constant if its squared gradient is below this share of the largest. Not measured."""
    dependent: float = 1e-7
    """A term is a sum of the others if less than this share of it is orthogonal to them. Not measured."""
    ridge: float = 3e-4
    """Ridge on a diagonal of ones, because errors could hide the best sum of a large basis. Not measured."""
    needed: float = 1e-6
    """In the sparsest form, coefficients below this share of the largest count as 0. Not measured."""
    singly: int = 24
    """If there are at most this many terms, elimination drops one term at a time. Not measured."""
    portion: int = 6
    """With more terms, elimination drops one out of this many terms at once. Not measured."""
    cheap: float = 0.1
    """If some terms cost less than this share of the mean cost, only these are dropped. Not measured."""
    root_rounds: int = 30
    """We solve the secular equation in at most this many iterations; six usually suffice. Not measured."""
    root: float = 1e-10
    """The iteration ends when each root changes by less than this share. Not measured."""


@dataclass(frozen=True)
class _Sieve:
    """The first reduction of large bases."""

    shift: float = 1e-3
    """The number s that makes A + s M positive definite, so that a Cholesky factor exists. Not measured."""
    later: float = 1e-7
    """We shorten later terms by up to this share, so the first of two equal terms stays. Not measured."""
    vectors: int = 8
    """The subspace iteration follows this many combinations of terms. Not measured."""
    rounds: int = 8
    """The subspace iteration takes this many rounds. Not measured."""


@dataclass(frozen=True)
class _InnerConstants:
    """Constants inside terms: where they start, and how they are refined and rounded."""

    rounds: int = 8
    """We take at most this many Gauss-Newton steps. Not measured."""
    dampings: tuple[float, ...] = (1.0, 0.3, 0.05)
    """Fractions of a step, tried in turn until the loss falls. Not measured."""
    gain: float = 1e-6
    """A step that lowers the loss by less than this share is the last one. Not measured."""
    exact: float = 1e-15
    """Below this loss, no step is needed. Not measured."""
    longest: float = 1e150
    """If a gradient had a component above this value, a step would overflow. Not measured."""
    digits: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
    """Digits to try for a constant: we take the first number that the loss allows. Not measured."""
    scaled: float = 0.6
    """Probability that a new constant is a factor (c u), not an offset (u + c). Not measured."""
    factors: tuple[float, ...] = (1.0, -1.0, 0.5, -0.5, 2.0)
    """A new factor starts at one of these values. Not measured."""
    margin: float = 0.5
    """A new offset c keeps u + c this far from 0, as a share of the range of u. Not measured."""
    least_spread: float = 1e-3
    """When we place such an offset, the range of u counts as at least this value. Not measured."""


@dataclass(frozen=True)
class _Evolution:
    """Sets of terms on islands, and random changes of a term."""

    parsimony: tuple[float, ...] = (0.03, 0.08, 0.15, 0.3)
    """On each island, an extra node must lower the log loss by this many nats. Not measured."""
    population: int = 40
    """An island holds this many sums. Not measured."""
    offspring: int = 48
    """Each island makes this many new sums in a generation. Not measured."""
    freed: int = 3
    """In each generation, each island adds an inner constant to this many sums. Not measured."""
    terms: int = 8
    """A sum has at most this many terms. Not measured."""
    tournament: int = 3
    """The fittest of this many sums becomes a parent. Not measured."""
    shares: tuple[float, ...] = (0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    """Probabilities of the ways to change a set, in the order of `islands.py`. Not measured."""
    inherited: float = 0.5
    """Probability that a child inherits a given term of its other parent. Not measured."""
    new_nodes: tuple[int, int] = (2, 8)
    """A new random term has at least the first number of nodes, and fewer than the second. Not measured."""
    regrown_nodes: tuple[int, int] = (1, 6)
    """The same two limits on the size of a random term that replaces a part of a term. Not measured."""
    added_nodes: tuple[int, int] = (1, 4)
    """The same two limits on the size of a random term that is joined to a part of a term. Not measured."""
    appended: float = 0.7
    """Probability that a joined random term comes after the part, not before it. Not measured."""
    functions: float = 0.4
    """Probability of a function, not a binary operator, at the root of a random term. Not measured."""
    constants: float = 0.08
    """Probability of a constant, not an input, at a leaf of a random term. Not measured."""
    constant_spread: float = 2
    """Standard deviation of a random constant. Not measured."""
    nudged: float = 0.4
    """Probability that only one constant of a term changes, if the term has any. Not measured."""
    nudge_decades: tuple[float, float] = (-2, 0)
    """The relative change of a constant usually lies between these powers of ten. Not measured."""
    moved: float = 0.1
    """Probability that we also add a Gaussian number, which can change the constant's sign. Not measured."""


@dataclass(frozen=True)
class _Subspace:
    """Which inputs matter, and when the search works with combinations of inputs."""

    irrelevant: float = 1e-6
    """An input is left out if its squared slopes are below this share of the largest. Not measured."""
    inputs: int = 64
    """With more inputs than this, the search looks for a subspace. Not measured."""
    dimensions: int = 8
    """The subspace has at most this many dimensions. Not measured."""
    outside: float = 1e-3
    """A direction is left out if it has at most this share of the squared unit gradients. Not measured."""
    cleared: float = 1e-6
    """In a coordinate, weights below this share of the largest are set to 0. Not measured."""


@dataclass(frozen=True)
class _Split:
    """The points on which we search, fit and judge."""

    least_points: int = 4
    """We hold out points only if there are at least this number times (inputs + 1) points. Not measured."""
    held: int = 3
    """We hold out one point out of this many. Not measured."""
    judged: int = 20_000
    """In d dimensions, we fit on at most this number / d points, and judge on as many. Not measured."""
    judged_points: tuple[int, int] = (300, 2000)
    """Smallest and largest number of points to fit on, and to judge on. Not measured."""
    searched: int = 4000
    """In d dimensions, we search on at most this number / d points. Not measured."""
    searched_points: tuple[int, int] = (100, 350)
    """Smallest and largest number of points to search on. Not measured."""
    surveyed: int = 600
    """In d dimensions, a survey uses at most this number / d points. Not measured."""


@dataclass(frozen=True)
class _Writing:
    """When a coefficient is written as a simple number."""

    simple: tuple[float, ...] = (
        *(1, 6 / 5, 5 / 4, 4 / 3, 3 / 2, 5 / 3, 2, 5 / 2, 3, 10 / 3),
        *(4, 5, 6, 20 / 3, 15 / 2, 8, 9, 10),
    )
    """The simple numbers; their products with powers of ten are simple, too. Not measured."""
    largest: int = 12
    """Fractions of integers up to this number are simple, and so are powers up to it. Not measured."""
    powers: tuple[float, ...] = (2.0, 3.0, 0.5)
    """In `complexity`, each of these powers counts as one operator. Not measured."""
    easy: tuple[float, ...] = (1.0, 2.0, 5.0)
    """These numbers are common in laws, so coefficients can be farther from them. Not measured."""
    near_easy: float = 0.1
    """Largest relative distance from common numbers, or between coefficients taken as equal. Not measured."""
    near: float = 0.01
    """Largest relative distance from any other simple number. Not measured."""
    slack: float = 1.01
    """Simpler numbers may multiply the loss by at most this factor. Not measured."""
    nats: int = 6
    """If there are few points, simpler numbers may cost this many nats of log likelihood. Not measured."""
    untold: float = 2e-6
    """Simpler numbers may add loss up to this value: no trained network is as exact as this. Not measured."""
    untold_share: float = 0.2
    """The loss that simpler numbers add is at most this share of the loss before. Not measured."""
    nothing: float = 1e-7
    """We leave out terms whose gradient is below this share of the largest term's gradient. Not measured."""
    rounds: int = 4
    """We solve for the coefficients this many times, with better weights each time. Not measured."""
    residual: float = 1e-15
    """We add this to each squared sine before we compute the effective number of points. Not measured."""
    least_scale: float = 1e-9
    """We never scale a coefficient to 1 if it is below this share of the largest. Not measured."""
    scales: int = 6
    """If there are at most this many coefficients, we scale each of them to 1 in turn. Not measured."""
    scale_ranks: int = 5
    """With more coefficients, we scale only this many to 1, evenly spaced in order of size. Not measured."""
    tried: int = 3
    """We write out this many of the results, and keep the shortest. Not measured."""
    digits: tuple[int, ...] = (3, 4, 5, 6, 8, 10)
    """Digits to try for other coefficients: we take the first number that the loss allows. Not measured."""
    root: int = 3
    """Largest denominator of a power when a sum of logarithms becomes a product. Not measured."""
    power_of_sum: float = 1.5
    """Extra cost of a power of a sum: x**4/2 + x**2 reads better than (x**2 + 1)**2. Not measured."""


@dataclass(frozen=True)
class _Choice:
    """The rule of selection; `choice/selection.py` gives the reasons."""

    steep: float = 0.6
    """Steeper slopes count as this slope, in units of 10 nats per node. Not measured."""
    flat: float = 0.1
    """Flatter slopes count as this slope. Not measured."""
    window: float = 0.6
    """A formula is compared with formulas that have at least this share of its nodes. Not measured."""
    pieces: int = 20
    """A smooth error counts as this many pieces of evidence, for any number of points. Not measured."""
    shells: tuple[int, int] = (3, 29)
    """Number of neighbours of a point in the first and in the second shell. Not measured."""
    reach: float = 3
    """We extrapolate a correlation over at most this many times the gap between shells. Not measured."""
    by_chance: float = 5
    """A chance correlation stays below this many standard deviations. Not measured."""
    residual: float = 1e-20
    """A mean squared residual below this is rounding and has no correlation. Not measured."""
    extra: int = 2
    """Each exp, log, sin ... and each number that is not simple costs this many more nodes. Not measured."""
    floor: float = 1e-10
    """Losses below this count as equal, because no network is so accurate. Not measured."""
    training: float = TRAINING_ERROR
    """A difference in loss below this value may come from training. Not measured."""
    exact: float = 1e3
    """The field counts as exact if the lowest loss times this number is below `training`. Not measured."""
    node: float = 2.5
    """Writing a node, one of a dozen operators and inputs, costs this many nats. Not measured."""
    told: float = 1e-4
    """Lower losses count as this loss, because constants can fit a few points exactly. Not measured."""
    law: float = 0.1
    """A law's loss is at most this share of chance's loss. See docs/limits.md, "Noise and few points"."""


@dataclass(frozen=True)
class _Values:
    """How we predict a neuron's value from points where a formula has nearly the same value.

    The rest is the share of the values' variance that these predictions leave unexplained.
    """

    least_points: int = 30
    """With fewer points than this, the values do not count. Not measured."""
    spread: float = 0.01
    """Values count if this share of points or more makes up the variance. See docs/limits.md, "Products"."""
    windows: tuple[int, ...] = (2, 4, 8, 16, 32)
    """We fit a line to this many neighbours on either side, and take the best number. Not measured."""
    price: float = 0.2
    """Compared with formulas of similar length, a node must lower the log rest by this. Not measured."""
    far_price: float = 0.1
    """Compared with much shorter formulas, an extra node must lower the log rest by this. Not measured."""
    training: float = 1e-5
    """This share of the values' variance, (0.3 %)^2, may come from training. Not measured."""
    law: float = 0.1
    """There is no answer if a formula leaves more than this share of the values unexplained. Not measured."""
    window: int = 8
    """To fit coefficients to the values, we use this many neighbours on either side. Not measured."""
    steps: int = 3
    """To fit coefficients to the values, we take at most this many Gauss-Newton steps. Not measured."""
    ridge: float = 1e-6
    """Ridge on a diagonal of ones, because a common factor of the coefficients is arbitrary. Not measured."""


@dataclass(frozen=True)
class _Systematic:
    """Polynomials of two inputs, fitted to the part of the values that a formula leaves unexplained."""

    degree: int = 6
    """The polynomials have at most this total degree. Not measured."""
    parts: int = 5
    """We split the points into this many parts, and predict each part from the others. Not measured."""
    points: int = 10
    """There must be at least this many points for each coefficient. Not measured."""
    inputs: int = 12
    """The field must have at most this many inputs, because we try all pairs. Not measured."""
    ridge: float = 1e-9
    """Ridge, as a share of the normal equations' trace, in case inputs depend on each other. Not measured."""


@dataclass(frozen=True)
class _Intervals:
    """How precisely numbers are known."""

    groups: int = 30
    """We split the points into this many groups of neighbours, which have similar errors. Not measured."""
    rounds: int = 10
    """We find the groups by this many iterations of k-means. Not measured."""
    errors: float = 4.5
    """A simple number may differ from the fitted number by this many standard errors. Not measured."""
    wide: float = 2.0
    """An interval extends this many standard errors to either side. Not measured."""
    by_chance: float = 0.2
    """A number stays unnamed if its relative width times the count of names exceeds this. Not measured."""
    multiples: tuple[str, ...] = ("1", "2", "1/2", "4", "1/4")
    """These multiples of pi, e and roots have a name. Not measured."""
    roots: tuple[int, ...] = (2, 3)
    """The square roots of these numbers have a name. Not measured."""
    told: float = 1e-10
    """Numbers are unknown if the curvature, scaled to diagonal 1, has a smaller eigenvalue. Not measured."""


@dataclass(frozen=True)
class _Kind:
    """When a formula is called a match; `choice/kind.py` gives the reasons."""

    left: float = 0.02
    """A match leaves at most this share of the values unexplained. Not measured."""
    values_price: float = 0.025
    """Formulas longer than a match may gain only this many nats per node. See search/README.md."""
    smooth: float = 0.5
    """In a match, at most this share of the loss may vary smoothly between points. Not measured."""
    missing: float = 0.1
    """We report an input if a function of it predicts more than this share of the errors. Not measured."""
    node: float = 0.75
    """Each node of a match explains at least this many nats. See search/README.md."""
    predicted: float = 0.15
    """If a node explains less, two inputs predict at most this share of residuals. See search/README.md."""
    certain: float = 0.95
    """A run ends if a match explains at least this many nats per node. See search/README.md."""
    chance: float = 0.01
    """Two inputs may predict this share of any errors by chance. Not measured."""
    rivals: float = 2.0
    """A rival leaves at most this factor times as much unexplained as a match. See search/README.md."""
    apart: float = 0.02
    """Rivals' directions differ by more than this share of the match's loss. Not measured."""


@dataclass(frozen=True)
class _Front:
    """Which formulas appear on the front that people see."""

    fall: float = 0.98
    """A longer formula is shown if its loss is at most this factor times the shorter one's. Not measured."""
    handicap: float = 1.05
    """Among formulas of one length, each decimal number multiplies the loss by this factor. Not measured."""
    floor: float = 1e-14
    """Losses below this count as equal. Not measured."""
    alike: float = 1e-8
    """Two formulas count as equal if the mean 1 - cos^2 between them is below this. Not measured."""


@dataclass(frozen=True)
class _Evidence:
    """Evidence for a formula when nobody knows the concept."""

    resamples: int = 50
    """We compute agreement and spread from this many resamplings of the points. Not measured."""
    generations: int = 4
    """A short run on random directions takes this many generations of the fixed stages. Not measured."""
    thorough_runs: int = 3
    """A thorough test takes this many runs on random directions, each as long as the search. Not measured."""


@dataclass(frozen=True)
class _Certificate:
    """How many small formulas we enumerate, and how many of these we judge."""

    inputs: int = 3
    """We enumerate formulas of at most this many inputs. See search/README.md for time and memory."""
    nodes: int = 6
    """The longest formula has this many nodes. See search/README.md for time and memory."""
    summed: int = 4
    """Each of two functions in a sum has at most this many nodes. See search/README.md for the time."""
    points: int = 32
    """We compare formulas at this many points of the field. Not measured."""
    alike: float = 1e-8
    """Functions count as equal if both numbers of their signatures differ by less than this. Not measured."""
    together: int = 4096
    """We evaluate this many trees together. Not measured."""
    kept: int = 12
    """We judge this many formulas of each length, those with the lowest loss. Not measured."""


@dataclass(frozen=True)
class _Storage:
    """How large an untrusted file may be."""

    bytes: int = 10**8
    """All arrays together have at most this many bytes: a million points of six inputs. Not measured."""
    characters: int = 2**18
    """The settings have at most this many characters. Not measured."""


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
COMPOSITION = _Composition()
NESTING = _Nesting()
VALUES = _Values()
SYSTEMATIC = _Systematic()
INTERVALS = _Intervals()
KIND = _Kind()
FRONT = _Front()
EVIDENCE = _Evidence()
CERTIFICATE = _Certificate()
STORAGE = _Storage()
