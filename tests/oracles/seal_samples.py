"""Prints texts sealed by the sandbox, as JSON, for programs in other languages to open."""

import json
from datetime import date
from random import Random

from sandbox.vclaim.lzstring import compress
from sandbox.vclaim.members import Members, peserta_of
from sandbox.vclaim.sealing import seal
from sandbox.vclaim.signing import DEMO

_LETTERS = [
    "ab",
    '{"kode":"0"},',
    "abcdefghijklmnopqrstuvwxyz 0123456789",
    "aéÎ漢字😀𝄞",
    "\u0000\u00ff\u0100\uffff",
]


def _texts() -> list[str]:
    day = date(2026, 11, 24)
    members = Members.from_table().by_nik.values()
    records = [peserta_of(member, today=day, service_date=day) for member in members]
    random = Random(112)
    noise = [
        "".join(random.choices(random.choice(_LETTERS), k=random.choice((1, 2, 7, 60, 900, 5000))))
        for _ in range(400)
    ]
    return ["", *(json.dumps({"peserta": record}, ensure_ascii=False) for record in records), *noise]


def _sample(number: int, text: str) -> dict[str, str]:
    timestamp = str(1_795_000_000 + number)
    return {"timestamp": timestamp, "text": text, "lz": compress(text), "sealed": seal(text, DEMO, timestamp)}


def main() -> None:
    """Write the credentials and all samples to standard output."""
    samples = [_sample(number, text) for number, text in enumerate(_texts())]
    print(json.dumps({"consid": DEMO.consid, "secret": DEMO.secret, "samples": samples}))  # noqa: T201 - its purpose


if __name__ == "__main__":
    main()
