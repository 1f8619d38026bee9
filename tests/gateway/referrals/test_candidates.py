"""Which hospital could take this patient: need, trusted free bed, class, distance."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts import Need
from gateway.capacity.board import Boards
from gateway.capacity.picture import Sighting
from gateway.partners.registry import Registry
from gateway.referrals import candidates
from gateway.referrals.candidates import Candidate
from tests.gateway.capacity.builders import NOON, picture, place, sighting

from .builders import referral
from .hospital import Hospital
from .house import partner

OLD = timedelta(hours=7)
NEAR, FAR, FARTHER = 0.01, 0.02, 0.03


def ranked(
    seen: dict[str, Sighting],
    *,
    need: Need = Need.ICU,
    kelas: str | None = None,
    lacks: tuple[str, ...] = (),
    here: bool = True,
) -> list[Candidate]:
    """Rank hospitals that lie one behind the other in the order of *seen*."""
    places = [
        place(name, east=(number + 1) / 100, services=frozenset() if name in lacks else frozenset(Need))
        for number, name in enumerate(seen)
    ]
    registry = Registry([partner(name, Hospital(name)) for name in seen])
    one = replace(referral(), need=need, kelas=kelas)
    one = one if here else replace(one, latitude=None)
    return candidates.ranked(Boards(places, picture(**seen)), registry, one, at=NOON)


def names(found: list[Candidate]) -> list[str]:
    """Return the hospitals in order."""
    return [each.judged.place.id for each in found]


def by_class(free: int, **classes: int) -> Sighting:
    """Return a sighting of free beds by room class."""
    seen = sighting(free)
    tally = replace(seen.tallies[Need.ICU], by_class={name[1:]: count for name, count in classes.items()})
    return replace(seen, tallies={Need.ICU: tally})


@pytest.mark.parametrize(
    ("seen", "lacks", "order"),
    [
        ({"full": sighting(0), "free": sighting(2)}, (), ["free", "full"]),
        ({"old": sighting(2, age=OLD), "free": sighting(1)}, (), ["free", "old"]),
        ({"unknown": sighting(None), "old": sighting(2, age=OLD)}, (), ["old", "unknown"]),
        ({"lacks": sighting(9), "full": sighting(0)}, ("lacks",), ["full", "lacks"]),
        ({"near": sighting(1), "far": sighting(9)}, (), ["near", "far"]),
    ],
)
def test_need_then_trusted_free_beds_then_distance(
    seen: dict[str, Sighting], lacks: tuple[str, ...], order: list[str]
) -> None:
    """What a hospital can do comes first, what is known of its beds next, how far it is last."""
    assert names(ranked(seen, lacks=lacks)) == order


def test_the_right_class_of_free_bed_comes_before_the_wrong_one() -> None:
    """Not before the unknown: a hospital that reports no classes is no worse."""
    seen = {"wrong": by_class(3, k3=3), "silent": sighting(1), "right": by_class(1, k1=1)}
    found = ranked(seen, kelas="1")
    assert names(found) == ["silent", "right", "wrong"]
    assert [each.class_matches for each in found] == [None, True, False]


def test_the_class_does_not_outweigh_a_free_bed() -> None:
    """A free bed of another class is better than none of the right one."""
    full = replace(by_class(0, k1=0), complete=True)
    assert names(ranked({"full": full, "wrong": by_class(1, k3=1)}, kelas="1")) == ["wrong", "full"]


def test_nobody_is_judged_by_a_class_nobody_asked_for() -> None:
    """Then distance decides."""
    found = ranked({"near": by_class(1, k3=1), "far": by_class(1, k1=1)})
    assert names(found) == ["near", "far"]
    assert {each.class_matches for each in found} == {None}


def test_the_emergency_department_goes_by_distance_alone() -> None:
    """No hospital may refuse an emergency; a bed there is advice."""
    assert names(ranked({"near": sighting(0), "far": sighting(9)}, need=Need.IGD)) == ["near", "far"]


def test_ranks_count_from_one_and_distances_are_kilometres() -> None:
    """A hundredth of a degree here is a little over a kilometre; unknown without a place."""
    found = ranked({"near": sighting(1), "far": sighting(1)})
    assert [each.rank for each in found] == [1, 2]
    assert [round(each.distance_km or 0, 1) for each in found] == [1.1, 2.2]
    assert {each.distance_km for each in ranked({"near": sighting(1)}, here=False)} == {None}


def test_who_lacks_the_service_is_offered_but_not_able() -> None:
    """It may be asked by name."""
    able, not_able = candidates.offers(ranked({"lacks": sighting(1), "can": sighting(1)}, lacks=("lacks",)))
    assert (able.hospital, able.able, not_able.able) == ("can", True, False)


def test_a_hospital_without_a_system_is_asked_by_telephone() -> None:
    """Whatever it reports of its beds."""
    places = [place("rs-a"), place("rs-b", east=FAR)]
    registry = Registry([partner("rs-a", None), partner("rs-b", Hospital("rs-b"))])
    found = candidates.ranked(Boards(places, picture()), registry, referral(), at=NOON)
    assert [each.offer.telephone for each in found] == [True, False]
