"""The partners as objects: each with its own client, found by what it can do."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from pydantic import BaseModel
from structlog.testing import capture_logs

from contracts import Adapter, CapacityReport, ChecksEligibility, ReportsCapacity
from gateway.partners.config import Limits, PartnerConfig, Standing
from gateway.partners.registry import connect
from gateway.settings import Environment, Settings
from tests.gateway.partners.servers import answer, serving


class _Said(BaseModel):
    base_url: str


class _Hospital:
    """Reports what a raw server says."""

    def __init__(self, settings: Any, client: httpx.AsyncClient) -> None:
        self.settings = settings
        self.client = client

    async def report_capacity(self) -> CapacityReport:
        """Ask once."""
        got = await self.client.get(self.settings.base_url)
        return CapacityReport(origin=got.text)


def config(
    name: str, *, url: str = "https://rs.example", connect: Callable[..., object] = _Hospital
) -> PartnerConfig:
    """Return a live partner of a made-up kind."""
    return PartnerConfig(
        id=name,
        kind="madeup",
        standing=Standing.LIVE,
        name=name,
        phone=None,
        limits=Limits(concurrency=2, queue=1, attempts=1),
        ladder=None,
        facility=None,
        adapter=Adapter(title="Made up", settings=_Said, connect=connect, answer_cap=10),
        settings=_Said(base_url=url),
    )


def telephone(name: str) -> PartnerConfig:
    """Return a partner without a system."""
    return PartnerConfig(name, None, Standing.PLANNED, name, "0741-1", Limits(), None, None, None, None)


def settings(folder: Path, *, environment: Environment = Environment.DEMO) -> Settings:
    """Return settings that allow loopback."""
    return Settings(data_dir=folder, environment=environment, outbound_allow=(ip_network("127.0.0.0/8"),))


async def test_partners_keep_the_files_order_and_are_found_by_what_they_can_do(tmp_path: Path) -> None:
    """A partner with a telephone only can do nothing here."""
    registry = connect(
        [config("rs-a"), telephone("rs-b"), config("rs-c", connect=_nothing)], settings(tmp_path)
    )
    assert list(registry.partners) == ["rs-a", "rs-b", "rs-c"]
    assert [each.id for each in registry.able_to(ReportsCapacity)] == ["rs-a"]
    assert registry.able_to(ChecksEligibility) == []
    assert registry.partners["rs-b"].port is None
    await registry.close()


def _nothing(_: object, __: object) -> object:
    return object()


async def test_each_partner_has_a_client_of_its_own_and_all_are_closed(tmp_path: Path) -> None:
    """One partner's trouble takes no other's connections."""
    registry = connect([config("rs-a"), config("rs-b")], settings(tmp_path))
    first, second = (each.port.client for each in registry.partners.values())  # type: ignore[union-attr]  # ours
    assert first is not second
    await registry.close()
    assert (first.is_closed, second.is_closed) == (True, True)


async def test_the_kinds_cap_and_the_guard_are_in_the_client(tmp_path: Path) -> None:
    """Ten bytes in this kind; loopback as the settings allow."""
    async with serving(answer(b"0123456789")) as fits, serving(answer(b"0123456789a")) as too_long:
        registry = connect(
            [config("rs-a", url=fits.url), config("rs-b", url=too_long.url)], settings(tmp_path)
        )
        good, long = registry.able_to(ReportsCapacity)
        assert isinstance(good.port, _Hospital)
        assert isinstance(long.port, _Hospital)
        assert (await good.port.report_capacity()).origin == "0123456789"
        with pytest.raises(httpx.DecodingError):
            await long.port.report_capacity()
        await registry.close()


async def test_a_live_process_takes_no_sample_data(tmp_path: Path) -> None:
    """The sandbox marks its answers, wherever it stands."""
    async with serving(answer(b"{}", "X-Data-Contoh: 1")) as server:
        registry = connect([config("rs-a", url=server.url)], settings(tmp_path, environment=Environment.LIVE))
        port = registry.partners["rs-a"].port
        assert isinstance(port, _Hospital)
        with capture_logs() as lines, pytest.raises(httpx.DecodingError):
            await port.report_capacity()
        assert [line["event"] for line in lines] == ["partner.sandbox_in_live"]
        await registry.close()


async def test_a_breaker_shows_on_the_metrics_and_in_the_log(tmp_path: Path) -> None:
    """Once when it opens; each operation has its own."""
    registry = connect([config("rs-gauge")], settings(tmp_path))
    one = registry.partners["rs-gauge"]
    breaker = one.breaker("report_capacity")
    assert one.breaker("report_capacity") is breaker
    assert (_gauge("report_capacity"), _gauge("other")) == (0.0, None)
    with capture_logs() as lines:
        for _ in range(6):
            permit = breaker.admit()
            if permit is not None:
                breaker.failed(permit)
    assert _gauge("report_capacity") == 1.0
    assert [line["event"] for line in lines] == ["breaker.opened"]
    await registry.close()


def _gauge(operation: str) -> float | None:
    labels = {"partner": "rs-gauge", "operation": operation}
    return REGISTRY.get_sample_value("gerbang_breaker_open", labels)
