"""Password, then a second proof: what opens a session, and what never does."""

import asyncio
from dataclasses import replace
from time import perf_counter

import pytest
from sqlalchemy import text

from gateway.access.roles import Role
from gateway.accounts import actions, browsers, session_store, signing_in, stepping_up
from gateway.accounts.proofs import Proof
from gateway.accounts.sessions import csrf_of, digest, principal_of
from gateway.accounts.signing_in import Refused
from gateway.db import CannotRead

from .conftest import ADMIN, SOURCE, Desk

DAY_S = 24 * 3600


async def _kept(desk: Desk, cookie: str):
    return await desk.room.database.read(lambda c: session_store.load_session(c, digest(cookie)))


async def test_password_and_code_open_a_session_under_another_cookie(desk: Desk) -> None:
    """Half a session is no session, and its cookie is worth nothing after the second proof."""
    await desk.make("kepala")
    half, first = await desk.give_password("kepala")
    assert (half.complete, half.may_decide(desk.clock.us)) == (False, False)
    session, second = await desk.give_code(half, desk.code("kepala"))
    assert await _kept(desk, first) is None
    kept = await _kept(desk, second)
    assert (kept.name, kept.complete, kept.may_decide(desk.clock.us)) == (session.name, True, True)
    assert desk.acts() == [
        ("account.created", "created"),
        ("session.begun", "begun"),
        ("session.opened", "opened"),
    ]
    by = principal_of(session)
    assert (by.key_id, by.role, by.actor.kind) == (session.account.id, Role.APPROVER, "person")


async def test_a_code_counts_once_even_for_two_at_once(desk: Desk) -> None:
    """Whoever reads it over a shoulder is late; an earlier step's code is refused after a later one's."""
    await desk.make("kepala")
    one, _ = await desk.give_password("kepala")
    two, _ = await desk.give_password("kepala")
    early = desk.code("kepala")
    desk.clock.pass_s(30)
    code = desk.code("kepala")
    assert not isinstance(await desk.give_code(one, code), Refused)
    assert await desk.give_code(two, code) == Refused("wrong")
    assert await desk.give_code(two, early) == Refused("wrong")


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "١٢٣٤٥٦", "0000000", "000000"])
async def test_a_wrong_code_opens_nothing(desk: Desk, code: str) -> None:
    """Six digits, ours, of now: nothing else; other scripts' digits are no crash either."""
    await desk.make("kepala")
    half, _ = await desk.give_password("kepala")
    desk.clock.pass_s(0 if code != desk.code("kepala") else 30)
    desk.acts()
    assert await desk.give_code(half, code) == Refused("wrong")
    assert desk.acts() == [("session.refused", "refused")]


async def test_a_code_is_good_a_step_early_or_late_and_no_more(desk: Desk) -> None:
    """Clocks differ by half a minute, not by a minute."""
    await desk.make("kepala")
    for seconds, good in ((60, False), (30, True)):
        half, _ = await desk.give_password("kepala")
        code = desk.code("kepala")
        desk.clock.pass_s(seconds)
        assert isinstance(await desk.give_code(half, code), Refused) is not good


async def test_what_was_typed_as_a_login_stands_nowhere(desk: Desk) -> None:
    """People type passwords into the wrong field."""
    await desk.make("kepala")
    desk.acts()
    assert await signing_in.begin(desk.room, "rahasia saya", "x", source=SOURCE, request="r") == Refused(
        "wrong"
    )
    assert await desk.give_password("kepala", "salah-semua-ini") == Refused("wrong")
    stranger, known = desk.notebook.entries
    assert (stranger.object_id, stranger.code) == (None, "no_account")
    assert (known.object_id, known.code) == (desk.handed["kepala"].account.id, "password")
    assert "rahasia" not in repr(desk.notebook.entries)


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(desk: Desk) -> None:
    """Within the noise of a busy machine; without the hash it would be a hundredth."""
    await desk.make("kepala")

    async def fastest(login: str) -> float:
        took = []
        for number in range(3):
            begun = perf_counter()
            await signing_in.begin(desk.room, login, "x" * 12, source=f"10.{number}.0.0/24", request="r")
            took.append(perf_counter() - begun)
        return min(took)

    known, unknown = await fastest("kepala"), await fastest("bukan-siapa")
    assert 0.2 < unknown / known < 5.0


async def test_a_disabled_account_is_out_at_once(desk: Desk) -> None:
    """Its sessions end with it, each with its entry."""
    made = await desk.make("kepala")
    await desk.sign_in("kepala")
    desk.acts()
    await actions.disable(desk.room, made.account.id, by=ADMIN, request="r")
    await actions.disable(desk.room, made.account.id, by=ADMIN, request="r")
    assert await desk.give_password("kepala") == Refused("wrong")
    assert desk.acts() == [
        ("account.disabled", "disabled"),
        ("session.closed", "closed"),
        ("account.disabled", "repeated"),
        ("session.refused", "refused"),
    ]


async def test_a_session_ends_idle_and_ends_at_last(desk: Desk) -> None:
    """Fifteen minutes without a question, eight hours whatever is asked, five minutes for a half one."""
    await desk.make("kepala")
    half, _ = await desk.give_password("kepala")
    assert half.ends_at_us - desk.clock.us == 300_000_000
    session = await desk.sign_in("kepala")
    assert session.ends_at_us - desk.clock.us == 900_000_000
    late = replace(session, seen_at_us=session.begun_at_us + 8 * 3600 * 1_000_000 - 1)
    assert late.ends_at_us == session.opened_at_us + 8 * 3600 * 1_000_000


