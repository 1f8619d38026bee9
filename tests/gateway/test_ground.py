"""A gateway that must not start says so in a sentence that names what to change, and holds nothing back."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import ground
from gateway.access import store
from gateway.access.keys import KeyOrder, mint
from gateway.access.roles import Role
from gateway.audit.chain import claim
from gateway.db.engine import writing
from gateway.ground import CannotStart, prepare, read_settings
from gateway.people.index import KEY_NAME
from gateway.settings import Settings
from tests.gateway.gate import NOW

PASSWORD = "geheim77"
LIVE: dict[str, Any] = {"environment": "live", "audit_authority": "112.kota.example"}
PARTNERS = """
[[partners]]
id = "rs-contoh"
standing = "planned"
name = "RS Contoh"
phone = "0741-000000"
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without a variable of ours."""
    for name in list(os.environ):
        if name.startswith("GERBANG_"):
            monkeypatch.delenv(name)


@pytest.fixture
def good(tmp_path: Path) -> dict[str, Any]:
    """Settings a gateway starts with."""
    partners = tmp_path / "partners.toml"
    partners.write_text(PARTNERS, "utf-8")
    return {"data_dir": tmp_path / "var", "partners_file": partners}


def start(settings: dict[str, Any], **changes: Any) -> None:
    """Prepare a start, and end it again."""
    with prepare(Settings(**{**settings, **changes})):
        pass


def refusal(settings: dict[str, Any], **changes: Any) -> str:
    """Return why a gateway does not start like this."""
    with pytest.raises(CannotStart) as told:
        start(settings, **changes)
    return str(told.value)


def test_a_good_ground_carries_again_and_again(good: dict[str, Any]) -> None:
    """The second start finds what the first one made, and the same people under the same pseudonyms."""
    with prepare(Settings(**good)) as first:
        numbers = [first.keys.index.of("1571015203909901")]
    with prepare(Settings(**good)) as second:
        numbers.append(second.keys.index.of("1571015203909901"))
        assert [partner.id for partner in second.partners] == ["rs-contoh"]
    assert numbers[0] == numbers[1]


def test_what_goes_wrong_later_is_not_called_a_bad_ground(good: dict[str, Any]) -> None:
    """An error of the running gateway passes through as it is, and the lock is let go."""
    with pytest.raises(RuntimeError, match="event loop"), prepare(Settings(**good)):
        raise RuntimeError("event loop")
    start(good)


def test_a_second_process_on_the_same_data_is_refused(good: dict[str, Any]) -> None:
    """It is told who holds the folder, and may start once that one has ended."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(good["data_dir"])], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdin
    with holder:
        assert holder.stdout.readline() == b"held\n"
        said = refusal(good)
        assert "running already" in said
        assert str(holder.pid) in said
        holder.stdin.close()
    start(good)


_HOLD = """
import sys
from pathlib import Path
from gateway.db import ProcessLock

with ProcessLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_database_of_the_other_environment_is_refused(good: dict[str, Any]) -> None:
    """Demo and live never mix, whichever came first."""
    start(good)
    said = refusal(good, **LIVE)
    assert "'demo'" in said
    assert "'live'" in said
    start(good)


def test_a_database_of_a_newer_program_is_refused(good: dict[str, Any]) -> None:
    """There is no way back; the unknown revision is named."""
    start(good)
    with sqlite3.connect(good["data_dir"] / "gerbang.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_tomorrow'")
    database.close()
    assert "9999_tomorrow" in refusal(good)


def test_a_lost_key_is_not_made_anew(good: dict[str, Any]) -> None:
    """A database restored without its key: a new one would give everybody a second pseudonym."""
    start(good)
    key = good["data_dir"] / "secrets" / KEY_NAME
    kept = key.read_bytes()
    key.unlink()
    assert f"{key} is missing" in refusal(good)
    assert not key.exists()
    key.write_bytes(kept)
    start(good)


def test_another_databases_key_is_refused(good: dict[str, Any]) -> None:
    """Thirty-two bytes, and the wrong ones."""
    start(good)
    key = good["data_dir"] / "secrets" / KEY_NAME
    key.write_bytes(bytes(32))
    assert f"{key} is not this database's key" in refusal(good)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 31, b"x" * 33])
def test_a_damaged_key_file_is_refused(good: dict[str, Any], content: bytes) -> None:
    """With another key nobody would be found again; the file is named, its content is not told."""
    start(good)
    key = good["data_dir"] / "secrets" / KEY_NAME
    key.write_bytes(content)
    said = refusal(good)
    assert str(key) in said
    assert "32 bytes" in said


def test_live_evidence_says_whose_it_is(good: dict[str, Any]) -> None:
    """Without a name of its own a live log could pass for a demo's, and the other way round."""
    assert refusal(good, environment="live").startswith("GERBANG_AUDIT_AUTHORITY: ")


