"""Times as people at a dispatch desk say them: the clock in WIB, how long ago, how much is left. Pure."""

from datetime import datetime

from markupsafe import Markup, escape

from contracts.clock import WIB

from .words import Speech


def clock(at: datetime, *, now: datetime, t: Speech) -> str:
    """Return `14.32 WIB`, with the day where that is not today."""
    local = at.astimezone(WIB)
    hour = f"{local:%H.%M} WIB"
    if local.date() == now.astimezone(WIB).date():
        return hour
    return f"{local.day} {t(f'month.m{local.month}')} {hour}"


def span(minutes: int, *, t: Speech) -> str:
    """Return a length of time in the largest unit that still tells something: 50 menit, 3 jam, 2 hari."""
    if minutes < 60:
        return t("moment.minutes", n=minutes)
    return t("moment.hours", n=minutes // 60) if minutes < 48 * 60 else t("moment.days", n=minutes // 1440)


def age(at: datetime | None, *, now: datetime, t: Speech) -> str:
    """Return how long ago *at* was; None is said to be unknown."""
    if at is None:
        return t("moment.age_unknown")
    minutes = int((now - at).total_seconds() // 60)
    return t("moment.just_now") if minutes < 1 else t("moment.ago", span=span(minutes, t=t))


def left(due: datetime, *, now: datetime, t: Speech) -> str:
    """Return how much time there is until *due*, or how long it is over."""
    minutes = int((due - now).total_seconds() // 60)
    if minutes >= 0:
        return t("moment.left", span=span(minutes, t=t))
    return t("moment.over", span=span(-minutes, t=t))


def ticking(kind: str, at: datetime, text: str) -> Markup:
    """Return *text* as a <time> that live.js keeps true; *kind* is `age` or `left`."""
    moment, said = at.astimezone(WIB).isoformat(timespec="seconds"), escape(text)
    # All three are plain by now; Markup.format, written in Python, took a third of a long page.
    return Markup(f'<time datetime="{moment}" data-tick="{escape(kind)}">{said}</time>')  # noqa: S704  see above
