"""`gerbang openapi`: print the API's description; contracts/openapi.json is what it printed last."""

import argparse
import json
from typing import Any

from gateway.ground import Ground, read_settings
from gateway.people import PersonKeys


def add_verbs(verbs: Any) -> None:
    """Add `openapi`."""
    verb = verbs.add_parser("openapi", help="print the API's description, OpenAPI 3.1")
    verb.set_defaults(run=show)


def show(arguments: argparse.Namespace) -> None:
    """Print the document; nothing is started, read or written for it."""
    del arguments
    print(text())


def text() -> str:
    """Return the document as JSON, the same each time."""
    from gateway.app import build  # as in `serve`

    nothing = Ground(read_settings(), (), PersonKeys.of_nobody())
    return json.dumps(build(nothing).openapi(), indent=1, ensure_ascii=False, sort_keys=True)
