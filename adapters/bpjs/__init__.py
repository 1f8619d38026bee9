"""BPJS Kesehatan, the national health insurer: who is covered."""

from contracts import Adapter

from .client import VClaim
from .settings import Settings

ADAPTER = Adapter(title="BPJS Kesehatan (VClaim 2.0)", settings=Settings, connect=VClaim)

__all__ = ["ADAPTER"]
