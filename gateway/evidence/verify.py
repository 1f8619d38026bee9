"""
Check an audit log, offline and alone: this file and Python 3.11 are all that is needed.

    python3 verify.py EXPORT [--policy FILE] [--anchor FILE]... [--all-signatures] [--quiet]
    python3 verify.py --proof FILE [--policy FILE]

EXPORT is a folder of `entries-*.jsonl` and `checkpoints.txt`, or one file of entries. POLICY names the keys
you trust (C2SP tlog-policy): use the one you were given earlier. An ANCHOR is any file that holds
checkpoints somebody kept: mails, headers, notes; whatever else stands in it is skipped. It is checked that

* each line is in canonical form (RFC 8785), so that not one bit of it is without meaning;
* each `leaf` is SHA-256 over a zero byte and the record's text, and each record names the leaf before it;
* the numbers of a log run 1, 2, 3 ... without a gap, and a year's log holds the end of the year before;
* each checkpoint is the root (RFC 6962) of the entries it covers, signed by a key that the policy names or
  that a trusted key has vouched for (C2SP tlog-checkpoint, Ed25519 after RFC 8032);
* nothing is missing or different from what the anchors say;
* a writer's own clock (`mono`) never runs backwards, and no `key` occurs twice.

Exit code 0: intact. 1: tampered with; the first damaged entry or range is named. 2: evidence incomplete.
"""

import argparse
import binascii
import json
import os
import re
import sys
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256, sha512
from pathlib import Path
from quopri import decodestring
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple

ZERO = "0" * 64
VERSION = 1
LIMIT = 2**53
INTACT, TAMPERED, INCOMPLETE = 0, 1, 2
VERDICTS = ("INTACT", "TAMPERED", "INCOMPLETE")

UNSIGNED_TAIL = 2_000  # entries; a checkpoint is due every second, or every 1,000 entries
SILENCE_MS = 150_000  # a heartbeat is due every 60 s
SET_BACK_MS = 2_000  # by which a machine's clock may be corrected without a word
SIGNATURES = 8_000  # checked by default, of more an even sample: each takes more than 1 ms
ANCHORS = 10_000  # held of one file; of more, the older ones are thinned out

LONGEST_LINE = 1 << 20  # bytes; a longer line is no entry of this log
LONGEST_NOTE = 1 << 16
LONGEST_TEXT = 1 << 20  # of a policy or a proof


class Damaged(Exception):
    """What is there is not what was written; *entry* names the entry, the range or the line."""

    def __init__(self, entry: str, reason: str) -> None:
        """Name the *entry* and say what is wrong with it."""
        super().__init__(f"{entry}: {reason}")
        self.entry = entry
        self.reason = reason


class Unusable(Exception):
    """A policy, a proof or a file that cannot be used as what it was given for."""


@dataclass
class Head:
    """The end of one log as far as it was read; *signed* entries are covered by *note*, its newest one."""

    seq: int = 0
    leaf: str = ZERO
    mono: int = 0
    boots: int = 0
    signed: int = 0
    note: str | None = None

    @property
    def root(self) -> str | None:
        """The root of the signed entries' tree, in base64."""
        return None if self.note is None else self.note.split("\n")[2]


@dataclass
class Report:
    """
    What was found: at most one `damage`, the first; what is `missing` from the evidence; `notes`.

    *anchors* counts the checkpoints from outside that fit.
    """

    entries: int = 0
    anchors: int = 0
    heads: dict[str, Head] = field(default_factory=dict)
    damage: Damaged | None = None
    missing: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code."""
        if self.damage is not None:
            return TAMPERED
        return INCOMPLETE if self.missing else INTACT

    @property
    def verdict(self) -> str:
        """INTACT, TAMPERED or INCOMPLETE."""
        return VERDICTS[self.code]

    def lacks(self, what: str) -> None:
        """Note that *what* is missing; the first is told."""
        self.missing = self.missing or what


def verify(lines: Iterable[bytes], *, heads: Mapping[str, Head] | None = None) -> Report:
    """
    Check the chain of the *lines* of an export alone; memory stays bounded however many there are.

    With the *heads* of an earlier report the lines go on where that one ended.
    """
    report = Report(heads={log: replace(head) for log, head in (heads or {}).items()})
    with ExitStack() as stack:
        chain = _Chain(report, stack)
        try:
            for number, text in enumerate(lines, 1):
                chain.take(number, text)
            chain.keys.check()
        except Damaged as damage:
            report.damage = damage
    if report.damage is None and not report.entries:
        report.missing = "there is not one entry"
    return report


def check(
    export: Path, policy: Path | None = None, anchors: Sequence[Path] = (), *, all_signatures: bool = False
) -> Report:
    """Check a whole export against *policy* and *anchors*. Raises Unusable, OSError."""
    report = Report()
    notes = _notes_in(export)
    trust = Trust(read_policy(_policy_of(export, policy, report)))
    kept = _Anchors(anchors)
    with ExitStack() as stack:
        chain = _Chain(report, stack)
        signed = _Signed(report, trust, kept, notes, every=1 if all_signatures else _sampling(export))
        try:
            _read_all(export, chain, signed)
            chain.keys.check()
            kept.judge(report, trust)
        except Damaged as damage:
            report.damage = damage
    _sum_up(report, signed, kept)
    return report


def _read_all(export: Path, chain: "_Chain", signed: "_Signed") -> None:
    number = 0
    for file in _entry_files(export):
        with file.open("rb") as lines:
            for text in _pieces(lines, LONGEST_LINE):
                number += 1
                signed.take(chain.take(number, text))
    signed.end()


def _entry_files(export: Path) -> list[Path]:
    found = sorted(export.glob("entries-*.jsonl"), key=lambda file: (len(file.name), file.name))
    return found if export.is_dir() else [export]


def _pieces(lines: BinaryIO, longest: int) -> Iterator[bytes]:
    """Yield line by line; one that is too long to be held comes in pieces."""
    return iter(partial(lines.readline, longest), b"")


def _text_of(file: Path) -> str:
    """Return a small file's text. Raises Unusable, OSError."""
    with file.open("rb") as source:
        text = source.read(LONGEST_TEXT + 1)
    if len(text) > LONGEST_TEXT:
        raise Unusable(f"{file} is too long to be what it was given for")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable(f"{file} is no text in UTF-8") from None


