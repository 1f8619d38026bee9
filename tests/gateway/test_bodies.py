"""A body read directly is refused where FastAPI would refuse it, and by the same words."""

from typing import Any

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from gateway.bodies import body_of, read_body
from gateway.problems import Problem
from gateway.wrong_input import field_errors


class Wanted(BaseModel):
    """A body."""

    model_config = ConfigDict(strict=True, extra="forbid")

    number: int


def _request(*messages: dict[str, Any], content_type: str | None = "application/json") -> Request:
    left = iter(messages)

    async def receive() -> dict[str, Any]:
        return next(left)

    headers = [(b"content-type", content_type.encode())] if content_type is not None else []
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def _whole(body: bytes, **more: Any) -> Request:
    return _request({"type": "http.request", "body": body}, **more)


@pytest.mark.parametrize(
    "content_type", ["application/json", "APPLICATION/JSON; charset=utf-8", "application/x+json"]
)
@pytest.mark.parametrize("before", [b"", b" \n", b"\xef\xbb\xbf"])
async def test_json_is_read_by_whatever_json_name_it_comes(content_type: str, before: bytes) -> None:
    """Also behind a byte order mark, as some programs write it."""
    read = await read_body(_whole(before + b'{"number":7}', content_type=content_type), Wanted)
    assert read == Wanted(number=7)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", [("body", "missing")]),
        (b"{", [("body", "json_invalid")]),
        (b"[]", [("body", "model_type")]),
        (b"{}", [("body.number", "missing")]),
        (b'{"number":"7"}', [("body.number", "int_type")]),
        (b'{"number":7,"x":1}', [("body.x", "extra_forbidden")]),
        (b'{"number":"\\ud800"}', [("body", "json_invalid")]),
    ],
)
async def test_what_is_wrong_is_named_by_its_place(body: bytes, found: list[tuple[str, str]]) -> None:
    """Places begin with `body`, and no value is repeated."""
    with pytest.raises(RequestValidationError) as refused:
        await read_body(_whole(body), Wanted)
    assert found == [(place, code) for place, code, _ in field_errors(refused.value.errors())]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
async def test_a_form_of_a_strange_page_is_not_believed(content_type: str | None) -> None:
    """What a browser sends without asking first is no JSON; a newcomer's curl hears what to send."""
    with pytest.raises(Problem, match="media-type"):
        await read_body(_whole(b'{"number":7}', content_type=content_type), Wanted)


async def test_whoever_hangs_up_in_the_middle_breaks_nothing() -> None:
    """It is a body that could not be read, not a defect of ours."""
    cut = _request({"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"})
    with pytest.raises(Problem, match="unreadable-body"):
        await read_body(cut, Wanted)


def test_the_description_names_the_fields() -> None:
    """The schema stands in OpenAPI as if FastAPI had put it there."""
    (schema,) = [content["schema"] for content in body_of(Wanted)["content"].values()]
    assert (schema["title"], list(schema["properties"])) == ("Wanted", ["number"])
