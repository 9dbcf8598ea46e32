"""The command line: run, list or open the experiments' notebooks, check the installation, and more.

Exit codes: 0 done; 1 the notebook failed, or its formula is not the concept; 2 bad input; 130 interrupted.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from .. import __version__
from ..errors import OutputError, SymgradError
from ..notebook_support import notebook_files
from ..notebook_support.table import Table
from . import app, classroom, docs, julia, sweep, weights

__all__ = ["main"]

_START = "00_start_here.ipynb"
_KERNELS = "symgrad_widgets.notebook_support.kernels.OwnKernel"
_ASKS = {"--help-all", "--version", "--show-config", "--show-config-json"}  # with these, no server starts
_ADDRESS = {"--ip", "--ServerApp.ip", "--LabApp.ip"}
_OWN_ADDRESSES = {"localhost", "127.0.0.1", "::1"}
_LAB_CONFIG = Path(__file__).parents[1] / "jupyter"  # no announcements; no files but notebooks


def main(arguments=None):
    """Run the command line with `arguments` (default: the process's own) and return the exit code."""
    arguments, passed_on = _parser().parse_known_args(arguments)
    if passed_on and arguments.command is not _lab:
        _parser().error(f"unrecognised: {' '.join(passed_on)}; see `symgrad {arguments.name} --help`")
    try:
        return arguments.command(arguments, passed_on)
    except SymgradError as error:
        print(f"symgrad: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, a folder that went away
        print(f"symgrad: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("symgrad: interrupted", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="symgrad", description="Read what a neuron has learnt as a formula.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"symgrad {__version__}")
    commands = parser.add_subparsers(dest="name", required=True, metavar="COMMAND")
    run = _command(commands, "run", _run, "train, interpret and verify an experiment: execute its notebook")
    run.add_argument("experiment", help="its name or number in the paper, for example oscillator or P1-07")
    run.add_argument("--seed", help="the same as --set seed=N")
    run.add_argument(
        "--out", default="runs", metavar="FOLDER", help="folder for the notebook and its page (default: runs)"
    )
    run.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a notebook parameter")
    run.add_argument(
        "--timeout", type=int, default=900, metavar="SECONDS", help="time limit of a cell (default: 900)"
    )
    sweep.configure(
        _command(
            commands, "sweep", sweep.main, "train and interpret with many seeds; write rows and a report"
        )
    )
    weights.configure(
        _command(commands, "weights", weights.main, "make the trained weights of the package again")
    )
    _command(commands, "list", _list, "show the experiments and which of them have a notebook")
    lab = _command(commands, "lab", _lab, "open the start notebook in JupyterLab, with any of its options")
    lab.epilog = "Every other option goes to JupyterLab, for example --no-browser or --port 9000."
    docs.configure(
        _command(commands, "docs", docs.main, "build the static site: documents, reference, notebooks")
    )
    classroom.configure(
        _command(commands, "classroom", classroom.main, "build the notebooks of a class: student, instructor")
    )
    app.configure(_command(commands, "app", app.main, "open the playground as an application, without code"))
    _command(commands, "julia", julia.main, "install what the second engine, PySR, needs, and try it")
    _command(commands, "doctor", _doctor, "check the installation, with a line of advice for each fault")
    for command in ("run", "list", "lab"):
        commands.choices[command].add_argument(
            "--notebooks", metavar="FOLDER", help="where the notebooks are (default: the repository's own)"
        )
    return parser


def _command(commands, name, function, text):
    command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    command.set_defaults(command=function)
    return command


def _run(arguments, _):
    if arguments.timeout < 1:
        raise SymgradError(f"--timeout {arguments.timeout}: must be at least 1 second")
    experiment = _experiment(arguments.experiment)
    source = notebook_files.find(experiment, notebook_files.notebook_folder(arguments.notebooks))
    values = notebook_files.parameters(source, experiment, _settings(arguments))
    seed = f"-seed{values['seed']}" if "seed" in values else ""
    output = notebook_files.check_folder(arguments.out) / f"{experiment.slug}{seed}.ipynb"
    from ..notebook_support import runner

    failure = None
    try:
        runner.execute(source, output, values, arguments.timeout)
    except runner.NotebookFailedError as error:
        failure = error
    return _finish(output, failure)


def _experiment(name):
    from .. import experiments

    return experiments[name]


def _settings(arguments):
    pairs = [text.partition("=") for text in arguments.set]
    for name, equals, _ in pairs:
        if not (name and equals):
            raise SymgradError(f"--set {name}: write NAME=VALUE, for example --set seed=1")
    seed = [] if arguments.seed is None else [("seed", arguments.seed)]
    return seed + [(name, value) for name, _, value in pairs]


def _finish(output, failure):
    import nbformat

    from ..notebook_support import page, report

    notebook = nbformat.read(output, as_version=4)
    html = output.with_suffix(".html")
    html.write_text(page.to_html(notebook, output.stem), encoding="utf-8")
    found = report.read(notebook)
    print(f"\n{found}" if found else "\nthe notebook has recorded no result")
    print(f"notebook   {output}\npage       {html}", flush=True)
    if failure:
        print(f"symgrad: {failure}", file=sys.stderr)
    return 0 if found and found.same and not failure else 1


def _list(arguments, _):
    from .. import experiments

    folder = notebook_files.notebook_folder(arguments.notebooks)
    rows = ((e.id, e.slug, e.title, " ".join(e.names), _notebook(e, folder)) for e in experiments)
    print(Table(("paper", "name", "title", "inputs", "notebook"), tuple(rows)))
    return 0


def _notebook(experiment, folder):
    try:
        return str(notebook_files.find(experiment, folder).relative_to(folder))
    except SymgradError:
        return "-"


def _lab(arguments, passed_on):
    folder = notebook_files.own_copy(notebook_files.notebook_folder(arguments.notebooks))
    if not (folder / _START).is_file():
        raise OutputError(
            f"there is no start notebook at {folder / _START}: say where it is with --notebooks FOLDER"
        )
    _refuse_root(passed_on)
    _refuse_visitors(passed_on)
    paths = [str(_LAB_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    command += [f"--LabApp.default_url=/lab/tree/{_START}"]
    command += [f"--ServerApp.kernel_spec_manager_class={_KERNELS}", *passed_on]
    if os.name == "nt":
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the user's words
    # Take the place of this process: Ctrl-C then reaches the server, which asks before it ends its kernels.
    return os.execve(command[0], command, environment)  # noqa: S606 - the same


def _refuse_root(passed_on):
    """Explain in one line what Jupyter would explain only after many lines."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    starts = not _ASKS & set(passed_on)
    allowed = any("allow-root" in option.replace("_", "-") for option in passed_on)
    if root and starts and not allowed:
        raise SymgradError(
            "Jupyter does not start as root, the user of most containers, unless you allow it: "
            "symgrad lab --allow-root"
        )


def _refuse_visitors(passed_on):
    """Say why a class cannot share this server, and what to do instead."""
    for option, after in zip(passed_on, [*passed_on, ""][1:], strict=True):
        name, _, value = option.partition("=")
        if name in _ADDRESS and (value or after) not in _OWN_ADDRESSES:
            raise SymgradError(
                f"symgrad lab {name}={value or after} would let others in, and all who open a notebook share "
                "one kernel: they overwrite each other's work. Give each visitor a kernel, with The Littlest "
                "JupyterHub and nbgitpuller (notebooks/teaching/README.md, `A class`). To use it yourself "
                "from another machine: ssh -L 8888:localhost:8888 HOST"
            )


def _doctor(*_):
    from . import doctor

    return doctor.main()
