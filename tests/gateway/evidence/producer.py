"""
Logs written and signed by nothing of the house: from the formats' description alone, keys in the open.

What the gateway writes and what this writes must both verify, and here nothing holds a hand back: any key
signs anything, any entry says anything. `cryptography` signs; the rest is the standard library's.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

AUTHORITY = "uji.gerbang.example"
BEGAN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SEALED = {"alg": "A256GCM", "ct": b64encode(bytes(range(120))).decode(), "kid": "p-" + "0a" * 12}


@dataclass(frozen=True)
class Pen:
    """A signing key under a name; the same seed and name give the same key."""

    name: str
    seed: int

    @property
    def private(self) -> Ed25519PrivateKey:
        """The secret half."""
        return Ed25519PrivateKey.from_private_bytes(sha256(b"%d" % self.seed).digest())

    @property
    def key_id(self) -> bytes:
        """The four bytes before each signature."""
        return sha256(self.name.encode() + b"\n\x01" + self.private.public_key().public_bytes_raw()).digest()[
            :4
        ]

    @property
    def vkey(self) -> str:
        """The verifier key."""
        public = b64encode(b"\x01" + self.private.public_key().public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id.hex()}+{public}"

    def line(self, text: str) -> str:
        """Sign *text*; return the signature's line."""
        return f"\u2014 {self.name} {b64encode(self.key_id + self.private.sign(text.encode())).decode()}\n"


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the tree's root as RFC 6962 section 2.1 defines it, by recursion."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def text_of(record: dict[str, Any]) -> str:
    """Return the record's canonical text."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def note_of(origin: str, leaves: Sequence[bytes], pens: Iterable[Pen]) -> str:
    """Sign the tree over *leaves* with each of *pens*."""
    text = f"{origin}\n{len(leaves)}\n{b64encode(root_of(leaves)).decode()}\n"
    return text + "\n" + "".join(pen.line(text) for pen in pens)


@dataclass
class Log:
    """One writer's year; `entries` are records still open to forgery, `notes` what was signed so far."""

    name: str
    pen: Pen | None = None
    authority: str = AUTHORITY
    records: list[dict[str, Any]] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mono: int = 0

    @property
    def origin(self) -> str:
        """The name of its checkpoints and its keys."""
        return f"{self.authority}/audit/{self.name}"

    def new_pen(self, seed: int) -> Pen:
        """Return a key under this log's name."""
        return Pen(self.origin, seed)

    def open(self, *, after: "Log | None" = None, **says: Any) -> "Log":
        """Write the first entry; *says* overrides what it says of the log before."""
        assert self.pen is not None
        detail: dict[str, Any] = {"origin": self.origin, "vkey": self.pen.vkey}
        if after is not None:
            detail |= after.end()
        return self.add(act="log.opened", outcome="opened", detail=detail | says)

    def end(self) -> dict[str, Any]:
        """Return what the next year's first entry says of this log."""
        signed = bool(self.notes) and self.notes[-1].split("\n")[1] == str(len(self.leaves))
        return {
            "after": self.name,
            "checkpoint": self.notes[-1] if signed else None,
            "leaf": self.leaves[-1].hex(),
            "root": b64encode(root_of(self.leaves)).decode(),
            "size": len(self.leaves),
        }

    def add(self, count: int = 1, *, step_ms: int = 7, **fields: Any) -> "Log":
        """Chain *count* entries, each *step_ms* after the one before it."""
        for _ in range(count):
            self.mono += step_ms if self.records else 0
            self._seal(self._record(fields))
        return self

    def rotate(self, seed: int, *, was: str | None = None, vkey: str | None = None) -> "Log":
        """Write that another key signs from now on, and let it; both sign at once."""
        assert self.pen is not None
        old, new = self.pen, self.new_pen(seed)
        detail = {"vkey": vkey or new.vkey, "was": was or old.vkey}
        self.add(act="log.key_rotated", outcome="rotated", detail=detail)
        self.pen = new
        return self.sign(old, new)

    def sign(self, *pens: Pen) -> "Log":
        """Sign everything so far, with the log's own key when none is named."""
        assert pens or self.pen is not None
        self.notes.append(note_of(self.origin, self.leaves, pens or [self.pen]))  # type: ignore[list-item]  # just said
        return self

    def replace(self, seq: int, **fields: Any) -> "Log":
        """Rewrite history: change an entry and chain what follows anew; what was signed stays."""
        later, self.records = self.records[seq - 1 :], self.records[: seq - 1]
        del self.leaves[seq - 1 :]
        for record in [later[0] | fields, *later[1:]]:
            self._seal(record)
        return self

    def lines(self) -> list[bytes]:
        """Return the log's lines in an export."""
        return [
            f'{{"leaf":"{leaf.hex()}","log":"{record["log"]}","record":{text_of(record)},"seq":{record["seq"]}}}\n'.encode()
            for record, leaf in zip(self.records, self.leaves, strict=True)
        ]

    def _record(self, fields: dict[str, Any]) -> dict[str, Any]:
        number = len(self.records) + 1
        given = {
            "act": "eligibility.answered",
            "actor": {"id": "key-operator", "kind": "machine", "role": "operator"},
            "detail": {"answered": 14, "late": 2, "note": "rumah sakit \u00e9"},
            "fields": ["coverage", "kelas"],
            "key": sha256(f"{self.name} {number}".encode()).hexdigest()[:32],
            "lat_ms": number % 2000,
            "log": self.name,
            "mono": self.mono,
            "outcome": "answered",
            "partner": "bpjs",
            "pii": SEALED,
            "purpose": "dispatch",
            "subj": SEALED["kid"],
            "ts": (BEGAN + timedelta(milliseconds=self.mono)).isoformat(timespec="microseconds")[:26] + "Z",
            "v": 1,
        }
        return given | fields

    def _seal(self, record: dict[str, Any]) -> None:
        number = len(self.records) + 1
        prev = self.leaves[-1].hex() if self.leaves else "0" * 64
        record = record | {"prev": prev, "seq": number}
        self.records.append(record)
        self.leaves.append(sha256(b"\x00" + text_of(record).encode()).digest())


def begun(name: str = "2026/gerbang-1", seed: int = 1, **fields: Any) -> Log:
    """Return a log that was opened under a key of *seed*."""
    log = Log(name, **fields)
    log.pen = log.new_pen(seed)
    return log.open()


def policy(*pens: Pen) -> str:
    """Return the policy that trusts these keys."""
    return "".join(f"log {pen.vkey}\n" for pen in pens) + "quorum none\n"


def write(folder: Path, logs: Sequence[Log], trusts: str, *, lines_a_file: int = 100_000) -> Path:
    """Write the export of *logs* into the new *folder*."""
    folder.mkdir(parents=True)
    lines = [line for log in logs for line in log.lines()]
    for number, start in enumerate(range(0, len(lines), lines_a_file), 1):
        file = folder / f"entries-{number:04}.jsonl"
        file.write_bytes(b"".join(lines[start : start + lines_a_file]))
    (folder / "checkpoints.txt").write_text("".join(f"{note}\n" for log in logs for note in log.notes))
    (folder / "policy.txt").write_text(trusts)
    return folder
