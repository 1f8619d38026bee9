"""What people change of their own account."""

import pyotp

from gateway.accounts import own, session_store, store
from gateway.accounts.account import Session
from gateway.accounts.own import Surroundings
from gateway.accounts.signing_in import Refused

from .conftest import SOURCE, Desk

AROUND = Surroundings("r", SOURCE)
NEW = "sungai batanghari pasang"


async def _again(desk: Desk, session: Session) -> Session | None:
    return await desk.room.database.read(lambda c: session_store.load_session(c, session.digest))


async def test_a_password_of_ones_own_ends_the_other_sessions(desk: Desk) -> None:
    """The one-time password opens nothing afterwards, and no further change is asked for."""
    made = await desk.make("kepala")
    elsewhere, here = await desk.sign_in("kepala"), await desk.sign_in("kepala")
    desk.acts()
    assert await own.change_password(desk.room, here, old=made.password, new=NEW, around=AROUND) is None
    assert await _again(desk, elsewhere) is None
    assert (await _again(desk, here)).account.must_change is False
    assert desk.acts() == [("account.password_set", "changed"), ("session.closed", "closed")]
    assert await desk.give_password("kepala") == Refused("wrong")
    assert not isinstance(await desk.give_password("kepala", NEW), Refused)


async def test_what_is_no_new_password_is_named(desk: Desk) -> None:
    """Nothing changes."""
    made = await desk.make("kepala")
    session = await desk.sign_in("kepala")

    async def change(old: str, new: str) -> str | None:
        return await own.change_password(desk.room, session, old=old, new=new, around=AROUND)

    assert await change("bukan-ini-sama-sekali", NEW) == "wrong"
    assert await change(made.password, made.password) == "same"
    assert await change(made.password, "kepala-kepala-kepala") == "names_you"
    await change("bukan", NEW), await change("bukan", NEW)
    assert await change(made.password, NEW) == "wait"
    assert not isinstance(await desk.give_password("kepala"), Refused)


async def test_new_codes_count_from_their_first_on(desk: Desk) -> None:
    """Until then the old ones do; afterwards they do not."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    secret = await own.prepare_totp(desk.room, session, around=AROUND)
    session = await _again(desk, session)
    assert own.prepared_totp(desk.room, session) == secret
    assert not await own.confirm_totp(desk.room, session, desk.code("kepala"), around=AROUND)
    desk.clock.pass_s(30)
    half, _ = await desk.give_password("kepala")
    old = desk.code("kepala")
    assert not isinstance(await desk.give_code(half, old), Refused)
    desk.clock.pass_s(30)
    first = pyotp.TOTP(secret).generate_otp(desk.clock.us // 30_000_000)
    assert await own.confirm_totp(desk.room, session, first, around=AROUND)
    desk.clock.pass_s(30)
    half, _ = await desk.give_password("kepala")
    assert await desk.give_code(half, desk.code("kepala")) == Refused("wrong")
    other = pyotp.TOTP(secret).generate_otp(desk.clock.us // 30_000_000)
    assert not isinstance(await desk.give_code(half, other), Refused)


async def test_ones_other_sessions_can_be_ended_and_nobody_elses(desk: Desk) -> None:
    """By name; what somebody else has open stays."""
    await desk.make("kepala")
    await desk.make("wakil")
    mine, other = await desk.sign_in("kepala"), await desk.sign_in("kepala")
    theirs = await desk.sign_in("wakil")
    assert not await own.end_session(desk.room, mine, theirs.name, around=AROUND)
    assert await own.end_session(desk.room, mine, other.name, around=AROUND)
    assert await _again(desk, other) is None
    assert await _again(desk, theirs) is not None


async def test_a_lost_accounts_key_is_refused_and_not_a_crash(desk: Desk) -> None:
    """An admin then renews the codes."""
    await desk.make("kepala")
    await desk.room.database.write(
        lambda c: store.change_account(c, desk.handed["kepala"].account.id, totp=b"x" * 60),
        entries=[object()],
    )
    half, _ = await desk.give_password("kepala")
    assert await desk.give_code(half, desk.code("kepala")) == Refused("wrong")
