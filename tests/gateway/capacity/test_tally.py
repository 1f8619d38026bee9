"""From reported beds to one figure per need."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Bed, BedState, CapacityReport, Need, WardCount
from gateway.capacity.tally import tally

from .builders import NOON, report

FREE, OCCUPIED, SOON, ISOLATED, CLOSED, UNKNOWN = BedState


@pytest.mark.parametrize(
    ("states", "free", "total"),
    [
        ((FREE, OCCUPIED), 1, 2),
        ((OCCUPIED, OCCUPIED), 0, 2),
        ((UNKNOWN, UNKNOWN), None, 2),
        ((FREE, UNKNOWN), 1, 2),
        ((OCCUPIED, UNKNOWN), None, 2),
        ((FREE, CLOSED), 1, 1),
        ((SOON, OCCUPIED), 0, 2),
        ((ISOLATED,), 0, 1),
        ((CLOSED,), None, 0),
    ],
)
def test_only_free_beds_count_as_free(states: tuple[BedState, ...], free: int | None, total: int) -> None:
    """A bed being cleaned, isolated or of unknown state is no free ICU bed."""
    figure = tally(report(*states))[Need.ICU]
    assert (free, total) == (figure.free, figure.total)


def test_an_isolated_bed_is_free_for_isolation() -> None:
    """Code I of table 0116 means: free, for isolation cases."""
    assert tally(report(ISOLATED, need=Need.ISOLATION))[Need.ISOLATION].free == 1


def test_an_incomplete_report_knows_no_total() -> None:
    """Withheld rows may hold more beds, so only the free ones seen are told."""
    figure = tally(report(FREE, OCCUPIED, complete=False))[Need.ICU]
    assert (figure.free, figure.total) == (1, None)


def test_an_incomplete_report_without_a_free_bed_is_unknown_and_not_full() -> None:
    """What was withheld may be free: 0 seen is not 0."""
    assert tally(report(OCCUPIED, OCCUPIED, complete=False))[Need.ICU].free is None


def test_ward_counters_without_a_number_stay_unknown() -> None:
    """A ward that counts nothing is not a full ward."""
    ward = WardCount(ward="Melati", need=Need.WARD, free=None, total=None)
    figure = tally(CapacityReport(origin="fhir", wards=(ward,), as_of=NOON))[Need.WARD]
    assert (figure.free, figure.total) == (None, None)


def test_a_counter_nobody_knows_is_not_nought() -> None:
    """One ICU full and one that tells nothing: not full."""
    wards = tuple(WardCount(f"ICU {free}", Need.ICU, free, 4, as_of=NOON) for free in (0, None))
    assert tally(CapacityReport("fhir", wards=wards, as_of=NOON))[Need.ICU].free is None


def test_ward_counters_add_up_by_class() -> None:
    """Free beds of a class are summed over wards and single beds."""
    wards = (WardCount("A", Need.WARD, 2, 8, kelas="3"), WardCount("B", Need.WARD, 3, 9, kelas="3"))
    beds = (Bed("1", Need.WARD, FREE, kelas="vip"),)
    figure = tally(CapacityReport(origin="fhir", wards=wards, beds=beds, as_of=NOON))[Need.WARD]
    assert (figure.free, figure.total, figure.by_class) == (6, 18, {"3": 5, "vip": 1})


@given(st.lists(st.sampled_from(list(BedState)), max_size=40))
def test_a_figure_never_promises_more_than_was_reported(states: list[BedState]) -> None:
    """Whatever the beds, free is the FREE ones, and None where there is none and one may be."""
    for figure in tally(report(*states)).values():
        assert figure.free is None or figure.free == states.count(FREE)
        nobody_knows = FREE not in states and (UNKNOWN in states or set(states) <= {CLOSED})
        assert (figure.free is None) == nobody_knows


def test_a_figure_is_as_old_as_its_oldest_counter() -> None:
    """A ward's report of today makes the ICU's of last week no newer; no time makes no age."""
    old, now = NOON - timedelta(days=9), NOON
    wards = (
        WardCount("ICU", Need.ICU, 3, 8, as_of=old),
        WardCount("Melati", Need.WARD, 2, 8, as_of=now),
        WardCount("Mawar", Need.WARD, 2, 8, as_of=old),
        WardCount("Isolasi", Need.ISOLATION, 2, 8),
    )
    told = tally(CapacityReport(origin="fhir", wards=wards, as_of=now))
    assert (told[Need.ICU].as_of, told[Need.WARD].as_of, told[Need.ISOLATION].as_of) == (old, old, None)
