"""Whatever is done to an exported log, the verifier sees it and names the entry."""

import io
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.audit import Entry
from gateway.audit.chain import START, Tip, seal
from gateway.evidence import verify as verifier
from gateway.evidence.verify import Head, Report, main, verify
from tests.gateway.audit.material import entry, export_of, lines_of, rows

FILE = Path(verifier.__file__)


@pytest.fixture(scope="module")
def export() -> list[bytes]:
    """Give ten thousand exported entries."""
    return export_of(10_000)


def _named(report: Report) -> int:
    assert report.damage is not None
    if report.damage.entry == "the first entry (line 1)":
        return 1
    number = re.match(r"gerbang-1/(\d+)", report.damage.entry)
    assert number is not None, report.damage.entry
    return int(number[1])


def test_an_untouched_log_is_intact(export: list[bytes]) -> None:
    """Ten thousand entries, one start, the last leaf to compare with."""
    report = verify(export)
    assert (report.code, report.entries) == (verifier.INTACT, 10_000)
    head = report.heads["gerbang-1"]
    assert (head.seq, head.boots, head.leaf) == (10_000, 1, rows(10_000)[-1].leaf)


def _flip(line: bytes, bit: int) -> bytes:
    flipped = bytearray(line)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def test_each_of_300_flipped_bits_is_found_and_named(export: list[bytes]) -> None:
    """One bit anywhere in ten thousand entries, line ends included: the entry is named."""
    dice = random.Random(112)
    sealed = [row.leaf for row in rows(10_000)]
    for _ in range(300):
        at = dice.randrange(10_000)
        bit = dice.randrange(8 * len(export[at]))
        # What lies far before is as intact as in the test above; reading it 300 times proves nothing more.
        begin = max(0, at - 3)
        text = b"".join([*export[begin:at], _flip(export[at], bit), *export[at + 1 : at + 4]])
        heads = {"gerbang-1": Head(begin, sealed[begin - 1], 1, 1)} if begin else None
        assert _named(verify(io.BytesIO(text), heads=heads)) == at + 1, (at, bit)


@pytest.mark.parametrize("at", [0, 1, 4_321, 9_998, 9_999])
def test_a_flipped_bit_is_named_in_the_whole_file(export: list[bytes], at: int) -> None:
    """The same without any help, at both ends and in the middle; the last line's end counts too."""
    text = b"".join([*export[:at], _flip(export[at], 8 * len(export[at]) - 3), *export[at + 1 :]])
    assert _named(verify(io.BytesIO(text))) == at + 1


def _resealed(count: int, number: int, changed: Entry) -> list[bytes]:
    """Export *count* entries of which one was changed and given a fresh seal, as a clever hand would."""
    honest = rows(count)
    before = Tip(number - 1, honest[number - 2].leaf if number > 1 else START.leaf)
    (forged,), _ = seal([changed], log="gerbang-1", tip=before, mono=5, first=number == 1)
    return lines_of([*honest[: number - 1], forged, *honest[number:]])


DAMAGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], int, str]] = {
    "deleted": (lambda e: e[:49] + e[50:], 50, "missing"),
    "first deleted": (lambda e: e[1:], 1, "missing"),
    "swapped": (lambda e: [*e[:49], e[50], e[49], *e[51:]], 50, "missing"),
    "doubled": (lambda e: [*e[:50], e[49], *e[50:]], 50, "second time"),
    "slipped in": (lambda e: [*e[:50], rows_after(e, 50), *e[50:]], 51, "second time"),
    "cut out of the middle": (lambda e: e[:30] + e[70:], 31, "missing"),
    "cut in mid-line": (lambda e: [*e[:-1], e[-1][:-20]], 100, "no end"),
    "empty line": (lambda e: [*e[:49], b"\n", *e[49:]], 50, "canonical"),
    "changed and sealed again": (lambda _: _resealed(100, 50, entry(50, code="x")), 50, "chained to"),
    "first changed and sealed again": (lambda _: _resealed(100, 1, entry(1, code="x")), 1, "chained to"),
    "key order": (lambda e: [*e[:49], reordered(e[49]), *e[50:]], 50, "canonical"),
    "white space": (lambda e: [*e[:49], e[49].replace(b",", b", ", 1), *e[50:]], 50, "canonical"),
    "same number, another spelling": (
        lambda e: [*e[:49], e[49].replace(b'"v":1', b'"v":1.0'), *e[50:]], 50, "seal"
    ),
    "not even text": (lambda e: [*e[:49], b"\xff\xfe\n", *e[50:]], 50, "canonical"),
    "deeply nested": (lambda e: [*e[:49], b"[" * 100_000 + b"\n", *e[50:]], 50, "canonical"),
    "another document": (lambda e: [*e[:49], b'{"a":1}\n', *e[50:]], 50, "no entry"),
    "seal of another type": (lambda e: [*e[:49], e[49].replace(b'"seq":50', b'"seq":true'), *e[50:]], 50, ""),
}  # fmt: skip  # one damage, one line


def rows_after(export: list[bytes], number: int) -> bytes:
    """Forge an entry that fits behind *number*, seal and all."""
    tip = Tip(number, rows(len(export))[number - 1].leaf)
    forged, _ = seal([entry(7777)], log="gerbang-1", tip=tip, mono=5)
    return lines_of(forged)[0]


