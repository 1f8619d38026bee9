"""Checkpoints that somebody kept: where they may stand, what they bring to light, what they are worth."""

from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from gateway.evidence import verify
from gateway.evidence.mail import compose
from gateway.evidence.verify import INCOMPLETE, INTACT, TAMPERED, Report, check

from .producer import Log, begun, policy, write
from .test_trust import first_key, next_year, old_year


def checked(folder: Path, logs: list[Log], *anchors: str | bytes, trusts: str = "") -> Report:
    """Check the logs, by the first one's first key if no policy is given."""
    (folder / "trusts.txt").write_text(trusts or policy(first_key(logs[0])))
    files = []
    for number, anchor in enumerate(anchors):
        files.append(folder / f"anchor-{number}")
        files[-1].write_bytes(anchor if isinstance(anchor, bytes) else anchor.encode())
    return check(write(folder / "export", logs, ""), folder / "trusts.txt", files)


def cut(log: Log, size: int) -> Log:
    """Cut off what comes behind *size*, with its checkpoints."""
    del log.records[size:], log.leaves[size:]
    log.notes = [note for note in log.notes if int(note.split("\n")[1]) <= size]
    return log


def long_log() -> Log:
    """Return a log with ten checkpoints, at 10, 20 ... 100."""
    log = begun().add(9).sign()
    for _ in range(9):
        log.add(10).sign()
    return log


NOTE = long_log().notes[-1]
ONE_LINE = b64encode(NOTE.encode()).decode()


def mailed(text: str, cte: str) -> bytes:
    """Return a mail as a program saves it."""
    message = EmailMessage()
    message["Subject"] = "Laporan harian"
    message.set_content(text, charset="utf-8", cte=cte)
    return message.as_bytes(policy=SMTP)


def report_mail() -> bytes:
    """Return the daily report's own mail."""
    given = {"sender": "g@uji.example", "to": "i@uji.example", "subject": "Laporan", "name": "laporan"}
    return compose(text=f"Titik periksa\n\n{NOTE}\nSimpan.\n", picture=b"\x89PNG", **given).as_bytes(
        policy=SMTP
    )


KEPT: dict[str, str | bytes] = {
    "note": NOTE,
    "note without its last line end": NOTE.rstrip(),
    "in one line": ONE_LINE,
    "header": f"date: x\r\nGerbang-Audit-Checkpoint: {ONE_LINE}\r\nserver: y\r\n",
    "in prose": f"Yth. Inspektorat\n\n{NOTE}\u2014 Hormat kami\n",
    "windows": NOTE.replace("\n", "\r\n").encode(),
    "answered": "".join(f"> {line}\n" for line in NOTE.split("\n")),
    "answered twice": "".join(f">> {line}\n" for line in NOTE.split("\n")),
    "mail, quoted-printable": mailed(f"Halaman\n\n{NOTE}\n", "quoted-printable"),
    "mail, base64": mailed(f"Halaman\n\n{NOTE}\n", "base64"),
    "mail, 8bit": mailed(f"Halaman\n\n{NOTE}\n", "8bit"),
    "mail of the house": report_mail(),
    "many": "".join(f"{note}\n" for note in long_log().notes),
    "behind a long line": "x" * 300_000 + "\n" + NOTE,
    "behind what is no text": b"\xff\xfe\x00" * 1000 + b"\n" + NOTE.encode(),
}


@pytest.mark.parametrize("name", KEPT)
def test_an_anchor_is_found_where_it_was_kept(tmp_path: Path, name: str) -> None:
    """And shows what was cut off behind it."""
    assert checked(tmp_path, [long_log()], KEPT[name]).anchors >= 1
    (tmp_path / "cut").mkdir()
    report = checked(tmp_path / "cut", [cut(long_log(), 70)], KEPT[name])
    assert "2026/gerbang-1/7" in str(report.damage), report


def test_a_year_that_is_gone_is_missed(tmp_path: Path) -> None:
    """Its first checkpoint carries the old key's signature too, so that the first policy is enough."""
    old = old_year()
    new = next_year(old, "2026/gerbang-1", 2)
    report = checked(tmp_path, [old], new.notes[0])
    assert (report.code, str(report.damage)) == (
        TAMPERED,
        "2026/gerbang-1/1 to 2026/gerbang-1/4: cut off: an anchor covers them",
    )


