"""The CapabilityStatement of a plain hospital server."""

from sandbox.fhir.shelf import Resource
from sandbox.table import HospitalRow

from .filters import FILTERS

_KINDS = {
    "_id": "token",
    "_lastUpdated": "date",
    "name": "string",
    "organization": "reference",
    "partof": "reference",
}


def capability_statement(row: HospitalRow, base: str, *, fhir_version: str) -> Resource:
    """Return what the server says of itself."""
    location = {
        "type": "Location",
        "versioning": "versioned-update",
        "updateCreate": True,
        "interaction": [{"code": code} for code in ("read", "search-type", "update", "patch")],
        "searchInclude": ["Location:partof"],
        "searchRevInclude": ["Location:partof"],
        "searchParam": [{"name": name, "type": _KINDS.get(name, "token")} for name in sorted(FILTERS)],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-23",
        "kind": "instance",
        "software": {"name": "Sandbox (data contoh)"},
        "implementation": {"description": f"{row.name}, data contoh", "url": base},
        "fhirVersion": fhir_version,
        "format": ["json"],
        "patchFormat": ["application/json-patch+json"],
        "rest": [{"mode": "server", "resource": [location]}],
    }
