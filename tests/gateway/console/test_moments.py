"""Times on the screen: never without a day where that is not today, never a rounded-up remainder."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.console.moments import age, clock, left, ticking
from gateway.console.words import speech

NOW = datetime(2026, 11, 24, 19, 5, 30, tzinfo=UTC)  # 02.05 WIB of the 25th
T = speech("id")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "02.05 WIB"),
        (NOW - timedelta(hours=2), "00.05 WIB"),
        (NOW - timedelta(hours=3), "24 Nov 23.05 WIB"),
        (NOW + timedelta(days=1), "26 Nov 02.05 WIB"),
    ],
)
def test_the_clock_shows_wib_and_the_day_if_it_is_another(at: datetime, said: str) -> None:
    """The day that counts is the one in Jambi."""
    assert clock(at, now=NOW, t=T) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=59), "baru saja"),
        (timedelta(minutes=1), "1 menit lalu"),
        (timedelta(minutes=59, seconds=59), "59 menit lalu"),
        (timedelta(hours=7, minutes=50), "7 jam lalu"),
        (timedelta(hours=49), "2 hari lalu"),
    ],
)
def test_an_age_is_said_in_the_largest_whole_unit(ago: timedelta, said: str) -> None:
    """As the capacity answer says it."""
    assert age(NOW - ago, now=NOW, t=T) == said


def test_an_unknown_age_is_said_to_be_unknown() -> None:
    """Never left out."""
    assert age(None, now=NOW, t=T) == "umur data tidak diketahui"


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (timedelta(minutes=12, seconds=59), "sisa 12 menit"),
        (timedelta(seconds=5), "sisa 0 menit"),
        (timedelta(seconds=-1), "LEWAT 1 menit"),
        (timedelta(minutes=-61), "LEWAT 1 jam"),
    ],
)
def test_what_is_left_is_rounded_to_the_careful_side(until: timedelta, said: str) -> None:
    """Twelve minutes are never said to be thirteen."""
    assert left(NOW + until, now=NOW, t=T) == said


def test_a_ticking_time_carries_its_moment() -> None:
    """So that the browser can keep it true."""
    said = ticking("age", NOW, "<baru>")
    assert said == '<time datetime="2026-11-25T02:05:30+07:00" data-tick="age">&lt;baru&gt;</time>'
