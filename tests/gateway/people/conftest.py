"""A house's people, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateway.people import People, Person, PersonKeys, open_keys, store
from tests.postgres import fresh

NIK, NOKARTU = "1571015203909901", "0001571015201"


def niks(count: int, *, first: int = 1000) -> list[str]:
    """Return *count* different NIK."""
    return [f"157101520390{first + number}" for number in range(count)]


@pytest.fixture(params=["sqlite", "postgresql"])
def keys_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty key database, once on each dialect."""
    if request.param == "sqlite":
        yield file_url(tmp_path)
    else:
        with fresh(request.getfixturevalue("postgres")) as url:
            yield url


def file_url(folder: Path) -> str:
    """Return the URL of a key database in *folder*."""
    return f"sqlite:///{folder / 'keys.db'}"


class Memory(dict[str, str]):
    """What a main database remembers of what belongs to it."""

    def note_once(self, name: str, value: str) -> str:
        """Keep the first value."""
        return self.setdefault(name, value)


@pytest.fixture
def memory() -> Memory:
    """Give the memory of a new house."""
    return Memory()


def opened(url: str, folder: Path, memory: Memory) -> PersonKeys:
    """Open the key database as a start does."""
    return open_keys(url, folder / "secrets", noted=memory.get, note_once=memory.note_once)


Start = Callable[..., Awaitable[People]]


@pytest.fixture
async def start(tmp_path: Path, memory: Memory) -> AsyncIterator[Start]:
    """Give what starts a replica of the house on a key database."""
    async with AsyncExitStack() as stack:

        async def replica(url: str, **more: Any) -> People:
            people = People(opened(url, tmp_path, memory), **more)
            people.start()
            stack.push_async_callback(people.close)
            return people

        yield replica


@pytest.fixture
async def people(keys_url: str, start: Start) -> People:
    """Give the people of a running house."""
    return await start(keys_url)


def rows(url: str) -> list[Any]:
    """Return the key database's rows."""
    connector = store.connector(url)
    with connector.connect() as connection:
        found = connection.execute(text("SELECT hmac, pseudonym, kek, wrapped FROM person_key")).all()
    connector.dispose()
    return list(found)


def seal(person: Person) -> Any:
    """Seal something."""
    return person.seal({"nik": NIK}, act="a.b", key="k")


def opens(person: Person | None, sealed: Any) -> bool:
    """Say whether *person* opens it."""
    return person is not None and person.unseal(sealed, act="a.b", key="k") == {"nik": NIK}


def keys_in(folder: Path) -> set[str]:
    """Return the ids of the wrapping keys that lie in *folder*'s secrets, their drafts included."""
    return {file.name.lstrip(".")[4:12] for file in (folder / "secrets").glob("*kek-*")}
