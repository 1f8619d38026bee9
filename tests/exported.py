"""What lies in a house's log, line by line, as an export has it."""

from gateway.db.engine import reading
from gateway.evidence.export import lines


def lines_at(url: str) -> list[bytes]:
    """Return every entry's line of the database at *url*."""
    reader = reading(url, connections=1)
    try:
        with reader.connect() as connection:
            return list(lines(connection))
    finally:
        reader.dispose()
