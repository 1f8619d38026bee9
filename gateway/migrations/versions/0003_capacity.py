"""The capacity room: what hospitals' systems last said, and what people declared."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "capacity_sighting",
        sa.Column("hospital", sa.Text, nullable=False),
        sa.Column("sighting", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hospital", name="pk_capacity_sighting"),
    )
    op.create_table(
        "declared_capacity",
        sa.Column("hospital", sa.Text, nullable=False),
        sa.Column("need", sa.Text, nullable=False),
        sa.Column("free", sa.Integer, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("declared_by", sa.Text, nullable=False),
        sa.Column("declared_at_us", sa.BigInteger, nullable=False),
        sa.Column("expires_at_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hospital", "need", name="pk_declared_capacity"),
    )
