"""A started database for everything about how partners stand, once on each dialect."""

from collections.abc import AsyncIterator

import pytest

from gateway.db import Database
from tests.gateway.gate import Notebook

Started = tuple[Database, Notebook]


@pytest.fixture
async def started(database_url: str) -> AsyncIterator[Started]:
    """Start the writer on a fresh, migrated database, with a notebook for a log."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    yield database, notebook
    await database.close()
