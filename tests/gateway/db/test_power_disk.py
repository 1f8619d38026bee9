"""The model of a disk that the simulated power cuts rest on."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from .power.disk import SECTOR, Disk
from .power.journal import Create, Delete, Event, Sync, SyncFolder, Truncate, Write

OLD = b"m" * 1000

_changes = st.one_of(
    st.builds(Write, st.integers(1, 2), st.integers(0, 3000), st.binary(min_size=1, max_size=1500)),
    st.builds(Truncate, st.integers(1, 2), st.integers(0, 3000)),
    st.builds(Sync, st.integers(1, 2)),
)


def _disk(events: list[Event]) -> Disk:
    disk = Disk.holding({"main": OLD, "log": b""})
    for event in events:
        disk.take(event)
    return disk


@given(events=st.lists(_changes, max_size=12), seed=st.integers(0, 2**32))
def test_what_is_synced_survives_whole(events: list[Write | Truncate | Sync], seed: int) -> None:
    """After a sync of everything there is but one disk that a power cut can leave."""
    contents = {1: bytearray(OLD), 2: bytearray()}
    for event in events:
        content = contents[event.file]
        if isinstance(event, Truncate):
            del content[event.size :]
        elif isinstance(event, Write):
            content.extend(bytes(max(0, event.offset + len(event.data) - len(content))))
            content[event.offset : event.offset + len(event.data)] = event.data
    disk = _disk([*events, Sync(1), Sync(2)])
    assert disk.after_power_cut(Random(seed)) == {"main": bytes(contents[1]), "log": bytes(contents[2])}


def test_what_is_not_synced_may_arrive_in_any_way() -> None:
    """Two unsynced writes leave every mixture: none, one, the later alone, torn, cut short, grown."""
    disk = _disk([Write(1, 0, b"a" * SECTOR), Write(1, SECTOR, b"b" * SECTOR * 2)])
    left = {disk.after_power_cut(Random(seed))["main"] for seed in range(4000)}
    a, b, old = b"a" * SECTOR, b"b" * SECTOR, b"m" * SECTOR
    short = 1000 - SECTOR
    assert {OLD, a + OLD[SECTOR:], old + b + b, a + b + b} <= left, "none, one, the later alone, all"
    assert {a + b + bytes(SECTOR), old + b[:short]} <= left, "torn with its size kept, its size lost"
    assert any(set(each[:SECTOR]) - set(b"am") for each in left), "garbage in a sector under way"


def test_bytes_beside_a_write_never_change() -> None:
    """However a write is torn or spoiled, what lay beside it is as it was: powersafe overwrite."""
    disk = _disk([Write(1, 100, b"a" * 700)])
    for seed in range(500):
        left = disk.after_power_cut(Random(seed))["main"]
        assert left[:100] + left[800:] == OLD[:100] + OLD[800:]


def test_names_are_lost_apart_from_files() -> None:
    """A synced new file may be gone and a deleted one back until the folder is synced."""
    made = [Create("new", 3), Write(3, 0, b"n"), Sync(3), Delete("log")]
    before, after = _disk(list(made)), _disk([*made, SyncFolder()])
    left = {tuple(sorted(before.after_power_cut(Random(seed)))) for seed in range(200)}
    assert left == {("main",), ("log", "main"), ("main", "new"), ("log", "main", "new")}
    assert {tuple(sorted(after.after_power_cut(Random(seed)))) for seed in range(50)} == {("main", "new")}
