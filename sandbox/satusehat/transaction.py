"""A transaction Bundle on the platform: all of it or nothing, urn:uuid references made real."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sandbox.fhir.referral_check import check_referral
from sandbox.fhir.shelf import Resource, version_of

from .faults import Refused
from .referral_words import APPROVAL_TAG

_MEMBERS = ("Task", "CarePlan")


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as it will be kept: its Tasks (one for each hospital asked) and its one CarePlan."""

    resources: list[Resource]

    @property
    def tasks(self) -> list[Resource]:
        """Return the Tasks."""
        return [resource for resource in self.resources if resource["resourceType"] == "Task"]

    @property
    def plan(self) -> Resource:
        """Return the CarePlan."""
        return next(resource for resource in self.resources if resource["resourceType"] == "CarePlan")


def read_offer(bundle: Any) -> Offer:
    """Return the offer with the platform's ids in place; raise Refused or FhirError if it is none."""
    if not isinstance(bundle, dict) or bundle.get("type") != "transaction":
        raise Refused(400, "structure", "a transaction Bundle is wanted")
    tags = {tag.get("code") for tag in bundle.get("meta", {}).get("tag", [])}
    if APPROVAL_TAG not in tags:
        raise Refused(400, "not-supported", f"the sandbox knows Bundles tagged {APPROVAL_TAG}")
    entries = [_entry(entry) for entry in bundle.get("entry", [])]
    kinds = [resource["resourceType"] for _, resource in entries]
    if kinds.count("CarePlan") != 1 or "Task" not in kinds:
        raise Refused(400, "required", "one CarePlan and at least one Task are wanted")
    return Offer(_with_ids(entries))


def _entry(entry: Any) -> tuple[str | None, Resource]:
    request, resource = _part(entry, "request"), _part(entry, "resource")
    kind = resource.get("resourceType")
    if kind not in _MEMBERS or (request.get("method"), request.get("url")) != ("POST", kind):
        raise Refused(400, "invalid", "each entry must POST a Task or a CarePlan")
    return entry.get("fullUrl"), check_referral(resource, kind)


def _part(entry: Any, name: str) -> Resource:
    part = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(part, dict):
        raise Refused(400, "structure", f"each entry must hold a {name}")
    return part


def _with_ids(entries: list[tuple[str | None, Resource]]) -> list[Resource]:
    resources = [{**resource, "id": str(uuid4())} for _, resource in entries]
    real = {
        url: f"{resource['resourceType']}/{resource['id']}"
        for (url, _), resource in zip(entries, resources, strict=True)
        if url
    }
    return [_pointed(resource, real) for resource in resources]


def _pointed(value: Any, real: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            name: real.get(inner, inner)
            if name == "reference" and isinstance(inner, str)
            else _pointed(inner, real)
            for name, inner in value.items()
        }
    return [_pointed(item, real) for item in value] if isinstance(value, list) else value


def response_of(base: str, kept: list[Resource]) -> Resource:
    """Return the transaction-response; resourceID and resourceType are this platform's own additions."""
    entries = [{"response": _response(base, resource)} for resource in kept]
    return {"entry": entries, "resourceType": "Bundle", "type": "transaction-response"}


def _response(base: str, resource: Resource) -> Resource:
    kind, version = resource["resourceType"], version_of(resource)
    return {
        "etag": f'W/"{version}"',
        "lastModified": resource["meta"]["lastUpdated"],
        "location": f"{base}/{kind}/{resource['id']}/_history/{version}",
        "resourceID": resource["id"],
        "resourceType": kind,
        "status": "201 Created",
    }
