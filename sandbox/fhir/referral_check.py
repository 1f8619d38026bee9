"""
Refuses what is no FHIR R4 ServiceRequest, Task or CarePlan.

Structure by fhir.resources (R4B sub-package: these three are the same in R4 and R4B); the required
bindings, R4's invariants and references into `contained` stand here, since it checks none of them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task
from pydantic import BaseModel, ValidationError

from .outcome import FhirError, Issue
from .shelf import Resource

_MODELS: dict[str, type[BaseModel]] = {"CarePlan": CarePlan, "ServiceRequest": ServiceRequest, "Task": Task}
_REQUEST_STATUS = frozenset("draft active on-hold revoked completed entered-in-error unknown".split())
_PRIORITY = frozenset("routine urgent asap stat".split())
_INTENT = frozenset(
    "proposal plan directive order original-order reflex-order filler-order instance-order option".split()
)
_TASK_STATUS = frozenset(
    "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed"
    " entered-in-error".split()
)
_REQUIRED = {
    "CarePlan": {
        "status": _REQUEST_STATUS,
        "intent": frozenset("proposal plan order option".split()),
    },
    "ServiceRequest": {"status": _REQUEST_STATUS, "intent": _INTENT, "priority": _PRIORITY},
    "Task": {"status": _TASK_STATUS, "intent": _INTENT | {"unknown"}, "priority": _PRIORITY},
}


def check_referral(resource: object, kind: str) -> Resource:
    """Return *resource* if it is a *kind* that may be kept; raise FhirError 400 or 422 if not."""
    if not isinstance(resource, dict) or resource.get("resourceType") != kind:
        raise FhirError(400, Issue("structure", f"a {kind} is wanted", expression=kind))
    _structure(resource, kind)
    issues = [*_bindings(resource, kind), *_lost_inside(resource), *_times(resource)]
    if issues:
        raise FhirError(422, *issues)
    return resource


def _structure(resource: Resource, kind: str) -> None:
    try:
        _MODELS[kind].model_validate(resource)
    except ValidationError as wrong:
        faults = wrong.errors(include_url=False, include_input=False, include_context=False)
        issues = [
            Issue("structure", fault["msg"], expression=".".join([kind, *map(str, fault["loc"])]))
            for fault in faults
        ]
        raise FhirError(400, *issues) from wrong


def _bindings(resource: Resource, kind: str) -> Iterator[Issue]:
    for name, codes in _REQUIRED[kind].items():
        if name in resource and resource[name] not in codes:
            text = f"not a code of the required list for {name}"
            yield Issue("code-invalid", text, expression=f"{kind}.{name}")


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _lost_inside(resource: Resource) -> Iterator[Issue]:
    here = {f"#{inner.get('id')}" for inner in resource.get("contained", [])} | {"#"}
    if any(reference.startswith("#") and reference not in here for reference in _references(resource)):
        yield Issue("invalid", "a reference leads to no contained resource")


def _times(task: Resource) -> Iterator[Issue]:
    """R4's inv-1: lastModified is not before authoredOn."""
    if {"lastModified", "authoredOn"} <= task.keys():
        modified, authored = (_moment(task[name]) for name in ("lastModified", "authoredOn"))
        if modified and authored and modified < authored:
            yield Issue("invariant", "inv-1: lastModified is before authoredOn", expression="Task")


def _moment(text: str) -> datetime | None:
    """Return the moment, None for a date without a time, which cannot be compared."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else None
