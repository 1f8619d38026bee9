"""
Bodies read strictly into a model, for a route that answers directly: FastAPI's own way costs 50 us more.

What is wrong is raised as FastAPI raises it, so that one place words it (`wrong_input`).
"""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar
from unicodedata import category

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError, PydanticKnownError
from starlette.requests import ClientDisconnect, Request

from gateway.problems import Problem

M = TypeVar("M", bound=BaseModel)

JSON = "application/json"

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.{1,30}", re.ASCII)
_TOGETHER = re.compile(r"\d(?:[\W_]{0,3}\d)*")  # digits, whatever signs are put between them


def _written_as(form: re.Pattern[str], kind: Literal["date_parsing", "datetime_parsing"]) -> BeforeValidator:
    """Refuse what pydantic would read as a time all the same: numbers, digits in a text, other forms."""

    def check(value: object) -> object:
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            raise PydanticKnownError(kind, {"error": "form"})
        return value

    return BeforeValidator(check)


Day = Annotated[date, Field(strict=False), _written_as(_DAY, "date_parsing")]
Moment = Annotated[AwareDatetime, Field(strict=False), _written_as(_MOMENT, "datetime_parsing")]


def plain_words(*, digits: int) -> AfterValidator:
    """Refuse a text with invisible signs, or with *digits* or more that stand together: a person's number."""

    def check(text: str) -> str:
        if any(category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in text):
            raise PydanticCustomError("invisible_sign", "No control or invisible characters.")
        if any(sum(map(str.isdigit, run)) >= digits for run in _TOGETHER.findall(text)):
            raise PydanticCustomError("long_number", "No number of a person belongs here.")
        return text

    return AfterValidator(check)


async def read_body(request: Request, wanted: type[M]) -> M:
    """Return the JSON body of *request* as *wanted*. Raises RequestValidationError, Problem."""
    body = await _body(request)
    if not body:
        raise _wrong("missing")
    if not says_json(request):
        raise Problem("media-type")  # a browser's form can send text, and is not to be believed
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
    schema = wanted.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"required": True, "content": {JSON: {"schema": schema}}}


def says_json(request: Request) -> bool:
    """Say whether the body of *request* is declared as JSON."""
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return said == JSON or (said.startswith("application/") and said.endswith("+json"))


def _wrong(code: str) -> RequestValidationError:
    return RequestValidationError([{"type": code, "loc": ("body",), "msg": code}])
