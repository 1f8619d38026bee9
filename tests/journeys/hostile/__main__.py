"""
Put broken questions to every route: `python -m tests.journeys.hostile --requests 100000`.

The same seed asks the same questions; `--only N` puts question N alone and shows it. Exit status 1 when
anything was found.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from . import spoken
from .breaking import broken
from .forms import MARKUP, NEVER_WELL, SHOWING, Form, forms
from .gate import Gate, Said, opened
from .question import CANARIES, Operation, Question, operations

SEED = 20261124
AT_ONCE = 16
MOST_SHOWN = 20
ENOUGH = 15_000  # so many questions reach every operation unbroken
FEWEST_CASES, MOST_CASES = 4, 60  # of a sort: each is used up by what ends it
IN_THEIR_OWN_WORDS = 0.7  # of receipts: what is JSON of ours is broken as everywhere else
DECLARED = ("urn:gerbang:problem:cannot-record", "urn:gerbang:problem:cannot-read")
SECRET = tuple(canary.encode() for canary in CANARIES)
# Whoever asks these rightly is told the person's own data: that is what they are for.
TELLING = (
    *("POST /v1/audit/subject-access", "POST /v1/audit/breach-scope"),
    *("GET /v1/referrals/{referral}", "GET /v1/incidents/{incident}"),
)
POLICY = b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
REVEALING = (b"Traceback", b'File "', b"site-packages", b"sqlalchemy", b"pydantic", b"0x7f")


@dataclass(slots=True)
class Report:
    """How many of what was answered, which operations were answered well, and what was found."""

    statuses: Counter[int] = field(default_factory=Counter)
    served: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    def add(self, other: "Report") -> None:
        """Take *other* in."""
        self.statuses += other.statuses
        self.served |= other.served
        self.findings += other.findings


def examine(said: Said, *, of: str = "") -> str | None:
    """Return what is wrong with an answer to the operation *of* that name, None if nothing is."""
    if said.broke is not None:
        return f"raised {type(said.broke).__name__}: {said.broke}"
    headers = repr(said.headers).encode()
    everything = headers if _may_tell(said, of) else said.body + headers
    if any(canary in everything for canary in SECRET):
        return "a canary came back"
    if _is_page(said) and MARKUP.encode() in said.body:
        return "markup came back as it was"
    if any(words in said.body for words in REVEALING):
        return "the inside shows"
    if said.status >= 400:
        return _wrong_with_refusal(said)
    return None if said.status >= 200 else "no answer"


def _may_tell(said: Said, of: str) -> bool:
    """Say whether a patient may stand in this answer's body: never in a header, and in no problem."""
    page = of.removeprefix("POST ").startswith(SHOWING) and _is_page(said)
    return page or (of in TELLING and said.status == 200)


def _is_page(said: Said) -> bool:
    headers = dict(said.headers)
    html = headers.get(b"content-type") == b"text/html; charset=utf-8"
    return html and headers.get(b"content-security-policy") == POLICY


def _wrong_with_refusal(said: Said) -> str | None:
    if said.status >= 500 and said.status != 503:
        return f"status {said.status}"
    if _is_page(said) and said.status < 500:
        return None
    headers = dict(said.headers)
    if headers.get(b"content-type") != b"application/problem+json":
        return f"status {said.status} is no problem+json"
    problem: dict[str, Any] = msgspec.json.decode(said.body) if said.body else {"type": None}
    if said.status == 503 and problem["type"] not in DECLARED:
        return f"an undeclared 503, {problem['type']}"
    return None


def ask(operation: Operation | Form, chance: random.Random, gate: Gate) -> Question:
    """Return a question on *operation*, broken or not, with a key or a session that mostly fits."""
    named = gate.informed.there(chance, operation.path)
    if isinstance(operation, Form):
        return operation.question(chance, gate.people, gate.cases, named)
    if operation.path == spoken.PATH and chance.random() < IN_THEIR_OWN_WORDS:
        return spoken.receipt(chance, gate.keys, gate.informed.of)
    there = {**gate.to_end, **named, "referral": [gate.cases.one(chance, operation.path)]}
    question = operation.whole(chance, there=there)
    fit = [role for role in operation.roles if role in gate.keys]
    role = chance.choice(fit if chance.random() < 0.9 else sorted(gate.keys))
    question.headers.append((b"authorization", b"Bearer " + gate.keys[role]))
    return broken(chance, question)


