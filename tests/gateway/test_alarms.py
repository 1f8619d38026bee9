"""An alarm is said once when it comes and once when it goes, and stands in between."""

from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from gateway.alarms import Alarm, Alarms

NIGHT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def test_an_alarm_is_logged_once_up_and_once_down() -> None:
    """Raised three times and cleared twice, it is two lines in the log."""
    alarms = Alarms(now=lambda: NIGHT)
    with capture_logs() as logged:
        for text in ("a", "b", "c"):
            alarms.raise_("audit.spooling", text)
        alarms.clear("audit.spooling")
        alarms.clear("audit.spooling")
    assert [(line["event"], line["alarm"]) for line in logged] == [
        ("alarm.raised", "audit.spooling"),
        ("alarm.cleared", "audit.spooling"),
    ]


def test_the_newest_words_and_the_first_time_are_kept() -> None:
    """Whoever looks sees since when, and what is the case now."""
    times = iter([NIGHT, NIGHT + timedelta(minutes=5)])
    alarms = Alarms(now=lambda: next(times))
    alarms.raise_("audit.spooling", "1 entry waits")
    alarms.raise_("audit.spooling", "2 entries wait")
    assert alarms.current() == [Alarm("audit.spooling", "2 entries wait", NIGHT)]


def test_the_oldest_stands_first() -> None:
    """Alarms are listed in the order they came."""
    times = iter([NIGHT + timedelta(minutes=5), NIGHT])
    alarms = Alarms(now=lambda: next(times))
    alarms.raise_("later", "x")
    alarms.raise_("earlier", "x")
    assert [alarm.name for alarm in alarms.current()] == ["earlier", "later"]


def test_a_cleared_alarm_may_come_again() -> None:
    """A second time is a new alarm with a new beginning."""
    times = iter([NIGHT, NIGHT, NIGHT + timedelta(hours=1)])
    alarms = Alarms(now=lambda: next(times))
    alarms.raise_("x", "once")
    alarms.clear("x")
    alarms.raise_("x", "again")
    assert alarms.current() == [Alarm("x", "again", NIGHT + timedelta(hours=1))]
