"""Parallel work: jobs on processes or a cluster, the rows that they make, and a lock for threads."""

from ..errors import ClusterError, WorkerDiedError
from .jsonl import append, read, repair
from .schedule import cores, stream

__all__ = ["ClusterError", "WorkerDiedError", "append", "cores", "read", "repair", "stream"]
