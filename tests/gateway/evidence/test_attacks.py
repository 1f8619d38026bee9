"""What hands can do to a signed log: each is found and named, and what needs an anchor says so."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.audit.notes import in_one_line
from gateway.evidence import verify
from gateway.evidence.verify import INCOMPLETE, INTACT, TAMPERED

from . import flips
from .exports import Export, Maker, chained, changed, resigned, told, year


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """A log of 1,001 entries, signed at 101, 201 ... 1,001."""
    return Maker(tmp_path_factory.mktemp("house"), every=100).write(*range(1, 1001)).sign().export()


def test_an_honest_log_is_intact(honest: Export, tmp_path: Path) -> None:
    """With an anchor without a word of warning; without one the tool says what cannot be seen."""
    report = honest.copy().checked(tmp_path, anchored=True)
    assert (report.code, report.entries) == (INTACT, 1001), report
    assert not [note for note in report.notes if "WARNING" in note]
    (tmp_path / "again").mkdir()
    alone = honest.copy().checked(tmp_path / "again")
    assert alone.code == INTACT
    assert any("no anchor from outside" in note for note in alone.notes)


def rewritten(export: Export) -> None:
    """Change an entry and chain everything behind it anew."""
    export.entries = chained(
        [*export.entries[:299], changed(export.entries[299], code="x"), *export.entries[300:]], 299
    )


def inserted(export: Export) -> None:
    """Slip an entry in and chain everything behind it anew."""
    forged = changed(export.entries[299], key="forged")
    export.entries = chained([*export.entries[:300], forged, *export.entries[300:]], 300)


def forked(export: Export) -> None:
    """Rewrite, and sign all checkpoints anew with the stolen key."""
    rewritten(export)
    export.notes = [resigned(export, note) for note in export.notes]


def cut_short(export: Export) -> None:
    """Cut the end off together with the checkpoints that cover it."""
    del export.entries[801:]
    del export.notes[8:]


def swap(items: list[bytes]) -> None:
    """Exchange two neighbours."""
    items[299], items[300] = items[300], items[299]


def tail_rewritten(export: Export) -> None:
    """Change an entry behind the last but one checkpoint."""
    tail = [changed(export.entries[990], code="x"), *export.entries[991:]]
    export.entries = chained([*export.entries[:990], *tail], 990)


def gone(export: Export) -> None:
    """Hand out nothing."""
    export.entries.clear()
    export.notes.clear()


Attack = Callable[[Export], object]
SAME = None
# What is done; the code and what is said without an anchor, and with one where that differs.
ATTACKS: dict[str, tuple[Attack, tuple[int, str], tuple[int, str] | None]] = {
    "deleted": (lambda e: e.entries.pop(299), (TAMPERED, "/300: missing"), SAME),
    "slipped in": (lambda e: e.entries.insert(300, e.entries[5]), (TAMPERED, "/6: stands a second"), SAME),
    "exchanged": (lambda e: swap(e.entries), (TAMPERED, "/300: missing"), SAME),
    "doubled": (lambda e: e.entries.insert(300, e.entries[299]), (TAMPERED, "/300: stands a second"), SAME),
    "cut off": (lambda e: e.entries.__delitem__(slice(950, None)), (TAMPERED, "/951: cut off"), SAME),
    "rewritten": (rewritten, (TAMPERED, "/202 to .*/301: is not what"), SAME),
    "inserted and rechained": (inserted, (TAMPERED, "/202 to .*/301: is not what"), SAME),
    "tail rewritten": (tail_rewritten, (TAMPERED, "/902 to .*/1001: is not what"), SAME),
    "checkpoint dropped": (lambda e: e.notes.pop(), (INTACT, ""), (TAMPERED, "checkpoint 1001: dropped")),
    "cut off with its checkpoints": (cut_short, (INTACT, ""), (TAMPERED, "/802 to .*/1001: cut off")),
    "forked with the stolen key": (forked, (INTACT, ""), (TAMPERED, "FORK")),
    "checkpoints exchanged": (lambda e: e.notes.insert(3, e.notes.pop(4)), (TAMPERED, "wrong place"), SAME),
    "checkpoint doubled": (lambda e: e.notes.insert(3, e.notes[3]), (TAMPERED, "twice"), SAME),
    "no checkpoint left": (lambda e: e.notes.clear(), (INCOMPLETE, "no checkpoint"), (TAMPERED, "dropped")),
    "everything gone": (gone, (INCOMPLETE, "not one entry"), (TAMPERED, "cut off")),
    "entries gone": (lambda e: e.entries.clear(), (TAMPERED, "none is there"), SAME),
}


@pytest.mark.parametrize("anchored", [False, True], ids=["alone", "anchored"])
@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_is_found_and_named(honest: Export, tmp_path: Path, name: str, anchored: bool) -> None:
    """The right class, the right place; what is invisible alone comes to light with one anchor."""
    attack, alone, with_anchor = ATTACKS[name]
    export = honest.copy()
    attack(export)
    report = export.checked(tmp_path, anchored=anchored)
    code, said = (with_anchor or alone) if anchored else alone
    assert report.code == code, report
    assert re.search(said, str(report.damage or report.missing or "")), report.damage or report.missing
    if code == INTACT:
        assert any("no anchor from outside" in note for note in report.notes)


def test_a_fork_is_narrowed_down_by_several_anchors(honest: Export, tmp_path: Path) -> None:
    """It lies behind the last anchor that still fits."""
    export = honest.copy()
    export.anchor = "\n".join([honest.notes[1], honest.notes[5], honest.notes[9]])
    forked(export)
    report = export.checked(tmp_path, anchored=True)
    assert re.search("/202 to .*/601: FORK", str(report.damage))


def test_anchors_are_found_in_whatever_somebody_kept(honest: Export, tmp_path: Path) -> None:
    """A header in base64, a note quoted in a mail with Windows line ends; prose is skipped."""
    export = honest.copy()
    mail = f"Yth.\r\n\r\n{honest.notes[9]}".replace("\n", "\r\n") + "\r\nHormat kami"
    for anchor in (
        f"Gerbang-Audit-Checkpoint: {in_one_line(honest.notes[9])}\n",
        mail,
        f"  {honest.notes[9]}",
    ):
        export.anchor = anchor
        folder = tmp_path / str(abs(hash(anchor)))
        folder.mkdir()
        report = export.copy().checked(folder, anchored=True)
        assert "1 anchors fit" in report.notes, report


@pytest.mark.parametrize("anchor", ["", "nothing of the kind\n", "a\n1\n\n\u2014 x AAAA\n"])
def test_an_anchor_that_is_none_is_said(honest: Export, tmp_path: Path, anchor: str) -> None:
    """Whoever gave it believes to be protected: the evidence is incomplete."""
    export = honest.copy()
    export.anchor = anchor
    report = export.checked(tmp_path, anchored=True)
    assert (report.code, report.missing) == (
        INCOMPLETE,
        "no anchor given holds a checkpoint by a key you trust",
    )


def test_a_foreign_key_is_not_believed(honest: Export, tmp_path: Path) -> None:
    """A log that is sound in itself and signed by somebody else does not fit the policy."""
    (tmp_path / "other").mkdir()
    other = Maker(tmp_path / "other", every=100).write(*range(1, 300)).sign().export()
    report = other.checked(tmp_path, policy=honest.policy)
    assert report.code == TAMPERED
    assert "nobody you trust vouches for" in str(report.damage)


def test_a_policy_that_came_with_the_export_is_said(honest: Export, tmp_path: Path) -> None:
    """It proves nothing about who signed."""
    folder = honest.copy().written(tmp_path / "export")
    report = verify.check(folder)
    assert report.code == INTACT
    assert any("the policy came with the export" in note for note in report.notes)


def test_a_wrong_signature_is_found_in_every_checkpoint(honest: Export, tmp_path: Path) -> None:
    """Each of them is looked at, as long as they are few."""
    for number in range(len(honest.notes)):
        export = honest.copy()
        head, dash, signature = export.notes[number].rpartition(" ")
        place = 20 if signature[20] != "A" else 21
        export.notes[number] = f"{head}{dash}{signature[:place]}A{signature[place + 1 :]}"
        folder = tmp_path / str(number)
        folder.mkdir()
        report = export.checked(folder)
        assert "signature is wrong" in str(report.damage), (number, report)


def test_keys_are_followed_over_rotations(tmp_path: Path) -> None:
    """With the first key alone in the policy; every checkpoint before and after is valid."""
    maker = Maker(tmp_path, every=50).write(*range(1, 120))
    first = f"log {maker.logbook.vkey}\nquorum none\n"
    for start in (200, 300, 400):
        maker.rotate().write(*range(start, start + 60)).sign()
        maker.restart()
    export = maker.write(500).sign().export()
    assert len(export.secrets) == 4
    report = export.checked(tmp_path, policy=first)
    assert report.code == INTACT, report


def test_a_retired_key_is_not_believed_any_more(tmp_path: Path) -> None:
    """What it signs after it has handed over is tampering, though the policy names it."""
    maker = Maker(tmp_path).write(1, 2)
    old = maker.logbook.vkey
    maker.sign().rotate().write(3).sign()
    export = maker.export()
    assert old is not None
    by_old = export.notes[0].partition("\n\n")[2]
    export.notes[-1] = resigned(export, export.notes[-1].partition("\n\n")[0] + "\n\n" + by_old)
    report = export.checked(tmp_path, policy=f"log {old}\nquorum none\n")
    assert "not signed by the key in force" in str(report.damage)


def test_a_key_nobody_vouches_for_needs_the_policy(tmp_path: Path) -> None:
    """The old key was lost: the new one signs alone, and is believed by whoever was given it."""
    maker = Maker(tmp_path).write(1, 2).sign()
    old = maker.logbook.vkey
    for file in (tmp_path / "secrets").iterdir():
        file.unlink()
    maker.restart()
    export = maker.write(3).rotate().write(4).sign().export()
    (tmp_path / "first").mkdir()
    (tmp_path / "both").mkdir()
    report = export.copy().checked(tmp_path / "first", policy=f"log {old}\nquorum none\n")
    assert "nobody you trust vouches for" in str(report.damage)
    both = f"log {old}\nlog {maker.logbook.vkey}\nquorum none\n"
    assert export.checked(tmp_path / "both", policy=both).code == INTACT


@pytest.fixture
def years(tmp_path: Path) -> tuple[Export, str]:
    """Three years of a log, and the policy of the first."""
    today = year(2026)
    maker = Maker(tmp_path, every=50, today=today).write(*range(1, 120))
    policy = f"log {maker.logbook.vkey}\nquorum none\n"
    for number in (2027, 2028):
        today.number = number
        maker.write(*range(1000 * number, 1000 * number + 120)).sign()
    return maker.export(), policy


def test_years_are_followed_with_the_first_policy(years: tuple[Export, str], tmp_path: Path) -> None:
    """Each year's log holds the end of the one before, and its key is vouched for by that one's."""
    export, policy = years
    report = export.checked(tmp_path, policy=policy)
    assert report.code == INTACT, report
    assert [log[:4] for log in report.heads] == ["2026", "2027", "2028"]


def _of(export: Export, number: int) -> tuple[int, int]:
    """Return where a year's entries begin and end."""
    places = [at for at, line in enumerate(export.entries) if f'"log":"{number}/'.encode() in line]
    return places[0], places[-1] + 1


