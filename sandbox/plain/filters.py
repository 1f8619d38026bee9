"""R4 search parameters of Location: each turns its values into a test of one resource."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sandbox.fhir.outcome import FhirError, Issue
from sandbox.fhir.shelf import Resource

Test = Callable[[Resource], bool]


def _refuse(text: str) -> FhirError:
    return FhirError(400, Issue("invalid", text))


def _codings(resource: Resource, element: str) -> list[tuple[str, str]]:
    """Return (system, code) of a code, Coding, Identifier or CodeableConcepts."""
    value = resource.get(element)
    if isinstance(value, str):
        return [("", value)]
    found = [value] if isinstance(value, dict) else value or []
    codings = [coding for item in found for coding in item.get("coding", [item])]
    return [(coding.get("system", ""), coding.get("code") or coding.get("value", "")) for coding in codings]


def _matches_token(coding: tuple[str, str], wanted: str) -> bool:
    system, bar, code = wanted.rpartition("|")
    return (not bar or coding[0] == system) and (not code or coding[1] == code)


def _token(element: str) -> Callable[[str, Sequence[str]], Test]:
    def make(modifier: str, values: Sequence[str]) -> Test:
        if modifier not in ("", "not"):
            raise _refuse(f"modifier :{modifier} does not go with {element}")

        def test(resource: Resource) -> bool:
            codings = _codings(resource, element)
            found = any(_matches_token(coding, wanted) for coding in codings for wanted in values)
            return found != (modifier == "not")

        return test

    return make


def _reference(element: str, kind: str) -> Callable[[str, Sequence[str]], Test]:
    def make(modifier: str, values: Sequence[str]) -> Test:
        if modifier not in ("", kind):
            raise _refuse(f"modifier :{modifier} does not go with {element}")
        wanted = {f"{kind}/{value.rsplit('/', 1)[-1]}" for value in values}
        return lambda resource: resource.get(element, {}).get("reference") in wanted

    return make


_TEXT_TESTS: dict[str, Callable[[str, str], bool]] = {
    "": lambda text, wanted: text.lower().startswith(wanted.lower()),
    "contains": lambda text, wanted: wanted.lower() in text.lower(),
    "exact": lambda text, wanted: text == wanted,
}


def _name(modifier: str, values: Sequence[str]) -> Test:
    if modifier not in _TEXT_TESTS:
        raise _refuse(f"modifier :{modifier} does not go with name")
    test = _TEXT_TESTS[modifier]
    return lambda resource: any(
        test(text, value)
        for value in values
        for text in [resource.get("name", ""), *resource.get("alias", [])]
    )


def _id(modifier: str, values: Sequence[str]) -> Test:
    if modifier:
        raise _refuse("_id takes no modifier")
    return lambda resource: resource["id"] in values


_COMPARISONS: dict[str, Callable[[datetime, datetime], bool]] = {
    "gt": lambda at, limit: at > limit,
    "ge": lambda at, limit: at >= limit,
    "lt": lambda at, limit: at < limit,
    "le": lambda at, limit: at <= limit,
    "eq": lambda at, limit: at == limit,
}


def last_updated(resource: Resource) -> datetime:
    """Return when the resource was last changed."""
    return datetime.fromisoformat(resource["meta"]["lastUpdated"])


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise _refuse("_lastUpdated wants a date and time") from wrong
    return moment if moment.tzinfo else moment.astimezone()


def _last_updated(modifier: str, values: Sequence[str]) -> Test:
    if modifier:
        raise _refuse("_lastUpdated takes no modifier")
    limits = [(value[:2], value[2:]) if value[:2] in _COMPARISONS else ("eq", value) for value in values]
    tests = [(_COMPARISONS[prefix], _moment(text)) for prefix, text in limits]
    return lambda resource: any(test(last_updated(resource), limit) for test, limit in tests)


FILTERS: dict[str, Callable[[str, Sequence[str]], Test]] = {
    "_id": _id,
    "_lastUpdated": _last_updated,
    "identifier": _token("identifier"),
    "name": _name,
    "operational-status": _token("operationalStatus"),
    "organization": _reference("managingOrganization", "Organization"),
    "partof": _reference("partOf", "Location"),
    "status": _token("status"),
    "type": _token("type"),
}


def filter_for(name: str, value: str) -> Test | None:
    """Return the test for one parameter as written (`partof`, `name:exact`), None if unsupported."""
    plain_name, _, modifier = name.partition(":")
    make = FILTERS.get(plain_name)
    return make(modifier, [part for part in value.split(",") if part]) if make else None


def sort_key(name: str) -> Callable[[Resource], Any]:
    """Return the key for one `_sort` entry; raise FhirError 400 for an unknown one."""
    if name == "_lastUpdated":
        return last_updated
    if name in ("_id", "name"):
        element = name.removeprefix("_")
        return lambda resource: resource.get(element, "")
    raise _refuse("_sort knows _id, _lastUpdated and name")
