"""No sequence of events, crashes and duplicates sends without a stored decision or break-glass, or twice."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from structlog.testing import capture_logs

from gateway.db import migrate
from gateway.referrals import conveying, moves, replies
from gateway.referrals.conveying import _Conveyance
from gateway.referrals.rows import AskState

from .hospital import Mood
from .machine import Referrals

EXAMPLES = int(os.environ.get("GERBANG_MACHINE_EXAMPLES", "40"))
QUICK = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SEED = 3  # by chance a mutant is found at once or after minutes; with this one all are in seconds
HUNT = settings(QUICK, max_examples=1_000, phases=[Phase.generate])


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Referrals]]:
    """Give the machine over an empty, migrated database."""
    template = tmp_path_factory.mktemp("template") / "gerbang.db"
    migrate(f"sqlite:///{template}", environment="demo")
    with capture_logs():
        yield type("Machine", (Referrals,), {"template": template})


def test_whatever_happens_nothing_is_sent_undecided_or_twice(machine: type[Referrals]) -> None:
    """Thirty steps at a time; more with GERBANG_MACHINE_EXAMPLES."""
    run_state_machine_as_test(machine, settings=QUICK)


async def _no_intent(_: object) -> None:
    """Write nothing down."""


# What is broken, and the law that must notice.
MUTANTS = {
    "it is sent before the intent is written": (
        (_Conveyance, "intent", _no_intent),
        "sent without an intent",
    ),
    "an attempt whose answer was lost is forgotten": (
        (conveying, "_may_be_there", lambda ask: False),
        "copies of|, and should be",
    ),
    "who was told that nobody comes is chosen when it answers late": (
        (replies, "_answered_too_late", lambda case, ask, said: case.set_ask(ask, state=AskState.CHOSEN)),
        "counted, and taken back|accepted, and not by one hospital|chosen by nobody",
    ),
    "a glass is broken and nobody owes a review": (
        (moves, "owe", lambda case, what: None),
        "went on alone",
    ),
}


@pytest.mark.parametrize("broken", MUTANTS)
def test_the_machine_notices(broken: str, machine: type[Referrals], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these mistakes is found: the laws are not empty, and the rules reach far enough."""
    (holder, name, instead), law = MUTANTS[broken]
    monkeypatch.setattr(holder, name, instead)
    monkeypatch.setattr(machine, "mood", Mood.LOSES)
    seed(SEED)(machine)
    with pytest.raises(AssertionError, match=law):
        run_state_machine_as_test(machine, settings=HUNT)