async def hammer(gate: Gate, numbers: range, *, seed: int, show: bool = False) -> Report:
    """Put the questions of these *numbers*, AT_ONCE at a time."""
    every = [*operations(gate.app.openapi()), *forms(gate.app)]
    weights = [operation.weight for operation in every]
    report, waiting = Report(), iter(numbers)

    async def one_after_the_other() -> None:
        for number in waiting:
            chance = random.Random(f"{seed}/{number}")
            (operation,) = chance.choices(every, weights)
            question = ask(operation, chance, gate)
            said = await gate.put(question)
            report.statuses[said.status] += 1
            if 200 <= said.status < 400:
                report.served.add(operation.name)
            if found := examine(said, of=operation.name):
                report.findings.append(f"question {number}, {operation.name}: {found}")
            if show:
                print(question, said, sep="\n")

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    if len(numbers) > ENOUGH:
        missed = {operation.name for operation in every} - report.served - NEVER_WELL
        report.findings += [f"{name} was never answered well" for name in sorted(missed)]
    return report


async def look_around(gate: Gate) -> list[str]:
    """Return where a canary stands that should not: metrics, alarms; the files are looked at afterwards."""
    found = []
    for path, role in (("/metrics", "admin"), ("/v1/alarms", "operator"), ("/v1/keys", "admin")):
        said = await gate.put(
            Question("GET", path.encode(), headers=[(b"authorization", b"Bearer " + gate.keys[role])])
        )
        if said.status != 200 or any(canary in said.body for canary in SECRET):
            found.append(f"{path}: {said.status}, or a canary")
    return found


def look_into_files(log: Path, data: Path) -> list[str]:
    """Return the files a canary's number stands in, and defects the log tells of."""
    files = [log, *(path for path in data.rglob("*") if path.is_file())]
    found = [f"{path.name}: a canary" for path in files if any(each in path.read_bytes() for each in SECRET)]
    defects = [line for line in log.read_text("utf-8").splitlines() if '"level":"error"' in line]
    return found + [f"log: {line[:300]}" for line in defects]


async def _run(folder: Path, numbers: range, *, seed: int, show: bool) -> Report:
    each = min(MOST_CASES, MOST_CASES * len(numbers) // ENOUGH + FEWEST_CASES)
    async with opened(folder, each=each) as gate:
        report = await hammer(gate, numbers, seed=seed, show=show)
        report.findings += await look_around(gate)
    report.findings += look_into_files(gate.log, gate.data)
    return report


def run(numbers: range, seed: int, show: bool = False) -> Report:
    """Open a gate of its own, put the questions of these *numbers*, return what was found."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(Path(folder), numbers, seed=seed, show=show))


def main() -> int:
    """Share the questions out, print what came of them."""
    parser = argparse.ArgumentParser(prog="hostile", description=__doc__)
    parser.add_argument("--requests", type=int, default=15_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", type=int)
    chosen = parser.parse_args()
    if chosen.only is not None:
        print("\n".join(run(range(chosen.only, chosen.only + 1), chosen.seed, show=True).findings))
        return 0
    started, report = time.monotonic(), Report()
    shares = [range(first, chosen.requests, chosen.processes) for first in range(chosen.processes)]
    with ProcessPoolExecutor(chosen.processes) as processes:
        for share in processes.map(run, shares, [chosen.seed] * len(shares)):
            report.add(share)
    elapsed = time.monotonic() - started
    print(f"{report.statuses.total()} questions in {elapsed:.0f} s, seed {chosen.seed}")
    print("statuses: " + ", ".join(f"{status}: {count}" for status, count in sorted(report.statuses.items())))
    print(f"findings: {len(report.findings)}")
    print("\n".join(report.findings[:MOST_SHOWN]))
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
