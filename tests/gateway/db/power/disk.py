"""What a disk holds for certain, what is still under way to it, and what a power cut may make of the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from .journal import Create, Delete, Event, Sync, SyncFolder, Truncate, Write

SECTOR = 512  # bytes that a disk writes whole or not at all

Names = dict[str, int]


@dataclass
class Disk:
    """Synced names and files, and the changes to them since, in order."""

    names: Names
    files: dict[int, bytearray]
    names_under_way: list[Create | Delete] = field(default_factory=list)
    under_way: dict[int, list[Write | Truncate]] = field(default_factory=dict)

    @classmethod
    def holding(cls, base: Mapping[str, bytes]) -> "Disk":
        """Return a disk with the synced files of *base*, numbered as a journal does."""
        names = {name: number for number, name in enumerate(base, 1)}
        return cls(names, {names[name]: bytearray(content) for name, content in base.items()})

    def take(self, event: Event) -> None:
        """Let the next event happen; promises leave no trace here."""
        if isinstance(event, Write | Truncate):
            self.under_way.setdefault(event.file, []).append(event)
        elif isinstance(event, Create | Delete):
            self.names_under_way.append(event)
        elif isinstance(event, Sync):
            content = self.files.setdefault(event.file, bytearray())
            for change in self.under_way.pop(event.file, ()):
                _apply(content, change)
        elif isinstance(event, SyncFolder):
            rename(self.names, self.names_under_way)
            self.names_under_way.clear()

    def after_power_cut(self, dice: Random) -> dict[str, bytes]:
        """Return one of the disks that a power cut may leave now, by the *dice*."""
        names = dict(self.names)
        rename(names, [change for change in self.names_under_way if dice.random() < 0.5])
        return {name: self._what_is_left_of(file, dice) for name, file in sorted(names.items())}

    def _what_is_left_of(self, file: int, dice: Random) -> bytes:
        content = bytearray(self.files.get(file, b""))
        changes = self.under_way.get(file, [])
        fate = dice.randrange(4)
        if fate == 0 or not changes:
            return bytes(content)
        if fate == 1:
            _arrive_in_order(content, changes, dice)
        else:
            _arrive_as_they_like(content, changes, dice)
        return bytes(content)


def rename(names: Names, changes: list[Create | Delete]) -> None:
    """Make *changes* to *names*, in their order."""
    for change in changes:
        if isinstance(change, Create):
            names[change.name] = change.file
        else:
            names.pop(change.name, None)


def _apply(content: bytearray, change: Write | Truncate) -> None:
    if isinstance(change, Truncate):
        del content[change.size :]
    else:
        _put(content, change.offset, change.data)


def _put(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _arrive_in_order(content: bytearray, changes: list[Write | Truncate], dice: Random) -> None:
    """Let a beginning of *changes* reach the disk, sometimes all, and tear the first that is behind it."""
    reached = dice.randint(0, len(changes))
    for change in changes[:reached]:
        _apply(content, change)
    if reached < len(changes):
        torn = changes[reached]
        if isinstance(torn, Write):
            _tear(content, torn, dice, keeps=0.5, spoils=dice.choice((0.0, 0.5)))


def _arrive_as_they_like(content: bytearray, changes: list[Write | Truncate], dice: Random) -> None:
    """Let any sectors of any of *changes* reach the disk, and any of the sizes they made."""
    keeps, grows, spoils = dice.random(), dice.random(), dice.choice((0.0, 0.0, 0.05))
    size = len(content)
    for change in changes:
        if isinstance(change, Write):
            _tear(content, change, dice, keeps=keeps, spoils=spoils)
            if dice.random() < grows:
                size = max(size, change.offset + len(change.data))
        elif dice.random() < keeps:
            del content[change.size :]
            size = change.size
    del content[size:]
    missing = size - len(content)
    content.extend(bytes(missing) if dice.random() < 0.7 else dice.randbytes(missing))


def _tear(content: bytearray, write: Write, dice: Random, *, keeps: float, spoils: float) -> None:
    """Let each sector arrive with chance *keeps*; of those that do not, *spoils* hold garbage instead."""
    start = write.offset
    end = start + len(write.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if dice.random() < keeps:
            _put(content, start, write.data[start - write.offset : stop - write.offset])
        elif dice.random() < spoils:
            _put(content, start, dice.randbytes(stop - start))
        start = stop
