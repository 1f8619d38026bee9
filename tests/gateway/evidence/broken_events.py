"""
Events that are no AuditEvents, and which validator sees it.

Four look at them. `R4B` is fhir.resources itself, which the export is checked with. The others are held
against it: `pyrofile` as it is installed (its checks are its own, but what an element is it takes from
fhir.resources), and in `make oracles` the official definitions: `schema` is HL7's own JSON schema,
`definitions` pyrofile with HL7's StructureDefinitions, code systems and invariants.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from pyrofile_validator import Validator
from pyrofile_validator.models import Severity

Event = dict[str, Any]
Break = Callable[[Event], object]

# Errors that are pyrofile's own mistakes (0.3.0): it knows base64Binary under another name, and takes the
# children of a list in a list for children of one element.
MISTAKES = ("must be EncodedBytes", ".value[x] is required", "AuditEvent.entity.detail.")


def _without(*path: str | int) -> Break:
    def change(event: Any) -> None:
        for step in path[:-1]:
            event = event[step]
        del event[path[-1]]

    return change


def _with(*path: Any) -> Break:
    def change(event: Any) -> None:
        *steps, last, value = path
        for step in steps:
            event = event[step]
        event[last] = value

    return change


# How it is broken, the change, and who refuses it: exactly they.
BROKEN: dict[str, tuple[Break, str]] = {
    "an agent who may or may not be the requestor": (
        _without("agent", 0, "requestor"),
        "R4B pyrofile definitions",
    ),
    "an outcome of no list": (_with("outcome", "1"), "schema definitions"),
    "a type of no list": (_with("type", "code", "110199"), "definitions"),
    "an action of no list": (_with("action", "X"), "schema definitions"),
    "a network of no kind": (_with("agent", 0, "network", "type", "9"), "schema definitions"),
    "name and query (sev-1)": (_with("entity", 1, "query", "e30="), "definitions"),
    "no source": (_without("source"), "R4B schema definitions"),
    "no observer": (_without("source", "observer"), "R4B schema definitions"),
    "no agent": (_without("agent"), "R4B schema definitions"),
    "a list of no agents": (_with("agent", []), "pyrofile definitions"),
    "no type": (_without("type"), "R4B schema definitions"),
    "a type that is text": (_with("type", "110106"), "R4B pyrofile definitions"),
    "no time": (_without("recorded"), "R4B pyrofile definitions"),
    "a day that never was": (_with("recorded", "2026-13-41T03:00:00Z"), "R4B schema"),
    "a time without its zone": (_with("recorded", "2026-11-24T03:00:00"), "R4B pyrofile schema definitions"),
    "a property that is not FHIR's": (_with("mood", "good"), "R4B pyrofile schema definitions"),
    "one further in": (_with("agent", 1, "mood", "good"), "R4B pyrofile schema definitions"),
    "an id with a slash": (_with("id", "2026/gerbang-1/1"), "R4B pyrofile schema definitions"),
    "a requestor that is text": (_with("agent", 0, "requestor", "yes"), "pyrofile schema definitions"),
    "a null": (_with("outcomeDesc", None), "pyrofile schema definitions"),
}
INDEPENDENT = {"pyrofile", "schema", "definitions"}


def broken(event: Event, name: str) -> Event:
    """Return the event broken in that way."""
    copy = deepcopy(event)
    BROKEN[name][0](copy)
    return copy


def refused_by(name: str) -> set[str]:
    """Return who must refuse it."""
    return set(BROKEN[name][1].split())


def faults(validator: Validator, event: Event) -> list[str]:
    """Return what pyrofile finds wrong, its own mistakes left out."""
    found = (issue for issue in validator.validate_resource(event).issues if issue.severity is Severity.ERROR)
    return [issue.message for issue in found if not any(wrong in issue.message for wrong in MISTAKES)]
