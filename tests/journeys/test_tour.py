"""`gerbang tour` shows what it promises: here its steps about incidents."""

from collections.abc import Callable, Iterator

import pytest

from gateway.cli.guide import Guide
from gateway.cli.tour import STEPS
from gateway.cli.tour_incidents import INCIDENTS
from tests.running import House, Sandbox

from .incident_desk import BPBD, DAMKAR, POLRESTA, IncidentDesk, agencies_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[House]:
    """A gateway with the demo's agencies, and nobody else."""
    folder = tmp_path_factory.mktemp("house")
    with House(folder, sandbox, partners_text=agencies_text(sandbox)) as running:
        yield running


@pytest.fixture(scope="module")
def guide(house: House, sandbox: Sandbox) -> Iterator[Guide]:
    """The guide with the keys of this house; the agencies' officers answer to it, as in the demo."""
    IncidentDesk(house, sandbox).connect(POLRESTA, DAMKAR, BPBD)
    with pytest.MonkeyPatch.context() as known:
        known.setenv("GERBANG_URL", house.url)
        known.setenv("GERBANG_SANDBOX_URL", sandbox.url)
        for role, key in house.keys.items():
            known.setenv(f"GERBANG_KEY_{role.upper()}", key)
        guide = Guide()
        yield guide
    for client in vars(guide).values():
        client.close()


def test_every_step_is_in_the_tour() -> None:
    """None is written and never walked."""
    assert set(INCIDENTS) <= set(STEPS)


@pytest.mark.parametrize("step", INCIDENTS, ids=lambda step: step.__name__)
def test_a_step_about_incidents(guide: Guide, step: Callable[[Guide], None]) -> None:
    """It goes as it should, and leaves BPBD as it was."""
    step(guide)
    partners = guide.operator.get("/v1/partners").json()["partners"]
    assert [each["standing"] for each in partners if each["id"] == BPBD] == ["planned"]
