"""Hospitals over HL7 FHIR R4: their own servers, and the SATUSEHAT platform's dialect."""

from contracts.ports import Adapter

from .connect import connect
from .settings import Settings

ADAPTER = Adapter(
    title="Hospital (FHIR R4, SATUSEHAT)",
    settings=Settings,
    connect=connect,
    answer_cap=8_000_000,  # bytes; 5,000 beds in one page are 4.3 MB
)

__all__ = ["ADAPTER"]
