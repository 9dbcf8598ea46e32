"""Execute a notebook with papermill, with progress on the terminal and failures in a few lines."""

import re
import sys
import tempfile

import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import default

from ..errors import SymgradError
from .kernels import NAME, OwnKernel

__all__ = ["NotebookFailedError", "execute"]

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_MARKED_LINE = re.compile(r"^-+> *\d+ (.*)$", re.MULTILINE)


class NotebookFailedError(SymgradError, RuntimeError):
    """A cell of the notebook raised an error, ran out of time, or lost its kernel."""


def execute(path, output, values, timeout):
    """Execute the notebook `path` with parameters `values` into the file `output`; return the result.

    Progress, and what the cells print, goes to the terminal. `timeout` is the time in seconds for each cell.

    Raises
    ------
    NotebookFailedError
        The message names the cell and the error; `output` then holds the notebook up to the error.

    """
    with tempfile.TemporaryFile("w+", errors="replace") as aside:
        try:
            return papermill.execute_notebook(
                _as_named(path),
                _as_named(output),
                parameters=values,
                engine_name="symgrad",
                kernel_name=NAME,
                language="python",
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],  # its warnings mean nothing to a reader
                kernel_manager_class=_aside(aside),
                progress_bar=False,
                stdout_file=sys.stdout,
                stderr_file=sys.stderr,
                execution_timeout=timeout,
                coalesce_streams=True,  # the file keeps only the last state of a progress bar
                cwd=path.parent,
            )
        except papermill.PapermillExecutionError as error:
            raise NotebookFailedError(_cell_error(error)) from None
        except CellTimeoutError:
            message = f"a cell ran longer than {timeout} s: allow more with --timeout"
            raise NotebookFailedError(message) from None
        except DeadKernelError:
            message = "the kernel died, perhaps because memory ran out: see `symgrad doctor`"
            raise NotebookFailedError("\n  ".join([message, *_last_lines(aside)])) from None


def _as_named(path):
    """Double the braces of a path, because papermill takes single braces for parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _aside(file):
    """Return a kernel class that writes its process's errors to `file`, as only the last errors matter."""

    class Aside(AsyncKernelManager):
        @default("kernel_spec_manager")
        def _own(self):
            return OwnKernel(parent=self)

        async def start_kernel(self, **options):
            await super().start_kernel(stderr=file, **options)

    return Aside


def _last_lines(file, count=5):
    file.seek(0)
    return file.read().splitlines()[-count:]


def _cell_error(error):
    marked = _MARKED_LINE.search(_plain("\n".join(error.traceback)))  # the first frame is the cell's own
    line = marked[1] if marked else error.source.strip().splitlines()[-1]
    return f"cell [{error.exec_count}] failed at `{line.strip()}`\n  {error.ename}: {_plain(error.evalue)}"


def _plain(text):
    return _COLOUR.sub("", text)


class _Narrated(NBClientEngine):
    """Papermill's own engine, plus a line on the terminal for each code cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **options):
        start = nb_man.cell_start

        def announce_and_start(cell, cell_index=None, **rest):
            _announce(nb_man.nb.cells, cell_index)
            start(cell, cell_index, **rest)

        nb_man.cell_start = announce_and_start
        return super().execute_managed_notebook(nb_man, kernel_name, **options)


papermill_engines.register("symgrad", _Narrated)


def _announce(cells, index):
    if cells[index].cell_type != "code":
        return
    count, number = (sum(c.cell_type == "code" for c in part) for part in (cells, cells[: index + 1]))
    code = (line for line in cells[index].source.splitlines() if line and not line.startswith("#"))
    print(f"[{number:{len(str(count))}}/{count}] {next(code, '')[:90]}", flush=True)
