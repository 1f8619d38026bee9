"""The floors hold, and each contract would break: every one is shown a violation planted in a copy."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from tests.running import REPOSITORY

PACKAGES = ("gateway", "adapters", "contracts", "sandbox")

# A contract, the file that is changed in the copy, and the line that breaks the contract.
PLANTED = [
    ("contracts know nobody", "contracts/errors.py", "import gateway.settings"),
    ("contracts are pure", "contracts/clock.py", "import httpx"),
    ("adapters know contracts only", "adapters/wire.py", "from gateway import settings"),
    (
        "adapters do not know each other; wire serves all",
        "adapters/bpjs/client.py",
        "import adapters.hospital",
    ),
    ("adapters do not know each other; wire serves all", "adapters/wire.py", "import adapters.bpjs.words"),
    ("adapters do not know each other; wire serves all", "adapters/pigeons.py", ""),
    ("adapters make one attempt: no server, no retry, no database", "adapters/wire.py", "import tenacity"),
    ("translating is pure", "adapters/bpjs/translate.py", "import adapters.wire"),
    ("translating is pure", "adapters/hospital/translate.py", "import httpx"),
    ("the gateway finds adapters by name and knows no sandbox", "gateway/app.py", "import adapters.bpjs"),
    ("the gateway finds adapters by name and knows no sandbox", "gateway/app.py", "import sandbox"),
    ("the gateway's floors", "gateway/access/ring.py", "import gateway.partners.registry"),
    ("the gateway's floors", "gateway/eligibility/actions.py", "import gateway.capacity.picture"),
    ("the gateway's floors", "gateway/db/writer.py", "import gateway.audit.chain"),
    ("the gateway's floors", "gateway/lobby.py", ""),
    ("no cycles, not inside a room either", "gateway/capacity/tally.py", "import gateway.capacity.picture"),
    ("the sandbox knows nothing of the house", "sandbox/drift.py", "import contracts.errors"),
    ("production knows no tests", "gateway/health.py", "import tests.running"),
    ("production knows no tests", "sandbox/app.py", "import bench"),
]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the contracts, in a folder of their own."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(REPOSITORY / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def test_the_floors_hold(copied: Path) -> None:
    """Every contract is kept."""
    done = _lint(copied)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(copied: Path, contract: str, file: str, line: str) -> None:
    """One line in the wrong place, or a module no floor names, and the contract says so."""
    path = copied / file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        done = _lint(copied)
    finally:
        path.unlink() if before is None else path.write_text(before, "utf-8")
    assert f"{contract} BROKEN" in " ".join(done.stdout.split()), done.stdout + done.stderr
    assert done.returncode == 1


def test_every_contract_was_shown_a_violation() -> None:
    """None stands in pyproject.toml that was never seen to break."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    named = {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]}
    assert named == {contract for contract, _, _ in PLANTED}


def test_contracts_import_the_standard_library_and_pydantic_only() -> None:
    """Not even a package nobody has thought of forbidding."""
    graph = grimp.build_graph("contracts", include_external_packages=True, exclude_type_checking_imports=True)
    outside = {
        imported
        for module in graph.modules
        if module.split(".")[0] == "contracts"
        for imported in graph.find_modules_directly_imported_by(module)
        if imported.split(".")[0] != "contracts"
    }
    assert {name for name in outside if name not in sys.stdlib_module_names} == {"pydantic", "pydantic_core"}
