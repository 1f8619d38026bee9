"""Access keys: who may ask, by the SHA-256 of what they show."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create `access_key`."""
    op.create_table(
        "access_key",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("partner", sa.Text),
        sa.Column("created_at_us", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("expires_at_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_at_us", sa.BigInteger),
        sa.Column("warned_days", sa.Integer),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_key"),
        sa.UniqueConstraint("digest", name="uq_access_key_digest"),
    )
