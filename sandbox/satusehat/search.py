"""What this platform can look for; parameters it does not document are ignored without a word."""

from collections.abc import Callable, Iterable

from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital

Parameters = list[tuple[str, str]]
_REVINCLUDES = ("Organization:partof", "Organization:part-of")  # both spellings occur in samples


def _ids(value: str) -> set[str]:
    return {part.rsplit("/", 1)[-1] for part in value.split(",") if part}


def _points_at(element: str) -> Callable[[Resource, str], bool]:
    def test(resource: Resource, value: str) -> bool:
        reference = str(resource.get(element, {}).get("reference", ""))
        return reference.rpartition("/")[2] in _ids(value)

    return test


def _identifier(resource: Resource, value: str) -> bool:
    system, bar, code = value.rpartition("|")
    identifiers = resource.get("identifier", [])
    return any(item["value"] == code and (not bar or item["system"] == system) for item in identifiers)


def _name(resource: Resource, value: str) -> bool:
    return value.lower() in str(resource.get("name", "")).lower()


def _type(resource: Resource, value: str) -> bool:
    return any(coding["code"] == value for item in resource["type"] for coding in item["coding"])


_TESTS: dict[str, dict[str, Callable[[Resource, str], bool]]] = {
    "Location": {
        "organization": _points_at("managingOrganization"),
        "name": _name,
        "identifier": _identifier,
    },
    "Organization": {
        "partof": _points_at("partOf"),
        "name": _name,
        "type": _type,
        "identifier": _identifier,
    },
}


def ids_asked_for(parameters: Parameters) -> set[str]:
    """Return the organisation ids a search names."""
    return {
        found for name, value in parameters if name in ("organization", "partof") for found in _ids(value)
    }


def _matching(kind: str, resources: Iterable[Resource], parameters: Parameters) -> list[Resource]:
    tests = [(_TESTS[kind][name], value) for name, value in parameters if name in _TESTS[kind]]
    return [resource for resource in resources if all(test(resource, value) for test, value in tests)]


def found_by(hospital: Hospital, kind: str, parameters: Parameters) -> list[Resource]:
    """Return the hospital's matching resources, then what `_revinclude` adds: one level further down."""
    stock = list(hospital.locations) if kind == "Location" else list(hospital.organizations)
    found = _matching(kind, stock, parameters)
    if kind == "Organization" and any(value in _REVINCLUDES for _, value in parameters):
        here = ",".join(resource["id"] for resource in found)
        known = _ids(here)
        below = [resource for resource in stock if _points_at("partOf")(resource, here)]
        found += [resource for resource in below if resource["id"] not in known]
    return found
