"""Earthquakes: three files of texts, laid together; how bad and how far by rules of ours."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.bmkg.quake import radius_km, severity_of
from adapters.bmkg.quakes import FILES, Quakes
from adapters.bmkg.settings import Settings
from contracts import Category, Garbled, Severity

from .sample import MORE_SETTINGS

WIRE = Path(__file__).parents[2] / "wire" / "bmkg"
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


@pytest.fixture
def files() -> dict[str, str]:
    """Give the three files."""
    return {name: (WIRE / f"{name}.json").read_text("utf-8") for name in FILES}


@pytest.fixture
async def feed(files: dict[str, str]) -> AsyncIterator[Quakes]:
    """Give the adapter before a BMKG that has these files."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=files[request.url.path.removesuffix(".json").rsplit("/", 1)[1]])

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        yield Quakes(Settings.model_validate(MORE_SETTINGS[1]), client, now=NOW.timestamp)


async def test_an_earthquake_in_three_files_is_one(feed: Quakes) -> None:
    """With what each of them says."""
    near, far = (await feed.report_warnings()).warnings
    assert near.identifier == "gempa-20261129T023015Z"
    assert (near.category, near.severity) == (Category.EARTHQUAKE, Severity.SEVERE)
    assert near.headline == "Gempa M 5.8: 60 km Barat Daya Kota Contoh"
    assert near.text == "Kedalaman 10 km. Tidak berpotensi tsunami Dirasakan (MMI): III Kota Contoh."
    assert near.centre == (-1.9, 103.2)
    assert near.radius_km == pytest.approx(126, abs=1)
    assert near.sent_at == datetime(2026, 11, 29, 2, 30, 15, tzinfo=UTC)
    assert near.attribution.startswith("BMKG")
    assert far.severity is Severity.MINOR


async def test_what_is_old_is_of_no_interest(feed: Quakes) -> None:
    """The strong one of nine days ago is not reported, however strong."""
    told = (await feed.report_warnings()).warnings
    assert all(each.expires_at is not None and each.expires_at > NOW for each in told)
    assert len(told) == 2


@pytest.mark.parametrize(
    ("magnitude", "potential", "severity"),
    [
        (3.0, "", Severity.MINOR),
        (4.5, "", Severity.MODERATE),
        (5.5, "Tidak berpotensi tsunami", Severity.SEVERE),
        (6.5, "", Severity.EXTREME),
        (5.0, "Berpotensi tsunami untuk diteruskan pada masyarakat", Severity.EXTREME),
        (5.0, "Gempa ini dirasakan untuk diteruskan pada masyarakat", Severity.MODERATE),
    ],
)
def test_how_bad(magnitude: float, potential: str, severity: Severity) -> None:
    """By magnitude, and by the one word that counts more."""
    assert severity_of(magnitude, potential) is severity


@pytest.mark.parametrize(("magnitude", "km"), [(4, 16), (5, 50), (6, 158), (7, 501), (9.5, 1500)])
def test_how_far(magnitude: float, km: int) -> None:
    """Ten times as far for two magnitudes more, to a limit."""
    assert round(radius_km(magnitude)) == km


@pytest.mark.parametrize(
    "wrong",
    [
        ('"Magnitude":"5.8"', '"Magnitude":"kuat"'),
        ('"Magnitude":"5.8"', '"Magnitude":"nan"'),
        ('"Magnitude":"5.8"', '"Magnitude":"-3"'),
        ('"Coordinates":"-1.90,103.20"', '"Coordinates":"-1.90"'),
        ('"Coordinates":"-1.90,103.20"', '"Coordinates":"103.20,-1.90"'),
        ('"Coordinates":"-1.90,103.20"', '"Coordinates":null'),
        ("2026-11-29T02:30:15+00:00", "2026-11-29T02:30:15"),
        ("2026-11-29T02:30:15+00:00", "kemarin"),
    ],
)
async def test_a_row_nobody_can_read_is_named(
    files: dict[str, str], feed: Quakes, wrong: tuple[str, str]
) -> None:
    """The other one is told."""
    for name in files:
        files[name] = files[name].replace(*wrong)
    report = await feed.report_warnings()
    assert len(report.warnings) == 1
    assert len(report.unread) == 1


async def test_a_row_without_a_moment_is_named_by_its_place(files: dict[str, str], feed: Quakes) -> None:
    """Rows that are no objects as well."""
    files["gempaterkini"] = '{"Infogempa":{"gempa":[7,{"Magnitude":"5"},{"DateTime":5}]}}'
    assert (await feed.report_warnings()).unread == ("row 4", "row 5", "row 6")


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"Infogempa":{}}', '{"Infogempa":{"gempa":"x"}}', "[" * 100_000]
)
async def test_what_is_no_file_of_earthquakes(files: dict[str, str], feed: Quakes, text: str) -> None:
    """It is not a quiet earth."""
    files["gempadirasakan"] = text
    with pytest.raises(Garbled):
        await feed.report_warnings()


@pytest.mark.parametrize(
    "wrong",
    [
        {"feed": "quakes", "languages": ["en"]},
        {"feed": "quakes", "near": "Jambi"},
        {"feed": "nowcast", "keep_hours": 2},
        {"feed": "nowcast", "languages": []},
        {"feed": "tides"},
        {"feed": "nowcast", "base_url": "https://a:b@cuaca.example"},
        {"feed": "nowcast", "base_url": "https://cuaca.example/?a=1"},
    ],
)
def test_settings_that_do_nothing_are_refused(wrong: dict[str, Any]) -> None:
    """Nobody shall believe in them."""
    with pytest.raises(ValueError, match="validation error"):
        Settings.model_validate({"base_url": "https://cuaca.example"} | wrong)
