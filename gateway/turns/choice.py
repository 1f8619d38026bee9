"""Which executor a house has: by its database."""

from sqlalchemy import make_url

from gateway.alarms import Alarms

from .executor import Executor
from .in_process import InProcess


def executor_for(url: str, alarms: Alarms) -> Executor:
    """Return the executor for the main database at *url*: only on PostgreSQL may other processes share it."""
    if make_url(url).get_backend_name() != "postgresql":
        return InProcess(alarms)
    from .queued import Queued  # 0.1 s and 70 modules that a house on SQLite needs nothing of

    return Queued(url, alarms)
