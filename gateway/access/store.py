"""The table of access keys; times in microseconds since 1970, UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)

from gateway.db import metadata

from .keys import AccessKey
from .roles import Role

access_key = Table(
    "access_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("partner", Text),
    Column("created_at_us", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("revoked_at_us", BigInteger),
    Column("warned_days", Integer),
    Column("digest", LargeBinary, nullable=False, unique=True),
)


def insert_key(connection: Connection, key: AccessKey) -> None:
    """Add *key*."""
    row = {
        "id": key.id,
        "environment": key.environment,
        "role": str(key.role),
        "holder": key.holder,
        "partner": key.partner,
        "created_at_us": _microseconds(key.created_at),
        "created_by": key.created_by,
        "expires_at_us": _microseconds(key.expires_at),
        "digest": key.digest,
    }
    connection.execute(insert(access_key), [row])


def load_key(connection: Connection, key_id: str) -> AccessKey | None:
    """Return the key of that id."""
    row = connection.execute(select(access_key).where(access_key.c.id == key_id)).mappings().first()
    return None if row is None else _key(row)


def load_keys(connection: Connection) -> list[AccessKey]:
    """Return every key ever made, oldest first."""
    rows = connection.execute(select(access_key).order_by(access_key.c.created_at_us, access_key.c.id))
    return [_key(row) for row in rows.mappings()]


def revoke_key(connection: Connection, key_id: str, *, at: datetime) -> bool:
    """Revoke the key; say whether it was in use until now."""
    in_use = (access_key.c.id == key_id) & access_key.c.revoked_at_us.is_(None)
    done = connection.execute(update(access_key).where(in_use).values(revoked_at_us=_microseconds(at)))
    return done.rowcount == 1


def mark_warned(connection: Connection, key_id: str, *, days: int) -> bool:
    """Note the notice of *days* days; say whether nobody had given it before."""
    not_yet = or_(access_key.c.warned_days.is_(None), access_key.c.warned_days > days)
    row = (access_key.c.id == key_id) & not_yet
    return connection.execute(update(access_key).where(row).values(warned_days=days)).rowcount == 1


def _key(row: Mapping[Any, Any]) -> AccessKey:
    revoked = row["revoked_at_us"]
    return AccessKey(
        id=row["id"],
        environment=row["environment"],
        role=Role(row["role"]),
        holder=row["holder"],
        partner=row["partner"],
        created_at=_moment(row["created_at_us"]),
        created_by=row["created_by"],
        expires_at=_moment(row["expires_at_us"]),
        revoked_at=None if revoked is None else _moment(revoked),
        warned_days=row["warned_days"],
        digest=bytes(row["digest"]),
    )


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _moment(microseconds: int) -> datetime:
    whole, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest)
