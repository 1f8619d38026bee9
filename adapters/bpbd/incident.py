"""One incident as an info block: what, how bad, where, and everything the profile has a parameter for."""

from collections.abc import Iterator

from adapters.cap.model import Area, Circle, Info, Pair
from adapters.cap.moments import whole, written
from adapters.cap.words import Certainty, ResponseType, Urgency
from contracts import Alert, AlertKind, Place

from . import profile as names
from .profile import Profile
from .sentences import clock, headline, lateness
from .words import CAUTIONS, COUNTED, EVENTS, NOWHERE, SEVERITIES

UNKNOWN_PRECISION_KM = 1.0  # what a place told to two decimals is exact to

_ENDED = {AlertKind.CLOSED: "Selesai", AlertKind.CANCEL: "Dibatalkan"}
_RESPONSES = {AlertKind.CLOSED: ResponseType.ALL_CLEAR, AlertKind.CANCEL: ResponseType.NONE}
_CERTAINTIES = {AlertKind.CLOSED: Certainty.OBSERVED, AlertKind.CANCEL: Certainty.UNKNOWN}


def incident_info(alert: Alert, profile: Profile) -> Info:
    """Return what is known of the incident now."""
    event = EVENTS[alert.category]
    return Info(
        language="id",
        categories=event.categories,
        event=event.words,
        response_types=(_RESPONSES.get(alert.kind, ResponseType.ASSESS),),
        urgency=_urgency(alert),
        severity=SEVERITIES[alert.severity],
        # Likely: it is a caller's word, and nobody of the centre has seen it.
        certainty=_CERTAINTIES.get(alert.kind, Certainty.LIKELY),
        event_codes=(
            Pair(names.EVENT_TERMS, event.term),
            Pair(names.CENTRE_TERMS, str(alert.category)),
        ),
        effective=whole(alert.sent_at),
        onset=whole(alert.reported_at) if alert.reported_at else None,
        expires=whole(alert.expires_at),
        sender_name=profile.sender_name,
        headline=headline(alert, _title(alert)),
        description="\n".join(_description(alert, profile)),
        instruction=_instruction(alert),
        contact=alert.callback,
        parameters=tuple(parameters(alert, profile)),
        areas=(_area(alert.place),),
    )


def parameters(alert: Alert, profile: Profile) -> Iterator[Pair]:
    """Give what CAP has no element for; what nobody has said has no parameter."""
    yield from _of_the_message(alert, profile)
    place = alert.place
    told = [(names.ADDRESS, place.address), (names.LANDMARK, place.landmark)]
    told += [(names.PRECISION, None if place.precision_m is None else str(place.precision_m))]
    told += [(names.CAUTION, str(each)) for each in alert.cautions]
    counts = [(names.CASUALTIES[each], getattr(alert.casualties, each)) for each in names.CASUALTIES]
    told += [(name, None if count is None else str(count)) for name, count in counts]
    yield from (Pair(name, value) for name, value in told if value)


def _of_the_message(alert: Alert, profile: Profile) -> Iterator[Pair]:
    yield Pair(names.KIND, str(alert.kind))
    yield Pair(names.NUMBER, str(alert.number))
    yield Pair(names.SEQUENCE, str(alert.sequence))
    yield Pair(names.URGENT, _truth(alert.urgent))
    yield Pair(names.DRILL, _truth(alert.drill))
    if alert.delayed:
        yield Pair(names.DELAYED, _truth(alert.delayed))
    for name, at in ((names.HELD_SINCE, alert.held_since), (names.REPORTED_AT, alert.reported_at)):
        if at is not None:
            yield Pair(name, written(at, profile.zone))
    for name, text in ((names.OUTCOME, alert.outcome), (names.REPLY_TO, alert.reply_to)):
        if text:
            yield Pair(name, text)


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _urgency(alert: Alert) -> Urgency:
    if alert.kind in _ENDED:
        return Urgency.PAST
    return Urgency.IMMEDIATE if alert.urgent else Urgency.EXPECTED


def _title(alert: Alert) -> str:
    where = alert.place.area_name or alert.place.area_code
    told = [_ENDED[alert.kind]] if alert.kind in _ENDED else []
    return " - ".join([*told, EVENTS[alert.category].words, *([where] if where else [])])


def _description(alert: Alert, profile: Profile) -> Iterator[str]:
    if alert.kind in _ENDED:
        yield f"{_ENDED[alert.kind]}: {alert.outcome or EVENTS[alert.category].words}."
    if alert.narrative:
        yield alert.narrative
    if alert.reported_at:
        yield f"Dilaporkan {clock(alert.reported_at, profile)}."
    counts = [(words, getattr(alert.casualties, name)) for name, words in COUNTED.items()]
    if any(count is not None for _, count in counts):
        yield "Korban: " + ", ".join(f"{words} {count}" for words, count in counts if count is not None) + "."
    if alert.cautions:
        yield "Bahaya bagi petugas: " + ", ".join(CAUTIONS[each] for each in alert.cautions) + "."
    late = lateness(alert, profile)
    if late:
        yield late


def _instruction(alert: Alert) -> str:
    if alert.kind is AlertKind.CANCEL:
        return "Abaikan pesan sebelumnya tentang kejadian ini."
    if alert.kind is AlertKind.CLOSED:
        return "Tidak perlu tindakan lagi."
    ring = f" Telepon pusat: {alert.callback}." if alert.callback else ""
    return f"Mohon dibaca dan dikonfirmasi dengan nama petugas atau pos piket.{ring}"


def _area(place: Place) -> Area:
    near = f"dekat {place.landmark}" if place.landmark and place.landmark.strip() else None
    told = [part for part in (place.address, near, place.area_name) if part and part.strip()]
    return Area(
        description=", ".join(told) or place.area_code or NOWHERE,
        circles=_circles(place),
        geocodes=(Pair(names.AREA_CODES, place.area_code),) if place.area_code else (),
    )


def _circles(place: Place) -> tuple[Circle, ...]:
    if place.latitude is None or place.longitude is None:
        return ()
    known = place.precision_m is not None
    radius_km = (place.precision_m or 0) / 1000 if known else UNKNOWN_PRECISION_KM
    return (Circle(place.latitude, place.longitude, radius_km),)
