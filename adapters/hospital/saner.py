"""
Ward counters from a SANER MeasureReport, for hospitals that publish counts and no single beds.

Source: HL7 SANER 1.0.0 (R4), code system MeasuredValues, read 2026-11-23. Only what is stated is
passed on: nothing is subtracted to fill a gap. Beds "in total" are left out, since they contain
the others and serve no need of their own; so are ventilators.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from contracts import CapacityReport, Need, WardCount

from .moments import moment
from .places import id_of
from .structs import Concept, Resource
from .translate import ORIGIN, SKEW


class Counter(NamedTuple):
    """Where a need's two figures stand in the report."""

    ward: str
    need: Need
    free: str
    total: str


COUNTERS = (
    Counter("ICU", Need.ICU, free="numICUBedsAvail", total="numICUBeds"),
    Counter("Rawat inap", Need.WARD, free="numImpBedsAvail", total="numImpBeds"),
)
_CODES = frozenset(code for counter in COUNTERS for code in (counter.free, counter.total))


def counted(
    reports: Sequence[Resource],
    *,
    received: datetime,
    owner: str | None = None,
    more: bool = False,
    complete: bool = True,
    remarks: Iterable[str] = (),
) -> CapacityReport:
    """
    Return the newest stated figures per need, each with its report's own time.

    With *owner*, only reports by or about that organisation count. *more* says that there are
    further, unread reports: harmless if these came newest first. A report that is not `complete`,
    has no zoned date, one ahead of us or no figure of ours is passed over. Figures that contradict
    each other (more free than there are, fewer than none) become unknown.
    """
    odd = set(remarks)
    if more and not _newest_first(reports):
        odd.add("order_ignored")
    stated = _past(_stated(reports, owner), received, odd)
    wards = [ward for counter in COUNTERS if (ward := _ward(counter, stated, odd))]
    if not wards:
        odd.add("no_counts")
    return CapacityReport(
        origin=ORIGIN,
        wards=tuple(wards),
        as_of=max((ward.as_of for ward in wards if ward.as_of), default=None),
        complete=complete and bool(wards) and "order_ignored" not in odd,
        remarks=tuple(sorted(odd)),
    )


def _newest_first(reports: Sequence[Resource]) -> bool:
    dates = [moment(report.date) for report in reports]
    known = [date for date in dates if date is not None]
    return len(known) == len(dates) and known == sorted(known, reverse=True)


def _stated(reports: Iterable[Resource], owner: str | None) -> list[tuple[datetime, dict[str, int]]]:
    """Return when each report of *owner* was made and what it counts, newest first."""
    stated = [
        (at, figures)
        for report in reports
        if (owner is None or owner in (id_of(report.reporter), id_of(report.subject)))
        and (at := _date(report))
        and (figures := _figures(report))
    ]
    return sorted(stated, key=lambda one: one[0], reverse=True)


def _past(
    stated: list[tuple[datetime, dict[str, int]]], received: datetime, odd: set[str]
) -> list[tuple[datetime, dict[str, int]]]:
    """Leave out what is dated ahead: it would stand for the newest until its day comes."""
    past = [(min(at, received), figures) for at, figures in stated if at - received <= SKEW]
    if len(past) < len(stated):
        odd.add("clock_ahead")
    return past


def _ward(counter: Counter, stated: list[tuple[datetime, dict[str, int]]], odd: set[str]) -> WardCount | None:
    for at, figures in stated:
        if counter.free in figures or counter.total in figures:
            free, total = _believed(figures.get(counter.free), figures.get(counter.total), odd)
            return WardCount(counter.ward, counter.need, free, total, as_of=at)
    return None


def _believed(free: int | None, total: int | None, odd: set[str]) -> tuple[int | None, int | None]:
    negative = any(count is not None and count < 0 for count in (free, total))
    if negative or (free is not None and total is not None and free > total):
        odd.add("count_contradiction")
        return None, None
    return free, total


def _date(report: Resource) -> datetime | None:
    return moment(report.date) if report.status == "complete" else None


def _figures(report: Resource) -> dict[str, int]:
    """Return our codes and their counts; a count given as absent is not there."""
    figures: dict[str, int] = {}
    for group in report.group or ():
        for population in group.population or ():
            code, count = _code(population.code), _count(population.count)
            if code is not None and count is not None:
                figures[code] = count
    return figures


def _code(concept: Concept | None) -> str | None:
    codes = [coding.code for coding in concept.codings()] if concept else []
    return next((code for code in codes if code in _CODES), None)


def _count(count: int | str | None) -> int | None:
    text = str(count).strip()
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 10 else None
