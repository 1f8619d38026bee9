"""The files of the repository: what git tracks or would track; without git, all but what tools leave."""

import subprocess
from functools import cache
from pathlib import Path

from tests.running import REPOSITORY

LEFT_BY_TOOLS = {".git", ".venv", "__pycache__", "node_modules", "var", ".hypothesis", "build"}


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file's path within the repository."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout:
        found = [Path(line) for line in done.stdout.splitlines()]
        return tuple(path for path in found if (REPOSITORY / path).is_file())
    everything = (path.relative_to(REPOSITORY) for path in REPOSITORY.rglob("*") if path.is_file())
    return tuple(path for path in everything if not LEFT_BY_TOOLS & set(path.parts))


def read(path: Path) -> str:
    """Return a tracked file's text."""
    return (REPOSITORY / path).read_text("utf-8", "replace")


def python(*folders: str) -> tuple[Path, ...]:
    """Return the Python files, of some top folders only if they are named."""
    ours = [path for path in tracked() if path.suffix == ".py"]
    return tuple(path for path in ours if not folders or path.parts[0] in folders)
