"""Parallel work: jobs in processes or on a cluster, files of result rows, and a lock for threads."""

from ..errors import ClusterError, WorkerDiedError
from .jsonl import append, read, repair
from .schedule import cores, stream

__all__ = ["ClusterError", "WorkerDiedError", "append", "cores", "read", "repair", "stream"]
