"""Bytes to a message: what the schema says of order, number, codes and forms; all else is in `rules`."""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from contracts import Garbled

from .forms import Form
from .hardened import tree
from .model import Message
from .shape import NAMESPACE, PARTS, SIGNATURES, Part

V = TypeVar("V")

_CAP = f"{{{NAMESPACE}}}"
_SIGNATURE = f"{{{SIGNATURES}}}"
_SCHEMA_HINTS = "{http://www.w3.org/2001/XMLSchema-instance}"


def read(body: bytes) -> Message:
    """
    Return the message in *body*.

    Raises Garbled; its code names the element and what is wrong with it, never what stood there.
    """
    root = tree(body)
    if root.tag != f"{_CAP}alert":
        raise Garbled("cap.namespace" if root.tag.endswith("}alert") else "cap.no_alert")
    empty: list[str] = []
    values = _values(root, Message, empty)
    return Message(**values, empty=tuple(empty))


def _values(block: Any, kind: type, empty: list[str]) -> dict[str, Any]:
    """Return the fields of one block by name; *empty* grows by the optional elements without a word."""
    found: dict[str, list[Any]] = {}
    for part, element in _in_order(block, kind):
        if isinstance(part.within, type):
            held = part.within(**_values(element, part.within, empty))
        else:
            held = _leaf(element, part, empty)
        if held is not None:
            found.setdefault(part.field, []).append(held)
    for part in PARTS[kind]:
        if part.required and part.field not in found:
            raise Garbled(f"cap.missing.{part.element}")
    several = {part.field for part in PARTS[kind] if part.many}
    return {name: tuple(held) if name in several else held[0] for name, held in found.items()}


def _in_order(block: Any, kind: type) -> Iterator[tuple[Part, Any]]:
    """Go through the children; each must be the same element as the one before, or a later one."""
    parts, at = PARTS[kind], 0
    children = list(block)
    _demand_no_stray(block, children)
    for child in children:
        if child.tag.startswith(_SIGNATURE) and kind is Message:
            at = len(parts)
            continue
        at = _place(child.tag, parts, at)
        yield parts[at], child
        at += 0 if parts[at].many else 1


def _place(tag: str, parts: tuple[Part, ...], at: int) -> int:
    name = tag.removeprefix(_CAP)
    places = [place for place, part in enumerate(parts) if part.element == name]
    if not places or not tag.startswith(_CAP):
        raise Garbled("cap.unknown_element")
    if places[0] < at:
        raise Garbled(f"cap.order.{name}")
    return places[0]


def _leaf(element: Any, part: Part, empty: list[str]) -> Any:
    _demand_no_stray(element, None)
    form, text = cast("Form", part.within), element.text or ""
    if not text.strip() and not part.may_be_empty:
        if part.required or form.never_blank:
            raise Garbled(f"cap.empty.{part.element}")
        empty.append(part.element)
        return None
    try:
        return form.read(text)
    except (ValueError, OverflowError):
        raise Garbled(f"cap.form.{part.element}") from None


def _demand_no_stray(element: Any, children: list[Any] | None) -> None:
    """Refuse attributes CAP does not know, children in a text (None), text between children."""
    if any(not name.startswith(_SCHEMA_HINTS) for name in element.attrib):
        raise Garbled("cap.attribute")
    if children is None:
        if len(element):
            raise Garbled("cap.nested")
        return
    between = [element.text, *(child.tail for child in children)]
    if any(text and text.strip() for text in between):
        raise Garbled("cap.stray_text")
