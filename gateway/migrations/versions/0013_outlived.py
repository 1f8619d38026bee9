"""What has outlived its use is found without reading whatever else waits for that partner."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Index, by partner, until when what is due is of use."""
    where = sa.text("due_at_us IS NOT NULL")
    op.create_index(
        "ix_notification_outlived",
        "notification",
        ["partner", "expires_at_us"],
        sqlite_where=where,
        postgresql_where=where,
    )