def test_a_missing_year_is_incomplete(years: tuple[Export, str], tmp_path: Path) -> None:
    """The later log says that it continues one that is not there."""
    export, _ = years
    begin, end = _of(export, 2027)
    del export.entries[begin:end]
    export.notes = [note for note in export.notes if "/2027/" not in note.partition("\n\n")[0]]
    report = export.checked(tmp_path)
    assert (report.code, report.missing) == (
        INCOMPLETE,
        "the log 2027/gerbang-1, which 2028/gerbang-1 continues, is not in the export",
    )


def test_a_year_that_was_cut_or_grown_is_found(years: tuple[Export, str], tmp_path: Path) -> None:
    """Even with a stolen key: the next year's first entry holds its end."""
    export, _ = years
    _, end = _of(export, 2026)
    shorter = export.copy()
    del shorter.entries[end - 5 : end]
    shorter.notes = [note for note in shorter.notes if "/2026/gerbang-1\n120\n" not in note]
    (tmp_path / "cut").mkdir()
    assert "2026/gerbang-1/116: cut off" in str(shorter.checked(tmp_path / "cut").damage)
    rewritten_ = export.copy()
    head = chained([*export.entries[: end - 1], changed(export.entries[end - 1], code="x")], end - 1)
    rewritten_.entries = [*head, *export.entries[end:]]
    rewritten_.notes = [
        resigned(rewritten_, note) if "/2026/gerbang-1\n120\n" in note else note for note in export.notes
    ]
    (tmp_path / "changed").mkdir()
    assert "2026/gerbang-1: rewritten" in str(rewritten_.checked(tmp_path / "changed").damage)


