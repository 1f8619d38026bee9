"""An incident as it is shown: a line in a list, or the whole with every partner's ladder."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from contracts import SENSITIVE, Place
from gateway.access.roles import Role
from gateway.areas.areas import Areas
from gateway.notifications.answers import LadderLine
from gateway.partners.registry import Partner

from . import words
from .answers import (
    CallerView,
    CasualtiesView,
    IncidentLine,
    IncidentView,
    LinkLine,
    PhoneLine,
    PictureLine,
    PlaceView,
)
from .facts import NOTHING, Facts
from .rows import Incident, Link, Picture
from .states import PARTY_OF, possible
from .thinning import coarse

SEES_ALL = frozenset({Role.OPERATOR, Role.DISPATCHER})


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was read for one look; *names* are display names by account."""

    incident: Incident
    facts: Facts | None
    pictures: Sequence[Picture]
    links: Sequence[Link]
    ladder: Sequence[LadderLine]
    names: Mapping[str, str]


def line(incident: Incident, ladder: Sequence[LadderLine], areas: Areas) -> IncidentLine:
    """Return *incident* as a list shows it."""
    calls = {each.partner: _phone(each) for each in ladder if each.needs_phone_call}
    told = {each.partner for each in ladder}
    confirmed = {each.partner for each in ladder if each.human_confirmed}
    return _line(incident, areas, calls=list(calls.values()), confirmed=bool(told) and told == confirmed)


def unwritten(incident: Incident, hearers: Collection[Partner], areas: Areas) -> IncidentLine:
    """Return an incident that stands nowhere yet: nobody has been told, ring whoever is to hear of it."""
    calls = [PhoneLine(partner=each.id, name=each.name, phone=each.phone) for each in hearers]
    return _line(incident, areas, calls=calls, confirmed=False, text=words.NOT_TOLD["id"])


def whole(seen: Seen, *, role: Role, areas: Areas) -> IncidentView:
    """Return the incident as that *role* may see it."""
    incident, facts = seen.incident, seen.facts or NOTHING
    masked = incident.category in SENSITIVE and role not in SEES_ALL
    shown = line(incident, seen.ladder, areas)
    return IncidentView(
        **{name: getattr(shown, name) for name in IncidentLine.__struct_fields__},
        masked=masked,
        erased=seen.facts is None,
        place=_place(coarse(facts.place) if masked else facts.place),
        narrative=None if masked else facts.narrative,
        cautions=list(facts.cautions),
        casualties=CasualtiesView(**asdict(facts.casualties)),
        caller=None if masked else _caller(facts),
        note=None if masked else facts.note,
        pictures=[_picture(each, seen.names) for each in seen.pictures],
        links=[_link(each, incident.id) for each in seen.links],
        ladder=list(seen.ladder),
        possible=list(possible(incident.state, PARTY_OF.get(role))),
    )


def fields_shown(view: IncidentView) -> set[str]:
    """Return the names, as they are sealed, of what was shown of people."""
    place = {"latitude": view.place.lat, "longitude": view.place.lon}
    place |= {name: getattr(view.place, name) for name in ("address", "landmark")}
    known = view.caller or CallerView(name=None, phone=None)
    caller = {"caller_name": known.name, "caller_phone": known.phone}
    said = {name: getattr(view, name) for name in ("narrative", "note")}
    return {name for name, value in (place | caller | said).items() if value is not None}


def _line(
    incident: Incident, areas: Areas, *, calls: list[PhoneLine], confirmed: bool, text: str | None = None
) -> IncidentLine:
    same = set(Incident.__dataclass_fields__) & set(IncidentLine.__struct_fields__)
    return IncidentLine(
        **{name: getattr(incident, name) for name in same},
        text=text or words.STATES[incident.state]["id"],
        sensitive=incident.category in SENSITIVE,
        area_name=areas.name_of(incident.area_code),
        needs_phone_call=bool(calls),
        phone=calls,
        human_confirmed=confirmed,
    )


def _phone(ladder: LadderLine) -> PhoneLine:
    return PhoneLine(partner=ladder.partner, name=ladder.partner_name, phone=ladder.phone)


def _place(place: Place) -> PlaceView:
    known = asdict(place)
    return PlaceView(lat=known.pop("latitude"), lon=known.pop("longitude"), **known)


def _caller(facts: Facts) -> CallerView | None:
    return None if facts.caller is None else CallerView(name=facts.caller.name, phone=facts.caller.phone)


def _picture(picture: Picture, names: Mapping[str, str]) -> PictureLine:
    return PictureLine(
        sequence=picture.sequence,
        at=picture.at,
        kind=picture.kind,
        category=picture.category,
        severity=picture.severity,
        by=names.get(picture.actor, picture.actor),
        role=picture.role,
    )


def _link(link: Link, incident: str) -> LinkLine:
    other = link.other if link.incident == incident else link.incident
    return LinkLine(incident=other, kind=link.kind, at=link.at)
