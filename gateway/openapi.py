"""The API's description, OpenAPI 3.1: FastAPI's own, with the struct answers and the problems put in."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gateway.problems import SCHEMA

REFERENCE = "#/components/schemas/{name}"


def describe(app: FastAPI, structs: Sequence[type[msgspec.Struct]]) -> dict[str, Any]:
    """Return the document; *structs* are the answers that routes name by `x-response-struct`."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
    )
    _, answers = msgspec.json.schema_components(structs, ref_template=REFERENCE)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update({**answers, "Problem": SCHEMA})
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for operation in _operations(document):
        _complete(operation)
        components["schemas"].update(_named_body(operation))
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any]) -> None:
    """Name the struct answer, or those of which it is one, and the problem that may come instead."""
    struct = operation.pop("x-response-struct", None)
    if struct:
        done = next(status for status in operation["responses"] if status.startswith("2"))
        operation["responses"][done]["content"] = {"application/json": {"schema": _schema(struct)}}
    operation["responses"].pop("422", None)
    problem = {"application/problem+json": {"schema": {"$ref": REFERENCE.format(name="Problem")}}}
    operation["responses"]["default"] = {"description": "What went wrong", "content": problem}


def _schema(struct: str | Sequence[str]) -> dict[str, Any]:
    if isinstance(struct, str):
        return {"$ref": REFERENCE.format(name=struct)}
    return {"anyOf": [_schema(name) for name in struct]}


def _named_body(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that a route put in by `bodies.body_of`, by their names, and refer to it there."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema or "title" not in schema:
        return {}
    content["schema"] = {"$ref": REFERENCE.format(name=schema["title"])}
    whole = {name: part for name, part in schema.items() if name != "$defs"}
    return {**schema.get("$defs", {}), schema["title"]: whole}
