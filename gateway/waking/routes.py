"""HTTP in for contacts, admins only: by which addresses an account is woken."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id

from . import actions
from .addresses import LONGEST, masked
from .contacts import Contact
from .room import WakingRoom

router = APIRouter(route_class=GuardedRoute, tags=["accounts"])

AccountId = Annotated[str, Path(pattern="^a-[a-z]{10}$", description="The account's id.")]
ContactId = Annotated[str, Path(pattern="^c-[a-z]{16}$", description="The contact's id.")]


class NewContact(BaseModel):
    """The address wanted."""

    model_config = ConfigDict(strict=True, extra="forbid")

    address: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="mailto:name@host, tel:+62..., or push: and a browser's subscription as JSON.",
        ),
    ]
    language: Annotated[Literal["id", "en"], Field(description="What it is spoken to in.")] = "id"


class ContactState(BaseModel):
    """One contact; `address` is masked: enough for its owner to recognise it."""

    id: str
    account: str
    address: str
    language: str
    created_at: datetime


class ContactAnswer(BaseModel):
    """One contact."""

    environment: str
    contact: ContactState


class ContactList(BaseModel):
    """The contacts of one account that are in use, oldest first."""

    environment: str
    contacts: list[ContactState]


@router.post("/v1/accounts/{account}/contacts", status_code=201, summary="Add an address of an account")
@allow(Role.ADMIN)
async def add_contact(request: Request, account: AccountId, wanted: NewContact) -> ContactAnswer:
    """Have the account's holder woken there as well; an address that is there already stays as it is."""
    room = _room(request)
    new = actions.NewContact(account, wanted.address, wanted.language)
    kept = await actions.add_contact(room, new, by=principal(request), request=request_id(request))
    return ContactAnswer(environment=room.environment, contact=_state(kept))


@router.get("/v1/accounts/{account}/contacts", summary="The addresses of an account, masked")
@allow(Role.ADMIN)
async def list_contacts(request: Request, account: AccountId) -> ContactList:
    """List the contacts in use."""
    room = _room(request)
    found = await actions.contacts_of(room, account, by=principal(request), request=request_id(request))
    return ContactList(environment=room.environment, contacts=[_state(each) for each in found])


@router.delete(
    "/v1/accounts/{account}/contacts/{contact}", status_code=204, summary="Remove an address of an account"
)
@allow(Role.ADMIN)
async def remove_contact(request: Request, account: AccountId, contact: ContactId) -> Response:
    """Wake nobody there any more."""
    by, asked = principal(request), request_id(request)
    await actions.remove_contact(_room(request), account, contact, by=by, request=asked)
    return Response(status_code=204)


def _room(request: Request) -> WakingRoom:
    room: WakingRoom = request.app.state.waking
    return room


def _state(kept: Contact) -> ContactState:
    return ContactState(
        id=kept.id,
        account=kept.account,
        address=masked(kept.address),
        language=kept.language,
        created_at=datetime.fromtimestamp(kept.created_at_us / 1_000_000, UTC),
    )
