"""`symgrad app`: the playground as an application, served by Voila to a browser on this machine."""

import os
from pathlib import Path

from ..errors import DataError, OutputError, SymgradError
from ..notebook_support import notebook_files

__all__ = ["configure", "main", "settings"]

_NOTEBOOK = "playground.ipynb"
_LEFT_OUT = "notebook-only"  # tag of cells that are about code
_EXTENSIONS = [  # what the views need; whatever else is installed may not fit Voila
    "@jupyter-widgets/jupyterlab-manager",
    "@voila-dashboards/widgets-manager8",
    "anywidget",
]
_PACKAGE = Path(__file__).resolve().parents[1] / "jupyter"  # holds voila/templates/symgrad


def configure(parser):
    """Describe the arguments."""
    add = parser.add_argument
    add("--port", type=int, default=8866, help="the port to use, or the next free port (default: 8866)")
    add("--no-browser", action="store_true", help="only serve it; open the printed address yourself")
    add("--notebooks", metavar="FOLDER", help="where the notebooks are (default: the repository's own)")


def main(arguments, _):
    """Serve the application until Ctrl-C."""
    if not 1 <= arguments.port <= 65535:
        raise DataError(f"--port {arguments.port}: must be a number from 1 to 65535")
    notebook = notebook_files.notebook_folder(arguments.notebooks) / _NOTEBOOK
    if not notebook.is_file():
        raise OutputError(f"there is no playground at {notebook}: say where it is with --notebooks FOLDER")
    try:
        from voila.app import Voila
    except ImportError:
        raise SymgradError('the application needs Voila: pip install "symgrad-widgets[app]"') from None
    paths = [str(_PACKAGE), os.environ.get("JUPYTER_PATH", "")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, paths))
    options = [f"--port={arguments.port}", *["--no-browser"] * arguments.no_browser]
    Voila.launch_instance([str(notebook), *options], config=settings())
    return 0


def settings():
    """Return Voila's settings for the playground, as a traitlets configuration."""
    from traitlets.config import Config

    from ..notebook_support.kernels import OwnKernel

    return Config(
        # When a reader leaves a page, the page tells the server without a token. If we refused this message,
        # the page's kernel would keep running. Without a kernel's secret number, people can ask this server
        # only for a page.
        Voila={"tornado_settings": {"disable_check_xsrf": True}},
        VoilaConfiguration={
            "template": "symgrad",
            "extension_allowlist": _EXTENSIONS,
            "prelaunch_hook": _without_code,
            "kernel_spec_manager_class": OwnKernel,
        },
        MappingKernelManager={"cull_interval": 60, "cull_idle_timeout": 300},  # s, if a page could not say so
    )


def _without_code(_, notebook, cwd):  # noqa: ARG001 - Voila passes it by name
    """Leave out the cells that show the same steps in Python."""
    notebook.cells = [cell for cell in notebook.cells if _LEFT_OUT not in cell.metadata.get("tags", ())]
    return notebook
