"""What strangers send to do harm is refused as Garbled, at once and within bounds of memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.cap.hardened import _parser

from .hostile import DOCUMENTS, SECRET

PATIENCE_S = 1.0  # what a document takes; the slowest here take 0.05 s


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose content must not come out."""
    file = tmp_path_factory.mktemp("house") / "secret.txt"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_refused(name: str, secret_file: Path) -> None:
    """By its own code, without a crash."""
    asked = [sys.executable, "-m", "tests.adapters.cap.hostile", name, str(secret_file)]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=False)
    assert told.returncode == 0, told.stderr[-500:]
    code, seconds, leaked = told.stdout.split()
    assert code == DOCUMENTS[name][1]
    assert float(seconds) < PATIENCE_S
    assert leaked == "False"


@pytest.mark.parametrize("entity", ["<!ENTITY x SYSTEM '{0}'>", "<!ENTITY % p SYSTEM '{0}'> %p;"])
def test_the_parser_alone_reads_no_file(entity: str, secret_file: Path) -> None:
    """Should a document type ever come through, it still leads nowhere."""
    from lxml import etree

    text = f"<!DOCTYPE a [{entity.format(secret_file.as_uri())}]><a>&x;</a>"
    try:
        root = etree.fromstring(text.encode(), _parser())
    except etree.XMLSyntaxError:
        return
    assert SECRET not in "".join(root.itertext())
    assert SECRET not in etree.tostring(root).decode().replace(str(secret_file), "")
