"""The daily page says in a word whether the log is intact, and carries the proof to keep."""

import io
import json
import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import segno

from contracts.audit import Entry
from gateway.alarms import Alarms
from gateway.evidence import daily
from gateway.evidence.daily import DailyReport, Made, page_of
from gateway.evidence.report import Findings, LogState, in_words, page, picture

NOTE = "test.gerbang.example/audit/2026/gerbang-1\n12345\nqqqq\n\n\u2014 test.gerbang.example/audit x\n"


def findings(code: int = 0, *, note: str | None = NOTE, environment: str = "live") -> Findings:
    """Make what a check found."""
    return Findings(
        day=date(2026, 11, 25),
        site="test.gerbang.example",
        environment=environment,
        code=code,
        remarks=["INTACT  12345 entries"],
        logs=[LogState("2026/gerbang-1", 12345, 12345, note)],
        today=[("capacity.asked", 1200), ("eligibility.asked", 34)],
    )


@pytest.mark.parametrize(("code", "word"), [(0, "UTUH"), (1, "BERUBAH"), (2, "BUKTI KURANG")])
def test_the_verdict_stands_in_one_word(code: int, word: str) -> None:
    """Utuh, berubah or bukti kurang, and what it means."""
    text = page(findings(code))
    assert f"\nHASIL PEMERIKSAAN: {word}\n" in text
    assert text.count("UTUH") == (code == 0)


def test_the_page_is_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The day in words, the counts as written here, the note to the letter, no line too long to print."""
    text = page(findings())
    assert "Rabu, 25 November 2026" in text
    assert "2026/gerbang-1: 12.345 entri, ditandatangani sampai 12.345" in text
    assert "kemarin" not in text
    assert "tercatat 1.234 entri" in text
    assert NOTE.rstrip() in text
    assert len(text.splitlines()) < 60
    assert max(map(len, text.replace(NOTE.rstrip(), "").splitlines())) <= 110


def test_a_demo_says_so() -> None:
    """Nobody takes a demonstration's page for evidence."""
    assert "DATA CONTOH - JANGAN DIPAKAI" in page(findings(environment="demo"))
    assert "DATA CONTOH" not in page(findings())


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 8, 17), "Senin, 17 Agustus 2026"), (date(2028, 2, 29), "Selasa, 29 Februari 2028")],
)
def test_days_in_words(day: date, words: str) -> None:
    """As people here write them."""
    assert in_words(day) == words


def test_the_picture_holds_the_note() -> None:
    """The very QR code of the note, as PNG; without a note it holds the verdict."""
    wanted = io.BytesIO()
    segno.make(NOTE, error="m", micro=False).save(wanted, kind="png", scale=6, border=4)
    assert picture(findings()) == wanted.getvalue()
    without = picture(findings(note=None))
    assert without != wanted.getvalue()
    for image in (without, wanted.getvalue()):
        assert image.startswith(b"\x89PNG\r\n")
        kind, crc = image[12:29], struct.unpack(">I", image[29:33])[0]
        assert zlib.crc32(kind) == crc


class Desk:
    """A recorder that remembers, a folder of reports, and the command's answers."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, answers: Sequence[Made | None]) -> None:
        self.folder, self.alarms, self.entries = folder, Alarms(), list[Entry]()
        self.now = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)  # 05:59 in Jambi
        self.answers, self.asked = list(answers), 0
        self.other_leads = False

        async def elsewhere() -> bool:
            return self.other_leads

        self.daily = DailyReport(
            folder,
            self,
            self.alarms,
            hour=6,
            elsewhere=elsewhere,
            now=lambda: self.now,  # type: ignore[arg-type]  # only `record` is used
        )

        async def answer() -> Made | None:
            self.asked += 1
            made = self.answers.pop(0)
            if made is not None:
                day = self.now.date() + timedelta(days=self.now.hour >= 17)
                page_of(folder, day).with_suffix(".json").write_bytes(msgspec.json.encode(made))
            return made

        monkeypatch.setattr(daily, "_ask_for_it", answer)

    async def record(self, *entries: Entry) -> None:
        """Remember."""
        self.entries += entries

    async def look(self, **later: int) -> list[str]:
        """Let time pass, look, and name the alarms that stand."""
        self.now += timedelta(**later)
        await self.daily.look()
        return [alarm.name for alarm in self.alarms.current()]


INTACT = Made(code=0, verdict="UTUH", size=10, mailed=True, receipt="250 ok", message_id="<1@x>")


async def test_it_is_made_once_a_day_at_its_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before six in Jambi, once after it, and the mail server's word is kept."""
    desk = Desk(tmp_path, monkeypatch, [INTACT, INTACT])
    await desk.look()
    assert desk.asked == 0
    for minutes in (1, 1, 600):
        assert await desk.look(minutes=minutes) == []
    assert desk.asked == 1
    await desk.look(days=1)
    assert desk.asked == 2
    made, mailed, *_ = desk.entries
    assert (made.act, made.outcome, made.detail) == ("report.made", "utuh", {"code": 0, "size": 10})
    assert (mailed.act, mailed.outcome) == ("report.mailed", "accepted")
    assert mailed.detail == {"receipt": "250 ok", "message_id": "<1@x>"}


