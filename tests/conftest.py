"""Fixtures every test may ask for; what was measured and what was left out stands at the end of a run."""

import pytest

pytest_plugins = ("tests.postgres",)


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
