"""What was on a decider's screen, proven by a salted hash."""

import hashlib

import pytest

from gateway.referrals.screens import KEPT_S, Screens


class Clock:
    """Seconds, as a test wants them."""

    at = 0.0

    def __call__(self) -> float:
        """Tell them."""
        return self.at


def test_the_hash_is_of_salt_and_content() -> None:
    """Anybody who is given both can check it; without the salt nobody can try contents."""
    screens = Screens()
    shown = screens.show("r-1", 2, "{}")
    screen = screens.get(shown, referral="r-1")
    assert screen is not None
    assert shown == hashlib.sha256(f"{screen.salt}\n{{}}".encode()).hexdigest()
    assert len(bytes.fromhex(screen.salt)) == 16
    assert (screen.version, screen.content) == (2, "{}")


def test_the_same_content_has_another_hash_each_time() -> None:
    """Equal screens of two patients are not seen to be equal."""
    screens = Screens()
    assert screens.show("r-1", 2, "{}") != screens.show("r-1", 2, "{}")


def test_a_screen_of_another_referral_is_none() -> None:
    """A decision names what its own screen showed."""
    screens = Screens()
    assert screens.get(screens.show("r-1", 2, "{}"), referral="r-2") is None


@pytest.mark.parametrize(("age", "kept"), [(0.0, True), (KEPT_S - 1, True), (KEPT_S, False)])
def test_a_screen_is_good_for_half_an_hour(age: float, kept: bool) -> None:
    """Then it has to be read again."""
    clock = Clock()
    screens = Screens(monotonic=clock)
    shown = screens.show("r-1", 2, "{}")
    clock.at = age
    assert (screens.get(shown, referral="r-1") is not None) is kept


def test_the_oldest_makes_room_and_an_erasure_forgets_all() -> None:
    """Memory is bounded, and nobody who was erased stays on a screen."""
    screens = Screens(most=2)
    first, second, third = (screens.show("r-1", number, "{}") for number in range(3))
    kept = [screens.get(each, referral="r-1") is not None for each in (first, second, third)]
    assert kept == [False, True, True]
    screens.clear()
    assert screens.get(third, referral="r-1") is None
