"""Keys in the database, on both dialects."""

from datetime import timedelta

from sqlalchemy import Connection, inspect

from gateway.access import store
from gateway.access.roles import Role
from tests.gateway.gate import NOW, key_for

SEEN = [object()]


async def _keep(kept, *keys):
    def change(connection: Connection) -> None:
        for key in keys:
            store.insert_key(connection, key)

    await kept.database.write(change, entries=SEEN)


async def test_a_key_comes_back_as_it_went(kept):
    """Every column, to the microsecond."""
    partner, _ = key_for(Role.PARTNER, at=NOW + timedelta(microseconds=17))
    admin, _ = key_for(Role.ADMIN)
    await _keep(kept, partner, admin)
    assert await kept.database.read(store.load_keys) == [admin, partner]
    assert await kept.database.read(lambda connection: store.load_key(connection, partner.id)) == partner
    assert await kept.database.read(lambda connection: store.load_key(connection, "nobody")) is None


async def test_a_key_is_revoked_once(kept):
    """The first time counts; the second changes nothing, not even the date."""
    key, _ = key_for(Role.ADMIN)
    await _keep(kept, key)
    later = NOW + timedelta(hours=1)
    first = await kept.database.write(lambda c: store.revoke_key(c, key.id, at=NOW), entries=SEEN)
    second = await kept.database.write(lambda c: store.revoke_key(c, key.id, at=later), entries=SEEN)
    (row,) = await kept.database.read(store.load_keys)
    assert (first, second, row.revoked_at) == (True, False, NOW)


async def test_a_notice_is_marked_once_and_only_towards_the_end(kept):
    """Thirty, then seven, then one; never back."""
    key, _ = key_for(Role.ADMIN)
    await _keep(kept, key)
    marked = [
        await kept.database.write(lambda c, days=days: store.mark_warned(c, key.id, days=days), entries=SEEN)
        for days in (30, 30, 7, 30, 1, 1)
    ]
    assert marked == [True, False, True, False, True, False]


async def test_the_migration_makes_the_table_the_code_declares(kept):
    """Columns, nullability and the one unique digest agree."""

    def columns(connection: Connection) -> dict[str, bool]:
        return {each["name"]: each["nullable"] for each in inspect(connection).get_columns("access_key")}

    def unique(connection: Connection) -> list[str | None]:
        return [each["name"] for each in inspect(connection).get_unique_constraints("access_key")]

    declared = {column.name: bool(column.nullable) for column in store.access_key.columns}
    assert await kept.database.read(columns) == declared
    assert await kept.database.read(unique) == ["uq_access_key_digest"]
