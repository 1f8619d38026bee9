"""
XML from strangers: UTF-8 of bounded length without a document type, or Garbled.

A schema is never given to the parser: with one, lxml 6.1.3 kills the process at a document that defines an
entity of its own (measured 2026-11-23, `facts/alerting.md` 6.2).
"""

import re
from codecs import BOM_UTF8
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # it has no type hints

from contracts import Garbled

LARGEST = 512 * 1024  # bytes; the longest of BMKG seen has some 50,000

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_READ_HERE = (b"utf-8", b"us-ascii", b"ascii")


def tree(body: bytes) -> Any:
    """Return the root of *body*, an lxml element without comments or instructions. Raises Garbled."""
    if len(body) > LARGEST:
        raise Garbled("xml.too_long")
    text = body.removeprefix(BOM_UTF8)
    _demand_utf8(text)
    if b"<!doctype" in text.lower():
        raise Garbled("xml.doctype")
    try:
        return etree.fromstring(text, _parser())
    except etree.XMLSyntaxError:
        raise Garbled("xml.syntax") from None


def _demand_utf8(text: bytes) -> None:
    """Other encodings would hide a document type from a search in bytes."""
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _READ_HERE:
        raise Garbled("xml.encoding")
    try:
        text.decode()
    except UnicodeDecodeError:
        raise Garbled("xml.encoding") from None


def _parser() -> Any:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