@pytest.mark.parametrize("name", ["database_url", "keys_url"])
def test_the_key_database_is_another_one(good: dict[str, Any], name: str) -> None:
    """A copy of the main database must hold no key."""
    folder = good["data_dir"].resolve()
    other = {"database_url": "keys.db", "keys_url": "gerbang.db"}[name]
    assert "another database" in refusal(good, **{name: f"sqlite:///{folder}/{other}"})


def test_a_lost_wrapping_key_is_not_made_anew(good: dict[str, Any]) -> None:
    """Nor is a lost key database: what was sealed would stay shut without anybody hearing why."""
    start(good)
    (key,) = (good["data_dir"] / "secrets").glob("kek-*.key")
    for file in (key, good["data_dir"] / "keys.db"):
        aside = file.rename(file.with_suffix(".aside"))
        said = refusal(good)
        assert str(file.name) in said
        assert "restore" in said
        assert not file.exists()
        aside.rename(file)
    start(good)


def test_a_file_that_is_no_key_database_is_refused(good: dict[str, Any]) -> None:
    """It is said which of the two databases is meant, and nothing in it is overwritten."""
    start(good)
    file = good["data_dir"] / "keys.db"
    file.write_bytes(b"Daftar pasien\n" * 100)
    assert refusal(good).startswith("the key database cannot be used: file is not a database")
    assert file.read_bytes() == b"Daftar pasien\n" * 100


