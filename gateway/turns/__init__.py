"""Who carries out what is due: one sweep over the rows of every kind, one turn at a row at a time."""

from .choice import executor_for
from .executor import Executor
from .in_process import InProcess
from .kind import Due, Kind, Limits
from .turns import Turns

__all__ = ["Due", "Executor", "InProcess", "Kind", "Limits", "Turns", "executor_for"]
