"""What can go wrong with other processes and machines."""

from ..errors import SymgradError

__all__ = ["ClusterError", "WorkerDiedError"]


class WorkerDiedError(SymgradError, RuntimeError):
    """The process that worked on a job ended without an answer: killed, out of memory, or crashed."""


class ClusterError(SymgradError, ConnectionError):
    """A Dask cluster that cannot be reached, or whose workers cannot do the jobs."""
