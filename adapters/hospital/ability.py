"""What a FHIR server says of itself in its CapabilityStatement: its version, and what it can promise."""

import asyncio

import httpx

from contracts import CannotConvey, Garbled, NoAnswer

from .outcome import judged
from .server import Server
from .structs import read_conditional, read_version

READABLE = ("4.0", "4.3")  # R4 and R4B, which have the same Location, ServiceRequest and Task
METADATA_S = 0.5  # seconds; whoever takes longer to tell its version is judged by its resources
_BUSY = (429, 503)


class Ability:
    """One server's statement, asked for until the server has once answered."""

    def __init__(self, server: Server, *, creates_once: bool | None = None) -> None:
        """Take *creates_once* from an operator who knows better than the statement; None: believe it."""
        self._server = server
        self._creates_once = creates_once
        self._read = False
        self._conditional: frozenset[str] = frozenset()

    async def check_version(self) -> None:
        """
        Refuse what is not R4 or R4B. Raises PartnerError.

        A server without a readable /metadata is judged by the shape of its resources alone.
        """
        if self._read:
            return
        try:
            async with asyncio.timeout(METADATA_S):
                response = await self._server.look(self._server.url("metadata"))
        except (NoAnswer, Garbled, TimeoutError):
            return
        if response.status_code in _BUSY:
            judged(response)
        _refuse_other_versions(response)
        self._conditional = read_conditional(response.content) if response.is_success else frozenset()
        self._read = response.status_code < 500

    def creates_once(self, kind: str) -> bool:
        """Say whether two POSTs of *kind* with the same If-None-Exist make one resource; no in doubt."""
        return kind in self._conditional if self._creates_once is None else self._creates_once


def _refuse_other_versions(response: httpx.Response) -> None:
    version = read_version(response.content) if response.is_success else None
    if version is not None and version.rpartition(".")[0] not in READABLE and version not in READABLE:
        raise CannotConvey("fhir_version", f"fhir_{version.partition('.')[0][:4]}")
