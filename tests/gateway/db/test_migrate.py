"""One schema on both dialects, one environment in one database, no way back."""

import importlib
import pkgutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

import gateway
from gateway.db import NewerSchema, WrongEnvironment, metadata, migrate
from gateway.db.engine import writing
from gateway.db.upgrade import environment_of, newest


def _know_every_table() -> None:
    """Import each room's tables, wherever they stand: only what is imported is declared."""
    for module in pkgutil.walk_packages(gateway.__path__, "gateway."):
        if module.name.endswith(("store", "tables", "_table")):
            importlib.import_module(module.name)


def test_the_migrated_schema_is_the_declared_one(database_url: str) -> None:
    """Nothing is declared that the migrations do not make, and the other way round."""
    _know_every_table()
    with writing(database_url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_revision_is_known_without_alembic(database_url: str) -> None:
    """A start reads the scripts' names only; they are what Alembic finds in the scripts."""
    with writing(database_url).connect() as connection:
        assert MigrationContext.configure(connection).get_current_heads() == (newest(),)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    """A second start finds everything done."""
    with writing(database_url).begin() as connection:
        before = connection.execute(text("SELECT name, value FROM meta ORDER BY name")).all()
    migrate(database_url, environment="demo")
    with writing(database_url).begin() as connection:
        after = connection.execute(text("SELECT name, value FROM meta ORDER BY name")).all()
    assert before == after
    assert [name for name, _ in after] == ["created_at", "environment"]


def test_a_database_that_is_up_to_date_is_only_read(sqlite_url: str) -> None:
    """A start needs no lock: another program may hold it, or the disk may be full."""
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    migrate(sqlite_url, environment="demo")
    with pytest.raises(WrongEnvironment):
        migrate(sqlite_url, environment="live")
    other.close()


def test_demo_and_live_never_share_a_database(database_url: str) -> None:
    """A live gateway refuses a demo database by name and leaves it as it was."""
    with pytest.raises(WrongEnvironment, match=r"'demo'.*'live'"):
        migrate(database_url, environment="live")
    with writing(database_url).connect() as connection:
        assert environment_of(connection) == "demo"


def test_a_newer_database_is_refused(database_url: str) -> None:
    """An older program does not touch what a newer one has migrated."""
    with writing(database_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="9999"):
        migrate(database_url, environment="demo")


def test_a_failed_migration_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole migration is one transaction, also on SQLite."""
    file = tmp_path / "gerbang.db"

    def fail(*_: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr("gateway.db.upgrade._note_environment", fail)
    with pytest.raises(OSError, match="power cut"):
        migrate(f"sqlite:///{file}", environment="demo")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()


def test_sqlite_keeps_what_it_acknowledged(sqlite_url: str) -> None:
    """The writing connection runs with a write-ahead log and a full sync at every commit."""
    with writing(sqlite_url).connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 2000]


def test_postgresql_keeps_what_it_acknowledged(postgres_url: str) -> None:
    """The writing session waits for the disk whatever the server's default is."""
    with writing(postgres_url).connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
