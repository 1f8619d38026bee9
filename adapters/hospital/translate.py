"""From the Locations of a hospital to its beds; pure, and lenient where leniency cannot make a bed free."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from contracts import Bed, BedState, CannotConvey, CapacityReport, Need

from .moments import moment
from .places import Place, Places, class_of, id_of, kind_of, need_of
from .states import own_state
from .structs import Resource

ORIGIN = "fhir"
LATITUDES = (-11.0, 6.0)  # degrees: Indonesia
LONGITUDES = (95.0, 141.0)
SKEW = timedelta(seconds=5)  # a clock this little ahead is not worth a remark
_MAY_HAVE_A_STATE = frozenset({"bd", "ro", "wa"})


class Placed(NamedTuple):
    """A point in Indonesia, in degrees; *swapped* when the two numbers had to be exchanged."""

    latitude: float
    longitude: float
    swapped: bool


def capacity(
    rows: Collection[Resource],
    *,
    received: datetime,
    owners: frozenset[str] | None = None,
    complete: bool = True,
    remarks: Iterable[str] = (),
) -> CapacityReport:
    """
    Return the beds among *rows*, all Locations of one answer, received at *received* (aware).

    With *owners*, only beds managed by one of these organisations count. *complete* and *remarks*
    are what reading the pages has already shown. A hospital without a single bed is never
    complete: nobody knows what it hides. Raises CannotConvey for resources of FHIR R5.
    """
    _refuse_r5(rows)
    reading = _Reading(rows, received, owners)
    beds = tuple(reading.beds())
    if not beds:
        reading.doubt("no_beds")
    if any(_is_swapped(row) for row in rows):
        reading.remarks.add("coordinates_swapped")
    if reading.clock_ahead:
        reading.remarks.add("clock_ahead")
        beds = tuple(replace(bed, as_of=None) for bed in beds)
    return CapacityReport(
        origin=ORIGIN,
        beds=beds,
        as_of=max((bed.as_of for bed in beds if bed.as_of is not None), default=None),
        complete=complete and not reading.doubts,
        remarks=tuple(sorted({*remarks, *reading.remarks, *reading.doubts, *reading.places.remarks})),
    )


class _Reading:
    """One pass over the Locations; *remarks* are odd, *doubts* mean that beds may be missing."""

    def __init__(self, rows: Collection[Resource], received: datetime, owners: frozenset[str] | None) -> None:
        self.places = Places(rows)
        self.remarks: set[str] = set()
        self.doubts: set[str] = set()
        self.clock_ahead = False
        self._rows = rows
        self._received = received
        self._owners = owners

    def doubt(self, remark: str) -> None:
        """Note why beds may be missing."""
        self.doubts.add(remark)

    def beds(self) -> list[Bed]:
        """Return every bed of ours: single ones, then rooms that stand for one."""
        kinds = [(row, kind_of(row)) for row in self._rows if row.mode != "kind"]
        if any(row.operational_status is not None and kind not in _MAY_HAVE_A_STATE for row, kind in kinds):
            self.doubt("untyped_place")  # it has a bed's state, and nothing says that it is one
        single = [row for row, kind in kinds if kind == "bd"]
        rooms = [row for row, kind in kinds if kind == "ro" and row.operational_status is not None]
        return [*self._ours(single), *self._ours(self._without_beds(rooms, single))]

    def _without_beds(self, rooms: list[Resource], beds: list[Resource]) -> list[Resource]:
        """VIP rooms of SATUSEHAT carry the state themselves and have no bed below."""
        taken = self.places.holders(beds) if rooms else frozenset[str]()
        return [room for room in rooms if str(room.id) not in taken]

    def _ours(self, rows: Iterable[Resource]) -> Iterator[Bed]:
        for row in rows:
            around = self.places.around(row)
            if self._owners is None or self._is_ours(row, around):
                yield self._bed(row, around)

    def _bed(self, row: Resource, around: Place) -> Bed:
        need = need_of(row) or around.need
        if need is None and around.adrift:
            self.doubt("parent_missing")
        return Bed(
            str(row.id),
            need or Need.OTHER,
            self._state(row, around),
            class_of(row) or around.kelas,
            around.ward or row.name,
            self._as_of(row),
        )

    def _is_ours(self, row: Resource, around: Place) -> bool:
        owner = id_of(row.managing_organization) or around.owner
        if owner in (self._owners or ()):
            return True
        if owner is None:
            self.doubt("owner_unknown")
        else:
            self.remarks.add("filter_ignored")
        return False

    def _state(self, row: Resource, around: Place) -> BedState:
        if around.state is BedState.CLOSED:
            return BedState.CLOSED
        state = own_state(row)
        if state is None or state is BedState.UNKNOWN:
            self.remarks.add("no_state" if state is None else "unknown_state")
            return BedState.UNKNOWN
        return around.state or state if state is BedState.FREE else state

    def _as_of(self, row: Resource) -> datetime | None:
        """Return when the bed changed; a server that is ahead of us is wrong about every age it tells."""
        told = moment(row.meta.last_updated) if row.meta else None
        if told is None:
            return None
        self.clock_ahead = self.clock_ahead or told - self._received > SKEW
        return min(told, self._received)


def placed(latitude: float | str | None, longitude: float | str | None) -> Placed | None:
    """
    Return where two coordinates lie, exchanged if only that is in Indonesia; None if neither is.

    Official SATUSEHAT samples swap them (read 2026-11-23); some servers write numbers as text.
    """
    if latitude is None or longitude is None:
        return None
    try:
        one, other = float(latitude), float(longitude)
    except ValueError:
        return None
    if _in_indonesia(one, other):
        return Placed(one, other, swapped=False)
    return Placed(other, one, swapped=True) if _in_indonesia(other, one) else None


def _in_indonesia(latitude: float, longitude: float) -> bool:
    return LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]


def _is_swapped(row: Resource) -> bool:
    if row.position is None:
        return False
    point = placed(row.position.latitude, row.position.longitude)
    return point is not None and point.swapped


def _refuse_r5(rows: Iterable[Resource]) -> None:
    """R5 calls physicalType `form`: nothing there could be told a bed."""
    if any(row.form is not None and row.physical_type is None for row in rows):
        raise CannotConvey("fhir_version", "fhir_r5")
