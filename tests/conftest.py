"""Fixtures every test may ask for; what was measured and what was left out stands at the end of a run."""

import asyncio

import pytest

from .launching import forked
from .running import Process

Process.launch = staticmethod(forked)

pytest_plugins = ("tests.postgres",)

# What waits most begins first: else one process ends long after all others.
LONGEST_FIRST = (
    "tests/journeys/",
    "tests/browser/",
    "tests/house/",
    "tests/sandbox/test_demo",
    "tests/gateway/cli",
)
WITH_A_BROWSER = frozenset({"browser", "stage"})  # the fixtures that run one


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what runs the long tests."""
    parser.addoption("--soak", action="store_true", help="run the tests marked soak, and only those")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long ones, or all others, as deselected; begin with what waits most."""
    wanted = bool(config.getoption("--soak"))
    left_out = [item for item in items if (item.get_closest_marker("soak") is not None) is not wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST_FIRST))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """
    Fail where an earlier test of this process left its event loop running: none after it could start one.

    Playwright's runs as long as its fixture lasts; which tests share a process is chance.
    """
    if not WITH_A_BROWSER.intersection(getattr(item, "fixturenames", ())) and _is_loop_running():
        pytest.fail("an earlier test of this process left its event loop running", pytrace=False)


def _is_loop_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each `record_property("figure", ...)`, also those of other processes."""
    reports = [report for each in terminalreporter.stats.values() for report in each]
    figures = [
        value
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, value in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(str(figure))
