"""Compare rows with reference rows, and say in words how they differ."""

from dataclasses import dataclass

from ...errors import DataError
from .summary import succeeded

__all__ = ["Comparison", "compare"]

_TIMES = 2  # a floor or loss that changed by less is the same: another processor rounds differently


@dataclass(frozen=True)
class Comparison:
    """What has changed: a sentence for each run that is `lost` (concept no longer found) or `changed`.

    `alike` counts the runs without a difference. `unknown` names the runs that the reference does not have.
    `versions` holds sentences on the versions that differ.
    """

    lost: tuple
    changed: tuple
    alike: int
    unknown: tuple
    versions: tuple

    def __str__(self):
        count = len(self.lost) + len(self.changed) + self.alike
        lines = [f"LOST {line}" for line in self.lost] + list(self.changed)
        lines += self.versions
        lines += [f"no reference for {', '.join(self.unknown)}"] if self.unknown else []
        return "\n".join([*lines, f"{count} runs compared: {self.alike} alike, {len(self.lost)} lost"])


def compare(rows, reference):
    """Compare rows of a sweep with reference rows, by experiment, seed, variant and preset.

    Raises
    ------
    DataError
        if rows and reference have no run in common.

    """
    before = {_key(row): row for row in reference}
    pairs = [(before[_key(row)], row) for row in rows if _key(row) in before]
    if not pairs:
        raise DataError(
            f"none of the {len(before)} reference runs is among the {len(rows)} runs of this sweep"
        )
    lost, changed, versions = [], [], set()
    for was, now in pairs:
        versions.update(_versions(was["versions"], now["versions"]))
        differences = list(_differences(was, now))
        if differences:
            (lost if succeeded(was) and not succeeded(now) else changed).append(
                f"{_name(now)}: {'; '.join(differences)}"
            )
    unknown = tuple(_name(row) for row in rows if _key(row) not in before)
    alike = len(pairs) - len(lost) - len(changed)
    return Comparison(tuple(lost), tuple(changed), alike, unknown, tuple(sorted(versions)))


def _key(row):
    return row["experiment"], row["seed"], row["variant"], row["preset"]


def _name(row):
    return f"{row['experiment']} seed {row['seed']}"


def _differences(was, now):
    if _outcome(was) != _outcome(now):
        yield f"was {_outcome(was)}, now {_outcome(now)}"
    for figure in ("floor", "loss"):
        yield from _ratio(figure, was.get(figure), now.get(figure))


def _versions(was, now):
    return [f"{name} was {was.get(name)}, now {now[name]}" for name in now if was.get(name) != now[name]]


def _outcome(row):
    if row["error"] is not None:
        return f"an error ({row['error']})"
    found = ", ".join(row["formulas"]) or "no closed form"
    if succeeded(row):
        return f"the concept, {found} ({row['how']})"
    many = "; not all concepts" if row["same"] else ""
    return f"{found} ({row['how'] or 'not compared'}{many})"


def _ratio(figure, was, now):
    if not (was and now):
        return
    if now > _TIMES * was:
        yield f"{figure} {now / was:.2g}x higher, {now:.1e}"
    elif was > _TIMES * now:
        yield f"{figure} {was / now:.2g}x lower, {now:.1e}"
