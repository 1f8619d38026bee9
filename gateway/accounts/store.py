"""The tables of people who sign in, and the rows of accounts and passkeys."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    LargeBinary,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from gateway.access.roles import Role
from gateway.db import metadata

from .account import Account, Passkey

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("password_at_us", BigInteger, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("totp", LargeBinary),
    Column("totp_next", LargeBinary),
    Column("totp_step", BigInteger, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("disabled_at_us", BigInteger),
    Column("partner", Text),
)

passkey = Table(
    "passkey",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
)
Index(None, passkey.c.account)

session = Table(
    "session",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("account", Text, nullable=False),
    Column("begun_at_us", BigInteger, nullable=False),
    Column("opened_at_us", BigInteger),
    Column("seen_at_us", BigInteger, nullable=False),
    Column("stepped_up_at_us", BigInteger),
    Column("challenge", LargeBinary),
)
Index(None, session.c.account)

deputy = Table(
    "deputy",
    metadata,
    Column("id", Text, primary_key=True),
    Column("approver", Text, nullable=False),
    Column("deputy", Text, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("revoked_at_us", BigInteger),
)


def insert_account(connection: Connection, new: Account) -> bool:
    """Add *new*; say whether its login was free."""
    if load_login(connection, new.login) is not None:
        return False
    row = {column.name: getattr(new, column.name) for column in account.columns} | {"role": str(new.role)}
    connection.execute(insert(account), [row])
    return True


def load_account(connection: Connection, account_id: str) -> Account | None:
    """Return the account of that id, a disabled one too."""
    row = connection.execute(select(account).where(account.c.id == account_id)).mappings().first()
    return None if row is None else account_of(row)


def load_login(connection: Connection, login: str) -> Account | None:
    """Return the account of that login, a disabled one too."""
    row = connection.execute(select(account).where(account.c.login == login)).mappings().first()
    return None if row is None else account_of(row)


def load_accounts(connection: Connection) -> list[Account]:
    """Return every account ever made, oldest first."""
    rows = connection.execute(select(account).order_by(account.c.created_at_us, account.c.id))
    return [account_of(row) for row in rows.mappings()]


def disable_account(connection: Connection, account_id: str, *, at_us: int) -> bool:
    """Disable the account; say whether it was in use until now."""
    in_use = (account.c.id == account_id) & account.c.disabled_at_us.is_(None)
    return connection.execute(update(account).where(in_use).values(disabled_at_us=at_us)).rowcount == 1


def change_account(connection: Connection, account_id: str, **values: Any) -> None:
    """Set columns of the account."""
    connection.execute(update(account).where(account.c.id == account_id).values(**values))


def use_step(connection: Connection, account_id: str, step: int) -> bool:
    """Note that the code of that 30-s *step* was used; False if it or a later one was before."""
    unused = (account.c.id == account_id) & (account.c.totp_step < step)
    return connection.execute(update(account).where(unused).values(totp_step=step)).rowcount == 1


def insert_passkey(connection: Connection, new: Passkey) -> bool:
    """Add *new*; say whether nobody had a passkey of that id."""
    if connection.scalar(select(passkey.c.id).where(passkey.c.id == new.id)) is not None:
        return False
    connection.execute(
        insert(passkey), [{column.name: getattr(new, column.name) for column in passkey.columns}]
    )
    return True


def passkeys_of(connection: Connection, account_id: str) -> list[Passkey]:
    """Return the account's passkeys, oldest first."""
    its = select(passkey).where(passkey.c.account == account_id).order_by(passkey.c.created_at_us)
    return [Passkey(**row) for row in connection.execute(its).mappings()]


def count_signature(connection: Connection, passkey_id: str, *, before: int, after: int) -> bool:
    """Note the passkey's counter; False if another signature was counted meanwhile or the key is gone."""
    its = (passkey.c.id == passkey_id) & (passkey.c.sign_count == before)
    return connection.execute(update(passkey).where(its).values(sign_count=after)).rowcount == 1


def remove_passkeys(connection: Connection, account_id: str, *, name: str | None = None) -> list[str]:
    """Delete the account's passkeys, or the one of that *name*; return the names of those deleted."""
    found = [key.name for key in passkeys_of(connection, account_id) if name in (None, key.name)]
    connection.execute(delete(passkey).where(passkey.c.name.in_(found)))
    return found


def account_of(row: Mapping[Any, Any]) -> Account:
    """Return the account that *row* holds."""
    values = {column.name: row[column.name] for column in account.columns}
    values |= {"role": Role(row["role"]), "totp": _bytes(row["totp"]), "totp_next": _bytes(row["totp_next"])}
    return Account(**values)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)
