"""The order of hospitals and the reasons for it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Bed, BedState, CapacityReport, Need
from gateway.capacity.board import make_board
from gateway.capacity.picture import AskOutcome, Picture, Sighting
from gateway.capacity.ranking import Freshness, Group, Judged, Place, distances, freshness, in_order
from gateway.capacity.tally import tally
from gateway.capacity.words import in_words

from .builders import HERE, NOON, declared, picture, place, sighting

HOUR = timedelta(hours=1)


def rank(
    places: list[Place],
    seen: Picture,
    need: Need,
    *,
    at: datetime,
    here: tuple[float, float] | None = None,
    live: dict[str, AskOutcome] | None = None,
) -> list[Judged]:
    """Return the hospitals as an asker *here* sees them."""
    board = make_board(places, seen, need, at=at, live=live)
    return [judged for judged, _, _ in in_order(board.judged, distances(places, here), need)]


def order(seen, places, need=Need.ICU, **more):  # type: ignore[no-untyped-def]  # test shorthand
    """Return the ids in the order of the answer."""
    return [one.place.id for one in rank(places, seen, need, at=NOON, here=HERE, **more)]


def test_a_trusted_free_bed_comes_before_everything_nearer() -> None:
    """Far and free beats near and old, near and unknown, near and full; who lacks the service is last."""
    places = [
        place("lacks", east=0.0, services=frozenset({Need.IGD})),
        place("full", east=0.01),
        place("soon", east=0.02),
        place("unknown", east=0.03),
        place("stale", east=0.04),
        place("free", east=0.9),
    ]
    seen = picture(
        lacks=sighting(9),
        full=sighting(0),
        soon=sighting(0, soon=2),
        unknown=sighting(None),
        stale=sighting(4, age=7 * HOUR),
        free=sighting(1),
    )
    assert order(seen, places) == ["free", "stale", "unknown", "soon", "full", "lacks"]


def test_an_old_full_is_unknown_and_not_full() -> None:
    """Seven hours after 0 free beds nobody knows: the hospital stands among the unknown ones."""
    seen = picture(old=sighting(0, age=7 * HOUR), full=sighting(0))
    ranked = rank([place("full"), place("old")], seen, Need.ICU, at=NOON)
    assert [(one.place.id, one.group) for one in ranked] == [("old", Group.UNKNOWN), ("full", Group.FULL)]


def test_for_the_emergency_department_only_distance_counts_among_the_able() -> None:
    """Free beds in the IGD are advice: the nearest able hospital comes first, full or not."""
    places = [
        place("near-full", east=0.01),
        place("far-free", east=0.05),
        place("unable", services=frozenset({Need.WARD})),
    ]
    seen = picture(near_full=sighting(0, need=Need.IGD), far_free=sighting(5, need=Need.IGD))
    assert order(seen, places, Need.IGD) == ["near-full", "far-free", "unable"]


def test_unknown_competence_is_said_and_stands_before_a_known_lack() -> None:
    """A directory that is silent about a service does not exclude the hospital."""
    ranked = rank(
        [place("lacks", services=frozenset()), place("silent", services=None)],
        picture(),
        Need.NICU,
        at=NOON,
    )
    assert [one.place.id for one in ranked] == ["silent", "lacks"]
    assert "competence_unknown" in ranked[0].reasons


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), Freshness.FRESH),
        (HOUR, Freshness.FRESH),
        (HOUR + timedelta(seconds=1), Freshness.AGEING),
        (6 * HOUR, Freshness.AGEING),
        (6 * HOUR + timedelta(seconds=1), Freshness.STALE),
    ],
)
def test_freshness_has_two_edges(age: timedelta, expected: Freshness) -> None:
    """Fresh up to one hour, ageing up to six."""
    assert expected == freshness(NOON - age, at=NOON)


def test_a_figure_without_a_time_is_never_fresh() -> None:
    """No as_of, no trust."""
    assert freshness(None, at=NOON) is Freshness.UNKNOWN


def test_the_newest_statement_counts() -> None:
    """A person's word beats an older machine's; a newer machine beats the person."""
    seen = picture(rs=sighting(0, age=timedelta(minutes=30)))
    seen.declare(declared("rs", 3, age=timedelta(minutes=10)))
    first = rank([place("rs")], seen, Need.ICU, at=NOON)[0]
    seen.see("rs", sighting(1, age=timedelta(minutes=5)))
    then = rank([place("rs")], seen, Need.ICU, at=NOON)[0]
    assert [(one.figure.tally.free, one.figure.origin) for one in (first, then)] == [
        (3, "declared"),
        (1, "fhir"),
    ]


def test_a_machine_that_is_silent_on_the_need_does_not_outweigh_a_person() -> None:
    """A system that knows wards only, or not how many, has no news of ICU beds."""
    for silent in (sighting(7, age=timedelta(), need=Need.WARD), sighting(None, age=timedelta())):
        seen = picture(rs=silent)
        seen.declare(declared("rs", 3, age=timedelta(minutes=10)))
        (one,) = rank([place("rs")], seen, Need.ICU, at=NOON)
        assert (one.figure.tally.free, one.figure.origin) == (3, "declared")


def test_a_change_in_another_ward_is_no_news_of_this_one() -> None:
    """A "full" of ten minutes ago, by telephone, stands against ICU rows of three days ago."""
    beds = (
        Bed("icu-1", Need.ICU, BedState.FREE, as_of=NOON - timedelta(days=3)),
        Bed("w-1", Need.WARD, BedState.FREE, as_of=NOON),
    )
    told = CapacityReport("fhir", beds=beds, as_of=NOON)
    seen = picture(rs=replace(sighting(0), tallies=tally(told), as_of=NOON))
    seen.declare(declared("rs", 0, age=timedelta(minutes=10)))
    (one,) = rank([place("rs")], seen, Need.ICU, at=NOON)
    assert (one.figure.tally.free, one.figure.origin) == (0, "declared")


def test_a_statement_from_the_future_was_made_by_a_wrong_clock() -> None:
    """It would hold until that day comes, and beat every machine."""
    seen = picture(rs=sighting(1))
    seen.declare(declared("rs", 9, age=-timedelta(days=1)))
    (one,) = rank([place("rs")], seen, Need.ICU, at=NOON)
    assert (one.figure.tally.free, one.figure.origin) == (1, "fhir")


def test_the_later_statement_stands_wherever_it_was_made() -> None:
    """Two gateways on one database hear of each other's telephone calls, in whatever order."""
    old, new = declared("rs", 1, age=timedelta(minutes=20)), declared("rs", 2, age=timedelta(minutes=10))
    for order in ((old, new), (new, old)):
        seen = picture()
        seen.learn(order)
        assert seen.declared("rs", Need.ICU, at=NOON) == new


