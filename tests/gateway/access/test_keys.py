"""The text of a key, what is kept of it, and who may have which."""

from datetime import timedelta

import pytest

from gateway.access.keys import LONGEST_DAYS, KeyOrder, digest, mint, parts, repeatable_key_id
from gateway.access.roles import Role
from tests.gateway.gate import NOW, key_for


def test_a_key_says_environment_and_id_and_carries_256_bits():
    """`grb_demo_<id>_<secret>`; 43 characters of base62 are more than 256 bits."""
    key, text = key_for(Role.DISPATCHER)
    prefix, environment, key_id, secret = text.split("_")
    assert (prefix, environment, key_id) == ("grb", "demo", key.id)
    assert 62 ** len(secret) > 2**256
    assert parts(text.encode()) == ("demo", key.id)


def test_two_keys_have_nothing_in_common():
    """Id and secret are drawn anew each time."""
    (one, first), (two, second) = key_for(Role.ADMIN), key_for(Role.ADMIN)
    assert one.id != two.id
    assert first[-43:] != second[-43:]


def test_only_the_hash_is_kept_and_nothing_prints_it():
    """Neither the row nor its repr lets anyone in."""
    key, text = key_for(Role.DISPATCHER)
    assert key.digest == digest(text.encode())
    assert text[-43:] not in f"{key!r} {key.id} {key.holder}"
    assert repr(key) == f"AccessKey({key.id}, dispatcher)"


@pytest.mark.parametrize("days", [0, -1, LONGEST_DAYS + 1])
def test_a_key_lives_between_a_day_and_two_years(days):
    """No key for ever, none already dead."""
    with pytest.raises(ValueError, match="1 to 730"):
        KeyOrder(Role.ADMIN, "desk", days=days)


def test_only_a_partners_key_speaks_for_a_partner():
    """A partner's key without a partner could speak for all; another's with one would mislead."""
    for role, partner in ((Role.PARTNER, None), (Role.DISPATCHER, "rsud-contoh")):
        with pytest.raises(ValueError, match="partner"):
            KeyOrder(role, "desk", partner)


def test_a_key_lives_a_year_unless_told_otherwise():
    """365 days by default, exactly the days ordered otherwise."""
    key, _ = mint(KeyOrder(Role.ADMIN, "desk"), environment="live", by="x", at=NOW)
    short, _ = mint(KeyOrder(Role.ADMIN, "desk", days=3), environment="live", by="x", at=NOW)
    assert key.expires_at - NOW == timedelta(days=365)
    assert short.expires_at - NOW == timedelta(days=3)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(0), "active"),
        (timedelta(days=335, seconds=-1), "active"),
        (timedelta(days=335), "expiring"),
        (timedelta(days=365), "expired"),
    ],
)
def test_the_state_of_a_key_follows_from_its_end(age, state):
    """Expiring within 30 days; expired from the very second of its end."""
    key, _ = key_for(Role.ADMIN)
    assert key.state(NOW + age) == state


def test_a_revoked_key_is_revoked_whatever_its_end():
    """Revocation stands above everything."""
    key, _ = key_for(Role.ADMIN, revoked_at=NOW)
    assert key.state(NOW + timedelta(days=900)) == "revoked"


@pytest.mark.parametrize(
    "text",
    [b"", b"grb_demo_abc_x", b"Bearer", b"grb_test_abcdefghij_" + b"a" * 43, b"\xff" * 70, b"grb_" * 5],
)
def test_what_is_no_key_has_no_parts(text):
    """Anything may stand in a header."""
    assert parts(text) is None


def test_a_repeated_order_finds_the_same_id():
    """How a second POST with the same Idempotency-Key is recognised."""
    assert repeatable_key_id("admin 1") == repeatable_key_id("admin 1") != repeatable_key_id("admin 2")
    assert parts(f"grb_demo_{repeatable_key_id('x')}_{'a' * 43}".encode())
