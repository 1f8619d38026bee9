"""
What a connection may send before any question begins, and how nonsense is refused there.

uvicorn bounds neither headers nor address (one caller without a key filled the memory) and refuses what
is no HTTP in plain text; websockets it would let through to a log line with the whole address.
"""

from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.passage import new_id
from gateway.problems import Problem

LARGEST_HEAD = 64 * 1024  # bytes of address and headers; ours take some 500


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a bound on what comes before a body, and refusals as problems."""

    environment: ClassVar[str] = "demo"
    _head = 0
    _in_head = True

    @classmethod
    def of(cls, environment: str) -> type["BoundedProtocol"]:
        """Return the class for a gateway of *environment*: uvicorn makes the objects."""
        return type(cls.__name__, (cls,), {"environment": environment})

    def data_received(self, data: bytes) -> None:
        """Read on, unless what comes before the body has grown too large."""
        self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self._refuse("head-too-large")

    def on_headers_complete(self) -> None:
        """Note that what follows is a body, which the edge bounds."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the next question begins."""
        self._in_head, self._head = True, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse in our own words; *msg* is uvicorn's."""
        del msg
        self._refuse("bad-request")

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: uvicorn would advise to install what is switched off on purpose."""

    def _refuse(self, name: str) -> None:
        answer = Problem(name).answer(environment=self.environment, request=new_id())
        headers = [*answer.raw_headers, (b"gerbang-environment", self.environment.encode("ascii"))]
        lines = [b"HTTP/1.1 %d Refused" % answer.status_code, *(b"%b: %b" % pair for pair in headers)]
        self.transport.write(b"\r\n".join([*lines, b"connection: close", b"", bytes(answer.body)]))
        self.transport.close()
