"""Speak to the running gateway: verbs that change something use its API, so its writer stays the only one."""

import os
from typing import Any

import httpx

from .wrong import Wrong


def link(key: str | None = None, *, role: str = "ADMIN") -> httpx.Client:
    """Return a client for `GERBANG_URL` with *key*, else with the environment's key of *role*."""
    url = os.environ.get("GERBANG_URL", "http://127.0.0.1:8112")
    key = key or os.environ.get(f"GERBANG_KEY_{role}")
    if not key:
        raise Wrong(f"GERBANG_KEY_{role} is not set (for the demo: `source var/demo.env`)")
    if not key.isascii():
        raise Wrong(f"GERBANG_KEY_{role} is no access key: they are plain ASCII")
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=15, trust_env=False)


def ask(gateway: httpx.Client, method: str, path: str, **kwargs: Any) -> Any:
    """Return the JSON of an answer below 400. Raises Wrong with the problem's own words otherwise."""
    try:
        response = gateway.request(method, path, **kwargs)
    except httpx.TransportError as exc:
        raise Wrong(
            f"no gateway answers at {gateway.base_url} ({type(exc).__name__}): is it running?"
        ) from exc
    if response.status_code >= 400:
        raise Wrong(f"{response.status_code}: {_words(response)}")
    return response.json() if response.content else None


def _words(response: httpx.Response) -> str:
    try:
        problem = response.json()
    except ValueError:
        return response.reason_phrase
    fields = "; ".join(f"{error['field']}: {error['message']}" for error in problem.get("errors", []))
    return " - ".join(part for part in (problem.get("title"), problem.get("detail"), fields) if part)
