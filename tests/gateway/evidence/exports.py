"""Exports of a house of our own making, and what a hand can do to them, with or without its key."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from contracts.audit import Entry
from gateway.audit.logbook import KEY_ROTATED, Logbook
from gateway.db import migrate
from gateway.db.engine import writing
from gateway.evidence import verify
from gateway.evidence.export import checkpoint_lines, lines, policy_lines
from gateway.people import Person, about
from tests.gateway.audit.material import entry, house_log

SOMEBODY = Person("p-" + "0a" * 12, bytes(32))


def told(number: int) -> Entry:
    """Make an entry as long as those of a busy day: with something sealed in it."""
    plain = entry(number, act="eligibility.answered", partner="bpjs")
    return about(plain, SOMEBODY, {"coverage": "ACTIVE", "status_text": "AKTIF", "kelas": "KELAS III"})


@dataclass
class Export:
    """Lines and notes as they lie in the folder, to be damaged before it is written."""

    entries: list[bytes]
    notes: list[str]
    policy: str
    secrets: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    anchor: str = ""

    def written(self, folder: Path) -> Path:
        """Write it into the new *folder*."""
        folder.mkdir()
        (folder / "entries-0001.jsonl").write_bytes(b"".join(self.entries))
        (folder / "checkpoints.txt").write_text("".join(f"{note}\n" for note in self.notes))
        (folder / "policy.txt").write_text(self.policy)
        return folder

    def checked(self, folder: Path, *, anchored: bool = False, policy: str | None = None) -> verify.Report:
        """Verify it, with the anchor taken before the damage if wanted."""
        self.written(folder / "export")
        (folder / "policy.txt").write_text(self.policy if policy is None else policy)
        (folder / "anchor.txt").write_text(self.anchor)
        anchors = [folder / "anchor.txt"] if anchored else []
        return verify.check(folder / "export", folder / "policy.txt", anchors)

    def copy(self) -> Export:
        """Return one to damage."""
        return Export(list(self.entries), list(self.notes), self.policy, self.secrets, self.anchor)


class Maker:
    """A house that writes and signs; `export` takes its log out."""

    def __init__(self, folder: Path, *, every: int = 1000, **clocks: Any) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder / 'gerbang.db'}"
        migrate(self.url, environment="demo")
        self._engine = writing(self.url)
        self._clocks, self._every = clocks, every
        self.logbook: Logbook = house_log(folder, every=every, **clocks)

    def restart(self) -> None:
        """Begin a new process on the same disk."""
        self.logbook = house_log(self.folder, every=self._every, **self._clocks)
        self.sign()

    def write(self, *numbers: int, batch: int = 100) -> Maker:
        """Write entries of these numbers."""
        with self._engine.connect() as connection:
            for start in range(0, len(numbers), batch):
                self._commit(connection, [told(number) for number in numbers[start : start + batch]])
        return self

    def rotate(self) -> Maker:
        """Hand over to a new key."""
        assert self.logbook.origin is not None
        vkey, was = self.logbook.notary.prepare(self.logbook.origin).vkey, self.logbook.vkey
        with self._engine.connect() as connection:
            self._commit(connection, [Entry(KEY_ROTATED, "rotated", detail={"vkey": vkey, "was": was})])
        return self

    def sign(self) -> Maker:
        """Sign what is owed."""
        with self._engine.connect() as connection:
            with connection.begin():
                self.logbook.sign(connection)
            self.logbook.committed()
        return self

    def export(self) -> Export:
        """Take it out, with the newest checkpoint as an anchor somebody kept."""
        with self._engine.connect() as connection:
            notes = [text.decode()[:-1] for text in checkpoint_lines(connection)]
            policy = b"".join(policy_lines(connection)).decode()
            secrets = dict(_secret(file) for file in (self.folder / "secrets").glob("audit-*"))
            return Export(list(lines(connection)), notes, policy, secrets, notes[-1] if notes else "")

    def _commit(self, connection: Connection, entries: Sequence[Entry]) -> None:
        with connection.begin():
            self.logbook.append(connection, entries)
        self.logbook.committed()


def _secret(file: Path) -> tuple[str, Ed25519PrivateKey]:
    *_, key_id, seed = file.read_text().strip().split("+", 4)
    return key_id, Ed25519PrivateKey.from_private_bytes(b64decode(seed)[1:])


def chained(entries: Sequence[bytes], start: int) -> list[bytes]:
    """Chain the lines anew from index *start* on, as whoever rewrites history must."""
    done = list(entries[:start])
    for line in entries[start:]:
        record = json.loads(line)["record"]
        record["seq"] = len(done) + 1
        record["prev"] = json.loads(done[-1])["leaf"] if done else "0" * 64
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        leaf = sha256(b"\0" + text.encode()).hexdigest()
        head = json.dumps({"leaf": leaf, "log": record["log"]}, separators=(",", ":"))[:-1]
        done.append(f'{head},"record":{text},"seq":{record["seq"]}}}\n'.encode())
    return done


def changed(line: bytes, **fields: object) -> bytes:
    """Return the line with fields of its record changed and its seal made to fit."""
    envelope = json.loads(line)
    envelope["record"] |= fields
    text = json.dumps(envelope["record"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    envelope["leaf"] = sha256(b"\0" + text.encode()).hexdigest()
    return (json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n").encode()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the tree's root by RFC 6962's own definition."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


def resigned(export: Export, note: str, *, size: int | None = None) -> str:
    """Sign anew what a note now must say of the entries, with the stolen keys that signed it."""
    origin, old, *_ = note.split("\n")
    size = int(old) if size is None else size
    log = origin.partition("/audit/")[2].encode()
    leaves = [bytes.fromhex(json.loads(line)["leaf"]) for line in export.entries if b'"log":"' + log in line]
    text = f"{origin}\n{size}\n{b64encode(root_of(leaves[:size])).decode()}\n"
    signatures = [_signature(export, line, text) for line in note.partition("\n\n")[2].splitlines()]
    return text + "\n" + "".join(signatures)


def _signature(export: Export, line: str, text: str) -> str:
    dash, name, raw = line.split(" ")
    key_id = b64decode(raw)[:4]
    return f"{dash} {name} {b64encode(key_id + export.secrets[key_id.hex()].sign(text.encode())).decode()}\n"


def year(number: int) -> Any:
    """Return a calendar that stands in that year; set `.number` to turn it."""

    class Calendar:
        def __init__(self) -> None:
            self.number = number

        def __call__(self) -> datetime:
            return datetime(self.number, 6, 1, tzinfo=UTC)

    return Calendar()
