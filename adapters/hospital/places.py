"""
What a bed inherits from where it stands: the need it serves, its class, ward and owner.

A bed in an ICU is told by its room's type: the bed's own Kemkes type RT0004 only says "bed". So
`partOf` is walked upwards, each place once, and never round in circles.
"""

from collections.abc import Container, Iterable
from functools import lru_cache
from typing import NamedTuple

from contracts import BedState, Need

from .states import own_state, plain
from .structs import Concept, Reference, Resource
from .words import need_in_words

# Kemkes location-type, code system of 2023-11-02. A type that is not here says nothing, and what
# the place stands in decides: so for treatment and observation rooms (RT0026, RT0028, RT0029,
# RT0031), which are mostly rooms of the IGD. Units for one organ or one age (ICCU, RICU, infected
# newborns) are OTHER on purpose: a free bed there is no free bed for whoever needs an ICU. So is
# RT0010, which mixes ICU, HCU and PICU.
KEMKES = {
    "RT0006": Need.IGD,
    "RT0007": Need.ICU,
    "RT0008": Need.DELIVERY,
    "RT0009": Need.ICU,
    "RT0010": Need.OTHER,
    "RT0011": Need.PICU,
    "RT0012": Need.NICU,
    "RT0013": Need.HCU,
    "RT0014": Need.OTHER,
    "RT0015": Need.OTHER,
    "RT0016": Need.WARD,
    "RT0017": Need.OTHER,
    "RT0018": Need.ISOLATION,
    "RT0019": Need.OTHER,
    "RT0020": Need.OTHER,
    "RT0021": Need.OTHER,
    "RT0022": Need.OTHER,
    "RT0023": Need.ISOLATION,
    "RT0024": Need.WARD,
    "RT0025": Need.OTHER,
    "RT0027": Need.IGD,
    "RT0030": Need.DELIVERY,
    "RT0032": Need.IGD,
}
# HL7 v3 RoleCode, branch ServiceDeliveryLocationRoleType; codes for a whole hospital say nothing.
ROLE = {
    "ER": Need.IGD,
    "ETU": Need.IGD,
    "ICU": Need.ICU,
    "PEDICU": Need.PICU,
    "PEDNICU": Need.NICU,
    "HU": Need.WARD,
    "PEDU": Need.WARD,
    "CCU": Need.OTHER,
    "PHU": Need.OTHER,
    "RHU": Need.OTHER,
    "BMTU": Need.OTHER,
    "EPIL": Need.OTHER,
    "SLEEP": Need.OTHER,
}
_KEMKES_SYSTEM = "http://terminology.kemkes.go.id/codesystem/location-type"
_NEEDS = {
    _KEMKES_SYSTEM: KEMKES,
    "http://terminology.hl7.org/codesystem/v3-rolecode": ROLE,
    "http://hl7.org/fhir/v3/rolecode": ROLE,  # before R4
    "urn:oid:2.16.840.1.113883.5.111": ROLE,
}
_KINDS = {
    None,
    "http://terminology.hl7.org/codesystem/location-physical-type",
    "http://hl7.org/fhir/location-physical-type",  # before R4
}
# The code system's own codes (R4, and `vi` of R5); the element's binding is an example only.
_KINDS_OF_PLACE = frozenset("si bu wi wa lvl co ro bd ve ho ca rd area jdn vi".split())
_BED_WORDS = frozenset({"bed", "tempat tidur"})
_BED_TYPE = "RT0004"
_NO_WARD = frozenset({"si", "bu", "wi", "lvl", "jdn", "area"})  # too large to tell a crew where to go
_CLASS_EXTENSION = "locationserviceclass"


class Place(NamedTuple):
    """What everything inside a place inherits; *adrift* when a place further out is not known."""

    need: Need | None = None
    kelas: str | None = None
    ward: str | None = None
    owner: str | None = None
    state: BedState | None = None  # closed, soon or isolated: a free bed inside is no more than that
    adrift: bool = False


NOWHERE = Place()
_LOST = Place(adrift=True)


