"""
Check an exported audit log: `python verify.py EXPORT`. Needs this file and Python 3.11, nothing else.

Each line is `{"leaf":...,"log":...,"record":{...},"seq":...}`. For every entry it is checked that

* the line is in canonical form (RFC 8785), so that not one bit of it is without meaning;
* `leaf` is SHA-256 over a zero byte and the record's text;
* the record names the leaf of the entry before it (`prev`), 64 zeros at the beginning;
* the numbers of a log run 1, 2, 3 ... without a gap;
* the writer's own clock (`mono`) never runs backwards; it is 0 only where a process began;
* no `key` occurs twice.

Exit code 0: intact. 1: tampered with; the first damaged entry is named. 2: the evidence is incomplete.
A log that was cut off at its end, or rewritten as a whole, shows nothing of it here: hold the last leaf
printed by an earlier run, or kept by somebody else, against this one's.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

ZERO = "0" * 64
VERSION = 1
LIMIT = 2**53
INTACT, TAMPERED, INCOMPLETE = 0, 1, 2


class Damaged(Exception):
    """An entry is not what was written; *entry* is `log/seq`, or the line where even that is unreadable."""

    def __init__(self, entry: str, reason: str) -> None:
        """Name the *entry* and say what is wrong with it."""
        super().__init__(f"{entry}: {reason}")
        self.entry = entry
        self.reason = reason


@dataclass
class Head:
    """The end of one log as far as it was read."""

    seq: int = 0
    leaf: str = ZERO
    mono: int = 0
    boots: int = 0


@dataclass
class Report:
    """What was found: at most one `damage`, the first; or what is `missing` from the evidence."""

    entries: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    damage: Damaged | None = None
    missing: str | None = None

    @property
    def code(self) -> int:
        """The exit code."""
        if self.damage is not None:
            return TAMPERED
        return INCOMPLETE if self.missing else INTACT


def verify(lines: Iterable[bytes], *, heads: Mapping[str, Head] | None = None) -> Report:
    """
    Check the *lines* of an export, each with its line end; memory stays bounded however many there are.

    With the *heads* of an earlier report the lines go on where that one ended.
    """
    report = Report(heads={log: replace(head) for log, head in (heads or {}).items()})
    with ExitStack() as stack:
        keys = _Keys(stack)
        try:
            for number, line in enumerate(lines, 1):
                _check_line(report, number, line, keys)
                report.entries = number
            keys.check()
        except Damaged as damage:
            report.damage = damage
    if report.damage is None and not report.entries:
        report.missing = "there is not one entry"
    return report


def _check_line(report: Report, number: int, text: bytes, keys: "_Keys") -> None:
    line = _read(text, _where(report, number))
    _check_seal(line)
    _check_record(line)
    head = report.heads.get(line.log) or Head()
    _check_place(line, head)
    _check_clock(line.record["mono"], head, line.entry)
    keys.note(line.record["key"], line.entry)
    head.seq, head.leaf, head.mono = line.seq, line.leaf, line.record["mono"]
    report.heads[line.log] = head


def _where(report: Report, number: int) -> str:
    """Name a line that cannot name itself: by the entry due there when only one log can be meant."""
    if not report.heads:
        return f"the first entry (line {number})"
    if len(report.heads) == 1:
        ((log, head),) = report.heads.items()
        return f"{log}/{head.seq + 1} (line {number})"
    return f"line {number}"


class _Line(NamedTuple):
    leaf: str
    log: str
    record: dict[str, Any]
    seq: int
    text: bytes

    @property
    def entry(self) -> str:
        return f"{self.log}/{self.seq}"


_ENVELOPE = {"leaf": str, "log": str, "record": dict, "seq": int}


def _read(line: bytes, where: str) -> _Line:
    if not line.endswith(b"\n"):
        raise Damaged(where, "the line has no end")
    try:
        envelope = json.loads(line.decode(), parse_float=_refuse, parse_constant=_refuse)
        exact = canonical(envelope) == line[:-1]
    except (ValueError, RecursionError) as exc:
        raise Damaged(where, "the line cannot be read") from exc
    if not exact:
        raise Damaged(where, "the line is not in canonical form")
    if not isinstance(envelope, dict) or {name: type(value) for name, value in envelope.items()} != _ENVELOPE:
        raise Damaged(where, "the line is no entry")
    # Inside a text the quotes would be escaped, so the first is the name and the last is the end.
    record = line[line.index(b'"record":') + 9 : line.rindex(b',"seq":')]
    return _Line(**envelope, text=record)


def _refuse(text: str) -> None:
    raise ValueError(f"no such number in a record: {text}")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: object) -> bytes:
    """Return RFC 8785's form; within the log's profile (ASCII keys, integers) Python's encoder yields it."""
    return _encode(value).encode()


