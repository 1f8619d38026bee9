"""
`gerbang tour`: the main job step by step against a running demo, in words a newcomer understands.

Each step says what happens, shows the answer in brief and checks it; the first that disappoints ends
the tour with exit status 1.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from .gatewaylink import ask
from .guide import Disappointed, Guide, expect
from .tour_incidents import INCIDENTS
from .tour_referrals import REFERRALS
from .wrong import Wrong

NIK_ACTIVE = "1571015203909901"  # the sandbox's first member: synthetic, see sandbox/vclaim
NIK_TO_ERASE = "1571020507859902"  # the second


def add_verbs(verbs: Any) -> None:
    """Add `tour`."""
    verb = verbs.add_parser("tour", help="walk the main job against the running demo")
    verb.add_argument("--env", type=Path, default=Path("var/demo.env"), help="what `make run` wrote")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Walk all steps; 0 when none disappoints."""
    _read(arguments.env)
    guide = Guide()
    try:
        for number, step in enumerate(STEPS, 1):
            print(f"\n{number}. {step.__doc__}")
            step(guide)
    except (Disappointed, httpx.HTTPError) as disappointed:
        print(f"   DISAPPOINTED: {disappointed}", file=sys.stderr)
        return 1
    finally:
        guide.mend()
    print(f"\nAll {len(STEPS)} steps went as they should.")
    return 0


def _read(path: Path) -> None:
    if not path.is_file():
        raise Wrong(f"{path} is not there: start `make run` first, in another terminal")
    for line in path.read_text("utf-8").splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        if name.startswith("GERBANG_"):
            os.environ.setdefault(name, value.strip().strip("'\""))


def ready(guide: Guide) -> None:
    """Is the gateway ready, and does it say that its data are sample data?"""
    state = ask(guide.dispatcher, "GET", "/readyz")
    expect(state["ready"] and state["environment"] == "demo", "ready, environment demo")


def beds(guide: Guide) -> None:
    """A dispatcher asks which hospital has an ICU bed near Pasar Jambi."""
    answer = guide.capacity(need="icu")
    for line in answer["hospitals"][:4]:
        print(f"   {line['rank']}. {line['name']}: {line['reasons'][0]['text']} ({line['travel_min']} menit)")
    expect(len(answer["hospitals"]) == 16, "all sixteen hospitals are listed")
    expect(answer["audit"] == "durable", "the question is in the audit log")
    expect(all("free" in line and "as_of" in line for line in answer["hospitals"]), "each with its age")


def fresh(guide: Guide) -> None:
    """She wants it fresh: every hospital's system is asked inside the deadline."""
    answer = guide.capacity(need="icu", fresh="true")
    answered = [line for line in answer["hospitals"] if line["outcome"] == "answered"]
    expect(len(answered) == 12, "the twelve hospitals that have a system answered")
    expect(any(line["mode"] == "live" for line in answer["hospitals"]), "their figures are live")


def telephone(guide: Guide) -> None:
    """A hospital without a system: the operator rings and enters what the nurse said."""
    path = "/v1/hospitals/rsud-sayoeti/declared-capacity"
    told = {"need": "igd", "free": 3, "told_by": "Perawat jaga IGD (contoh)"}
    ask(guide.operator, "PUT", path, json=told)
    line = _line(guide.capacity(need="igd"), "rsud-sayoeti")
    expect(
        line["free"] == 3 and line["origin"] == "declared",
        f"shown as: {'; '.join(reason['text'] for reason in line['reasons'])}",
    )


def silent(guide: Guide) -> None:
    """One hospital hangs: the others answer in time, and silence is never shown as full."""
    with guide.trouble("rs-siloam", "hang"):
        started = time.monotonic()
        answer = guide.capacity(need="icu", fresh="true", deadline_ms="1000")
        elapsed = time.monotonic() - started
    line = _line(answer, "rs-siloam")
    expect(elapsed < 1.5, f"answered after {elapsed * 1000:.0f} ms with a deadline of 1000 ms")
    expect(line["outcome"] in ("late", "not_asked"), f"rs-siloam: {line['outcome']}")
    expect(line["free"] is None or line["mode"] == "cached", "its figure is an older one, or none")


def covered(guide: Guide) -> None:
    """Is the patient covered? The dispatcher sees what dispatch needs."""
    question = {"nik": NIK_ACTIVE, "birth_date": "1990-03-12", "purpose": "ETREAT"}
    answer = ask(guide.dispatcher, "POST", "/v1/eligibility-checks", json=question)
    print(f"   {answer['coverage']}: {answer['advice'][0]}")
    expect(answer["coverage"] == "ACTIVE" and answer["birth_date_match"] is True, "active, day of birth fits")
    expect("status_text" not in answer, "no more than that")


