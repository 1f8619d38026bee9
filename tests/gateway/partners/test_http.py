"""A partner's own client: whom it trusts."""

import datetime
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.wire import attempt
from contracts import Unreachable
from gateway.partners.http import tls
from tests.gateway.partners.servers import answer, ours, serving


def certificate(folder: Path, *, for_address: str = "127.0.0.1", days: int = 1) -> Path:
    """Write a self-signed certificate with its key; *days* below 0: it has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "data contoh")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(for_address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def presents(file: Path) -> ssl.SSLContext:
    """Return a server's context with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """Nothing is sent, not even the question's path."""
    async with serving(answer(b"{}"), context=presents(certificate(tmp_path))) as server, ours() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(server.url)
        with pytest.raises(Unreachable) as told:
            await attempt(client, client.build_request("GET", server.url))
        assert (told.value.detail, server.lines) == ("tls", [])


@pytest.mark.parametrize("wrong", [{"for_address": "10.0.0.1"}, {"days": -1}])
async def test_a_certificate_for_another_or_expired_is_refused(tmp_path: Path, wrong: Any) -> None:
    """Even if somebody we trust vouches for it."""
    file = certificate(tmp_path, **wrong)
    trusting = ssl.create_default_context(cafile=str(file))
    async with serving(answer(b"{}"), context=presents(file)) as server, ours(context=trusting) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(server.url)


async def test_a_certificate_we_trust_is_taken(tmp_path: Path) -> None:
    """The refusals above are for the certificate's sake."""
    file = certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(file))
    async with serving(answer(b"{}"), context=presents(file)) as server, ours(context=trusting) as client:
        assert (await client.get(server.url)).status_code == 200


def test_every_partner_is_verified() -> None:
    """Certificate and host name, by one context for all: making one costs 33 ms."""
    assert (tls().verify_mode, tls().check_hostname) == (ssl.CERT_REQUIRED, True)
    assert tls().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert tls() is tls()