async def test_of_several_processes_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inspectorate gets one mail a day, and gets it from another process when that one is gone."""
    desk = Desk(tmp_path, monkeypatch, [INTACT])
    desk.other_leads = True
    assert await desk.look(hours=1) == []
    assert desk.asked == 0
    desk.other_leads = False
    await desk.look(minutes=1)
    assert desk.asked == 1


async def test_a_changed_log_is_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands until a check finds the log intact again."""
    desk = Desk(tmp_path, monkeypatch, [Made(code=1, verdict="BERUBAH"), INTACT])
    assert await desk.look(hours=1) == ["audit.tampered"]
    assert desk.entries[0].outcome == "berubah"
    assert await desk.look(days=1) == []


async def test_an_unsent_mail_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After half an hour, with an alarm until it is taken."""
    unsent = Made(code=0, verdict="UTUH", trouble="mail.example: it answered 452")
    desk = Desk(tmp_path, monkeypatch, [unsent, INTACT])
    assert await desk.look(hours=1) == ["audit.report_unmailed"]
    await desk.look(minutes=29)
    assert desk.asked == 1
    assert await desk.look(minutes=1) == []
    assert [entry.outcome for entry in desk.entries if entry.act == "report.mailed"] == ["failed", "accepted"]


async def test_a_page_that_fails_is_an_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is tried again after half an hour."""
    desk = Desk(tmp_path, monkeypatch, [None, INTACT])
    assert await desk.look(hours=1) == ["audit.report_unmade"]
    assert await desk.look(minutes=29) == ["audit.report_unmade"]
    assert desk.asked == 1
    assert await desk.look(minutes=1) == []


async def test_alarms_stand_again_after_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the day's report found does not go away because somebody restarts the gateway."""
    first = Desk(tmp_path, monkeypatch, [Made(code=1, verdict="BERUBAH", trouble="mail.example: no")])
    assert await first.look(hours=1) == ["audit.tampered", "audit.report_unmailed"]
    again = Desk(tmp_path, monkeypatch, [INTACT])
    again.now = first.now
    assert await again.look() == []
    assert again.asked == 1, "the mail is tried again"


async def test_a_page_made_by_hand_is_not_the_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who looks for themselves does not silence the morning's report."""
    desk = Desk(tmp_path, monkeypatch, [INTACT])
    page_of(tmp_path, date(2026, 11, 25)).write_text("a page")
    assert await desk.look(hours=1) == []
    assert desk.asked == 1


async def test_the_command_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line is its answer; a failure is none."""
    said = json.dumps({"code": 2, "verdict": "BUKTI KURANG"})
    script = f"print('words'); print('''{said}''')"
    monkeypatch.setattr(daily, "COMMAND", (daily.sys.executable, "-c", script))
    made = await daily._ask_for_it()
    assert made == Made(code=2, verdict="BUKTI KURANG")
    monkeypatch.setattr(daily, "COMMAND", (daily.sys.executable, "-c", "raise SystemExit(3)"))
    assert await daily._ask_for_it() is None
    monkeypatch.setattr(daily, "LONGEST_S", 0.2)
    monkeypatch.setattr(daily, "COMMAND", (daily.sys.executable, "-c", "import time; time.sleep(60)"))
    assert await daily._ask_for_it() is None
