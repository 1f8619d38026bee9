"""Reads a published contract and holds JSON against its schemas, as a partner's own tools would."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.running import REPOSITORY

Json = dict[str, Any]


def folder(kind: str) -> Path:
    """Return where the contract lies."""
    return REPOSITORY / "contracts" / "partners" / kind


def document(kind: str) -> Json:
    """Read the OpenAPI file."""
    read: Json = json.loads((folder(kind) / "openapi.json").read_text("utf-8"))
    return read


def example(kind: str, name: str) -> Any:
    """Read one example."""
    return json.loads((folder(kind) / "examples" / f"{name}.json").read_text("utf-8"))


def mistakes(whole: Json, schema: Json, value: Any) -> list[str]:
    """Return where *value* differs from *schema* of that document."""
    found = Draft202012Validator({"components": whole["components"], **schema}).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def named(whole: Json, name: str) -> Json:
    """Return a reference to the schema of that name."""
    assert name in whole["components"]["schemas"]
    return {"$ref": f"#/components/schemas/{name}"}


def closed(part: Any) -> Any:
    """Return the same without room for a field nobody has described."""
    if isinstance(part, list):
        return [closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: closed(value) for name, value in part.items()}
    is_object = inner.get("type") == "object" and "properties" in inner
    return {**inner, "additionalProperties": False} if is_object else inner


def operations(whole: Json) -> Iterator[tuple[str, Json]]:
    """Yield every operation, those that come from us and those that go to us."""
    for place in ("webhooks", "paths"):
        for path, methods in whole[place].items():
            for method, operation in methods.items():
                yield f"{method} {path}", operation


def contents(operation: Json) -> Iterator[Json]:
    """Yield every body it speaks of, with its schema and examples."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        yield from body.get("content", {}).values()


def parts(part: Any, key: str) -> Iterator[Any]:
    """Yield what stands under *key*, anywhere."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == key)
        for value in part.values():
            yield from parts(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from parts(value, key)
