"""The verbs run in this very process: what they would set for a process of their own is left alone."""

import os
from collections.abc import Iterator

import pytest

from gateway import logs


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the loggers, which other tests listen to, and put back the mask of new files."""
    monkeypatch.setattr(logs, "configure", lambda **_: None)
    mask = os.umask(0o077)
    yield
    os.umask(mask)
