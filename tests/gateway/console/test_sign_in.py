"""Signing in at the console: the cookie, the ways in and out, and what is not taken from elsewhere."""

import re
from collections.abc import AsyncIterator

import pytest

from gateway.access.roles import Role
from gateway.accounts import own
from gateway.accounts.own import Surroundings
from gateway.console.forms import safe_next
from gateway.console.render import POLICY
from tests.gateway.accounts.conftest import SOURCE, Desk, desk
from tests.gateway.console.sign_in_desk import Browser, browser, console

__all__ = ["desk"]

NEW = "sungai batanghari pasang"


@pytest.fixture
async def kepala(desk: Desk) -> AsyncIterator[Browser]:
    """Give the browser of somebody with a password of one's own, not signed in."""
    made = await desk.make("kepala")
    session = await desk.sign_in("kepala")
    await own.change_password(
        desk.room, session, old=made.password, new=NEW, around=Surroundings("r", SOURCE)
    )
    object.__setattr__(made, "password", NEW)
    desk.acts()
    person = browser(desk, console(desk))
    async with person.client:
        yield person


async def test_a_stranger_is_led_to_the_sign_in_and_back(kepala: Browser) -> None:
    """The page asked for is shown after both proofs; nothing of it before."""
    first = await kepala.get("/seen?of=1")
    assert (first.status_code, first.headers["location"]) == (303, "/masuk?next=%2Fseen%3Fof%3D1")
    asked = await kepala.get(first.headers["location"])
    assert 'value="/seen?of=1"' in asked.text
    half = await kepala.post("/masuk", login="kepala", password=NEW, next="/seen?of=1")
    assert half.headers["location"] == "/masuk/kode?next=%2Fseen%3Fof%3D1"
    assert (await kepala.get("/seen?of=1")).headers["location"].startswith("/masuk/kode?")
    kepala.desk.clock.pass_s(30)
    await kepala.get(half.headers["location"])
    whole = await kepala.post("/masuk/kode", code=kepala.desk.code("kepala"), next="/seen?of=1")
    assert (whole.status_code, whole.headers["location"]) == (303, "/seen?of=1")
    assert (await kepala.get("/seen?of=1")).status_code == 200
    assert (await kepala.get("/masuk?next=/seen")).headers["location"] == "/seen"


async def test_the_cookie_is_for_this_house_only(kepala: Browser, desk: Desk) -> None:
    """HttpOnly, SameSite=Strict; __Host- and Secure everywhere but in a demo over loopback."""
    answer = await kepala.sign_in("kepala")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("gerbang=")
    assert "HttpOnly; Path=/; SameSite=strict" in cookie
    assert len(kepala.client.cookies["gerbang"]) == 22
    for address in ("https://gerbang.example", "http://gerbang.example", "https://localhost:8112"):
        other = browser(desk, console(desk), base_url=address)
        async with other.client:
            desk.clock.pass_s(30)
            given = (await other.post("/masuk", login="kepala", password=NEW)).headers["set-cookie"]
        assert given.startswith("__Host-gerbang=")
        assert "Secure" in given
        assert "Domain" not in given


async def test_every_page_has_the_policy_and_nothing_inline(kepala: Browser) -> None:
    """No script, no style, no handler in the page itself; never kept by anybody."""
    pages = [await kepala.get("/masuk"), await kepala.post("/masuk", login="x", password="x")]
    await kepala.sign_in("kepala")
    pages += [await kepala.get(path) for path in ("/akun", "/akun/sandi", "/konfirmasi", "/wakil", "/seen")]
    await kepala.post("/akun/kode")
    pages += [await kepala.get("/akun/kode"), await kepala.get("/things/1")]
    assert [page.status_code for page in pages] == [200, 401, 200, 200, 200, 200, 200, 200, 403]
    for page in pages:
        assert page.headers["content-security-policy"] == POLICY
        assert page.headers["cache-control"] == "no-store"
        for inline in ("<style", "style=", "<script>", " onclick", " onload", "javascript:"):
            assert inline not in page.text, page.url
    for page in pages[2:]:
        forms = re.findall(r'<form method="post".*?</form>', page.text, re.DOTALL)
        assert len(forms) >= 2
        assert [form for form in forms if f'name="csrf" value="{kepala.token}"' not in form] == []


