"""One's own account and deputies in the console."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pyotp
import pytest

from contracts.clock import WIB
from gateway.access.roles import Role
from gateway.accounts import deputies, own
from gateway.accounts.own import Surroundings
from tests.gateway.accounts.authenticator import Authenticator
from tests.gateway.accounts.conftest import SOURCE, Desk, desk
from tests.gateway.console.sign_in_desk import Browser, browser, console

__all__ = ["desk"]

NEW = "sungai batanghari pasang"


@pytest.fixture
async def kepala(desk: Desk) -> AsyncIterator[Browser]:
    """Give the browser of an approver who has just signed in."""
    for login, role in (("kepala", Role.APPROVER), ("wakil", Role.APPROVER), ("operator", Role.OPERATOR)):
        made = await desk.make(login, role)
        session = await desk.sign_in(login)
        await own.change_password(
            desk.room, session, old=made.password, new=NEW, around=Surroundings("r", SOURCE)
        )
        object.__setattr__(made, "password", NEW)
    person = browser(desk, console(desk))
    async with person.client:
        await person.sign_in("kepala")
        await person.get("/akun")
        yield person


async def _question(person: Browser, path: str):
    headers = {"sec-fetch-site": "same-origin", "x-csrf": person.token}
    return await person.client.post(path, headers=headers)


async def test_a_passkey_is_added_and_used_for_a_decision(kepala: Browser) -> None:
    """As the browser does it: the question by fetch, the answer with the form."""
    telephone = Authenticator()
    question = await _question(kepala, "/akun/passkey")
    assert json.loads(question.text)["rp"] == {"name": "Gerbang CONTOH", "id": "localhost"}
    answer = telephone.make(question.text)
    added = await kepala.post("/akun/passkey/tambah", answer=answer, label="  HP   dinas ")
    assert added.headers["location"] == "/akun?said=passkey"
    shown = await kepala.get("/akun?said=passkey")
    assert "HP dinas" in shown.text
    kepala.desk.clock.pass_s(301)
    asked = await kepala.get("/konfirmasi?next=/wakil")
    assert 'data-passkey="get"' in asked.text
    signed = telephone.sign((await _question(kepala, "/konfirmasi/passkey")).text)
    back = await kepala.post("/konfirmasi", answer=signed, next="/wakil")
    assert back.headers["location"] == "/wakil"


async def test_a_passkey_is_asked_for_at_sign_in(kepala: Browser) -> None:
    """With the half session, from the page of the second proof."""
    telephone = Authenticator()
    answer = telephone.make((await _question(kepala, "/akun/passkey")).text)
    await kepala.post("/akun/passkey/tambah", answer=answer, label="HP")
    again = browser(kepala.desk, console(kepala.desk))
    async with again.client:
        await again.post("/masuk", login="kepala", password=NEW)
        assert 'data-question="/masuk/passkey"' in (await again.get("/masuk/kode")).text
        signed = telephone.sign((await _question(again, "/masuk/passkey")).text)
        await again.post("/masuk/kode", answer=signed)
        assert (await again.get("/seen")).status_code == 200


async def test_no_question_without_a_session_a_token_or_a_fresh_proof(kepala: Browser) -> None:
    """Nor for somebody who has no passkey."""
    assert (await _question(kepala, "/konfirmasi/passkey")).status_code == 404
    kepala.desk.clock.pass_s(301)
    assert (await _question(kepala, "/akun/passkey")).status_code == 404
    kepala.token = "0" * 32
    assert (await _question(kepala, "/akun/passkey")).status_code == 403
    kepala.client.cookies.clear()
    assert (await _question(kepala, "/masuk/passkey")).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/akun/kode", "/akun/kode/uji", "/akun/passkey/tambah", "/akun/passkey/hapus", "/wakil", "/wakil/cabut"],
)
async def test_what_gives_power_wants_a_fresh_proof(kepala: Browser, path: str) -> None:
    """Whoever finds the telephone unlocked adds no key of his own and names no deputy."""
    kepala.desk.clock.pass_s(301)
    answer = await kepala.post(path, deputy="x", name="x")
    assert answer.headers["location"].startswith("/konfirmasi?next=%2F")
    assert 'action="/akun/kode"' not in (await kepala.get("/akun")).text


async def test_codes_move_to_another_telephone(kepala: Browser) -> None:
    """The picture and the letters hold the same secret; the first code makes it count."""
    assert (await kepala.get("/akun/kode")).headers["location"] == "/akun"
    await kepala.post("/akun/kode")
    shown = await kepala.get("/akun/kode")
    secret = shown.text.partition("<code>")[2].partition("</code>")[0]
    assert shown.text.count("<svg") == 1
    wrong = await kepala.post("/akun/kode/uji", code="12345")
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).generate_otp(kepala.desk.clock.us // 30_000_000)
    assert (await kepala.post("/akun/kode/uji", code=code)).headers["location"] == "/akun?said=codes"
    assert (await kepala.get("/akun/kode")).headers["location"] == "/akun"


async def test_another_session_is_seen_and_ended(kepala: Browser) -> None:
    """Not the one that asks."""
    other = browser(kepala.desk, console(kepala.desk))
    async with other.client:
        await other.sign_in("kepala")
        page = (await kepala.get("/akun")).text
        name = page.partition("/akun/sesi/akhiri")[2].partition('name="name" value="')[2].partition('"')[0]
        assert (await kepala.post("/akun/sesi/akhiri", name=name)).headers["location"] == "/akun?said=ended"
        assert (await other.get("/seen")).status_code == 303
    assert name not in (await kepala.get("/akun")).text


async def test_a_deputy_is_named_for_days_in_wib_and_revoked(kepala: Browser) -> None:
    """From now to the end of the last day; both people's names are shown."""
    desk = kepala.desk
    wakil = desk.handed["wakil"].account.id
    today = datetime.fromtimestamp(desk.clock.us / 1_000_000, WIB).date()
    tomorrow = today + timedelta(days=1)
    named = await kepala.post("/wakil", deputy=wakil, since=today.isoformat(), until=tomorrow.isoformat())
    assert named.status_code == 303
    (kept,) = await desk.room.database.read(lambda c: deputies.deputyships(c, at_us=desk.clock.us))
    end = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=WIB) + timedelta(days=1)
    assert (kept.since_us, kept.until_us) == (desk.clock.us, int(end.timestamp()) * 1_000_000)
    shown = (await kepala.get("/wakil")).text
    assert "Contoh wakil mewakili Contoh kepala" in shown
    assert "Contoh operator" not in shown
    await kepala.post("/wakil/cabut", id=kept.id)
    assert await desk.room.database.read(lambda c: deputies.deputyships(c, at_us=desk.clock.us)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"since": "besok", "until": "2026-12-01"},
        {"since": "2026-12-01", "until": ""},
        {"since": "2026-12-02", "until": "2026-12-01"},
        {"since": "2026-12-02", "until": "9999-12-31"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "2026-12-01", "until": "2026-12-02", "deputy": "a-nobody"},
    ],
)
async def test_dates_that_make_no_sense_are_said_to(kepala: Browser, fields: dict[str, str]) -> None:
    """422 with words, and nothing is named."""
    wakil = {"deputy": kepala.desk.handed["wakil"].account.id}
    answer = await kepala.post("/wakil", **(wakil | fields))
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


async def test_deputies_are_the_approvers_business(kepala: Browser) -> None:
    """An operator has no such page."""
    other = browser(kepala.desk, console(kepala.desk))
    async with other.client:
        await other.sign_in("operator")
        assert (await other.get("/wakil")).status_code == 403
        assert "/wakil" not in (await other.get("/akun")).text
