"""HTTP in for accounts, admins only: make one (its secrets are shown once), list, disable, set a password."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import plain_words
from gateway.passage import request_id
from gateway.problems import Problem

from . import actions
from .account import ROLES, Account
from .actions import AccountOrder, Handed
from .room import AccountRoom

router = APIRouter(route_class=GuardedRoute, tags=["accounts"])

AccountId = Annotated[str, Path(pattern="^a-[a-z]{10}$", description="The account's id.")]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=80),
    plain_words(digits=6),
    Field(description="What colleagues read on the screen; never in the audit log."),
]


class NewAccount(BaseModel):
    """The account wanted."""

    model_config = ConfigDict(strict=True, extra="forbid")

    login: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9._-]{2,39}$", description="What the person types to sign in."),
        plain_words(digits=6),
    ]
    display_name: Name
    role: Annotated[Role, Field(strict=False, description="What the person may do; never partner.")]
    partner: Annotated[
        str | None,
        Field(pattern="^[a-z0-9-]{2,40}$", description="For the role duty: whose duty officer it is."),
    ] = None


class PasswordOrder(BaseModel):
    """Whether the secret of one-time codes is renewed too, and the passkeys removed."""

    model_config = ConfigDict(strict=True, extra="forbid")

    renew_totp: bool = False


class AccountState(BaseModel):
    """One account; `must_change` says that its password still is the one an admin handed over."""

    id: str
    login: str
    display_name: str
    role: Role
    partner: str | None
    must_change: bool
    created_at: datetime
    created_by: str
    disabled_at: datetime | None


class AccountAnswer(BaseModel):
    """One account."""

    environment: str
    account: AccountState


class HandedAccount(AccountAnswer):
    """
    One account with what is handed to its owner: shown in this answer and never again.

    `totp_uri` is what a telephone's application reads; null where the codes were not renewed.
    """

    password: str
    totp_secret: str | None
    totp_uri: str | None


class AccountList(BaseModel):
    """Every account ever made here."""

    environment: str
    accounts: list[AccountState]


@router.post("/v1/accounts", status_code=201, summary="Make an account; its secrets are shown once")
@allow(Role.ADMIN)
async def create_account(request: Request, wanted: NewAccount) -> HandedAccount:
    """Make an account with a one-time password, to be changed at the first sign-in within 14 days."""
    if wanted.role not in ROLES:
        raise Problem("wrong-input", errors=[("body.role", "not_a_person", "A partner has a key instead.")])
    if (wanted.role is Role.DUTY) != (wanted.partner is not None):
        raise Problem(
            "wrong-input",
            errors=[("body.partner", "partner", "The role duty names its partner, no other does.")],
        )
    order = AccountOrder(wanted.login, wanted.display_name, wanted.role, wanted.partner)
    room = _room(request)
    return _handed(
        room, await actions.create(room, order, by=principal(request), request=request_id(request))
    )


@router.get("/v1/accounts", summary="Every account, never its secrets")
@allow(Role.ADMIN)
async def list_accounts(request: Request) -> AccountList:
    """List the accounts ever made, oldest first."""
    room = _room(request)
    found = await actions.list_accounts(room, by=principal(request), request=request_id(request))
    return AccountList(environment=room.environment, accounts=[_state(each) for each in found])


@router.delete("/v1/accounts/{account_id}", summary="Disable an account")
@allow(Role.ADMIN)
async def disable_account(request: Request, account_id: AccountId) -> AccountAnswer:
    """End an account and its sessions at once; a second time changes nothing."""
    room = _room(request)
    found = await actions.disable(room, account_id, by=principal(request), request=request_id(request))
    return AccountAnswer(environment=room.environment, account=_state(found))


@router.post("/v1/accounts/{account_id}/password", summary="Set a one-time password; it is shown once")
@allow(Role.ADMIN)
async def set_password(request: Request, account_id: AccountId, wanted: PasswordOrder) -> HandedAccount:
    """Replace a forgotten password, on wish the one-time codes too; ends the account's sessions."""
    room = _room(request)
    handed = await actions.set_password(
        room,
        account_id,
        renew_totp=wanted.renew_totp,
        by=principal(request),
        request=request_id(request),
    )
    return _handed(room, handed)


def _room(request: Request) -> AccountRoom:
    room: AccountRoom = request.app.state.accounts
    return room


def _handed(room: AccountRoom, handed: Handed) -> HandedAccount:
    return HandedAccount(
        environment=room.environment,
        account=_state(handed.account),
        password=handed.password,
        totp_secret=handed.totp_secret,
        totp_uri=handed.totp_uri,
    )


def _state(account: Account) -> AccountState:
    disabled = account.disabled_at_us
    return AccountState(
        id=account.id,
        login=account.login,
        display_name=account.display_name,
        role=account.role,
        partner=account.partner,
        must_change=account.must_change,
        created_at=_moment(account.created_at_us),
        created_by=account.created_by,
        disabled_at=None if disabled is None else _moment(disabled),
    )


def _moment(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us // 1_000_000, UTC)
