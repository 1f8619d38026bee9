"""What waking people stands on; built once by the app."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.audit.recorder import Recorder
from gateway.db import Database

from .ways import Ways


@dataclass(frozen=True, slots=True)
class WakingRoom:
    """*public_url* is where people open the console; *knows* says whether an account is there and in use."""

    environment: str
    public_url: str
    database: Database
    recorder: Recorder
    alarms: Alarms
    ways: Ways
    knows: Callable[[Connection, str], bool]


def now_us() -> int:
    """Return the time in microseconds since 1970, UTC."""
    return int(datetime.now(UTC).timestamp() * 1_000_000)
