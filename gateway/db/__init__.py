"""The database: one writer, a few readers, one migration history, one process."""

from .database import Database
from .faults import CannotRead, CannotWrite
from .ledger import Ledger
from .lock import AlreadyRunning, ProcessLock
from .schema import metadata
from .upgrade import NewerSchema, WrongEnvironment, migrate, note_once, noted

__all__ = [
    "AlreadyRunning",
    "CannotRead",
    "CannotWrite",
    "Database",
    "Ledger",
    "NewerSchema",
    "ProcessLock",
    "WrongEnvironment",
    "metadata",
    "migrate",
    "note_once",
    "noted",
]
