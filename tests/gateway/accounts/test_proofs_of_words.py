"""Passwords and one-time codes by themselves, against published values."""

import asyncio

import pytest
from argon2 import extract_parameters

from gateway.accounts import totp
from gateway.accounts.passwords import WAITING, Passwords, one_time, weakness
from gateway.accounts.seal import Seal
from gateway.problems import Problem

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238 appendix B, its ASCII secret in base32


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(second: int, code: str) -> None:
    """RFC 6238 appendix B, SHA-1, the last six of its eight digits."""
    assert totp.step_of(RFC_SECRET, code, at_us=second * 1_000_000) == second // 30


def test_a_code_may_be_typed_with_a_space() -> None:
    """As telephones show it."""
    assert totp.step_of(RFC_SECRET, "287 082", at_us=59_000_000) == 1


def test_a_demos_codes_say_so_on_the_telephone() -> None:
    """So that nobody keeps a demo's entry for the real one."""
    assert "CONTOH" in totp.uri(RFC_SECRET, login="kepala", environment="demo")
    assert "CONTOH" not in totp.uri(RFC_SECRET, login="kepala", environment="live")


async def test_hashing_is_as_the_design_says() -> None:
    """argon2id, 19 MiB, two passes, one lane; the same text composed otherwise is the same password."""
    passwords = Passwords()
    kept = await passwords.hash("kopi-susu-pagi-é")
    found = extract_parameters(kept)
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19456, 2, 1)
    assert await passwords.verify(kept, "kopi-susu-pagi-e\u0301")
    assert not await passwords.verify(kept, "kopi-susu-pagi-e")
    assert not await passwords.verify(None, "kopi-susu-pagi-e")
    passwords.close()


async def test_a_flood_is_turned_away_before_it_fills_the_memory() -> None:
    """Beyond forty that wait, the next is asked to come again."""
    passwords = Passwords()
    asked = [asyncio.ensure_future(passwords.hash("x" * 12)) for _ in range(WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Problem, match="too-many"):
        await passwords.hash("x" * 12)
    await asyncio.gather(*asked)
    assert await passwords.hash("x" * 12)
    passwords.close()


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("sebelas-rib", "too_short"),
        ("x" * 129, "too_long"),
        ("kepala-uptd-nomor-satu", "names_you"),
        ("Siapa-tahu-PRABASARI", "names_you"),
        ("password1234", "too_common"),
        ("rahasiarahasia1", "too_common"),
        ("123456123456", "too_common"),
        ("aaaaaaaaaaaaaa", "too_common"),
        ("qwertyuiop123", "too_common"),
        ("sungai batanghari pasang", None),
        ("Nn7!kw-2c#pQ", None),
    ],
)
def test_which_passwords_are_taken(password: str, why: str | None) -> None:
    """Length counts; one's own name and what everybody takes do not."""
    assert weakness(password, login="kepala", display_name="dr. Prabasari") == why


def test_a_one_time_password_would_be_taken_itself() -> None:
    """Four groups of letters that are not confused, another one every time."""
    made = {one_time() for _ in range(50)}
    assert len(made) == 50
    assert {weakness(each, login="kepala", display_name="Kepala") for each in made} == {None}
    assert not set("".join(made)) & set("lo01")


def test_a_secret_opens_for_its_own_account_only() -> None:
    """Rows cannot be exchanged, a cut row or another house's key opens nothing and breaks nothing."""
    seal = Seal(bytes(32))
    sealed = seal.close(RFC_SECRET, account="a-one")
    assert seal.open(sealed, account="a-one") == RFC_SECRET
    assert seal.open(sealed, account="a-two") is None
    assert seal.open(sealed[:9], account="a-one") is None
    assert seal.open(None, account="a-one") is None
    assert Seal(bytes([1]) * 32).open(sealed, account="a-one") is None


def test_the_seals_key_is_made_once_and_kept_private(tmp_path) -> None:
    """A second start finds the first one's."""
    sealed = Seal.of(tmp_path).close(RFC_SECRET, account="a")
    assert Seal.of(tmp_path).open(sealed, account="a") == RFC_SECRET
    assert (tmp_path / "accounts.key").stat().st_mode & 0o777 == 0o600
