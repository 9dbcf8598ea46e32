"""Find an experiment's notebook, and check its parameters and output folder before it runs."""

import ast
import re
import shutil
import tempfile
from pathlib import Path

from ..errors import DataError, OutputError, UnknownNameError, nearest

__all__ = [
    "answered",
    "check_folder",
    "defaults",
    "find",
    "notebook_folder",
    "own_copy",
    "parameters",
    "sources",
]

NAME = "notebooks"
_NUMBERED = re.compile(r"(?:\d+_)?(.+)")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def notebook_folder(given=None):
    """Return the notebooks' folder: `given`, or the folder in the checkout or package that runs this."""
    package = Path(__file__).resolve().parents[1]
    folder = (
        Path(given).expanduser()
        if given
        else next(filter(Path.is_dir, (package.parent / NAME, package / NAME)), None)
    )
    if folder is None or not folder.is_dir():
        raise OutputError(
            f"there are no notebooks at {folder or package / NAME}: install the package again, or say where "
            "they are with --notebooks FOLDER"
        )
    return folder


def own_copy(folder):
    """Return `folder` or, if it belongs to an installed package, a working copy ./notebooks."""
    if folder != Path(__file__).resolve().parents[1] / NAME:
        return folder
    shutil.copytree(folder, NAME, dirs_exist_ok=True, copy_function=_copy_missing)
    return Path(NAME).resolve()


def _copy_missing(source, target):
    if not Path(target).exists():
        shutil.copy(source, target)


def sources(folder):
    """Return the paths of all notebooks below `folder`, in alphabetical order."""
    return [p for p in sorted(Path(folder).rglob("*.ipynb")) if ".ipynb_checkpoints" not in p.parts]


def find(experiment, folder):
    """Return the path of an experiment's notebook, `[NN_]<slug>.ipynb` somewhere below `folder`.

    If the experiment has no notebook of its own, return `<kind>.ipynb`, which serves all experiments of a
    kind and has a parameter `experiment`.
    """
    known = {_slug(path): path for path in sources(folder)}
    for name in (experiment.slug, experiment.kind):
        if name in known:
            return known[name]
    raise UnknownNameError(
        f"there is no notebook for {experiment.slug!r} below {folder}: {nearest(experiment.slug, known)}"
    )


def _slug(path):
    return _NUMBERED.fullmatch(path.stem)[1]


def defaults(path):
    """Return the parameters of a notebook: the names and literal values its `parameters` cell assigns."""
    import nbformat

    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    if not tagged:
        return {}
    return dict(filter(None, map(_literal, ast.parse(tagged[0]).body)))


def answered(path):
    """Return the parameters that make a notebook show its answers at once, because nobody will guess."""
    return {"guess_first": False} if "guess_first" in defaults(path) else {}


def _literal(statement):
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return None
    try:
        return target.id, ast.literal_eval(statement.value)
    except (AttributeError, ValueError):
        return None


def parameters(path, experiment, settings):
    """Return the parameters for a notebook: the experiment, if the notebook can choose one, and `settings`.

    The settings are pairs (name, text). They are checked against the notebook's own parameters, and each
    value gets the type of its default.
    """
    known = defaults(path)
    values = {"experiment": experiment.slug} if "experiment" in known else {}
    shown = answered(path)
    for name, text in settings:
        if name not in known:
            raise UnknownNameError(f"the notebook has no parameter {name!r}: {nearest(name, known)}")
        if name in values:
            raise DataError(f"the parameter {name!r} is given twice, as {values[name]!r} and as {text!r}")
        values[name] = _convert(name, text, known[name])
    return shown | values


def _convert(name, text, default):
    kind = type(default)
    try:
        if kind is bool:
            return _YES_NO[text.lower()]
        return kind(text) if kind in (int, float, str) else _free(text)
    except (KeyError, ValueError):
        hint = "true or false" if kind is bool else f"of type {kind.__name__}"
        raise DataError(f"{name}={text!r}: the value must be {hint}, for example {default!r}") from None


def _free(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def check_folder(folder):
    """Make `folder` if necessary, and try to write there before minutes of work depend on the folder."""
    try:
        folder = Path(folder).expanduser()  # no shell does so behind `--out=`
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError, RuntimeError) as error:  # no such user, or a null character in the name
        reason = getattr(error, "strerror", None) or error
        raise OutputError(f"cannot write to {folder} ({reason}): choose another folder") from None
    return folder
