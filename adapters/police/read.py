"""What the police say back: at once in the answer, and later in envelopes of their own (Ack, Error)."""

import re
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from contracts import Garbled, Progress, Receipt

from .translate import distribution_id
from .words import ACK, AT_ONCE, ERROR, REFUSALS, STEPS

# A line of people's words: without control signs, and without what could be a person's number.
_Text = Annotated[str, msgspec.Meta(pattern=r"^(?!.*[0-9]{13})[^\x00-\x1f\x7f]{1,120}$")]
_Code = Annotated[str, msgspec.Meta(pattern="^[A-Z][A-Z0-9_]{1,39}$")]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_ID = re.compile("[A-Za-z0-9_-]{1,64}")
_WITH_A_REASON = (Progress.REFUSED, Progress.CLOSED)


class _Step(msgspec.Struct):
    step: _Text
    reference: _Text | None = None


class _Answer(msgspec.Struct):
    ack: _Step


class _Officer(msgspec.Struct):
    name: _Text | None = None
    rank: _Text | None = None
    unit: _Text | None = None


class _Ack(msgspec.Struct, rename="camel"):
    distribution_id: str = msgspec.field(name="distributionID")
    step: _Text
    at: _Moment | None = None
    officer: _Officer | None = None
    police_report_number: _Text | None = None
    reference: _Text | None = None
    reason: _Code | None = None
    disposition: _Code | None = None


class _Error(msgspec.Struct):
    distribution_id: str = msgspec.field(name="distributionID")
    code: _Code


class _Content(msgspec.Struct):
    ack: _Ack | None = None
    error: _Error | None = None


class _Envelope(msgspec.Struct, rename="camel"):
    sender_id: str = msgspec.field(name="senderID")
    distribution_kind: str
    content: _Content
    date_time_sent: _Moment


class _Refusal(msgspec.Struct):
    error: _Error


T = TypeVar("T")

_answers = msgspec.json.Decoder(_Answer)
_refusals = msgspec.json.Decoder(_Refusal)
_envelopes: msgspec.json.Decoder[_Envelope | list[_Envelope]] = msgspec.json.Decoder(
    _Envelope | Annotated[list[_Envelope], msgspec.Meta(max_length=100)]
)


def receipt_at_once(alert: str, body: bytes) -> Receipt:
    """Return what the answer to a message says: a machine has it, or has filed it. Raises Garbled."""
    ack = _decoded(body, _answers).ack
    if ack.step not in AT_ONCE:
        raise Garbled("unknown_step")
    return Receipt(alert, AT_ONCE[ack.step], reference=ack.reference)


def refusal_code(body: bytes) -> str | None:
    """Return why a message was refused, None where the answer does not say so in the contract's words."""
    try:
        return REFUSALS.get(_decoded(body, _refusals).error.code)
    except Garbled:
        return None


def has_it(alert: str, body: bytes, *, sender: str) -> bool:
    """Say whether a conflict is that the police took this very message before."""
    try:
        error = _decoded(body, _refusals).error
    except Garbled:
        return False
    return error.code == "ALREADY_TAKEN" and error.distribution_id == distribution_id(alert, sender=sender)


def receipts_of(body: bytes, *, sender: str, recipient: str) -> tuple[Receipt, ...]:
    """Return what one envelope, or a list of them, says of messages of *sender*. Raises Garbled."""
    envelopes = _decoded(body, _envelopes)
    listed = envelopes if isinstance(envelopes, list) else [envelopes]
    return tuple(_receipt(envelope, sender, recipient) for envelope in listed)


def _receipt(envelope: _Envelope, sender: str, recipient: str) -> Receipt:
    if envelope.sender_id != recipient:
        raise Garbled("sender")
    if envelope.distribution_kind == ACK and envelope.content.ack is not None:
        return _of_ack(envelope.content.ack, envelope.date_time_sent, sender)
    if envelope.distribution_kind == ERROR and envelope.content.error is not None:
        error = envelope.content.error
        alert = _alert(error.distribution_id, sender)
        return Receipt(alert, Progress.REFUSED, envelope.date_time_sent, reason=error.code.lower())
    raise Garbled("kind")


def _of_ack(ack: _Ack, sent_at: datetime, sender: str) -> Receipt:
    if ack.step not in STEPS:
        raise Garbled("unknown_step")
    progress, officer = STEPS[ack.step], ack.officer or _Officer()
    reason = ack.reason or ack.disposition
    if progress is Progress.REFUSED and reason is None:
        raise Garbled("no_reason")
    return Receipt(
        alert=_alert(ack.distribution_id, sender),
        progress=progress,
        at=ack.at or sent_at,
        by=officer.name and " ".join(filter(None, (officer.rank, officer.name))),
        post=officer.unit,
        reference=ack.police_report_number or ack.reference,
        reason=reason.lower() if reason and progress in _WITH_A_REASON else None,
    )


def _alert(distribution: str, sender: str) -> str:
    """Return our message's id. Raises Garbled for what is no message of ours."""
    prefix = distribution_id("", sender=sender)
    found = distribution.removeprefix(prefix)
    if found == distribution or not _ID.fullmatch(found):
        raise Garbled("distribution_id")
    return found


def _decoded(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Garbled("no_json") from None
