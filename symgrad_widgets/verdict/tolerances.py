"""The numbers behind a verdict: how close counts as the same, how much to try, what double precision loses.

No study compared them with other values. The search has its own in `search/tuning.py`; what both say about a
trained neuron is in `field/`, where they meet.
"""

# The decision
CONSTANT_PART = (
    0.2  # share of points without a gradient from which a formula or a concept is constant on a part
)
UNDEFINED_PART = 0.01  # share of points without a value from which a formula is another one
SAME_DIRECTIONS = 1e-10  # mean 1 - cos^2 of formulas that are taken to be equal: angles of 1e-5
WORTH_A_REFIT = 0.05  # mean 1 - cos^2 beyond which constants within 1 % are not looked for

# Points, and what is told at them in double precision
BOXES = {"between 0.2 and 2": (0.2, 2.0), "between -2 and 2": (-2.0, 2.0)}
POINTS_PER_BOX = 150
DATA_POINTS = 2000  # of the data at most
EXACT_POINTS = 16  # computed with 100 digits
FLAT = (
    1e-9  # of the largest slope: less along the surface is rounding, and the formula has no direction there
)
PARALLEL = (
    1 - 1e-12
)  # |cos| of a gradient that is not lost in rounding, of formulas that are parallel exactly
NEARLY_PARALLEL = 0.5  # and of those that are approximately
VALUE_NOISE, SLOPE_NOISE = 1e-9, 1e-7  # shares of a value, and of slope times spread, that may be rounding
ORDERED_POINTS = 3  # with clear gradients at least, for the order of values to say anything
SAME_RANKS = 0.999  # rank correlation of formulas that rise together approximately

# Proofs
DIGITS = 100
EXACT_ZERO = -120  # power of ten: 1 - cos^2 below, angles below 1e-60, are rounding; larger ones are there
EXACT_LENGTH = -60  # power of ten: gradients below are zero
TAME = 1e4  # arguments of exp, sin, ...: beyond, 100 digits take arbitrarily long
PIVOT_POINTS = 5  # at which a minor that does not vanish is looked for
PIVOT = 1e-9  # of a row's largest entry: a smaller pivot is rounding
EXPANDED_TERMS = 6000  # of an expansion at most, about a second
COMBINED_OPERATIONS = 1500  # at most, for a common denominator
EXPONENTIAL_OPERATIONS = 300  # at most, for sines as exponentials
SIMPLIFIED_OPERATIONS = 60  # at most; SymPy's simplify takes seconds beyond
REDUCED_TERMS, REDUCED_BY = 300, 2  # of a polynomial, and equations that it is reduced by, at most

# Constants that would make a formula exact
REFIT_WITHIN = 0.01  # relative distance of such a constant
REFIT_BOUND = 10 * REFIT_WITHIN  # relative distance at which the iteration is given up
REFIT_EXACT = 1e-18  # mean 1 - cos^2 at the constants found: angles of 1e-9, the rounding of the iteration
REFIT_DONE = REFIT_EXACT / 100  # mean 1 - cos^2 that ends the iteration
REFIT_STEPS = 30
REFIT_CONSTANTS = 40  # at most
REFIT_STEP = 1e-6  # of a constant, for the slopes
REFIT_RANK = 1e-9  # of the largest singular value: constants with less do not matter
REFIT_CHANGED = 1e-9  # relative change of a constant that is told
REFIT_LOST = 1e-6  # of the gradient along an input: less, and the formula has lost it
FORM_NUMBER = 10  # integers and numerators up to this size belong to the form

# Several concepts
OUTSIDE_SPAN = (
    0.05  # of what chance leaves outside the concepts' span: more, and they do not explain the neuron
)
TIMES_NOISE = 4  # is what the absence of a concept leaves outside that the neuron holds

# The surface of the data
ON_SURFACE = 1e-4  # of the data's spread: points farther from an equation contradict it
READ_DENOMINATOR = 64  # largest of a coefficient that is read off the data
READ_ERROR = 1e-6  # relative, of what is read off
NORMAL = 1e-6  # an equation's gradient shorter than this, of its length, is already normal to the basis
EQUAL_NORMALS = 1e-12  # relative difference of gradients that are one at all points
SETTLING_STEPS, POLISHING_STEPS = (
    50,
    8,
)  # of Newton's method in double precision, and from there to 100 digits
SETTLED = 1e-10  # relative distance from an equation at which a point lies on it
REDUCED_PIVOT = 1e-7  # of an orthonormal row: a smaller pivot is rounding

LEAST = 1e-300  # divisor: what may be 0 is raised to it
