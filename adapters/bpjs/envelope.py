"""
The envelope around every VClaim answer: read whatever its spelling, judged by its shape and code.

Business outcomes come as HTTP 200 with a code in the body; trouble comes as another status, as a
page, or as nothing at all. No text of a message decides anything, with one exception: see
`judge_code`.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from contracts import Garbled, NoAnswer, NotAccepted, PartnerError, Refused

from .words import line, masked

SUCCESS = "200"
NOT_FOUND = "201"  # also the answer to a malformed number (live runs of ssecd/jkn, read 2026-11-23)
_OUR_KEYS = frozenset(("401", "403"))

# What an answer that is no envelope means. A page, a fragment or nothing at all in place of an
# answer comes from what stands before VClaim: asking again is right, since the question only reads.
_SHAPES: dict[str, type[PartnerError]] = {
    "empty_body": NoAnswer,
    "html": NoAnswer,
    "not_json": NoAnswer,
    "no_metadata": Garbled,
    "no_code": Garbled,
}
_LONGEST_CODE = 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, repr=False)
class Envelope:
    """One opened envelope; *message* is masked, *response* as it came: sealed text, or null."""

    code: str
    message: str | None
    response: object


class _MetaData(msgspec.Struct):
    code: int | str | None = None
    capital_code: int | str | None = msgspec.field(name="Code", default=None)
    message: Any = None
    capital_message: Any = msgspec.field(name="Message", default=None)


class _Answer(msgspec.Struct):
    metaData: _MetaData | None = None  # noqa: N815 - the wire's spelling
    metadata: _MetaData | None = None
    response: Any = None

    def __repr__(self) -> str:
        return "_Answer()"


_decoder = msgspec.json.Decoder(_Answer)


def read_envelope(body: bytes, *, status: int) -> Envelope:
    """
    Open the envelope in *body*, which came with the HTTP *status*.

    Raises NoAnswer where something else stands in its place, Garbled for JSON that is no envelope
    and for a page that came with a status of our own fault (a wrong path, for instance).
    """
    body = body.removeprefix(_BYTE_ORDER_MARK).strip()
    try:
        answer = _decoder.decode(body)
    except msgspec.ValidationError as wrong:
        raise _no_envelope("empty_body" if body == b"null" else "no_metadata", status) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _no_envelope(_shape(body), status) from None  # the cause may hold the body
    return _filled(answer, status)


def judge_code(envelope: Envelope) -> None:
    """
    Raise what the code says; success and "not found" pass.

    A word like "Unauthorized" is the one text listened to, and only under a code that is not
    success: taken for "not found" it would hide that our keys are no longer good. Raises
    NotAccepted, or Refused with the insurer's code and masked message.
    """
    if envelope.code == SUCCESS:
        return
    if envelope.code in _OUR_KEYS:
        raise NotAccepted(f"code_{envelope.code}")
    if "unauthor" in (envelope.message or "").lower():
        raise NotAccepted("unauthorized")
    if envelope.code != NOT_FOUND:
        raise Refused(envelope.message or "", code=envelope.code)


def _filled(answer: _Answer, status: int) -> Envelope:
    meta = answer.metaData or answer.metadata
    if meta is None:
        raise _no_envelope("no_metadata", status)
    code = masked(line(meta.code if meta.code is not None else meta.capital_code))
    if code is None:
        raise _no_envelope("no_code", status)
    message = masked(meta.message) or masked(meta.capital_message)
    return Envelope(code[:_LONGEST_CODE], message, answer.response)


def _shape(body: bytes) -> str:
    if not body:
        return "empty_body"
    return "html" if body.startswith(b"<") else "not_json"


def _no_envelope(shape: str, status: int) -> PartnerError:
    if status == 404:
        return Garbled("wrong_path")
    if status >= 400:
        return Garbled(f"status_{status}")
    return _SHAPES[shape](shape)
