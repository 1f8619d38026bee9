"""Whatever lies in an export's place: a clear line and a code, in bounded memory, and never a traceback."""

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.evidence import verify
from gateway.evidence.verify import check, main

from .flips import flipped
from .producer import Log, begun, policy, write
from .test_trust import first_key


def signed_log() -> Log:
    """Return a log with a checkpoint at 101 and one at 201."""
    return begun().add(100).sign().add(100).sign()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Return the folder of an intact export, its policy beside it."""
    log = signed_log()
    (tmp_path / "policy.txt").write_text(policy(first_key(log)))
    return write(tmp_path / "export", [log], policy(first_key(log)))


def said(export: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Return the exit code and what was printed."""
    code = main([str(export), "--policy", str(export.parent / "policy.txt"), *options])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("name", ["entries-0001.jsonl", "checkpoints.txt"])
def test_no_bit_of_an_export_is_without_meaning(
    export: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Two hundred bits, one after the other, each is noticed."""
    file, dice = export / name, random.Random(8)
    text = file.read_bytes()
    for bit in [*dice.sample(range(8 * len(text)), 198), 8 * len(text) - 1, 8 * len(text) - 8]:
        file.write_bytes(flipped(text, bit))
        code, out = said(export, capsys)
        assert code == 1, (bit, out)
        assert out.startswith("TAMPERED  ")


@pytest.mark.parametrize("name", ["entries-0001.jsonl", "checkpoints.txt", "policy.txt", "anchor.txt"])
def test_torn_and_mixed_files_are_no_traceback(
    export: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Cut, doubled, turned around, mixed with one another, with bytes that are nothing."""
    dice = random.Random(name)
    pool = [file.read_bytes() for file in sorted(export.iterdir())]
    file = export.parent / name if name in ("policy.txt", "anchor.txt") else export / name
    for _ in range(60):
        parts = [dice.choice(pool) for _ in range(dice.randrange(1, 4))]
        cuts = [part[dice.randrange(len(part)) :][: dice.randrange(1, len(part))] for part in parts]
        file.write_bytes(b"".join(dice.sample([*cuts, dice.randbytes(9), b"\n", b"\0"], 4 if cuts else 3)))
        code, out = said(export, capsys, *(["--anchor", str(file)] if name == "anchor.txt" else []))
        assert code in (0, 1, 2)
        assert re.fullmatch("(INTACT|TAMPERED|INCOMPLETE)  [ -~\n]+", out), out


@pytest.mark.parametrize("at", [0, 1, 499, 500, 2_500, 9_999])
def test_a_bit_is_named_in_a_whole_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], at: int
) -> None:
    """Among ten thousand entries and twenty checkpoints, by the command, wherever it lies."""
    log, dice = begun().add(499).sign(), random.Random(at)
    for _ in range(19):
        log.add(500).sign()
    export = write(tmp_path / "export", [log], policy(first_key(log)))
    file = export / "entries-0001.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    for _ in range(3):
        bit = dice.randrange(8 * len(lines[at]))
        file.write_bytes(b"".join([*lines[:at], flipped(lines[at], bit), *lines[at + 1 :]]))
        assert main([str(export)]) == 1
        damage = capsys.readouterr().out.split("\n")[0]
        assert re.match(r"TAMPERED  (2026/gerbang-1/|the first entry \(line )" + f"{at + 1}\\b", damage), (
            damage
        )


