"""What is installed is pinned by version and hash, and where it comes from is nobody's business here."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.running import REPOSITORY

FILES = sorted((REPOSITORY / "requirements").glob("*.txt"))
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==(?P<version>[\w.!+-]+)(?: ; .+)?$")
HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")


def _entries(file: Path) -> list[list[str]]:
    """Return each requirement's lines, its own first; comments and blank lines left out."""
    joined = re.sub(r"\\\n\s*", "\0", file.read_text("utf-8"))
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [line.strip().split("\0") for line in lines]


def _versions(file: Path) -> dict[str, str]:
    matches = [PINNED.match(entry[0].strip()) for entry in _entries(file)]
    return {_plain(match["name"]): match["version"] for match in matches if match}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_requirement_is_pinned_by_version_and_hash(file: Path) -> None:
    """No range, no address, no option: a name, a version, and what its files hash to."""
    entries = _entries(file)
    assert len(entries) > 1
    for first, *hashes in entries:
        assert PINNED.match(first.strip()), first
        assert hashes, first
        assert all(HASH.match(each.strip()) for each in hashes), first
    assert "://" not in file.read_text("utf-8")


def test_what_the_project_asks_for_is_locked() -> None:
    """Each dependency stands in the file that `make` installs, the tests' own in theirs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    run, test = (_versions(REPOSITORY / "requirements" / f"{name}.txt") for name in ("run", "test"))
    wanted = {_plain(re.split(r"[\[<>=!~ ]", each)[0]) for each in project["dependencies"]}
    wanted_by_tests = {
        _plain(re.split(r"[\[<>=!~ ]", each)[0]) for each in project["optional-dependencies"]["test"]
    }
    assert wanted - set(run) == set()
    assert wanted_by_tests - set(run) - set(test) == set()


def test_both_files_agree() -> None:
    """What runs in production and what is tested are the same versions."""
    run, test = (_versions(REPOSITORY / "requirements" / f"{name}.txt") for name in ("run", "test"))
    assert {
        name: (run[name], test[name]) for name in run.keys() & test.keys() if run[name] != test[name]
    } == {}
    assert "setuptools" in run, "the project itself is built without network"
