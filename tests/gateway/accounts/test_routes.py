"""Accounts by API and on the command line: admins only, secrets shown once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from gateway.__main__ import parser
from gateway.access.roles import Role
from gateway.accounts import routes
from gateway.cli import accounts as verbs
from tests.gateway.gate import CANARY, Gate, key_for

from .conftest import Desk

WANTED = {"login": "kepala", "display_name": "Kepala UPTD (contoh)", "role": "approver"}


@pytest.fixture
async def admin(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Give an admin's client of a gateway with these routes."""
    key, text = key_for(Role.ADMIN, at=datetime.now(UTC))
    async with _gate(desk, key) as gate, gate.caller(text) as caller:
        yield caller


def _gate(desk: Desk, *keys: Any) -> Gate:
    gate = Gate(keys)
    gate.clock.at = datetime.now(UTC)
    gate.app.router.routes.extend(routes.router.routes)
    gate.app.state.accounts = desk.room
    return gate


async def test_an_accounts_secrets_are_shown_once(admin: httpx.AsyncClient, desk: Desk) -> None:
    """201 with password and codes; no list and no log shows them, nor the names."""
    made = await admin.post("/v1/accounts", json=WANTED)
    assert made.status_code == 201
    said = made.json()
    assert said["totp_uri"].startswith("otpauth://totp/")
    assert (said["account"]["must_change"], said["account"]["disabled_at"]) == (True, None)
    listed = await admin.get("/v1/accounts")
    assert listed.json()["accounts"] == [said["account"]]
    for secret in (said["password"], said["totp_secret"]):
        assert secret not in listed.text + repr(desk.notebook.entries)
    assert "Kepala UPTD" not in repr(desk.notebook.entries)
    assert [entry.act for entry in desk.notebook.entries] == ["account.created", "account.listed"]


async def test_a_duty_officer_belongs_to_a_partner(admin: httpx.AsyncClient, desk: Desk) -> None:
    """Of this house; answer, list and entry say which."""
    wanted = WANTED | {"login": "piket", "role": "duty", "partner": "polres-jambi"}
    made = (await admin.post("/v1/accounts", json=wanted)).json()["account"]
    assert (made["role"], made["partner"]) == ("duty", "polres-jambi")
    assert (await admin.get("/v1/accounts")).json()["accounts"] == [made]
    assert desk.notebook.entries[0].detail == {"role": "duty", "partner": "polres-jambi"}
    strange = await admin.post("/v1/accounts", json=wanted | {"login": "lain", "partner": "polres-lain"})
    assert (strange.status_code, strange.json()["type"]) == (404, "urn:gerbang:problem:no-such-partner")


async def test_a_login_is_given_once(admin: httpx.AsyncClient, desk: Desk) -> None:
    """409, written down as a conflict."""
    await admin.post("/v1/accounts", json=WANTED)
    again = await admin.post("/v1/accounts", json=WANTED)
    assert (again.status_code, again.json()["type"]) == (409, "urn:gerbang:problem:conflict")
    assert [entry.outcome for entry in desk.notebook.entries] == ["created", "conflict"]


async def test_a_forgotten_password_and_a_lost_telephone(admin: httpx.AsyncClient) -> None:
    """Codes are renewed on wish only."""
    made = (await admin.post("/v1/accounts", json=WANTED)).json()
    path = f"/v1/accounts/{made['account']['id']}/password"
    plain = (await admin.post(path, json={})).json()
    renewed = (await admin.post(path, json={"renew_totp": True})).json()
    assert plain["totp_secret"] is None
    assert len({made["password"], plain["password"], renewed["password"]}) == 3
    assert renewed["totp_secret"] not in (None, made["totp_secret"])


async def test_disabling_is_repeatable_and_final(admin: httpx.AsyncClient) -> None:
    """No password is set for a disabled account."""
    made = (await admin.post("/v1/accounts", json=WANTED)).json()
    path = f"/v1/accounts/{made['account']['id']}"
    first, second = await admin.delete(path), await admin.delete(path)
    assert first.json() == second.json()
    assert first.json()["account"]["disabled_at"] is not None
    assert (await admin.post(f"{path}/password", json={})).status_code == 404


