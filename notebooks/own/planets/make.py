"""How the table was made: `pip install de421`, then `python make.py FOLDER_OF_THE_PACKAGE`.

DE421 holds Chebyshev coefficients of the planets' places in kilometres around the centre of mass of the solar
system, for intervals of some days. Their derivative gives the velocities.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.polynomial import chebyshev

PLANETS = ("mercury", "venus", "earthmoon", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto")
FOLDER = Path(sys.argv[1])
CONSTANTS = {name.decode(): value for name, value in np.load(FOLDER / "constants.npy")}
START, END, AU = (CONSTANTS[name] for name in ("jalpha", "jomega", "AU"))


def state(body, days):
    """Place (km) and velocity (km/s) of a body at Julian dates (N,), arrays (N, 3)."""
    sets = np.load(FOLDER / f"jpl-{body}.npy")  # (intervals, 3, coefficients)
    length = (END - START) / len(sets)
    numbers, rest = np.divmod(days - START, length)
    pairs = zip(sets[numbers.astype(int)], 2 * rest / length - 1, strict=True)
    both = [(chebyshev.chebval(t, c.T), chebyshev.chebval(t, chebyshev.chebder(c.T))) for c, t in pairs]
    place, rate = np.array(both).transpose(1, 0, 2)
    return place, rate * 2 / length / 86400


days = np.sort(np.random.default_rng(0).uniform(START, END, 100).round(1))
sun = state("sun", days)
with (Path(__file__).parent / "orbits.csv").open("w") as file:
    file.write("planet,day,distance_from_sun,speed_from_sun,distance_from_centre,speed_from_centre\n")
    for planet in PLANETS:
        place, velocity = state(planet, days)
        columns = (place - sun[0], velocity - sun[1], place, velocity)
        sizes = np.array([np.linalg.norm(column, axis=1) for column in columns]) / [[AU], [1], [AU], [1]]
        for day, row in zip(days, sizes.T, strict=True):
            file.write(f"{planet.removesuffix('moon')},{day:.1f},{','.join(f'{size:.6f}' for size in row)}\n")
