"""People who sign in: accounts, passkeys, sessions, deputies."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables of gateway/accounts/store.py."""
    _create_accounts()
    _create_passkeys()
    _create_sessions()
    _create_deputies()


def _create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("password_at_us", sa.BigInteger, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("totp", sa.LargeBinary),
        sa.Column("totp_next", sa.LargeBinary),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.Column("created_at_us", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("disabled_at_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )


def _create_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created_at_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passkey"),
        sa.UniqueConstraint("name", name="uq_passkey_name"),
    )
    op.create_index("ix_passkey_account", "passkey", ["account"])


def _create_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("begun_at_us", sa.BigInteger, nullable=False),
        sa.Column("opened_at_us", sa.BigInteger),
        sa.Column("seen_at_us", sa.BigInteger, nullable=False),
        sa.Column("stepped_up_at_us", sa.BigInteger),
        sa.Column("challenge", sa.LargeBinary),
        sa.PrimaryKeyConstraint("digest", name="pk_session"),
        sa.UniqueConstraint("name", name="uq_session_name"),
    )
    op.create_index("ix_session_account", "session", ["account"])


def _create_deputies() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("approver", sa.Text, nullable=False),
        sa.Column("deputy", sa.Text, nullable=False),
        sa.Column("since_us", sa.BigInteger, nullable=False),
        sa.Column("until_us", sa.BigInteger, nullable=False),
        sa.Column("revoked_at_us", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_deputy"),
    )
