"""A real database with keys in it, on both dialects."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from gateway.db import Database
from tests.gateway.gate import Notebook


@dataclass
class Store:
    """A started database and what was written to its log."""

    database: Database
    notebook: Notebook


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[Store]:
    """Start the writer on a fresh, migrated database."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    yield Store(database, notebook)
    await database.close()