def test_a_log_that_does_not_open_is_found(honest: Export, tmp_path: Path) -> None:
    """Its first entry must say whose it is."""
    export = honest.copy()
    export.entries = chained([changed(export.entries[0], act="log.begun"), *export.entries[1:]], 0)
    assert "begins with log.opened" in str(export.checked(tmp_path).damage)


def test_a_long_tail_or_gap_without_signature_is_incomplete(tmp_path: Path) -> None:
    """A few entries wait for the next second; thousands mean that checkpoints were taken away."""
    maker = Maker(tmp_path, every=10_000).write(*range(1, 60))
    export = maker.export()
    export.notes = []
    (tmp_path / "short").mkdir()
    (tmp_path / "long").mkdir()
    (tmp_path / "gap").mkdir()
    assert export.checked(tmp_path / "short").missing == f"{_log(export)}: no checkpoint was signed"
    maker.sign().write(*range(100, 2300))
    report = maker.export().checked(tmp_path / "long")
    assert report.missing == f"{_log(export)}/61 to {_log(export)}/2260: no checkpoint covers them"
    report = maker.sign().export().checked(tmp_path / "gap")
    assert report.missing is not None
    assert report.missing.startswith(f"{_log(export)}/61 to {_log(export)}/2260: a checkpoint is due")


