"""The beds behind the hospitals: repeatable, settable for demos, drifting when they may."""

from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from sandbox.building import FREE
from sandbox.drift import step
from sandbox.fhir.shelf import Resource
from sandbox.hospital import state_of
from sandbox.plain.filters import last_updated
from sandbox.world import build_hospitals, build_world
from tests.sandbox.conftest import R4_TOKEN

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BEDS = "/door/beds/rsud-raden-mattaher"


def everything(*, seed: int) -> list[Resource]:
    """Return every Location of every hospital."""
    return [
        location
        for hospital in build_hospitals(seed=seed, now=NOW).values()
        for location in hospital.locations
    ]


def test_the_same_seed_makes_the_same_beds() -> None:
    """States, ids and times are repeatable; another seed makes others."""
    assert everything(seed=112) == everything(seed=112)
    assert everything(seed=112) != everything(seed=113)


def test_beds_are_as_many_as_the_table_says() -> None:
    """Free beds per need and class, where a hospital shows nothing odd."""
    for hospital in build_hospitals(seed=112, now=NOW).values():
        if not {"odd_beds", "uo_code"} & hospital.row.habits:
            free = {row.key: hospital.truth()[row.key]["free"] for row in hospital.row.beds}
            assert free == {row.key: row.free for row in hospital.row.beds}


def test_figures_are_fresh_but_for_one_hospital() -> None:
    """Everything moved within the last hour, except where nothing has moved for seven."""
    for hospital in build_hospitals(seed=112, now=NOW).values():
        ages = [NOW - last_updated(location) for location in hospital.locations]
        if "stale" in hospital.row.habits:
            assert min(ages) >= timedelta(hours=7)
        elif ages:
            assert timedelta(0) < min(ages) < max(ages) < timedelta(hours=1)


@pytest.mark.usefixtures("beds_restored")
def test_free_beds_can_be_set(sandbox: httpx.Client) -> None:
    """The truth changes, and so does what the hospital's server says."""
    answer = sandbox.post(BEDS, json={"need": "icu", "free": 0})
    assert answer.json()["icu"]["free"] == 0
    query = "/rs/rsud-raden-mattaher/fhir/Location?type=ICU&operational-status=U&_summary=count"
    assert sandbox.get(query, headers=R4_TOKEN).json()["total"] == 0
    assert sandbox.post(BEDS, json={"need": "kelas-1", "free": 9}).json()["kelas-1"]["free"] == 9
    sandbox.delete("/door/beds").raise_for_status()
    assert sandbox.get(BEDS).json()["icu"] == {"free": 3, "total": 18}


@pytest.mark.parametrize(
    "wish", [{"need": "icu", "free": 99}, {"need": "icu", "free": -1}, {"need": "x", "free": 1}]
)
def test_impossible_beds_are_refused(sandbox: httpx.Client, wish: dict[str, object]) -> None:
    """More beds than there are, fewer than none, beds for nothing."""
    assert sandbox.post(BEDS, json=wish).status_code == 422
    assert sandbox.post("/door/beds/rsud-sayoeti", json={"need": "icu", "free": 1}).status_code == 422


def test_drift_moves_one_bed_at_a_time_and_stays_near_its_start() -> None:
    """After two thousand steps no hospital is empty or full, and versions and times have moved."""
    world, random = build_world(), Random(7)
    before = {name: hospital.truth() for name, hospital in world.hospitals.items() if hospital.bearers}
    moved = [step(world, random) for _ in range(2000)]
    assert "rs-royal-prima" not in moved
    for name, truth in before.items():
        after = world.hospitals[name].truth()
        for key, counts in truth.items():
            assert after[key]["total"] == counts["total"]
            assert abs(after[key]["free"] - counts["free"]) <= 8
    moving = world.hospitals["rsud-raden-mattaher"]
    assert any(location["meta"]["versionId"] != "1" for location in moving.locations)
    assert any(state_of(location) == FREE for location in moving.locations)
