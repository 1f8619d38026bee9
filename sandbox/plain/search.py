"""One search on a plain R4 server: from the query to the searchset Bundle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sandbox.fhir.outcome import FhirError, Issue, outcome
from sandbox.fhir.shelf import Resource

from .filters import Test, filter_for, sort_key

DEFAULT_COUNT, MOST_COUNT = 50, 200
_PAGE = "_page"
_INCLUDES = ("_include", "_revinclude")
_IGNORED_QUIETLY = ("_format", "_pretty", "_total")
# What a summary keeps of a Location (elements marked so in R4; partOf is not among them).
_SUMMARY = frozenset(
    "resourceType id meta identifier status operationalStatus name alias description mode type physicalType"
    " managingOrganization".split()
)
_ALWAYS = frozenset({"resourceType", "id", "meta"})

Parameters = list[tuple[str, str]]


@dataclass(slots=True)
class Search:
    """A search as understood; *used* goes into the links, *unknown* were ignored."""

    tests: list[Test] = field(default_factory=list)
    count: int = DEFAULT_COUNT
    start: int = 0
    summary: str = "false"
    elements: frozenset[str] = frozenset()
    sort: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    used: Parameters = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def has_rows(self) -> bool:
        """Whether rows are wanted, or only their number."""
        return self.count > 0 and self.summary != "count"


def _whole(name: str, value: str) -> int:
    if not value.isdecimal():
        raise FhirError(400, Issue("invalid", f"{name} must be a whole number"))
    return int(value)


def _take(search: Search, name: str, value: str) -> bool:
    """Understand one parameter; return False for an unknown one."""
    if name == "_count":
        search.count = min(_whole(name, value), MOST_COUNT)
    elif name == _PAGE:
        search.start = _whole(name, value)
    elif name == "_summary" and value in ("true", "false", "count", "data", "text"):
        search.summary = value
    elif name == "_elements":
        search.elements = frozenset(value.split(","))
    elif name == "_sort":
        search.sort = value.split(",")
    elif name in _INCLUDES and value == "Location:partof":
        search.includes.append(name)
    elif name not in _IGNORED_QUIETLY:
        test = filter_for(name, value)
        if test is None:
            return False
        search.tests.append(test)
    return True


def understand(parameters: Parameters, *, strict: bool) -> Search:
    """Return the search; unknown parameters are ignored, or refused with 400 when *strict*."""
    search = Search()
    for name, value in parameters:
        if not _take(search, name, value):
            search.unknown.append(name)
        elif name not in (_PAGE, "_format", "_pretty"):
            search.used.append((name, value))
    if search.unknown and strict:
        raise FhirError(
            400, *(Issue("not-supported", f"unknown parameter {name}") for name in search.unknown)
        )
    return search


def matches_of(search: Search, resources: Iterable[Resource]) -> list[Resource]:
    """Return every resource that passes all tests, sorted as wished."""
    found = [resource for resource in resources if all(test(resource) for test in search.tests)]
    for name in reversed(search.sort):
        found.sort(key=sort_key(name.removeprefix("-")), reverse=name.startswith("-"))
    return found


def thinned(resource: Resource, search: Search) -> Resource:
    """Return only the wished elements, tagged as a subset."""
    if search.elements:
        kept = {name: value for name, value in resource.items() if name in search.elements | _ALWAYS}
    elif search.summary == "true":
        kept = {name: value for name, value in resource.items() if name in _SUMMARY}
    else:
        return resource
    tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
    return {**kept, "meta": {**resource["meta"], "tag": [*resource["meta"].get("tag", []), tag]}}


def included(search: Search, page: Sequence[Resource], resources: Iterable[Resource]) -> list[Resource]:
    """Return what `_include` and `_revinclude` of Location:partof add to *page*."""
    here = {f"Location/{resource['id']}" for resource in page}
    above = {resource.get("partOf", {}).get("reference") for resource in page}
    return [
        resource
        for resource in resources
        if f"Location/{resource['id']}" not in here
        and (
            ("_include" in search.includes and f"Location/{resource['id']}" in above)
            or ("_revinclude" in search.includes and resource.get("partOf", {}).get("reference") in here)
        )
    ]


def link_to(base: str, search: Search, *, start: int) -> str:
    """Return the address of the page that begins at row *start*."""
    query = [*search.used, (_PAGE, str(start))] if start else search.used
    return f"{base}/Location?{urlencode(query)}" if query else f"{base}/Location"


def _entry(base: str, resource: Resource, mode: str) -> Resource:
    return {
        "fullUrl": f"{base}/Location/{resource['id']}",
        "resource": resource,
        "search": {"mode": mode},
    }


def bundle_of(
    search: Search,
    base: str,
    *,
    total: int,
    page: list[Resource],
    also: list[Resource],
    links: list[Resource],
) -> Resource:
    """Return the searchset; ignored parameters are named in an entry of mode outcome."""
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": total, "link": links}
    entries = [_entry(base, thinned(resource, search), "match") for resource in page]
    entries += [_entry(base, thinned(resource, search), "include") for resource in also]
    if search.unknown:
        issues = [Issue("not-supported", f"ignored {name}", severity="warning") for name in search.unknown]
        entries.append({"resource": outcome(*issues), "search": {"mode": "outcome"}})
    if entries and search.has_rows:
        bundle["entry"] = entries
    return bundle