def approver_sees(guide: Guide) -> None:
    """The approver asks the same and sees the insurer's own words as well."""
    question = {"nik": NIK_ACTIVE, "purpose": "TREAT"}
    answer = ask(guide.approver, "POST", "/v1/eligibility-checks", json=question)
    expect(answer["status_text"] == "AKTIF" and answer["segment"] is not None, f"segment {answer['segment']}")


def insurer_away(guide: Guide) -> None:
    """BPJS answers with a web page instead of data: UNKNOWN at once, and help goes out."""
    with guide.trouble("vclaim", "html"):
        question = {"nokartu": "0000000009997", "purpose": "ETREAT"}
        answer = ask(guide.dispatcher, "POST", "/v1/eligibility-checks", json=question)
    print(f"   {answer['coverage']} ({answer['reason']}): {answer['advice'][0]}")
    expect(answer["coverage"] == "UNKNOWN" and answer["dispatch_blocking"] is False, "UNKNOWN, not blocking")


def mistyped(guide: Guide) -> None:
    """A mistyped NIK is told by the name of its field, and is not repeated."""
    question = {"nik": "1571013203909901", "purpose": "ETREAT"}
    response = guide.dispatcher.post("/v1/eligibility-checks", json=question)
    expect(response.status_code == 422 and "body.nik" in response.text, "422 names body.nik")
    expect("1571013203909901" not in response.text, "the number itself is not in the answer")


def no_key(guide: Guide) -> None:
    """Without a key nothing is told."""
    response = guide.dispatcher.get("/v1/capacity?need=icu", headers={"Authorization": ""})
    expect(response.status_code == 401, "401")


def partners(guide: Guide) -> None:
    """How do the partners stand?"""
    states = ask(guide.operator, "GET", "/v1/partners")["partners"]
    silent_ones = [state["name"] for state in states if not state["capabilities"]]
    expect(len(states) == 27, f"27 partners; without a system: {', '.join(silent_ones)}")


def asked_for(guide: Guide) -> None:
    """The patient asks what was told about him: the auditor opens what is sealed in the log."""
    question = {"nik": NIK_ACTIVE, "purpose": "PATRQT"}
    found = ask(guide.auditor, "POST", "/v1/audit/subject-access", json=question)
    told = [each for each in found["happenings"] if each["partner"] == "bpjs" and each["said"]]
    expect(bool(told), f"{len(told)} entries say what BPJS and the askers were told")
    expect(any(each["said"].get("nik") == NIK_ACTIVE for each in told), "his number among it")


def erased(guide: Guide) -> None:
    """Another one wants to be erased: the log stays as it is, and nobody can read it about her any more."""
    check = {"nik": NIK_TO_ERASE, "purpose": "ETREAT"}
    ask(guide.dispatcher, "POST", "/v1/eligibility-checks", json=check)
    order = {"nik": NIK_TO_ERASE, "reason": "subject_request"}
    done = ask(guide.auditor, "POST", "/v1/audit/erasures", json=order)
    question = {"subject": done["subject"], "purpose": "HCOMPL"}
    found = ask(guide.auditor, "POST", "/v1/audit/subject-access", json=question)
    expect(not found["held"], f"nothing is held any more of {done['subject']}")


def audited(guide: Guide) -> None:
    """Everything above is in the audit log; anyone checks it alone, an answer's header is the anchor."""
    note = guide.dispatcher.get("/v1/hospitals").headers["Gerbang-Audit-Checkpoint"]
    with tempfile.TemporaryDirectory() as name:
        folder, anchor = Path(name) / "export", Path(name) / "kept.txt"
        anchor.write_text(f"{note}\n")
        _run([sys.executable, "-m", "gateway", "audit", "export", str(folder)])
        said = _run([sys.executable, "-I", str(folder / "verify.py"), str(folder), "--anchor", str(anchor)])
        print(f"   {said.splitlines()[0]}")
        text = b"".join(file.read_bytes() for file in folder.iterdir()).decode()
    expect("1 anchors fit" in said, "nothing was rewritten or cut off before that answer")
    expect(NIK_ACTIVE not in text, "no NIK stands in it")


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603  our own verbs
    if done.returncode:
        raise Disappointed(f"{command[-1]}: {done.stdout}{done.stderr}")
    return done.stdout


def _line(answer: Any, hospital: str) -> Any:
    return next(line for line in answer["hospitals"] if line["id"] == hospital)


STEPS: tuple[Callable[[Guide], None], ...] = (
    ready,
    beds,
    fresh,
    telephone,
    silent,
    covered,
    approver_sees,
    insurer_away,
    mistyped,
    no_key,
    partners,
    *REFERRALS,
    *INCIDENTS,
    asked_for,
    erased,
    audited,
)
