"""What an order or a Task's input asks for, as a hospital reads it, and whether it has room."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.building import FREE, ISOLATED
from sandbox.fhir.shelf import Resource
from sandbox.hospital import Hospital, state_of

from .sayings import Saying

# Codes hospitals know: HL7 v3-RoleCode, the class codes of BPJS, Kemenkes' location-type, plain words.
_NEEDS = {
    "igd": "igd er rt0006 rt0026",
    "icu": "icu rt0007 rt0009",
    "hcu": "hcu rt0013",
    "nicu": "nicu pednicu nic rt0012",
    "picu": "picu pedicu pic rt0011",
    "isolation": "isolation iso isolasi rt0018",
    "delivery": "delivery sal bersalin rt0008",
    "ward": "ward hu rt0016 kl1 kl2 kl3 vip kelas bangsal",
}
_NEED_OF = {word: need for need, words in _NEEDS.items() for word in words.split()}
_WHERE = ("locationCode", "code", "orderDetail", "input")
_WORDY = ("coding", "code", "display", "text", "type", "valueCodeableConcept", "valueCoding", "valueString")


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in _WORDY:
            yield from _words(value.get(name))
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, str):
        yield from re.findall(r"\w+", value.lower())


def need_of(asking: Resource) -> str | None:
    """Return the need a ServiceRequest or Task names, None where it names none known here."""
    words = (word for element in _WHERE for word in _words(asking.get(element)))
    return next((_NEED_OF[word] for word in words if word in _NEED_OF), None)


def has_room(hospital: Hospital, need: str | None) -> bool:
    """Whether a bed for *need* is free; any bed where the need is unknown."""
    keys = [need] if need else [row.key for row in hospital.row.beds]
    free = {FREE, ISOLATED} if need == "isolation" else {FREE}
    return any(state_of(bed) in free for key in keys for bed in hospital.beds(key))


def own_mind(hospital: Hospital, *, need: str | None, emergency: bool) -> Saying:
    """Return what this hospital decides by itself: emergencies always come in."""
    return Saying("accept") if emergency or has_room(hospital, need) else Saying("decline", reason="full")
