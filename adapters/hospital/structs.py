"""
The few elements of FHIR R4 that are read, as slim structs: 5,000 beds in some 15 ms.

One struct serves CodeableConcept and Coding alike, because servers send either for
`operationalStatus`. A page is decoded in one go; where that fails because of one odd row, row by
row, and the odd ones are counted instead of failing the page.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Raw, Struct

from contracts import Garbled

Short = Annotated[str, msgspec.Meta(max_length=1000)]
"""What is looked up in tables, and remembered: no server fills the memory with one display of megabytes."""

MOST_ENTRIES = 20_000


class Coding(Struct, gc=False):
    """A code and the system that gives it its meaning."""

    system: Short | None = None
    code: Short | None = None
    display: Short | None = None


class Concept(Struct, gc=False):
    """A CodeableConcept, or a Coding in its place."""

    coding: Sequence[Coding] | None = None
    text: Short | None = None
    system: Short | None = None
    code: Short | None = None
    display: Short | None = None

    def codings(self) -> Sequence[Coding]:
        """Return its codings, also where the server sent a bare Coding."""
        if self.coding is not None:
            return self.coding
        return () if self.code is None else (Coding(self.system, self.code, self.display),)


class Reference(Struct, gc=False):
    """A pointer to another resource."""

    reference: str | None = None


class Meta(Struct, gc=False, rename="camel"):
    """When the resource last changed, as written on the wire."""

    last_updated: str | None = None


class Position(Struct, gc=False):
    """Coordinates in degrees; some servers write numbers as text."""

    latitude: float | str | None = None
    longitude: float | str | None = None


class Extension(Struct, gc=False, rename="camel"):
    """An extension; only coded ones are read."""

    url: Short | None = None
    value_codeable_concept: Concept | None = None


class Issue(Struct, gc=False):
    """One line of an OperationOutcome; its free texts are not read, they may name a person."""

    severity: str | None = None
    code: str | None = None


class Quantity(Struct, gc=False, rename="camel"):
    """One population of a MeasureReport's group."""

    code: Concept | None = None
    count: int | str | None = None


class Group(Struct, gc=False):
    """One group of a MeasureReport."""

    population: Sequence[Quantity] | None = None


class Resource(Struct, gc=False, rename="camel"):
    """
    A Location, Organization, MeasureReport or OperationOutcome: what is read of all four.

    *form* is R5's name for physicalType; it is read to recognise a server of that version. The
    fields stand in the order servers write them: msgspec finds the next one without searching.
    """

    resource_type: str
    id: str | int | None = None
    meta: Meta | None = None
    extension: Sequence[Extension] | None = None
    status: str | None = None
    operational_status: Concept | None = None
    name: str | None = None
    mode: str | None = None
    type: Sequence[Concept] | Concept | str | None = None
    physical_type: Concept | None = None
    form: Concept | None = None
    position: Position | None = None
    managing_organization: Reference | None = None
    part_of: Reference | None = None
    issue: Sequence[Issue] | None = None
    subject: Reference | None = None
    date: str | None = None
    reporter: Reference | None = None
    group: Sequence[Group] | None = None


class Mode(Struct, gc=False):
    """Why an entry is in a search answer: match, include or outcome."""

    mode: str | None = None


class Entry(Struct, gc=False):
    """One entry of a page."""

    resource: Resource | None = None
    search: Mode | None = None


class Link(Struct, gc=False):
    """A link of a page; `next` leads on."""

    relation: str | None = None
    url: str | None = None


class Page(Struct, gc=False, rename="camel"):
    """Whatever a FHIR server may answer to a search: a Bundle or an OperationOutcome."""

    resource_type: str
    total: int | str | None = None
    link: Sequence[Link] | None = None
    entry: Sequence[Entry] | None = None
    issue: Sequence[Issue] | None = None


class _LoosePage(Struct, gc=False, rename="camel"):
    resource_type: str
    total: int | str | None = None
    link: Sequence[Link] | None = None
    entry: Sequence[Raw] | None = None
    issue: Sequence[Issue] | None = None


class Capability(Struct, gc=False, rename="camel"):
    """What is read of a CapabilityStatement; *rest* apart, so that an odd one does not hide the version."""

    fhir_version: str | None = None
    rest: Raw = Raw(b"[]")


class Promise(Struct, gc=False, rename="camel"):
    """What a server promises for one type of resource."""

    type: str | None = None
    conditional_create: bool | None = None


class Rest(Struct, gc=False):
    """One part of a CapabilityStatement."""

    resource: Sequence[Promise] = ()


_PAGE = msgspec.json.Decoder(Page)
_LOOSE_PAGE = msgspec.json.Decoder(_LoosePage)
_ENTRY = msgspec.json.Decoder(Entry)
_CAPABILITY = msgspec.json.Decoder(Capability)
_REST = msgspec.json.Decoder(Sequence[Rest])
_BOM = b"\xef\xbb\xbf"
# What msgspec raises on bytes it cannot take: wrong JSON or shape, wrong UTF-8, too deep a nesting.
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def read_page(body: bytes) -> tuple[Page, int]:
    """
    Read one answer to a search; the number counts rows left out because they are unreadable.

    Raises Garbled with what the body looks like instead: `html xml empty not_json not_fhir`, or
    `too_many_rows` for more than MOST_ENTRIES on one page.
    """
    body = body.removeprefix(_BOM)
    try:
        page, unreadable = _PAGE.decode(body), 0
    except UNREADABLE:
        page, unreadable = _row_by_row(body)
    if len(page.entry or ()) > MOST_ENTRIES:
        raise Garbled("too_many_rows")
    return page, unreadable


def read_version(body: bytes) -> str | None:
    """Return the FHIR version a CapabilityStatement names, None where nothing can be read."""
    try:
        return _CAPABILITY.decode(body.removeprefix(_BOM)).fhir_version
    except UNREADABLE:
        return None


def read_conditional(body: bytes) -> frozenset[str]:
    """Return the types that a CapabilityStatement promises conditional create for; none in doubt."""
    try:
        rest = _REST.decode(_CAPABILITY.decode(body.removeprefix(_BOM)).rest)
    except UNREADABLE:
        return frozenset()
    promises = (promise for part in rest for promise in part.resource if promise.conditional_create)
    return frozenset(promise.type for promise in promises if promise.type)


def _row_by_row(body: bytes) -> tuple[Page, int]:
    try:
        loose = _LOOSE_PAGE.decode(body)
    except UNREADABLE as wrong:
        raise Garbled(looks_like(body)) from wrong
    if len(loose.entry or ()) > MOST_ENTRIES:
        raise Garbled("too_many_rows")
    entries = [_entry(raw) for raw in loose.entry or ()]
    read = [entry for entry in entries if entry is not None]
    page = Page(loose.resource_type, loose.total, loose.link, read, loose.issue)
    return page, len(entries) - len(read)


def _entry(raw: Raw) -> Entry | None:
    try:
        return _ENTRY.decode(raw)
    except UNREADABLE:
        return None


def looks_like(body: bytes) -> str:
    """Say what unreadable bytes are instead of FHIR: `html xml empty not_json not_fhir`."""
    start = body[:200].lstrip().lower()
    if not start:
        return "empty"
    if start.startswith(b"<"):
        return "html" if b"html" in start else "xml"
    try:
        msgspec.json.decode(body)
    except UNREADABLE:
        return "not_json"
    return "not_fhir"
