"""
The log as FHIR R4 AuditEvents in the shape of IHE BALP, one line each (NDJSON).

An event is a translation for other systems and proves nothing by itself: its last entity names the entry and
its leaf hash, and those lead back to the evidence. What is sealed (`pii`) is never in it.

Cost: 0.2 ms of CPU an event (a heartbeat) to 0.5 ms (an eligibility check), most of it the check by
`fhir.resources`; the first one loads that library, 0.3 to 0.9 s (2026-11-25, two cores).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec

from gateway.audit.canonical import Record

from . import balp
from .balp import Coding, Pattern, Shape

Element = dict[str, Any]  # a FHIR element as JSON has it

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_UNFIT = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")  # not in a FHIR string
_NIK = re.compile(r"(?<![0-9A-Za-z])[0-9]{16}(?![0-9A-Za-z])")

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(Record).decode


class Unreadable(ValueError):
    """The entry is no record of the log's form; the message names its place and nothing of it."""


def audit_event(log: str, seq: int, leaf: str, record: Mapping[str, Any], *, site: str) -> bytes:
    """
    Return one entry as the canonical JSON (sorted, compact, UTF-8) of an AuditEvent, with a line feed.

    *site* is the domain name whose log it is; the identifiers' systems are made of it. Raises Unreadable.
    """
    try:
        return _line(log, seq, leaf, msgspec.convert(record, Record), site)
    except ValueError:
        raise _unreadable(log, seq) from None  # pydantic's text and msgspec's may repeat what stood there


def ndjson(lines: Iterable[tuple[str, int, str, str]], *, site: str) -> Iterator[bytes]:
    """Yield an event for each (log, seq, leaf, text of the record). Raises Unreadable."""
    for log, seq, leaf, text in lines:
        try:
            event = _line(log, seq, leaf, _decode(text.encode("utf-8", "surrogateescape")), site)
        except ValueError:
            raise _unreadable(log, seq) from None  # as above
        yield event


def _unreadable(log: str, seq: int) -> Unreadable:
    return Unreadable(f"{log}/{seq}: no AuditEvent can be made of this entry; see `gerbang audit verify`")


def _line(log: str, seq: int, leaf: str, record: Record, site: str) -> bytes:
    event = _Event(log, seq, leaf, record, site).resource()
    # Built and checked; what goes out is what went in. The model's own dump costs twice the check.
    _model().model_validate(event)
    return _encode(event) + b"\n"


@cache
def _model() -> Any:
    from fhir.resources.R4B.auditevent import AuditEvent  # slow to load, and few commands need it

    return AuditEvent


