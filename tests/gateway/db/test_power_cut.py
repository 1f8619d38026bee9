"""Power cuts under the real store, 1,500 in a soak; what the model covers stands in `power/__init__.py`."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from .power.__main__ import ENOUGH, IMAGES, SEED, main
from .power.disk import Disk
from .power.images import Tally, explore, images
from .power.journal import Published, SyncFolder, Truncate, Write, Written
from .power.judge import Judge, Promised, Verdict
from .power.recording import FILE, PLANTS, Recording, record

PLANTED = 150  # images
AS_ENGINE_SETS_THEM = {
    "synchronous": 2,  # FULL
    "journal_mode": "wal",
    "foreign_keys": 1,
    "trusted_schema": 0,
    "busy_timeout": 2000,
    "journal_size_limit": 67108864,
}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Give the recording of the store as it is."""
    return record(tmp_path_factory.mktemp("recording"), SEED)


@pytest.fixture
def judge(tmp_path: Path, recording: Recording) -> Judge:
    """Give a judge of images of that recording."""
    return Judge(tmp_path, recording.folder / "secrets")


def test_the_store_runs_on_the_recorded_disk_with_its_own_settings(recording: Recording) -> None:
    """What the engine sets reaches SQLite, checkpoints move the log, and jobs fail in savepoints."""
    assert recording.settings == [AS_ENGINE_SETS_THEM] * 2
    moved = {event.file for event in recording.journal if isinstance(event, Write)}
    assert len(moved) == 3, "the main file and one log a life"
    assert len([event for event in recording.journal if isinstance(event, Truncate)]) > 6
    assert len(recording.refused) > 5


@pytest.mark.slow
@pytest.mark.parametrize("number_of", [IMAGES // 5, pytest.param(IMAGES, marks=pytest.mark.soak)])
def test_no_power_cut_loses_what_was_acknowledged(
    recording: Recording, record_property: Callable[[str, object], None], number_of: int
) -> None:
    """Of so many images none lost a write, none holds half of one, none is corrupt."""
    tally = explore(recording, range(number_of))
    record_property("figure", f"power cuts, seed {SEED}: {tally}")
    assert (tally.images, tally.lost, tally.halved, tally.corrupt) == (number_of, 0, 0, 0), _told(tally)
    assert tally.unsynced[FILE] > number_of // 15
    assert tally.unsynced[f"{FILE}-wal"] > number_of // 3
    assert tally.unsynced["names"] > number_of // 75


@pytest.mark.parametrize(
    ("plant", "setting", "found"),
    [("NORMAL", 1, "lost"), ("OFF", 0, "corrupt"), ("AUTOCOMMIT", 2, "halved")],
)
def test_a_planted_fault_is_found_out(tmp_path: Path, plant: str, setting: int, found: str) -> None:
    """With less syncing, or without transactions, such images fail at once: they prove something."""
    planted = record(tmp_path, SEED, plant=PLANTS[plant])
    assert [each["synchronous"] for each in planted.settings] == [setting] * 2
    tally = explore(planted, range(PLANTED))
    assert getattr(tally, found) >= ENOUGH, _told(tally)


def test_one_seed_makes_the_same_images(tmp_path: Path, recording: Recording) -> None:
    """A failing image can be made again from its seed and number: another recording has the same events."""
    again = record(tmp_path, SEED)
    assert again.journal.shape() == recording.journal.shape()
    one, other = (next(images(each, [7])) for each in (recording, again))
    assert (one.cut, one.open_files) == (other.cut, other.open_files)
    assert {name: len(text) for name, text in one.files.items()} == {
        name: len(text) for name, text in other.files.items()
    }


def test_the_command_says_the_seed_and_makes_one_image_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--plant` fails as the store would; `--only` keeps the image's files."""
    assert main(["--seed", "3", "--plant", "NORMAL", "--images", "20"]) == 1
    assert main(["--seed", "3", "--only", "5", "--keep", str(tmp_path / "image")]) == 0
    assert capsys.readouterr().out.startswith("seed 3\n")
    assert (tmp_path / "image" / FILE).exists()


DAMAGES = [
    pytest.param("DELETE FROM declared_capacity WHERE hospital = 'rs-0'", "halved", id="a row is gone"),
    pytest.param(
        "UPDATE declared_capacity SET free = free - 70 WHERE hospital = 'rs-0'", "halved", id="old row"
    ),
    pytest.param("UPDATE audit_entry SET record = replace(record, 'done', 'gone')", "corrupt", id="entries"),
    pytest.param("DELETE FROM audit_entry WHERE seq = 9", "corrupt", id="an entry is gone"),
    pytest.param("DELETE FROM audit_entry WHERE seq > 200", "corrupt", id="fewer entries than were signed"),
    pytest.param(
        "DELETE FROM audit_checkpoint WHERE size > 200", "lost", id="a published checkpoint is gone"
    ),
]


@pytest.mark.parametrize(("damage", "found"), DAMAGES)
def test_the_judge_sees_damage(recording: Recording, judge: Judge, damage: str, found: str) -> None:
    """Whatever an image lacks is named for what it is; the undamaged one passes."""
    whole, promised = _everything(recording)
    judge.put(whole)
    assert judge.judge(promised) == Verdict()
    judge.put(whole)
    with closing(sqlite3.connect(judge.folder / FILE)) as connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(damage)
        connection.commit()
    assert getattr(judge.judge(promised), found)


def test_the_judge_sees_a_promise_that_was_not_kept(recording: Recording, judge: Judge) -> None:
    """An acknowledged write that is not there is lost, a refused one that is there is half-written."""
    whole, promised = _everything(recording)
    judge.put(whole)
    assert judge.judge(Promised(promised.written | {99_999})).lost == 1
    judge.put(whole)
    assert judge.judge(Promised(refused=frozenset({min(promised.written)}))).halved


def test_a_started_house_goes_on_from_an_image(recording: Recording, judge: Judge) -> None:
    """The house opens what was left, writes on, and its export verifies with every signature."""
    judge.put(next(images(recording, [1])).files)
    assert judge.go_on() is None


def _everything(recording: Recording) -> tuple[dict[str, bytes], Promised]:
    """Return the disk after the last event, and all that was promised."""
    disk = Disk.holding(recording.journal.base)
    for event in [*recording.journal, SyncFolder()]:
        disk.take(event)
    written = {event.number for event in recording.journal if isinstance(event, Written)}
    published = {event.note for event in recording.journal if isinstance(event, Published)}
    return disk.after_power_cut(Random(0)), Promised(written, published, frozenset(recording.refused))


def _told(tally: Tally) -> str:
    worst = "; ".join(f"image {number}, {what}" for number, what in tally.failures[:5])
    return f"seed {SEED}: {tally}: {worst}; again: python -m tests.gateway.db.power --seed {SEED} --only N"
