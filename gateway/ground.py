"""What must be in order before a start; whatever is not is refused with a reason a person can act on."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from gateway import db
from gateway.access import store
from gateway.access.ring import DemoKeyInLive, refuse_demo_in_live
from gateway.audit.chain import is_claimed
from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import Logbook
from gateway.audit.notary import Notary
from gateway.db import AlreadyRunning, NewerSchema, ProcessLock, WrongEnvironment, engine, migrate
from gateway.partners.config import ConfigError, PartnerConfig, load
from gateway.people import PersonKeys, WrongKeys, open_keys
from gateway.settings import Environment, Settings

DRIVERS = ("pysqlite", "psycopg")
TWIN_S = 15.0  # the server notices within 11 s that a machine is gone (db/engine)
AGAIN_S = 0.2
ROOM_TO_OPEN = 1_000_000  # bytes; SQLite's shared memory and the head of its log take some 40,000


class CannotStart(Exception):
    """The gateway does not start like this; the message names what to change."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a start stands on: settings, partners, the keys of the people; the lock is held."""

    settings: Settings
    partners: tuple[PartnerConfig, ...]
    keys: PersonKeys


def read_settings() -> Settings:
    """Read the environment. Raises CannotStart naming every wrong variable, never its value."""
    try:
        return Settings()
    except ValidationError as wrong:
        raise CannotStart("; ".join(_wrong_variables(wrong))) from None


def _wrong_variables(wrong: ValidationError) -> list[str]:
    """Return one line per variable: its name and the first reason, never what was in it."""
    reasons: dict[str, str] = {}
    for error in wrong.errors(include_input=False, include_context=False, include_url=False):
        name = "_".join(("GERBANG", *(str(part) for part in error["loc"][:1]))).upper()
        reasons.setdefault(name, error["msg"])
    return [f"{name}: {reason}" for name, reason in reasons.items()]


def open_log(settings: Settings) -> Logbook:
    """Return the ledger that this process's writer appends to; nothing is read or made yet."""
    return Logbook(settings.replica, Notary(SigningKeys(settings.secrets), settings.authority))


@contextmanager
def prepare(settings: Settings) -> Iterator[Ground]:
    """Take the process lock, read the partners, bring up the database. Raises CannotStart."""
    with _process_lock(settings):
        yield _ground(settings)


def _ground(settings: Settings) -> Ground:
    if settings.environment is Environment.LIVE and settings.audit_authority is None:
        raise CannotStart(
            "GERBANG_AUDIT_AUTHORITY: say whose log it is, a domain name such as 112.kota.example"
        )
    try:
        partners = load(settings.partners_file, settings)
        check_address(settings)
        migrate(settings.url, environment=settings.environment)
        _refuse_demo_keys(settings)
        _refuse_a_twin(settings)
        return Ground(settings, partners, _keys(settings))
    except (ConfigError, WrongEnvironment, NewerSchema, WrongKeys, DemoKeyInLive) as exc:
        raise CannotStart(str(exc)) from exc
    except (SQLAlchemyError, sqlite3.Error, RuntimeError) as exc:
        reason = f"the database cannot be used: {first_line(exc)}"
        raise CannotStart(reason + _if_full(settings)) from exc
    except OSError as exc:
        raise CannotStart(f"{exc.filename or settings.data_dir}: {exc.strerror or exc}") from exc


def _keys(settings: Settings) -> PersonKeys:
    """Open the key database, the very one that belongs to the main database. Raises CannotStart."""
    try:
        return open_keys(
            settings.people_url,
            settings.secrets,
            noted=partial(db.noted, settings.url),
            note_once=partial(db.note_once, settings.url),
        )
    except (SQLAlchemyError, sqlite3.Error) as exc:
        reason = f"the key database cannot be used: {first_line(exc)}"
        raise CannotStart(reason + _if_full(settings)) from exc


def check_address(settings: Settings) -> None:
    """
    Refuse a database we have no driver for; parsers and imports would say so with the password in it.

    Raises CannotStart.
    """
    addresses = {"GERBANG_DATABASE_URL": settings.url, "GERBANG_KEYS_URL": settings.people_url}
    for name, address in addresses.items():
        if not _usable(address):
            raise CannotStart(
                f"{name}: wanted is postgresql+psycopg://<user>:<password>@<host>/<database>,"
                " with : @ and % in a password percent-encoded"
            )
    if make_url(settings.url).set(query={}) == make_url(settings.people_url).set(query={}):
        raise CannotStart("GERBANG_KEYS_URL: must be another database than GERBANG_DATABASE_URL")


def _usable(address: str) -> bool:
    try:
        url = make_url(address)
        return url.get_driver_name() in DRIVERS and "@" not in (url.host or "")
    except (SQLAlchemyError, ValueError, ImportError):
        return False


def _refuse_demo_keys(settings: Settings) -> None:
    reader = engine.reading(settings.url, connections=1)
    try:
        with reader.connect() as connection:
            refuse_demo_in_live(store.load_keys(connection), environment=settings.environment)
    finally:
        reader.dispose()


def _refuse_a_twin(settings: Settings) -> None:
    """Refuse the name of a gateway that runs on another data folder: only one of them could write its log."""
    reader = engine.reading(settings.url, connections=1)
    until = time.monotonic() + TWIN_S
    try:
        while _is_taken(reader, settings.replica):
            if time.monotonic() > until:
                raise CannotStart(
                    f"GERBANG_REPLICA: a gateway named {settings.replica} is running already on this database"
                )
            time.sleep(AGAIN_S)
    finally:
        reader.dispose()


def _is_taken(reader: Engine, replica: str) -> bool:
    with reader.connect() as connection:
        return is_claimed(connection, replica)


@contextmanager
def _process_lock(settings: Settings) -> Iterator[None]:
    lock = ProcessLock(settings.data_dir)
    try:
        lock.take()
    except AlreadyRunning as exc:
        raise CannotStart(f"a gateway is running already: {exc}") from exc
    except OSError as exc:
        raise CannotStart(f"{settings.data_dir} cannot be written: {exc.strerror}") from exc
    try:
        yield
    finally:
        lock.release()


def _if_full(settings: Settings) -> str:
    """SQLite calls a disk without room for its shared memory an I/O error: say what a person can mend."""
    full = shutil.disk_usage(settings.data_dir).free < ROOM_TO_OPEN
    return f" ({settings.data_dir} is on a full disk: make room)" if full else ""


def first_line(exc: Exception) -> str:
    """Return the driver's first line; SQLAlchemy's own text carries statements and values."""
    said = str(getattr(exc, "orig", None) or exc) or type(exc).__name__
    return said.splitlines()[0]
