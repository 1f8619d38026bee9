"""
Bodies read strictly into a model, for a route that answers directly: FastAPI's own way costs 50 us more.

What is wrong is raised as FastAPI raises it, so that one place words it (`wrong_input`).
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from gateway.problems import Problem

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"


async def read_body(request: Request, wanted: type[M]) -> M:
    """Return the JSON body of *request* as *wanted*. Raises RequestValidationError, Problem."""
    body = await _body(request)
    if not body:
        raise _wrong("missing")
    if not _says_json(request):
        raise _wrong("model_attributes_type")  # a browser's form can send text, and is not to be believed
    try:
        return wanted.model_validate_json(body)
    except ValidationError as wrong:
        errors = wrong.errors(include_url=False, include_input=False)
    raise RequestValidationError([{**error, "loc": ("body", *error["loc"])} for error in errors])


async def _body(request: Request) -> bytes:
    try:
        return (await request.body()).removeprefix(BOM_UTF8)  # RFC 8259 section 8.1: may be ignored
    except ClientDisconnect as gone:
        raise Problem("unreadable-body") from gone


def body_of(wanted: type[BaseModel]) -> Mapping[str, Any]:
    """Return the OpenAPI `requestBody` of a route that reads *wanted*."""
    return {"required": True, "content": {JSON: {"schema": wanted.model_json_schema()}}}


def _says_json(request: Request) -> bool:
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return said == JSON or (said.startswith("application/") and said.endswith("+json"))


def _wrong(code: str) -> RequestValidationError:
    return RequestValidationError([{"type": code, "loc": ("body",), "msg": code}])
