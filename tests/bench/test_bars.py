"""A bar that is missed says so, and the checks of the fan-out see what they must."""

import json
from collections.abc import Mapping
from types import MappingProxyType

import pytest

from bench.bars import Bar, table
from bench.fanout import HEALTHY, LEAST_HEARD, Seen
from bench.load import Answer
from bench.machine import percentile

HANGING = frozenset({"rs-siloam"})


@pytest.mark.parametrize(("measured", "met"), [(9.9, True), (10.0, True), (10.1, False)])
def test_a_figure_above_its_bar_misses_it(measured: float, met: bool) -> None:
    """On the bar is still met."""
    bar = Bar("x", "", measured, "us", at_most=10.0)
    assert (bar.met, bar.verdict) == (met, "met" if met else "MISSED")


def test_a_figure_below_its_bar_misses_it() -> None:
    """A share may be too small as a time may be too long."""
    assert not Bar("x", "", 99.8, "%", at_least=99.9).met


def test_a_figure_without_a_bar_promises_nothing() -> None:
    """A baseline is shown and judged by nobody."""
    bar = Bar("x", "the baseline", 1e9, "us")
    assert bar.met
    assert "MISSED" not in table([bar])


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100)])
def test_percentiles_are_values_that_were_measured(share: float, value: int) -> None:
    """The 99th of a hundred is the 99th."""
    assert percentile(list(range(100, 0, -1)), share) == value


def _answer(
    hanging: Mapping[str, object] = MappingProxyType({}), *, status: int = 200, healthy: str = "answered"
) -> Answer:
    line = {"outcome": "late", "free": None, "reasons": [{"code": "free_unknown"}], **hanging}
    lines = [{"id": each, "outcome": healthy, "free": 3, "reasons": []} for each in HEALTHY]
    body = json.dumps({"hospitals": [*lines, *({"id": each, **line} for each in HANGING)]}).encode()
    return Answer(status, body, 0.1, 0.0)


def _missed(answer: Answer) -> set[str]:
    seen = Seen(HANGING)
    seen.note(answer)
    return {bar.name for bar in seen.bars() if not bar.met}


def test_an_honest_answer_passes() -> None:
    """Healthy ones heard, the hanging one late."""
    assert _missed(_answer()) == set()


@pytest.mark.parametrize(
    "shown",
    [{"outcome": "answered"}, {"outcome": "unreachable"}, {"free": 0}, {"reasons": [{"code": "full"}]}],
)
def test_a_hanging_hospital_shown_as_anything_else_fails(shown: dict[str, object]) -> None:
    """Silent is never full, nor is it an answer."""
    assert _missed(_answer(shown)) == {"fanout.misreported"}


def test_a_healthy_hospital_unheard_fails() -> None:
    """The healthy must be heard."""
    assert _missed(_answer(healthy="late")) == {"fanout.heard"}
    assert LEAST_HEARD > 99


def test_an_answer_that_is_none_fails() -> None:
    """A 503 hears nobody."""
    assert _missed(_answer(status=503)) == {"fanout.heard", "fanout.failed"}
