"""The Dockerfile, as far as it can be judged without an engine."""

import json
import re
from dataclasses import dataclass

import pytest

from tests.running import REPOSITORY

MODULE = REPOSITORY / "Dockerfile"


@dataclass(frozen=True)
class Instruction:
    """One instruction with its words; *stage* counts from 0."""

    stage: int
    name: str
    words: str


def _instructions() -> list[Instruction]:
    text = re.sub(r"^\s*#.*\n", "", MODULE.read_text("utf-8"), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    found, stage = [], -1
    for line in lines:
        name, _, words = line.partition(" ")
        stage += name == "FROM"
        found.append(Instruction(stage, name, words.strip()))
    return found


def _of(name: str, *, stage: int | None = None) -> list[str]:
    return [each.words for each in _instructions() if each.name == name and stage in (None, each.stage)]


LAST = max(each.stage for each in _instructions())


def test_it_has_stages_on_named_and_tagged_images() -> None:
    """Built in one stage, run from another; no image floats."""
    images = [words.split()[0] for words in _of("FROM")]
    assert len(images) == 2
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]+", image) and not image.endswith(":latest") for image in images)


def test_it_runs_as_nobody_in_particular() -> None:
    """The last USER is one that was made here, neither root nor a number nobody knows."""
    user = _of("USER", stage=LAST)[-1]
    assert user not in ("root", "0")
    assert re.search(rf"useradd .*\b{user}\b", " ".join(_of("RUN", stage=LAST)))
    after = _instructions()[::-1]
    assert next(each.name for each in after if each.name in ("USER", "RUN", "COPY", "ADD")) == "USER"


def test_it_has_one_writable_volume_and_works_there() -> None:
    """The data folder is the volume, and belongs to the user."""
    (volume,) = _of("VOLUME")
    (folder,) = json.loads(volume)
    environment = " ".join(_of("ENV", stage=LAST))
    assert f"GERBANG_DATA_DIR={folder}" in environment
    assert "GERBANG_ENVIRONMENT=live" in environment
    assert re.search(
        rf"install --directory --owner \w+ --mode 700 {folder}\b", " ".join(_of("RUN", stage=LAST))
    )


def test_it_looks_after_its_own_health() -> None:
    """The check asks whether the process lives, which no partner can spoil."""
    (check,) = _of("HEALTHCHECK")
    assert "/livez" in check
    port = re.search(r"GERBANG_PORT=(\d+)", " ".join(_of("ENV")))
    assert port
    assert f":{port[1]}/livez" in check
    assert _of("EXPOSE") == [port[1]]


def _copied() -> list[str]:
    copies = [words.split() for words in _of("COPY") if not words.startswith("--from")]
    return [source for words in copies for source in words[:-1]]


def _ignored() -> list[re.Pattern[str]]:
    lines = (REPOSITORY / ".dockerignore").read_text("utf-8").split()
    return [re.compile(re.escape(line).replace(r"\*", "[^/]*") + "(/.*)?") for line in lines]


def test_what_it_copies_is_there_and_is_sent() -> None:
    """Each source exists and .dockerignore does not keep it away."""
    assert _copied()
    for source in _copied():
        assert (REPOSITORY / source).exists(), source
        assert not any(pattern.fullmatch(source) for pattern in _ignored()), source


def test_no_pretended_hospital_and_no_test_gets_in() -> None:
    """Nothing is copied whole, and sandbox, tests and secrets are not even sent."""
    assert not _of("ADD")
    assert not {".", "./", "sandbox", "tests", "bench", "var"} & set(_copied())
    for kept_away in (".git", ".venv", "var", "tests", "bench", "sandbox"):
        assert any(pattern.fullmatch(kept_away) for pattern in _ignored()), kept_away


def test_it_installs_by_hash_and_without_a_host() -> None:
    """As `make` does; the project itself from what was copied."""
    installs = [part for words in _of("RUN") for part in words.split("&&") if "pip install" in part]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0]
    assert {"--no-index", "--no-deps"} <= set(installs[1].split())
    assert "://" not in " ".join(_of("RUN"))


@pytest.mark.parametrize("name", ["CMD"])
def test_it_starts_the_command_directly(name: str) -> None:
    """Without a shell between, so that signals arrive."""
    assert json.loads(_of(name)[-1]) == ["gerbang", "serve"]
