"""What partners of the kinds police and webhook are promised: whole, true to what is sent, and discreet."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from adapters.police.read import receipts_of
from adapters.police.translate import body_of as case_of
from adapters.police.words import REFUSALS, STEPS
from adapters.webhook.translate import body_of, body_of_change
from contracts import AlertKind, Category, Caution, Progress, Severity
from gateway.notifications.bodies import CallbackReceipts
from tests.adapters.police import sample as police
from tests.adapters.webhook import sample as webhook

from .published import (
    Json,
    closed,
    contents,
    document,
    example,
    folder,
    mistakes,
    named,
    operations,
    parts,
)

KINDS = ["police", "webhook"]
FETCH = "https://gerbang.example/v1/inbox"
SENT: list[tuple[str, str, bytes]] = [
    ("webhook", "Message", body_of(webhook.ALERT)),
    ("webhook", "Message", body_of(webhook.TEST)),
    ("webhook", "Message", body_of(webhook.HEARTBEAT)),
    ("webhook", "ThinMessage", body_of(webhook.ALERT, fetch_from=FETCH)),
    ("webhook", "ChangeMessage", body_of_change(webhook.CHANGE)),
    ("webhook", "ThinChangeMessage", body_of_change(webhook.CHANGE, fetch_from=FETCH)),
    *(("webhook", "Message", body_of(each)) for each in police.EVERY_KIND),
    *(
        ("police", "Handover", case_of(each, sender="id.jambi.112", recipient="polresta-jambi"))
        for each in police.EVERY_KIND
    ),
]
NAMES_OF_A_PERSON = re.compile("nik|nokartu|diagnos|patient|pasien", re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
class TestDocument:
    """The file itself."""

    def test_it_is_openapi_3_1_and_says_what_comes_and_what_goes(self, kind: str) -> None:
        """What we send stands under webhooks, what we take under paths; each with words."""
        whole = document(kind)
        assert whole["openapi"] == "3.1.0"
        assert set(whole) == {"openapi", "info", "servers", "webhooks", "paths", "components"}
        assert list(whole["paths"]) == ["/v1/callbacks/{partner}/receipts"]
        told = [operation for _, operation in operations(whole)]
        assert len({operation["operationId"] for operation in told}) == len(told)
        assert all(operation["summary"] and operation["description"] for operation in told)

    def test_every_reference_leads_somewhere_and_nothing_stands_for_nothing(self, kind: str) -> None:
        """Schemas and parameters."""
        whole = document(kind)
        known = {
            f"#/components/{group}/{name}"
            for group in ("schemas", "parameters")
            for name in whole["components"][group]
        }
        assert set(parts(whole, "$ref")) == known

    def test_every_schema_is_one(self, kind: str) -> None:
        """JSON Schema 2020-12, as OpenAPI 3.1 has it; patterns are ones that JavaScript reads too."""
        for schema in document(kind)["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
        for pattern in parts(document(kind), "pattern"):
            assert re.compile(pattern)
            assert "(?P" not in pattern

    def test_every_example_fits_its_place(self, kind: str) -> None:
        """Each file is named once at least, and is what the schema beside it says."""
        whole, seen = document(kind), set()
        for name, operation in operations(whole):
            for content in contents(operation):
                for where in content.get("examples", {}).values():
                    path = Path(where["externalValue"])
                    seen.add(path.name)
                    assert mistakes(whole, content["schema"], example(kind, path.stem)) == [], (name, path)
        assert seen == {path.name for path in (folder(kind) / "examples").iterdir()}

    def test_examples_are_of_nobody(self, kind: str) -> None:
        """Synthetic names and places, no long number but times and telephones that nobody has."""
        for path in [*(folder(kind) / "examples").iterdir(), folder(kind) / "README.md"]:
            text = path.read_text("utf-8")
            assert not re.search(r"(?<![0-9])[0-9]{16}(?![0-9])", text), path
            assert not re.search(r"\+62(?!81200000)", text), path

    def test_no_field_is_for_a_person(self, kind: str) -> None:
        """There is no word for a NIK or a diagnosis: what cannot be said cannot slip in."""
        fields = [name for names in parts(document(kind), "properties") for name in names]
        assert [name for name in fields if NAMES_OF_A_PERSON.search(name)] == []

    def test_it_is_dated_and_says_it_in_indonesian_too(self, kind: str) -> None:
        """For the developers of agencies in Jambi."""
        text = (folder(kind) / "README.md").read_text("utf-8")
        assert re.search(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", text)
        assert "Ringkasan" in text


@pytest.mark.parametrize(("kind", "schema", "body"), SENT)
def test_what_is_sent_is_what_was_promised(kind: str, schema: str, body: bytes) -> None:
    """No field is sent that the contract does not describe."""
    whole = document(kind)
    strict = {**whole, "components": closed(whole["components"])}
    assert mistakes(strict, named(strict, schema), json.loads(body)) == []


@pytest.mark.parametrize(
    ("kind", "schema", "change"),
    [
        ("webhook", "Message", {"specversion": "2"}),
        ("webhook", "Message", {"id": "n.1"}),
        ("webhook", "Message", {"data": {"kind": "alert"}}),
        ("webhook", "Message", {"dataref": "https://gerbang.example/"}),
        ("police", "Handover", {"distributionStatus": "System"}),
        ("police", "Handover", {"senderID": "somebody"}),
        ("police", "Handover", {"content": {"number": 1}}),
        ("police", "Handover", {"nik": "x"}),
    ],
)
def test_the_schemas_refuse(kind: str, schema: str, change: Json) -> None:
    """Otherwise the tests above prove nothing."""
    whole = document(kind)
    body = json.loads(next(sent for of, name, sent in SENT if (of, name) == (kind, schema)))
    assert mistakes(whole, named(whole, schema), body | change)


def test_the_codes_are_those_of_the_house() -> None:
    """A new category, state or refusal fails here until partners are told of it."""
    hook, desk = document("webhook")["components"]["schemas"], document("police")["components"]["schemas"]
    assert hook["Kind"]["enum"] == [str(each) for each in AlertKind]
    assert hook["Category"]["enum"] == [str(each) for each in Category]
    assert hook["Severity"]["enum"] == [str(each) for each in Severity]
    assert hook["State"]["enum"] == [str(each) for each in Progress]
    assert hook["Alert"]["properties"]["cautions"]["items"]["enum"] == [str(each) for each in Caution]
    case = desk["Case"]["properties"]
    assert case["qualification"]["properties"]["code"]["enum"] == [each.upper() for each in Category]
    assert case["cautions"]["items"]["enum"] == [each.upper() for each in Caution]
    assert desk["Step"]["enum"] == list(STEPS)
    assert set(desk["Error"]["properties"]["code"]["anyOf"][0]["enum"]) == {*REFUSALS, "ALREADY_TAKEN"}


@pytest.mark.parametrize("name", ["receipt-read", "receipts"])
def test_the_gateway_takes_the_receipts_shown(name: str) -> None:
    """By the very model of the address they are sent to."""
    read = CallbackReceipts.model_validate_json(json.dumps(example("webhook", name))).receipts()
    assert all(receipt.is_human for receipt in read)


@pytest.mark.parametrize(
    ("name", "progress"),
    [
        ("ack-read", Progress.READ),
        ("ack-accepted", Progress.ACCEPTED),
        ("ack-rejected", Progress.REFUSED),
        ("ack-closed", Progress.CLOSED),
        ("error", Progress.REFUSED),
    ],
)
def test_the_adapter_reads_the_steps_shown(name: str, progress: Progress) -> None:
    """Each for the message of the example."""
    body = json.dumps(example("police", name)).encode()
    (receipt,) = receipts_of(body, sender="id.jambi.112", recipient="polresta-jambi")
    assert (receipt.alert, receipt.progress) == (police.ALERT.id, progress)
    assert receipt.is_human == (name != "error")


@pytest.mark.parametrize(
    ("kind", "schema", "wrong"),
    [
        ("webhook", "Receipts", {"id": "n-2k4m6p8r0t2v4"}),
        ("webhook", "Receipts", {"id": "n-2k4m6p8r0t2v4", "state": "seen"}),
        ("webhook", "Receipts", {"id": "n-2k4m6p8r0t2v4", "state": "read", "by": "1571015203909901"}),
        ("webhook", "Receipts", {"id": "n-2k4m6p8r0t2v4", "state": "read", "name": "x"}),
    ],
)
def test_what_the_gateway_refuses_the_contract_refuses(kind: str, schema: str, wrong: Any) -> None:
    """And the other way round."""
    whole = document(kind)
    assert mistakes(whole, named(whole, schema), wrong)
    with pytest.raises(ValueError, match="validation error"):
        CallbackReceipts.model_validate_json(json.dumps(wrong))


def test_a_rejection_wants_its_reason() -> None:
    """By the contract as by the adapter."""
    whole, told = document("police"), example("police", "ack-rejected")
    assert mistakes(whole, named(whole, "Replies"), told) == []
    del told["content"]["ack"]["reason"]
    assert mistakes(whole, named(whole, "Replies"), told)
