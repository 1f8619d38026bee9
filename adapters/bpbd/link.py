"""A test of the link, or a sign of life: nothing has happened, and nobody is to do anything."""

from adapters.cap.model import Info, Pair
from adapters.cap.moments import whole
from adapters.cap.words import Certainty, ResponseType, Severity, Urgency
from contracts import Alert, AlertKind

from . import profile as names
from .incident import parameters
from .profile import Profile
from .words import LINK

_TEST = "Uji sambungan. Tidak terjadi apa-apa."
_ALIVE = "Tanda sambungan hidup. Tidak ada yang baru sampai nomor {number}."


def link_info(alert: Alert, profile: Profile) -> Info:
    """Return what says no more than that we are there, and how far the numbers have come."""
    text = _TEST if alert.kind is AlertKind.TEST else _ALIVE.format(number=alert.number)
    return Info(
        language="id",
        categories=LINK.categories,
        event=LINK.words,
        response_types=(ResponseType.NONE,),
        urgency=Urgency.UNKNOWN,
        severity=Severity.UNKNOWN,
        certainty=Certainty.UNKNOWN,
        event_codes=(Pair(names.EVENT_TERMS, LINK.term),),
        effective=whole(alert.sent_at),
        expires=whole(alert.expires_at),
        sender_name=profile.sender_name,
        headline=text,
        description=text,
        contact=alert.callback,
        parameters=tuple(parameters(alert, profile)),
    )
