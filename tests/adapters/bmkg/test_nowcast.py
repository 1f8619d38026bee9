"""How the nowcast feed is read: list, bodies, languages, and no more requests than BMKG allows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.bmkg import ADAPTER
from adapters.bmkg.index import items_of, nearest_first
from adapters.bmkg.nowcast import MOST, Nowcast
from contracts import Busy, Garbled, NoAnswer, Refused, Unreachable, WarningReport

from .sample import MORE_SETTINGS, SETTINGS

WIRE = Path(__file__).parents[2] / "wire" / "bmkg"
RSS, BODY = ((WIRE / name).read_text("utf-8") for name in ("rss.xml", "nowcast.xml"))
BASE = "https://cuaca.example"
FAR, NEAR = ("contoh.360.2026.11.29.03.99.001", "contoh.360.2026.11.29.03.98.002")


class Bmkg:
    """A BMKG that lists what it is told, and remembers what was asked."""

    def __init__(self) -> None:
        self.lists = {"id": RSS}
        self.bodies: dict[str, httpx.Response | Exception] = {}
        self.asked: list[str] = []
        self.etags = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        path = request.url.path.removeprefix("/alerts/nowcast/")
        self.asked.append(path)
        language, _, file = path.partition("/")
        if file:
            return self._body(file)
        text = self.lists.get(language)
        if text is None:
            return httpx.Response(404)
        etag = f'"{hash(text)}"'
        if self.etags and request.headers.get("if-none-match") == etag:
            return httpx.Response(304)
        return httpx.Response(200, text=text, headers={"etag": etag} if self.etags else {})

    def _body(self, file: str) -> httpx.Response:
        told = self.bodies.get(file)
        if isinstance(told, Exception):
            raise type(told)(*told.args)
        if told is not None:
            return told
        return httpx.Response(200, text=BODY.replace(NEAR, FAR) if file.startswith("CXA") else BODY)


@pytest.fixture
def bmkg() -> Bmkg:
    """Give one with two warnings."""
    return Bmkg()


@pytest.fixture
async def feed(bmkg: Bmkg) -> AsyncIterator[Nowcast]:
    """Give the adapter before it."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(bmkg.answer)) as client:
        yield connected(SETTINGS, client)


def connected(raw: dict[str, Any], client: httpx.AsyncClient) -> Nowcast:
    """Return the adapter behind *client*."""
    port = ADAPTER.connect(ADAPTER.settings.model_validate(raw), client)
    assert isinstance(port, Nowcast)
    return port


def names(report: WarningReport) -> set[str]:
    """Return which warnings were read."""
    return {each.identifier for each in report.warnings}


async def test_what_is_listed_is_read(bmkg: Bmkg, feed: Nowcast) -> None:
    """The list, then the nearest first."""
    assert names(await feed.report_warnings()) == {FAR, NEAR}
    assert bmkg.asked == ["id", "id/CXB20261129002_alert.xml", "id/CXA20261129001_alert.xml"]


async def test_a_body_is_asked_for_once(bmkg: Bmkg, feed: Nowcast) -> None:
    """Until its item says that it is another text."""
    first = await feed.report_warnings()
    bmkg.asked.clear()
    assert names(await feed.report_warnings()) == names(first)
    assert bmkg.asked == ["id"]
    bmkg.lists["id"] = RSS.replace("09:55:00 +0700", "09:59:00 +0700")
    await feed.report_warnings()
    assert bmkg.asked == ["id", "id", "id/CXB20261129002_alert.xml"]


async def test_an_unchanged_list_is_not_sent_again(bmkg: Bmkg, feed: Nowcast) -> None:
    """304 means: as before."""
    bmkg.etags = True
    first = await feed.report_warnings()
    assert names(await feed.report_warnings()) == names(first)


async def test_nothing_in_force_is_an_answer(bmkg: Bmkg, feed: Nowcast) -> None:
    """An empty list, and nobody is alarmed."""
    bmkg.lists["id"] = "<rss version='2.0'><channel><title>Contoh</title></channel></rss>"
    report = await feed.report_warnings()
    assert (report.warnings, report.unread) == ((), ())


async def test_a_body_nobody_can_read_is_named(bmkg: Bmkg, feed: Nowcast) -> None:
    """The others are read all the same."""
    bmkg.bodies["CXA20261129001_alert.xml"] = httpx.Response(200, text=BODY[:400])
    report = await feed.report_warnings()
    assert (names(report), report.unread) == ({NEAR}, (FAR,))
    del bmkg.bodies["CXA20261129001_alert.xml"]
    assert (await feed.report_warnings()).unread == ()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx.ConnectError("x"), Unreachable),
        (httpx.ReadTimeout("x"), NoAnswer),
        (httpx.Response(429, headers={"retry-after": "60"}), Busy),
        (httpx.Response(500), NoAnswer),
    ],
)
async def test_whoever_is_away_is_not_asked_for_the_next_one(
    bmkg: Bmkg, feed: Nowcast, fault: httpx.Response | Exception, kind: type[Exception]
) -> None:
    """Where nothing could be read the list alone is no report; else the rest is named."""
    bmkg.bodies = {"CXB20261129002_alert.xml": fault, "CXA20261129001_alert.xml": fault}
    with pytest.raises(kind):
        await feed.report_warnings()
    assert len(bmkg.asked) == 2
    del bmkg.bodies["CXB20261129002_alert.xml"]
    report = await feed.report_warnings()
    assert (names(report), report.unread) == ({NEAR}, (FAR,))


