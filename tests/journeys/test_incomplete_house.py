"""What an operator left out, or another release left behind, hides no hospital and stops no start."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import REPOSITORY, House, Sandbox

SILOAM = "rs-siloam"


def _without_place(partners: Path, hospital: str) -> None:
    blocks = partners.read_text("utf-8").split("[[partners]]")
    for number, block in enumerate(blocks):
        if f'id = "{hospital}"' in block:
            blocks[number] = re.sub(
                r"\[partners\.facility\].*?(?=\[partners\.settings\])", "", block, flags=re.S
            )
            assert blocks[number] != block
    partners.write_text("[[partners]]".join(blocks), "utf-8")


def test_a_hospital_without_a_place_is_listed_and_old_rows_are_left(tmp_path: Path, sandbox: Sandbox) -> None:
    """One is asked and not surveyed, one's kept sighting is unreadable: all sixteen are in the answer."""
    with House(tmp_path, sandbox) as house:
        with house.client("dispatcher") as dispatcher:
            dispatcher.get("/v1/capacity?need=icu&fresh=true").raise_for_status()
        house.stop()
        _without_place(house.data / "partners.toml", SILOAM)
        with sqlite3.connect(house.data / "gerbang.db") as database:
            database.execute(
                "UPDATE capacity_sighting SET sighting = x'7b22' WHERE hospital = 'rs-bratanata'"
            )
        database.close()
        house.start()
        with house.client("dispatcher") as dispatcher:
            answer = dispatcher.get("/v1/capacity?need=icu&fresh=true&lat=-1.61&lon=103.61").json()
    lines = {line["id"]: line for line in answer["hospitals"]}
    assert len(lines) == 16
    assert (lines[SILOAM]["outcome"], lines[SILOAM]["distance_km"]) == ("answered", None)
    assert "capacity.sighting_unreadable" in house.log()


@pytest.mark.parametrize("rest", ["u:ge@geheim@127.0.0.1:1/x", "u@127.0.0.1:geheim/x"])
def test_an_export_says_nothing_of_the_databases_password(tmp_path: Path, rest: str) -> None:
    """Unescaped or in the wrong place: one sentence without it, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "audit", "export", str(tmp_path / "out")],
        cwd=REPOSITORY,
        env=os.environ | {"GERBANG_DATABASE_URL": f"postgresql+psycopg://{rest}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "GERBANG_DATABASE_URL" in done.stderr
    assert "geheim" not in done.stderr
