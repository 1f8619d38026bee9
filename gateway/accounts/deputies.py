"""Who decides first and who stands in: asked inside others' transactions too."""

from sqlalchemy import Connection, insert, select, update

from gateway.access.roles import Role

from .account import Deputyship
from .store import account, deputy


def insert_deputyship(connection: Connection, new: Deputyship) -> bool:
    """Add *new*; False unless both are approvers whose accounts are in use, and not the same."""
    approvers = _approvers(connection)
    if new.approver == new.deputy or not {new.approver, new.deputy} <= set(approvers):
        return False
    connection.execute(
        insert(deputy), [{column.name: getattr(new, column.name) for column in deputy.columns}]
    )
    return True


def revoke_deputyship(connection: Connection, deputyship: str, *, approver: str, at_us: int) -> bool:
    """Revoke one that *approver* gave; say whether it stood until now."""
    its = (deputy.c.id == deputyship) & (deputy.c.approver == approver) & deputy.c.revoked_at_us.is_(None)
    return connection.execute(update(deputy).where(its).values(revoked_at_us=at_us)).rowcount == 1


def deputyships(connection: Connection, *, at_us: int) -> list[Deputyship]:
    """Return those that stand or will stand, by their beginning."""
    standing = deputy.c.revoked_at_us.is_(None) & (deputy.c.until_us > at_us)
    rows = connection.execute(select(deputy).where(standing).order_by(deputy.c.since_us, deputy.c.id))
    return [Deputyship(**row) for row in rows.mappings()]


def deputies(connection: Connection, at_us: int) -> list[str]:
    """Return the account ids of approvers who stand in for somebody at that time."""
    standing = {each.deputy for each in deputyships(connection, at_us=at_us) if each.holds(at_us)}
    return [each for each in _approvers(connection) if each in standing]


def heads(connection: Connection, at_us: int) -> list[str]:
    """Return the account ids of approvers who are nobody's deputy at that time, all of them if none is."""
    approvers = _approvers(connection)
    standing_in = set(deputies(connection, at_us))
    return [each for each in approvers if each not in standing_in] or approvers


def _approvers(connection: Connection) -> list[str]:
    in_use = (account.c.role == str(Role.APPROVER)) & account.c.disabled_at_us.is_(None)
    return list(
        connection.scalars(select(account.c.id).where(in_use).order_by(account.c.created_at_us, account.c.id))
    )