async def test_a_decision_wants_a_proof_of_the_last_five_minutes(desk: Desk) -> None:
    """To the microsecond; stepping up makes it so again, once for each code."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    desk.clock.pass_s(300)
    assert session.may_decide(desk.clock.us)
    desk.clock.us += 1
    assert not session.may_decide(desk.clock.us)
    desk.acts()
    code = desk.code("kepala")

    async def step_up():
        return await stepping_up.step_up(desk.room, session, Proof(code=code), source=SOURCE, request="r")

    stepped = await step_up()
    assert stepped.may_decide(desk.clock.us)
    assert await step_up() == Refused("wrong")
    assert desk.acts() == [("session.stepped_up", "stepped_up"), ("session.step_up_refused", "refused")]


async def test_guessing_gets_slow_and_others_stay_free(desk: Desk) -> None:
    """After three wrong ones a wait that doubles; from elsewhere the owner still comes in."""
    await desk.make("kepala")
    for _ in range(3):
        assert (await desk.give_password("kepala", "tebak-tebak-an")).code == "wrong"
    assert (await desk.give_password("kepala")) == Refused("wait", 1)
    assert not isinstance(await desk.give_password("kepala", source="198.51.100.0/24"), Refused)
    desk.clock.pass_s(1)
    assert not isinstance(await desk.give_password("kepala"), Refused)


async def test_guesses_made_at_once_wait_for_one_another(desk: Desk) -> None:
    """Each is counted when it begins: thirty together are no thirty tries."""
    await desk.make("kepala")
    tries = [desk.give_password("kepala", f"tebak-{number}") for number in range(30)]
    codes = [(await each).code for each in asyncio.as_completed(tries)]
    assert (codes.count("wrong"), codes.count("wait")) == (3, 27)


async def test_a_question_nobody_could_answer_is_no_failure(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database is away nobody uses up what is free."""
    await desk.make("kepala")

    async def away(_: object) -> None:
        raise CannotRead("away")

    with monkeypatch.context() as broken:
        broken.setattr(desk.room.database, "read", away)
        for _ in range(5):
            with pytest.raises(CannotRead):
                await desk.give_password("kepala")
    assert not isinstance(await desk.give_password("kepala"), Refused)


async def test_no_guessing_next_door_keeps_the_owners_browser_waiting(desk: Desk) -> None:
    """Its mark is good for that login only, and for nothing but being counted by itself."""
    made = await desk.make("kepala")
    await desk.make("wakil")
    known = browsers.mark(desk.room, made.account)
    for _ in range(4):
        await desk.give_password("kepala", "tebak-tebak-an")
        await desk.give_password("wakil", "tebak-tebak-an")

    async def give(login: str, word: str, mark: str) -> object:
        return await signing_in.begin(desk.room, login, word, source=SOURCE, request="r", known=mark)

    for mark in ("", "x", "A" * 300, "\u00e9", known[:-4] + "AAA="):
        assert (await give("kepala", made.password, mark)).code == "wait"
    assert (await give("wakil", desk.handed["wakil"].password, known)).code == "wait"
    assert (await give("kepala", "tebak-tebak-an", known)).code == "wrong"
    assert not isinstance(await give("kepala", made.password, known), Refused)


async def test_codes_given_at_once_to_step_up_wait_for_one_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing the refusal down takes a while; the failure is counted before."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")

    async def slowly(entry: object, *, source: str) -> None:
        await asyncio.sleep(0.02)

    monkeypatch.setattr(desk.room.refusals, "note", slowly)
    wrong = Proof(code=f"{(int(desk.code('kepala')) + 1) % 1_000_000:06}")
    tries = [stepping_up.step_up(desk.room, session, wrong, source=SOURCE, request="r") for _ in range(20)]
    codes = [each.code for each in await asyncio.gather(*tries)]
    assert (codes.count("wrong"), codes.count("wait")) == (3, 17)


async def test_guessing_codes_gets_slow_over_all_sessions(desk: Desk) -> None:
    """A new password round does not make the count anew."""
    await desk.make("kepala")
    wrong = f"{(int(desk.code('kepala')) + 1) % 1_000_000:06}"
    for _ in range(3):
        half, _ = await desk.give_password("kepala")
        await desk.give_code(half, wrong)
    half, _ = await desk.give_password("kepala")
    assert (await desk.give_code(half, desk.code("kepala"))).code == "wait"


async def test_a_one_time_password_ends_after_fourteen_days(desk: Desk) -> None:
    """What lies on a desk for weeks opens nothing."""
    await desk.make("kepala")
    desk.clock.pass_s(14 * DAY_S - 1)
    assert not isinstance(await desk.give_password("kepala"), Refused)
    desk.clock.pass_s(1)
    assert await desk.give_password("kepala") == Refused("one_time_ended")


async def test_signing_out_ends_the_session_once(desk: Desk) -> None:
    """A second time is harmless, and said to be one."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    desk.acts()
    await signing_in.close(desk.room, session, request="r")
    await signing_in.close(desk.room, session, request="r")
    assert desk.acts() == [("session.closed", "closed"), ("session.closed", "repeated")]


async def test_no_secret_stands_in_the_database(desk: Desk) -> None:
    """Neither cookie, password, code secret nor form token can be read there."""
    made = await desk.make("kepala")
    half, cookie = await desk.give_password("kepala")

    def everything(connection) -> str:
        tables = ("account", "session")
        return repr([connection.execute(text(f"SELECT * FROM {each}")).all() for each in tables])  # noqa: S608  names from here

    rows = await desk.room.database.read(everything)
    assert half.name in rows
    for secret in (cookie, csrf_of(cookie), made.password, made.totp_secret):
        assert secret not in rows
