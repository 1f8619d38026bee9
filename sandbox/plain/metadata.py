"""The CapabilityStatement of a plain hospital server."""

from sandbox.fhir.shelf import Resource
from sandbox.table import HospitalRow

from .filters import FILTERS
from .referral_desk import KINDS
from .referral_search import names_of

_KINDS = {
    "_id": "token",
    "_lastUpdated": "date",
    "focus": "reference",
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
        "rest": [{"mode": "server", "resource": [location, *(_referral(row, kind) for kind in KINDS)]}],
    }


def _referral(row: HospitalRow, kind: str) -> Resource:
    """Return what the server says of a kind it lets others create."""
    declared: Resource = {
        "type": kind,
        "versioning": "versioned-update",
        "interaction": [{"code": code} for code in ("create", "read", "search-type", "update", "patch")],
        "searchParam": [
            {"name": name, "type": _KINDS.get(name, "token")} for name in names_of(kind, row.habits)
        ],
    }
    if "no_conditional" not in row.habits:
        declared["conditionalCreate"] = True
    return declared
