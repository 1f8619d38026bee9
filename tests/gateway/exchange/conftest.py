"""What exchanges log is kept from the console, whose coloured tracebacks take half a second each."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Take the events instead of printing them; a test's own `capture_logs` still sees its own."""
    with capture_logs():
        yield
