"""
Ten thousand notifications while the plug is pulled every five seconds and agencies fail half of the time.

Two mutants must fail: one whose every attempt has an id of its own, and one that does not wait for the disk,
where a pulled plug takes along what was not synced. The gateway as it is keeps all of it on that disk, too.
"""

from pathlib import Path

from .bars import Bar
from .flooding import AGENCIES, FAILING, Flood, flooded, house_of
from .houses import House, Mutant, Program, Sandbox

INCIDENTS, FEW = 200, 30
READY_S = 5.0


class EachAttemptAnother(Mutant):
    """The gateway whose every attempt has an id of its own."""

    module = "mutant_ids"


class OnALosingDisk(Mutant):
    """The gateway as it is, on a disk that loses what was not synced when the plug is pulled."""

    module = "losing_disk"


class Unsynced(Mutant):
    """The gateway that does not wait for that disk."""

    module = "mutant_unsynced"


def measure(folder: Path) -> list[Bar]:
    """Flood the gateway, then, shorter, each of the others."""
    whole = _flood(folder / "whole", House, INCIDENTS)
    kept = _flood(folder / "losing", OnALosingDisk, FEW)
    ids = _flood(folder / "ids", EachAttemptAnother, FEW)
    unsynced = _flood(folder / "unsynced", Unsynced, FEW)
    return [
        *whole.bars("flood", ready_s=READY_S),
        Bar("flood.cut.lost", f"of {kept.wanted}, unsynced writes lost", kept.lost, "", at_most=0),
        Bar("flood.cut.off_by", "acceptances, unsynced writes lost", kept.off_by, "", at_most=0),
        Bar("flood.mutant.other_id", "an id an attempt, must fail", ids.other_ids, "", at_least=1),
        Bar("flood.mutant.lost", "not waiting for the disk, must fail", unsynced.lost, "", at_least=1),
    ]


def _flood(folder: Path, kind: type[House], incidents: int) -> Flood:
    folder.mkdir()
    with (
        Sandbox(folder) as sandbox,
        Program(folder, "agency", str(FAILING), "0", str(folder)) as agency,
        house_of(folder, sandbox, agency.port, AGENCIES, kind=kind) as house,
    ):
        return flooded([house], folder, incidents=incidents)
