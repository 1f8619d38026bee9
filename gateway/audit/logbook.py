"""
The logs of one replica, one a year: what the database's writer appends to, and what is signed of it.

Entries are sealed by the chain, counted into the tree, and covered by a signed checkpoint every so many.
A year's log begins with an entry that holds the end of the one before, and its first checkpoint is signed
by both keys: whoever knows the first key can follow to the last.
"""

import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from contracts.audit import Entry
from gateway.db import CannotWrite

from . import evidence_store, store
from .chain import Chain, DamagedEnd, claim
from .evidence_store import CheckpointRow, LogRow
from .notary import Notary
from .notes import Checkpoint, Signer, read
from .tree import Tree

OPENED, KEY_ROTATED = "log.opened", "log.key_rotated"


class OtherLog(ValueError):
    """The new key follows on another log, or on another key, than the one that signs now; ask again."""


@dataclass(frozen=True, slots=True)
class _Open:
    """
    The log that is written now: its row, chain and tree, how much is signed, and by whom.

    *word_of* are the keys before, whose word for the new one is still owed; *fresh* are notes that nobody
    may see before their transaction is committed.
    """

    row: LogRow
    chain: Chain
    tree: Tree
    signed: int
    signer: Signer | None
    note: str | None = None
    word_of: tuple[Signer, ...] = ()
    fresh: tuple[str, ...] = ()

    @property
    def owed(self) -> int:
        """How many entries no checkpoint covers yet."""
        return self.tree.size - self.signed


