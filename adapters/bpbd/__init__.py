"""BPBD, the disaster agency: told of incidents by CAP 1.2, answers with CAP Acks."""

from contracts import Adapter

from .client import connect
from .settings import Settings

ADAPTER = Adapter(title="BPBD (CAP 1.2)", settings=Settings, connect=connect, answer_cap=600_000)

__all__ = ["ADAPTER"]
