"""The audit log: sealed entries, a spool for the time the database is away, people as pseudonyms."""

from .chain import Chain, NotCanonical
from .recorder import Recorded, Recorder
from .spool import Spool
from .subjects import Subjects

__all__ = ["Chain", "NotCanonical", "Recorded", "Recorder", "Spool", "Subjects"]