class Places:
    """All Locations of a hospital by id, and what is inherited from each."""

    def __init__(self, rows: Iterable[Resource]) -> None:
        self._rows = {str(row.id): row for row in rows}
        self._known: dict[str, Place] = {}
        self._by_reference: dict[str, Place] = {}
        self.remarks: set[str] = set()

    def around(self, row: Resource) -> Place:
        """Return what *row* inherits from what it stands in."""
        if row.part_of is None:
            return NOWHERE
        reference = row.part_of.reference or ""
        place = self._by_reference.get(reference)
        if place is None:
            place = self._by_reference[reference] = self._walk(_outwards(row))
        return place

    def holders(self, rows: Iterable[Resource]) -> set[str]:
        """Return the ids of everything *rows* stand in; each place is passed once however many are inside."""
        ids: set[str] = set()
        for row in rows:
            above = _outwards(row)
            while above is not None and above not in ids:
                ids.add(above)
                holder = self._rows.get(above)
                above = _outwards(holder) if holder else None
        return ids

    def _walk(self, above: str | None) -> Place:
        """Walk outwards to a place already known, then inwards again, remembering each."""
        way: dict[str, None] = {}
        while above is not None and above not in self._known and above in self._rows and above not in way:
            way[above] = None
            above = _outwards(self._rows[above])
        place = self._start(above, way)
        for key in reversed(way):
            place = self._known[key] = _inside(place, self._rows[key])
        return place

    def _start(self, above: str | None, way: Container[str]) -> Place:
        if above is None:
            return NOWHERE
        if above in self._known:
            return self._known[above]
        if above in way:
            self.remarks.add("part_of_loop")
            return NOWHERE
        return _LOST


def _outwards(row: Resource) -> str | None:
    """Return the id of what *row* stands in: None for nothing, a name of nobody where it is not told."""
    return None if row.part_of is None else id_of(row.part_of) or ""


def kind_of(row: Resource) -> str | None:
    """Return the physical kind (`bd ro wa` ...); a Kemkes type "bed" counts where none that is known is."""
    physical = row.physical_type
    if physical is None:
        return "bd" if _has_bed_type(row) else None
    for coding in physical.codings():
        code = _kind_code(coding.system, coding.code)
        if code is not None:
            return code
    named_bed = (physical.text or "").strip().lower() in _BED_WORDS
    return "bd" if named_bed or _has_bed_type(row) else None


def id_of(reference: Reference | None) -> str | None:
    """Return the id a reference ends in, whether relative, absolute, versioned or a UUID urn."""
    if reference is None or not reference.reference:
        return None
    path = reference.reference.strip().partition("/_history/")[0]
    return path.rpartition("/")[2].removeprefix("urn:uuid:") or None


def _inside(outer: Place, row: Resource) -> Place:
    """Return what a place hands on to everything in it."""
    need = need_of(row)
    kind = kind_of(row)
    own_ward = kind == "wa" or (outer.ward is None and (kind not in _NO_WARD or need is not None))
    return Place(
        need=need or outer.need,
        kelas=class_of(row) or outer.kelas,
        ward=row.name if own_ward and row.name else outer.ward,
        owner=id_of(row.managing_organization) or outer.owner,
        state=_state_inside(outer, row),
        adrift=outer.adrift,
    )


def _state_inside(outer: Place, row: Resource) -> BedState | None:
    """Return what the place makes of a free bed inside it; closed outweighs the rest."""
    own = own_state(row)
    if BedState.CLOSED in (outer.state, own):
        return BedState.CLOSED
    return own if own in (BedState.SOON, BedState.ISOLATED) else outer.state


def need_of(row: Resource) -> Need | None:
    """Return the need the row's own type speaks of; of several the one that says more than "ward"."""
    needs = [need for concept in _types(row) for need in _needs_of(concept)]
    return next((need for need in needs if need is not Need.WARD), needs[0] if needs else None)


def _needs_of(concept: Concept) -> list[Need]:
    """Return what each coding says; the text counts only where no coding says anything."""
    coded = [_coded_need(coding.system, coding.code, coding.display) for coding in concept.codings()]
    said = [need for need in coded if need is not None]
    if said or not concept.text:
        return said
    in_words = need_in_words(concept.text)
    return [in_words] if in_words else []


@lru_cache(maxsize=1024)
def _coded_need(system: str | None, code: str | None, display: str | None) -> Need | None:
    table = _NEEDS.get(plain(system) or "")
    if table is not None:
        return table.get((code or "").strip())
    return need_in_words(display or "") or need_in_words(code or "")


@lru_cache(maxsize=256)
def _kind_code(system: str | None, code: str | None) -> str | None:
    kind = (code or "").strip().lower()
    return kind if kind in _KINDS_OF_PLACE and plain(system) in _KINDS else None


def _types(row: Resource) -> Iterable[Concept]:
    types = row.type
    if types is None or isinstance(types, str):
        return ()
    return (types,) if isinstance(types, Concept) else types


def _has_bed_type(row: Resource) -> bool:
    return any(
        coding.code == _BED_TYPE and plain(coding.system) == _KEMKES_SYSTEM
        for concept in _types(row)
        for coding in concept.codings()
    )


def class_of(row: Resource) -> str | None:
    """Return the row's own room class, as the open list 1, 2, 3, vip, vvip ... has it."""
    for extension in row.extension or ():
        if not (plain(extension.url) or "").endswith(_CLASS_EXTENSION):
            continue
        coded = extension.value_codeable_concept
        for coding in coded.codings() if coded else ():
            if coding.code and len(coding.code) <= 20:
                return coding.code.strip().lower()
    return None
