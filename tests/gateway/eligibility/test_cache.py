"""Coverage answers are remembered for a while, under keys that name nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts import Coverage, CoverageAnswer, CoverageQuestion, Nik, Nokartu
from gateway.eligibility import cache as room
from gateway.eligibility.cache import CoverageCache
from gateway.eligibility.check import Checked

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
NIK = Nik("1571015203909901")
ASKED = CoverageQuestion(DAY, nik=NIK)
ACTIVE = Checked(CoverageAnswer(Coverage.ACTIVE), NOON, "bpjs", "live")


def test_an_answer_is_repeated_until_it_is_too_old() -> None:
    """Ten minutes, then the insurer is asked again."""
    cache = CoverageCache(keep_s=600)
    cache.put(ASKED, ACTIVE, generation=0)
    assert cache.get(ASKED, at=NOON + timedelta(seconds=599)) is ACTIVE
    assert cache.get(ASKED, at=NOON + timedelta(seconds=600)) is None


def test_another_day_or_number_is_another_question() -> None:
    """A card's number and another day of service are not answered by this one."""
    cache = CoverageCache(keep_s=600)
    cache.put(ASKED, ACTIVE, generation=0)
    assert cache.get(CoverageQuestion(DAY + timedelta(days=1), nik=NIK), at=NOON) is None
    assert cache.get(CoverageQuestion(DAY, nokartu=Nokartu("0000000000018")), at=NOON) is None


def test_nothing_is_remembered_when_told_so() -> None:
    """0 seconds means never."""
    cache = CoverageCache(keep_s=0)
    cache.put(ASKED, ACTIVE, generation=0)
    assert cache.get(ASKED, at=NOON) is None


def test_the_oldest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded."""
    monkeypatch.setattr(room, "MOST", 2)
    cache = CoverageCache(keep_s=600)
    questions = [CoverageQuestion(DAY + timedelta(days=n), nik=NIK) for n in range(3)]
    for question in questions:
        cache.put(question, ACTIVE, generation=0)
    assert [cache.get(question, at=NOON) for question in questions] == [None, ACTIVE, ACTIVE]


def test_no_number_stands_in_its_memory() -> None:
    """The keys are keyed hashes: a dump of the dictionary names nobody."""
    cache = CoverageCache(keep_s=600)
    cache.put(ASKED, ACTIVE, generation=0)
    keys = list(cache._answers)
    assert [(type(key), len(key)) for key in keys] == [(bytes, 16)]  # a question's own repr hides its number
    assert NIK.reveal() not in repr(vars(cache))


def test_an_answer_asked_for_before_somebody_was_erased_is_not_remembered() -> None:
    """It may be about them: erased while the insurer was being asked, they must not come back."""
    cache = CoverageCache(keep_s=600)
    asked_in = cache.generation
    cache.clear()
    cache.put(ASKED, ACTIVE, generation=asked_in)
    assert cache.get(ASKED, at=ACTIVE.checked_at) is None
    cache.put(ASKED, ACTIVE, generation=cache.generation)
    assert cache.get(ASKED, at=ACTIVE.checked_at) == ACTIVE
