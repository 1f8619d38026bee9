"""The log as FHIR R4 AuditEvents: valid for whoever looks, tied to the evidence, and silent about people."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pyrofile_validator import Validator

from gateway import health
from gateway.access import entries as keys
from gateway.accounts import entries as accounts
from gateway.audit import pulse
from gateway.audit.canonical import instant
from gateway.callbacks import actions as callbacks
from gateway.callbacks import receipt_routes as receipts
from gateway.capacity import actions as capacity
from gateway.capacity import rounds
from gateway.console import entries as console
from gateway.eligibility import entries as eligibility
from gateway.evidence import balp, daily
from gateway.evidence.fhir import Unreadable, audit_event, ndjson
from gateway.incidents import entries as incidents
from gateway.inquiries import entries as inquiries
from gateway.notifications import entries as notifications
from gateway.notifications import standing_entries as standing
from gateway.partners import routes as partners
from gateway.referrals import entries as referrals
from gateway.referrals.case import ACTS
from gateway.waking import entries as waking
from gateway.warnings import entries as warnings
from tests.running import REPOSITORY

from . import balp_rules
from .acts import (
    LOG,
    NIK,
    RECORDS,
    SEALED,
    SITE,
    SUBJECT,
    TABLE,
    event_of,
    events,
    leaf_of,
    record_of,
    text_of,
)
from .broken_events import BROKEN, INDEPENDENT, broken, faults, refused_by

Event = dict[str, Any]

ROOMS = (
    *(capacity, rounds, eligibility, keys, partners, health, inquiries, pulse, daily),
    *(referrals, callbacks, receipts, accounts, waking, console),
    *(incidents, notifications, standing, warnings),
)
DECLARED = {act for room in ROOMS for acts in room.DECLARED_SET.values() for act in acts}
WRITTEN = re.compile(r'\b(?:Entry|tell)\(\s*(?:act=)?"([a-z_]+\.[a-z_]+)"')
STRING = re.compile(
    r"(?:[ \r\n\t]|[^\s\x00-\x1f\x7f-\x9f])+"
)  # FHIR's strings, as strictly as anyone reads them
NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{16}(?![0-9A-Za-z])")


@pytest.fixture(scope="module")
def pyrofile() -> Validator:
    """A second validator, as it is installed."""
    return Validator()


@pytest.fixture(scope="module")
def table() -> dict[str, Event]:
    """The event of every record of the table."""
    return events()


def _written() -> set[str]:
    files = (REPOSITORY / "gateway").rglob("*.py")
    return {act for file in files for act in WRITTEN.findall(file.read_text("utf-8"))}


def test_no_act_is_forgotten() -> None:
    """Whatever the rooms declare or write has a row of codes, and a record in the table of these tests."""
    known = DECLARED | _written() | set(ACTS.values())
    assert len(known) > 30
    assert known - balp.PATTERNS.keys() == {"access.refused"}  # its codes hang on why
    assert known - {act for _, act, _ in TABLE} == set()


@pytest.mark.parametrize("name", RECORDS)
def test_every_act_becomes_an_audit_event(pyrofile: Validator, table: dict[str, Event], name: str) -> None:
    """Both validators take it, and fhir.resources would write it just so."""
    event = table[name]
    assert json.loads(AuditEvent.model_validate(event).model_dump_json()) == event
    assert faults(pyrofile, event) == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_audit_event_is_refused(pyrofile: Validator, table: dict[str, Event], name: str) -> None:
    """Each validator refuses exactly what the table of broken events says of it."""
    event, refusing = broken(table["asked"], name), refused_by(name) & {"R4B", "pyrofile"}
    try:
        AuditEvent.model_validate(event)
    except ValidationError:
        refusing ^= {"R4B"}
    if faults(pyrofile, event):
        refusing ^= {"pyrofile"}
    assert refusing == set()


def test_every_fault_is_somebodys_and_everybody_finds_some() -> None:
    """Beside the library that the export is made with, somebody else refuses each broken event."""
    assert [name for name in BROKEN if not refused_by(name) & INDEPENDENT] == []
    for validator in INDEPENDENT | {"R4B"}:
        assert sum(validator in refused_by(name) for name in BROKEN) >= 8


def test_an_event_leads_back_to_its_entry(table: dict[str, Event]) -> None:
    """Name, leaf, time and house stand in it, to the letter."""
    for name, record in RECORDS.items():
        event = table[name]
        entry = event["entity"][-1]
        assert entry["what"]["identifier"] == {
            "system": f"https://{SITE}/audit",
            "value": f"{LOG}/{record['seq']}",
        }
        assert entry["detail"][0] == {"type": "leaf", "valueString": leaf_of(record)}
        assert event["recorded"] == record["ts"]
        assert event["id"] == f"2026.gerbang-1.{record['seq']}"
        assert event["source"]["site"] == SITE
        assert event["source"]["observer"]["identifier"]["value"] == "gerbang-1"
        assert event["subtype"][-1] == {"system": f"https://{SITE}/acts", "code": record["act"]}


@pytest.mark.parametrize(
    ("log", "seq", "wanted"),
    [
        ("gerbang-1", 7, "gerbang-1.7"),
        ("2026/gerbang-1", 7, "2026.gerbang-1.7"),
        ("2026/" + "a" * 64, 7, None),
        ("2026/Ruang A", 7, None),
    ],
)
def test_an_id_is_the_entrys_name_or_a_hash_of_it(log: str, seq: int, wanted: str | None) -> None:
    """Whatever a log is called, its entries have ids of FHIR's form."""
    found = event_of(record_of("log.heartbeat", seq=seq, log=log, outcome="alive"))["id"]
    assert found == wanted or (wanted is None and re.fullmatch("[0-9a-f]{64}", found))


