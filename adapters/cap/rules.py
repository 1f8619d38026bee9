"""
What the schema cannot say of a message; with `read` it sorts the 31 cases of `facts/alerting.md` 1.4.

An error: receivers would refuse it, or each would understand something else. A warning: somebody should look
at how it was made.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .model import Area, Info, Message
from .places import circle_faults, ring_doubts, ring_faults
from .words import MsgType, Scope, Status

_NAME = re.compile(r"[^\s,<&]+")  # what a reference to it can hold
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")
_MIME_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(#\d+|#x[0-9a-fA-F]+|[A-Za-z]+);")
_LASTING = frozenset({MsgType.ALERT, MsgType.UPDATE})
_REFERRING = frozenset({MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR})


class Finding(NamedTuple):
    """One thing that is wrong; *code* is stable."""

    code: str
    is_error: bool = True


def findings(message: Message) -> tuple[Finding, ...]:
    """Return everything that is wrong with *message*, each once, errors first."""
    found = {Finding(code) for code in _errors(message)}
    found |= {Finding(code, is_error=False) for code in _doubts(message)}
    return tuple(sorted(found, key=lambda each: (not each.is_error, each.code)))


def first_error(message: Message) -> str | None:
    """Return the code of an error, None where there is none."""
    return next((each.code for each in findings(message) if each.is_error), None)


def _errors(message: Message) -> Iterator[str]:
    yield from _identity(message)
    yield from _references(message)
    yield from _whom(message)
    if message.msg_type is MsgType.ERROR and not message.note:
        yield "rule.error_without_note"
    for info in message.infos:
        yield from _info(message, info)
        for area in info.areas:
            yield from _area(area)


def _identity(message: Message) -> Iterator[str]:
    if not _NAME.fullmatch(message.identifier):
        yield "rule.identifier"
    if not _NAME.fullmatch(message.sender):
        yield "rule.sender"


def _references(message: Message) -> Iterator[str]:
    if message.msg_type in _REFERRING and not message.references:
        yield "rule.references_missing"
    for other in message.references:
        if (other.sender, other.identifier) == (message.sender, message.identifier):
            yield "rule.refers_to_itself"
        if other.sent > message.sent:
            yield "rule.refers_to_later"


def _whom(message: Message) -> Iterator[str]:
    if (message.scope is Scope.RESTRICTED) != (message.restriction is not None):
        yield "rule.restriction"
    if message.scope is Scope.PRIVATE and not message.addresses:
        yield "rule.private_without_addresses"


def _info(message: Message, info: Info) -> Iterator[str]:
    if info.expires and info.expires <= max(message.sent, info.effective or message.sent):
        yield "rule.expires_too_early"
    links = (info.web, *(resource.uri for resource in info.resources))
    if any(link is not None and not _ABSOLUTE.fullmatch(link) for link in links):
        yield "rule.relative_link"
    if not all(_MIME_TYPE.fullmatch(resource.mime_type) for resource in info.resources):
        yield "rule.mime_type"


def _area(area: Area) -> Iterator[str]:
    for ring in area.polygons:
        yield from ring_faults(ring)
    for circle in area.circles:
        yield from circle_faults(circle)
    if area.ceiling is not None and area.altitude is None:
        yield "rule.ceiling_without_altitude"


def _doubts(message: Message) -> Iterator[str]:
    if message.empty:
        yield "rule.empty_element"
    if message.status is Status.EXERCISE and not message.note:
        yield "rule.exercise_without_note"
    if any(_MARKUP.search(text) for text in _texts(message)):
        yield "rule.markup"
    if message.msg_type in _LASTING and any(info.expires is None for info in message.infos):
        yield "rule.never_expires"
    if _says_the_same_in_two_languages(message):
        yield "rule.not_translated"
    for ring in (ring for info in message.infos for area in info.areas for ring in area.polygons):
        yield from ring_doubts(ring)


def _texts(message: Message) -> Iterator[str]:
    yield message.note or ""
    for info in message.infos:
        yield from (info.event, info.headline or "", info.description or "", info.instruction or "")


def _says_the_same_in_two_languages(message: Message) -> bool:
    told = {(info.spoken, info.description or info.headline) for info in message.infos}
    texts = [text for _, text in told if text]
    return len(texts) != len(set(texts))
