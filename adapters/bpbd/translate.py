"""Our alert as a CAP message: who speaks, whether it is meant, what it takes the place of."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.cap.model import Message, Reference
from adapters.cap.moments import whole
from adapters.cap.rules import first_error
from adapters.cap.words import MsgType, Status
from contracts import Alert, AlertKind, CannotConvey

from .digest import digest_info
from .incident import incident_info
from .link import link_info
from .profile import CODE, Profile

NOT_MEANT = "DATA CONTOH - JANGAN DIPAKAI"
_DRILL = "LATIHAN"
_INFOS = MappingProxyType(
    {AlertKind.DIGEST: digest_info, AlertKind.TEST: link_info, AlertKind.HEARTBEAT: link_info}
)
_OF_THE_LINK: Mapping[AlertKind, Status] = MappingProxyType(
    {AlertKind.TEST: Status.TEST, AlertKind.HEARTBEAT: Status.SYSTEM}
)
_REFERRING: Mapping[AlertKind, MsgType] = MappingProxyType(
    {
        AlertKind.UPDATE: MsgType.UPDATE,
        AlertKind.CLOSED: MsgType.UPDATE,  # CAP has no word for an end: an Update that says AllClear
        AlertKind.CANCEL: MsgType.CANCEL,
    }
)


def message_of(alert: Alert, profile: Profile) -> Message:
    """
    Return *alert* as BPBD is to know it; who called is left out, by the profile.

    Raises CannotConvey for what no valid CAP message says.
    """
    message = Message(
        identifier=alert.id,
        sender=profile.sender,
        sent=whole(alert.sent_at),
        status=status_of(alert),
        msg_type=msg_type_of(alert),
        scope=profile.scope,
        restriction=profile.restriction,
        addresses=profile.addresses,
        codes=(CODE,),
        note=_note(alert),
        references=tuple(Reference(profile.sender, each.id, whole(each.sent_at)) for each in alert.replaces),
        incidents=(alert.incident,) if alert.incident else (),
        infos=(_INFOS.get(alert.kind, incident_info)(alert, profile),),
    )
    wrong = first_error(message)
    if wrong is not None:
        raise CannotConvey("alert", wrong)
    return message


def status_of(alert: Alert) -> Status:
    """Return whether it is meant: `Actual` only in a live house, and never in a drill."""
    if alert.kind in _OF_THE_LINK:
        return _OF_THE_LINK[alert.kind]
    if alert.drill:
        return Status.EXERCISE
    return Status.ACTUAL if alert.live else Status.TEST


def msg_type_of(alert: Alert) -> MsgType:
    """
    Return what it is to the messages before it.

    Whoever has had none cannot be told of an Update: it is their first word, an Alert. Raises CannotConvey
    for a Cancel of nothing.
    """
    if alert.kind is AlertKind.CANCEL and not alert.replaces:
        raise CannotConvey("replaces", "nothing_to_cancel")
    return _REFERRING.get(alert.kind, MsgType.ALERT) if alert.replaces else MsgType.ALERT


def _note(alert: Alert) -> str | None:
    told = [_DRILL] if alert.drill else []
    told += [] if alert.live else [NOT_MEANT]
    return ". ".join(told) or None
