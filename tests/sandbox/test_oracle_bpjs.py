"""
An independent VClaim reader, bpjs-bridging from PyPI, asks our sandbox.

It lives in an environment of its own (`.venv-oracle`), since its lzstring would clash with others.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / ".venv-oracle"
REQUIREMENTS = ROOT / "requirements" / "oracle-bpjs.txt"
CONSID, SECRET, USER_KEY = "99112", "demo-vclaim-secret", "demo-vclaim-user-key"

ASK = """
import json, sys
from bpjs import Bridging
host, consid, secret, user_key, *paths = sys.argv[1:]
reader = Bridging({"host": host, "consid": consid, "secret": secret, "user_key": user_key}, "vclaim")
print(json.dumps([reader.request(path) for path in paths]))
"""


def _runs(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def python() -> str:
    """The oracle's Python; made on first use, skipped with the reason where that fails."""
    python = str(ORACLE / "bin" / "python")
    if Path(python).exists() and _runs(python, "-c", "import bpjs").returncode == 0:
        return python
    made = _runs(sys.executable, "-m", "venv", str(ORACLE))
    if made.returncode == 0:
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        made = _runs(python, *install, "-r", str(REQUIREMENTS))
    if made.returncode:
        last = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"oracle bpjs-bridging left out: its environment could not be made: {last}")
    return python


def ask(python: str, sandbox: httpx.Client, *paths: str, secret: str = SECRET) -> list[dict[str, Any]]:
    """Let the independent reader ask for each path."""
    host = f"{str(sandbox.base_url).rstrip('/')}/vclaim-rest"
    done = _runs(python, "-c", ASK, host, CONSID, secret, USER_KEY, *paths)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def test_the_independent_reader_opens_what_we_seal(python: str, sandbox: httpx.Client) -> None:
    """A member by NIK and by card, one with rare letters, and one whom nobody knows."""
    by_nik, by_card, letters, nobody = ask(
        python,
        sandbox,
        "Peserta/nik/1571015203909901/tglSEP/2026-11-24",
        "Peserta/nokartu/0000000000018/tglSEP/2026-11-24",
        "Peserta/nik/1571010101709912/tglSEP/2026-11-24",
        "Peserta/nik/1571015203909999/tglSEP/2026-11-24",
    )
    assert by_nik == by_card
    assert by_nik["metaData"]["code"] == "200"
    assert by_nik["response"]["peserta"]["tglLahir"] == "1990-03-12"
    assert by_nik["response"]["peserta"]["statusPeserta"] == {"kode": "0", "keterangan": "AKTIF"}
    # That library leaves letters beyond the basic plane in two halves (facts, section 5, row 12).
    name = letters["response"]["peserta"]["nama"].encode("utf-16", "surrogatepass").decode("utf-16")
    assert name == "CONTOH ÉLISA DE L'ÎLE 𝄞"
    assert (nobody["metaData"]["code"], nobody["response"]) == ("201", None)


def test_its_signature_with_a_wrong_secret_is_refused(python: str, sandbox: httpx.Client) -> None:
    """The sandbox checks what it is sent, whoever sends it."""
    path = "Peserta/nik/1571015203909901/tglSEP/2026-11-24"
    (answer,) = ask(python, sandbox, path, secret="wrong")
    assert (answer["metaData"]["code"], answer["response"]) == ("401", None)
