"""The log comes out as it lies in the database, whole or damaged."""

from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.audit import store
from gateway.db.engine import writing
from gateway.evidence import export as export_module
from gateway.evidence.export import export, lines
from gateway.evidence.verify import verify
from tests.gateway.audit.material import entry, house_log, lines_of, rows


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pages_of_any_size_give_the_same_export(database_url: str, size: int) -> None:
    """Two logs of several pages come out one after the other, complete and in order."""
    first = rows(7, log="gerbang-1")
    second = [row._replace(key=f"b{row.key}", log="gerbang-2") for row in first]
    with writing(database_url).connect() as connection:
        with connection.begin():
            store.add(connection, [row for pair in zip(first, second, strict=True) for row in pair])
        with connection.begin():
            found = [
                (log, seq)
                for log in sorted(store.log_names(connection))
                for seq, *_ in store.entries(connection, log, page=size)
            ]
    assert found == [(row.log, row.seq) for row in (*first, *second)]


def test_the_export_verifies(database_url: str, tmp_path: Path) -> None:
    """What the logbook wrote and signed is what the verifier reads, with no word but its own policy."""
    logbook = house_log(tmp_path)
    with writing(database_url).connect() as connection:
        for start in (1, 601):
            with connection.begin():
                logbook.append(connection, [entry(n) for n in range(start, start + 600)])
            logbook.committed()
    folder = _empty(tmp_path)
    written = export(database_url, folder)
    assert (written.entries, written.checkpoints) == (1201, 1)
    assert sorted(file.name for file in folder.iterdir()) == [
        "checkpoints.txt",
        "entries-0001.jsonl",
        "policy.txt",
        "verify.py",
    ]
    report = verify((folder / "entries-0001.jsonl").read_bytes().splitlines(keepends=True))
    assert (report.damage, report.entries) == (None, 1201)


def test_a_large_log_comes_in_several_files(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file grows beyond what an editor opens; together they are the log."""
    monkeypatch.setattr(export_module, "LINES_A_FILE", 20)
    with writing(sqlite_url).connect() as connection, connection.begin():
        store.add(connection, rows(50))
    folder = _empty(tmp_path)
    assert export(sqlite_url, folder).entries == 50
    files = sorted(folder.glob("entries-*.jsonl"))
    assert [len(file.read_bytes().splitlines()) for file in files] == [20, 20, 10]
    assert b"".join(file.read_bytes() for file in files) == b"".join(lines_of(rows(50)))


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    return folder


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
        export(f"sqlite:///{tmp_path / 'gerbang.db'}", tmp_path)
    assert list(tmp_path.iterdir()) == []
