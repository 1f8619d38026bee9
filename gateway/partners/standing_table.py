"""How far each partner is, once somebody has said so; before, partners.toml says it."""

from sqlalchemy import BigInteger, Column, Table, Text

from gateway.db import metadata

partner_standing = Table(
    "partner_standing",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("standing", Text, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text),
)
