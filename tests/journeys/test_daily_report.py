"""The morning's report as the gateway orders it: checked, kept, mailed, and the mail itself is an anchor."""

import email
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.running import House, Sandbox, free_port

INSPECTORATE = "inspektorat@kota.example"


class Box:
    """Keeps what an independent mail server received."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.says = "250 2.0.0 Ok: queued as 4ZK7Q"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Take a letter, unless told to refuse."""
        if self.says.startswith("250"):
            assert isinstance(envelope.content, bytes)
            assert envelope.rcpt_tos == [INSPECTORATE]
            self.letters.append(envelope.content)
        return self.says


@pytest.fixture(scope="module")
def box() -> Iterator[tuple[Box, int]]:
    """Run an independent mail server on this machine."""
    box, port = Box(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox, box: tuple[Box, int]
) -> Iterator[House]:
    """A gateway that mails its report there."""
    settings = {"report_to": INSPECTORATE, "smtp_url": f"smtp://127.0.0.1:{box[1]}"}
    with House(tmp_path_factory.mktemp("house"), sandbox, **settings) as running:
        _wait_for_a_checkpoint(running)
        yield running


def _wait_for_a_checkpoint(house: House) -> None:
    """Before the first one there is nothing to check against, and the report says so."""
    ends = time.monotonic() + 30
    with house.client("auditor") as auditor:
        while auditor.get("/v1/audit/checkpoint").status_code != 200:
            assert time.monotonic() < ends
            time.sleep(0.1)


def _report(house: House) -> Any:
    return json.loads(house.gerbang("audit", "report", "--json").splitlines()[-1])


def test_the_letter_holds_page_picture_and_an_anchor(
    house: House, box: tuple[Box, int], tmp_path: Path
) -> None:
    """The receipt is the server's word; saved as it came, the letter serves `--anchor` later."""
    made = _report(house)
    assert (made["verdict"], made["mailed"]) == ("UTUH", True), made
    assert made["receipt"] == "250 2.0.0 Ok: queued as 4ZK7Q"
    letter = tmp_path / "letter.eml"
    letter.write_bytes(box[0].letters[-1])
    parts = [part for part in email.message_from_bytes(letter.read_bytes()).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/plain", "image/png"]
    assert "HASIL PEMERIKSAAN: UTUH" in parts[0].get_payload(decode=True).decode()
    (kept,) = (house.data / "reports").glob("laporan-*.json")
    assert json.loads(kept.read_text()) == made
    export = house.export()
    command = [sys.executable, "-I", str(export / "verify.py"), str(export), "--anchor", str(letter)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert "no anchor from outside" not in checked.stdout


def test_a_letter_that_was_not_taken_is_said(house: House, box: tuple[Box, int]) -> None:
    """The page is kept all the same; what failed stands beside it."""
    box[0].says = "452 4.2.2 mailbox full"
    made = _report(house)
    box[0].says = "250 ok"
    assert (made["mailed"], made["trouble"]) == (False, "127.0.0.1: it answered 452")
    assert list((house.data / "reports").glob("laporan-*.txt"))
    assert not list(house.data.glob("report-*")), "the copy of the log is cleared away"


def test_a_page_that_cannot_be_kept_is_not_mailed(house: House, box: tuple[Box, int]) -> None:
    """Or the inspectorate would get one each time it is tried again."""
    reports = house.data / "reports"
    away = reports.rename(house.data / "away")
    reports.write_text("in the way")
    letters = len(box[0].letters)
    try:
        house.gerbang("audit", "report", "--json", status=2)
    finally:
        reports.unlink()
        away.rename(reports)
    assert len(box[0].letters) == letters


def test_a_changed_log_is_told(house: House, box: tuple[Box, int]) -> None:
    """Somebody has changed an entry in the database's file: the page says BERUBAH and names it."""
    with house.client("dispatcher") as dispatcher:
        dispatcher.get("/v1/capacity?need=icu").raise_for_status()
    house.stop()
    with sqlite3.connect(house.data / "gerbang.db") as database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        changed = "UPDATE audit_entry SET record = replace(record, 'outcome', 'oucome') WHERE seq = 4"
        assert database.execute(changed).rowcount == 1
    database.close()
    made = _report(house)
    assert (made["code"], made["verdict"], made["mailed"]) == (1, "BERUBAH", True)
    text = email.message_from_bytes(box[0].letters[-1])
    page = next(part for part in text.walk() if part.get_content_type() == "text/plain")
    assert "/4: " in page.get_payload(decode=True).decode()
