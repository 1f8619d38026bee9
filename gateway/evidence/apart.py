"""
FHIR made in a process of its own: its library's import alone would stop the event loop for a quarter second.

The process reads entries and writes events; it ends with its input, also when this one is killed.
"""

import asyncio
import sys
from collections.abc import Iterable

import msgspec

LONGEST_S = 30.0
COMMAND = (sys.executable, "-m", "gateway.evidence.apart")

Row = tuple[str, int, str, str]  # log, seq, leaf, record


class CannotRender(Exception):
    """The events could not be made: an entry is damaged, or the process failed; the message says which."""


async def events(rows: Iterable[Row], *, site: str, places: asyncio.Semaphore) -> bytes:
    """Return the rows as NDJSON of AuditEvents, when one of the *places* is free. Raises CannotRender."""
    given = b"\n".join(msgspec.json.encode(row) for row in rows)
    if not given:
        return b""
    async with places:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            site,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(LONGEST_S):
                out, err = await process.communicate(given)
        except TimeoutError:
            raise CannotRender("it took too long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode != 0:
        raise CannotRender(_why(err))
    return out


def _why(err: bytes) -> str:
    said = err.decode("utf-8", "replace").strip().splitlines()
    return said[-1] if said and said[-1].startswith(UNREADABLE) else "the process failed"


UNREADABLE = "unreadable: "


def main(site: str) -> int:
    """Turn each row on standard input into an event on standard output."""
    from gateway.evidence import fhir

    read = msgspec.json.Decoder(Row).decode
    rows = (read(line) for line in sys.stdin.buffer)
    try:
        for event in fhir.ndjson(rows, site=site):
            sys.stdout.buffer.write(event)
    except fhir.Unreadable as wrong:
        sys.stderr.write(f"{UNREADABLE}{wrong}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
