"""`python -m bench.vclaim_stub PORT`: answers every question with a member, sealed as VClaim seals."""

import json
import sys
from datetime import date
from functools import lru_cache

from sandbox.vclaim.lzstring import compress
from sandbox.vclaim.members import Member, peserta_of
from sandbox.vclaim.sealing import seal_compressed
from sandbox.vclaim.signing import DEMO

from .rawserver import header, serve

PEOPLE = 64
NIKS = tuple(f"157101520390{serial}" for serial in range(9900, 9900 + PEOPLE))  # nobody's


@lru_cache(maxsize=4 * PEOPLE)
def _compressed(nik: str) -> str:
    member = Member(nik, nik[3:], "ORANG CONTOH", date(1990, 3, 12))
    today = date.today()
    return compress(json.dumps({"peserta": peserta_of(member, today=today, service_date=today)}))


@lru_cache(maxsize=4 * PEOPLE)
def _sealed(nik: str, timestamp: str) -> bytes:
    sealed = seal_compressed(_compressed(nik), DEMO, timestamp).replace("/", "\\/")
    return b'{"metaData":{"code":"200","message":"OK"},"response":"%b"}' % sealed.encode("ascii")


def answer(head: bytes) -> bytes:
    """Return the member of `/Peserta/nik/<nik>/...`, or an empty object for any other question."""
    _, found, rest = head.partition(b"/Peserta/nik/")
    if not found:
        return b"{}"
    return _sealed(
        rest.split(b"/", 1)[0].decode("ascii"), (header(head, b"x-timestamp") or b"0").decode("ascii")
    )


if __name__ == "__main__":
    for each in NIKS:
        _compressed(each)
    serve(int(sys.argv[1]), answer)
