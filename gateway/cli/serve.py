"""
`gerbang serve`: run the gateway; `gerbang migrate`: bring the database to this version and stop.

The application is imported by who serves it: it takes two seconds, which no other verb should.
"""

import argparse
import gc
from typing import Any

import uvicorn

from gateway import logs
from gateway.connection import BoundedProtocol
from gateway.ground import prepare, read_settings


def add_verbs(verbs: Any) -> None:
    """Add `serve` and `migrate`."""
    verb = verbs.add_parser("serve", help="run the gateway")
    verb.set_defaults(run=serve)
    verb = verbs.add_parser("migrate", help="bring the database to this version; refused while it runs")
    verb.set_defaults(run=bring_up)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until told to stop. Raises CannotStart when settings, partners, database or lock forbid it."""
    del arguments
    settings = read_settings()
    logs.configure(level=settings.log_level)
    gc.disable()  # what is imported stays for good: to look through it all the while costs 0.4 s of a start
    from gateway.app import build

    with prepare(settings) as ground:
        config = uvicorn.Config(
            build(ground),
            http=BoundedProtocol.of(str(settings.environment)),
            ws="none",
            host=settings.host,
            port=settings.port,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        server = uvicorn.Server(config)
        server.run()
        return 0 if server.started else 1


def bring_up(arguments: argparse.Namespace) -> None:
    """Migrate the database, and check settings and partners on the way."""
    del arguments
    with prepare(read_settings()) as ground:
        print(f"ready for {len(ground.partners)} partners, environment {ground.settings.environment}")
