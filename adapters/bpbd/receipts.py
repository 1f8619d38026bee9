"""What BPBD says: a CAP Ack or Error that refers to messages of ours."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from adapters.cap.model import Info, Message
from adapters.cap.read import read
from adapters.cap.rules import first_error
from adapters.cap.words import MsgType, Status
from contracts import Garbled, Progress, Receipt

from . import profile as names

MEDIA_TYPES = frozenset({"application/cap+xml", "application/xml", "text/xml"})
LONGEST = 300  # characters of what people wrote; longer is cut
_PERSONS = re.compile("[0-9](?:[ .-]?[0-9]){12,}")  # as long as a person's number, in whatever groups

_STATES: Mapping[str, Progress] = MappingProxyType({str(each): each for each in Progress})
_WITH_REASON = frozenset({Progress.REFUSED, Progress.CLOSED})


def receipts_of(body: bytes, *, sender: str) -> tuple[Receipt, ...]:
    """Return what *body* says to messages of *sender*, one receipt for each. Raises Garbled."""
    message = read(body)
    wrong = first_error(message)
    if wrong is not None:
        raise Garbled(wrong)
    if message.msg_type not in (MsgType.ACK, MsgType.ERROR) or message.status is Status.DRAFT:
        raise Garbled("cap.no_receipt")
    ours = [each.identifier for each in message.references if each.sender == sender]
    if not ours:
        raise Garbled("cap.not_ours")
    return tuple(_receipt(message, each) for each in ours)


def error_code(body: bytes) -> str | None:
    """Return the profile's code of a CAP Error, None for anything else."""
    try:
        message = read(body)
    except Garbled:
        return None
    told = _parameter(message, names.ERROR)
    fits = message.msg_type is MsgType.ERROR and told in names.ERRORS
    return told if fits else None


def _receipt(message: Message, alert: str) -> Receipt:
    progress = _progress(message)
    reason = _parameter(message, names.REASON) or message.note
    return Receipt(
        alert=alert,
        progress=progress,
        at=message.sent,
        by=_parameter(message, names.BY),
        post=_parameter(message, names.POST),
        reference=_parameter(message, names.REF),
        reason=_cut(reason) if progress in _WITH_REASON else None,
    )


def _progress(message: Message) -> Progress:
    """An Ack that says no more is a machine's word: it has it, and nobody may have read it."""
    if message.msg_type is MsgType.ERROR:
        return Progress.REFUSED
    told = _parameter(message, names.STATE)
    if told is None:
        return Progress.RECEIVED
    if told not in _STATES:
        raise Garbled("profile.state")
    return _STATES[told]


def _parameter(message: Message, name: str) -> str | None:
    told = (_clean(info, name) for info in message.infos)
    return next((each for each in told if each), None)


def _clean(info: Info, name: str) -> str | None:
    return _cut(info.parameter(name))


def _cut(text: str | None) -> str | None:
    """Return it in one line, without what could be a person's number: it is kept in the clear."""
    return _PERSONS.sub("•••", " ".join(text.split()))[:LONGEST] or None if text else None
