"""Police: our JSON hand-over of a case, and the police's own steps back."""

from contracts import Adapter

from .client import Police
from .settings import Settings

ADAPTER = Adapter(title="Police hand-over (JSON)", settings=Settings, connect=Police, answer_cap=100_000)

__all__ = ["ADAPTER"]
