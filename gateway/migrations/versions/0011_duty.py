"""Duty officers: accounts that belong to one partner."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Let an account name its partner."""
    op.add_column("account", sa.Column("partner", sa.Text))
