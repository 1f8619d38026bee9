"""One sandbox and one gateway for the journeys of a file; each journey leaves no trouble behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launching import executed
from tests.running import House, Process, Sandbox


@pytest.fixture(scope="module")
def as_anybody_does() -> Iterator[None]:
    """Start programs as anybody does: how long a start takes is what is shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Process, "launch", staticmethod(executed))
        yield


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The simulated partners."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """The gateway with its demo partners; coverage answers are never cached, so each check is an exchange."""
    folder: Path = tmp_path_factory.mktemp("house")
    with House(folder, sandbox, eligibility_cache_s="0", capacity_refresh_s="2") as running:
        yield running


@pytest.fixture(autouse=True)
def peace(sandbox: Sandbox, house: House) -> Iterator[None]:
    """End all trouble after a journey, and begin the next one with closed breakers."""
    yield
    if sandbox.troubled:
        sandbox.mend()
        house.kill()
        house.start()
