"""The actions on contacts. People are woken by `store.plan`, inside other rooms' changes."""

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts import Entry
from gateway.access.guard import Principal
from gateway.passage import new_id
from gateway.problems import Problem

from . import contacts, entries
from .addresses import WrongAddress, normal
from .contacts import Contact
from .room import WakingRoom, now_us

_CONTACT = re.compile("c-[a-z]{16}")


@dataclass(frozen=True, slots=True)
class NewContact:
    """An address for an account; *language* is what it is spoken to in, id or en."""

    account: str
    address: str
    language: str = "id"


async def add_contact(room: WakingRoom, wanted: NewContact, *, by: Principal, request: str) -> Contact:
    """
    Add an address; one that is there already is returned as it is.

    Raises Problem `wrong-input` (body.address), `no-such-account`, `too-many-contacts`.
    """
    new = _contact(room, wanted)

    def change(connection: Connection) -> Contact | str:
        if not room.knows(connection, new.account):
            return "no-such-account"
        return contacts.insert_contact(connection, new) or "too-many-contacts"

    def written(kept: Contact | str) -> list[Entry]:
        refused = isinstance(kept, str)
        outcome = "refused" if refused else "added" if kept == new else "repeated"
        told = new if isinstance(kept, str) else kept
        return [entries.contact_changed("contact.added", outcome, told, by=by.actor, request=request)]

    kept = await room.database.write(change, entries=written)
    if isinstance(kept, str):
        raise Problem(kept)
    return kept


async def contacts_of(room: WakingRoom, account: str, *, by: Principal, request: str) -> list[Contact]:
    """Return the contacts of *account* that are in use. Raises Problem `no-such-account`."""

    def look(connection: Connection) -> list[Contact] | None:
        return contacts.contacts_of(connection, account) if room.knows(connection, account) else None

    found = await room.database.read(look)
    if found is None:
        raise Problem("no-such-account")
    await room.recorder.record(entries.listed(account, len(found), by=by.actor, request=request))
    return found


async def remove_contact(
    room: WakingRoom, account: str, contact_id: str, *, by: Principal, request: str
) -> None:
    """Put an address out of use; what is under way may still arrive. Raises Problem `no-such-contact`."""
    if not _CONTACT.fullmatch(contact_id):
        raise Problem("no-such-contact")  # without an entry: it would repeat whatever was typed

    def written(removed: bool) -> list[Entry]:
        outcome = "removed" if removed else "refused"
        return [entries.contact_changed("contact.removed", outcome, contact_id, by=by.actor, request=request)]

    if not await room.database.write(
        lambda connection: contacts.end_contact(connection, contact_id, account=account, at_us=now_us()),
        entries=written,
    ):
        raise Problem("no-such-contact")


def _contact(room: WakingRoom, wanted: NewContact) -> Contact:
    try:
        address = normal(wanted.address)
    except WrongAddress as wrong:
        raise Problem("wrong-input", errors=[("body.address", wrong.code, wrong.sentence)]) from None
    if room.ways.to(address) is None:
        sentence = "No partner of this gateway leads to such an address."
        raise Problem("wrong-input", errors=[("body.address", "no_way", sentence)])
    return Contact(f"c-{new_id()[:16]}", wanted.account, address, wanted.language, now_us())
