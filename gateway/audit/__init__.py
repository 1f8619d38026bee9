"""The audit log: chained entries, signed checkpoints, a spool for the time the database is away."""

from .chain import Chain, NotCanonical
from .recorder import Recorded, Recorder
from .spool import Spool

__all__ = ["Chain", "NotCanonical", "Recorded", "Recorder", "Spool"]
