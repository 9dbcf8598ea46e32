"""`symgrad classroom`: make notebooks and pages for a class, and collect the class's work.

`build OUT` makes the notebooks twice: without answers for students, and with answers for you.

The repository's notebooks contain the answers. In code, an answer is between the lines `### BEGIN SOLUTION`
and `### END SOLUTION`. In text, the same words stand around the answer as HTML comments. For students,
nbgrader replaces the answers with stubs.
"""

import copy
import shutil

from ..errors import DataError, OutputError, SymgradError
from ..notebook_support import notebook_files
from . import collect, coursepage

__all__ = ["configure", "main"]

_BEGIN, _END = "BEGIN SOLUTION", "END SOLUTION"
_CODE = "# The answers are in your teacher's copy. Solve the exercises in their own cells, above."
_TEXT = "*The answers are in your teacher's copy.*"
_FOLDED = "jp-MarkdownHeadingCollapsed"  # JupyterLab's mark of a heading whose section is folded
_FOR_THE_INSTRUCTOR = "teaching"  # a folder
_PAIRED = {".py", ".toml"}  # next to notebooks, the same cells as text


def configure(parser):
    """Describe the arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    build = actions.add_parser("build", help="make OUT/student and OUT/instructor", allow_abbrev=False)
    add = build.add_argument
    add("out", metavar="OUT", help="a new or empty folder")
    add("--notebooks", metavar="FOLDER", help="where the notebooks are (default: the repository's own)")
    build.set_defaults(act=_build)
    page = actions.add_parser("page", help="make a page of your own network and tasks", allow_abbrev=False)
    coursepage.configure(page)
    page.set_defaults(act=coursepage.main)
    collected = actions.add_parser(
        "collect", help="write what a class has handed in as a table", allow_abbrev=False
    )
    collect.configure(collected)
    collected.set_defaults(act=collect.main)
    parser.epilog = (
        "How to teach with them: notebooks/teaching/README.md, which is copied into OUT/instructor/teaching."
    )


def main(arguments, rest):
    """Run the subcommand."""
    return arguments.act(arguments, rest)


def _build(arguments, _):
    """Build both folders; write nothing if there is any error."""
    cleared = _clearing()
    folder = notebook_files.notebook_folder(arguments.notebooks)
    notebooks = {path.relative_to(folder): _read(path) for path in notebook_files.sources(folder)}
    files = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    others = list(filter(_comes_along, files))
    out = _empty(arguments.out)
    for name, notebook in notebooks.items():
        _write(notebook, out / "instructor" / name)
        _write(cleared(notebook), out / "student" / name)
    for name in others:
        _copy(folder / name, out / "instructor" / name)
        if name.parts[0] != _FOR_THE_INSTRUCTOR:
            _copy(folder / name, out / "student" / name)
    to_solve = sum(_BEGIN in cell.source for notebook in notebooks.values() for cell in notebook.cells)
    print(f"student    {out / 'student'}: {to_solve} cells to solve in {len(notebooks)} notebooks")
    print(f"instructor {out / 'instructor'}")
    return 0


def _clearing():
    """Return the function that makes the students' version of a notebook."""
    try:
        from nbgrader.preprocessors import ClearOutput, ClearSolutions
    except ImportError:
        raise SymgradError('this needs nbgrader: pip install "symgrad-widgets[classroom]"') from None
    solutions = ClearSolutions(enforce_metadata=False, code_stub={"python": _CODE}, text_stub=_TEXT)

    def cleared(notebook):
        bare, _ = ClearOutput().preprocess(copy.deepcopy(notebook), {})
        return solutions.preprocess(bare, {})[0]

    return cleared


def _read(path):
    """Check the marks around a notebook's solutions, and return the notebook with its cells unfolded."""
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
    except ValueError as error:
        raise DataError(f"{path} is not a notebook ({error})") from None
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop(_FOLDED, None)
        lines = cell.source.splitlines()
        marks = [mark for line in lines for mark in (_BEGIN, _END) if mark in line]
        if marks != [_BEGIN, _END] * (len(marks) // 2):
            raise DataError(
                f"{path}, cell {number}: {' and '.join(marks)} do not match; each {_BEGIN} needs an {_END} "
                "after it, in the same cell"
            )
    return notebook


def _comes_along(name):
    hidden = any(part.startswith((".", "__")) for part in name.parts)
    return name.suffix not in {".ipynb", *_PAIRED} and not hidden


def _empty(folder):
    folder = notebook_files.check_folder(folder)
    if any(folder.iterdir()):
        raise OutputError(f"{folder} is not empty, and nothing in it was changed: choose a new folder")
    return folder


def _write(notebook, path):
    import nbformat

    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def _copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
