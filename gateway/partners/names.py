"""Look host names up on threads of the partner's own: a name service that hangs holds back nobody else."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

THREADS = 2
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class OwnThreads(AbstractResolver):
    """Asks the system's name service; a thread begins with the first look-up."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return every address of *host*. Raises socket.gaierror."""
        look_up = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        except UnicodeError:  # an empty or overlong label, or a zero byte: no such name can exist
            raise socket.gaierror(socket.EAI_NONAME, "no name") from None
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=_NUMERIC,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Let go of the threads; a look-up under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
