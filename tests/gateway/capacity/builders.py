"""Short ways to say a hospital, a bed and a sighting in tests."""

from datetime import UTC, datetime, timedelta

from contracts import Bed, BedState, CapacityReport, Need
from gateway.capacity.picture import AskOutcome, Declared, Picture, Sighting
from gateway.capacity.ranking import Place
from gateway.capacity.tally import Tally

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
HERE = (-1.61, 103.61)


def bed(state: BedState, need: Need = Need.ICU, **more: object) -> Bed:
    """Return one bed in *state*."""
    return Bed(id=f"bed-{state}", need=need, state=state, **more)  # type: ignore[arg-type]  # test shorthand


def report(*states: BedState, need: Need = Need.ICU, complete: bool = True) -> CapacityReport:
    """Return a report of beds in these states."""
    beds = tuple(Bed(id=str(n), need=need, state=state) for n, state in enumerate(states))
    return CapacityReport(origin="fhir", beds=beds, as_of=NOON, complete=complete)


def place(
    name: str,
    *,
    east: float = 0.0,
    services: frozenset[Need] | None = frozenset(Need),
    connected: bool = True,
) -> Place:
    """Return a hospital *east* degrees east of HERE."""
    phone = "0741-00000"
    return Place(name, f"RS {name}", phone, HERE[0], HERE[1] + east, services, connected)


def sighting(
    free: int | None,
    *,
    age: timedelta | None = timedelta(minutes=5),
    need: Need = Need.ICU,
    soon: int = 0,
    unknown: int = 0,
    complete: bool = True,
    outcome: AskOutcome = AskOutcome.ANSWERED,
) -> Sighting:
    """Return what a hospital said *age* ago."""
    as_of = None if age is None else NOON - age
    total = None if free is None else free + 5
    return Sighting(
        origin="fhir",
        tallies={need: Tally(free, total, soon=soon, unknown=unknown, as_of=as_of, changed_at=as_of)},
        as_of=as_of,
        received_at=NOON,
        complete=complete,
        outcome=outcome,
        asked_at=NOON,
    )


def declared(
    hospital: str, free: int, *, age: timedelta = timedelta(), lasts: timedelta = timedelta(hours=2)
) -> Declared:
    """Return what an operator was told *age* ago."""
    at = NOON - age
    return Declared(hospital, Need.ICU, free, "Perawat", "operator_statement", "key", at, at + lasts)


def picture(**sightings: Sighting) -> Picture:
    """Return a picture of these hospitals; underscores in names stand for dashes."""
    seen = Picture()
    for hospital, each in sightings.items():
        seen.see(hospital.replace("_", "-"), each)
    return seen
