"""Searching ServiceRequests and Tasks: by identifier, focus, status, _id and _lastUpdated."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from sandbox.fhir.outcome import FhirError, Issue, outcome
from sandbox.fhir.shelf import Resource
from sandbox.referrals.store import has_identifier

from .filters import FILTERS, Test

Parameters = list[tuple[str, str]]

_QUIET = frozenset({"_format", "_pretty", "_total", "_count", "_sort"})  # understood, or harmless here
MOST = 200


def _identifier(modifier: str, values: Sequence[str]) -> Test:
    if modifier:
        raise FhirError(400, Issue("invalid", "identifier takes no modifier here"))
    return lambda resource: any(has_identifier(resource, wanted) for wanted in values)


def _focus(modifier: str, values: Sequence[str]) -> Test:
    wanted = {"/".join(value.split("/")[-2:]) for value in values}
    if modifier:
        wanted = {f"{modifier}/{value.rpartition('/')[2]}" for value in values}
    return lambda resource: resource.get("focus", {}).get("reference") in wanted


_EVERYWHERE: dict[str, Callable[[str, Sequence[str]], Test]] = {
    "_id": FILTERS["_id"],
    "_lastUpdated": FILTERS["_lastUpdated"],
    "identifier": _identifier,
    "status": FILTERS["status"],
}
PARAMETERS = {"ServiceRequest": _EVERYWHERE, "Task": {**_EVERYWHERE, "focus": _focus}}


def names_of(kind: str, habits: frozenset[str]) -> list[str]:
    """Return the search parameters this hospital knows for *kind*."""
    lacking = {"identifier"} if "no_identifier_search" in habits else set()
    return sorted(set(PARAMETERS[kind]) - lacking)


def tests_of(
    kind: str, parameters: Parameters, habits: frozenset[str], *, strict: bool
) -> tuple[list[Test], list[str]]:
    """
    Return the tests of a search, and the parameters that are ignored.

    Raises FhirError 400 for identifier at a hospital that cannot search by it, and for any unknown
    parameter when *strict*.
    """
    known, tests, ignored = names_of(kind, habits), [], []
    for name, value in parameters:
        plain, _, modifier = name.partition(":")
        if plain in known:
            tests.append(PARAMETERS[kind][plain](modifier, [part for part in value.split(",") if part]))
        elif plain not in _QUIET:
            ignored.append(name)
    refused = ignored if strict else [name for name in ignored if name.startswith("identifier")]
    if refused:
        raise FhirError(400, *(Issue("not-supported", f"unknown parameter {name}") for name in refused))
    return tests, ignored


def searchset_of(
    base: str, kind: str, parameters: Parameters, found: list[Resource], ignored: list[str]
) -> Resource:
    """Return all of *found* in one page; nobody is asked for more than MOST referrals."""
    address = f"{base}/{kind}?{urlencode(parameters)}" if parameters else f"{base}/{kind}"
    entries: list[Resource] = [
        {"fullUrl": f"{base}/{kind}/{row['id']}", "resource": row, "search": {"mode": "match"}}
        for row in found[:MOST]
    ]
    if ignored:
        issues = [Issue("not-supported", f"ignored {name}", severity="warning") for name in ignored]
        entries.append({"resource": outcome(*issues), "search": {"mode": "outcome"}})
    links = [{"relation": "self", "url": address}]
    bundle: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": links,
        "entry": entries,
    }
    if not entries:
        del bundle["entry"]
    return bundle
