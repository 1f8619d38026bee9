"""The capacity room's tables: what each hospital's system last said, what people last declared."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    insert,
    select,
)

from contracts import Need
from gateway.db import metadata

from .picture import Declared, Sighting

capacity_sighting = Table(
    "capacity_sighting",
    metadata,
    Column("hospital", Text, primary_key=True),
    Column("sighting", LargeBinary, nullable=False),
)

declared_capacity = Table(
    "declared_capacity",
    metadata,
    Column("hospital", Text, primary_key=True),
    Column("need", Text, primary_key=True),
    Column("free", Integer, nullable=False),
    Column("told_by", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("declared_by", Text, nullable=False),
    Column("declared_at_us", BigInteger, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
)

log = structlog.get_logger()

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Sighting).decode


def keep_sightings(connection: Connection, sightings: Mapping[str, Sighting]) -> None:
    """Put each sighting in the place of the hospital's one before."""
    if not sightings:
        return
    connection.execute(delete(capacity_sighting).where(capacity_sighting.c.hospital.in_(sightings)))
    rows = [{"hospital": hospital, "sighting": _encode(seen)} for hospital, seen in sightings.items()]
    connection.execute(insert(capacity_sighting), rows)


def load_sightings(connection: Connection) -> dict[str, Sighting]:
    """Return what an earlier process saw of each hospital, as far as this release can read it."""
    rows = connection.execute(select(capacity_sighting))
    read = {row.hospital: _read(row.hospital, row.sighting) for row in rows}
    return {hospital: sighting for hospital, sighting in read.items() if sighting is not None}


def _read(hospital: str, text: bytes) -> Sighting | None:
    try:
        return _decode(text)
    except msgspec.MsgspecError:
        log.warning("capacity.sighting_unreadable", hospital=hospital)
        return None


def keep_declared(connection: Connection, statement: Declared) -> None:
    """Put the statement in the place of the one before for its hospital and need."""
    same = (declared_capacity.c.hospital == statement.hospital) & (declared_capacity.c.need == statement.need)
    connection.execute(delete(declared_capacity).where(same))
    row = {
        "hospital": statement.hospital,
        "need": str(statement.need),
        "free": statement.free,
        "told_by": statement.told_by,
        "proof": statement.proof,
        "declared_by": statement.declared_by,
        "declared_at_us": _microseconds(statement.declared_at),
        "expires_at_us": _microseconds(statement.expires_at),
    }
    connection.execute(insert(declared_capacity), [row])


def load_declared(connection: Connection, *, at: datetime) -> list[Declared]:
    """Return the statements that still hold *at* that time."""
    holds = declared_capacity.c.expires_at_us > _microseconds(at)
    return [_declared(row) for row in connection.execute(select(declared_capacity).where(holds))]


def _declared(row: Row[Any]) -> Declared:
    return Declared(
        hospital=row.hospital,
        need=Need(row.need),
        free=row.free,
        told_by=row.told_by,
        proof=row.proof,
        declared_by=row.declared_by,
        declared_at=_moment(row.declared_at_us),
        expires_at=_moment(row.expires_at_us),
    )


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _moment(microseconds: int) -> datetime:
    whole, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=rest)
