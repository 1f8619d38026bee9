"""What is said beside a coverage, from a file whose texts have their days."""

from datetime import date

import pytest

from contracts import Coverage
from gateway.eligibility.advice import FIRST_WORDS, Advice, advise, load

TODAY = date(2026, 11, 24)
CIRCULAR = "HK.02.02/D/539/2026"


def test_every_coverage_has_its_first_words() -> None:
    """No coverage leaves the caller without a word."""
    assert set(Coverage) == set(FIRST_WORDS)


@pytest.mark.parametrize("coverage", [Coverage.NOT_ACTIVE, Coverage.NOT_FOUND, Coverage.UNKNOWN])
def test_whatever_is_not_active_says_send_help(coverage: Coverage) -> None:
    """Insurance never blocks: help first, whatever BPJS says."""
    words = advise(load(), coverage, on=TODAY)
    assert words[0].endswith("tetap kirim bantuan")
    assert any("RS tidak boleh menolak" in text for text in words)


def test_unknown_never_reads_like_not_active() -> None:
    """The first words of UNKNOWN do not speak of inactivity."""
    assert "aktif" not in FIRST_WORDS[Coverage.UNKNOWN].lower()


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 2, 10), False),
        (date(2026, 2, 11), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_temporary_circular_ends_with_its_day(day: date, shown: bool) -> None:
    """The circular of February 2026 is not quoted before it came nor after it must be looked at again."""
    temporary = [text for text in load() if CIRCULAR in text.source]
    assert len(temporary) == 1
    assert shown == (temporary[0].text in advise(load(), Coverage.NOT_ACTIVE, on=day))


def test_a_text_holds_on_both_its_ends() -> None:
    """Validity is inclusive."""
    text = Advice(frozenset({Coverage.ACTIVE}), "t", "s", date(2026, 1, 1), date(2026, 1, 2))
    held = [text.holds(Coverage.ACTIVE, date(2026, 1, day)) for day in (1, 2, 3)]
    assert held == [True, True, False]