class Logbook:
    """The ledger of one replica; used by the writer's thread, asked for its numbers by others."""

    def __init__(
        self,
        replica: str,
        notary: Notary,
        *,
        today: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take *monotonic*, a clock in seconds that is never set; *today* tells the year, in UTC."""
        self.notary = notary
        self._replica = replica
        self._today = today
        self._monotonic = monotonic
        self._open: _Open | None = None
        self._chain: Chain | None = None
        self._lost_sight = False  # of the end: what is there may well be unsigned
        self._seen: tuple[str, int, str | None] | None = None

    @property
    def owed(self) -> int:
        """How many entries no checkpoint covers yet; at least one while the end is not in sight."""
        if self._open is None:
            return int(self._lost_sight)
        return self._open.owed

    @property
    def signed(self) -> tuple[str, int] | None:
        """Of which origin how many entries are signed, as far as anybody has looked."""
        return None if self._seen is None else self._seen[:2]

    @property
    def origin(self) -> str | None:
        """The origin of the log that is written now, None before its first entry."""
        return None if self._seen is None else self._seen[0]

    @property
    def vkey(self) -> str | None:
        """The verifier key that signs now."""
        return None if self._seen is None else self._seen[2]

    def append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """
        Seal and insert *entries* in the open transaction, and sign when enough have come.

        Raises NotCanonical, OtherLog, DamagedEnd, CannotWrite.
        """
        current = self._open or self._find(connection)
        if entries:
            current, entries = self._turn_of_year(connection, current, entries)
            tip = current.chain.tip
            if tip.seq != current.tree.size:
                raise DamagedEnd(f"{current.row.log}: chain and tree have parted at {tip.seq}")
            try:
                current = self._appended(connection, current, entries)
            except BaseException:
                current.chain.stand_at(tip)
                raise
        self._keep(current)

    def _appended(self, connection: Connection, current: _Open, entries: Sequence[Entry]) -> _Open:
        successor = self._successor(current, entries)
        leaves = current.chain.append(connection, entries)
        current = replace(current, tree=current.tree.grown(leaves))
        if successor is not None:
            return self._hand_over(connection, current, successor)
        due = current.word_of or current.owed >= self.notary.every
        return self._sign(connection, current) if due else current

    def sign(self, connection: Connection) -> None:
        """Sign what no checkpoint covers yet. Raises DamagedEnd, CannotWrite."""
        current = self._open or self._find(connection)
        if current is not None and current.signer is None:
            # Its file may have been restored since.
            newest = evidence_store.newest_key(connection, current.row.log)
            current = replace(current, signer=self.notary.signer(newest))
        self._keep(None if current is None else self._sign(connection, current))

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of *entries* whose key no log holds yet, each key once, in order."""
        return store.missing(connection, entries)

    def committed(self) -> None:
        """Keep what was appended, and let the world have what was signed."""
        if self._chain is not None:
            self._chain.committed()
        if self._open is not None and self._open.fresh:
            for note in self._open.fresh:
                self.notary.publish(note)
            self._open = replace(self._open, fresh=())

    def rolled_back(self) -> None:
        """Forget the end; it is read from the disk before the next entry."""
        if self._chain is not None:
            self._chain.rolled_back()
        self._lost_sight = self._open is not None or self._lost_sight
        self._open = None

    def _keep(self, current: _Open | None) -> None:
        self._open, self._lost_sight = current, False
        if current is not None:
            self._chain = current.chain
            vkey = None if current.signer is None else current.signer.vkey
            self._seen = current.row.origin, current.signed, vkey

    def _find(self, connection: Connection) -> _Open | None:
        """Read from the disk where the newest log ends. Raises DamagedEnd when it is not what was signed."""
        claim(connection, self._replica)
        row = evidence_store.newest_log(connection, self._replica)
        if row is None:
            return None
        newest = evidence_store.newest_checkpoint(connection, row.log)
        tree = Tree() if newest is None else _signed_tree(newest)
        signed = tree.size
        tree = tree.grown(evidence_store.leaves_behind(connection, row.log, signed))
        chain = self._chain_of(row.log)
        chain.append(connection, ())
        if chain.tip.seq != tree.size:
            raise DamagedEnd(
                f"{row.log}: {tree.size} entries are signed or counted, {chain.tip.seq} are there"
            )
        signer = self.notary.signer(evidence_store.newest_key(connection, row.log))
        if newest is not None:
            self.notary.recall(newest.note)
            return _Open(row, chain, tree, signed, signer, newest.note)
        return _Open(row, chain, tree, signed, signer, word_of=self._before(connection, row))

    def _before(self, connection: Connection, row: LogRow) -> tuple[Signer, ...]:
        """Return whoever signed the log before *row*'s, as far as there is one."""
        older = evidence_store.log_before(connection, row)
        signer = self.notary.signer(evidence_store.newest_key(connection, older.log)) if older else None
        return () if signer is None else (signer,)

    def _chain_of(self, log: str) -> Chain:
        """Return the chain of *log*, the one from before where that was only rolled back."""
        if self._chain is not None and self._chain.log == log:
            return self._chain
        return Chain(log, monotonic=self._monotonic)

    def _turn_of_year(
        self, connection: Connection, current: _Open | None, entries: Sequence[Entry]
    ) -> tuple[_Open, Sequence[Entry]]:
        """
        Open a log when there is none, or when its year is over: the opening entry goes first.

        Without the old key, or a new one, all goes on in the old log: nobody could follow to the next.
        """
        year = self._today().year
        if current is not None and (_year_of(current.row.log) >= year or _has_lost_its_key(current)):
            return current, entries
        if current is not None:
            current = self._sign(connection, current)
        fresh = self._begin(connection, f"{year}/{self._replica}", current)
        if fresh is None and current is not None:
            return current, entries
        if fresh is None:
            raise CannotWrite(self.notary.trouble or "no key for a new log")
        return fresh, [_opening(fresh, current), *entries]

    def _begin(self, connection: Connection, log: str, before: _Open | None) -> _Open | None:
        origin = self.notary.origin(log)
        signer = self.notary.key_for(origin)
        if signer is None:
            return None
        ordinal = 1 if before is None else before.row.ordinal + 1
        row = LogRow(log, self._replica, ordinal, origin, self._today().isoformat(timespec="seconds"))
        evidence_store.add_log(connection, row)
        evidence_store.add_key(connection, log, since=0, vkey=signer.vkey)
        word_of = (before.signer,) if before is not None and before.signer is not None else ()
        fresh = () if before is None else before.fresh
        return _Open(row, self._chain_of(log), Tree(), 0, signer, word_of=word_of, fresh=fresh)

    def _successor(self, current: _Open, entries: Sequence[Entry]) -> Signer | None:
        """Return the key that one of *entries* hands over to. Raises OtherLog, also for two of them."""
        orders = [entry.detail or {} for entry in entries if entry.act == KEY_ROTATED]
        if not orders:
            return None
        was = None if current.signer is None else current.signer.vkey
        signer = self.notary.prepared(str(orders[0].get("vkey")))
        if len(orders) > 1 or signer is None or orders[0].get("was") != was:
            raise OtherLog("the new key does not follow on the one that signs")
        if signer.vkey.split("+", 1)[0] != current.row.origin:
            raise OtherLog("the new key is not one for this log")
        return signer

    def _hand_over(self, connection: Connection, current: _Open, successor: Signer) -> _Open:
        """Let the old key and the new one sign together, at once or not at all."""
        if current.signer is not None:
            current = replace(current, word_of=(*current.word_of, current.signer))
        current = self._sign(connection, replace(current, signer=successor))
        if current.owed:
            raise CannotWrite("the keys could not sign for each other")
        evidence_store.add_key(connection, current.row.log, since=current.signed, vkey=successor.vkey)
        return current

    def _sign(self, connection: Connection, current: _Open) -> _Open:
        """Sign the tree as it stands; a key that cannot be had holds no entry up."""
        if not current.owed or current.signer is None:
            return current
        tree = current.tree
        head = Checkpoint(current.row.origin, tree.size, tree.root())
        note = self.notary.sign(head, (*current.word_of, current.signer))
        if note is None:
            return current
        _insert(connection, CheckpointRow(current.row.log, tree.size, note, tree.peaks))
        fresh = (*current.fresh, note)
        return replace(current, signed=tree.size, note=note, word_of=(), fresh=fresh)


def _insert(connection: Connection, row: CheckpointRow) -> None:
    try:
        evidence_store.add_checkpoint(connection, row)
    except IntegrityError as exc:
        # Two heads of one size would be a fork: whoever else signs, this writer stops and looks anew.
        raise CannotWrite("somebody else signs this log") from exc


def _signed_tree(newest: CheckpointRow) -> Tree:
    try:
        tree, head = Tree(newest.size, newest.peaks), read(newest.note)
        if (tree.size, tree.root()) == (head.size, head.root):
            return tree
    except ValueError:
        pass
    raise DamagedEnd(f"{newest.log}: the checkpoint at {newest.size} is not what was signed")


def _has_lost_its_key(current: _Open) -> bool:
    """Say whether there should be a key and is none; logs of the first release never had one."""
    return current.signer is None and bool(current.row.origin)


def _year_of(log: str) -> int:
    """Return the year in a log's name; the first release named logs by their replica alone."""
    year = log.partition("/")[0]
    return int(year) if "/" in log and year.isdigit() else 0


def _opening(fresh: _Open, before: _Open | None) -> Entry:
    assert fresh.signer is not None  # noqa: S101  made a moment ago
    detail: dict[str, str | int | None] = {"origin": fresh.row.origin, "vkey": fresh.signer.vkey}
    if before is not None:
        detail |= {
            "after": before.row.log,
            "size": before.tree.size,
            "root": b64encode(before.tree.root()).decode(),
            "leaf": before.chain.tip.leaf,
            "checkpoint": before.note if before.signed == before.tree.size else None,
        }
    return Entry(OPENED, "opened", detail=detail)
