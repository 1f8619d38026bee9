"""A form of an incident's page: read strictly, done, and back to the page with what is true now."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import principal
from gateway.incidents.answering import room_of
from gateway.incidents.room import IncidentRoom
from gateway.passage import request_id
from gateway.problems import Problem

from .forms import read_fields
from .incident_form import mistakes_of
from .incident_page import address_of, show
from .ordered import Form, wrong

# Refusals after which the page is shown again with what is true now; anything else is the guard's to say.
SHOWN: Final = frozenset(
    {
        *("changed-meanwhile", "not-now", "wrong-input", "conflict", "no-such-partner"),
        *("no-such-incident", "no-such-notification"),
    }
)

B = TypeVar("B", bound=BaseModel)
Fields = Sequence[tuple[str, str]]
Act = Callable[[Form, Fields], Awaitable[object]]


async def recorded(request: Request, act: Act) -> Response:
    """Do it and go back to the page; a refusal that people can mend shows the page as it is now."""
    fields = await read_fields(request)
    form = dict(fields)
    try:
        await act(form, fields)
    except Problem as problem:
        if problem.name not in SHOWN:
            raise
        ticked = [value for name, value in fields if name == "cautions"]
        return await show(request, problem=problem, kept={**form, "ticked": ticked})
    back = f"#{form['notification']}" if "notification" in form else ""
    return RedirectResponse(f"{address_of(this(request)[1])}?tercatat=1{back}", 303)


def this(request: Request) -> tuple[IncidentRoom, str]:
    """Return the room, and the incident whose page it is."""
    return room_of(request), str(request.path_params["incident"])


def whoever(request: Request) -> dict[str, Any]:
    """Return who asks, as the room's actions take it."""
    return {"by": principal(request), "request": request_id(request)}


def version(form: Form) -> int:
    """Return the version it was decided on. Raises Problem."""
    text = form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise wrong("version")
    return int(text)


def filled(form: Form, *names: str) -> Mapping[str, str]:
    """Return those fields that are not empty."""
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}


def read_as(body: type[B], said: Mapping[str, Any]) -> B:
    """Return *said* as the API takes it. Raises Problem with the page's fields that are wrong."""
    try:
        return body.model_validate(said)
    except ValidationError as mistakes:
        sentence = "Wanted as the page offers it."
        places = [(f"body.{field}", "wrong", sentence) for field in sorted(mistakes_of(mistakes))]
        raise Problem("wrong-input", errors=places) from None
