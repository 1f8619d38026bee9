"""The plug is pulled while a partner is being told: it has one copy, and the log says what is known."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.postgres import fresh
from tests.running import House, Sandbox

from .evidence import Record, records
from .incident_desk import DAMKAR, POLRESTA, IncidentDesk, agencies_text

pytestmark = pytest.mark.slow

QUICK = "attempts_s = [0, 0.5, 1], each_s = 1"
AT_WORK_S = 1.0


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> Iterator[House]:
    """A gateway on either database."""
    folder = tmp_path_factory.mktemp("house")
    partners = agencies_text(sandbox, {DAMKAR: QUICK, POLRESTA: QUICK})
    if request.param == "sqlite":
        with House(folder, sandbox, partners_text=partners) as running:
            yield running
    else:
        with (
            fresh(request.getfixturevalue("postgres")) as url,
            House(folder, sandbox, partners_text=partners, database_url=url) as running,
        ):
            yield running


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> IncidentDesk:
    """Everybody around an incident; the officers say nothing."""
    found = IncidentDesk(house, sandbox)
    found.renew()
    for agency in (DAMKAR, POLRESTA):
        found.officer(agency, "silent")
    return found


def test_a_pulled_plug_leaves_one_copy_and_loses_nothing(desk: IncidentDesk) -> None:
    """
    One agency is at work on it, another has it and its answer is lost, a third promise is a moment old.

    After the start each message is there once, under the one id it always had; the log verifies.
    """
    desk.sandbox.trouble(POLRESTA, "drip", seconds=0.5)  # it has it, and has not finished saying so
    desk.sandbox.trouble(DAMKAR, "reset_after")
    accidents = [desk.open("traffic_accident") for _ in range(3)]
    ids = {
        (line["about"], line["partner"]): str(line["id"])
        for each in accidents
        for line in desk.see(each)["ladder"]
    }
    time.sleep(AT_WORK_S)
    fires = [desk.open("fire") for _ in range(3)]
    desk.house.kill()
    desk.sandbox.mend()
    desk.house.start()
    for (accident, partner), notification in ids.items():
        desk.until_line(accident, partner, lambda line: line["delivered_at"])
        (told,) = desk.received(partner, accident)
        assert (told["id"], told["attempts"] >= 2) == (notification, True)
    for fire in fires:
        desk.until_line(fire, DAMKAR, lambda line: line["delivered_at"])
        (told,) = desk.received(DAMKAR, fire)
        assert told["sequence"] == 1
    log = records(desk.house)
    for (_, partner), notification in ids.items():
        _demand_a_promise_before(log, notification, torn=partner == POLRESTA)
    folder = desk.house.export()
    said = desk.house.gerbang("audit", "verify", str(folder), "--policy", str(folder / "policy.txt"))
    assert "INTACT" in said.upper()


def _demand_a_promise_before(log: list[Record], notification: str, *, torn: bool) -> None:
    """It was promised once, before any attempt; of one that was *torn* off the outcome is not known."""
    its = [record for record in log if record.get("obj", {}).get("id") == notification]
    counts = Counter(record["act"] for record in its)
    assert its[0]["act"] == "notification.accepted"
    assert counts["notification.accepted"] == 1
    meant = [record["req"] for record in its if record["act"] == "notification.conveying"]
    ended = [record["req"] for record in its if record["act"] == "notification.conveyed"]
    assert len(meant) == len(set(meant)) >= 2
    assert len(ended) == len(set(ended))
    assert set(ended) <= set(meant)
    assert not torn or len(ended) < len(meant)
    assert meant[-1] in ended
