"""BMKG: warnings of weather (nowcast, CAP) and earthquakes (JSON), both public."""

from contracts import Adapter

from .connect import connect
from .settings import Settings

ADAPTER = Adapter(title="BMKG warnings", settings=Settings, connect=connect, answer_cap=600_000)

__all__ = ["ADAPTER"]
