"""A 5,000-bed searchset, read by the hospital adapter's own code."""

import json
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from adapters.hospital.structs import Page, Resource, read_page
from adapters.hospital.translate import capacity
from contracts import CapacityReport

from .bars import Bar

BEDS = 5000
PER_ROOM = 4
TIMES = 15
MOST_MS = 25.0

TERMS = "http://terminology.hl7.org/CodeSystem"
STATES = ("U", "O", "H", "C", "I", "K")
NEWEST = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


def searchset(beds: int) -> bytes:
    """Return the answer of a plain R4 server with so many beds, in rooms, in wards; the same every time."""
    dice = random.Random(112)
    rooms = beds // PER_ROOM
    rows = [_place(f"ward-{number}", "wa", None, dice) for number in range(20)]
    rows += [_place(f"room-{number}", "ro", f"ward-{number % 20}", dice) for number in range(rooms)]
    rows += [_bed(f"bed-{number}", f"room-{number // PER_ROOM}", dice) for number in range(beds)]
    entries = [
        {
            "fullUrl": f"http://rs.example/fhir/Location/{row['id']}",
            "resource": row,
            "search": {"mode": "match"},
        }
        for row in rows
    ]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(rows), "entry": entries}
    return json.dumps(bundle, ensure_ascii=False).encode()


def _place(name: str, kind: str, parent: str | None, dice: random.Random) -> dict[str, Any]:
    room_type = {"system": f"{TERMS}/v3-RoleCode", "code": dice.choice(("ICU", "HU", "PEDU", "ER"))}
    return {
        "resourceType": "Location",
        "id": name,
        "meta": {"versionId": "3", "lastUpdated": _moment(dice)},
        "status": "active",
        "name": f"Tempat {name}",
        "mode": "instance",
        "type": [{"coding": [room_type]}],
        "physicalType": {"coding": [{"system": f"{TERMS}/location-physical-type", "code": kind}]},
        "position": {"longitude": 103.58, "latitude": -1.607},
        "managingOrganization": {"reference": "Organization/99000001"},
        **({"partOf": {"reference": f"Location/{parent}"}} if parent else {}),
    }


def _bed(name: str, room: str, dice: random.Random) -> dict[str, Any]:
    row = _place(name, "bd", room, dice)
    del row["type"]  # what a bed is for is said by its room
    row["operationalStatus"] = {"system": f"{TERMS}/v2-0116", "code": dice.choice(STATES)}
    return row


def _moment(dice: random.Random) -> str:
    return (NEWEST - timedelta(seconds=dice.randrange(86_400))).isoformat(timespec="milliseconds")


def measure(_: Path) -> list[Bar]:
    """Parse, and parse and translate, in turn."""
    body = searchset(BEDS)
    report = _read(body)
    assert len(report.beds) == BEDS, f"{len(report.beds)} beds"
    assert report.complete, report.remarks
    times: dict[str, list[float]] = {"json": [], "parse": [], "report": []}
    for _round in range(TIMES):
        times["json"].append(_cpu_ms(json.loads, body))
        times["parse"].append(_cpu_ms(read_page, body))
        times["report"].append(_cpu_ms(_read, body))
    return [
        Bar("parse", f"{BEDS} beds read, CPU", median(times["parse"]), "ms", at_most=MOST_MS),
        Bar("parse.report", "the same, and translated into beds", median(times["report"]), "ms"),
        Bar(
            "parse.baseline", f"json.loads of the {len(body) / 1e6:.1f} MB alone", median(times["json"]), "ms"
        ),
    ]


def _read(body: bytes) -> CapacityReport:
    page: Page = read_page(body)[0]
    rows: list[Resource] = [entry.resource for entry in page.entry or () if entry.resource]
    return capacity(rows, received=NEWEST)


def _cpu_ms(work: Callable[[bytes], object], body: bytes) -> float:
    started = time.process_time()
    kept = work(body)
    taken = time.process_time() - started
    del kept
    return taken * 1000
