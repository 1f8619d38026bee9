"""Bring a database to this program's schema, and see that it is of the right environment."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, make_url, select, text

from . import engine
from .schema import meta

SCRIPTS = Path(__file__).parent.parent / "migrations" / "versions"
_ADVISORY_KEY = 0x6765_7262_616E_67  # "gerbang" in ASCII: one migration at a time over all replicas


class WrongEnvironment(Exception):
    """The database belongs to the other environment; demo and live never mix."""


def migrate(url: str, *, environment: str) -> None:
    """
    Create or upgrade the database at *url* in one transaction, and note its *environment* (demo or live).

    One that is up to date is only read: a start needs no room on the disk and no lock. Raises
    WrongEnvironment or NewerSchema before anything is changed, and SQLAlchemy's errors.
    """
    if not _is_new(url) and _needs_nothing(url, environment):
        return
    from .migrating import to_newest  # alembic: a third of a second that most starts need not spend

    connector = engine.writing(url)
    _make_folder(url)
    _ask_for_wal(connector)
    with connector.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")  # another replica may be migrating
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_KEY,))
            _demand_utf8(connection)
        _check_environment(connection, environment)
        to_newest(connection)
        _note_environment(connection, environment)


def environment_of(connection: Connection) -> str | None:
    """Return the environment noted in the database, None in a new one."""
    return _noted(connection, "environment") if inspect(connection).has_table(meta.name) else None


def noted(url: str, name: str) -> str | None:
    """Return what stands under *name* in the `meta` of the migrated database at *url*."""
    reader = engine.reading(url, connections=1)
    try:
        with reader.connect() as connection:
            return _noted(connection, name)
    finally:
        reader.dispose()


def note_once(url: str, name: str, value: str) -> str:
    """Put *value* under *name* unless something stands there; return what stands. Before any writer runs."""
    connector = engine.writing(url)
    with connector.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_KEY,))
        found = _noted(connection, name)
        if found is None:
            connection.execute(insert(meta), [{"name": name, "value": value}])
        return found or value


def _noted(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.name == name))


def _is_new(url: str) -> bool:
    parts = make_url(url)
    return parts.get_backend_name() == "sqlite" and not Path(str(parts.database)).exists()


def _needs_nothing(url: str, environment: str) -> bool:
    """Say whether the database is of this program and *environment* already. Raises WrongEnvironment."""
    connector = engine.reading(url, connections=1)
    try:
        with connector.connect() as connection:
            _check_environment(connection, environment)
            is_newest = _reached(connection) == {newest()}
            return is_newest and environment_of(connection) is not None and _keeps_wal(connection)
    finally:
        connector.dispose()


def newest() -> str:
    """Return the newest revision: its script's name begins with it."""
    return max(script.name.partition("_")[0] for script in SCRIPTS.glob("[0-9]*.py"))


def _reached(connection: Connection) -> set[str]:
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))


def _keeps_wal(connection: Connection) -> bool:
    if connection.dialect.name != "sqlite":
        return True
    return bool(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal")


def _make_folder(url: str) -> None:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database:
        Path(parts.database).parent.mkdir(parents=True, exist_ok=True)


def _ask_for_wal(connector: Engine) -> None:
    """Set the journal mode, which the file remembers and which cannot change inside a transaction."""
    if connector.dialect.name != "sqlite":
        return
    with connector.connect() as connection:
        # The driver's own cursor: through SQLAlchemy a transaction would be open already.
        cursor = connection.connection.cursor()
        (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
        cursor.close()
    if mode != "wal":
        raise RuntimeError(f"SQLite cannot use a write-ahead log here (journal mode {mode}): a network disk?")


def _demand_utf8(connection: Connection) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise RuntimeError(f"PostgreSQL's database must be UTF8, not {encoding}: the log keeps exact text")


def _check_environment(connection: Connection, environment: str) -> None:
    found = environment_of(connection)
    if found is not None and found != environment:
        raise WrongEnvironment(f"this database is '{found}', the gateway runs as '{environment}'")


def _note_environment(connection: Connection, environment: str) -> None:
    if environment_of(connection) is None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [{"name": "environment", "value": environment}, {"name": "created_at", "value": now}]
        connection.execute(insert(meta), rows)
