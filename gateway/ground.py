"""What must be in order before a start; whatever is not is refused with a reason a person can act on."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from gateway import db
from gateway.access import store
from gateway.access.ring import DemoKeyInLive, refuse_demo_in_live
from gateway.audit.subjects import KEY_NAME, Subjects, WrongKeyFile
from gateway.db import AlreadyRunning, NewerSchema, ProcessLock, WrongEnvironment, engine, migrate
from gateway.partners.config import ConfigError, PartnerConfig, load
from gateway.settings import Settings

KEY_MARK = "subject_key"
DRIVERS = ("pysqlite", "psycopg")
ROOM_TO_OPEN = 1_000_000  # bytes; SQLite's shared memory and the head of its log take some 40,000


class CannotStart(Exception):
    """The gateway does not start like this; the message names what to change."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a start stands on: settings, partners, the key of the pseudonyms; the lock is held."""

    settings: Settings
    partners: tuple[PartnerConfig, ...]
    subjects: Subjects


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


@contextmanager
def prepare(settings: Settings) -> Iterator[Ground]:
    """Take the process lock, read the partners, bring up the database. Raises CannotStart."""
    with _process_lock(settings):
        yield _ground(settings)


def _ground(settings: Settings) -> Ground:
    try:
        partners = load(settings.partners_file, settings)
        check_address(settings)
        migrate(settings.url, environment=settings.environment)
        _refuse_demo_keys(settings)
        return Ground(settings, partners, _subjects(settings))
    except (ConfigError, WrongEnvironment, NewerSchema, WrongKeyFile, DemoKeyInLive) as exc:
        raise CannotStart(str(exc)) from exc
    except (SQLAlchemyError, sqlite3.Error, RuntimeError) as exc:
        reason = f"the database cannot be used: {_without_statement(exc)}"
        raise CannotStart(reason + _if_full(settings)) from exc
    except OSError as exc:
        raise CannotStart(f"{exc.filename or settings.data_dir}: {exc.strerror or exc}") from exc


def _subjects(settings: Settings) -> Subjects:
    """
    Return the key of the pseudonyms, the very one this database's were made with.

    With another one nobody is found again, and everybody gets a second pseudonym.
    """
    noted = db.noted(settings.url, KEY_MARK)
    subjects = Subjects.open(settings.secrets, may_create=noted is None)
    if subjects.mark != (noted or db.note_once(settings.url, KEY_MARK, subjects.mark)):
        raise WrongKeyFile(f"{settings.secrets / KEY_NAME} is not this database's key: restore the right one")
    return subjects


def check_address(settings: Settings) -> None:
    """
    Refuse a database we have no driver for; parsers and imports would say so with the password in it.

    Raises CannotStart.
    """
    try:
        url = make_url(settings.url)
        usable = url.get_driver_name() in DRIVERS and "@" not in (url.host or "")
    except (SQLAlchemyError, ValueError, ImportError):
        usable = False
    if not usable:
        raise CannotStart(
            "GERBANG_DATABASE_URL: wanted is postgresql+psycopg://<user>:<password>@<host>/<database>,"
            " with : @ and % in a password percent-encoded"
        )


def _refuse_demo_keys(settings: Settings) -> None:
    reader = engine.reading(settings.url, connections=1)
    try:
        with reader.connect() as connection:
            refuse_demo_in_live(store.load_keys(connection), environment=settings.environment)
    finally:
        reader.dispose()


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


def _without_statement(exc: Exception) -> str:
    """Return the driver's first line; SQLAlchemy's own text carries statements and values."""
    said = str(getattr(exc, "orig", None) or exc) or type(exc).__name__
    return said.splitlines()[0]
