"""The tables as the migration makes them, and what is unique."""

import pytest
from sqlalchemy import Connection, inspect

from gateway.access.roles import Role
from gateway.accounts import session_store, store
from gateway.problems import Problem

from .conftest import Desk

TABLES = (store.account, store.passkey, store.session, store.deputy)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_the_migration_makes_what_the_code_declares(desk: Desk, table) -> None:
    """Columns, nullability, unique constraints and indexes agree."""

    def made(connection: Connection):
        look = inspect(connection)
        columns = {each["name"]: each["nullable"] for each in look.get_columns(table.name)}
        unique = {each["name"] for each in look.get_unique_constraints(table.name)}
        indexes = {each["name"] for each in look.get_indexes(table.name)} - unique
        return columns, unique, indexes

    columns = {column.name: bool(column.nullable) for column in table.columns}
    unique = {f"uq_{table.name}_{column.name}" for column in table.columns if column.unique}
    indexes = {str(index.name) for index in table.indexes}
    assert await desk.room.database.read(made) == (columns, unique, indexes)


async def test_a_login_belongs_to_one_account_for_good(desk: Desk) -> None:
    """Also after it was disabled: entries of the two could not be told apart by people."""
    made = await desk.make("kepala", Role.ADMIN)
    with pytest.raises(Problem, match="conflict"):
        await desk.make("kepala")
    await desk.room.database.write(
        lambda c: store.disable_account(c, made.account.id, at_us=1), entries=[object()]
    )
    with pytest.raises(Problem, match="conflict"):
        await desk.make("kepala")
    (kept,) = await desk.room.database.read(store.load_accounts)
    assert (kept.id, kept.role, kept.must_change, kept.created_by) == (
        made.account.id,
        Role.ADMIN,
        True,
        "abcdefghij",
    )


async def test_what_ran_out_is_deleted_at_the_next_sign_in(desk: Desk) -> None:
    """The table does not grow with every sign-in for ever."""
    await desk.make("kepala")
    await desk.give_password("kepala")
    await desk.sign_in("kepala")
    desk.clock.pass_s(16 * 60)
    half, _ = await desk.give_password("kepala")
    account = half.account.id
    kept = await desk.room.database.read(lambda c: session_store.sessions_of(c, account, at_us=0))
    assert [each.name for each in kept] == [half.name]
