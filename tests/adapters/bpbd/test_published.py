"""What is published for BPBD is what the adapter says and reads."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.bpbd import profile as names
from adapters.bpbd.receipts import receipts_of
from adapters.cap.read import read
from adapters.cap.rules import findings
from contracts import Category, Caution, Progress
from tests.adapters.cap.oracle import second_takes, takes

from .examples import ANSWERS, FOLDER, PUBLISHED, examples
from .sample import SETTINGS

TEXT = (PUBLISHED / "profile.md").read_text("utf-8")
DOCUMENTS = ("receiving.openapi.json", "receipts.openapi.json")


def test_the_examples_are_what_the_adapter_sends() -> None:
    """Byte for byte; made anew by `python -m tests.adapters.bpbd.examples`."""
    assert {file.name: file.read_bytes() for file in FOLDER.iterdir()} == examples()


@pytest.mark.parametrize("name", examples())
def test_the_examples_are_valid(name: str) -> None:
    """By both readers of the OASIS schema, by our rules, and without a doubt."""
    body = (FOLDER / name).read_bytes()
    assert takes(body)
    assert second_takes(body)
    assert findings(read(body)) == ()


@pytest.mark.parametrize("name", ANSWERS)
def test_the_answers_are_read(name: str) -> None:
    """As receipts for the first example."""
    (receipt,) = receipts_of((FOLDER / f"{name}.xml").read_bytes(), sender=SETTINGS["sender"])
    assert receipt.alert == read((FOLDER / "alert.xml").read_bytes()).identifier


def test_the_profile_names_every_parameter() -> None:
    """None is sent or read that the document does not explain, and no code is missing."""
    parameters = [value for value in vars(names).values() if str(value).startswith("GERBANG-")]
    parameters += names.CASUALTIES.values()
    short = {each.removeprefix("GERBANG") for each in parameters}
    told = set(re.findall(r"`(?:GERBANG)?(-[A-Z-]+)`", TEXT))
    assert short - told == set()
    assert names.CODE in TEXT
    assert {each for each in names.ERRORS if each not in TEXT} == set()


@pytest.mark.parametrize("words", [Category, Caution, Progress])
def test_the_profile_names_every_code(words: Any) -> None:
    """Of categories, cautions and states."""
    assert {str(each) for each in words if not re.search(rf"\b{each}\b", TEXT)} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_openapi_documents_hang_together(name: str) -> None:
    """3.1, every reference leads somewhere, every example is there, every schema is one."""
    document = json.loads((PUBLISHED / name).read_text("utf-8"))
    assert document["openapi"].startswith("3.1")
    text = json.dumps(document)
    for reference in re.findall(r'"\$ref": "#/components/schemas/(\w+)"', text):
        Draft202012Validator.check_schema(document["components"]["schemas"][reference])
    for example in re.findall(r'"externalValue": "([^"]+)"', text):
        assert (PUBLISHED / example).exists()
    for path, methods in document["paths"].items():
        wanted = set(re.findall(r"{(\w+)}", path))
        for operation in methods.values():
            given = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert given == wanted
            assert operation["responses"]