def test_an_anchor_by_a_key_that_was_cut_off_is_not_passed_over(tmp_path: Path) -> None:
    """Nobody is left who vouches for it; beside another that fits, the verdict is not INTACT."""
    log = begun().add(9).sign().rotate(2).add(5).sign()
    anchors = log.notes[0], log.notes[-1]
    assert checked(tmp_path, [log], *anchors).code == INTACT
    (tmp_path / "cut").mkdir()
    report = checked(tmp_path / "cut", [cut(log, 10)], *anchors)
    assert report.code == INCOMPLETE, report
    assert "an anchor tells of 2026/gerbang-1 up to 16" in str(report.missing)


def test_a_forged_anchor_accuses_nobody(tmp_path: Path) -> None:
    """By a key of one's own, over a log that never was: at most the evidence is incomplete."""
    forged = begun(seed=99).add(500).sign().notes[-1]
    other = begun("2026/gerbang-2", seed=99).add(5).sign().notes[-1]
    assert checked(tmp_path, [long_log()], NOTE, forged).code == INCOMPLETE
    (tmp_path / "other").mkdir()
    report = checked(tmp_path / "other", [long_log()], NOTE, other)
    assert report.code == INTACT
    assert "1 checkpoints in the anchors are by no key you trust: not used" in report.notes


def test_a_fork_is_narrowed_down_by_what_was_truly_signed(tmp_path: Path) -> None:
    """To what lies between two anchors; a thief's own note that fits his fork moves nothing."""
    honest = long_log().notes
    fork = long_log().replace(41, code="x")
    fork.notes.clear()
    for size in range(10, 101, 10):
        fork.notes.append(cut_note(fork, size))
    planted = cut_note(fork, 50, seed=99)
    report = checked(tmp_path, [fork], honest[1], honest[3], honest[7], planted)
    assert str(report.damage).startswith("2026/gerbang-1/41 to 2026/gerbang-1/80: FORK"), report


def cut_note(log: Log, size: int, *, seed: int = 1) -> str:
    """Sign the first *size* entries."""
    shorter = Log(log.name, log.new_pen(seed), leaves=log.leaves[:size])
    return shorter.sign().notes[0]


def test_of_very_many_anchors_the_newest_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is appended to each second must not fill the memory; what was thinned out is said."""
    monkeypatch.setattr(verify, "ANCHORS", 4)
    anchors = "".join(f"{note}\n" for note in long_log().notes)
    report = checked(tmp_path, [long_log()], anchors)
    assert report.code == INTACT
    assert any("older checkpoints in the anchors were passed over" in note for note in report.notes)
    (tmp_path / "cut").mkdir()
    assert checked(tmp_path / "cut", [cut(long_log(), 90)], anchors).code == TAMPERED


def test_few_signatures_are_worked_out_for_many_anchors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year's file of anchors would take hours: the newest that fits vouches for those before it."""
    worked: list[bytes] = []
    true = verify.ed25519
    monkeypatch.setattr(verify, "ed25519", lambda *given: worked.append(given[2]) or true(*given))
    report = checked(tmp_path, [long_log()], "".join(long_log().notes))
    assert (report.anchors, len(worked)) == (10, 11)


def test_too_many_unlike_anchors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be thinned out of notes that all claim the same size: said, and no memory filled."""
    monkeypatch.setattr(verify, "ANCHORS", 4)
    text, _, line = NOTE.partition("\n\n")
    name = line.split(" ")[1]
    many = [f"{text}\n\n\u2014 {name} {b64encode(bytes([n]) * 68).decode()}\n\n" for n in range(9)]
    with pytest.raises(verify.Unusable, match="too many unlike checkpoints"):
        checked(tmp_path, [long_log()], "".join(many))


def test_a_note_torn_by_a_full_disk_accuses_nobody(tmp_path: Path) -> None:
    """The anchor file goes on behind the torn end: one note is lost, the others count."""
    for place in range(1, len(NOTE.encode()) - 1, 7):
        torn = NOTE.encode()[:place] + NOTE.encode() + b"\n" + long_log().notes[4].encode()
        folder = tmp_path / str(place)
        folder.mkdir()
        report = checked(folder, [long_log()], torn)
        assert report.code == INTACT, (place, report)
