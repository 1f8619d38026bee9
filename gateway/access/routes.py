"""HTTP in for access keys, admins only: make one (its text is shown once), list, revoke."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.bodies import plain_words
from gateway.passage import request_id
from gateway.problems import Problem

from . import actions
from .guard import GuardedRoute, allow, principal
from .keys import LONGEST_DAYS, AccessKey, KeyOrder
from .roles import Role

router = APIRouter(route_class=GuardedRoute, tags=["keys"])


KeyId = Annotated[str, Path(pattern="^[a-z]{10}$", description="The key's id, ten letters.")]
Repeat = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,128}$",
        description="The same value makes no second key; the text is not shown again.",
    ),
]
Holder = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=80),
    plain_words(digits=6),
    Field(description="Which desk or system keeps it; for people, never in the audit log."),
]


class NewKey(BaseModel):
    """The key wanted."""

    model_config = ConfigDict(strict=True, extra="forbid")

    role: Annotated[Role, Field(strict=False, description="What its bearer may do.")]
    holder: Holder
    partner: Annotated[
        str | None,
        Field(pattern="^[a-z0-9-]{1,64}$", description="For the role partner: whom it speaks for."),
    ] = None
    days: Annotated[int | None, Field(ge=1, le=LONGEST_DAYS, description="How long it lives.")] = None


class KeyState(BaseModel):
    """One key; `state` is active, expiring (within 30 days), expired or revoked."""

    id: str
    role: Role
    holder: str
    partner: str | None
    state: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None


class KeyAnswer(BaseModel):
    """One key; `key` is its text, shown in the answer that made it and never again."""

    environment: str
    access_key: KeyState
    key: str | None = None


class KeyList(BaseModel):
    """Every key ever made here."""

    environment: str
    keys: list[KeyState]


REPEATED = {"model": KeyAnswer, "description": "This Idempotency-Key made it before; no text is shown."}


@router.post(
    "/v1/keys",
    status_code=201,
    summary="Make an access key; its text is shown once",
    responses={200: REPEATED},
)
@allow(Role.ADMIN)
async def create_key(
    request: Request, response: Response, wanted: NewKey, repeat: Repeat = None
) -> KeyAnswer:
    """Make a key of one role; a repeated Idempotency-Key answers 200 without the text."""
    room = _room(request)
    ordered = await actions.create(
        room,
        _order(wanted, default_days=room.default_days),
        by=principal(request),
        request=request_id(request),
        at=datetime.now(UTC),
        repeat=repeat,
    )
    response.status_code = 200 if ordered.text is None else 201
    return KeyAnswer(environment=room.ring.environment, access_key=_state(ordered.key), key=ordered.text)


@router.get("/v1/keys", summary="Every access key, never its text")
@allow(Role.ADMIN)
async def list_keys(request: Request) -> KeyList:
    """List the keys ever made, oldest first."""
    room = _room(request)
    keys = await actions.list_keys(room, by=principal(request), request=request_id(request))
    return KeyList(environment=room.ring.environment, keys=[_state(key) for key in keys])


@router.delete("/v1/keys/{key_id}", summary="Revoke an access key")
@allow(Role.ADMIN)
async def revoke_key(request: Request, key_id: KeyId) -> KeyAnswer:
    """End a key at once, everywhere within seconds; a second time changes nothing."""
    room = _room(request)
    key = await actions.revoke(
        room, key_id, by=principal(request), request=request_id(request), at=datetime.now(UTC)
    )
    return KeyAnswer(environment=room.ring.environment, access_key=_state(key))


def _room(request: Request) -> actions.KeyRoom:
    room: actions.KeyRoom = request.app.state.keys
    return room


def _order(wanted: NewKey, *, default_days: int) -> KeyOrder:
    if (wanted.role is Role.PARTNER) != (wanted.partner is not None):
        sentence = "Is required for the role partner and belongs to no other."
        raise Problem("wrong-input", errors=[("body.partner", "partner_role", sentence)])
    if wanted.role is Role.DUTY:
        sentence = "A duty officer is a person: make an account."
        raise Problem("wrong-input", errors=[("body.role", "not_a_machine", sentence)])
    return KeyOrder(wanted.role, wanted.holder, wanted.partner, wanted.days or default_days)


def _state(key: AccessKey) -> KeyState:
    return KeyState(
        id=key.id,
        role=key.role,
        holder=key.holder,
        partner=key.partner,
        state=key.state(datetime.now(UTC)),
        created_at=key.created_at,
        created_by=key.created_by,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )
