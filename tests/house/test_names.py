"""What a file may be called, what stands beside a waiver, and what stands in no file at all."""

import re
from pathlib import Path

import pytest

from .tracked import python, read, tracked

BANNED = set(
    "utils util helpers helper common base manager misc core handlers handler service services".split()
)
HOUSE = ("gateway", "adapters", "contracts", "sandbox")

WAIVER = re.compile(
    r"#\s*(?:noqa(?P<codes>:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?"
    r"|type:\s*ignore(?P<errors>\[[\w, -]+\])?"
    r"|pragma:\s*no\s*cover(?P<cover>))(?P<reason>.*)"
)
THIS = Path("tests/house/test_names.py")
WHOLE_FILE = re.compile(r"^#\s*(?:ruff:\s*noqa|mypy:|flake8:\s*noqa|type:\s*ignore)", re.MULTILINE)

# Put together here, so that they do not stand in this file either.
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("golang", "org"),
        ("crates", "io"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("debian", "org"),
    )
)
INDEX_OPTIONS = tuple(f"--{word}" for word in ("index-url", "extra-index-url", "trusted-host", "find-links"))
_FOLDERS = "|".join(("ro" + "ot", "wo" + "rk", r"home/\w+", r"Users/\w+"))
MACHINE = re.compile(rf"(?<![\w.$}}/-])/(?:{_FOLDERS})(?:/|\b)")


def waivers_without_reason(text: str) -> list[str]:
    """Return the waivers that name no code or give no reason on their line."""
    found = []
    for line in text.splitlines():
        waiver = WAIVER.search(line)
        if waiver is None:
            continue
        named = waiver["codes"] or waiver["errors"] or waiver["cover"] is not None
        reason = re.sub(r"[^A-Za-z]", "", waiver["reason"])
        if not named or len(reason) < 3:
            found.append(line.strip())
    return found


def test_no_file_has_a_name_that_says_nothing() -> None:
    """A thing without a room is named after what it does."""
    assert [path for path in tracked() if path.parts[0] in HOUSE and path.stem.lower() in BANNED] == []
    folders = {part for path in python(*HOUSE) for part in path.parts[:-1]}
    assert folders & BANNED == set()


def test_every_folder_of_tests_is_a_package() -> None:
    """One without the mark would make `adapters` the tests' folder instead of ours."""
    folders = {parent for path in python("tests") for parent in path.parents if parent != Path()}
    assert {folder for folder in folders if folder / "__init__.py" not in python("tests")} == set()


def test_an_index_holds_no_logic() -> None:
    """`__init__.py` lists names or is empty."""
    logic = re.compile(r"^(?:def|class|async def|if|for|while|try|with) ?", re.MULTILINE)
    assert [path for path in python(*HOUSE) if path.name == "__init__.py" and logic.search(read(path))] == []


def test_every_waiver_says_which_rule_and_why() -> None:
    """The reason stands on the line, and no file waives a rule as a whole."""
    others = [path for path in python() if path != THIS]
    assert {path: found for path in others if (found := waivers_without_reason(read(path)))} == {}
    assert [path for path in others if WHOLE_FILE.search(read(path))] == []


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("x = 1  # noqa: S101  only such partners are hospitals", True),
        ("x = 1  # noqa: S101, B008 - as above", True),
        ("x = 1  # type: ignore[arg-type]  # TOML is untyped", True),
        ("if x:  # pragma: no cover  another platform's", True),
        ("x = 1  # noqa: S101", False),
        ("x = 1  # noqa  because", False),
        ("x = 1  # type: ignore  # because", False),
        ("x = 1  # type: ignore[arg-type]", False),
        ("if x:  # pragma: no cover", False),
    ],
)
def test_a_waiver_without_code_or_reason_is_seen(line: str, *, good: bool) -> None:
    """The check above is held against lines made for it."""
    assert (waivers_without_reason(line) == []) is good


def _foreign(text: str) -> list[str]:
    named = [host for host in HOSTS if host in text]
    options = [option for option in INDEX_OPTIONS if f"{option}=" in text or f"{option} " in text]
    return [*named, *options, *MACHINE.findall(text)]


def test_no_file_names_a_registry_or_a_place_on_somebodys_machine() -> None:
    """What is installed from where is the machine's own setting; no path leads into one machine."""
    assert {path: found for path in tracked() if (found := _foreign(read(path)))} == {}


def test_a_registry_or_machine_path_would_be_seen() -> None:
    """The patterns above match what they are for, and not what looks alike."""
    assert _foreign("see https://" + HOSTS[0] + "/simple")
    assert _foreign(INDEX_OPTIONS[0] + "=x")
    for text in ("/" + "root" + "/x", "see /" + "work" + "/main", "'/home/" + "ani/x'"):
        assert MACHINE.search(text), text
    for text in (
        "https://gate/workers",
        "network/root.json",
        "../" + "work" + "/x",
        "$HOME/x",
        "/workers",
        "home/x",
    ):
        assert not MACHINE.search(text), text
