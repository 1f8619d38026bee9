"""The gateway's API and the sandbox's door as the demo uses them."""

import json
import urllib.error
import urllib.request
from typing import Any

from .children import Failed


def post(url: str, body: dict[str, str], *, key: str) -> dict[str, Any]:
    """Return the gateway's answer to *body*. Raises Failed with its complaint."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - our own http address
    return dict(json.loads(_said(request, "gateway")))


def put(url: str, body: dict[str, str]) -> None:
    """Tell the sandbox's door. Raises Failed with its complaint."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")  # noqa: S310 - as above
    _said(request, "sandbox")


def _said(request: urllib.request.Request, who: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")
        raise Failed(f"the {who} refused what the demo needs: {error.code} {said[:300]}") from error
    except OSError as error:
        raise Failed(f"the {who} did not answer the demo: {error}") from error
