"""The simulated BMKG over a real socket, read by the real adapter."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from adapters.bmkg import ADAPTER
from adapters.cap.read import read
from adapters.cap.rules import first_error
from contracts import Busy, Garbled, PartnerError, ReportsWarnings, Severity, WarningReport
from tests.adapters.cap.oracle import takes
from tests.sandbox.conftest import trouble
from tests.trust import TRUST

LIST = "/bmkg/alerts/nowcast/id"


@pytest.fixture
def bmkg(sandbox: httpx.Client) -> Iterator[httpx.Client]:
    """The sandbox; BMKG is as at the start afterwards."""
    yield sandbox
    sandbox.delete("/door/bmkg/warnings").raise_for_status()


def report(client: httpx.Client, **more: Any) -> WarningReport:
    """Read one feed once."""
    settings = ADAPTER.settings.model_validate({"base_url": f"{client.base_url}/bmkg", **more})

    async def ask() -> WarningReport:
        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as http:
            port = ADAPTER.connect(settings, http)
            assert isinstance(port, ReportsWarnings)
            return await port.report_warnings()

    return asyncio.run(ask())


def publish(client: httpx.Client, **wish: Any) -> str:
    """Have a warning published; return its identifier."""
    return str(client.post("/door/bmkg/warnings", json=wish).raise_for_status().json()["identifier"])


def test_nothing_in_force_is_an_answer(bmkg: httpx.Client) -> None:
    """An empty list."""
    assert report(bmkg, feed="nowcast").warnings == ()


def test_what_is_published_is_read_once_in_two_languages(bmkg: httpx.Client) -> None:
    """The same warning, in the first language."""
    names = {publish(bmkg, touches=True), publish(bmkg, touches=False, languages=["en"])}
    told = report(bmkg, feed="nowcast", languages=["id", "en"])
    assert {each.identifier for each in told.warnings} == names
    assert [each.language for each in told.warnings] == ["id", "en"]


def test_it_vanishes_without_a_word(bmkg: httpx.Client) -> None:
    """Withdrawn from the list."""
    name = publish(bmkg)
    bmkg.delete(f"/door/bmkg/warnings/{name}").raise_for_status()
    assert report(bmkg, feed="nowcast").warnings == ()
    assert bmkg.delete(f"/door/bmkg/warnings/{name}").status_code == 422


def test_it_is_cancelled_by_a_message_of_its_own(bmkg: httpx.Client) -> None:
    """CAP's way, never seen of BMKG."""
    name = publish(bmkg)
    bmkg.post(f"/door/bmkg/warnings/{name}/cancel").raise_for_status()
    (word,) = report(bmkg, feed="nowcast").warnings
    assert word.is_cancel
    assert word.cancels == (name,)


def test_it_is_over_and_listed_still(bmkg: httpx.Client) -> None:
    """Expired, so nobody needs to be told."""
    name = publish(bmkg)
    bmkg.post(f"/door/bmkg/warnings/{name}/expire").raise_for_status()
    (over,) = report(bmkg, feed="nowcast").warnings
    assert over.expires_at is not None
    assert over.expires_at <= datetime.now(UTC)


def test_a_broken_one_does_not_hold_up_the_others(bmkg: httpx.Client) -> None:
    """It is named."""
    broken, sound = publish(bmkg, broken=True), publish(bmkg)
    told = report(bmkg, feed="nowcast")
    assert [each.identifier for each in told.warnings] == [sound]
    assert told.unread == (broken,)


def test_its_bodies_are_valid_cap(bmkg: httpx.Client) -> None:
    """By the OASIS schema and our rules."""
    name = publish(bmkg)
    bmkg.post(f"/door/bmkg/warnings/{name}/cancel").raise_for_status()
    codes = [each["code"] for each in bmkg.get("/door/bmkg/warnings").json()["warnings"]]
    publish(bmkg)
    codes += [each["code"] for each in bmkg.get("/door/bmkg/warnings").json()["warnings"]]
    for code in codes:
        body = bmkg.get(f"{LIST}/{code}_alert.xml").raise_for_status().content
        assert takes(body)
        assert first_error(read(body)) is None


def test_the_earth_shakes(bmkg: httpx.Client) -> None:
    """The old one far away is of no interest any more."""
    assert report(bmkg, feed="quakes").warnings == ()
    bmkg.post("/door/bmkg/quakes", json={"touches": True, "magnitude": 6.1}).raise_for_status()
    bmkg.post(
        "/door/bmkg/quakes", json={"touches": False, "tsunami": True, "hours_ago": 1}
    ).raise_for_status()
    told = {each.centre: each for each in report(bmkg, feed="quakes").warnings}
    assert told[-1.9, 103.2].severity is Severity.SEVERE
    assert told[-6.5, 130.0].severity is Severity.EXTREME
    assert "Dirasakan (MMI): III Kota Contoh." in (told[-1.9, 103.2].text or "")


def test_what_has_not_changed_is_not_sent_again(bmkg: httpx.Client) -> None:
    """ETag and 304."""
    etag = bmkg.get(LIST).headers["etag"]
    assert bmkg.get(LIST, headers={"If-None-Match": etag}).status_code == 304
    publish(bmkg)
    assert bmkg.get(LIST, headers={"If-None-Match": etag}).status_code == 200
    assert bmkg.get(f"{LIST}/rss.xml").content == bmkg.get(LIST).content


def test_who_asks_too_often_is_told_so(bmkg: httpx.Client) -> None:
    """60 requests a minute by itself."""
    bmkg.put("/door/bmkg/limit", json={"per_minute": 0}).raise_for_status()
    with pytest.raises(Busy):
        report(bmkg, feed="nowcast")


@pytest.mark.parametrize("feed", ["nowcast", "quakes"])
@pytest.mark.parametrize("mode", ["refuse", "503", "html", "garbage", "empty", "cut", "redirect"])
def test_trouble_at_the_door(bmkg: httpx.Client, feed: str, mode: str) -> None:
    """Each ends in an error with a name."""
    trouble(bmkg, "bmkg", mode)
    with pytest.raises(PartnerError) as failed:
        report(bmkg, feed=feed)
    assert isinstance(failed.value, Garbled) == (mode in ("html", "garbage", "empty", "redirect"))


@pytest.mark.parametrize(
    "wish",
    [
        {"touches": 1},
        {"severity": "Bad"},
        {"languages": ["de"]},
        {"status": "x"},
        {"event": "a b"},
        {"hours": "2"},
    ],
)
def test_the_door_reads_wishes_strictly(bmkg: httpx.Client, wish: dict[str, Any]) -> None:
    """A misspelt wish is no warning."""
    assert bmkg.post("/door/bmkg/warnings", json=wish).status_code == 422
