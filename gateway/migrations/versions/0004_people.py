"""People moved to the key database: the look-up of pseudonyms leaves this one."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Drop `subject`; no house had gone live with it, and a pseudonym nobody can look up says nothing."""
    op.drop_table("subject")