async def test_an_address_that_makes_no_sense_is_a_page_too(desk: Desk) -> None:
    """Not FastAPI's own answer."""
    await desk.make("admin", Role.ADMIN)
    person = browser(desk, console(desk))
    async with person.client:
        await person.sign_in("admin")
        await person.get("/akun/sandi")
        old = desk.handed["admin"].password
        await person.post("/akun/sandi", old=old, new=NEW, again=NEW)
        assert (await person.get("/things/7")).text == "7"
        wrong = await person.get("/things/seven")
    assert (wrong.status_code, "BELUM dilakukan" in wrong.text) == (422, True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://localhost:8112"},
        {"sec-fetch-site": "none"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"origin": "https://evil.example"},
    ],
)
async def test_a_form_from_elsewhere_is_not_taken(kepala: Browser, headers: dict[str, str]) -> None:
    """Neither with the right token nor for signing in."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    for path in ("/decide", "/masuk", "/keluar"):
        answer = await kepala.post(path, headers=headers, note="x", login="kepala", password=NEW)
        assert answer.status_code == 403
    assert (await kepala.get("/seen")).status_code == 200


@pytest.mark.parametrize("login", ["kepala\0", "\0"])
async def test_a_sign_no_database_takes_is_no_fault_of_ours(kepala: Browser, login: str) -> None:
    """Neither in a form nor in an address: PostgreSQL has no text with a NUL."""
    assert (await kepala.post("/masuk", login=login, password=NEW)).status_code == 400
    await kepala.sign_in("kepala")
    assert (await kepala.get("/things/%00")).status_code == 404


async def test_an_older_browser_proves_itself_by_its_origin(kepala: Browser) -> None:
    """Origin alone is enough where it is ours."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    answer = await kepala.post("/decide", headers={"origin": "http://localhost:8112"}, note="ya")
    assert (answer.status_code, answer.text) == (200, "ya")


async def test_a_form_without_the_sessions_token_is_not_taken(kepala: Browser, desk: Desk) -> None:
    """Nor with another session's."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    other = browser(desk, console(desk))
    async with other.client:
        await other.sign_in("kepala")
        await other.get("/seen")
    assert other.token != kepala.token
    for token in ("", other.token, kepala.token[:-1], "é"):
        assert (await kepala.post("/decide", csrf=token)).status_code == 403
    assert (await kepala.post("/decide", note="ya")).text == "ya"


async def test_a_decision_wants_a_fresh_proof(kepala: Browser) -> None:
    """Five minutes after signing in: to the proof and back."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    kepala.desk.clock.pass_s(301)
    away = await kepala.post("/decide", note="ya")
    assert away.headers["location"] == "/konfirmasi?next=%2Fseen"
    asked = await kepala.get(away.headers["location"])
    assert 'name="code"' in asked.text
    wrong = await kepala.post("/konfirmasi", code="12345", next="/seen")
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (401, True)
    back = await kepala.post("/konfirmasi", code=kepala.desk.code("kepala"), next="/seen")
    assert back.headers["location"] == "/seen"
    assert (await kepala.post("/decide", note="ya")).text == "ya"


async def test_who_is_signed_out_is_told_that_nothing_was_done(kepala: Browser) -> None:
    """A POST is never answered by a silent redirect."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    kepala.desk.clock.pass_s(901)
    answer = await kepala.post("/decide", note="ya")
    assert (answer.status_code, "BELUM dilakukan" in answer.text) == (401, True)
    assert (await kepala.get("/seen")).status_code == 303


async def test_a_person_who_goes_on_stays_signed_in_to_the_eighth_hour(kepala: Browser) -> None:
    """A question every ten minutes; the night shift signs in once more at its end."""
    await kepala.sign_in("kepala")
    for _ in range(47):
        kepala.desk.clock.pass_s(600)
        assert (await kepala.get("/seen")).status_code == 200
    kepala.desk.clock.pass_s(600)
    assert (await kepala.get("/seen")).status_code == 303


async def test_signing_out_ends_the_session_for_whoever_has_the_cookie(kepala: Browser) -> None:
    """The cookie is taken back, and would open nothing."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    stolen = kepala.client.cookies["gerbang"]
    answer = await kepala.post("/keluar")
    assert (answer.headers["location"], 'gerbang=""' in answer.headers["set-cookie"]) == ("/masuk", True)
    assert answer.headers["clear-site-data"] == '"cache"'
    kepala.client.cookies.set("gerbang", stolen)
    assert (await kepala.get("/seen")).status_code == 303
    assert [entry.outcome for entry in kepala.desk.notebook.of("session.closed")] == ["closed"]