def _log(export: Export) -> str:
    return str(json.loads(export.entries[0])["log"])


DASH = "\u2014 ".encode()
GARBAGE = [
    *(("checkpoints.txt", each) for each in (b"", b"\n\n\n", b"\xff\xfe", b"x" * 100_000)),
    ("checkpoints.txt", b"a\n1\nAA==\n\n" + DASH + b"a AAAA\n\n"),
    *(("policy.txt", each) for each in (b"log\n", b"log a+b+c\n", b"nonsense\n", b"quorum somebody\n")),
    *(("policy.txt", each) for each in (b"\xff", b"log " + b"a" * 5000)),
    *(("anchor.txt", each) for each in (b"\xff" * 1000, DASH * 1000, b"A" * 100_000)),
    *(("entries-0001.jsonl", each) for each in (b"\xff\n", b"{}\n", b"[" * 100_000 + b"\n")),
    ("entries-0001.jsonl", b'{"leaf":"' + b"0" * 64 + b'"'),
]


@pytest.mark.parametrize(("file", "content"), GARBAGE)
def test_garbage_is_no_traceback(
    honest: Export, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, content: bytes
) -> None:
    """Whatever lies there, a clear line and a code other than 0, unless it is an anchor among others."""
    folder = honest.copy().written(tmp_path / "export")
    where = folder / file
    where.write_bytes(content)
    anchors = ["--anchor", str(where)] if file == "anchor.txt" else []
    assert verify.main([str(folder), "--policy", str(folder / "policy.txt"), *anchors]) in (1, 2)
    said = capsys.readouterr().out
    assert said.split()[0] in ("TAMPERED", "INCOMPLETE")
    assert "Traceback" not in said
    assert said.isascii()


def test_a_tale_of_silence(tmp_path: Path) -> None:
    """A minute's heartbeat that did not come is told, and no tampering."""
    clock = iter([0.0, 10.0, 500.0, 510.0])
    maker = Maker(tmp_path, monotonic=lambda: next(clock))
    for number in (1, 2, 3):
        maker.write(number)
    report = maker.sign().export().checked(tmp_path)
    assert report.code == INTACT
    assert any("1 silences of more than 150 s, the longest 490 s" in note for note in report.notes)


@pytest.mark.slow
def test_hundreds_of_flipped_bits_are_named(tmp_path: Path) -> None:
    """Each names its very entry; `make bench` does all ten thousand."""
    seen = flips.run(range(0, flips.ENTRIES, 50), scratch=tmp_path)
    assert (seen[True], seen[False]) == (200, 0)


def test_an_entry_of_these_tests_is_as_long_as_a_real_one() -> None:
    """Some seven hundred bytes, with something sealed in it."""
    assert told(1).sealed is not None