def test_nothing_sealed_and_no_number_gets_out() -> None:
    """Not the ciphertext, not its key's place, not what it says; a NIK that got into a record is masked."""
    lines = b"".join(ndjson(_rows(), site=SITE)).decode()
    for canary in (SEALED["ct"], SEALED["ct"][:12], "SEALED-RAHASIA", NIK, "A256GCM", '"pii"', '"kid"'):
        assert canary not in lines
    assert SUBJECT in lines
    assert NUMBER.findall(lines) == []
    spilt: dict[str, Any] = {
        "partner": NIK,
        "req": NIK,
        "code": f"unknown:{NIK}",
        "fields": [NIK],
        "obj": {"id": NIK, "type": NIK},
        "detail": {"number": int(NIK), "words": f"NIK {NIK}.", "deep": {"list": NIK}, "list": [NIK]},
    }
    record = record_of("eligibility.asked", outcome=NIK, purpose=NIK, subj=NIK, **spilt)
    assert NIK not in json.dumps(event_of(record | {"actor": {"id": NIK, "kind": "person", "role": NIK}}))


@pytest.mark.parametrize(
    ("outcome", "code", "wanted"),
    [
        ("answered", None, "0"),
        ("NOT_FOUND", None, "0"),
        ("intended", None, "0"),
        ("refused", "role-not-allowed", "4"),
        ("refused", "many", "8"),
        ("conflict", None, "4"),
        ("UNKNOWN", "no_system", "4"),
        ("UNKNOWN", "late", "8"),
        ("unreachable", "connect", "8"),
        ("failed", "not-mailed", "8"),
        ("lost", None, "8"),
        ("tampered", None, "12"),
        ("soft", None, "0"),
        ("soft", "dust", "4"),
    ],
)
def test_outcomes_are_told_in_fhirs_four(outcome: str, code: str | None, wanted: str) -> None:
    """By one table; of a word it does not know, the code decides. The log's own words stand beside."""
    given = {} if code is None else {"code": code}
    event = event_of(record_of("moon.landed", outcome=outcome, **given))
    assert event["outcome"] == wanted
    assert event["outcomeDesc"] == (outcome if code is None else f"{outcome}: {code}")


def test_a_question_names_asker_role_purpose_and_request(table: dict[str, Event]) -> None:
    """The asking system is the client and the requestor, the gateway the server."""
    event = table["my data"]
    client, server = event["agent"]
    assert client["who"]["identifier"] == {"system": f"https://{SITE}/access-keys", "value": "key-auditor"}
    assert client["role"][0]["coding"][0]["code"] == "auditor"
    reason = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "PATRQT"}
    assert client["purposeOfUse"] == [{"coding": [reason]}]
    assert server["who"] == event["source"]["observer"]
    assert [
        each["what"]["identifier"]["value"] for each in event["entity"] if "Xreq" in each["type"]["code"]
    ] == [RECORDS["my data"]["req"]]
    assert table["unheard of"]["agent"][0]["purposeOfUse"] == [{"text": "dispatch"}]


def test_a_disclosure_names_whom_and_what(table: dict[str, Event]) -> None:
    """The partner, the pseudonym and the names of the fields; without one of them no profile is claimed."""
    event = table["asked"]
    assert event["agent"][1]["who"]["identifier"]["value"] == "bpjs"
    assert event["entity"][0]["what"]["identifier"]["value"] == SUBJECT
    assert [each["valueString"] for each in event["entity"][1]["detail"]] == ["nik", "service_date"]
    for missing in ("partner", "subj", "fields"):
        record = {name: value for name, value in RECORDS["asked"].items() if name != missing}
        assert "meta" not in event_of(record)
    disclosed = [name for name, each in table.items() if "meta" in each]
    assert disclosed == ["asked", "telling", "handing over", "fetched"]


def test_a_refusal_names_its_reason_and_where_from(table: dict[str, Event]) -> None:
    """As coarsely as the log does."""
    event = table["old key"]
    assert event["outcomeDesc"] == "refused: key-revoked"
    assert event["agent"][0]["network"] == {"address": "203.0.113.0/24", "type": "2"}
    assert event["entity"][0]["what"]["identifier"] == {
        "system": f"https://{SITE}/access-keys",
        "value": "ab12",
    }


