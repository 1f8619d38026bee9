"""Our wake as a mail and as a short text, and what an SMS gateway's answer says of it."""

from email.message import EmailMessage
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from contracts import CannotConvey, Garbled, Wake

MAIL, TELEPHONE = "mailto:", "tel:"
LONGEST_TEXT = 480  # characters: three SMS; ours have some 120

_UNDER_WAY = ("queued", "sent", "delivered")


class _Taken(msgspec.Struct):
    id: Any = None
    status: Any = None


class Note(NamedTuple):
    """What a gateway is asked to deliver."""

    to: str
    text: str
    reference: str


_taken = msgspec.json.Decoder(_Taken)


def note_of(wake: Wake, *, key: str) -> Note:
    """Return the short text for a telephone; *key* is its reference. Raises CannotConvey."""
    if not wake.to.startswith(TELEPHONE):
        raise CannotConvey("to", "not_tel")
    text = f"{wake.text} {wake.link}"
    if len(text) > LONGEST_TEXT:
        raise CannotConvey("text", "too_long")
    return Note(wake.to.removeprefix(TELEPHONE), text, key)


def mail_of(wake: Wake, *, key: str, sender: str, date: str) -> EmailMessage:
    """
    Return the mail; *date* is its Date field.

    The Message-ID follows from *key*, so that a repeat is known as one. Raises CannotConvey.
    """
    if not wake.to.startswith(MAIL):
        raise CannotConvey("to", "not_mailto")
    mail = EmailMessage()
    try:
        mail["From"], mail["To"], mail["Subject"] = sender, wake.to.removeprefix(MAIL), wake.title
    except ValueError:
        raise CannotConvey("to", "header") from None
    mail["Date"], mail["Message-ID"] = date, _message_id(key, sender)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to it
    if wake.urgent:
        mail["Importance"] = "high"
    mail.set_content(f"{wake.text}\n\n{wake.link}\n", charset="utf-8", cte="quoted-printable")
    return mail


def check_taken(body: bytes) -> None:
    """Raise Garbled unless *body* names a message that is on its way or has arrived."""
    try:
        told = _taken.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Garbled("no_json") from None
    if not told.id or told.status not in _UNDER_WAY:
        raise Garbled("not_taken")


def _message_id(key: str, sender: str) -> str:
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{sender.partition('@')[2]}>"
