"""The database: one writer, a few readers, one migration history, one process."""

from .database import Database
from .faults import CannotRead, CannotWrite
from .lead import Elsewhere, Lead, alone
from .ledger import Ledger
from .lock import AlreadyRunning, ProcessLock
from .schema import NewerSchema, metadata
from .upgrade import WrongEnvironment, migrate, note_once, noted

__all__ = [
    "AlreadyRunning",
    "CannotRead",
    "CannotWrite",
    "Database",
    "Elsewhere",
    "Lead",
    "Ledger",
    "NewerSchema",
    "ProcessLock",
    "WrongEnvironment",
    "alone",
    "metadata",
    "migrate",
    "note_once",
    "noted",
]
