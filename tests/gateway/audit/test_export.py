"""The log comes out as it lies in the database, whole or damaged."""

import io
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.audit import Chain, store
from gateway.audit.export import export, lines
from gateway.audit.verify import verify
from gateway.db.engine import writing

from .material import entry, lines_of, rows


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pages_of_any_size_give_the_same_export(database_url: str, size: int) -> None:
    """Two logs of several pages come out one after the other, complete and in order."""
    first = rows(7, log="gerbang-1")
    second = [row._replace(key=f"b{row.key}", log="gerbang-2") for row in first]
    with writing(database_url).connect() as connection:
        with connection.begin():
            store.add(connection, [row for pair in zip(first, second, strict=True) for row in pair])
        with connection.begin():
            found = [row for page in store.pages(connection, size=size) for row in page]
    assert [(log, seq) for log, seq, *_ in found] == [(row.log, row.seq) for row in (*first, *second)]


def test_the_export_verifies(database_url: str) -> None:
    """What the chain wrote is what the verifier reads."""
    with writing(database_url).connect() as connection:
        chain = Chain("gerbang-1")
        with connection.begin():
            chain.append(connection, [entry(n) for n in range(1, 1202)])
    out = io.BytesIO()
    assert export(database_url, out) == 1201
    report = verify(io.BytesIO(out.getvalue()))
    assert (report.damage, report.entries) == (None, 1201)


def test_a_row_changed_in_the_file_is_named(sqlite_url: str) -> None:
    """Who may drop a trigger can change a row; the export carries the change out and verify names it."""
    with writing(sqlite_url).connect() as connection:
        with connection.begin():
            store.add(connection, rows(50))
        with connection.begin():
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
            connection.execute(
                text("UPDATE audit_entry SET record = replace(record, 'icu', 'igd') WHERE seq = 17")
            )
        with connection.begin():
            report = verify(lines(connection))
    assert str(report.damage) == "gerbang-1/17: its record does not carry its seal"


def test_rows_without_a_database_look_the_same(sqlite_url: str) -> None:
    """The lines of the tests are the lines of the export."""
    with writing(sqlite_url).connect() as connection:
        with connection.begin():
            store.add(connection, rows(3))
        with connection.begin():
            assert list(lines(connection)) == lines_of(rows(3))


def test_a_wrong_path_makes_no_empty_database(tmp_path: Path) -> None:
    """Exporting what is not there is said, and nothing is created."""
    with pytest.raises(FileNotFoundError):
        export(f"sqlite:///{tmp_path / 'gerbang.db'}", io.BytesIO())
    assert list(tmp_path.iterdir()) == []
