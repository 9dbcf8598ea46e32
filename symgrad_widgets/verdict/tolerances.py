"""The numbers behind a verdict: what counts as the same, how much to try, and what rounding can hide.

No study has compared these numbers with other values. The search has its own numbers in `search/tuning.py`.
Search and verdict share some assumptions about a trained neuron; these are in `field/`.
"""

# The decision
CONSTANT_PART = 0.2  # if the gradient vanishes at a larger share of points, a formula is constant on a part
UNDEFINED_PART = 0.01  # if there is no value at a larger share of points, the verdict is "different"
SAME_DIRECTIONS = 1e-10  # mean 1 - cos^2 of formulas that count as equal: angles of 1e-5
WORTH_A_REFIT = 0.05  # above this mean 1 - cos^2, we do not look for constants within 1 %

# Points, and what double precision can tell at them
BOXES = {"between 0.2 and 2": (0.2, 2.0), "between -2 and 2": (-2.0, 2.0)}
POINTS_PER_BOX = 150
DATA_POINTS = 2000  # at most this many of the data's points
EXACT_POINTS = 16  # number of points computed with 100 digits
FLAT = 1e-9  # share of the largest slope: a smaller slope along the surface is rounding, and has no direction
PARALLEL = 1 - 1e-12  # if gradients are exactly parallel, a smaller |cos| shows that rounding hides one
NEARLY_PARALLEL = 0.5  # |cos| of formulas that are roughly parallel
VALUE_NOISE, SLOPE_NOISE = 1e-9, 1e-7  # shares of a value, and of slope times spread, that may be rounding
ORDERED_POINTS = 3  # fewest points with clear gradients for comparing the order of values
SAME_RANKS = 0.999  # rank correlation of formulas that roughly rise together

# Proofs
DIGITS = 100
EXACT_ZERO = -120  # power of ten: a smaller 1 - cos^2 (angles below 1e-60) is rounding, a larger one is real
EXACT_LENGTH = -60  # power of ten: smaller gradients are zero
TAME = 1e4  # largest argument of exp, sin, ...: for a larger one, 100 digits may take forever
PIVOT_POINTS = 5  # points at which we look for a minor that does not vanish
PIVOT = 1e-9  # share of a row's largest entry: a smaller pivot is rounding
EXPANDED_TERMS = 6000  # at most this many terms of an expansion, which then takes about a second
COMBINED_OPERATIONS = 1500  # at most this many operations for a common denominator
EXPONENTIAL_OPERATIONS = 300  # at most this many operations for writing sines as exponentials
SIMPLIFIED_OPERATIONS = 60  # at most this many operations for SymPy's simplify: with more, it takes seconds
REDUCED_TERMS, REDUCED_BY = 300, 2  # at most this many terms of a polynomial, and equations that reduce it

# Constants that would make a formula exact
REFIT_WITHIN = 0.01  # relative distance of such a constant
REFIT_BOUND = 10 * REFIT_WITHIN  # relative distance at which we give up the iteration
REFIT_EXACT = 1e-18  # mean 1 - cos^2 at the constants found: angles of 1e-9, the rounding of the iteration
REFIT_DONE = REFIT_EXACT / 100  # mean 1 - cos^2 that ends the iteration
REFIT_STEPS = 30
REFIT_CONSTANTS = 40  # at most this many constants to refit
REFIT_STEP = 1e-6  # relative step of a constant, for the slopes
REFIT_RANK = 1e-9  # share of the largest singular value: constants with less do not matter
REFIT_CHANGED = 1e-9  # relative change of a constant that we report
REFIT_LOST = 1e-6  # share of the gradient along an input: with less, the formula has lost it
FORM_NUMBER = 10  # integers, numerators and denominators up to this size belong to the form

# Several concepts
OUTSIDE_SPAN = 0.05  # share of the loss by chance: with more outside the span, a neuron is unexplained
TIMES_NOISE = 4  # without a concept that the neuron holds, more than this many times the noise is left

# The surface of the data
ON_SURFACE = 1e-4  # share of the data's spread: points farther from an equation contradict it
READ_DENOMINATOR = 64  # largest denominator of a coefficient that we read off the data
READ_ERROR = 1e-6  # relative error of what we read off
NORMAL = 1e-6  # share of a gradient: if less lies in the basis, the gradient is already normal to it
EQUAL_NORMALS = 1e-12  # relative difference of gradients that are the same at all points
SETTLING_STEPS = 50  # steps of Newton's method, in double precision
POLISHING_STEPS = 8  # further steps, to 100 digits
SETTLED = 1e-10  # relative distance from an equation at which a point lies on it
REDUCED_PIVOT = 1e-7  # share of an orthonormal row: a smaller pivot is rounding

LEAST = 1e-300  # least divisor: a number that may be 0 is raised to it
