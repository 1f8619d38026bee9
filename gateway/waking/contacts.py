"""The table of contacts: the addresses an account can be woken by; times in microseconds since 1970, UTC."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Row,
    Table,
    Text,
    insert,
    select,
    update,
)

from gateway.db import metadata

AT_MOST = 10  # contacts of one account: telephone, mail, and a browser or two are usual

contact = Table(
    "contact",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("gone_at_us", BigInteger),
)
Index(None, contact.c.account)


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to one account; *address* is `mailto:`, `tel:` or `push:`, *language* id or en."""

    id: str
    account: str
    address: str
    language: str
    created_at_us: int


def living() -> ColumnElement[bool]:
    """Say in SQL that a contact is in use."""
    return contact.c.gone_at_us.is_(None)


def insert_contact(connection: Connection, new: Contact) -> Contact | None:
    """Add *new*; return it, or the one with that address already there, or None when there are too many."""
    there = contacts_of(connection, new.account)
    earlier = next((each for each in there if each.address == new.address), None)
    if earlier or len(there) >= AT_MOST:
        return earlier
    connection.execute(insert(contact), [asdict(new)])
    return new


def contacts_of(connection: Connection, account: str) -> list[Contact]:
    """Return the contacts of *account* that are in use, oldest first."""
    its = select(contact).where((contact.c.account == account) & living())
    return [_contact(row) for row in connection.execute(its.order_by(contact.c.created_at_us, contact.c.id))]


def end_contact(connection: Connection, contact_id: str, *, account: str, at_us: int) -> bool:
    """Put the contact out of use; say whether it was in use until now."""
    its = (contact.c.id == contact_id) & (contact.c.account == account) & living()
    return connection.execute(update(contact).where(its).values(gone_at_us=at_us)).rowcount == 1


def _contact(row: Row[Any]) -> Contact:
    return Contact(row.id, row.account, row.address, row.language, row.created_at_us)
