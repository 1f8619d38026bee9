"""Wards, rooms and beds of a hospital, worked out from its row: the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sandbox.table import BedRow, HospitalRow

FREE, TAKEN, CLEANING, DIRTY, SHUT, ISOLATED = "U", "O", "H", "K", "C", "I"

_WARD_NAMES = {
    "igd": "Instalasi Gawat Darurat",
    "icu": "Ruang ICU",
    "hcu": "Ruang HCU",
    "nicu": "Ruang NICU",
    "picu": "Ruang PICU",
    "isolation": "Ruang Isolasi Seroja",
    "delivery": "Ruang Bersalin Kenanga",
    "kelas-1": "Bangsal Anggrek (Kelas 1)",
    "kelas-2": "Bangsal Melati (Kelas 2)",
    "kelas-3": "Bangsal Mawar (Kelas 3)",
    "vip": "Paviliun Dahlia (VIP)",
}
_BEDS_PER_ROOM = {
    "igd": 8,
    "icu": 10,
    "hcu": 8,
    "nicu": 8,
    "picu": 6,
    "isolation": 1,
    "delivery": 2,
    "kelas-1": 2,
    "kelas-2": 4,
    "kelas-3": 6,
    "vip": 1,
}


@dataclass(frozen=True, slots=True)
class Place:
    """A ward (`wa`), room (`ro`) or bed (`bd`); *inside* is the key of what it stands in."""

    key: str
    kind: str
    name: str
    row: BedRow
    inside: str | None = None
    state: str | None = None


def _states(row: BedRow, random: Random) -> list[str]:
    """Exactly *free* beds to be had; of the rest most taken, few being cleaned, one in thirty shut."""
    states = [FREE] * row.free
    if row.need == "isolation" and row.free:
        states[0] = ISOLATED  # free for isolation cases, which is what such a ward is for
    for number in range(row.total - row.free):
        states.append({7: CLEANING, 17: DIRTY, 29: SHUT}.get(number % 30, TAKEN))
    random.shuffle(states)
    return states


def _ward(row: BedRow, random: Random) -> Iterator[Place]:
    name = _WARD_NAMES[row.key]
    yield Place(row.key, "wa", name, row)
    size = _BEDS_PER_ROOM[row.key]
    for number, state in enumerate(_states(row, random)):
        room = f"{row.key}-r{number // size + 1:02}"
        if number % size == 0:
            yield Place(room, "ro", f"{name}, kamar {number // size + 1}", row, row.key)
        yield Place(f"{room}-b{number + 1:03}", "bd", f"{name}, bed {number + 1}", row, room, state)


def places_of(hospital: HospitalRow, *, seed: int) -> list[Place]:
    """Every place of *hospital*, outer ones before what stands in them."""
    random = Random(f"{seed}/{hospital.id}")  # noqa: S311 - repeatable sample data
    return [place for row in hospital.beds for place in _ward(row, random)]


def without_single_beds(places: list[Place]) -> list[Place]:
    """Return the same where one-bed VIP rooms carry the state themselves and hold no bed."""
    inner = {place.inside: place for place in places if place.kind == "bd" and place.row.key == "vip"}
    kept = []
    for place in places:
        bed = inner.get(place.key)
        if bed is not None:
            kept.append(Place(place.key, "ro", place.name, place.row, place.inside, bed.state))
        elif not (place.kind == "bd" and place.row.key == "vip"):
            kept.append(place)
    return kept
