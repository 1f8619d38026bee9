"""Sentences that several kinds of message share, in Indonesian."""

from datetime import datetime

from contracts import Alert

from .profile import Profile

LONGEST_HEADLINE = 160  # characters; CAP 1.2 section 3.2.2

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def clock(at: datetime, profile: Profile) -> str:
    """Return *at* as people there read a clock: 24 Nov 2026 10.05 WIB."""
    local = at.astimezone(profile.zone)
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month} {local.year} {local.hour:02}.{local.minute:02} {profile.clock}"


def headline(alert: Alert, text: str) -> str:
    """Return *text* behind what nobody may overlook, cut to what CAP allows."""
    marks = ["LATIHAN"] if alert.drill else []
    marks += [] if alert.live else ["DATA CONTOH"]
    marks += ["TERLAMBAT"] if alert.delayed else []
    whole = ": ".join([*marks, text])
    return whole if len(whole) <= LONGEST_HEADLINE else whole[: LONGEST_HEADLINE - 1] + "…"


def lateness(alert: Alert, profile: Profile) -> str | None:
    """Say why it comes late, None where it does not."""
    if not alert.delayed:
        return None
    since = f" sejak {clock(alert.held_since, profile)}" if alert.held_since else ""
    return f"Pesan ini terlambat: tertahan{since} karena sistem Anda belum terhubung."