async def test_signing_in_again_ends_the_session_before(kepala: Browser) -> None:
    """Its cookie is overwritten: whoever copied it would have it for eight hours."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    stolen = kepala.client.cookies["gerbang"]
    await kepala.post("/masuk", login="kepala", password="bukan-ini-juga")
    assert (await kepala.get("/seen")).status_code == 200
    await kepala.sign_in("kepala")
    assert (await kepala.get("/seen")).status_code == 200
    kepala.client.cookies.set("gerbang", stolen, domain="localhost.local")
    assert (await kepala.get("/seen")).status_code == 303
    assert [entry.outcome for entry in kepala.desk.notebook.of("session.closed")] == ["closed"]


async def test_the_browser_is_marked_when_both_proofs_were_given(kepala: Browser, desk: Desk) -> None:
    """Strangers' guesses keep it waiting neither at the password nor at the code; no login stands in it."""
    half = await kepala.post("/masuk", login="kepala", password=NEW)
    assert "known" not in half.headers["set-cookie"]
    (mark,) = (
        each
        for each in (await kepala.sign_in("kepala")).headers.get_list("set-cookie")
        if each.startswith("gerbang-known-")
    )
    assert "HttpOnly; Max-Age=15552000; Path=/; SameSite=strict" in mark
    assert "kepala" not in mark
    await kepala.get("/seen")
    await kepala.post("/keluar")
    stranger = browser(desk, console(desk))
    async with stranger.client:
        for _ in range(4):
            told = await stranger.post("/masuk", login="kepala", password="bukan-ini-juga")
    assert told.status_code == 429
    assert (await kepala.sign_in("kepala")).headers["location"] == "/seen"


async def test_an_access_key_is_no_session_and_another_role_is_refused(kepala: Browser) -> None:
    """A page names who may; the refusal is written down with the account."""
    assert (await kepala.get("/seen", authorization="Bearer grb_demo_x")).status_code == 303
    await kepala.sign_in("kepala")
    assert (await kepala.get("/things/1")).status_code == 403
    (entry,) = kepala.desk.notebook.of("access.refused")
    assert (entry.actor.kind, entry.code) == ("person", "role-not-allowed")
    assert entry.detail["route"] == "/things/{number}"


async def test_a_link_in_a_mail_takes_one_step_of_our_own(kepala: Browser) -> None:
    """SameSite=Strict keeps the cookie back at first; the second step shows it, and does not go round."""
    away = await kepala.get("/seen", **{"sec-fetch-site": "cross-site"})
    assert (away.status_code, 'content="0; url=/masuk?next=%2Fseen"' in away.text) == (200, True)
    await kepala.sign_in("kepala")
    assert (await kepala.get("/masuk?next=%2Fseen")).headers["location"] == "/seen"


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "/a\nb"]
)
async def test_nobody_is_led_out_of_the_house(kepala: Browser, address: str) -> None:
    """`next` leads to our own pages only."""
    assert safe_next(address, otherwise="/") == "/"
    assert (await kepala.sign_in("kepala", next=address)).headers["location"] == "/"
    assert (await kepala.get("/masuk?next=" + address.replace("\n", "%0A"))).headers["location"] == "/"


async def test_too_many_wrong_ones_are_told_how_long_to_wait(kepala: Browser) -> None:
    """429 with the seconds in words; neither login nor password is repeated."""
    for _ in range(3):
        wrong = await kepala.post("/masuk", login="kepala", password="bukan-ini-juga")
        assert wrong.status_code == 401
    wait = await kepala.post("/masuk", login="kepala", password=NEW)
    assert (wait.status_code, "1 detik" in wait.text) == (429, True)
    assert not {"bukan-ini-juga", NEW} & set(wait.text.replace('"', " ").split())


async def test_what_cannot_be_written_says_send_help_first(kepala: Browser) -> None:
    """As a page, in both languages."""
    await kepala.sign_in("kepala")
    await kepala.get("/seen")
    answer = await kepala.post("/full")
    assert (answer.status_code, "kirim bantuan sekarang" in answer.text) == (503, True)
    kepala.client.cookies.set("bahasa", "en")
    assert "send help now" in (await kepala.post("/full")).text


async def test_whoever_came_with_a_one_time_password_makes_another_first(desk: Desk) -> None:
    """Nothing else is shown before, and afterwards nothing of it is left."""
    await desk.make("operator", Role.OPERATOR)
    person = browser(desk, console(desk))
    async with person.client:
        assert (await person.sign_in("operator")).headers["location"] == "/akun/sandi"
        assert (await person.get("/seen")).headers["location"] == "/akun/sandi"
        await person.get("/akun/sandi")
        old = desk.handed["operator"].password
        short = await person.post("/akun/sandi", old=old, new="pendek", again="pendek")
        differs = await person.post("/akun/sandi", old=old, new=NEW, again=NEW + "x")
        assert (short.status_code, differs.status_code) == (422, 422)
        done = await person.post("/akun/sandi", old=old, new=NEW, again=NEW)
        assert done.headers["location"] == "/akun?said=password"
        assert (await person.get("/seen")).status_code == 200
