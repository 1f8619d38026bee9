"""
Refuses Locations that are no FHIR R4 Locations.

The structure is checked by fhir.resources (R4B sub-package: Location is the same in R4 and R4B);
it does not check required codes, so the bindings stand here.
"""

from typing import Any

from fhir.resources.R4B.location import Location
from pydantic import ValidationError

from sandbox.hospital import STATE_SYSTEM, STATES

from .outcome import FhirError, Issue

_REQUIRED = {
    "status": frozenset({"active", "suspended", "inactive"}),
    "mode": frozenset({"instance", "kind"}),
}


def _structure(resource: object) -> None:
    try:
        Location.model_validate(resource)
    except ValidationError as wrong:
        issues = [
            Issue("structure", fault["msg"], expression=".".join(["Location", *map(str, fault["loc"])]))
            for fault in wrong.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise FhirError(400, *issues) from wrong


def _bindings(resource: dict[str, Any]) -> None:
    issues = [
        Issue("code-invalid", f"not a code of the required list for {name}", expression=f"Location.{name}")
        for name, codes in _REQUIRED.items()
        if name in resource and resource[name] not in codes
    ]
    state = resource.get("operationalStatus") or {}
    if state.get("system", STATE_SYSTEM) == STATE_SYSTEM and state.get("code", "U") not in STATES:
        issues.append(Issue("code-invalid", "not a code of v2-0116", expression="Location.operationalStatus"))
    if issues:
        raise FhirError(422, *issues)


def check_location(resource: object, *, wanted_id: str) -> dict[str, Any]:
    """Return *resource* if it may be kept under *wanted_id*; raise FhirError 400 or 422 if not."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Location":
        raise FhirError(400, Issue("structure", "a Location is wanted", expression="Location"))
    if resource.get("id") != wanted_id:
        raise FhirError(400, Issue("invalid", "the id differs from the address", expression="Location.id"))
    _structure(resource)
    _bindings(resource)
    return resource
