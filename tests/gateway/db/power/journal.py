"""What happened to the disk, in order, and what the house had promised by then."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Write(NamedTuple):
    """*data* was written to a *file* at *offset*, in bytes."""

    file: int
    offset: int
    data: bytes


class Truncate(NamedTuple):
    """A *file* was cut to *size* bytes."""

    file: int
    size: int


class Sync(NamedTuple):
    """All of a *file*, its size too, is on the disk."""

    file: int


class Create(NamedTuple):
    """A *name* now leads to a new *file*."""

    name: str
    file: int


class Delete(NamedTuple):
    """A *name* leads nowhere."""

    name: str


class SyncFolder(NamedTuple):
    """All names are on the disk."""


class Written(NamedTuple):
    """The house told somebody that write *number* is done."""

    number: int


class Published(NamedTuple):
    """The house let the world have a signed checkpoint."""

    note: str


Event = Write | Truncate | Sync | Create | Delete | SyncFolder | Written | Published


@dataclass
class Journal:
    """
    The events of one recording; `base` holds the synced files it began with, by name.

    Files are numbered, since a name may come to lead to another one.
    """

    base: dict[str, bytes]
    events: list[Event] = field(default_factory=list)
    _files: dict[str, int] = field(default_factory=dict)
    _last: int = 0

    def __post_init__(self) -> None:
        """Number the files that are there."""
        for name in self.base:
            self._number(name)

    def __iter__(self) -> Iterator[Event]:
        """Yield the events in order."""
        return iter(self.events)

    def add(self, event: Event) -> None:
        """Note the next event; from any thread."""
        self.events.append(event)

    def file(self, name: str) -> int:
        """Return the file that *name* leads to; one that is not known is created."""
        if name not in self._files:
            self.add(Create(name, self._number(name)))
        return self._files[name]

    def delete(self, name: str) -> None:
        """Note that *name* is deleted."""
        del self._files[name]
        self.add(Delete(name))

    def shape(self) -> list[tuple[object, ...]]:
        """Return the events without what is written: the same of every recording by one seed."""
        return [_shape(event) for event in self.events]

    def _number(self, name: str) -> int:
        self._last += 1
        self._files[name] = self._last
        return self._last


def _shape(event: Event) -> tuple[object, ...]:
    if isinstance(event, Write):
        return ("Write", event.file, event.offset, len(event.data))
    return (type(event).__name__,) if isinstance(event, Published) else (type(event).__name__, *event)
