"""`python -m sandbox`: every partner on one port. DATA CONTOH."""

import argparse
import socket
import sys

import uvicorn

from sandbox.app import build_app
from sandbox.door.transport import OpenProtocol
from sandbox.world import build_world

SIGN = ("X-Data-Contoh", "sandbox")  # on every answer, so that nobody takes it for real


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8113, help="port to listen on; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=112, help="the same seed makes the same beds")
    parser.add_argument("--still", action="store_true", help="beds do not change by themselves")
    parser.add_argument("--drift-s", type=float, default=5.0, help="seconds between two bed changes")
    parser.add_argument("--skew-s", type=float, default=300.0, help="clock difference VClaim tolerates")
    parser.add_argument(
        "--decide-s", type=float, default=4.0, help="seconds until a hospital answers by itself"
    )
    return parser.parse_args()


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(100)  # whoever reads the address may come before the server does
    return listening


class _Server(uvicorn.Server):
    """Does not wait at the end for those whom the trouble door keeps hanging."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut every connection, then close as usual."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def main() -> int:
    """Serve until stopped; 1 when the port is taken."""
    options = _options()
    try:
        listening = _listen(options.host, options.port)
    except OSError as error:
        print(f"sandbox: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    world = build_world(seed=options.seed, skew_s=options.skew_s, decide_s=options.decide_s)
    app = build_app(world, seed=options.seed, drift_every_s=None if options.still else options.drift_s)
    # No access log: VClaim's addresses carry the numbers of people.
    config = uvicorn.Config(
        app,
        http=OpenProtocol,
        ws="none",
        access_log=False,
        log_level="warning",
        headers=[SIGN],
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    print(f"sandbox (data contoh): http://{options.host}:{listening.getsockname()[1]}", flush=True)
    _Server(config).run(sockets=[listening])
    return 0


if __name__ == "__main__":
    sys.exit(main())
