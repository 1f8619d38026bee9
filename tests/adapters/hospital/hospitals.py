"""Pretend hospitals for these tests: wire examples served by path, and a reader connected to them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from adapters.hospital.structs import Resource
from contracts import Bed, CapacityReport

WIRE = Path(__file__).parents[2] / "wire" / "hospital"
R4 = "https://rs.example/fhir"
PLATFORM = "https://platform.example/fhir-r4/v1"
RECEIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

V2 = "http://terminology.hl7.org/CodeSystem/v2-0116"
PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"
ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
KEMKES = "http://terminology.kemkes.go.id/CodeSystem/location-type"


def wire(name: str) -> bytes:
    """Return one example as it comes over the wire."""
    return (WIRE / name).read_bytes()


def location(key: str, kind: str | None = None, *, inside: str | None = None, **more: Any) -> Resource:
    """Return a Location as the adapter reads it; *more* are elements in the wire's spelling."""
    wired: dict[str, Any] = {"resourceType": "Location", "id": key, "status": "active", "name": key}
    if kind is not None:
        wired["physicalType"] = {"coding": [{"system": PHYSICAL, "code": kind}]}
    if inside is not None:
        wired["partOf"] = {"reference": f"Location/{inside}"}
    return msgspec.convert(wired | more, Resource)


def coded(code: str, system: str = V2, **more: str) -> dict[str, str]:
    """Return a Coding."""
    return {"system": system, "code": code, **more}


def typed(code: str, system: str = KEMKES) -> list[dict[str, Any]]:
    """Return a Location's type."""
    return [{"coding": [coded(code, system)]}]


def by_id(report: CapacityReport) -> Mapping[str, Bed]:
    """Return the beds by id."""
    return {bed.id: bed for bed in report.beds}


def asked(request: httpx.Request) -> dict[str, str]:
    """Return the parameters of a question."""
    return dict(request.url.params)
