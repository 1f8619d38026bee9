"""Reads a CAP 1.2 message as BPBD's system would: strictly by the specification and the agreed profile."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lxml import etree  # type: ignore[import-untyped]  # it has no type hints

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
PROFILE = "gerbang-bpbd-1"
LARGEST = 512 * 1024

_N = f"{{{NAMESPACE}}}"
_ALERT = (
    "identifier sender sent status msgType source scope restriction addresses code note references"
    " incidents info"
).split()
_INFO = (
    "language category event responseType urgency severity certainty audience eventCode effective onset"
    " expires senderName headline description instruction web contact parameter resource area"
).split()
_CODES = {
    "status": "Actual Exercise System Test",
    "msgType": "Alert Update Cancel",
    "scope": "Private Restricted",  # never Public, by the profile
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
_NAME = re.compile(r"[^\s,<&]+")
_SIXTEEN = re.compile(rb"(?<![0-9])[0-9]{16}(?![0-9])")


class Unfit(Exception):
    """The message is not taken; *code* is the profile's, *status* that of HTTP, the text says why."""

    def __init__(self, status: int, code: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.code = code


class Reference(NamedTuple):
    """Another message, as it is named on the wire."""

    sender: str
    identifier: str
    sent: str


_NAMELESS = Reference("?", "?", "1970-01-01T00:00:00+00:00")


class Message(NamedTuple):
    """What BPBD's system keeps; *name* is the identity, *incident* None for what belongs to none."""

    name: Reference
    status: str
    kind: str
    incident: str | None
    number: int
    sequence: int
    expires: datetime
    reply_to: str | None
    headline: str
    references: tuple[Reference, ...]
    parameters: dict[str, list[str]]
    addresses: tuple[str, ...]


def read_message(body: bytes) -> Message:
    """Return the message. Raises Unfit."""
    if len(body) > LARGEST:
        raise Unfit(413, "schema", "longer than 512 KiB")
    if _SIXTEEN.search(body):
        raise Unfit(422, "profile", "a number of 16 digits: a NIK has no place here")
    root = _root(body)
    alert = _block(root, _ALERT)
    for name in ("identifier", "sender", "sent", "status", "msgType", "scope"):
        _one(alert, name)
    infos = alert.get("info", [])
    if len(infos) != 1:
        raise Unfit(422, "profile", "one info block")
    info = _block(infos[0], _INFO)
    _check_codes(alert, info)
    _check_words(alert, info)
    return _message(alert, info)


def name_in(body: bytes) -> Reference:
    """Return whatever name a refused message has, as far as it can be read at all."""
    try:
        root = _root(body)
    except Unfit:
        return _NAMELESS
    told = [root.findtext(f"{_N}{name}") or "" for name in Reference._fields]
    return Reference(*told) if all(_NAME.fullmatch(each) for each in told) else _NAMELESS


def _root(body: bytes) -> Any:
    try:
        body.decode()
        if b"<!doctype" in body.lower():
            raise Unfit(400, "schema", "a document type")
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except (UnicodeDecodeError, etree.XMLSyntaxError):
        raise Unfit(400, "schema", "no XML in UTF-8") from None
    if root.tag != f"{_N}alert":
        raise Unfit(422, "schema", "no CAP 1.2 alert")
    return root


def _block(element: Any, order: Sequence[str]) -> dict[str, list[Any]]:
    """Return the children by name. Raises Unfit for an unknown one or another order than the schema's."""
    found: dict[str, list[Any]] = {}
    at = 0
    for child in element:
        name = str(child.tag).removeprefix(_N)
        if name not in order or order.index(name) < at:
            raise Unfit(422, "schema", f"{name} is unknown or out of order")
        at = order.index(name)
        found.setdefault(name, []).append(child)
    return found


def _one(block: dict[str, list[Any]], name: str) -> str:
    elements = block.get(name, [])
    text = (elements[0].text or "").strip() if len(elements) == 1 else ""
    if not text:
        raise Unfit(422, "schema", f"{name} is wanted once")
    return text


def _check_codes(alert: dict[str, list[Any]], info: dict[str, list[Any]]) -> None:
    for name, codes in _CODES.items():
        value = _one(alert if name in alert else info, name)
        if value not in codes.split():
            raise Unfit(422, "schema" if name != "scope" else "profile", f"{name}: {value}")
    for block, name in ((alert, "sent"), (info, "effective"), (info, "expires")):
        if not _TIME.fullmatch(_one(block, name)):
            raise Unfit(422, "schema", f"{name} is no local time with offset")


def _check_words(alert: dict[str, list[Any]], info: dict[str, list[Any]]) -> None:
    scope = _one(alert, "scope")
    if scope == "Private" and not alert.get("addresses"):
        raise Unfit(422, "schema", "Private to nobody")
    if scope == "Restricted" and not alert.get("restriction"):
        raise Unfit(422, "schema", "Restricted to nobody")
    if PROFILE not in [each.text for each in alert.get("code", [])]:
        raise Unfit(422, "profile", "another profile")
    if _one(alert, "status") == "Exercise" and not alert.get("note"):
        raise Unfit(422, "profile", "an exercise says so in its note")
    for name in ("event", "headline", "senderName"):
        _one(info, name)


def _message(alert: dict[str, list[Any]], info: dict[str, list[Any]]) -> Message:
    parameters = _pairs(info.get("parameter", []))
    try:
        number, sequence = (int(parameters[f"GERBANG-{name}"][0]) for name in ("NUMBER", "SEQUENCE"))
        (kind,) = parameters["GERBANG-KIND"]
    except (KeyError, ValueError):
        raise Unfit(422, "profile", "GERBANG-KIND, -NUMBER and -SEQUENCE are wanted") from None
    incidents = alert.get("incidents")
    return Message(
        name=_reference(*(_one(alert, name) for name in ("sender", "identifier", "sent"))),
        status=_one(alert, "status"),
        kind=kind,
        incident=incidents[0].text if incidents else None,
        number=number,
        sequence=sequence,
        expires=datetime.fromisoformat(_one(info, "expires")),
        reply_to=parameters.get("GERBANG-REPLY-TO", [None])[0],
        headline=_one(info, "headline"),
        references=_references(alert, _one(alert, "msgType")),
        parameters=parameters,
        addresses=tuple((alert["addresses"][0].text or "").split()) if alert.get("addresses") else (),
    )


def _pairs(elements: Sequence[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in elements:
        names = [str(child.tag).removeprefix(_N) for child in element]
        if names != ["valueName", "value"]:
            raise Unfit(422, "schema", "a parameter is valueName and value")
        found.setdefault(element[0].text or "", []).append(element[1].text or "")
    return found


def _references(alert: dict[str, list[Any]], kind: str) -> tuple[Reference, ...]:
    text = (alert["references"][0].text or "") if alert.get("references") else ""
    if kind != "Alert" and not text.split():
        raise Unfit(422, "schema", f"{kind} refers to nothing")
    return tuple(_reference(*part.split(",")) for part in text.split())


def _reference(*parts: str) -> Reference:
    if len(parts) != 3 or not all(_NAME.fullmatch(part) for part in parts) or not _TIME.fullmatch(parts[2]):
        raise Unfit(422, "schema", "a reference is sender,identifier,sent")
    return Reference(*parts)
