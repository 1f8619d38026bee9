"""The schema as data: the elements of each block in the order CAP demands, and how each becomes a value."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from . import forms
from .forms import Form, coded
from .model import Area, Info, Message, Pair, Resource
from .words import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"  # may follow the last info; nobody here reads them


class Part(NamedTuple):
    """
    One element: the *field* it fills, and the form of its text or the block within.

    A *required* one may not be empty unless *may_be_empty*; one of *many* fills a tuple.
    """

    element: str
    field: str
    within: Form | type
    required: bool = False
    many: bool = False
    may_be_empty: bool = False


def _must(element: str, field: str, within: Form | type, *, many: bool = False) -> Part:
    return Part(element, field, within, required=True, many=many)


_MESSAGE = (
    _must("identifier", "identifier", forms.TEXT),
    _must("sender", "sender", forms.TEXT),
    _must("sent", "sent", forms.MOMENT),
    _must("status", "status", coded(Status)),
    _must("msgType", "msg_type", coded(MsgType)),
    Part("source", "source", forms.TEXT),
    _must("scope", "scope", coded(Scope)),
    Part("restriction", "restriction", forms.TEXT),
    Part("addresses", "addresses", forms.GROUP),
    Part("code", "codes", forms.TEXT, many=True),
    Part("note", "note", forms.TEXT),
    Part("references", "references", forms.REFERENCES),
    Part("incidents", "incidents", forms.GROUP),
    Part("info", "infos", Info, many=True),
)
_INFO = (
    Part("language", "language", forms.LANGUAGE),
    _must("category", "categories", coded(Category), many=True),
    _must("event", "event", forms.TEXT),
    Part("responseType", "response_types", coded(ResponseType), many=True),
    _must("urgency", "urgency", coded(Urgency)),
    _must("severity", "severity", coded(Severity)),
    _must("certainty", "certainty", coded(Certainty)),
    Part("audience", "audience", forms.TEXT),
    Part("eventCode", "event_codes", Pair, many=True),
    Part("effective", "effective", forms.MOMENT),
    Part("onset", "onset", forms.MOMENT),
    Part("expires", "expires", forms.MOMENT),
    Part("senderName", "sender_name", forms.TEXT),
    Part("headline", "headline", forms.TEXT),
    Part("description", "description", forms.TEXT),
    Part("instruction", "instruction", forms.TEXT),
    Part("web", "web", forms.TEXT),
    Part("contact", "contact", forms.TEXT),
    Part("parameter", "parameters", Pair, many=True),
    Part("resource", "resources", Resource, many=True),
    Part("area", "areas", Area, many=True),
)
_RESOURCE = (
    _must("resourceDesc", "description", forms.TEXT),
    _must("mimeType", "mime_type", forms.TEXT),
    Part("size", "size", forms.WHOLE),
    Part("uri", "uri", forms.TEXT),
    Part("derefUri", "deref_uri", forms.TEXT),
    Part("digest", "digest", forms.TEXT),
)
_AREA = (
    _must("areaDesc", "description", forms.TEXT),
    Part("polygon", "polygons", forms.RING, many=True),
    Part("circle", "circles", forms.CIRCLE, many=True),
    Part("geocode", "geocodes", Pair, many=True),
    Part("altitude", "altitude", forms.DECIMAL),
    Part("ceiling", "ceiling", forms.DECIMAL),
)
_PAIR = (
    _must("valueName", "name", forms.TEXT),
    Part("value", "value", forms.TEXT, required=True, may_be_empty=True),
)

PARTS: Mapping[type, tuple[Part, ...]] = MappingProxyType(
    {Message: _MESSAGE, Info: _INFO, Resource: _RESOURCE, Area: _AREA, Pair: _PAIR}
)
