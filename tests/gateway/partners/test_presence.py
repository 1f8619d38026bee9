"""What is known of a partner's last contacts, and what is said of it in the log."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from gateway.partners.presence import Presence

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


class Minutes:
    """A clock that moves a minute at each look."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """Tell the time."""
        self.at += timedelta(minutes=1)
        return self.at


def minute(number: int) -> datetime:
    """Return the time of one look at the clock."""
    return NOON + timedelta(minutes=number)


def test_before_the_first_contact_nothing_is_known() -> None:
    """Neither good nor bad."""
    presence = Presence("rs")
    assert [presence.last_answered_at, presence.last_failed_at, presence.last_word, presence.since] == [
        None
    ] * 4


def test_the_last_of_each_is_kept_and_since_when() -> None:
    """Silent for the third minute in a row, since the second."""
    presence = Presence("rs", now=Minutes())
    presence.answered()
    presence.failed("late")
    presence.failed("unreachable")
    assert (presence.last_answered_at, presence.last_failed_at) == (minute(1), minute(3))
    assert (presence.last_word, presence.since) == ("unreachable", minute(2))


def test_a_reasoned_no_is_an_answer() -> None:
    """It keeps its word."""
    presence = Presence("rs", now=Minutes())
    presence.answered("refused")
    assert (presence.last_word, presence.last_failed_at) == ("refused", None)


def test_down_is_said_once_and_back_is_said_once() -> None:
    """Not at every round, and a partner that has always answered is no news."""
    presence = Presence("rs")
    with capture_logs() as said:
        for _ in range(3):
            presence.answered()
        for _ in range(3):
            presence.failed("late")
        for _ in range(3):
            presence.answered()
    assert [each["event"] for each in said] == ["partner.silent", "partner.back"]
