"""CAP's times: whole seconds with an offset, never `Z`, never a fraction."""

import re
from datetime import UTC, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7))

_FORM = re.compile(r"(\d{4}-\d\d-\d\dT)(\d\d:\d\d:\d\d)([+-]\d\d:\d\d)", re.ASCII)
_MIDNIGHT = "24:00:00"  # XML Schema's way to say that a day has ended, unknown to fromisoformat
_FURTHEST = timedelta(hours=14)


def moment(text: str) -> datetime:
    """Return the time of *text*. Raises ValueError unless it has CAP's one form."""
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ValueError("no CAP time")
    day, clock, offset = found.groups()
    ends_day = clock == _MIDNIGHT
    at = datetime.fromisoformat(f"{day}{'00:00:00' if ends_day else clock}{offset}")
    if abs(at.utcoffset() or timedelta()) > _FURTHEST:
        raise ValueError("no such offset")
    return at + timedelta(days=1) if ends_day else at


def written(at: datetime, zone: timezone = WIB) -> str:
    """Return *at* in the local time of *zone*; a fraction of a second is left out."""
    text = whole(at).astimezone(zone).isoformat()
    return text.removesuffix("+00:00") + "-00:00" if zone == UTC else text


def whole(at: datetime) -> datetime:
    """Return *at* as CAP can say it."""
    return at.replace(microsecond=0)
