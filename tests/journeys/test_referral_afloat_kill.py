"""The database is away, an emergency goes out, and the plug is pulled: after the start it is a row, once."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.running import House, Sandbox

from .evidence import records
from .no_room import locked
from .referral_desk import NIK, Desk, events, states
from .test_no_room import referral_written

pytestmark = pytest.mark.slow

SILOAM, BRATANATA = "rs-siloam", "rs-bratanata"
SITUATION = "Contoh situasi yang tidak boleh terbaca di disk"
ORDER = {"need": "icu", "then": "break_glass", "criteria": ["haemodynamic"], "situation": SITUATION}


@pytest.fixture
def desk(house: House, sandbox: Sandbox) -> Desk:
    """Everybody around a referral; two hospitals take what they are sent and do not answer."""
    made = Desk(house, sandbox)
    for hospital in (SILOAM, BRATANATA):
        made.hospital(hospital, "silent")
    return made


def _shelved(house: House) -> list[Path]:
    return sorted((house.data / "afloat").iterdir())


def _in_clear(folder: Path) -> list[str]:
    """Return the files in which anything stands that was told of the patient."""
    # By another process: were the database's files closed in this one, the lock held here would be gone.
    search = ["grep", "-rlaF", "-e", NIK, "-e", SITUATION, "-e", "Contoh Pasien", str(folder)]
    done = subprocess.run(search, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def _break_glass(desk: Desk) -> str:
    order = ORDER | {"hospitals": [SILOAM, BRATANATA], "patient": {"nik": NIK, "name": "Contoh Pasien"}}
    answer = desk.ask("dispatcher", "POST", "", expect=202, json=order)
    return str(answer.json()["referral"]["id"])


def _entries(house: House, referral: str) -> list[str]:
    return [each["act"] for each in records(house) if each.get("obj", {}).get("id") == referral]


def test_a_new_emergency_is_there_after_a_kill(desk: Desk, house: House) -> None:
    """Same id, same patient, the same two hospitals, each with one copy; and nothing is left on the shelf."""
    with locked(house):
        referral = _break_glass(desk)
        assert [file.name for file in _shelved(house)] == [referral]
        house.kill()
        assert _in_clear(house.folder) == []
        house.start(until="/livez")
        assert _is_on_the_alarm(desk, referral)
        desk.ask("operator", "GET", f"/{referral}", expect=503)
        house.kill()
    house.start()
    seen = desk.until(referral_written(desk, referral), lambda now: set(states(now).values()) == {"sent"})
    assert (seen["patient"]["nik"], seen["situation"]) == (NIK, SITUATION)
    assert (seen["clearance"], set(states(seen))) == ("break_glass", {SILOAM, BRATANATA})
    _has_one_copy(desk, referral)
    told = _entries(house, referral)
    assert [told.count(f"referral.{act}") for act in ("glass_broken", "written_late")] == [1, 1]
    house.kill()
    house.start()
    assert _entries(house, referral).count("referral.written_late") == 1


def _is_on_the_alarm(desk: Desk, referral: str) -> bool:
    with desk.house.client("operator") as operator:
        alarms: list[dict[str, Any]] = operator.get("/v1/alarms").json()["alarms"]
    return any(referral in each["text"] for each in alarms if each["name"] == "referral.afloat")


def _has_one_copy(desk: Desk, referral: str) -> None:
    for hospital in (SILOAM, BRATANATA):
        requests, tasks = desk.kept_of(hospital, referral)
        assert (hospital, len(requests), len(tasks)) == (hospital, 1, 1)
    assert _shelved(desk.house) == []
    assert not _is_on_the_alarm(desk, referral)


def test_a_row_that_became_an_emergency_is_one_after_a_kill(desk: Desk, house: House) -> None:
    """It waited for its approval; what made it an emergency happens once, with those hospitals."""
    referral = desk.new("submit", SILOAM, BRATANATA)
    with locked(house):
        order = {"criteria": ["haemodynamic"]}
        desk.ask("dispatcher", "POST", f"/{referral}/break-glass", expect=202, json=order)
        (file,) = _shelved(house)
        assert file.name.startswith(f"{referral}.")
        house.kill()
        assert _in_clear(house.folder) == []
    house.start()
    seen = desk.until(referral, lambda now: set(states(now).values()) == {"sent"})
    assert (seen["urgency"], seen["clearance"]) == ("emergency", "break_glass")
    assert events(seen).count("break_glass") == 1
    _has_one_copy(desk, referral)
    assert _entries(house, referral).count("referral.glass_broken") == 1


def test_who_asks_again_after_the_kill_is_answered_with_the_same(desk: Desk, house: House) -> None:
    """The dispatch system saw no answer and repeats its question while the database is still away."""
    key = {"Idempotency-Key": "ulang-contoh-1"}
    order = ORDER | {"hospitals": [SILOAM]}
    with locked(house):
        first = desk.ask("dispatcher", "POST", "", expect=202, json=order, headers=key).json()["referral"][
            "id"
        ]
        house.kill()
        house.start(until="/livez")
        again = desk.ask("dispatcher", "POST", "", expect=202, json=order, headers=key).json()["referral"][
            "id"
        ]
        assert again == first
        assert len(desk.kept_of(SILOAM, first)[1]) == 1
    seen = desk.until(referral_written(desk, first), lambda now: states(now)[SILOAM] == "sent")
    assert events(seen).count("break_glass") == 1
    assert len(desk.kept_of(SILOAM, first)[1]) == 1
