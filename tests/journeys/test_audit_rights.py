"""The auditor's questions over real sockets: a person's data, who saw it, erasure, holds, new keys."""

import json
import subprocess
import sys
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import House
from tests.trust import TRUST

from .evidence import acts, by_request, records

NIK = "1571015203909901"
NEVER_SEEN = "1571015203909955"
BEFORE = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
FOREVER = (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds")


def ask(
    house: House, method: str, path: str, body: object = None, *, role: str = "auditor", status: int = 200
) -> Any:
    """Ask with the key of *role*; the status is as expected."""
    with house.client(role) as client:
        answer = client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def check(house: House, nik: str, *, role: str = "dispatcher") -> Any:
    """Ask the insurer about a person."""
    return ask(house, "POST", "/v1/eligibility-checks", {"nik": nik, "purpose": "ETREAT"}, role=role)


def subject_access(house: House, **whom: str) -> Any:
    """Ask for everything about a person."""
    return ask(house, "POST", "/v1/audit/subject-access", {**whom, "purpose": "PATRQT"})


def verify(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Check an export as an inspectorate does: with the file in it, alone."""
    command = [sys.executable, "-I", "verify.py", ".", *more]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_person_hears_everything_that_was_told_about_them(house: House) -> None:
    """The number the insurer got, what it said, what the dispatcher saw: opened, and itself an entry."""
    request = check(house, NIK)["request"]
    found = subject_access(house, nik=NIK)
    assert found["held"]
    mine = [each for each in found["happenings"] if each["request"] == request]
    answered, asked = mine
    assert (asked["act"], asked["partner"], asked["said"]["nik"]) == ("eligibility.asked", "bpjs", NIK)
    assert (answered["act"], answered["role"]) == ("eligibility.answered", "dispatcher")
    assert answered["said"]["coverage"] == "ACTIVE"
    assert set(asked["fields"]) == set(asked["said"])
    left = by_request(records(house))[found["request"]]
    assert acts(left) == ["subject_access.asked", "subject_access.answered"]
    assert {record["subj"] for record in left} == {found["subject"]}


def test_of_a_stranger_nothing_is_held(house: House) -> None:
    """And asking makes no pseudonym for them."""
    for _ in range(2):
        found = subject_access(house, nik=NEVER_SEEN)
        assert (found["held"], found["subject"], found["happenings"]) == (False, None, [])


def test_a_breach_has_a_scope(house: House) -> None:
    """Whose data, which fields, to whom, and by which number they are told; only between these times."""
    before = datetime.now(UTC)
    check(house, NIK)
    after = datetime.now(UTC) + timedelta(milliseconds=1)
    order = {"since": before.isoformat(), "until": after.isoformat(), "purpose": "HCOMPL", "partner": "bpjs"}
    (person,) = ask(house, "POST", "/v1/audit/breach-scope", order)["people"]
    assert person["numbers"] == {"nik": NIK}
    (told,) = person["disclosures"]
    assert (told["to"], told["times"]) == ("bpjs", 1)
    assert "nik" in told["fields"]
    earlier = {**order, "since": (before - timedelta(days=1)).isoformat(), "until": before.isoformat()}
    seen = ask(house, "POST", "/v1/audit/breach-scope", earlier)
    assert all(each["disclosures"][0]["last"] < before.isoformat() for each in seen["people"])


def test_a_stolen_key_has_a_scope(house: House) -> None:
    """By the id of an access key: what its bearer was shown, with the number though that went elsewhere."""
    since = datetime.now(UTC)
    check(house, NIK, role="approver")
    key = house.keys["approver"].split("_")[2]
    until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    order = {"since": since.isoformat(), "until": until, "purpose": "HLEGAL", "key": key}
    (person,) = ask(house, "POST", "/v1/audit/breach-scope", order)["people"]
    assert person["numbers"] == {"nik": NIK}
    assert {each["to"] for each in person["disclosures"]} == {key}
    assert "status_text" in person["disclosures"][0]["fields"]


def test_an_erased_person_cannot_be_found_or_read_and_the_log_verifies(house: House) -> None:
    """Asked again by number or by pseudonym nothing is held; a new check makes a new pseudonym."""
    nik = "1571020507859902"
    check(house, nik)
    before = subject_access(house, nik=nik)
    done = ask(house, "POST", "/v1/audit/erasures", {"nik": nik, "reason": "subject_request"})
    assert done["subject"] == before["subject"]
    for whom in ({"nik": nik}, {"subject": before["subject"]}):
        assert not subject_access(house, **whom)["held"]
    wrong = ask(house, "POST", "/v1/audit/erasures", {"nik": nik, "reason": "subject_request"}, status=404)
    assert wrong["type"].endswith("nobody-known")
    check(house, nik)
    assert subject_access(house, nik=nik)["subject"] != before["subject"]
    assert acts(by_request(records(house))[done["request"]]) == ["erasure.begun", "erasure.done"]


PATIENT = {"name": "Contoh Pasien", "nik": "1571055002959905", "birth_date": "1995-02-10", "sex": "female"}
TOLD = {
    "diagnosis": "I61.9",
    "situation": "GCS 9, anisokor",
    "transport": "Ambulans 7",
    "callback_phone": "0741 555",
}
WORDS = (*PATIENT.values(), *TOLD.values(), "Sesuai indikasi medis", "Perawat Contoh, IGD")


def refer(house: House) -> str:
    """Send a patient to a hospital by telephone, with everything that people may write; return its id."""
    body = {"need": "icu", "then": "submit", "hospitals": ["rsud-sayoeti"], "patient": PATIENT, **TOLD}
    body |= {"lat": -1.61, "lon": 103.6}
    made = ask(house, "POST", "/v1/referrals", body, role="dispatcher", status=201)["referral"]["id"]
    seen = ask(house, "GET", f"/v1/referrals/{made}", role="approver")
    said = {"decision": "approve", "reason": WORDS[-2], "screen": seen["screen"]}
    with house.client("approver") as approver:
        headers = {"If-Match": f'"{seen["version"]}"'}
        assert approver.post(f"/v1/referrals/{made}/decision", json=said, headers=headers).status_code == 200
    said = {"hospital": "rsud-sayoeti", "state": "accepted", "channel": "phone", "person": WORDS[-1]}
    ask(house, "POST", f"/v1/referrals/{made}/answers", said, role="operator")
    return str(made)


def test_a_patient_hears_what_was_written_of_them_and_is_forgotten(house: House) -> None:
    """What a referral holds is in its first entry, whoever made it; after the erasure nothing opens it."""
    referral = refer(house)
    happenings = subject_access(house, nik=PATIENT["nik"])["happenings"]
    (created,) = [each for each in happenings if each["act"] == "referral.created"]
    assert created["said"] == {**PATIENT, **TOLD, "latitude": "-1.61", "longitude": "103.6"}
    (approved,) = [each for each in happenings if each["act"] == "referral.approved"]
    assert approved["said"]["note"] == WORDS[-2]
    assert PATIENT["name"] in approved["said"]["screen"]
    assert {"referral.submitted", "referral.shown", "referral.answered"} <= {
        each["act"] for each in happenings
    }
    before = json.dumps(ask(house, "GET", f"/v1/referrals/{referral}", role="approver"))
    assert [word for word in WORDS if word not in before] == []
    ask(house, "POST", "/v1/audit/erasures", {"nik": PATIENT["nik"], "reason": "subject_request"})
    for restart in (False, True):
        if restart:
            house.stop()
            assert _files_with(house, *WORDS) == []
            house.start()
        after = ask(house, "GET", f"/v1/referrals/{referral}", role="approver")
        assert after["erased"]
        assert set(after["patient"].values()) == {None}
        assert [word for word in WORDS if word in json.dumps(after)] == []
        assert after["coverage"]["reason"] == "not_asked_yet"
        assert {each["distance_km"] for each in after["candidates"]} == {None}  # from where they were
        assert not subject_access(house, nik=PATIENT["nik"])["held"]


def _files_with(house: House, *words: str) -> list[str]:
    """Return the files that hold any of *words* in the clear; short ones stand for nothing by themselves."""
    wanted = [word.encode() for word in words if len(word) > 6]
    files = [file for file in house.folder.rglob("*") if file.is_file()]
    return [str(file) for file in files if any(word in file.read_bytes() for word in wanted)]


def test_a_legal_hold_suspends_erasure_until_it_is_lifted(house: House) -> None:
    """The refusal says until when and is an entry; afterwards the erasure goes through."""
    nik = "1571037112749903"
    check(house, nik)
    order = {"nik": nik, "reason": "Polda Jambi, perkara contoh", "until": FOREVER}
    hold = ask(house, "POST", "/v1/audit/holds", order, status=201)["hold"]
    wrong = ask(house, "POST", "/v1/audit/erasures", {"nik": nik, "reason": "unlawful"}, status=409)
    assert wrong["type"].endswith("legal-hold")
    assert hold["until"][:10] in wrong["detail"]
    assert [each["id"] for each in ask(house, "GET", "/v1/audit/holds")["holds"]] == [hold["id"]]
    assert ask(house, "DELETE", f"/v1/audit/holds/{hold['id']}")["hold"]["lifted_at"]
    ask(house, "POST", "/v1/audit/erasures", {"nik": nik, "reason": "unlawful"})
    refused = [record for record in records(house) if record["act"] == "erasure.refused"]
    assert (refused[-1]["code"], refused[-1]["detail"]) == ("legal-hold", {"hold": hold["id"]})


BAD = [
    ("/v1/audit/subject-access", {"purpose": "PATRQT"}, "body"),
    ("/v1/audit/subject-access", {"nik": "157", "purpose": "PATRQT"}, "body.nik"),
    ("/v1/audit/subject-access", {"nik": NIK, "nokartu": "0001571015201", "purpose": "PATRQT"}, "body"),
    ("/v1/audit/subject-access", {"nik": NIK}, "body.purpose"),
    ("/v1/audit/subject-access", {"nik": NIK, "purpose": "PATRQT", "cursor": "x"}, "body.cursor"),
    ("/v1/audit/erasures", {"nik": NIK, "reason": "because"}, "body.reason"),
    ("/v1/audit/holds", {"nik": NIK, "reason": "Polda", "until": "2020-01-01T00:00:00Z"}, "body.until"),
    ("/v1/audit/holds", {"nik": NIK, "reason": f"NIK {NIK}", "until": FOREVER}, "body.reason"),
    (
        "/v1/audit/breach-scope",
        {"since": BEFORE, "until": FOREVER, "purpose": "HLEGAL", "partner": NIK},
        "body.partner",
    ),
    ("/v1/audit/breach-scope", {"since": FOREVER, "until": FOREVER, "purpose": "HLEGAL"}, "body.until"),
    ("/v1/audit/report-receipts", {"day": "25-11-2026", "channel": "email", "office": "X"}, "body.day"),
]


@pytest.mark.parametrize(("path", "body", "field"), BAD)
def test_what_is_wrong_is_named_and_never_repeated(
    house: House, path: str, body: dict[str, str], field: str
) -> None:
    """The field and why; no number of a person comes back."""
    wrong = ask(house, "POST", path, body, status=422)
    assert field in {error["field"] for error in wrong["errors"]}
    assert NIK not in json.dumps(wrong)


@pytest.mark.parametrize(
    "query",
    [
        "cursor=AAAA",
        "limit=0",
        "from=yesterday",
        "nik=1571015203909901",
        "format=xml",
        "partner=1571015203909901",
    ],
)
def test_a_wrong_question_about_the_log_is_refused(house: House, query: str) -> None:
    """Each parameter by its name."""
    wrong = ask(house, "GET", f"/v1/audit?{query}", status=422)
    assert wrong["errors"][0]["field"] == f"query.{query.partition('=')[0]}"


def test_the_log_is_read_page_by_page(house: House) -> None:
    """The newest first, nothing twice and nothing missing, narrowed by what was asked for."""
    check(house, NIK)
    until = datetime.now(UTC).isoformat()
    seen: list[tuple[str, int]] = []
    cursor: str | None = ""
    with house.client("auditor") as auditor:
        while cursor is not None:
            asked = {
                "act": "eligibility.asked",
                "to": until,
                "limit": 2,
                **({"cursor": cursor} if cursor else {}),
            }
            page = auditor.get("/v1/audit", params=asked).raise_for_status().json()
            seen += [(each["log"], each["seq"]) for each in page["entries"]]
            cursor = page["next"]
    known = [
        record for record in records(house) if record["act"] == "eligibility.asked" and record["ts"] < until
    ]
    assert seen == [(record["log"], record["seq"]) for record in reversed(known)]


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_times_at_the_ends_of_the_calendar_are_times(house: House, edge: str) -> None:
    """A zone that leads out of it breaks nothing."""
    for name in ("from", "to"):
        assert isinstance(ask(house, "GET", f"/v1/audit?{name}={edge}")["entries"], list)


def test_a_number_is_found_however_much_was_asked_since(house: House) -> None:
    """The person can be notified though many entries about them hold no number."""
    check(house, NIK, role="approver")
    for _ in range(60):
        subject_access(house, nik=NIK)
    since = datetime.now(UTC)
    check(house, NIK, role="approver")
    until = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    key = house.keys["approver"].split("_")[2]
    order = {"since": since.isoformat(), "until": until, "purpose": "HLEGAL", "key": key}
    found = ask(house, "POST", "/v1/audit/breach-scope", order)
    assert [each["numbers"] for each in found["people"]] == [{"nik": NIK}]
    assert found["complete"]


def test_a_double_click_changes_a_key_once(house: House) -> None:
    """Of eight orders at once each is done or told that somebody was first; the log stays intact."""
    with ThreadPoolExecutor(8) as clickers:
        clicks = list(clickers.map(lambda _: _click(house), range(8)))
    assert set(clicks) <= {200, 409}
    assert clicks.count(200) >= 1
    rotated = [record for record in records(house) if record["act"] == "log.key_rotated"]
    assert len(rotated) >= clicks.count(200)
    assert verify(house.export()).returncode == 0


def _click(house: House) -> int:
    with house.client("admin") as admin:
        return admin.post("/v1/audit/rotations", json={"key": "signing"}).status_code


def test_the_log_is_read_as_fhir(house: House) -> None:
    """A line an event, as many as asked for, the cursor in a header."""
    with house.client("auditor") as auditor:
        answer = auditor.get("/v1/audit", params={"format": "fhir", "limit": 3}).raise_for_status()
    assert answer.headers["content-type"].startswith("application/fhir+ndjson")
    assert [json.loads(line)["resourceType"] for line in answer.text.splitlines()] == ["AuditEvent"] * 3
    assert answer.headers["Gerbang-Next"]


def test_only_the_auditor_may(house: House) -> None:
    """Nobody else reads the log or a person's data through it; only an admin changes its keys."""
    for role in ("dispatcher", "operator", "approver", "partner", "admin"):
        ask(house, "GET", "/v1/audit", role=role, status=403)
        body = {"nik": NIK, "purpose": "PATRQT"}
        ask(house, "POST", "/v1/audit/subject-access", body, role=role, status=403)
    ask(house, "POST", "/v1/audit/rotations", {"key": "signing"}, status=403)


def test_an_export_proves_itself_with_an_anchor_from_a_header(house: House, tmp_path: Path) -> None:
    """Whoever kept one answer's header can show later that nothing before it was rewritten."""
    check(house, NIK)
    with house.client("dispatcher") as dispatcher:
        note = dispatcher.get("/v1/hospitals").headers["Gerbang-Audit-Checkpoint"]
    assert "/audit/" in b64decode(note).decode()
    anchor = tmp_path / "kept.txt"
    anchor.write_text(f"Gerbang-Audit-Checkpoint: {note}\n")
    folder = house.export()
    alone, anchored = verify(folder), verify(folder, "--anchor", str(anchor))
    assert (alone.returncode, anchored.returncode) == (0, 0), anchored.stdout
    assert alone.stdout.startswith("INTACT")
    assert "anchor" in alone.stdout.lower()


def test_nobody_without_a_key_is_told_a_checkpoint(house: House) -> None:
    """The header is for those who sign in."""
    assert (
        "Gerbang-Audit-Checkpoint"
        not in httpx.get(f"{house.url}/livez", trust_env=False, verify=TRUST).headers
    )


@pytest.mark.parametrize("key", ["signing", "sealing"])
def test_keys_are_changed_while_it_runs(house: House, key: str) -> None:
    """What was signed and sealed before stays valid and readable, also after a restart."""
    check(house, NIK)
    done = ask(house, "POST", "/v1/audit/rotations", {"key": key}, role="admin")
    assert bool(done["vkey"]) == (key == "signing")
    policy = house.folder / "first-policy.txt"
    for _ in range(2):
        check(house, NIK)
        assert subject_access(house, nik=NIK)["happenings"][-1]["said"]
        folder = house.export()
        if not policy.exists():
            first = next(
                line for line in (folder / "policy.txt").read_text().splitlines() if line.startswith("log ")
            )
            policy.write_text(f"{first}\nquorum none\n")
        checked = verify(folder, "--policy", str(policy))
        assert checked.returncode == 0, checked.stdout
        house.stop()
        house.start()


def test_one_entry_is_proven_alone(house: House, tmp_path: Path) -> None:
    """The proof holds the entry and fits no other; it is checked by the same file."""
    check(house, NIK)
    folder, proof = house.export(), tmp_path / "entry.tlog-proof"
    log = records(house)[0]["log"]
    house.gerbang("audit", "prove", f"{log}/3", "--to", str(proof))
    command = [sys.executable, "-I", "verify.py", "--proof", str(proof), "--policy", "policy.txt"]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0
    proof.write_text(proof.read_text().replace("\nindex 2\n", "\nindex 1\n"))
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 1
    house.gerbang("audit", "prove", f"{log}/99999", status=2)


def test_the_daily_page_says_intact(house: House) -> None:
    """In Indonesian, with the newest checkpoint in it; the page itself serves as an anchor."""
    check(house, NIK)
    page = house.gerbang("audit", "report", "--no-mail")
    assert "HASIL PEMERIKSAAN: UTUH" in page
    (file,) = (house.data / "reports").glob("laporan-*.txt")
    assert file.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    checked = verify(house.export(), "--anchor", str(file))
    assert checked.returncode == 0, checked.stdout
    assert NIK not in page


def test_a_confirmed_report_is_an_entry(house: House) -> None:
    """By the command line: the office and how it said so."""
    house.environment["GERBANG_KEY_ADMIN"] = house.keys["admin"]
    house.gerbang("audit", "received", "2026-11-25", "--channel", "email", "--office", "Inspektorat Kota")
    (record,) = [each for each in records(house) if each["act"] == "report.received"]
    assert record["detail"] == {"day": "2026-11-25", "channel": "email", "office": "Inspektorat Kota"}


def test_no_number_stands_anywhere_in_the_clear(house: House) -> None:
    """Neither in the databases, nor in exports, reports, anchors or logs: only sealed."""
    house.export()
    house.stop()
    try:
        holding = [
            str(file)
            for file in house.folder.rglob("*")
            if file.is_file() and NIK.encode() in file.read_bytes()
        ]
    finally:
        house.start()
    assert holding == []
