"""The gateway's API as the demo uses it: one POST with the admin's key."""

import json
import urllib.error
import urllib.request
from typing import Any

from .children import Failed


def post(url: str, body: dict[str, str], *, key: str) -> dict[str, Any]:
    """Return the JSON answer to *body*. Raises Failed with the gateway's complaint."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - our own http address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")
        raise Failed(f"the gateway refused what the demo needs: {error.code} {said[:300]}") from error
    except OSError as error:
        raise Failed(f"the gateway did not answer the demo: {error}") from error