def test_a_statement_ends_with_its_validity() -> None:
    """After expires_at nobody vouches for the beds any more."""
    seen = picture()
    seen.declare(declared("rs", 3, age=2 * HOUR, lasts=2 * HOUR))
    assert rank([place("rs")], seen, Need.ICU, at=NOON)[0].figure.tally.free is None


def test_silence_in_this_question_shows_as_late_with_the_old_figure() -> None:
    """A hospital that hangs now keeps its earlier figure, marked cached, and is called late."""
    seen = picture(rs=sighting(2))
    one = rank([place("rs")], seen, Need.ICU, at=NOON, live={"rs": AskOutcome.LATE})[0]
    assert (one.sighting.outcome, one.figure.mode, one.figure.tally.free) == (AskOutcome.LATE, "cached", 2)


def test_a_hospital_never_seen_is_unknown_and_has_a_number_to_ring() -> None:
    """Nobody knows is said in words, never as 0 and never as full."""
    one = rank([place("rs", connected=False)], picture(), Need.ICU, at=NOON)[0]
    texts = [in_words(reason, one, at=NOON) for reason in one.reasons]
    assert texts == ["Tidak diketahui - telepon 0741-00000", "Belum terhubung - telepon 0741-00000"]


def test_an_old_figure_asks_to_be_confirmed() -> None:
    """The age stands beside the number and the telephone is named."""
    one = rank([place("rs")], picture(rs=sighting(2, age=7 * HOUR)), Need.ICU, at=NOON)[0]
    assert in_words(one.reasons[0], one, at=NOON) == "2 kosong, 7 jam lalu - pastikan lewat telepon"


SIGHTINGS = st.builds(
    sighting,
    st.none() | st.integers(0, 30),
    age=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
    soon=st.integers(0, 3),
    complete=st.booleans(),
    outcome=st.sampled_from(list(AskOutcome)),
)


@given(st.lists(SIGHTINGS | st.just(Sighting()), max_size=16), st.sampled_from(list(Need)), st.booleans())
def test_every_hospital_is_in_every_answer(seen: list[Sighting], need: Need, located: bool) -> None:
    """Whatever is known, each hospital stands exactly once, each reason has words, unknown is never 0."""
    places = [place(f"rs-{n}", east=n / 100) for n in range(16)]
    known = picture(**{f"rs_{n}": each for n, each in enumerate(seen)})
    ranked = rank(places, known, need, at=NOON, here=HERE if located else None)
    assert sorted(each.id for each in places) == sorted(one.place.id for one in ranked)
    for one in ranked:
        assert all(in_words(reason, one, at=NOON) for reason in one.reasons)
        if one.figure.tally.free is None:
            assert one.group in (Group.UNKNOWN, Group.LACKS_SERVICE)
