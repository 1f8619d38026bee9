"""A new referral: an emergency by one tap on a criterion, anything else for approval."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from contracts import Criterion, Need
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id
from gateway.problems import Problem
from gateway.referrals import actions
from gateway.referrals.bodies import NewReferral
from gateway.referrals.orders import Then

from .forms import read_fields
from .guard import ConsoleRoute
from .ordered import number
from .referral_page import address_of
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

DISPATCH: Final = (Role.DISPATCHER, Role.OPERATOR)
SOURCE: Final = "112"
KELAS: Final = ("1", "2", "3", "vip")
_PATIENT: Final = ("name", "nik", "nokartu", "sex", "birth_date", "phone")
_TOLD: Final = ("need", "kelas", "rule", "diagnosis", "situation", "transport", "callback_phone")
# Where a mistake of the body stands on the page; any other field has the same name there.
_ON_THE_PAGE: Final = {"lat": "place", "lon": "place", "source_ref": "ticket", "criteria": "need"}


@router.get("/rujukan/baru")
@allow(*DISPATCH)
async def show_form(request: Request) -> Response:
    """Ask for the need and, for an emergency, one criterion."""
    return _form(request, {}, wrong=frozenset())


@router.post("/rujukan/baru")
@allow(*DISPATCH)
async def create(request: Request) -> Response:
    """Make it and send it where it is to go; the same form sent twice makes one."""
    fields = await read_fields(request)
    form, hospitals = dict(fields), [value for name, value in fields if name == "hospitals"]
    try:
        wanted = NewReferral.model_validate(body_of(form, hospitals))
        draft = wanted.draft(form.get("repeat", "")[:128] or None)
        room, by = request.app.state.referrals, principal(request)
        made = await actions.create(room, draft, by=by, request=request_id(request))
    except ValidationError as mistakes:
        errors = mistakes.errors(include_input=False, include_url=False)
        places = marked(".".join(map(str, each["loc"])) for each in errors)
        return _form(request, form, wrong=places, chosen=hospitals)
    except Problem as problem:
        if problem.name != "wrong-input":
            raise
        places = marked(name.removeprefix("body.") for name, _, _ in problem.errors)
        return _form(request, form, wrong=places, chosen=hospitals)
    return RedirectResponse(address_of(made.id), 303)


def body_of(form: Mapping[str, str], hospitals: Iterable[str]) -> dict[str, Any]:
    """Return *form* as the API takes it; what was left empty is not known."""
    filled = {name: value.strip() for name, value in form.items() if value.strip()}
    criterion = filled.get("criterion")
    patient: dict[str, Any] = {name: filled[name] for name in _PATIENT if name in filled}
    if "age_years" in filled:
        patient["age_years"] = number(filled["age_years"], int)
    body = {name: filled[name] for name in _TOLD if name in filled} | _place(filled.get("place"))
    return body | {
        "then": str(Then.BREAK_GLASS if criterion else Then.SUBMIT),
        "criteria": [criterion] if criterion else [],
        "patient": patient,
        "hospitals": list(hospitals),
        "source_ref": {"system": SOURCE, "ticket": filled["ticket"]} if "ticket" in filled else None,
        "drill": "drill" in filled,
    }


def _place(text: str | None) -> dict[str, Any]:
    """Return a place as maps write it, latitude and longitude in degrees with a comma between."""
    if text is None:
        return {}
    latitude, _, longitude = text.partition(",")
    return {"lat": number(latitude, float), "lon": number(longitude, float)}


def marked(places: Iterable[str]) -> frozenset[str]:
    """Return the page's fields for places in the body such as `patient.nik`."""
    parts = (place.removeprefix("patient.").partition(".")[0] for place in places)
    return frozenset(_ON_THE_PAGE.get(part, part) for part in parts)


def _form(
    request: Request, typed: Mapping[str, str], *, wrong: frozenset[str], chosen: Sequence[str] = ()
) -> Response:
    """Show the form, with what was typed still in it: nobody types twice at night."""
    return page(
        request,
        "new_referral.html",
        422 if wrong else 200,
        typed=typed,
        wrong=wrong,
        chosen=chosen,
        needs=list(Need),
        classes=KELAS,
        criteria=list(Criterion),
        hospitals=request.app.state.capacity.places,
        repeat=typed.get("repeat") or secrets.token_urlsafe(16),
    )
