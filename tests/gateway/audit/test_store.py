"""However many rows are added at once, each lies there once and in its place."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from gateway.audit import store
from gateway.db.engine import writing

from .material import rows


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Give a writing connection on either dialect."""
    with writing(database_url).connect() as connection:
        yield connection


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 64, 2 * store.MOST_AT_ONCE + 5])
def test_every_number_of_rows_arrives_whole(connection: Connection, count: int) -> None:
    """Rows travel in statements of 1, 2, 4 ... rows; none is lost or doubled where these meet."""
    added = rows(count)
    with connection.begin():
        store.add(connection, added)
        found = list(store.entries(connection, "gerbang-1", page=100))
    assert [(row.seq, row.leaf, row.record) for row in added] == found
