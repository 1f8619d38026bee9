"""JSON Patch (RFC 6902) on one resource: add, replace, remove and test."""

import json
from copy import deepcopy
from typing import Any

from .outcome import FhirError, Issue

MEDIA_TYPE = "application/json-patch+json"


def _refuse(text: str) -> FhirError:
    return FhirError(422, Issue("processing", text))


def _steps(path: object) -> list[str]:
    if not isinstance(path, str) or not path.startswith("/"):
        raise _refuse("path must be a JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _index(here: list[Any], step: str, *, adding: bool) -> int:
    if adding and step == "-":
        return len(here)
    if not step.isdecimal() or int(step) >= len(here) + adding:
        raise _refuse("no such position in the list")
    return int(step)


def _down(here: Any, step: str, *, lenient: bool) -> Any:
    if isinstance(here, list):
        return here[_index(here, step, adding=False)]
    if isinstance(here, dict) and lenient:
        return here.setdefault(step, {})
    if not isinstance(here, dict) or step not in here:
        raise _refuse("the path leads nowhere")
    return here[step]


def _put(here: Any, step: str, value: Any, *, adding: bool) -> None:
    if isinstance(here, list):
        at = _index(here, step, adding=adding)
        here[at : at if adding else at + 1] = [value]
    elif isinstance(here, dict) and (adding or step in here):
        here[step] = value
    else:
        raise _refuse("the path leads nowhere")


def _take_out(here: Any, step: str) -> None:
    if isinstance(here, list):
        del here[_index(here, step, adding=False)]
    elif isinstance(here, dict) and step in here:
        del here[step]
    else:
        raise _refuse("the path leads nowhere")


def _carry_out(operation: dict[str, Any], resource: Any, *, lenient: bool) -> None:
    verb = operation.get("op")
    *way, last = _steps(operation.get("path"))
    here = resource
    for step in way:
        here = _down(here, step, lenient=lenient)
    if verb == "remove":
        _take_out(here, last)
    elif verb not in ("add", "replace", "test") or "value" not in operation:
        raise _refuse("op must be add, replace, remove or test, with a value where it needs one")
    elif verb == "test":
        if _down(here, last, lenient=False) != operation["value"]:
            raise _refuse("the test failed")
    else:
        _put(here, last, operation["value"], adding=verb == "add" or lenient)


def patched(resource: dict[str, Any], body: bytes, *, lenient: bool = False) -> dict[str, Any]:
    """
    Return a patched copy of *resource*; raise FhirError if the patch is none or does not fit.

    *lenient* makes missing parents, as SATUSEHAT does and RFC 6902 forbids.
    """
    try:
        operations = json.loads(body)
    except ValueError as broken:
        raise FhirError(400, Issue("structure", "the body is no JSON")) from broken
    if not isinstance(operations, list) or not all(isinstance(step, dict) for step in operations):
        raise FhirError(400, Issue("structure", "a list of operations is wanted"))
    result = deepcopy(resource)
    for operation in operations:
        _carry_out(operation, result, lenient=lenient)
    return result
