"""Whether a session still holds, as a stream of news asks again and again; and logins nobody can have."""

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from gateway.access.roles import Role
from gateway.accounts import actions, signing_in
from gateway.accounts.sessions import holds, principal_of, session_of
from gateway.db import CannotRead

from .conftest import ADMIN, Desk


async def test_a_session_holds_until_it_is_ended_or_runs_out(desk: Desk) -> None:
    """Asking keeps nobody signed in: fifteen idle minutes stay fifteen."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    for _ in range(14):
        desk.clock.pass_s(60)
        assert await holds(desk.room, session)
    desk.clock.pass_s(60)
    assert not await holds(desk.room, session)
    other = await desk.sign_in("kepala")
    await signing_in.close(desk.room, other, request="r")
    assert not await holds(desk.room, other)


async def test_a_session_of_a_disabled_account_does_not_hold(desk: Desk) -> None:
    """Nor one that cannot be looked up."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")
    await actions.disable(desk.room, session.account.id, by=ADMIN, request="r")
    assert not await holds(desk.room, session)


async def test_what_cannot_be_looked_up_does_not_hold(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No door stays open because the list of those who may enter is away."""
    await desk.make("kepala")
    session = await desk.sign_in("kepala")

    async def away(_: object) -> None:
        raise CannotRead("away")

    with monkeypatch.context() as broken:
        broken.setattr(desk.room.database, "read", away)
        assert not await holds(desk.room, session)
    assert await holds(desk.room, session)


@pytest.mark.parametrize("login", ["ｋepala", "kepala\u200b", "a" * 5000, "kepala'--", "ß" * 40])
async def test_a_login_nobody_can_have_is_refused_as_any_other(desk: Desk, login: str) -> None:
    """On both databases, and it is nobody else's."""
    await desk.make("kepala")
    assert (await desk.give_password("kepala", source="203.0.113.0/24"))[0].account.login == "kepala"
    refused = await signing_in.begin(
        desk.room, login, desk.handed["kepala"].password, source="192.0.2.0/24", request="r"
    )
    assert (refused.code, desk.acts()[-1]) == ("wrong", ("session.refused", "refused"))


@pytest.mark.parametrize(
    ("role", "stays"), [(Role.APPROVER, False), (Role.OPERATOR, True), (Role.DUTY, True)]
)
@pytest.mark.parametrize("header", [(b"x-watching", b"1"), (b"accept", b"text/event-stream")])
async def test_a_page_that_reads_itself_again_keeps_a_desk_signed_in_and_no_telephone(
    desk: Desk, role: Role, stays: bool, header: tuple[bytes, bytes]
) -> None:
    """Two hours watched and never touched: the operator's screen stays, the head's telephone does not."""
    await desk.make("orang", role, partner="polres-jambi" if role is Role.DUTY else None)
    desk.clock.pass_s(30)
    half, _ = await desk.give_password("orang")
    session, token = await desk.give_code(half, desk.code("orang"))
    for _ in range(12):
        desk.clock.pass_s(600)
        await session_of(asked(desk, token, header))
    assert await holds(desk.room, session) is stays


async def test_a_duty_officer_speaks_for_the_partner(desk: Desk) -> None:
    """And for nobody else; whoever works here speaks for none."""
    await desk.make("piket", Role.DUTY, partner="polres-jambi")
    await desk.make("kepala")
    officer, head = [principal_of(await desk.sign_in(login)) for login in ("piket", "kepala")]
    assert (officer.role, officer.partner, officer.kind) == (Role.DUTY, "polres-jambi", "person")
    assert head.partner is None


async def test_a_page_that_is_touched_keeps_its_reader_signed_in(desk: Desk) -> None:
    """Every ten minutes a question by hand."""
    await desk.make("kepala")
    desk.clock.pass_s(30)
    half, _ = await desk.give_password("kepala")
    session, token = await desk.give_code(half, desk.code("kepala"))
    for _ in range(12):
        desk.clock.pass_s(600)
        await session_of(asked(desk, token, (b"accept", b"text/html")))
    assert await holds(desk.room, session)


def asked(desk: Desk, token: str, *headers: tuple[bytes, bytes]) -> Request:
    """Return a question with the session's cookie."""
    app = SimpleNamespace(state=SimpleNamespace(accounts=desk.room))
    named = (b"cookie", f"__Host-gerbang={token}".encode())
    scope = {"type": "http", "scheme": "https", "server": ("gerbang.example", 443), "path": "/"}
    return Request(scope | {"app": app, "headers": [named, *headers], "query_string": b""})