def _policy_of(export: Path, policy: Path | None, report: Report) -> str:
    """Return the policy's text; one that comes with the export says nothing about who signed."""
    if policy is not None:
        return _text_of(policy)
    own = export / "policy.txt"
    if not export.is_dir() or not own.exists():
        return ""
    report.notes.append("the policy came with the export: it proves nothing about who signed; give your own")
    return _text_of(own)


def _sampling(export: Path) -> int:
    """Return of how many checkpoints one signature is checked, besides those that must be."""
    file = export / "checkpoints.txt"
    if not export.is_dir() or not file.exists():
        return 1
    with file.open("rb") as lines:
        return 1 + sum(line == b"\n" for line in _pieces(lines, LONGEST_NOTE)) // (2 * SIGNATURES)


def _sum_up(report: Report, signed: "_Signed", kept: "_Anchors") -> None:
    if report.damage is None:
        if not report.entries:
            report.lacks("there is not one entry")
        signed.judge_ends()
        kept.tell(report)
    report.notes.append(f"{signed.checked} of {signed.signatures} signatures checked")
    if signed.silences:
        report.notes.append(
            f"{signed.silences} silences of more than {SILENCE_MS // 1000} s, the longest {signed.longest} s"
        )
    if signed.steps:
        report.notes.append(f"the machine's clock was set {signed.steps} times")
    if signed.set_back:
        report.notes.append(f"heartbeats show the machine's clock set back {signed.set_back} times")


# --- the chain -------------------------------------------------------------------------------------------


class _Line(NamedTuple):
    leaf: str
    log: str
    record: dict[str, Any]
    seq: int
    entry: str


class _Chain:
    """Takes line after line and holds each against the one before it in its log."""

    def __init__(self, report: Report, stack: ExitStack) -> None:
        self._report = report
        self._log: str | None = next(iter(report.heads), None) if len(report.heads) == 1 else None
        self.keys = _Keys(stack)

    def take(self, number: int, text: bytes) -> _Line:
        """Return the line's entry. Raises Damaged."""
        report = self._report
        line = self._read(number, text)
        record, head = line.record, report.heads.get(line.log) or Head()
        _check_record(line)
        _check_place(line, head)
        _check_clock(record["mono"], head, line.entry)
        self.keys.note(record["key"], line.entry)
        head.seq, head.leaf, head.mono = line.seq, line.leaf, record["mono"]
        report.heads[line.log] = head
        report.entries, self._log = number, line.log
        return line

    def _read(self, number: int, text: bytes) -> _Line:
        parts = _ENVELOPE.fullmatch(text)
        if parts is None:
            ended = text.endswith(b"\n")
            what = "the line is no entry in canonical form" if ended else "the line has no end"
            raise Damaged(self._due(number), what + (" in sight" if len(text) == LONGEST_LINE else ""))
        leaf, log, record, seq = parts.groups()
        name, entry = log.decode(), (log + b"/" + seq).decode()
        seal = sha256(b"\x00" + record).hexdigest()
        if seal.encode() != leaf:
            # Its own name may be what was damaged: then the entry due here is named.
            head = self._report.heads.get(name) or Head()
            where = entry if int(seq) == head.seq + 1 else self._due(number)
            raise Damaged(where, "its record does not carry its seal")
        return _Line(seal, name, _record(record, entry), int(seq), entry)

    def _due(self, number: int) -> str:
        """Name a line that cannot name itself: by the entry due there."""
        if self._log is None:
            return f"the first entry (line {number})" if number == 1 else f"line {number}"
        return f"{self._log}/{self._report.heads[self._log].seq + 1} (line {number})"


_ENVELOPE = re.compile(
    rb'\{"leaf":"([0-9a-f]{64})","log":"([a-z0-9/-]{1,64})","record":(\{.*\}),"seq":([1-9][0-9]{0,15})\}\n',
    re.DOTALL,
)


def _refuse(text: str) -> None:
    raise ValueError(f"no such number in a record: {text}")


def _whole(text: str) -> int:
    number = int(text)
    if not -LIMIT < number < LIMIT:
        raise ValueError("an integer of 2**53 or more")
    return number


_decode = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_whole).decode
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _record(text: bytes, entry: str) -> dict[str, Any]:
    try:
        record = _decode(text.decode())
        exact = canonical(record) == text
        strange = not text.isascii() and _STRANGE_NAME.search(text) and not _in_profile(record)
    except (ValueError, RecursionError) as exc:
        raise Damaged(entry, "its record cannot be read") from exc
    if not exact or not isinstance(record, dict):
        raise Damaged(entry, "its record is not in canonical form")
    if strange:
        raise Damaged(entry, "its record leaves the log's profile of JSON")
    return record


def canonical(value: object) -> bytes:
    """Return RFC 8785's form; within the log's profile (ASCII keys, integers) Python's encoder yields it."""
    return _encode(value).encode()


_STRANGE_NAME = re.compile(rb'[\x80-\xff][^"]*":')  # of what it finds most is text before a colon


def _in_profile(value: object) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _in_profile(item) for key, item in value.items())
    return all(map(_in_profile, value)) if isinstance(value, list) else True


