"""One hospital while the sandbox runs: its Locations, and which bed serves which need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.building import FREE, ISOLATED, SHUT, TAKEN, Place
from sandbox.fhir.shelf import Resource, Shelf
from sandbox.table import HospitalRow

STATES = {
    "C": "Closed",
    "H": "Housekeeping",
    "I": "Isolated",
    "K": "Contaminated",
    "O": "Occupied",
    "U": "Unoccupied",
}
STATE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0116"


def state_coding(code: str) -> dict[str, str]:
    """Return the operationalStatus Coding for *code* of HL7 table 0116."""
    return {"system": STATE_SYSTEM, "code": code, "display": STATES.get(code, code)}


def state_of(location: Resource) -> str | None:
    """Return the code of operationalStatus, None where there is none."""
    code = location.get("operationalStatus", {}).get("code")
    return str(code) if code is not None else None


@dataclass(slots=True)
class Hospital:
    """A row of the table come to life; *bearers* are the places that carry a state, by Location id."""

    row: HospitalRow
    locations: Shelf
    organizations: tuple[Resource, ...] = ()
    withheld: frozenset[str] = frozenset()
    bearers: dict[str, Place] = field(default_factory=dict)

    def beds(self, key: str) -> list[Resource]:
        """Every Location in use that carries a state for *key*: a need, or `kelas-1` ... `vip`."""
        ids = [place_id for place_id, place in self.bearers.items() if key in (place.row.key, place.row.need)]
        found = [location for location in map(self.locations.get, ids) if location is not None]
        return [location for location in found if location.get("status") == "active"]

    def set_state(self, location: Resource, code: str, at: datetime) -> None:
        """Move one bed into another state."""
        self.locations.put({**location, "operationalStatus": state_coding(code)}, at)

    def set_free(self, key: str, free: int, at: datetime) -> None:
        """Make exactly *free* beds of *key* free; raise ValueError if there are fewer beds."""
        beds = [bed for bed in self.beds(key) if state_of(bed) != SHUT]
        if not 0 <= free <= len(beds):
            raise ValueError(f"{self.row.id} has {len(beds)} beds for {key}")
        for number, bed in enumerate(beds):
            self.set_state(bed, FREE if number < free else TAKEN, at)

    def truth(self) -> Mapping[str, dict[str, Any]]:
        """Free beds and beds in use per need and per class: what a good reader must find."""
        keys = {place.row.need for place in self.bearers.values()} | {
            place.row.key for place in self.bearers.values()
        }
        return {key: _count(key, self.beds(key)) for key in sorted(keys)}


def _count(key: str, beds: Iterable[Resource]) -> dict[str, int]:
    states = [state_of(bed) for bed in beds]
    free = states.count(FREE) + (states.count(ISOLATED) if key == "isolation" else 0)
    return {"free": free, "total": len(states) - states.count(SHUT)}
