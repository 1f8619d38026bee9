"""How a value stands as text in a CAP element: one reader, which raises ValueError, and one writer each."""

import re
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from contracts import Ring

from .model import Circle, Reference
from .moments import moment, written

_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_NUMBER = r"[+-]?\d{1,9}(?:\.\d{1,20})?"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_DECIMAL = re.compile(_NUMBER, re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_REFERENCE = re.compile(r"([^\s,<&]+),([^\s,<&]+),([^\s,<&]+)")
_MEMBER = re.compile(r'"([^"]*)"|([^\s"]+)')
# What XML 1.0 (section 2.2) cannot hold, lone surrogates included.
_NO_SIGN_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Form(NamedTuple):
    """
    *read* turns text into a value, *write* a value into text in the local time of a zone.

    *never_blank*: by the schema an element without text is none of this form.
    """

    read: Callable[[str], Any]
    write: Callable[[Any, timezone], str]
    never_blank: bool = False


def scrubbed(text: str) -> str:
    """Return *text* without what XML cannot hold; a line ends with a line feed."""
    return _NO_SIGN_OF_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def coded(kind: type[StrEnum]) -> Form:
    """Return the form of one code list; blanks around a code are a mistake (XML Schema string)."""
    return Form(kind, lambda value, _: str(value), never_blank=True)


def _fitting(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError("form")
    return found


def _language(text: str) -> str:
    return _fitting(_LANGUAGE, text.strip())[0]


def _decimal(text: str) -> Decimal:
    return Decimal(_fitting(_DECIMAL, text.strip())[0])


def _whole(text: str) -> int:
    return int(_fitting(_WHOLE, text.strip())[0])


def _point(text: str) -> tuple[float, float]:
    found = _fitting(_POINT, text)
    return float(found[1]), float(found[2])


def _ring(text: str) -> Ring:
    points = tuple(_point(part) for part in text.split())
    if not points:
        raise ValueError("form")
    return points


def _circle(text: str) -> Circle:
    point, _, radius = text.strip().partition(" ")
    return Circle(*_point(point), float(_decimal(radius)))


def _references(text: str) -> tuple[Reference, ...]:
    found = [_fitting(_REFERENCE, part) for part in text.split()]
    return tuple(Reference(each[1], each[2], moment(each[3])) for each in found)


def _group(text: str) -> tuple[str, ...]:
    if _MEMBER.sub("", text).strip():
        raise ValueError("form")
    return tuple(quoted or bare for quoted, bare in _MEMBER.findall(text) if quoted or bare)


def _group_text(members: tuple[str, ...], _: timezone) -> str:
    told = [scrubbed(member).replace('"', "") for member in members]
    return " ".join(f'"{each}"' if re.search(r"\s", each) else each for each in told)


def _references_text(references: tuple[Reference, ...], zone: timezone) -> str:
    return " ".join(f"{each.sender},{each.identifier},{written(each.sent, zone)}" for each in references)


def degrees(number: float) -> str:
    """Return *number* to a tenth of a metre, without an exponent."""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _ring_text(ring: Ring, _: timezone) -> str:
    return " ".join(f"{degrees(latitude)},{degrees(longitude)}" for latitude, longitude in ring)


def _circle_text(circle: Circle, _: timezone) -> str:
    return f"{degrees(circle.latitude)},{degrees(circle.longitude)} {degrees(circle.radius_km)}"


def _moment_text(at: datetime, zone: timezone) -> str:
    return written(at, zone)


TEXT = Form(str, lambda text, _: scrubbed(text))
LANGUAGE = Form(_language, lambda text, _: text, never_blank=True)
MOMENT = Form(moment, _moment_text, never_blank=True)
DECIMAL = Form(_decimal, lambda number, _: format(number, "f"), never_blank=True)
WHOLE = Form(_whole, lambda number, _: str(number), never_blank=True)
RING = Form(_ring, _ring_text)
CIRCLE = Form(_circle, _circle_text)
REFERENCES = Form(_references, _references_text)
GROUP = Form(_group, _group_text)
