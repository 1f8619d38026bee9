"""From what a hospital reported to one figure per need; unknown beds make no number."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from contracts import Bed, BedState, CapacityReport, Need, WardCount


@dataclass(frozen=True, slots=True)
class Tally:
    """
    Beds for one need: *free* and *total* are None where nobody knows.

    *soon* are free after cleaning, *unknown* are beds whose state the hospital did not tell; *as_of* is
    when the figure was true, *changed_at* when a part of it last changed.
    *by_class* maps a room class to its free beds.
    """

    free: int | None
    total: int | None
    soon: int = 0
    unknown: int = 0
    by_class: dict[str, int] = field(default_factory=dict)
    free_male: int | None = None
    free_female: int | None = None
    as_of: datetime | None = None
    changed_at: datetime | None = None


def tally(report: CapacityReport) -> dict[Need, Tally]:
    """Return a figure for every need the report speaks of; an incomplete one gives lower bounds only."""
    needs = {bed.need for bed in report.beds} | {ward.need for ward in report.wards}
    return {need: _figure(need, report) for need in sorted(needs)}


def _figure(need: Need, report: CapacityReport) -> Tally:
    beds = [bed for bed in report.beds if bed.need is need and bed.state is not BedState.CLOSED]
    wards = [ward for ward in report.wards if ward.need is need]
    states = [bed.state for bed in beds]
    usable = {BedState.FREE, BedState.ISOLATED} if need is Need.ISOLATION else {BedState.FREE}
    unknown = states.count(BedState.UNKNOWN)
    counted_free = sum(state in usable for state in states) if beds else None
    all_told = report.complete and not unknown and all(ward.free is not None for ward in wards)
    free = _together(counted_free, *(ward.free for ward in wards))
    return Tally(
        # Rows that were withheld, and beds and wards nobody knows of, may be free: seeing none says nothing.
        free=free if free or all_told else None,
        total=_total(beds, wards) if report.complete else None,
        soon=states.count(BedState.SOON),
        unknown=unknown,
        by_class=_by_class(beds, wards, usable),
        free_male=_together(*(ward.free_male for ward in wards)),
        free_female=_together(*(ward.free_female for ward in wards)),
        as_of=_as_of(report, beds, wards),
        changed_at=max((at for at in _times(beds, wards) if at), default=None),
    )


def _times(beds: list[Bed], wards: list[WardCount]) -> list[datetime | None]:
    return [*(bed.as_of for bed in beds), *(ward.as_of for ward in wards)]


def _as_of(report: CapacityReport, beds: list[Bed], wards: list[WardCount]) -> datetime | None:
    """
    Return the age of the oldest part of a figure; None where one tells none.

    A counter is as old as its own report. Single beds are kept up one by one: the newest change
    anywhere in the hospital shows that they are.
    """
    told = [*(ward.as_of for ward in wards), *([report.as_of] if beds else [])]
    return min((at for at in told if at), default=None) if all(told) else None


def _together(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _total(beds: list[Bed], wards: list[WardCount]) -> int | None:
    if any(ward.total is None for ward in wards):
        return None
    return len(beds) + sum(ward.total or 0 for ward in wards)


def _by_class(beds: Iterable[Bed], wards: Iterable[WardCount], usable: set[BedState]) -> dict[str, int]:
    free: dict[str, int] = {}
    for bed in beds:
        if bed.kelas and bed.state in usable:
            free[bed.kelas] = free.get(bed.kelas, 0) + 1
    for ward in wards:
        if ward.kelas and ward.free:
            free[ward.kelas] = free.get(ward.kelas, 0) + ward.free
    return dict(sorted(free.items()))
