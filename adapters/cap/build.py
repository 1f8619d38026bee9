"""A message to bytes, element by element in the order of the schema."""

from datetime import timezone
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it has no type hints

from contracts import CannotConvey

from .model import Info, Message
from .moments import WIB
from .shape import NAMESPACE, PARTS, Part

MEDIA_TYPE = "application/cap+xml"


def build(message: Message, *, zone: timezone = WIB) -> bytes:
    """
    Return *message* as XML; times stand in the local time of *zone*.

    Raises CannotConvey for an info that says no end: each receiver would make up its own.
    """
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _fill(root, message, zone)
    body: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return body


def _fill(element: Any, block: Any, zone: timezone) -> None:
    if isinstance(block, Info) and block.expires is None:
        raise CannotConvey("expires")
    for part in PARTS[type(block)]:
        value = getattr(block, part.field)
        for each in value if part.many else (value,):
            _add(element, part, each, zone)


def _add(element: Any, part: Part, value: Any, zone: timezone) -> None:
    if value is None or value == ():
        return
    if isinstance(part.within, type):
        _fill(etree.SubElement(element, f"{{{NAMESPACE}}}{part.element}"), value, zone)
        return
    text = part.within.write(value, zone)
    if text.strip() or part.required:
        etree.SubElement(element, f"{{{NAMESPACE}}}{part.element}").text = text
