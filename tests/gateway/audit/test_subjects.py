"""A person has one pseudonym, and without the key file nobody finds out whose it is."""

import hmac
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from gateway.audit import Subjects
from gateway.audit.store import subject
from gateway.audit.subjects import WrongKeyFile
from gateway.db.engine import writing

NIK, OTHER_NIK = "1571015203909901", "1571011203909902"
NOKARTU = "0001571015201"


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Give a writing connection on either dialect."""
    with writing(database_url).connect() as connection:
        yield connection


@pytest.fixture
def subjects(tmp_path: Path) -> Subjects:
    """Give the subjects of a new installation."""
    return Subjects.open(tmp_path / "secrets")


def _of(subjects: Subjects, connection: Connection, number: str) -> str:
    with connection.begin():
        return subjects.pseudonym_of(connection, number)


def test_a_person_keeps_one_pseudonym(connection: Connection, subjects: Subjects, tmp_path: Path) -> None:
    """Asked again, and after a restart with the same key, the pseudonym is the same."""
    first = _of(subjects, connection, NIK)
    assert _of(subjects, connection, NIK) == first
    assert _of(Subjects.open(tmp_path / "secrets"), connection, NIK) == first
    assert _of(subjects, connection, OTHER_NIK) != first


def test_a_pseudonym_says_nothing(connection: Connection, subjects: Subjects) -> None:
    """It is random: neither the number nor its HMAC can be read from it, and the table holds no number."""
    pseudonym = _of(subjects, connection, NIK)
    with connection.begin():
        ((index, stored),) = connection.execute(select(subject.c.hmac, subject.c.pseudonym)).all()
    assert stored == pseudonym
    assert len(index) == 32
    assert NIK.encode() not in index
    assert pseudonym.removeprefix("p-") not in index.hex()


def test_another_key_finds_nobody(connection: Connection, subjects: Subjects) -> None:
    """Who has the database and not the key cannot look a person up."""
    known = _of(subjects, connection, NIK)
    assert _of(Subjects(bytes(32)), connection, NIK) != known


@pytest.mark.parametrize(("kind", "number"), [(b"nik", NIK), (b"nokartu", NOKARTU)])
def test_a_person_is_found_again_by_every_later_release(
    connection: Connection, subjects: Subjects, tmp_path: Path, kind: bytes, number: str
) -> None:
    """The look-up is HMAC-SHA256 over kind, zero byte and digits; changing that would orphan everybody."""
    key = (tmp_path / "secrets" / "subject.key").read_bytes()
    pseudonym = _of(subjects, connection, number)
    index = hmac.new(key, kind + b"\0" + number.encode(), sha256).digest()
    with connection.begin():
        found = connection.scalar(select(subject.c.pseudonym).where(subject.c.hmac == index))
    assert found == pseudonym


def test_kinds_of_numbers_do_not_meet(connection: Connection, subjects: Subjects) -> None:
    """A card's number and a NIK are looked up apart."""
    assert _of(subjects, connection, NOKARTU) != _of(subjects, connection, NIK)


@pytest.mark.parametrize(
    "number", ["", "157101520390990", "15710152039099011", "157101520390990x", "१५७१०१५२०३९०९९०१"]
)
def test_what_is_no_number_is_refused_without_repeating_it(
    connection: Connection, subjects: Subjects, number: str
) -> None:
    """The refusal does not show what was given."""
    with pytest.raises(ValueError, match="neither a NIK nor a nokartu") as caught:
        _of(subjects, connection, number)
    assert not number or number not in str(caught.value)


def test_two_replicas_agree_on_a_new_person(postgres_url: str, subjects: Subjects) -> None:
    """Whoever is first makes the pseudonym, the other one takes it over."""
    engine = writing(postgres_url)

    def ask(_: int) -> str:
        with engine.connect() as connection:
            return _of(subjects, connection, NIK)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


def test_the_key_file_is_secret_and_made_once(tmp_path: Path) -> None:
    """32 random bytes that only the owner may read; a second start keeps them."""
    Subjects.open(tmp_path / "secrets")
    file = tmp_path / "secrets" / "subject.key"
    key = file.read_bytes()
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    Subjects.open(tmp_path / "secrets")
    assert file.read_bytes() == key
    assert [found.name for found in file.parent.iterdir()] == ["subject.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    """Nobody overwrites the key another one has just made."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Subjects.open(tmp_path / "secrets")._key, range(8)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_file_stops_the_start(tmp_path: Path, content: bytes) -> None:
    """A key of the wrong length is refused with the file's name: with a new one everybody would be lost."""
    (tmp_path / "subject.key").write_bytes(content)
    with pytest.raises(WrongKeyFile, match=r"subject\.key"):
        Subjects.open(tmp_path)
