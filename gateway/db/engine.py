"""SQLAlchemy engines with the settings that durability rests on, for both dialects."""

from typing import Any

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event, make_url

BUSY_MS = 2000
STATEMENT_MS = 10_000
CONNECT_S = 3


def writing(url: str, *, busy_ms: int = BUSY_MS) -> Engine:
    """Return the engine for changes: BEGIN IMMEDIATE, a lock waited for at most *busy_ms*."""
    # No pool: a connection that failed is closed for good, not handed out again.
    return _engine(url, busy_ms=busy_ms, readonly=False, poolclass=NullPool)


def reading(
    url: str, *, connections: int, busy_ms: int = BUSY_MS, statement_ms: int = STATEMENT_MS
) -> Engine:
    """
    Return the engine for questions: the database itself refuses a change over it.

    *statement_ms* bounds each on PostgreSQL; 0, for copies of everything, does not.
    """
    return _engine(
        url,
        busy_ms=busy_ms,
        readonly=True,
        statement_ms=statement_ms,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
    )


def connecting(url: str) -> dict[str, Any]:
    """
    Return psycopg's own arguments for a connection beside the engines: for news, for locks.

    Nothing that must last may be committed over it: it does not wait for the disk.
    """
    _, arguments = make_url(url).get_dialect()().create_connect_args(make_url(url))
    ours = _postgres_arguments(busy_ms=BUSY_MS, readonly=False, statement_ms=STATEMENT_MS)
    return {**arguments, **ours, "options": f"{ours['options']} -c synchronous_commit=off"}


def _engine(
    url: str, *, busy_ms: int, readonly: bool, statement_ms: int = STATEMENT_MS, **pool: Any
) -> Engine:
    # Parameters may be personal data: without hide_parameters they stand in every exception's text.
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, hide_parameters=True, **pool)
        _prepare_sqlite(engine, busy_ms=busy_ms, readonly=readonly)
        return engine
    arguments = _postgres_arguments(busy_ms=busy_ms, readonly=readonly, statement_ms=statement_ms)
    # "format" lets rows travel as tuples, as on SQLite.
    return create_engine(
        url, hide_parameters=True, paramstyle="format", pool_pre_ping=readonly, connect_args=arguments, **pool
    )


def _prepare_sqlite(engine: Engine, *, busy_ms: int, readonly: bool) -> None:
    pragmas = [f"busy_timeout={busy_ms}", "foreign_keys=ON", "trusted_schema=OFF"]
    # FULL: with NORMAL a power cut loses acknowledged rows (1,248 of 1,500 simulated cuts).
    pragmas += ["query_only=ON"] if readonly else ["synchronous=FULL", "journal_size_limit=67108864"]

    @event.listens_for(engine, "connect")
    def _on_connect(driver_connection: Any, _record: object) -> None:
        driver_connection.isolation_level = None  # the driver begins nothing by itself; we do, below
        for pragma in pragmas:
            driver_connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer half-way fails at once instead of waiting.
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _postgres_arguments(*, busy_ms: int, readonly: bool, statement_ms: int) -> dict[str, Any]:
    settings = {
        "synchronous_commit": "on",  # a server may have it off; acknowledged must mean on disk
        "default_transaction_read_only": "on" if readonly else "off",
        "lock_timeout": f"{busy_ms}ms",
        "statement_timeout": f"{statement_ms}ms",
        "idle_in_transaction_session_timeout": f"{statement_ms}ms",
        "TimeZone": "UTC",
        # The server's side: a session that vanished in a power cut would hold the log's lock for hours.
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": f"{STATEMENT_MS}ms",
    }
    return {
        "application_name": "gerbang",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "connect_timeout": CONNECT_S,
        # A dead host answers nothing: without these a commit would wait for it for hours.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": STATEMENT_MS,
    }
