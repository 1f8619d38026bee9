"""The few elements read of a hospital's copy of a referral, each as lenient as it may be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import msgspec
from msgspec import Raw, Struct

from contracts import Garbled

from .outcome import error_of
from .structs import UNREADABLE, Issue, Reference, looks_like


class Code(Struct):
    """A code and its system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class Said(Struct):
    """A CodeableConcept of any length."""

    coding: Sequence[Code] = ()
    text: str | None = None

    def has(self, code: str) -> bool:
        """Say whether it is that code, in whatever system, or that very text."""
        return self.text == code or any(coding.code == code for coding in self.coding)


class Identifier(Struct):
    """A number somebody gave; some servers write numbers as numbers."""

    system: str | None = None
    value: str | int | None = None


class Version(Struct, rename="camel"):
    """Which version of the resource this is."""

    version_id: str | int | None = None
    last_updated: str | None = None


class Output(Struct, rename="camel"):
    """What a hospital adds to its answer."""

    type: Said | None = None
    value_date_time: str | None = None
    value_coding: Code | None = None


class Kept(Struct, rename="camel"):
    """A Task, ServiceRequest, CarePlan or OperationOutcome: what is read of all four."""

    resource_type: str
    id: str | int | None = None
    meta: Version | None = None
    identifier: Sequence[Identifier] = ()
    based_on: Sequence[Reference] = ()
    status: str | None = None
    status_reason: Said | None = None
    business_status: Said | None = None
    priority: str | None = None
    focus: Reference | None = None
    last_modified: str | None = None
    output: Sequence[Output] = ()
    issue: Sequence[Issue] = ()

    def carries(self, system: str, value: str) -> bool:
        """Say whether it has that identifier."""
        return any(each.system == system and str(each.value) == value for each in self.identifier)


@dataclass(frozen=True, slots=True)
class Copy:
    """A resource as the hospital keeps it: what is read of it, the whole of it, and which version that is."""

    kept: Kept
    raw: bytes
    etag: str | None = None

    @property
    def id(self) -> str:
        """Its id at the hospital."""
        return str(self.kept.id)

    def whole(self) -> dict[str, Any]:
        """Return every element, numbers to the last digit. It was read before, so it can be."""
        read: dict[str, Any] = _WHOLE.decode(self.raw)
        return read


class Row(Struct):
    """One entry of a search answer."""

    resource: Raw = Raw(b"null")


class Link(Struct):
    """A link of a search answer; `self` tells which parameters were understood."""

    relation: str | None = None
    url: str | None = None


class Rows(Struct, rename="camel"):
    """A search answer, or an OperationOutcome in its place."""

    resource_type: str
    type: str | None = None
    total: int | str | None = None
    link: Sequence[Link] = ()
    entry: Sequence[Row] = ()
    issue: Sequence[Issue] = ()


# An id is put into addresses: nothing but a name, and not a step upwards.
ID = re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9._\-]{1,64}")
_KEPT = msgspec.json.Decoder(Kept)
_ROWS = msgspec.json.Decoder(Rows)
_WHOLE = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
_BOM = b"\xef\xbb\xbf"


def read_copy(response: httpx.Response, kind: str) -> Copy:
    """Read the *kind* that an answer carries. Raises Garbled, or what an outcome in its place means."""
    return copy_of(response.content.removeprefix(_BOM), kind, etag=response.headers.get("etag"))


def copy_of(raw: bytes, kind: str, *, etag: str | None = None) -> Copy:
    """Read one resource of *kind*; its version is *etag*'s, or its own. Raises as `read_copy`."""
    try:
        kept = _KEPT.decode(raw)
    except UNREADABLE as wrong:
        raise Garbled(looks_like(raw)) from wrong
    if kept.resource_type == "OperationOutcome":
        raise error_of(kept.issue) or Garbled("outcome_only")
    if kept.resource_type != kind or kept.id is None or not ID.fullmatch(str(kept.id)):
        raise Garbled(f"not_a_{kind.lower()}")
    version = kept.meta.version_id if kept.meta else None
    return Copy(kept, raw, etag or (f'W/"{version}"' if version else None))


def read_rows(body: bytes) -> Rows:
    """Read a search answer. Raises Garbled, or what an OperationOutcome in its place means."""
    body = body.removeprefix(_BOM)
    try:
        rows = _ROWS.decode(body)
    except UNREADABLE as wrong:
        raise Garbled(looks_like(body)) from wrong
    if rows.resource_type == "OperationOutcome":
        raise error_of(rows.issue) or Garbled("not_a_searchset")
    if rows.resource_type != "Bundle":
        raise Garbled("not_a_searchset")
    return rows