async def test_unknown_accounts_are_404(admin: httpx.AsyncClient) -> None:
    """And what has not an id's form is 422, not repeated."""
    assert (await admin.delete("/v1/accounts/a-abcdefghij")).status_code == 404
    assert (await admin.post("/v1/accounts/a-abcdefghij/password", json={})).status_code == 404
    wrong = await admin.delete(f"/v1/accounts/{CANARY}")
    assert (wrong.status_code, CANARY in wrong.text) == (422, False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"login": "Kepala"}, "body.login"),
        ({"login": "ke"}, "body.login"),
        ({"login": "k" * 41}, "body.login"),
        ({"login": f"k{CANARY}"}, "body.login"),
        ({"display_name": "K"}, "body.display_name"),
        ({"display_name": f"Siti {CANARY}"}, "body.display_name"),
        ({"display_name": "Kepala\nUPTD"}, "body.display_name"),
        ({"role": "partner"}, "body.role"),
        ({"role": "root"}, "body.role"),
        ({"role": "duty"}, "body.partner"),
        ({"partner": "polres-jambi"}, "body.partner"),
        ({"role": "duty", "partner": "Polres!"}, "body.partner"),
        ({"password": "mine"}, "body.password"),
    ],
)
async def test_what_is_not_acceptable_is_named(admin: httpx.AsyncClient, change: dict, field: str) -> None:
    """Never repeated."""
    answer = await admin.post("/v1/accounts", json=WANTED | change)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])
    assert CANARY not in answer.text


async def test_accounts_are_for_admins(desk: Desk) -> None:
    """No other role sees or changes them."""
    for role in set(Role) - {Role.ADMIN}:
        key, text = key_for(role, at=datetime.now(UTC))
        async with _gate(desk, key) as gate, gate.caller(text) as other:
            answers = [
                await other.get("/v1/accounts"),
                await other.post("/v1/accounts", json=WANTED),
                await other.delete("/v1/accounts/a-abcdefghij"),
                await other.post("/v1/accounts/a-abcdefghij/password", json={}),
            ]
        assert [answer.status_code for answer in answers] == [403] * 4


def test_the_verbs_ask_the_running_gateway(monkeypatch, capsys) -> None:
    """Each verb is one question; what is handed over is printed, and nothing else of it kept."""
    asked: list[tuple[str, str, Any]] = []
    account = {"id": "a-abcdefghij", "login": "kepala", "role": "approver", "display_name": "Kepala"}
    account |= {"disabled_at": None, "partner": None}

    def answer(gateway: object, method: str, path: str, **more: Any) -> Any:
        asked.append((method, path, more.get("json")))
        handed = {"account": account, "password": "pw", "totp_secret": "JBSW", "totp_uri": "otpauth://x"}
        return {"accounts": [account]} if method == "GET" else handed

    monkeypatch.setenv("GERBANG_KEY_ADMIN", "grb_demo_x")
    monkeypatch.setattr(verbs, "ask", answer)
    for line in (
        "accounts create --login kepala --name Kepala --role approver",
        "accounts list",
        "accounts disable a-abcdefghij",
        "accounts password a-abcdefghij --renew-codes",
    ):
        chosen = parser().parse_args(line.split())
        chosen.run(chosen)
    assert asked == [
        ("POST", "/v1/accounts", {"login": "kepala", "display_name": "Kepala", "role": "approver"}),
        ("GET", "/v1/accounts", None),
        ("DELETE", "/v1/accounts/a-abcdefghij", None),
        ("POST", "/v1/accounts/a-abcdefghij/password", {"renew_totp": True}),
    ]
    printed = capsys.readouterr().out
    assert all(each in printed for each in ("pw", "JBSW", "otpauth://x", "a-abcdefghij disabled", "in use"))
