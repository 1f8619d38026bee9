"""One incident on one screen: what is known, how far every agency is, whom to ring, and what may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from contracts import Caution, Severity
from gateway.access.guard import allow, principal
from gateway.incidents import reading
from gateway.incidents.answering import PEOPLE, room_of
from gateway.incidents.answers import IncidentView
from gateway.incidents.orders import Outcome, Void
from gateway.incidents.views import SEES_ALL
from gateway.notifications.answers import LadderLine
from gateway.notifications.bodies import Spoken
from gateway.notifications.rows import CHANGE
from gateway.passage import request_id
from gateway.problems import Problem

from .guard import ConsoleRoute
from .incident_call import SAID
from .incident_form import COUNTED
from .new_incident import CATEGORIES, areas_of
from .referral_page import Told
from .render import page
from .words import Speech, speech_for

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

_FURTHER: Final = ("read", "refused", "accepted", "dispatched", "on_scene", "closed")


@dataclass(frozen=True, slots=True)
class Agency:
    """One partner's ladder: *now* is the line to look at, *others* the rest, the newest first."""

    partner: str
    name: str
    phone: str | None
    now: LadderLine
    others: tuple[LadderLine, ...]

    @property
    def needs_phone_call(self) -> bool:
        """Whether somebody there is to be rung for any of it."""
        return any(line.needs_phone_call for line in (self.now, *self.others))


@router.get("/insiden/{incident}")
@allow(*PEOPLE)
async def show_incident(request: Request) -> Response:
    """Show it; reading it is an audit entry, since it may name somebody."""
    return await show(request)


async def show(
    request: Request, *, problem: Problem | None = None, kept: Mapping[str, Any] | None = None
) -> Response:
    """Show the incident as it is now, with *problem* above it and *kept*, what was typed, in its form."""
    incident, by = str(request.path_params["incident"]), principal(request)
    view = await reading.view(room_of(request), incident, by=by, request=request_id(request))
    return page(
        request,
        "incident.html",
        problem.status if problem else 200,
        view=view,
        told=_told(request, problem, speech_for(request)),
        wrong=_wrong_fields(problem),
        kept=kept or {},
        agencies=agencies(view.ladder),
        sees_all=by.role in SEES_ALL,
        possible={str(event) for event in view.possible},
        untold=_untold(request, view),
        **_choices(request, view, kept or {}),
    )


def address_of(incident: str) -> str:
    """Return the page's address."""
    return f"/insiden/{incident}"


def agencies(ladder: Sequence[LadderLine]) -> list[Agency]:
    """Return each partner with its lines, those to be rung first, then those no person has confirmed."""
    told: dict[str, list[LadderLine]] = {}
    for line in sorted(ladder, key=lambda line: -line.number):
        if line.kind != CHANGE:
            told.setdefault(line.partner, []).append(line)
    found = [_agency(lines) for lines in told.values()]
    return sorted(found, key=lambda each: (not each.needs_phone_call, each.now.human_confirmed, each.name))


def _agency(lines: Sequence[LadderLine]) -> Agency:
    """Let the line with which a person there is furthest stand for all, else one to ring about."""
    spoken = [line for line in lines if line.human_confirmed]
    to_ring = [line for line in lines if line.needs_phone_call]
    now = max(spoken, key=_how_far) if spoken else (to_ring or lines)[0]
    others = tuple(line for line in lines if line is not now)
    return Agency(now.partner, now.partner_name, now.phone, now, others)


def _how_far(line: LadderLine) -> tuple[int, int]:
    return (_FURTHER.index(line.state) if line.state in _FURTHER else -1, line.number)


def _choices(request: Request, view: IncidentView, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the forms offer, and what stands in the form of news."""
    return {
        "typed": kept if kept.get("form") == "update" else typed_of(view),
        "ticked": kept.get("ticked", view.cautions) if kept.get("form") == "update" else view.cautions,
        "was": typed_of(view),
        "categories": CATEGORIES,
        "severities": list(Severity),
        "all_cautions": list(Caution),
        "counted": COUNTED,
        "areas": areas_of(request),
        "said": SAID,
        "channels": list(Spoken),
        "outcomes": list(Outcome),
        "voids": list(Void),
    }


def typed_of(view: IncidentView) -> dict[str, str]:
    """Return what is known as it stands in the fields of the form."""
    place, caller = view.place, view.caller
    known: dict[str, object] = {
        "category": view.category,
        "severity": view.severity,
        "urgent": "yes" if view.urgent else "no",
        "address": place.address,
        "landmark": place.landmark,
        "area_code": place.area_code,
        "point": None if place.lat is None else f"{place.lat}, {place.lon}",
        "narrative": view.narrative,
        "caller_name": caller and caller.name,
        "caller_phone": caller and caller.phone,
        **{name: getattr(view.casualties, name) for name in COUNTED},
    }
    return {name: str(value) for name, value in known.items() if value is not None}


def _untold(request: Request, view: IncidentView) -> list[Any]:
    """Return the partners that could be told by hand, and were not."""
    told = {line.partner for line in view.ladder}
    partners = request.app.state.registry.partners.values()
    return [each for each in partners if each.telling is not None and each.id not in told]


def _told(request: Request, problem: Problem | None, t: Speech) -> Told | None:
    if problem is None:
        return Told("good", t("act.done")) if "tercatat" in request.query_params else None
    if problem.name == "wrong-input":
        return Told("grave", t("wrong.fields"))
    key = f"wrong.incident_{problem.name.replace('-', '_')}"
    return Told("grave", t(key if t.knows(key) else "wrong.field"))


def _wrong_fields(problem: Problem | None) -> frozenset[str]:
    """Return the fields a problem names."""
    if problem is None:
        return frozenset()
    return frozenset(name.removeprefix("body.") for name, _, _ in problem.errors)
