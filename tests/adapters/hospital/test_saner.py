"""Hospitals that publish counts and no single beds."""

from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
import respx

from adapters.hospital import ADAPTER
from adapters.hospital.saner import counted
from adapters.hospital.settings import Settings
from adapters.hospital.structs import Resource
from contracts import CapacityReport, Need, WardCount
from tests.trust import TRUST

from .hospitals import R4, RECEIVED, asked, wire

ICU_TIME = datetime(2026, 11, 23, 1, 45, tzinfo=UTC)
WARD_TIME = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def report(date: str, *, status: str = "complete", **counts: Any) -> Resource:
    """Return a MeasureReport with *counts*."""
    populations = [{"code": {"coding": [{"code": code}]}, "count": count} for code, count in counts.items()]
    wired = {"resourceType": "MeasureReport", "id": date, "status": status, "date": date}
    return msgspec.convert(wired | {"group": [{"population": populations}]}, Resource)


async def read(server: Any, **settings: Any) -> CapacityReport:
    """Ask a pretended hospital for its counts."""
    configured = Settings.model_validate({"base_url": R4, "counts": "measure-report", **settings})
    with respx.mock(using="httpx") as router:
        router.get(path="/fhir/metadata").respond(200, content=wire("metadata-r4.json"))
        router.get(path="/fhir/MeasureReport").mock(side_effect=server)
        async with httpx.AsyncClient(verify=TRUST) as client:
            told = await ADAPTER.connect(configured, client).report_capacity()  # type: ignore[attr-defined]  # the port is known
    assert isinstance(told, CapacityReport)
    return told


async def test_the_newest_count_of_each_kind_is_told_with_its_own_time() -> None:
    """ICU from the newest report, inpatient beds from the one before; absent is unknown, not 0."""
    asked_for: list[dict[str, str]] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked_for.append(asked(request))
        return httpx.Response(200, content=wire("saner-reports.json"))

    told = await read(server, organization="99000001")
    assert told.wards == (
        WardCount("ICU", Need.ICU, free=2, total=8, as_of=ICU_TIME),
        WardCount("Rawat inap", Need.WARD, free=None, total=100, as_of=WARD_TIME),
    )
    assert (told.beds, told.complete, told.as_of, told.remarks) == ((), True, ICU_TIME, ())
    assert asked_for == [{"reporter": "Organization/99000001", "_sort": "-date", "_count": "50"}]


async def test_no_count_is_no_statement() -> None:
    """A hospital without reports has not said that it has no beds."""
    told = await read(lambda request: httpx.Response(200, content=wire("r4-empty.json")))
    assert (told.wards, told.complete, told.remarks) == ((), False, ("no_counts",))


async def test_older_pages_are_not_read_and_not_missed() -> None:
    """Reports come every quarter of an hour; sorted newest first, one page is enough."""
    page = wire("saner-reports.json").replace(
        b'"link": [',
        b'"link": [{"relation": "next", "url": "https://rs.example/fhir/MeasureReport?_page=2"},',
    )
    sorted_page = page.replace(b"09:00:00+07:00", b"08:00:00+07:00").replace(
        b"08:50:00+07:00", b"07:50:00+07:00"
    )
    assert (await read(lambda request: httpx.Response(200, content=sorted_page))).complete
    unsorted = await read(lambda request: httpx.Response(200, content=page))
    assert (unsorted.complete, unsorted.remarks) == (False, ("order_ignored",))


@pytest.mark.parametrize(
    ("counts", "free", "total"),
    [
        ({"numICUBeds": 8, "numICUBedsAvail": 2}, 2, 8),
        ({"numICUBeds": "8", "numICUBedsAvail": "2"}, 2, 8),
        ({"numICUBedsAvail": 0}, 0, None),
        ({"numICUBeds": 8, "numICUBedsOcc": 6}, None, 8),
        ({"numICUBeds": 8, "numICUBedsAvail": 9}, None, None),
        ({"numICUBeds": 8, "numICUBedsAvail": -1}, None, None),
    ],
)
def test_figures_are_stated_or_unknown(counts: dict[str, Any], free: int | None, total: int | None) -> None:
    """Nothing is subtracted, and a contradiction is no figure."""
    told = counted([report("2026-11-23T01:00:00Z", **counts)], received=RECEIVED)
    assert (told.wards[0].free, told.wards[0].total) == (free, total)
    assert ("count_contradiction" in told.remarks) == (free is total is None)


@pytest.mark.parametrize(
    "odd",
    [
        report("2026-11-23", numICUBeds=8),
        report("2026-11-23T01:00:00", numICUBeds=8),
        report("2026-11-23T01:00:00Z", status="pending", numICUBeds=8),
        report("2026-11-23T01:00:00Z", numVent=8),
        report("2026-11-23T01:00:00Z", numICUBeds="many"),
    ],
)
def test_a_report_that_says_nothing_is_passed_over(odd: Resource) -> None:
    """No zoned date, not complete, or none of our figures."""
    assert counted([odd], received=RECEIVED).wards == ()


def test_a_count_from_the_future_is_passed_over() -> None:
    """It would be the newest for years; what was told before it stands."""
    future = report("2031-01-01T00:00:00Z", numICUBedsAvail=5)
    past = report(ICU_TIME.isoformat(), numICUBedsAvail=0)
    told = counted([future, past], received=RECEIVED)
    assert [(ward.free, ward.as_of) for ward in told.wards] == [(0, ICU_TIME)]
    assert told.remarks == ("clock_ahead",)
