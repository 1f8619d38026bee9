"""What the README and the documents tell a newcomer to type or to read is there."""

import re
from pathlib import Path

import pytest

from gateway.__main__ import parser
from tests.running import REPOSITORY

from .tracked import read, tracked

MARKDOWN = tuple(path for path in tracked() if path.suffix == ".md" and path.parts[0] != "tests")
MAKEFILE = read(Path("Makefile"))
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def _code(path: Path) -> str:
    """Return what stands in code blocks and between backticks, a line each."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", read(path), re.DOTALL))


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    """`make x` in a document is a target of the Makefile."""
    assert set(re.findall(r"\bmake ([a-z]+)\b", _code(path))) - TARGETS == set()


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_every_link_leads_somewhere(path: Path) -> None:
    """Links within the repository point at what exists."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(path))
    assert [link for link in links if not (REPOSITORY / path).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=str)
def test_every_verb_of_the_command_line_that_is_named_exists(path: Path) -> None:
    """`gerbang keys create` and the like are what the parser knows."""
    for verb, sub in re.findall(r"\bgerbang ([a-z]+)(?: ([a-z]+))?", _code(path)):
        assert verb in _verbs(), (verb, path)
        assert not _verbs()[verb] or not sub or sub in _verbs()[verb], (verb, sub, path)


def _verbs() -> dict[str, set[str]]:
    (choices,) = (action.choices for action in parser()._subparsers._group_actions)  # type: ignore[union-attr]  # argparse tells it no other way
    return {
        name: {sub for action in verb._actions if action.choices for sub in action.choices}
        for name, verb in (choices or {}).items()  # type: ignore[union-attr]  # as above
    }


def test_the_readme_names_the_two_commands_and_the_first_answer() -> None:
    """Run, test, curl: the first screen of the README."""
    text = read(Path("README.md"))
    assert text.index("make run") < text.index("make test") < text.index("curl")
    assert {"run", "test", "check", "bench", "oracles", "tour"} <= TARGETS
    assert "check" in re.search(r"^test:(.*)", MAKEFILE, re.MULTILINE)[1]  # type: ignore[index]  # it is there


def test_ci_runs_what_the_readme_says() -> None:
    """`.ci/run` is the test command and nothing else."""
    commands = [line for line in read(Path(".ci/run")).splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "make test"
    assert (REPOSITORY / ".ci/run").stat().st_mode & 0o111
