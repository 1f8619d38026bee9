"""`gerbang partners check`: an endpoint that keeps its promises passes, one that does not is told which."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import adapters
from contracts import Entry
from gateway.__main__ import main
from gateway.db import Database
from gateway.partners import standing_store
from gateway.partners.shape import Standing
from gateway.partners.standing_store import Stands
from gateway.settings import Settings
from tests.gateway.gate import Notebook

KIND = '''
"""A kind made up for these tests; *manner* is what its endpoint does wrong."""
from pydantic import BaseModel
from contracts import *


class Settings(BaseModel):
    base_url: str
    manner: str = ""


class Agency:
    def __init__(self, settings, http):
        self.manner = settings.manner
        self.seen = []

    async def convey_alert(self, alert, *, key):
        assert alert.drill and key == alert.id
        if self.manner == "forgets test" and alert.kind is AlertKind.TEST:
            raise CannotConvey("kind")
        if self.manner == "no twice" and key in self.seen:
            raise Refused("had that", code="duplicate")
        if self.manner == "away":
            raise Unreachable
        if alert.expires_at < alert.sent_at.now(alert.sent_at.tzinfo) and self.manner != "takes stale":
            raise Refused("too late", code="expired")
        self.seen.append(key)
        whom = "n-other" if self.manner == "strange receipts" else alert.id
        return Conveyed(() if self.manner == "silent" else (Receipt(whom, Progress.RECEIVED),))


class Dispatch:
    def __init__(self):
        self.seen = []

    async def convey_change(self, change, *, key):
        assert change.drill and change.source_system == "cad"


class Strict(Agency):
    def conformance(self):
        async def kept():
            return "401"

        async def not_kept():
            raise NotKept("took it without a signature")

        async def away():
            raise NoAnswer

        return [
            Trial("signature.missing", "an unsigned message is refused", kept),
            Trial("signature.wrong", "a wrong signature is refused", not_kept),
            Trial("signature.old", "an old one is refused", away),
        ]


def connect(settings, http):
    special = {"dispatch": Dispatch, "strict": lambda: Strict(settings, http), "nothing": object}
    return special.get(settings.manner, lambda: Agency(settings, http))()


ADAPTER = Adapter(title="Made up", settings=Settings, connect=connect)
'''

PARTNER = """
[[partners]]
id = "bpbd"
kind = "madeup"
standing = "{standing}"
name = "BPBD Kota Contoh"
  [partners.telling]
  categories = ["flood", "child_in_danger"]
  sensitive = true
  areas = ["15.71"]
  follows = true
  source_system = "cad"
  [partners.settings]
  base_url = "https://bpbd.example"
  manner = "{manner}"
"""

Check = Callable[..., int]


@pytest.fixture
def kind(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the made-up folder beside the real adapters."""
    folder = tmp_path_factory.mktemp("adapters")
    (folder / "madeup").mkdir()
    (folder / "madeup" / "__init__.py").write_text(KIND)
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(folder)])
    yield
    sys.modules.pop("adapters.madeup", None)


@pytest.fixture
def checks(kind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Run the verb against an endpoint of some *manner*, as the partner *standing*s."""
    monkeypatch.setenv("GERBANG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GERBANG_PARTNERS_FILE", str(tmp_path / "partners.toml"))

    def run(manner: str = "", standing: str = "onboarding", name: str = "bpbd") -> int:
        (tmp_path / "partners.toml").write_text(PARTNER.format(manner=manner, standing=standing))
        return main(["partners", "check", name])

    return run


def findings(capsys: pytest.CaptureFixture[str], word: str) -> list[str]:
    """Return the promises behind *word*."""
    lines = capsys.readouterr().out.splitlines()
    return [line.split(word, 1)[1].strip().split(" (")[0] for line in lines if line.startswith(f"  {word}")]


@pytest.mark.parametrize("standing", ["onboarding", "live"])
@pytest.mark.parametrize("manner", ["", "silent", "takes stale"])
def test_an_endpoint_that_keeps_its_promises_passes(
    checks: Check, capsys: pytest.CaptureFixture[str], standing: str, manner: str
) -> None:
    """Taken are test, alert, the same again, update and cancellation."""
    assert checks(manner, standing) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"BPBD Kota Contoh (bpbd), {standing}: drills only")
    assert "pass  the same one again is taken again, and kept once (answered" in said
    assert "promises kept" in said
    assert "FAIL" not in said


@pytest.mark.parametrize(
    ("manner", "broken"),
    [
        ("forgets test", ["a test message is taken"]),
        ("no twice", ["the same one again is taken again, and kept once"]),
        ("strange receipts", ["receipts name the message they are for"]),
        ("strict", ["a wrong signature is refused", "an old one is refused"]),
    ],
)
def test_a_broken_promise_is_named(
    checks: Check, capsys: pytest.CaptureFixture[str], manner: str, broken: list[str]
) -> None:
    """And only that one."""
    assert checks(manner) == 1
    assert findings(capsys, "FAIL") == broken


def test_what_was_done_instead_is_said(checks: Check, capsys: pytest.CaptureFixture[str]) -> None:
    """In the endpoint's own words, or in ours."""
    checks("no twice")
    checks("strict")
    said = capsys.readouterr().out
    assert "(refused: duplicate: had that, " in said
    assert "(took it without a signature)" in said
    assert "(no_answer: " in said


def test_an_endpoint_that_is_away_keeps_nothing(checks: Check, capsys: pytest.CaptureFixture[str]) -> None:
    """Each turn says so, and nothing is tried twice."""
    assert checks("away") == 1
    assert "bpbd: 0 of 5 promises kept" in capsys.readouterr().out


def test_what_is_no_promise_is_only_noted(checks: Check, capsys: pytest.CaptureFixture[str]) -> None:
    """An alert that is of no more use may be taken or refused."""
    checks("silent")
    assert findings(capsys, "note") == ["an alert that is of no more use", "receipts"]


def test_a_dispatch_system_is_told_of_changes(checks: Check, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice of the same."""
    assert checks("dispatch") == 0
    assert "2 of 2 promises kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"standing": "planned"}, "only an onboarding or live partner"),
        ({"standing": "suspended"}, "only an onboarding or live partner"),
        ({"name": "polres"}, "has no partner polres"),
        ({"manner": "nothing"}, "takes neither alerts nor changes"),
        ({"standing": "soon"}, "partners[0].standing"),
    ],
)
def test_who_cannot_be_checked_is_told_why(
    checks: Check, capsys: pytest.CaptureFixture[str], more: dict[str, str], words: str
) -> None:
    """By the status of a mistake, not that of a broken promise."""
    assert checks(**more) == 2
    assert words in capsys.readouterr().err


async def test_what_was_said_to_the_gateway_goes_before_the_file(
    checks: Check, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Suspended an hour ago, though the file has it live."""
    import asyncio

    from gateway.db import migrate

    settings = Settings(data_dir=tmp_path)
    migrate(settings.url, environment="demo")
    database = Database(settings.url, Notebook())
    await database.start()
    said = Stands("bpbd", Standing.SUSPENDED, datetime.now(UTC), "k-admin")
    await database.write(
        lambda connection: standing_store.put(connection, said), entries=[Entry("test", "done")]
    )
    await database.close()
    assert await asyncio.to_thread(checks, "", "live") == 2
    assert "bpbd is suspended" in capsys.readouterr().err