def reordered(line: bytes) -> bytes:
    """Put the line's names into another order."""
    return b'{"seq":50,' + line[1:].replace(b',"seq":50}', b"}")


@pytest.mark.parametrize("name", DAMAGES)
def test_every_kind_of_damage_is_found_and_named(name: str) -> None:
    """What a hand might do to an export: the first entry that is not what was written is named."""
    damage, number, reason = DAMAGES[name]
    report = verify(damage(export_of(100)))
    assert report.code == verifier.TAMPERED
    if name == "slipped in":
        # Two entries claim number 51; the honest one comes second.
        assert _named(report) in (50, 51)
        return
    assert _named(report) == number
    assert reason in str(report.damage)


def test_a_log_cut_at_its_end_differs_only_in_its_last_leaf() -> None:
    """Nothing inside shows a missing end: that is what the printed leaf is kept for."""
    whole, cut = verify(export_of(100)), verify(export_of(100)[:90])
    assert cut.code == verifier.INTACT
    assert cut.heads["gerbang-1"].leaf == rows(100)[89].leaf != whole.heads["gerbang-1"].leaf


def test_a_key_used_twice_is_found() -> None:
    """An effect recorded twice under one key is named, though the chain itself is sound."""
    given = [entry(n) for n in range(1, 100)] + [entry(50)]
    sealed, _ = seal(given, log="gerbang-1", tip=START, mono=5, first=True)
    report = verify(lines_of(sealed))
    assert str(report.damage) == "gerbang-1/100: its key was used before"


def test_a_clock_that_runs_backwards_is_found() -> None:
    """Between two starts a writer's own clock never falls."""
    first, tip = seal([entry(1), entry(2)], log="gerbang-1", tip=START, mono=9, first=True)
    then, _ = seal([entry(3)], log="gerbang-1", tip=tip, mono=5)
    assert (
        str(verify(lines_of(first + then)).damage)
        == "gerbang-1/3: its writer's clock ran backwards, 9 to 5 ms"
    )


def test_a_restart_begins_the_clock_anew() -> None:
    """A second start is counted, and no damage."""
    first, tip = seal([entry(1), entry(2)], log="gerbang-1", tip=START, mono=9, first=True)
    then, _ = seal([entry(3), entry(4)], log="gerbang-1", tip=tip, mono=5, first=True)
    report = verify(lines_of(first + then))
    assert (report.damage, report.heads["gerbang-1"].boots) == (None, 2)


def test_several_logs_are_told_apart() -> None:
    """Each replica's chain is checked by itself; damage in one is named there."""
    given = [entry(n, key=f"b{n}") for n in range(1, 51)]
    other, _ = seal(given, log="gerbang-2", tip=START, mono=5, first=True)
    export = export_of(50) + lines_of(other)
    assert verify(export).entries == 100
    report = verify(export[:60] + export[61:])
    assert report.damage is not None
    assert report.damage.entry == "gerbang-2/11"


def test_an_entry_moved_to_another_log_is_found() -> None:
    """The record says itself which log it belongs to."""
    export = export_of(3)
    export[1] = export[1].replace(b'"log":"gerbang-1","record"', b'"log":"gerbang-2","record"')
    assert _named(verify(export)) == 2


def test_it_runs_alone_with_nothing_but_python(tmp_path: Path) -> None:
    """Copied to a bare folder and run in isolation, it says what is there and what is missing."""
    (tmp_path / "verify.py").write_bytes(FILE.read_bytes())
    (tmp_path / "export.jsonl").write_bytes(b"".join(export_of(20)))
    run = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "export.jsonl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2, run.stderr
    assert run.stdout.startswith("INCOMPLETE  gerbang-1: no checkpoint was signed\n  gerbang-1: 1 to 20, ")
    assert "anchor" in run.stdout


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 2, "INCOMPLETE  there is not one entry"),
        (None, 2, "INCOMPLETE"),
        (b"".join(export_of(9)[:4] + export_of(9)[5:]), 1, "TAMPERED  gerbang-1/5: missing"),
    ],
    ids=["empty", "absent", "gap"],
)
def test_the_exit_code_tells_machines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, code: int, said: str
) -> None:
    """1: tampered with, the entry named; 2: the evidence is incomplete."""
    file = tmp_path / "export.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert main([str(file)]) == code
    assert capsys.readouterr().out.startswith(said)


def test_it_must_be_told_what_to_check(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file it says how to use it."""
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.slow
def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """A file of thirty megabytes is checked within twenty-four, the interpreter included."""
    file = tmp_path / "export.jsonl"
    tip, boot = START, True
    with file.open("wb") as out:
        for begin in range(0, 50_000, 5_000):
            batch = [entry(n) for n in range(begin, begin + 5_000)]
            sealed, tip = seal(batch, log="gerbang-1", tip=tip, mono=begin, first=boot)
            boot = False
            out.writelines(lines_of(sealed))
    # Not getrusage: its peak is inherited from the process that started this one.
    peak = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    program = f"import runpy\ntry: runpy.run_path({str(FILE)!r}, run_name='__main__')\nfinally: {peak}"
    run = subprocess.run([sys.executable, "-c", program, file], capture_output=True, text=True)
    assert "1 to 50000, signed to 0" in run.stdout, run.stderr
    assert file.stat().st_size > 30_000_000
    assert int(run.stdout.split()[-2]) < 24_000, "kB"