def test_hostile_text_commands_no_terminal(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An origin with escape sequences is printed as what it is."""
    file = export / "checkpoints.txt"
    file.write_text("x/audit/\x1b[2J\x07\u202e\n" + file.read_text().partition("\n")[2])
    code, out = said(export, capsys)
    assert code == 1
    assert re.fullmatch("[ -~\n]+", out)
    assert r"\x1b[2J\x07\u202e" in out


def test_quiet_is_one_line(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict alone, for programs and for a glance."""
    assert said(export, capsys, "--quiet") == (0, "INTACT  201 entries\n")


@pytest.mark.parametrize("depth", [50, 300, 480, 700, 990, 5_000])
def test_deep_nesting_is_no_traceback(tmp_path: Path, depth: int) -> None:
    """Whether the reader's own depth is reached while reading, writing or looking at the names."""
    log = begun().sign()
    inner = '{"\u00e9":' * depth + "0" + "}" * depth
    (line,) = log.lines()
    record = line.partition(b'"record":')[2].partition(b',"seq":1}\n')[0].decode()
    record = record.replace('"detail":{', '"detail":{"a":' + inner + ",")
    leaf = verify.sha256(b"\0" + record.encode()).hexdigest()
    file = tmp_path / "export.jsonl"
    file.write_text(f'{{"leaf":"{leaf}","log":"2026/gerbang-1","record":{record},"seq":1}}\n', "utf-8")
    assert str(check(file).damage).startswith("2026/gerbang-1/1: its record ")


HUGE = {
    "entries-0001.jsonl": "TAMPERED  2026/gerbang-1/202 (line 202): the line has no end",
    "checkpoints.txt": "TAMPERED  checkpoints.txt: a checkpoint has no end",
    "policy.txt": "INCOMPLETE  ",
    "anchor.txt": "INCOMPLETE  no anchor given holds a checkpoint by a key you trust",
}


@pytest.mark.parametrize("name", HUGE)
def test_a_line_without_end_fills_no_memory(export: Path, name: str) -> None:
    """Two hundred megabytes without a line end, in each file, within sixty-four of memory."""
    file = export / name
    with file.open("ab") as out:
        out.truncate(file.stat().st_size + 200_000_000)
    given = export / "policy.txt" if name == "policy.txt" else export.parent / "policy.txt"
    anchor = ["--anchor", file] if name == "anchor.txt" else []
    peak = "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    program = f"import runpy\ntry: runpy.run_path({verify.__file__!r}, run_name='__main__')\nfinally: {peak}"
    command = [sys.executable, "-c", program, export, "--policy", given, *anchor]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    file.unlink()
    assert run.stdout.startswith(HUGE[name]), (run.stdout, run.stderr)
    assert int(run.stdout.split()[-2]) < 64_000, "kB"


def test_a_reader_that_goes_away_is_no_traceback(export: Path) -> None:
    """As `verify.py EXPORT | head -1` does it; the code stays what it is."""
    reader, writer = os.pipe()
    os.close(reader)
    run = subprocess.run(
        [sys.executable, "-I", verify.__file__, export], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (run.returncode, run.stderr) == (0, b"")


def test_more_files_than_may_be_open_at_once(tmp_path: Path) -> None:
    """Years of entries are hundreds of files: each is closed before the next is opened."""
    log = signed_log()
    export = write(tmp_path / "export", [log], policy(first_key(log)), lines_a_file=1)
    program = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100));"
        f"runpy.run_path({verify.__file__!r}, run_name='__main__')"
    )
    run = subprocess.run([sys.executable, "-c", program, export], capture_output=True, text=True, check=False)
    assert run.stdout.startswith("INTACT  201 entries"), run.stdout + run.stderr


def test_heartbeats_show_a_clock_set_back(tmp_path: Path) -> None:
    """The machine's time against the writer's own, in heartbeats alone: others may be told late."""
    log = begun()
    for ts in ("2026-11-24T03:01:00.000000Z", "2026-11-24T03:01:50.000000Z", "2026-11-24T03:02:50.000000Z"):
        log.add(act="log.heartbeat", outcome="alive", step_ms=60_000, ts=ts)
    log.add(ts="2026-11-20T00:00:00.000000Z").add(act="log.heartbeat", ts="whenever").sign()
    report = check(write(tmp_path / "export", [log], policy(first_key(log))))
    assert report.code == verify.INTACT
    assert "heartbeats show the machine's clock set back 1 times" in report.notes