class _Event:
    """One entry on its way to FHIR."""

    def __init__(self, log: str, seq: int, leaf: str, record: Record, site: str) -> None:
        self.name, self.leaf, self.record, self.site = f"{log}/{seq}", leaf, record, site
        self.gateway = self.identified("Device", "gateways", log.rpartition("/")[2])
        self.pattern: Pattern = balp.pattern_of(record.act, record.outcome, record.code)
        if self.pattern.shape is Shape.DISCLOSURE and not (record.partner and record.subj and record.fields):
            self.pattern = self.pattern._replace(shape=Shape.OWN)

    def resource(self) -> Element:
        """Return the AuditEvent."""
        record, pattern = self.record, self.pattern
        act = {"system": self.system("acts"), "code": _code(record.act)}
        words = (_text(record.outcome), _text(record.code))
        event: Element = {
            "resourceType": "AuditEvent",
            "id": _id_of(self.name),
            "type": pattern.type,
            "subtype": [*pattern.subtypes, act],
            "action": pattern.action,
            "recorded": record.ts,
            "outcome": balp.outcome_of(record.outcome, record.code),
            "outcomeDesc": ": ".join(word for word in words if word) or "unknown",
            "agent": self.agents(),
            "source": {"site": self.site, "observer": self.gateway, "type": [balp.APPLICATION_SERVER]},
            "entity": self.entities(),
        }
        if pattern.shape is Shape.DISCLOSURE:
            event["meta"] = {"profile": [balp.DISCLOSURE_AT_SOURCE]}
            event |= self.purpose("purposeOfEvent")
        return event

    def agents(self) -> list[Element]:
        """Return who took part; the one who acted is the requestor, and nobody else is."""
        house = {"address": self.site, "type": balp.MACHINE_NAME}
        match self.pattern.shape:
            case Shape.QUERY | Shape.UPDATE:
                return [
                    self.asker(balp.SOURCE),
                    _other(balp.DESTINATION, self.gateway, network=house),
                ]
            case Shape.DISCLOSURE:
                partner = self.identified("Organization", "partners", self.record.partner)
                # The profile wants a network address. The log names the partner; its address is a setting.
                return [
                    _other(balp.SOURCE, self.gateway, network=house),
                    _other(balp.DESTINATION, partner, network=_ABSENT),
                    self.asker(balp.APPLICATION),
                ]
            case Shape.REFUSAL:
                return [
                    self.asker(balp.APPLICATION) | self.neighbourhood(),
                    _other(balp.AUTHORIZER, self.gateway),
                ]
            case Shape.OWN:
                return [self.asker(balp.APPLICATION)]

    def asker(self, part: Coding) -> Element:
        """Return who acted, in which role and what for."""
        actor = self.record.actor
        if actor.kind == "system":
            who = self.gateway
        elif actor.kind == "person":
            who = self.identified("Practitioner", "accounts", actor.id)
        else:
            known = None if actor.id == "unknown" else actor.id
            who = self.identified("Device", "access-keys", known)
        role = {"coding": [{"system": self.system("roles"), "code": _code(actor.role)}]}
        agent = {"type": {"coding": [part]}, "role": [role], "who": who, "requestor": True}
        return agent | self.purpose("purposeOfUse")

    def purpose(self, element: str) -> Element:
        """Return the purpose of use under that name, or nothing."""
        purpose = _text(self.record.purpose)
        if purpose is None:
            return {}
        if purpose in balp.PURPOSES:
            return {element: [{"coding": [{"system": balp.ACT_REASON, "code": purpose}]}]}
        return {element: [{"text": purpose}]}

    def neighbourhood(self) -> Element:
        """Return the network that a refused question came from, as coarse as the log keeps it."""
        source = _text((self.record.detail or {}).get("source"))
        if source is None or source == "unknown":
            return {}
        return {"network": {"address": source, "type": balp.IP_ADDRESS}}

    def entities(self) -> list[Element]:
        """Return whom and what it was about, and last the entry itself."""
        return [*self.people(), *self.things(), self.evidence()]

    def people(self) -> Iterator[Element]:
        record = self.record
        if record.subj:
            who = self.identified("Patient", "pseudonyms", record.subj)
            yield {"type": balp.PERSON, "role": balp.PATIENT, "what": who}
        if fields := [text for name in record.fields if (text := _text(name))]:
            told = [{"type": "field", "valueString": name} for name in fields]
            yield {"type": balp.OTHER, "role": balp.REPORT, "name": "personal data told", "detail": told}
        if record.partner and self.pattern.shape is not Shape.DISCLOSURE:
            yield {
                "type": balp.ORGANIZATION,
                "what": self.identified("Organization", "partners", record.partner),
            }

    def things(self) -> Iterator[Element]:
        record = self.record
        if record.obj is not None:
            kind = _code(record.obj.type or "object")
            system, role = balp.OBJECTS.get(kind, (kind, balp.DOMAIN_RESOURCE))
            what = {"what": self.identified(None, system, record.obj.id)} if record.obj.id else {}
            yield {"type": balp.SYSTEM_OBJECT, "role": role, "name": kind, **what}
        if self.pattern.shape is Shape.QUERY:
            yield {"type": balp.SYSTEM_OBJECT, "role": balp.QUESTION, "name": _code(record.act)}
        if request := _text(record.req):
            yield {"type": balp.REQUEST_ID, "what": {"identifier": {"value": request}}}

    def evidence(self) -> Element:
        """Return the entry: its name, its leaf and its details."""
        record = self.record
        detail = [*_pairs("leaf", self.leaf), *_pairs("lat_ms", record.lat_ms)]
        detail += _pairs("detail", record.detail)
        what = self.identified(None, "audit", self.name)
        return {"type": balp.OTHER, "role": balp.SECURITY_RESOURCE, "what": what, "detail": detail}

    def identified(self, kind: str | None, system: str, value: object) -> Element:
        """Return a reference by identifier, for nothing of this is a resource on a server."""
        text = _text(value)
        named: Element = {} if kind is None else {"type": kind}
        if text is None:
            return named | {"display": "unknown"}
        return named | {"identifier": {"system": self.system(system), "value": text}}

    def system(self, name: str) -> str:
        return f"https://{self.site}/{name}"


_ABSENT: Element = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}


def _other(part: Coding, who: Element, **more: Element) -> Element:
    return {"type": {"coding": [part]}, "who": who, "requestor": False, **more}


def _pairs(name: str, value: object) -> Iterator[Element]:
    if isinstance(value, Mapping):
        for key, inner in sorted(value.items()):
            yield from _pairs(f"{name}.{key}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _pairs(name, inner)
    elif text := _text(value):
        yield {"type": _text(name), "valueString": text}


def _text(value: object) -> str | None:
    """Return a FHIR string, None for what is empty. No NIK has a place in the log; none leaves it here."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _NIK.sub("(16 digits)", _UNFIT.sub(" ", text)).strip() or None


def _code(value: str) -> str:
    """Return a FHIR code: no blanks."""
    return "-".join((_text(value) or "unknown").split())


def _id_of(name: str) -> str:
    # A replica has no dot in its name: no two entries share an id.
    wanted = name.replace("/", ".")
    return wanted if _ID.fullmatch(wanted) else sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
