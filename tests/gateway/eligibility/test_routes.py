"""What the route itself decides."""

from datetime import date

import pytest
import time_machine

from gateway.eligibility.routes import local_today


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24T16:59:59Z", date(2026, 11, 24)),
        ("2026-11-24T17:00:00Z", date(2026, 11, 25)),
        ("2026-11-24T23:30:00Z", date(2026, 11, 25)),
    ],
)
def test_the_day_of_service_is_jambis(moment: str, day: date) -> None:
    """BPJS's days are local; between midnight and seven the day of UTC would be yesterday's."""
    with time_machine.travel(moment, tick=False):
        assert local_today() == day
