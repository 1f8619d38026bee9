"""Times as FHIR servers write them, read without trusting their clocks."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present, for the edge to hand inwards."""
    return datetime.now(UTC)


def moment(text: str | None) -> datetime | None:
    """Return the instant in UTC, None where there is none or it names no time zone."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is None:
            return None
        return read if read.tzinfo is UTC else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