@pytest.mark.parametrize(
    "link",
    [
        "http://cuaca.example/alerts/nowcast/id/CXB20261129002_alert.xml",
        "https://elsewhere.example/alerts/nowcast/id/CXB20261129002_alert.xml",
        "https://cuaca.example.elsewhere.example/alerts/nowcast/id/CXB20261129002_alert.xml",
        "https://cuaca.example@elsewhere.example/alerts/nowcast/id/CXB20261129002_alert.xml",
        "https://cuaca.example/alerts/nowcast/id/../../CXB20261129002_alert.xml",
        "https://cuaca.example/alerts/nowcast/en/CXB20261129002_alert.xml",
        "https://cuaca.example/alerts/nowcast/id/CXB20261129002_alert.xml?x=1",
        "file:///etc/hostname",
        "",
    ],
)
async def test_a_link_that_leads_elsewhere_is_not_followed(bmkg: Bmkg, feed: Nowcast, link: str) -> None:
    """It is named as unread."""
    here = "https://cuaca.example/alerts/nowcast/id/CXB20261129002_alert.xml"
    bmkg.lists["id"] = RSS.replace(here, link)
    report = await feed.report_warnings()
    assert (names(report), report.unread) == ({FAR}, (NEAR,))
    assert len(bmkg.asked) == 2


async def test_a_redirect_is_not_followed(bmkg: Bmkg, feed: Nowcast) -> None:
    """Wherever it leads."""
    moved = httpx.Response(302, headers={"location": "https://elsewhere.example/"})
    bmkg.bodies["CXB20261129002_alert.xml"] = moved
    assert (await feed.report_warnings()).unread == (NEAR,)


def many(count: int) -> str:
    """Return a list of that many warnings."""
    start, end = RSS.index("    <item>"), RSS.index("    </channel>")
    item = RSS[start : RSS.index("</item>") + len("</item>")]
    items = [item.replace("CXA20261129001", f"CXA{n:011}").replace(FAR, f"contoh.{n}") for n in range(count)]
    return RSS[:start] + "\n".join(items) + RSS[end:]


async def test_it_never_asks_more_than_it_may(bmkg: Bmkg, feed: Nowcast) -> None:
    """What is left waits for the next attempt, named; in the end everything is read."""
    bmkg.lists["id"] = many(50)
    for n in range(50):
        text = BODY.replace(NEAR, f"contoh.{n}")
        bmkg.bodies[f"CXA{n:011}_alert.xml"] = httpx.Response(200, text=text)
    seen = []
    for _ in range(3):
        bmkg.asked.clear()
        report = await feed.report_warnings()
        assert len(bmkg.asked) <= MOST
        assert len(report.warnings) + len(report.unread) == 50
        seen.append(len(report.warnings))
    assert seen == [19, 38, 50]


async def test_two_languages_are_one_warning(bmkg: Bmkg) -> None:
    """What the first has is not read in the second; what only the second has is."""
    english = RSS.replace("/id/", "/en/").replace("CXA", "CXE").replace(FAR, "contoh.only.en")
    bmkg.lists |= {"id": RSS.replace("CXA20261129001_alert", "../x"), "en": english}
    bmkg.bodies["CXE20261129001_alert.xml"] = httpx.Response(200, text=BODY.replace(NEAR, "contoh.only.en"))
    async with httpx.AsyncClient(transport=httpx.MockTransport(bmkg.answer)) as client:
        report = await connected(MORE_SETTINGS[0], client).report_warnings()
    assert names(report) == {NEAR, "contoh.only.en"}
    assert report.unread == (FAR,)
    assert bmkg.asked == ["id", "en", "id/CXB20261129002_alert.xml", "en/CXE20261129001_alert.xml"]


async def test_the_same_warning_under_two_links_is_one(bmkg: Bmkg, feed: Nowcast) -> None:
    """By identifier and time sent, whatever the list calls it."""
    bmkg.bodies["CXA20261129001_alert.xml"] = httpx.Response(200, text=BODY)
    report = await feed.report_warnings()
    assert [each.identifier for each in report.warnings] == [NEAR]


async def test_a_list_that_is_gone_is_no_empty_one(bmkg: Bmkg, feed: Nowcast) -> None:
    """Nobody may think that nothing is in force."""
    bmkg.lists.clear()
    with pytest.raises(Refused):
        await feed.report_warnings()


@pytest.mark.parametrize("text", ["<rss/>", "<html/>", BODY, "<rss><channel>", "<!DOCTYPE rss><rss/>"])
async def test_what_is_no_list_is_garbled(bmkg: Bmkg, feed: Nowcast, text: str) -> None:
    """It is not an empty one either."""
    bmkg.lists["id"] = text
    with pytest.raises(Garbled):
        await feed.report_warnings()


def test_an_item_without_a_name_still_has_one() -> None:
    """By its place."""
    text = RSS.replace(f'<guid isPermaLink="false">{FAR}</guid>', "")
    items = items_of(text.encode(), base=BASE, language="id")
    assert [each.name for each in items] == ["item 1", NEAR]
    assert [each.name for each in nearest_first(items, None)] == ["item 1", NEAR]
