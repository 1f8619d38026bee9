"""What was over before BPBD could be told: one message, a line and a parameter for each incident."""

from collections.abc import Iterator

from adapters.cap.model import Area, Info, Pair
from adapters.cap.moments import whole, written
from adapters.cap.words import Category, Certainty, ResponseType, Severity, Urgency
from contracts import Alert, CannotConvey, Over

from . import profile as names
from .incident import parameters
from .profile import Profile
from .sentences import clock, headline, lateness
from .words import DIGEST, EVENTS, NOWHERE


def digest_info(alert: Alert, profile: Profile) -> Info:
    """Return the list of what is over. Raises CannotConvey where there is nothing to list."""
    if not alert.over:
        raise CannotConvey("over", "empty")
    return Info(
        language="id",
        categories=_categories(alert.over),
        event=DIGEST.words,
        response_types=(ResponseType.ALL_CLEAR,),
        urgency=Urgency.PAST,
        severity=Severity.UNKNOWN,
        certainty=Certainty.OBSERVED,
        event_codes=(Pair(names.EVENT_TERMS, DIGEST.term),),
        effective=whole(alert.sent_at),
        expires=whole(alert.expires_at),
        sender_name=profile.sender_name,
        headline=headline(alert, f"{len(alert.over)} kejadian sudah selesai sebelum Anda terhubung"),
        description="\n".join(_lines(alert, profile)),
        contact=alert.callback,
        parameters=(*parameters(alert, profile), *_machine_lines(alert, profile)),
        areas=_areas(alert.over),
    )


def _categories(over: tuple[Over, ...]) -> tuple[Category, ...]:
    told = {category: None for each in over for category in EVENTS[each.category].categories}
    return tuple(told)


def _lines(alert: Alert, profile: Profile) -> Iterator[str]:
    late = lateness(alert, profile)
    if late:
        yield late
    for number, each in enumerate(alert.over, 1):
        begun, ended = clock(each.reported_at, profile), clock(each.closed_at, profile)
        what = f"{EVENTS[each.category].words}, {each.area_name or NOWHERE.lower()}"
        yield f"{number}. {each.incident}: {what}; dilaporkan {begun}, selesai {ended}."


def _machine_lines(alert: Alert, profile: Profile) -> Iterator[Pair]:
    for each in alert.over:
        begun, ended = (written(at, profile.zone) for at in (each.reported_at, each.closed_at))
        yield Pair(names.OVER, f"{each.incident} {each.category} {begun} {ended}")


def _areas(over: tuple[Over, ...]) -> tuple[Area, ...]:
    named = {each.area_name: None for each in over if each.area_name and each.area_name.strip()}
    return tuple(Area(description=name) for name in named)