def test_one_line_each_in_canonical_form() -> None:
    """Sorted, compact, UTF-8 (RFC 8785), a line feed behind; from text or from the record, the same."""
    lines = list(ndjson(_rows(), site=SITE))
    assert len(lines) == len(RECORDS)
    for line, record in zip(lines, RECORDS.values(), strict=True):
        assert line == rfc8785.dumps(json.loads(line)) + b"\n"
        assert line == audit_event(LOG, record["seq"], leaf_of(record), record, site=SITE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"' + NIK + '"',
        "\udcff",
        text_of(record_of("log.heartbeat", outcome="alive", ts=NIK)),
        text_of(record_of("log.heartbeat", outcome="alive", actor=NIK)),
        text_of(record_of("log.heartbeat", outcome=int(NIK))),
        text_of(record_of("log.heartbeat")),
    ],
)
def test_what_is_no_record_is_named_and_not_quoted(text: str) -> None:
    """A damaged entry makes no event; the error says where it is, and nothing of what stands there."""
    with pytest.raises(Unreadable) as caught:
        list(ndjson([(LOG, 7, "0" * 64, text)], site=SITE))
    assert str(caught.value).startswith(f"{LOG}/7: ")
    assert NIK not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("wrong", [{"ts": NIK}, {"actor": NIK}, {"outcome": int(NIK)}])
def test_nor_is_a_record_of_another_form(wrong: dict[str, Any]) -> None:
    """The same of a record that comes as a mapping; what the libraries said of it is not shown either."""
    record = record_of("log.heartbeat", **({"outcome": "alive"} | wrong))
    with pytest.raises(Unreadable, match=f"^{LOG}/7: ") as caught:
        audit_event(LOG, 7, "0" * 64, record, site=SITE)
    assert NIK not in str(caught.value)
    assert caught.value.__suppress_context__


def test_whoever_makes_no_event_does_not_wait_for_the_library() -> None:
    """`gerbang --help` is not slowed by what it does not use."""
    code = "import sys, gateway.evidence.fhir; sys.exit('fhir' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def _rows() -> Iterator[tuple[str, int, str, str]]:
    for record in RECORDS.values():
        yield record["log"], record["seq"], leaf_of(record), text_of(record)


_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=24)
_keys = st.text(st.characters(codec="ascii"), max_size=12)
_scalars = _texts | st.booleans() | st.none() | st.integers(-(2**53) + 1, 2**53 - 1)
_details = st.dictionaries(
    _keys,
    _scalars | st.lists(_scalars, max_size=3) | st.dictionaries(_keys, _scalars, max_size=3),
    max_size=4,
)
_kinds = st.sampled_from(["machine", "person", "system"]) | _texts
_moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
_words = st.sampled_from(sorted(balp.OUTCOMES)) | _texts
_records = st.fixed_dictionaries(
    {
        "act": st.sampled_from(sorted(balp.PATTERNS)) | _texts,
        "actor": st.fixed_dictionaries({"id": _texts, "kind": _kinds, "role": _texts}),
        "outcome": _words,
        "ts": _moments.map(instant),
        "log": st.sampled_from([LOG, "gerbang-1"]) | _texts,
        "seq": st.integers(1, 10**12),
    },
    optional={
        "code": _texts,
        "detail": _details,
        "fields": st.lists(_texts, max_size=3),
        "lat_ms": st.integers(0, 2**53 - 1),
        "obj": st.fixed_dictionaries({}, optional={"id": _texts, "type": _texts}),
        "partner": _texts,
        "pii": st.just(SEALED),
        "purpose": st.sampled_from(sorted(balp.PURPOSES)) | _texts,
        "req": _texts,
        "subj": _texts,
    },
)


@settings(max_examples=300, deadline=None)
@given(record=_records)
def test_every_record_of_the_logs_form_becomes_a_valid_event(pyrofile: Validator, record: Event) -> None:
    """Of any act, any outcome and any text; one requestor, one entry, no number of sixteen digits."""
    event = event_of(record_of(**record))
    assert (
        json.loads(AuditEvent.model_validate(event).model_dump_json(exclude_none=True))["id"] == event["id"]
    )
    assert faults(pyrofile, event) == []
    assert balp_rules.broken_rules(event, balp_rules.EVERY) == []
    assert [text for text in _strings(event) if not STRING.fullmatch(text)] == []
    assert NUMBER.findall(json.dumps(event)) == []
    assert SEALED["ct"] not in json.dumps(event)


def test_a_control_character_stays_behind() -> None:
    """A record may hold any text but NUL; a FHIR string may not."""
    said = "a\x01b\x0bc\u2028d\x85e\ufefff"
    event = event_of(record_of("moon.landed", outcome=said, partner=said, detail={said[:1] + "\x7f": said}))
    assert event["outcomeDesc"] == "a b c d e f"
    assert [text for text in _strings(event) if not STRING.fullmatch(text)] == []


def _strings(element: object) -> Iterator[str]:
    if isinstance(element, dict):
        element = list(element.values())
    if isinstance(element, list):
        for inner in element:
            yield from _strings(inner)
    elif isinstance(element, str):
        yield element
