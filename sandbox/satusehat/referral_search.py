"""Looking for referrals on the platform; parameters it does not document are ignored without a word."""

from collections.abc import Callable

from sandbox.fhir.shelf import Resource
from sandbox.referrals.store import has_identifier

from .referral_words import codes_of, organization_of
from .search import Parameters

Test = Callable[[Resource, str], bool]


def _last(reference: Resource | None) -> str:
    return str((reference or {}).get("reference", "")).rpartition("/")[2]


def _among(name: str) -> Test:
    return lambda resource, value: value.rpartition("/")[2] in map(_last, resource.get(name, []))


def _names(name: str) -> Test:
    return lambda resource, value: organization_of(resource.get(name)) == value.rpartition("/")[2]


_TESTS: dict[str, Test] = {
    "based-on": _among("basedOn"),
    "category": lambda resource, value: value.rpartition("|")[2] in codes_of(*resource.get("category", [])),
    "identifier": has_identifier,
    "owner": _names("owner"),
    "performer": _among("performer"),
    "requester": _names("requester"),
    "status": lambda resource, value: resource.get("status") in value.split(","),
}


def found_among(resources: list[Resource], parameters: Parameters) -> list[Resource]:
    """Return the resources that pass every known parameter."""
    tests = [(_TESTS[name], value) for name, value in parameters if name in _TESTS]
    return [resource for resource in resources if all(test(resource, value) for test, value in tests)]
