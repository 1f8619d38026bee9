"""One CAP message of BMKG as a warning."""

from adapters.cap.model import Circle, Info, Message
from adapters.cap.read import read
from adapters.cap.rules import first_error
from adapters.cap.words import MsgType, Status
from contracts import Category, Garbled, Ring, Severity, Warned

from .words import ATTRIBUTION, CATEGORIES, EVENT_TERMS, EVENTS, NOWCAST, SEVERITIES

LONGEST = 4000  # characters of a text; those seen have some 600

_WARNING = frozenset({MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL})


def warned_of(body: bytes, *, language: str) -> Warned:
    """
    Return the warning in *body*, in *language* where it has several.

    Raises Garbled: a warning of which nobody can say where it is must not pass for one that is elsewhere.
    """
    message = read(body)
    wrong = first_error(message)
    if wrong is not None:
        raise Garbled(wrong)
    if message.msg_type not in _WARNING:
        raise Garbled("cap.no_warning")
    return _withdrawn(message) if message.msg_type is MsgType.CANCEL else _warned(message, language)


def _warned(message: Message, language: str) -> Warned:
    info = _in_language(message, language)
    rings, circle = _where(info)
    return Warned(
        identifier=message.identifier,
        source=NOWCAST,
        sent_at=message.sent,
        category=category_of(info),
        severity=SEVERITIES[info.severity],
        headline=_cut(info.headline or info.event),
        language=info.spoken,
        attribution=ATTRIBUTION,
        text=_text(info),
        effective_at=info.effective or message.sent,
        expires_at=info.expires,
        rings=rings,
        centre=(circle.latitude, circle.longitude) if circle else None,
        radius_km=circle.radius_km if circle else None,
        cancels=_others(message),
        is_test=message.status is not Status.ACTUAL,
    )


def _withdrawn(message: Message) -> Warned:
    return Warned(
        identifier=message.identifier,
        source=NOWCAST,
        sent_at=message.sent,
        category=Category.OTHER,
        severity=Severity.UNKNOWN,
        headline=_cut(message.note or "Dibatalkan"),
        language="id",
        attribution=ATTRIBUTION,
        cancels=_others(message),
        is_cancel=True,
        is_test=message.status is not Status.ACTUAL,
    )


def category_of(info: Info) -> Category:
    """Return what happens: by the event term, else by the first category of ours that CAP's have."""
    terms = [code.value for code in info.event_codes if code.name.startswith(EVENT_TERMS)]
    told = [EVENTS[term] for term in terms if term in EVENTS]
    told += [CATEGORIES[each] for each in info.categories if each in CATEGORIES]
    return told[0] if told else Category.OTHER


def _in_language(message: Message, language: str) -> Info:
    if not message.infos:
        raise Garbled("cap.no_info")
    fitting = (info for info in message.infos if info.spoken.lower().startswith(language))
    return next(fitting, message.infos[0])


def _where(info: Info) -> tuple[tuple[Ring, ...], Circle | None]:
    """Return the polygons, each by itself: as one ring they would be another place."""
    rings = tuple(ring for area in info.areas for ring in area.polygons)
    circles = [circle for area in info.areas for circle in area.circles]
    if not rings and not circles:
        raise Garbled("cap.no_area")
    if len(circles) > 1:
        raise Garbled("cap.several_circles")  # never seen of BMKG, and our warning holds one
    return rings, circles[0] if circles else None


def _text(info: Info) -> str | None:
    told = [text for text in (info.description, info.instruction) if text]
    return _cut("\n".join(told)) if told else None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _others(message: Message) -> tuple[str, ...]:
    return tuple(each.identifier for each in message.references)
