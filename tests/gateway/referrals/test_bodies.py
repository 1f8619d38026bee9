"""Bodies of the referral API: days and times that cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.clock import WIB
from gateway.referrals import bodies
from gateway.referrals.bodies import AnswerBody, PatientBody

SAID = {"hospital": "rs-alfa", "state": "accepted", "channel": "phone", "person": "Sari, IGD"}
NIGHT_IN_JAMBI = datetime(2026, 11, 26, 2, 30, tzinfo=WIB)  # in UTC it is still the 25th


class _Clock(datetime):
    """The time stands still, as the machine's own zone, UTC, tells it."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        """Return that night."""
        return NIGHT_IN_JAMBI.astimezone(tz or UTC)


@pytest.fixture(autouse=True)
def _night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "datetime", _Clock)


def test_a_child_born_tonight_is_born() -> None:
    """The day is that of Jambi, where it begins seven hours before that of UTC."""
    assert PatientBody.model_validate({"birth_date": "2026-11-26"}).birth_date is not None


def test_nobody_is_born_tomorrow() -> None:
    """The mistake stands at the day."""
    with pytest.raises(ValidationError) as refused:
        PatientBody.model_validate({"birth_date": "2026-11-27"})
    assert [each["loc"] for each in refused.value.errors()] == [("birth_date",)]


@pytest.mark.parametrize(
    ("field", "minutes", "fits"),
    [
        ("at", -30, True),
        ("at", 4, True),  # clocks differ
        ("at", 6, False),
        ("bed_held_until", 30, True),
        ("bed_held_until", 0, False),
        ("bed_held_until", -1, False),
    ],
)
def test_an_answer_was_said_and_a_bed_is_still_held(field: str, minutes: int, fits: bool) -> None:
    """Whoever reads `held until` believes it."""
    told = SAID | {field: (NIGHT_IN_JAMBI + timedelta(minutes=minutes)).isoformat()}
    if fits:
        assert AnswerBody.model_validate(told).answer == "accepted"
        return
    with pytest.raises(ValidationError) as refused:
        AnswerBody.model_validate(told)
    assert [each["loc"] for each in refused.value.errors()] == [(field,)]
