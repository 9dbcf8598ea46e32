"""`symgrad classroom collect PAGE LINES`: show a class's work as a table, and as a picture to project.

The page has written a line for each person's work. All guesses are judged again, on the page's field.
"""

import csv
import html
from dataclasses import replace
from pathlib import Path

from ..errors import DataError, OutputError, SymgradError
from ..stored import from_json, misfit

__all__ = ["configure", "main"]

_VERSION = "class 1"
_KINDS = {"page": str, "name": str, "solved": list[int], "picked": dict[str, int], "guesses": list[str]}
_MOST = 20  # guesses of one person
_SHOWN = 20  # guesses in words below the picture
_PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 20px/1.4 system-ui, sans-serif; margin: 24px; color: #1b232b; background: #fff }}
div {{ display: flex; flex-wrap: wrap; gap: 24px }} svg {{ flex: 1 1 420px; max-width: 760px; height: auto }}
td, th {{ padding: 2px 18px 2px 0; text-align: left; vertical-align: top }}</style>
<h1>{title}</h1><p>{told}</p><div>{pictures}</div>
<table><tr><th>guess<th>angle<th>length<th>by</tr>{rows}</table></html>
"""


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("page", metavar="PAGE", help="the page that the class has worked with")
    add("lines", nargs="+", metavar="LINES", help="files with a line for each person")
    add("--out", default="class", metavar="NAME", help="write NAME.csv and NAME.html (default: class)")


def main(arguments, _):
    """Write the table and the picture."""
    from ..widgets.pagefile import opened

    page = opened(Path(arguments.page))
    people, refused = [], []
    for path in map(Path, arguments.lines):
        for number, text in enumerate(_read(path).splitlines(), 1):
            if text.strip():
                try:
                    people.append(_person(text.strip(), page))
                except SymgradError as error:
                    refused.append(f"{path}, line {number}: {error}")
    if not people:
        raise DataError("no work was found: " + ("; ".join(refused[:3]) or "the files are empty"))
    table, picture = (Path(f"{arguments.out}{ending}") for ending in (".csv", ".html"))
    _write_table(table, people, page)
    _write(picture, _picture(people, page))
    print(f"table      {table}: {len(people)} people\npicture    {picture}")
    for line in refused:
        print(f"left out   {line}")
    return 0


def _read(path):
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _person(text, page):
    """Return the contents of one person's line, with the guesses as Candidates."""
    from .. import score

    try:
        given = from_json(text)
    except ValueError as error:
        raise DataError(f"this is not a line of a page ({error})") from None
    if not isinstance(given, dict) or given.get("symgrad") != _VERSION:
        raise DataError("this is not a line of a page, or it comes from another version")
    if why := misfit(given, _KINDS):
        raise DataError(f"the line is damaged: {why}")
    if given["page"] != page.id:
        raise DataError(f"it comes from another page, {given['page']}")
    guesses = []
    for guess in given["guesses"][-_MOST:]:
        try:
            guesses.append((guess, score(page.field, guess)))
        except SymgradError:  # for a neuron with other inputs, or without a value here
            continue
    return given | {"guesses": guesses}


def _best(person):
    return min(person["guesses"], key=lambda one: one[1].loss, default=None)


def _write_table(path, people, page):
    titles = [f"{number} {task['title']}" for number, task in enumerate(page.tasks, 1)]
    rows = [["name", "solved", *titles, "best guess", "loss", "length", "guesses"]]
    for one in people:
        best, marks = _best(one), [_mark(one, number) for number in range(1, len(titles) + 1)]
        told = ["", "", ""] if best is None else [best[0], f"{best[1].loss:.3g}", best[1].complexity]
        last = [*map(_harmless, told), len(one["guesses"])]
        rows.append([_harmless(one["name"]), marks.count("yes"), *marks, *last])
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from None


def _mark(person, number):
    """Return the text that says whether a task was solved, or which option was chosen."""
    if number in person["solved"]:
        return "yes"
    option = person["picked"].get(str(number))
    return "" if option is None else f"option {option}"


def _harmless(cell):
    """Return a cell's text, changed so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _picture(people, page):
    """Return a page's text: all guesses by error and length, their authors, and the best guess's field."""
    from .. import plots
    from ..formula.expressions import angles

    made = {}
    for one in people:
        for text, candidate in one["guesses"]:
            made.setdefault(str(candidate.expression), (text, candidate, []))[2].append(one["name"] or "–")
    ranked = sorted(made.values(), key=lambda one: one[1].loss)
    front = plots.front_picture((), guesses=[candidate for _, candidate, _ in ranked])
    marks = tuple(replace(mark, label="guess") for mark in front.marks if mark.data["x"])
    pictures = [replace(front, title="Error against length", x_label="length", marks=marks)]
    if len(page.inputs) == 2 and ranked:
        best, candidate, _ = ranked[0]
        apart = angles(candidate.expression, page.field)
        field = plots.field_picture(page.field, apart, page.inputs, 200, best)
        pictures.append(replace(field, title=f"Gradient field: angle to {best}"))
    elif len(page.inputs) == 2:
        pictures.append(plots.field_picture(page.field, None, page.inputs, 200))
    rows = "".join(
        f"<tr><td>{html.escape(text)}<td>{candidate.angle:.2g}°<td>{candidate.complexity}"
        f"<td>{html.escape(', '.join(dict.fromkeys(names)))}</tr>"
        for text, candidate, names in ranked[:_SHOWN]
    )
    solved = sum(len(set(one["solved"])) for one in people)
    told = f"{len(people)} people, {len(ranked)} different guesses, {solved} tasks solved."
    svg = "".join(picture.svg() for picture in pictures)
    return _PAGE.format(title=html.escape(page.title), told=told, pictures=svg, rows=rows)


def _write(path, text):
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from None
