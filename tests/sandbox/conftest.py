"""A running sandbox on a free port, quiet again after each test."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.trust import TRUST

R4_TOKEN = {"Authorization": "Bearer demo-rsud-raden-mattaher"}


def start_sandbox(*options: str) -> tuple[subprocess.Popen[str], str]:
    """Start a sandbox on a free port; return it and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    assert "http://" in line, process.stderr and process.stderr.read()
    return process, line.rsplit(" ", 1)[-1].strip()


def end(process: subprocess.Popen[str]) -> str:
    """Stop a sandbox and return what it complained of."""
    process.terminate()
    return process.communicate(timeout=15)[1]


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """The address of a sandbox whose beds stand still; it must not complain of anything."""
    process, url = start_sandbox("--still")
    yield url
    assert end(process) == ""


@pytest.fixture
def sandbox(sandbox_url: str) -> Iterator[httpx.Client]:
    """A client of the sandbox; no trouble and no counts are left afterwards."""
    with httpx.Client(base_url=sandbox_url, timeout=10, trust_env=False, verify=TRUST) as client:
        yield client
        client.delete("/door").raise_for_status()
        client.delete("/door/journal").raise_for_status()


@pytest.fixture
def beds_restored(sandbox: httpx.Client) -> Iterator[None]:
    """For tests that change beds: afterwards they are as at the start."""
    yield
    sandbox.delete("/door/beds").raise_for_status()


def trouble(client: httpx.Client, target: str, mode: str, **more: Any) -> None:
    """Put one trouble at the door."""
    client.put(f"/door/{target}", json={"mode": mode, **more}).raise_for_status()


def all_pages(client: httpx.Client, address: str, **kwargs: Any) -> list[dict[str, Any]]:
    """Follow `next` and return every page."""
    pages: list[dict[str, Any]] = []
    following: str | None = address
    while following and len(pages) < 50:
        pages.append(client.get(following, **kwargs).raise_for_status().json())
        following = next((link["url"] for link in pages[-1]["link"] if link["relation"] == "next"), None)
    return pages


def rows_of(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the resources of all pages."""
    return [entry["resource"] for page in pages for entry in page.get("entry", [])]


def satusehat_token(client: httpx.Client, hospital: str, organization: str) -> dict[str, str]:
    """Return the headers for a hospital that reports to SATUSEHAT."""
    form = {"client_id": f"demo-client-{organization}", "client_secret": f"demo-secret-{hospital}"}
    query = {"grant_type": "client_credentials"}
    answer = client.post("/satusehat/oauth2/v1/accesstoken", params=query, data=form).raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