_REQUIRED = {
    "act": str, "actor": dict, "key": str, "log": str, "mono": int, "outcome": str,
    "prev": str, "seq": int, "ts": str, "v": int,
}  # fmt: skip  # one table, not one column
_TYPES = list(_REQUIRED.values())


def _check_record(line: _Line) -> None:
    record = line.record
    if list(map(type, map(record.get, _REQUIRED))) != _TYPES:
        name = next(name for name, kind in _REQUIRED.items() if type(record.get(name)) is not kind)
        raise Damaged(line.entry, f"its record has no {name}")
    if record["log"] != line.log or record["seq"] != line.seq:
        raise Damaged(f"{record['log']}/{record['seq']}", f"its line says it is {line.entry}")
    if record["v"] != VERSION:
        raise Damaged(line.entry, f"its record is of version {record['v']}, this program reads {VERSION}")


def _check_place(line: _Line, head: Head) -> None:
    if line.seq > head.seq + 1:
        raise Damaged(f"{line.log}/{head.seq + 1}", f"missing: {line.seq} stands in its place")
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


# --- the tree (RFC 6962 section 2.1) ---------------------------------------------------------------------


class Tree:
    """The roots of a tree's whole subtrees, the largest first: enough to go on from, and for its root."""

    def __init__(self) -> None:
        """Begin empty."""
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put a leaf behind the others."""
        node, size = leaf, self.size
        while size & 1:
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            size >>= 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        if not self._peaks:
            return sha256(b"").digest()
        *larger, root = self._peaks
        for peak in reversed(larger):
            root = sha256(b"\x01" + peak + root).digest()
        return root


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that *path* leads to from *leaf* (RFC 9162 section 2.1.3.2). Raises Unusable."""
    if not 0 <= index < size:
        raise Unusable("the proof's index lies outside its tree")
    node, last = index, size - 1
    for step in path:
        if last == 0:
            raise Unusable("the proof's path is too long")
        if node & 1 or node == last:
            leaf = sha256(b"\x01" + step + leaf).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            leaf = sha256(b"\x01" + leaf + step).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise Unusable("the proof's path is too short")
    return leaf


