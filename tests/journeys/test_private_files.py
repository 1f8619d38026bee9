"""What the gateway writes is its owner's alone, whichever verb came first."""

import stat

import pytest

from tests.running import House

pytestmark = pytest.mark.slow


def test_no_other_user_of_the_machine_can_read_what_is_written(house: House) -> None:
    """The database that `keys bootstrap` makes holds password hashes, sessions and the log."""
    written = [path for path in house.data.rglob("*") if path.is_file() and path.name != "partners.toml"]
    open_to_others = {path.name for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077}
    assert {"gerbang.db", "keys.db", "accounts.key"} <= {path.name for path in written}
    assert open_to_others == set()
