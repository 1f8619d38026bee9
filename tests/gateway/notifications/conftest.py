"""A room of notifications over a real database, once on each dialect."""

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from structlog.testing import capture_logs

from gateway.db import Database
from gateway.partners.registry import Partner
from gateway.partners.shape import Channel, Standing
from tests.gateway.gate import Notebook

from .office import DISPATCH, FIRE, PLANNED, POLICE, WELFARE, Agency, Desk, Office, partner


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep what exchanges log from the console."""
    with capture_logs():
        yield


@pytest.fixture
async def open_office(database_url: str) -> AsyncIterator[Callable[..., Office]]:
    """Give what opens an office with those partners."""
    notebook = Notebook()
    database = Database(database_url, notebook)
    await database.start()
    yield lambda *partners: Office(database, notebook, partners)
    await database.close()


@pytest.fixture
def police() -> Agency:
    """Give the police's system."""
    return Agency()


@pytest.fixture
def dispatch() -> Desk:
    """Give the dispatch system's."""
    return Desk()


@pytest.fixture
def office(open_office: Callable[..., Office], police: Agency, dispatch: Desk) -> Office:
    """Give an office with one partner of each kind."""
    return open_office(*everybody(police, dispatch))


def everybody(police: Agency, dispatch: Desk) -> list[Partner]:
    """Return one with duty officers, one with a system, one planned, one who fetches, one who follows."""
    return [
        partner(POLICE, police, Channel.WIRE, Channel.MESSAGE),
        partner(FIRE, Agency()),
        partner(PLANNED, Agency(), standing=Standing.PLANNED),
        partner(WELFARE, None, Channel.INBOX, Channel.MESSAGE),
        partner(DISPATCH, dispatch, incidents=False, follows=True),
    ]