# --- signatures: Ed25519 (RFC 8032 section 5.1.7), slow and plain ----------------------------------------

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _added(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _doubled(point: _Point) -> _Point:
    x, y, z, _ = point
    a, b = x * x % _P, y * y % _P
    h = a + b
    e, g = h - (x + y) * (x + y) % _P, a - b
    f = 2 * z * z % _P + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


_NEUTRAL: _Point = (0, 1, 1, 0)


def _multiples(point: _Point) -> list[_Point]:
    """Return 0 to 15 times *point*."""
    found = [_NEUTRAL]
    for _ in range(15):
        found.append(_added(found[-1], point))
    return found


def _sum_of(one: int, ones: Sequence[_Point], other: int, others: Sequence[_Point]) -> _Point:
    """Return the sum of both numbers' multiples, four bits at a time; *ones* and *others* are 0 to 15."""
    total = _NEUTRAL
    for shift in range(252, -1, -4):
        total = _doubled(_doubled(_doubled(_doubled(total))))
        total = _added(total, ones[one >> shift & 15])
        total = _added(total, others[other >> shift & 15])
    return total


def _point(text: bytes) -> _Point | None:
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(squared, (_P + 3) // 8, _P)
    if (x * x - squared) % _P:
        x = x * _ROOT % _P
    if (x * x - squared) % _P or (not x and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _text(point: _Point) -> bytes:
    """Return the 32 bytes that stand for *point*, and no others do."""
    shrink = pow(point[2], -1, _P)
    x, y = point[0] * shrink % _P, point[1] * shrink % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_found_base = _point(bytes([0x58]) + bytes([0x66]) * 31)
assert _found_base is not None  # noqa: S101  a constant of the standard
_BASE = _multiples(_found_base)


@lru_cache(64)
def _against(public: bytes) -> list[_Point] | None:
    """Return the multiples of a key's negative; few keys sign all."""
    point = _point(public) if len(public) == 32 else None
    return None if point is None else _multiples((_P - point[0], point[1], 1, _P - point[3]))


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether *signature* (64 bytes) over *message* is by the holder of *public* (32 bytes)."""
    against, scalar = _against(public), int.from_bytes(signature[32:], "little")
    if against is None or len(signature) != 64 or scalar >= _Q:
        return False
    challenge = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % _Q
    return _text(_sum_of(scalar, _BASE, challenge, against)) == signature[:32]


# --- notes and keys (C2SP signed-note, tlog-checkpoint, tlog-policy) -------------------------------------

_DASH = "\u2014 "


class Key(NamedTuple):
    """A verifier key: its *name* is the origin of the log it signs."""

    name: str
    id: bytes
    public: bytes


class Note(NamedTuple):
    """A checkpoint and who claims to have signed it."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]  # name, key id, signature

    @property
    def log(self) -> str:
        """The log it is of."""
        return self.origin.partition("/audit/")[2]

    def names(self, key: Key) -> bool:
        """Say whether *key* claims to have signed."""
        return any((name, key_id) == (key.name, key.id) for name, key_id, _ in self.signatures)

    def signed_by(self, key: Key) -> bool:
        """Say whether *key* has signed."""
        message = self.text.partition("\n\n")[0].encode() + b"\n"
        return any(
            ed25519(key.public, message, signature)
            for name, key_id, signature in self.signatures
            if (name, key_id) == (key.name, key.id)
        )


def _writer(origin: str) -> tuple[str, str]:
    """Return whose log *origin* names, and of which replica: the same in every year."""
    house, _, log = origin.partition("/audit/")
    return house, log.rpartition("/")[2]


def read_key(vkey: str) -> Key:
    """Return the Ed25519 key of a vkey. Raises Unusable."""
    name, key_id, public = (*vkey.split("+", 2), "", "")[:3]
    try:
        raw = b64decode(public, validate=True)
        wanted = sha256(name.encode() + b"\n" + raw).digest()[:4]
        fits = key_id == wanted.hex() and b64encode(raw).decode() == public
    except (ValueError, binascii.Error):
        fits = False
    if not fits or len(raw) != 33 or raw[0] != 1 or not name:
        raise Unusable(f"{vkey[:80]!r} is no verifier key of Ed25519")
    return Key(name, wanted, raw[1:])


def read_note(text: str) -> Note | None:
    """Return the checkpoint in *text*, None where it is not in the form of one."""
    body, gap, rest = text.partition("\n\n")
    lines = body.split("\n")
    signatures = [_signature(line) for line in rest.splitlines()]
    if (
        not gap
        or len(lines) < 3
        or not lines[0]
        or not re.fullmatch("0|[1-9][0-9]{0,15}", lines[1], re.ASCII)
    ):
        return None
    try:
        root = b64decode(lines[2], validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(root) != 32 or b64encode(root).decode() != lines[2] or not rest.endswith("\n"):
        return None
    found = tuple(signature for signature in signatures if signature is not None)
    if not found or len(found) != len(signatures):
        return None
    return Note(text, lines[0], int(lines[1]), root, found)


def _signature(line: str) -> tuple[str, bytes, bytes] | None:
    parts = line.split(" ")
    if len(parts) != 3 or f"{parts[0]} " != _DASH:
        return None
    try:
        raw = b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error):
        return None
    return (parts[1], raw[:4], raw[4:]) if len(raw) > 4 and b64encode(raw).decode() == parts[2] else None


def read_policy(text: str) -> list[Key]:
    """Return the logs' keys that a policy names. Raises Unusable with the line's number."""
    keys = []
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            keys.append(read_key(words[1]))
        elif words[0] not in ("witness", "group", "quorum"):
            raise Unusable(f"the policy's line {number} cannot be read")
        elif words[0] == "quorum" and words[1:] != ["none"]:
            raise Unusable("the policy wants cosignatures of witnesses: this log has none")
    return keys


class Trust:
    """Which keys may sign which log: those of the policy, and those a trusted one has vouched for."""

    def __init__(self, keys: Iterable[Key]) -> None:
        """Begin with the policy's *keys*."""
        self._keys = set(keys)
        self._unseen = set(self._keys)
        self._writers: set[tuple[str, str]] = set()

    def has(self, key: Key) -> bool:
        """Say whether *key* is trusted."""
        return key in self._keys

    def add(self, key: Key) -> None:
        """Trust *key* from now on."""
        self._keys.add(key)

    def of(self, origin: str) -> tuple[Key, ...]:
        """Return the trusted keys of one log."""
        return tuple(sorted(key for key in self._keys if key.name == origin))

    def vouches_for(self, note: Note) -> bool:
        """Say whether a trusted key of the note's log has signed it."""
        return any(note.signed_by(key) for key in self.of(note.origin))

    def vouches_over_years(self, note: Note) -> bool:
        """Say so too where a key of another year of the same writer did: it signs the first of a year."""
        writer = _writer(note.origin)
        return any(note.signed_by(key) for key in self._keys if _writer(key.name) == writer)

    def meet(self, key: Key) -> None:
        """Note that an entry announces *key*."""
        self._unseen.discard(key)
        self._writers.add(_writer(key.name))

    def unmet(self) -> list[Key]:
        """Return the policy's keys of writers whose logs are here, that no entry announces."""
        return sorted(key for key in self._unseen if _writer(key.name) in self._writers)

    def knows_writer_of(self, note: Note) -> bool:
        """Say whether *note* claims to be by a writer, in whatever year, of whom a trusted key is."""
        claims = any(name == note.origin for name, _, _ in note.signatures)  # else it was torn and glued
        return claims and any(_writer(key.name) == _writer(note.origin) for key in self._keys)


def _notes_in(export: Path) -> Iterator[Note]:
    """Yield the checkpoints of an export. Raises Damaged for a text that is none."""
    file = export / "checkpoints.txt"
    if not export.is_dir() or not file.exists():
        return
    with file.open("rb") as lines:
        for number, text in enumerate(_blocks(_pieces(lines, LONGEST_NOTE)), 1):
            note = read_note(text.decode("utf-8", "replace"))
            if note is None:
                raise Damaged(f"checkpoint {number}", "is not in the form of a checkpoint")
            yield note


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what lies between each second empty line: a note has one inside and one behind it."""
    block, gaps = b"", 0
    for line in lines:
        gaps += line == b"\n"
        if gaps == 2:
            yield block
            block, gaps = b"", 0
        else:
            block += line
            if len(block) >= LONGEST_NOTE:
                raise Damaged("checkpoints.txt", "a checkpoint has no end")
    if block:
        yield block


# --- what is signed --------------------------------------------------------------------------------------


@dataclass
class _Open:
    """The log that is being read: its tree, whose key is in force, and who was before it."""

    log: str
    tree: Tree = field(default_factory=Tree)
    origin: str = ""
    key: Key | None = None
    vouchers: tuple[Key, ...] = ()  # the keys since the last checkpoint, and of the year before
    after: str | None = None
    notes: int = 0
    beat: int | None = None  # ms between the wall's clock and the writer's own, at the last heartbeat


class _Signed:
    """Holds every checkpoint against the entries it covers, and follows the keys."""

    def __init__(
        self, report: Report, trust: Trust, kept: "_Anchors", notes: Iterator[Note], *, every: int
    ) -> None:
        self._report = report
        self._trust = trust
        self._kept = kept
        self._notes = _Queue(notes)
        self._every = every
        self._open: _Open | None = None
        self._done: dict[str, tuple[_Open, str]] = {}
        self._mono = 0
        self._awaited = LIMIT  # the size of the next checkpoint of the open log, if there is one
        self.checked = self.signatures = self.silences = self.longest = self.steps = self.set_back = 0

    def take(self, line: _Line) -> None:
        """Count an entry in, and check whatever covers the log up to it. Raises Damaged."""
        if self._open is None or self._open.log != line.log:
            self._begin(line)
        current = self._open
        assert current is not None  # noqa: S101  begun above
        current.tree.add(bytes.fromhex(line.leaf))
        if line.record["act"] in _SPECIAL:
            self._heed(current, line)
        self._hear_silence(current, line.record["mono"])
        self._kept.pass_by(line.log, current.tree)
        if self._awaited <= line.seq:
            self._check_notes(current, line)

    def end(self) -> None:
        """Close the last log; checkpoints that are left cover entries that are missing. Raises Damaged."""
        self._close()
        note = self._notes.first
        if note is not None:
            raise Damaged(note.log, f"a checkpoint covers {note.size} entries, none is there")

    def judge_ends(self) -> None:
        """Say what the newest checkpoints leave uncovered, and whom the policy knows and nobody met."""
        for key in self._trust.unmet():
            log = key.name.partition("/audit/")[2]
            self._report.lacks(f"{log}: the policy names a key of it that no entry here announces")
        for log, head in self._report.heads.items():
            tail = head.seq - head.signed
            if any(done.after == log for done, _ in self._done.values()):
                continue  # the next log's first entry holds its end
            if head.note is None:
                self._report.lacks(f"{log}: no checkpoint was signed")
            elif tail > UNSIGNED_TAIL:
                self._report.lacks(f"{log}/{head.signed + 1} to {log}/{head.seq}: no checkpoint covers them")
            elif tail:
                self._report.notes.append(f"{log}: the last {tail} entries are chained, not signed yet")

    def _begin(self, line: _Line) -> None:
        self._close()
        if line.log in self._done:
            raise Damaged(line.entry, "its log had ended before another began")
        self._open = _Open(line.log)
        self._mono, self._awaited = 0, self._size_awaited()
        self._kept.begin(line.log)
        opens = line.record["act"] == "log.opened"
        if ("/" in line.log) != opens:
            raise Damaged(line.entry, "a log begins with log.opened")

    def _close(self) -> None:
        current, note = self._open, self._notes.first
        if current is None:
            return
        if note is not None and note.log == current.log:
            first = f"{current.log}/{current.tree.size + 1}"
            raise Damaged(first, f"cut off: a checkpoint covers {note.size} entries")
        self._done[current.log] = current, self._report.heads[current.log].leaf

    def _heed(self, current: _Open, line: _Line) -> None:
        """Follow what a special entry says of keys, logs and clocks."""
        act, detail = line.record["act"], line.record.get("detail")
        detail = detail if isinstance(detail, dict) else {}
        if act == "log.heartbeat":
            self._hear_beat(current, line.record)
        elif act == "clock.stepped":
            self.steps += 1
        elif act == "log.opened" and line.seq == 1:
            self._heed_opening(current, line, detail)
        elif act == "log.key_rotated":
            key = _announced(detail, line)
            if key.name != current.origin:
                # Else who holds one log's key could vouch for a key of any other log.
                raise Damaged(line.entry, "hands over to a key of another log")
            current.vouchers, current.key = (*current.vouchers, *_some(current.key)), key
            self._trust.meet(key)

    def _heed_opening(self, current: _Open, line: _Line, detail: Mapping[str, Any]) -> None:
        current.origin, current.key = str(detail.get("origin")), _announced(detail, line)
        if current.origin.partition("/audit/")[2] != line.log or current.key.name != current.origin:
            raise Damaged(line.entry, "it opens another log than it stands in")
        self._trust.meet(current.key)
        after = detail.get("after")
        due = next((log for log in reversed(self._done) if _replica(log) == _replica(line.log)), None)
        if due is not None and after != due and (after is None or after in self._done):
            raise Damaged(line.entry, f"does not continue {due}, the log before it")
        if after is not None:
            self._join(current, line, detail)

    def _join(self, current: _Open, line: _Line, detail: Mapping[str, Any]) -> None:
        """Hold the end of the log before against what the new one's first entry says of it."""
        current.after = str(detail["after"])
        if _replica(current.after) != _replica(line.log) or current.after == line.log:
            raise Damaged(line.entry, f"continues {current.after}, the log of another writer")
        if current.after not in self._done:
            self._report.lacks(f"the log {current.after}, which {line.log} continues, is not in the export")
            # Which of its keys was the last nobody can tell here: the verdict is incomplete anyway.
            current.vouchers = self._trust.of(f"{current.origin.removesuffix(line.log)}{current.after}")
            return
        before, leaf = self._done[current.after]
        size = detail.get("size")
        if before.tree.size != size:
            cut = isinstance(size, int) and before.tree.size < size
            first = before.tree.size + 1 if cut else f"{size}"
            what = "cut off" if cut else "written after its log had ended, behind"
            raise Damaged(f"{current.after}/{first}", f"{what}: {line.entry} says it had {size} entries")
        if (detail.get("root"), detail.get("leaf")) != (b64encode(before.tree.root()).decode(), leaf):
            raise Damaged(current.after, f"rewritten: {line.entry} holds another end of it")
        note = self._report.heads[current.after].note
        if detail.get("checkpoint") not in (None, note):
            raise Damaged(current.after, f"its last checkpoint is not the one that {line.entry} holds")
        current.vouchers = _some(before.key)

    def _check_notes(self, current: _Open, line: _Line) -> None:
        while (note := self._notes.first) and note.log == line.log and note.size <= line.seq:
            self._check(current, note, line)
            self._notes.drop()
        self._awaited = self._size_awaited()

    def _size_awaited(self) -> int:
        note, current = self._notes.first, self._open
        if note is None or current is None or note.log != current.log:
            return LIMIT
        return note.size

    def _check(self, current: _Open, note: Note, line: _Line) -> None:
        head = self._report.heads[current.log]
        if note.size != line.seq or note.size == head.signed:
            raise Damaged(f"{current.log}, checkpoint {note.size}", "stands in the wrong place, or twice")
        if note.root != current.tree.root():
            raise Damaged(
                _range(current.log, head.signed + 1, note.size), "is not what the checkpoint was signed over"
            )
        if note.origin != current.origin:
            raise Damaged(f"{current.log}, checkpoint {note.size}", "is of another house's log")
        if note.size - head.signed > UNSIGNED_TAIL:
            gap = _range(current.log, head.signed + 1, note.size)
            self._report.lacks(f"{gap}: a checkpoint is due every 1,000 entries, here none was signed")
        self._check_signatures(current, note)
        self._kept.see(note)
        head.signed, head.note = note.size, note.text
        current.notes += 1
        current.vouchers = ()

    def _check_signatures(self, current: _Open, note: Note) -> None:
        where = f"{current.log}, checkpoint {note.size}"
        self.signatures += len(note.signatures)
        if current.key is None or not note.names(current.key):
            raise Damaged(where, "is not signed by the key in force there")
        if not self._trust.has(current.key):
            self._vouch(current, note, where)
        elif self._due(current, note) and not self._signed_by(note, current.key):
            raise Damaged(where, "its signature is wrong")

    def _vouch(self, current: _Open, note: Note, where: str) -> None:
        """Trust the new key if one before it, itself trusted, has signed beside it. Raises Damaged."""
        key, known = current.key, [each for each in current.vouchers if self._trust.has(each)]
        if key is None or not any(self._signed_by(note, each) for each in known):
            raise Damaged(where, "is signed by a key that nobody you trust vouches for")
        if not self._signed_by(note, key):
            raise Damaged(where, "its signature is wrong")
        self._trust.add(key)

    def _due(self, current: _Open, note: Note) -> bool:
        """Say whether this note's signature is looked at: of many an even sample, and all that count."""
        following = self._notes.second
        newest = following is None or following.log != current.log
        counts = newest or current.notes == 0 or len(note.signatures) > 1
        return counts or self._kept.wants(note) or current.notes % self._every == 0

    def _signed_by(self, note: Note, key: Key) -> bool:
        self.checked += 1
        return note.signed_by(key)

    def _hear_silence(self, current: _Open, mono: int) -> None:
        silent = mono - self._mono
        if silent > SILENCE_MS:
            self.silences += 1
            self.longest = max(self.longest, silent // 1000)
        if not mono:
            current.beat = None
        self._mono = mono

    def _hear_beat(self, current: _Open, record: Mapping[str, Any]) -> None:
        """Hold the wall's clock against the writer's own, where an entry is written as it happens."""
        try:
            ahead = int(datetime.fromisoformat(record["ts"]).timestamp() * 1000) - record["mono"]
        except (ValueError, OverflowError):
            return
        if current.beat is not None and ahead < current.beat - SET_BACK_MS:
            self.set_back += 1
        current.beat = ahead


_SPECIAL = frozenset(("log.opened", "log.key_rotated", "clock.stepped", "log.heartbeat"))


def _some(key: Key | None) -> tuple[Key, ...]:
    return () if key is None else (key,)


def _replica(log: str) -> str:
    return log.rpartition("/")[2]


class _Queue:
    """The checkpoints in order, the next one and the one behind it in sight."""

    def __init__(self, notes: Iterator[Note]) -> None:
        self._notes = notes
        self._sight: list[Note] = []

    @property
    def first(self) -> Note | None:
        return self._seen(1)

    @property
    def second(self) -> Note | None:
        return self._seen(2)

    def drop(self) -> None:
        del self._sight[:1]

    def _seen(self, count: int) -> Note | None:
        while len(self._sight) < count:
            following = next(self._notes, None)
            if following is None:
                return None
            self._sight.append(following)
        return self._sight[count - 1]


def _announced(detail: Mapping[str, Any], line: _Line) -> Key:
    try:
        return read_key(str(detail.get("vkey")))
    except Unusable:
        raise Damaged(line.entry, "names no verifier key") from None


def _range(log: str, first: int, last: int) -> str:
    return f"{log}/{first}" if first == last else f"{log}/{first} to {log}/{last}"


# --- anchors ---------------------------------------------------------------------------------------------


class _Anchors:
    """Checkpoints that others kept, held against the log as it is read."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._given = bool(files)
        self._by_log: dict[str, dict[int, set[Note]]] = {}
        self._roots: dict[tuple[str, int], bytes] = {}
        self._seen: set[tuple[str, int]] = set()
        self._here: Mapping[int, set[Note]] = {}  # those of the log that is being read
        self._fit = self._unused = self._thinned = 0
        for file in files:
            for log, sizes in self._read(file).items():
                for size, notes in sizes.items():
                    self._by_log.setdefault(log, {}).setdefault(size, set()).update(notes)

    def _read(self, file: Path) -> dict[str, dict[int, set[Note]]]:
        found: dict[str, dict[int, set[Note]]] = {}
        count = 0
        with file.open("rb") as lines:
            for note in anchors_in(lines):
                found.setdefault(note.log, {}).setdefault(note.size, set()).add(note)
                count += 1
                if count > ANCHORS:
                    before, count = count, _thin(found)
                    self._thinned += before - count
                    if count > 0.75 * ANCHORS:
                        raise Unusable(f"{file} holds too many unlike checkpoints of one size for anchors")
        return found

    def wants(self, note: Note) -> bool:
        """Say whether somebody kept a checkpoint of that log and size."""
        return note.size in self._by_log.get(note.log, {})

    def begin(self, log: str) -> None:
        """Note which log is read from now on."""
        self._here = self._by_log.get(log, {})

    def pass_by(self, log: str, tree: Tree) -> None:
        """Remember the root where somebody kept one."""
        if tree.size in self._here:
            self._roots[log, tree.size] = tree.root()

    def see(self, note: Note) -> None:
        """Note that the export has the checkpoint of a size that somebody kept."""
        if self.wants(note):
            self._seen.add((note.log, note.size))

    def judge(self, report: Report, trust: Trust) -> None:
        """Hold what was kept against what is there. Raises Damaged."""
        for log in sorted(self._by_log):
            fitting: list[Note] = []
            for _, notes in sorted(self._by_log[log].items()):
                for note in sorted(notes):
                    if self._fits(report, note):
                        fitting.append(note)
                    elif trust.vouches_over_years(note):
                        raise self._damage(report, note, _newest_trusted(fitting, trust))
                    else:
                        self._leave_out(report, trust, note)
            self._count(fitting, trust)

    def _there(self, report: Report, log: str) -> int:
        return report.heads[log].seq if log in report.heads else 0

    def _fits(self, report: Report, note: Note) -> bool:
        place = note.log, note.size
        return place in self._seen and self._roots.get(place) == note.root

    def _damage(self, report: Report, note: Note, fits: Note | None) -> Damaged:
        there = self._there(report, note.log)
        if note.size > there:
            return Damaged(_range(note.log, there + 1, note.size), "cut off: an anchor covers them")
        if self._roots.get((note.log, note.size)) != note.root:
            where = _range(note.log, 1 if fits is None else fits.size + 1, note.size)
            return Damaged(where, "FORK: rewritten, an anchor was signed over others")
        return Damaged(f"{note.log}, checkpoint {note.size}", "dropped: an anchor holds it")

    def _leave_out(self, report: Report, trust: Trust, note: Note) -> None:
        """Pass over what no trusted key signed, and say so where it may be all that is left of an end."""
        self._unused += 1
        if trust.knows_writer_of(note) and self._roots.get((note.log, note.size)) != note.root:
            what = f"an anchor tells of {note.log} up to {note.size}, by a key that nothing here vouches for"
            report.lacks(f"{what}: it is false, or the entries that announced its key were cut off")

    def _count(self, fitting: Sequence[Note], trust: Trust) -> None:
        """Count those that fit; the newest that a trusted key signed says that the ones before it do."""
        newest = _newest_trusted(fitting, trust)
        used = 0 if newest is None else sum(note.size <= newest.size for note in fitting)
        self._fit += used
        self._unused += len(fitting) - used

    def tell(self, report: Report) -> None:
        """Say what the anchors were worth."""
        report.anchors = self._fit
        if self._thinned:
            report.notes.append(f"{self._thinned} older checkpoints in the anchors were passed over")
        if self._unused:
            report.notes.append(
                f"{self._unused} checkpoints in the anchors are by no key you trust: not used"
            )
        if self._fit:
            report.notes.append(f"{self._fit} anchors fit")
        elif self._given:
            report.lacks("no anchor given holds a checkpoint by a key you trust")
        else:
            report.notes.append(
                "WARNING no anchor from outside was used: an end cut off with its checkpoints, or a log"
                " rewritten with a stolen key, cannot be seen"
            )


def _thin(found: Mapping[str, dict[int, set[Note]]]) -> int:
    """Drop every second size, never a log's newest; return how many notes are left."""
    for sizes in found.values():
        for size in sorted(sizes)[-2::-2]:
            del sizes[size]
    return sum(len(notes) for sizes in found.values() for notes in sizes.values())


def _newest_trusted(fitting: Sequence[Note], trust: Trust) -> Note | None:
    return next((note for note in reversed(fitting) if trust.vouches_over_years(note)), None)


def anchors_in(source: BinaryIO) -> Iterator[Note]:
    """Yield the checkpoints that stand anywhere in *source*: as notes, as base64 of one, in a saved mail."""
    mail = False

    def watched() -> Iterator[bytes]:
        nonlocal mail
        for line in _pieces(source, LONGEST_NOTE):
            mail = mail or line.lower().startswith(b"content-transfer-encoding:")
            yield line

    yield from _notes_among(watched())
    for decoded in (_unquoted, _unpacked) if mail else ():
        source.seek(0)
        yield from _notes_among(decoded(_pieces(source, LONGEST_NOTE)))


def _notes_among(lines: Iterable[bytes]) -> Iterator[Note]:
    before: deque[str] = deque(maxlen=4)
    signatures: list[str] = []
    for raw in lines:
        line = raw.decode("utf-8", "replace").strip("> \t\r\n")  # a mail's answer quotes with >
        if line.startswith(_DASH):
            signatures = [*signatures[:99], line]
            continue
        if signatures:
            yield from _note_under(before, signatures)
            signatures = []
        before.append(line)
        word = line.rpartition(" ")[2]
        if len(word) > 150:
            yield from _note_in(word)
    yield from _note_under(before, signatures)


def _note_under(before: Sequence[str], signatures: Sequence[str]) -> Iterator[Note]:
    """Yield the note of three lines and an empty one before its *signatures*, if it is one."""
    signed = [line for line in signatures if _signature(line) is not None]
    note = read_note("\n".join([*before, *signed, ""])) if len(before) == 4 and signed else None
    if note is not None:
        yield note


def _note_in(word: str) -> Iterator[Note]:
    try:
        note = read_note(b64decode(word, validate=True).decode())
    except (ValueError, binascii.Error):
        return
    if note is not None:
        yield note


def _unquoted(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Undo quoted-printable (RFC 2045 section 6.7): a line that ends in `=` goes on in the next."""
    held = b""
    for line in lines:
        held += line
        if line.rstrip().endswith(b"=") and len(held) < LONGEST_NOTE:
            held = held.rstrip()[:-1]
        else:
            yield decodestring(held)
            held = b""


def _unpacked(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Undo base64 (RFC 2045 section 6.8), where lines of it follow each other and an empty one them."""
    held = b""
    for line in lines:
        if _PACKED.fullmatch(line.strip()):
            held = held + line.strip() if len(held) < LONGEST_TEXT else b""
        else:
            yield from _unpacked_one(held)
            held = b""
    yield from _unpacked_one(held)


_PACKED = re.compile(rb"[A-Za-z0-9+/]{1,100}={0,2}")


def _unpacked_one(text: bytes) -> list[bytes]:
    try:
        return b64decode(text, validate=True).splitlines()
    except binascii.Error:
        return []


# --- one entry's proof (C2SP tlog-proof) -----------------------------------------------------------------


_PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra ([A-Za-z0-9+/=]+)\nindex (0|[1-9][0-9]{0,15})((?:\n[A-Za-z0-9+/]{43}=)*)"
)


def check_proof(text: str, keys: Iterable[Key]) -> dict[str, Any]:
    """Return the record that a proof is about. Raises Unusable for its form, Damaged when it fails."""
    head, gap, rest = text.partition("\n\n")
    parts, note = _PROOF.fullmatch(head), read_note(rest)
    if not gap or parts is None or note is None:
        raise Unusable("this is no proof of form c2sp.org/tlog-proof@v1 with its entry in it")
    extra, index, path = parts[1], int(parts[2]), [b64decode(step) for step in parts[3].split()]
    try:
        record = b64decode(extra, validate=True)
    except binascii.Error:
        raise Unusable("the proof's entry cannot be read") from None
    _hold(note, record, index, path, keys)
    found = _record(record, "the proof")
    if (found.get("log"), found.get("seq")) != (note.log, index + 1):
        raise Damaged("the proof", "its entry says it stands elsewhere")
    return found


def _hold(note: Note, record: bytes, index: int, path: Sequence[bytes], keys: Iterable[Key]) -> None:
    if not Trust(keys).vouches_for(note):
        raise Damaged("the proof", "its checkpoint is not signed by a key you trust")
    try:
        root = root_by_path(sha256(b"\x00" + record).digest(), index, note.size, path)
    except Unusable as wrong:
        raise Damaged("the proof", str(wrong)) from None
    if root != note.root:
        raise Damaged("the proof", "the entry does not lead to the signed root")


# --- the command -----------------------------------------------------------------------------------------


def main(arguments: Sequence[str]) -> int:
    """Check what is named in *arguments*, print what was found, return the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Check an audit log, offline and alone.")
    parser.add_argument("export", nargs="?", type=Path, help="folder of an export, or one file of entries")
    parser.add_argument("--policy", type=Path, help="the keys you trust")
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], help="a file with checkpoints somebody kept"
    )
    parser.add_argument("--all-signatures", action="store_true", help="leave none out, however many")
    parser.add_argument("--quiet", action="store_true", help="say the verdict alone, in one line")
    parser.add_argument("--proof", type=Path, help="check the proof of one entry instead")
    try:
        given = parser.parse_args(arguments)
        if (given.export is None) == (given.proof is None):
            parser.error("name an export, or a proof")
    except SystemExit as stop:
        return int(stop.code or INTACT)
    try:
        code, said = _prove(given) if given.proof else _check(given)
    except (OSError, Unusable) as exc:
        code, said = INCOMPLETE, [f"INCOMPLETE  {exc}"]
    return _say(said[:1] if given.quiet else said, code)


def _check(given: argparse.Namespace) -> tuple[int, list[str]]:
    report = check(given.export, given.policy, given.anchor, all_signatures=given.all_signatures)
    return report.code, list(lines(report))


def _prove(given: argparse.Namespace) -> tuple[int, list[str]]:
    if given.policy is None:
        raise Unusable("a proof needs a policy: --policy FILE")
    try:
        record = check_proof(_text_of(given.proof), read_policy(_text_of(given.policy)))
    except Damaged as damage:
        return TAMPERED, [f"TAMPERED  {damage}"]
    said = f"INTACT  {record['log']}/{record['seq']} stands in the log"
    return INTACT, [said, canonical(record).decode()]


def lines(report: Report) -> Iterator[str]:
    """Yield what was found in words, plain ASCII, the verdict first."""
    what = report.damage or report.missing or f"{report.entries} entries"
    yield _plain(f"{report.verdict}  {what}")
    for log, head in report.heads.items():
        yield f"  {log}: 1 to {head.seq}, signed to {head.signed}, {head.boots} starts, last leaf {head.leaf}"
    for note in report.notes:
        yield f"  {note}"


def _plain(text: str) -> str:
    """Return printable ASCII: what stands in a hostile file commands no terminal."""
    escaped = text.encode("ascii", "backslashreplace").decode()
    return re.sub("[^ -~]", lambda found: f"\\x{ord(found[0]):02x}", escaped)


def _say(said: Iterable[str], code: int) -> int:
    try:
        print("\n".join(map(_plain, said)), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read has heard enough
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
