"""HL7's own example Locations: not written by us, so a misreading of the standard would show here."""

import json
from pathlib import Path

import msgspec
import pytest
from fhir.resources.R4B.location import Location

from adapters.hospital.places import id_of, kind_of, need_of
from adapters.hospital.structs import Resource
from adapters.hospital.translate import capacity
from contracts import BedState, Need

from .hospitals import RECEIVED, WIRE

EXAMPLES = sorted((WIRE / "hl7-r4-examples").glob("*.json"))
KINDS = {"1": "wi", "2": "ro", "amb": "ve", "hl7": "bu", "ph": "ho", "ukp": "jdn"}


def read(path: Path) -> Resource:
    """Read one example as the adapter does."""
    return msgspec.json.decode(path.read_bytes(), type=Resource)


def test_all_six_are_here() -> None:
    """The package holds six Locations."""
    assert {path.stem.removeprefix("Location-") for path in EXAMPLES} == set(KINDS)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_is_read_as_the_official_model_reads_it(path: Path) -> None:
    """Slim structs and the full R4B model agree on what both read."""
    ours = read(path)
    theirs = json.loads(Location.model_validate_json(path.read_bytes()).model_dump_json())
    assert (ours.id, ours.status, ours.mode) == (theirs["id"], theirs["status"], theirs["mode"])
    assert ours.name == theirs["name"]
    assert kind_of(ours) == theirs["physicalType"]["coding"][0]["code"] == KINDS[theirs["id"]]
    assert id_of(ours.part_of) == (theirs["partOf"]["reference"][9:] if "partOf" in theirs else None)
    assert (ours.position and ours.position.latitude) == theirs.get("position", {}).get("latitude")


def test_none_of_them_is_a_free_bed() -> None:
    """A wing, an ambulance, a house: the one room with a state is suspended, hence closed."""
    rows = [read(path) for path in EXAMPLES]
    report = capacity(rows, received=RECEIVED)
    assert [(bed.id, bed.need, bed.state) for bed in report.beds] == [("2", Need.OTHER, BedState.CLOSED)]
    assert report.beds[0].ward == "South Wing Neuro OR 1"
    assert report.complete
    assert report.remarks == ()


def test_a_sleep_laboratory_is_no_ward() -> None:
    """RoleCode SLEEP is a unit of its own."""
    rows = {path.stem: read(path) for path in EXAMPLES}
    assert need_of(rows["Location-hl7"]) is Need.OTHER
    assert need_of(rows["Location-2"]) is None