@pytest.mark.parametrize("held", ["gerbang.db", "keys.db"])
def test_a_house_that_is_not_new_starts_while_a_database_is_locked(good: dict[str, Any], held: str) -> None:
    """It is only read: a start must not wait for whoever copies it."""
    start(good)
    other = sqlite3.connect(good["data_dir"] / held, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    start(good)
    other.close()


def test_a_demo_key_in_a_live_database_is_refused(good: dict[str, Any]) -> None:
    """It is named by its id, so that it can be revoked."""
    start(good, **LIVE)
    key, text = mint(KeyOrder(Role.DISPATCHER, "desk", None), environment="demo", by="test", at=NOW)
    database = writing(f"sqlite:///{good['data_dir'] / 'gerbang.db'}")
    with database.begin() as connection:
        store.insert_key(connection, key)
    database.dispose()
    said = refusal(good, **LIVE)
    assert key.id in said
    assert text not in said


@pytest.mark.parametrize("where", ["a file/var", "/proc/gerbang"])
def test_a_folder_that_cannot_be_written_is_refused(good: dict[str, Any], tmp_path: Path, where: str) -> None:
    """The folder is named, and why."""
    (tmp_path / "a file").write_text("", "utf-8")
    folder = tmp_path / where
    assert str(folder) in refusal(good, data_dir=folder)


def test_a_secrets_folder_that_cannot_be_made_is_refused(good: dict[str, Any]) -> None:
    """As above."""
    assert "/proc/gerbang" in refusal(good, secrets_dir=Path("/proc/gerbang/secrets"))


def test_a_file_that_is_no_database_is_refused(good: dict[str, Any]) -> None:
    """Nothing in it is overwritten."""
    good["data_dir"].mkdir()
    file = good["data_dir"] / "gerbang.db"
    file.write_bytes(b"Daftar pasien\n" * 100)
    assert "not a database" in refusal(good)
    assert file.read_bytes() == b"Daftar pasien\n" * 100


def test_a_missing_partner_file_is_named(good: dict[str, Any], tmp_path: Path) -> None:
    """By its path."""
    assert str(tmp_path / "elsewhere.toml") in refusal(good, partners_file=tmp_path / "elsewhere.toml")


def test_a_wrong_partner_file_is_refused_before_the_database_is_touched(good: dict[str, Any]) -> None:
    """What is wrong stands with its path; a typing error costs no migration."""
    good["partners_file"].write_text(PARTNERS.replace("planned", "sometimes"), "utf-8")
    assert "partners[0].standing" in refusal(good)
    assert not (good["data_dir"] / "gerbang.db").exists()


def test_a_database_that_is_not_there_is_said(good: dict[str, Any]) -> None:
    """Who listens on no port cannot be used."""
    said = refusal(good, database_url=f"postgresql+psycopg://gerbang:{PASSWORD}@127.0.0.1:1/gerbang")
    assert "database cannot be used" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("name", ["database_url", "keys_url"])
@pytest.mark.parametrize(
    "url",
    [
        PASSWORD,
        f"mysql://gerbang:{PASSWORD}@127.0.0.1/gerbang",
        f"oracle://gerbang:{PASSWORD}@127.0.0.1/gerbang",
        f"postgresql+psycopg2://gerbang:{PASSWORD}@127.0.0.1/gerbang",
        f"postgresql+nothing://gerbang:{PASSWORD}@127.0.0.1/gerbang",
        f"postgresql+psycopg://gerbang:a@b:{PASSWORD}@127.0.0.1/gerbang",
        f"postgresql+psycopg://gerbang:a@{PASSWORD}@127.0.0.1/gerbang",
        f"postgresql+psycopg://gerbang:{PASSWORD}@127.0.0.1:port/gerbang",
    ],
)
def test_an_address_of_no_database_we_know_is_named_without_its_password(
    good: dict[str, Any], url: str, name: str
) -> None:
    """Parsers quote what they do not understand, and an unescaped password is just that."""
    said = refusal(good, **{name: url})
    assert said.startswith(f"GERBANG_{name.upper()}: ")
    assert PASSWORD not in said
    assert "127.0.0.1" not in said


WRONG = {
    "GERBANG_ENVIRONMENT": "Live",
    "GERBANG_PORT": "99999",
    "GERBANG_OUTBOUND_ALLOW": "10.0.0.0/8, 10.0.0.1/33, fd00::/8",
    "GERBANG_REPLICA": "Gerbang Satu",
    "GERBANG_CAPACITY_REFRESH_S": "nan",
    "GERBANG_CAPACITY_DEADLINE_MS": "2s",
    "GERBANG_ELIGIBILITY_DEADLINE_MS": "0",
    "GERBANG_ELIGIBILITY_CACHE_S": "-1",
    "GERBANG_SPOOL_BYTES": "1e9",
    "GERBANG_LOG_LEVEL": "loud",
}


def test_every_wrong_variable_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, in words, and none of their values."""
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart) as told:
        read_settings()
    said = str(told.value)
    assert {name: said.count(f"{name}: ") for name in WRONG} == dict.fromkeys(WRONG, 1)
    assert [value for value in WRONG.values() if len(value) > 3 and value in said] == []


@pytest.mark.parametrize("name", WRONG)
def test_one_wrong_variable_is_enough(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them by itself keeps the gateway from starting."""
    monkeypatch.setenv(name, WRONG[name])
    with pytest.raises(CannotStart, match=name):
        read_settings()


@given(value=st.text("abcdefghijklmnop0123456789", min_size=12, max_size=30).map(lambda text: f"#{text}#"))
def test_no_value_of_a_wrong_variable_is_repeated(value: str) -> None:
    """It may be a password in the wrong place."""
    with pytest.MonkeyPatch.context() as patch:
        for name in WRONG:
            patch.setenv(name, value)
        with pytest.raises(CannotStart) as told:
            read_settings()
    assert value not in f"{told.value} {told.value!r} {told.value.__cause__}"


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose makes them of what nobody set: an empty host would listen to the whole world."""
    defaults = read_settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"GERBANG_{name.upper()}", "")
    assert read_settings() == defaults


def test_the_networks_are_read_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an operator writes them, blanks and all."""
    monkeypatch.setenv("GERBANG_OUTBOUND_ALLOW", "10.20.0.0/16, fd12::/16,")
    assert [str(each) for each in read_settings().outbound_allow] == ["10.20.0.0/16", "fd12::/16"]


def test_a_name_that_is_taken_is_refused(
    good: dict[str, Any], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two gateways of one name could not both write its log; one of a machine that is gone is waited for."""
    monkeypatch.setattr(ground, "TWIN_S", 0.3)
    good |= {"database_url": postgres_url, "replica": "b"}
    start(good)
    with writing(postgres_url).connect() as session:
        claim(session, "b")
        assert "GERBANG_REPLICA" in refusal(good)
        start(good, replica="c")
        monkeypatch.setattr(ground, "TWIN_S", 5.0)
        Timer(0.5, session.connection.dbapi_connection.close).start()  # type: ignore[union-attr]  # it is connected
        start(good)
        session.invalidate()