def _check_seal(line: _Line) -> None:
    if sha256(b"\x00" + line.text).hexdigest() != line.leaf:
        raise Damaged(line.entry, "its record does not carry its seal")


_REQUIRED = {
    "act": str, "actor": dict, "key": str, "log": str, "mono": int, "outcome": str,
    "prev": str, "seq": int, "ts": str, "v": int,
}  # fmt: skip  # one table, not one column


def _check_record(line: _Line) -> None:
    record = line.record
    for name, kind in _REQUIRED.items():
        if type(record.get(name)) is not kind:
            raise Damaged(line.entry, f"its record has no {name}")
    if (record["log"], record["seq"]) != (line.log, line.seq):
        raise Damaged(f"{record['log']}/{record['seq']}", f"its line says it is {line.entry}")
    if record["v"] != VERSION:
        raise Damaged(line.entry, f"its record is of version {record['v']}, this program reads {VERSION}")
    if not _in_profile(record):
        raise Damaged(line.entry, "its record leaves the log's profile of JSON")


def _in_profile(value: object) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _in_profile(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_in_profile, value))
    return not isinstance(value, int) or -LIMIT < value < LIMIT


def _check_place(line: _Line, head: Head) -> None:
    due = f"{line.log}/{head.seq + 1}"
    if line.seq > head.seq + 1:
        raise Damaged(due, f"missing: {line.seq} stands in its place")
    if line.seq <= head.seq:
        raise Damaged(line.entry, f"stands a second time, where {head.seq + 1} is due")
    if line.record["prev"] == head.leaf:
        return
    if head.seq == 0:
        raise Damaged(line.entry, "the first entry names one before it")
    raise Damaged(f"{line.log}/{head.seq}", f"is not the entry that {line.seq} was chained to")


def _check_clock(mono: int, head: Head, entry: str) -> None:
    if mono == 0:
        head.boots += 1
    elif mono < head.mono or not head.boots:
        raise Damaged(entry, f"its writer's clock ran backwards, {head.mono} to {mono} ms")


class _Keys:
    """
    Finds a key that occurs twice in bounded memory: 64 files by hash, each small enough for a set.

    A file of up to 128 KiB stays in memory; 22 million entries, a busy year, take 11 MB each on disk.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._files = [
            stack.enter_context(SpooledTemporaryFile(1 << 17))  # noqa: SIM115 - the stack is its context
            for _ in range(64)
        ]

    def note(self, key: str, entry: str) -> None:
        digest = sha256(key.encode()).digest()[:16]
        self._files[digest[0] & 63].write(digest + entry.encode() + b"\n")

    def check(self) -> None:
        for file in self._files:
            file.seek(0)
            seen: set[bytes] = set()
            for digest, entry in self._notes(file):
                if digest in seen:
                    raise Damaged(entry, "its key was used before")
                seen.add(digest)

    @staticmethod
    def _notes(file: "SpooledTemporaryFile[bytes]") -> Iterator[tuple[bytes, str]]:
        while digest := file.read(16):
            yield digest, file.readline()[:-1].decode()


def main(arguments: list[str]) -> int:
    """Check the file named in *arguments*, print what was found, return the exit code."""
    if len(arguments) != 1:
        print("usage: python verify.py EXPORT", file=sys.stderr)
        return INCOMPLETE
    try:
        with open(arguments[0], "rb") as export:  # noqa: PTH123 - one dependency less to read over
            report = verify(export)
    except OSError as exc:
        print(f"INCOMPLETE  {exc}")
        return INCOMPLETE
    for line in _lines(report):
        print(line)
    return report.code


def _lines(report: Report) -> Iterator[str]:
    if report.damage is not None:
        yield f"TAMPERED  {report.damage}"
    elif report.missing:
        yield f"INCOMPLETE  {report.missing}"
    else:
        yield f"INTACT  {report.entries} entries"
    for log, head in sorted(report.heads.items()):
        yield f"  {log}: 1 to {head.seq}, {head.boots} starts, last leaf {head.leaf}"
    if report.code == INTACT:
        yield "  no anchor from outside was used: an end cut off cannot be seen"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
