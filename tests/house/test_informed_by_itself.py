"""What nobody asks for when partners are told: by turns, by clocks, by an authority's warnings."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from gateway.incidents.entries import DECLARED_SET as INCIDENTS
from gateway.notifications.entries import DECLARED_SET as NOTIFICATIONS
from gateway.notifications.standing_entries import DECLARED_SET as STANDING
from gateway.warnings.entries import DECLARED_SET as WARNINGS
from tests.journeys.evidence import Record, acts, records
from tests.journeys.incident_desk import (
    BPBD,
    DAMKAR,
    DINSOS,
    POLRESTA,
    IncidentDesk,
    agencies_text,
)
from tests.running import House, Sandbox

pytestmark = pytest.mark.slow

# One is told and says nothing, one is away until it is too late, two have no system yet.
SHORT = (
    "attempts_s = [0], each_s = 1, deliver_for_s = 10, undelivered_s = 3, call_s = 4, unconfirmed_s = 1,"
    " again_s = 5, again_for_s = 5"
)
AWAY = "attempts_s = [0], each_s = 1, deliver_for_s = 10, undelivered_s = 2, call_s = 4"
LADDERS = {DAMKAR: SHORT, DINSOS: AWAY}
FEEDS = ("bmkg-nowcast", "bmkg-gempa")
TAKEN, AWAY_SET = NOTIFICATIONS["its system takes it"], NOTIFICATIONS["its system is away"]
INFORMED = {
    *("a live partner is to be told", "a partner is to be told that is not connected"),
    *("a newer picture takes an undelivered one's place", "its system takes it", "its system is away"),
    *("its system refuses it", "it was not taken in time", "there is nothing left to say"),
    *("it is for a partner that is configured no more", "it does not arrive", "no person confirms it"),
    *("the duty officers are reminded", "propose an incident"),
    *("revise a proposal", "withdraw a proposal"),
    *("round of heartbeats", "heartbeat ends otherwise", "round of warnings"),
    *("change of a feed's outcome", "a warning is new or changed", "a warning is on no list any more"),
    "a warning touches us",
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def warned(sandbox: Sandbox) -> dict[str, str]:
    """Warnings by what will become of them, published before the gateway reads any."""
    wishes = {"void": {}, "worse": {}, "gone": {"touches": False}}
    return {name: _at_bmkg(sandbox, "POST", "", wish)["identifier"] for name, wish in wishes.items()}


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, warned: dict[str, str]
) -> Iterator[House]:
    """A gateway that tells agencies with little patience, and reads what BMKG publishes."""
    text = agencies_text(sandbox, LADDERS, beside=FEEDS)
    with House(tmp_path_factory.mktemp("house"), sandbox, partners_text=text) as running:
        yield running


@pytest.fixture(scope="module")
def desk(house: House, sandbox: Sandbox) -> IncidentDesk:
    """Everybody around an incident; systems say nothing beyond taking a message."""
    found = IncidentDesk(house, sandbox)
    for agency in (DAMKAR, DINSOS):
        found.officer(agency, "silent", at_once="nothing")
    return found


def _at_bmkg(sandbox: Sandbox, method: str, path: str, wish: object = None) -> Any:
    url = f"{sandbox.url}/door/bmkg/warnings{path}"
    answer = httpx.request(method, url, json=wish, trust_env=False).raise_for_status()
    return answer.json() if answer.content else None


def _until(wanted: Callable[[], object], *, within_s: float = 40) -> None:
    deadline = time.monotonic() + within_s
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _of(house: House, object_id: str) -> list[Record]:
    return [each for each in records(house) if each.get("obj", {}).get("id") == object_id]


def _left(desk: IncidentDesk, incident: str, partner: str, at: int = 0) -> tuple[str, ...]:
    """Return what became of the first (or another) message to that partner."""
    return tuple(acts(_of(desk.house, desk.ladder(incident, partner)[at]["id"])))


def test_what_is_told_and_confirmed_by_nobody(desk: IncidentDesk) -> None:
    """Promised, taken, reminded of, rung about; held where there is no connection."""
    fire = desk.open("fire")
    (alarmed,) = NOTIFICATIONS["no person confirms it"]
    (reminded,) = NOTIFICATIONS["the duty officers are reminded"]
    told = (*NOTIFICATIONS["a live partner is to be told"], *TAKEN, reminded, alarmed, reminded)
    _until(lambda: len(_left(desk, fire, DAMKAR)) >= len(told))
    assert _left(desk, fire, DAMKAR) == told
    held = NOTIFICATIONS["a partner is to be told that is not connected"]
    assert _left(desk, fire, BPBD) == held


def test_what_does_not_arrive_in_time(desk: IncidentDesk) -> None:
    """Tried again and again, alarmed, expired; a newer picture in its place; nothing of whom was erased."""
    desk.sandbox.trouble(DINSOS, "refuse")
    urgent = {"urgent": True, "narrative": "Contoh"}
    late, erased = desk.open("psychiatric", **urgent), desk.open("neglected_person", **urgent)
    for words in ("Satu", "Dua"):
        desk.do("updates", late, narrative=words)
    newer = {each["req"]: each for each in records(desk.house) if each["act"] == "notification.superseded"}
    (request,) = newer
    place = acts(each for each in records(desk.house) if each.get("req") == request)
    superseding = NOTIFICATIONS["a newer picture takes an undelivered one's place"]
    assert tuple(act for act in place if act.startswith("notification.")) == superseding
    subject = _of(desk.house, erased)[0]["subj"]
    desk.ask("auditor", "POST", "/audit/erasures", json={"subject": subject, "reason": "unlawful"})
    (nothing,) = NOTIFICATIONS["there is nothing left to say"]
    _until(lambda: nothing in _left(desk, erased, DINSOS))
    over = NOTIFICATIONS["it was not taken in time"]
    _until(lambda: _left(desk, late, DINSOS)[-len(over) :] == over)
    left = _left(desk, late, DINSOS)
    assert left[:3] == (*NOTIFICATIONS["a live partner is to be told"], *AWAY_SET)
    codes = [each["code"] for each in _of(desk.house, desk.ladder(late, DINSOS)[0]["id"]) if "code" in each]
    assert {"undelivered", "call_now", "expired"} <= set(codes)
    others = [act for act in left[1 : -len(over)] if act not in AWAY_SET]
    expected = (*NOTIFICATIONS["it does not arrive"], *NOTIFICATIONS["no person confirms it"])
    assert tuple(others) == expected
    desk.sandbox.mend()


def test_what_a_system_refuses(desk: IncidentDesk) -> None:
    """Tried once, and a person told."""
    desk.at_the_door("PUT", BPBD, "/habits", {"has_system": False})
    desk.standing(BPBD, "onboarding")
    drill = desk.open("flood", drill=True)
    refused = (
        *NOTIFICATIONS["a live partner is to be told"],
        *NOTIFICATIONS["its system refuses it"],
    )
    _until(lambda: len(_left(desk, drill, BPBD)) >= len(refused))
    assert _left(desk, drill, BPBD) == refused


def test_heartbeats(desk: IncidentDesk) -> None:
    """A round leaves one entry, and one for each partner that answers otherwise than before."""
    beats = STANDING["round of heartbeats"]
    _until(lambda: beats[0] in acts(records(desk.house)))
    told = [each for each in records(desk.house) if each["act"] == beats[0]]
    assert told[0]["obj"] == {"type": "partners"}
    assert STANDING["heartbeat ends otherwise"] == beats
    turned = [each for each in told if "partner" in each]
    assert POLRESTA in {each["partner"] for each in turned}
    assert all(each["detail"] == {"before": None} for each in turned[:1])


def test_warnings_and_a_partner_that_is_gone(
    desk: IncidentDesk, sandbox: Sandbox, warned: dict[str, str]
) -> None:
    """A round and what it changes; then, after a start, one is void, one is gone, and so is a partner."""
    read = WARNINGS["round of warnings"]
    _until(lambda: "warning.proposed" in acts(records(desk.house)))
    first = _of_warnings(records(desk.house))
    changes = WARNINGS["change of a feed's outcome"] * len(FEEDS)
    touching, new = WARNINGS["a warning touches us"], WARNINGS["a warning is new or changed"]
    assert sorted(acts(first)) == sorted((*read, *changes, *touching * 2, *new))
    asked = INCIDENTS["propose an incident"]
    incidents = [each["detail"]["incident"] for each in first if each["act"] == "warning.proposed"]
    assert [tuple(acts(_of(desk.house, each))) for each in incidents] == [asked, asked]

    desk.sandbox.trouble(DINSOS, "refuse")
    left_alone = desk.open("neglected_person")
    _at_bmkg(sandbox, "POST", f"/{warned['void']}/cancel")
    _at_bmkg(sandbox, "POST", f"/{warned['worse']}/worsen")
    _at_bmkg(sandbox, "DELETE", f"/{warned['gone']}")
    desk.house.stop()
    partners = desk.house.data / "partners.toml"
    rows = partners.read_text("utf-8").split("[[partners]]\n")
    partners.write_text("[[partners]]\n".join(row for row in rows if f'"{DINSOS}"' not in row), "utf-8")
    desk.house.start()

    withdrawn, revised = INCIDENTS["withdraw a proposal"], INCIDENTS["revise a proposal"]
    _until(lambda: all(len(_of(desk.house, each)) > len(asked) for each in incidents))
    _until(lambda: "warning.stale" in acts(records(desk.house)))
    later = _of_warnings(records(desk.house))[len(first) :]
    stale = WARNINGS["a warning is on no list any more"]
    assert sorted(acts(later)) == sorted((*read, *changes, *new * 2, *stale))
    became = sorted(tuple(acts(_of(desk.house, each))) for each in incidents)
    assert became == sorted([(*asked, *withdrawn), (*asked, *revised)])
    gone = NOTIFICATIONS["it is for a partner that is configured no more"]
    _until(lambda: _left(desk, left_alone, DINSOS)[-len(gone) :] == gone)
    desk.sandbox.mend()


def _of_warnings(log: list[Record]) -> list[Record]:
    return [each for each in log if each["act"].startswith("warning.")]
