"""The report leaves the house over verified TLS, and the server's word for it comes back."""

import email
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.evidence import mail
from gateway.evidence.mail import CannotMail, MailServer, compose, send
from tests.running import free_port

PAGE = "LAPORAN HARIAN JEJAK AUDIT\nHASIL PEMERIKSAAN: UTUH\n— contoh\n"


class Box:
    """Keeps what an independent server received."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.says = "250 2.0.0 Ok: queued as 4ZK7Q"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Take a message."""
        assert isinstance(envelope.content, bytes)
        self.received.append(email.message_from_bytes(envelope.content))
        return self.says


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Give a certificate for this machine that nobody trusts yet, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "server.crt", tmp_path / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(*form))
    return files


# aiosmtpd warns that a password is wanted without STARTTLS: under smtps all is TLS already.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


def _check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"gerbang", b"kata sandi/contoh"))


@pytest.fixture(params=["smtps", "smtp+starttls"])
def server(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[tuple[str, Box]]:
    """Run an independent mail server that wants TLS and a password; give its address and its box."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    at_once = request.param == "smtps"
    box = Box()
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=context if at_once else None,
        tls_context=None if at_once else context,
        require_starttls=not at_once,
        authenticator=_check,
        auth_required=True,
        auth_require_tls=not at_once,
    )
    controller.start()
    yield f"{request.param}://gerbang:kata%20sandi%2Fcontoh@127.0.0.1:{controller.port}", box
    controller.stop()


def _message() -> Any:
    return compose(
        sender="gerbang@112.example",
        to="inspektorat@kota.example",
        subject="Laporan harian jejak audit 2026-11-25: UTUH",
        text=PAGE,
        picture=b"\x89PNG\r\n",
        name="laporan-2026-11-25",
    )


def test_page_and_picture_arrive_and_the_receipt_is_the_servers(
    server: tuple[str, Box], certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS with a trusted certificate; the text comes out to the letter."""
    url, box = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    message = _message()
    receipt = send(MailServer.of(url), message)
    assert receipt.said == "250 2.0.0 Ok: queued as 4ZK7Q"
    assert receipt.message_id == message["Message-ID"]
    (received,) = box.received
    text, page, picture = [part for part in received.walk() if not part.is_multipart()]
    assert text.get_payload(decode=True).decode().replace("\r\n", "\n") == PAGE
    assert page.get_payload(decode=True).decode() == PAGE
    assert (picture.get_content_type(), picture.get_payload(decode=True)) == ("image/png", b"\x89PNG\r\n")


def test_a_server_nobody_vouches_for_gets_nothing(server: tuple[str, Box]) -> None:
    """Without trust in its certificate neither the password nor the page leaves."""
    url, box = server
    with pytest.raises(CannotMail, match=r"127\.0\.0\.1"):
        send(MailServer.of(url), _message())
    assert box.received == []


def test_a_refusal_is_said_without_the_password(
    server: tuple[str, Box], certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, or a full box: the server's number is named."""
    url, box = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    monkeypatch.setattr(mail, "TIMEOUT_S", 2.0)  # this server falls silent after a wrong password
    box.says = "452 4.2.2 mailbox full"
    with pytest.raises(CannotMail, match="it answered 452"):
        send(MailServer.of(url), _message())
    with pytest.raises(CannotMail, match=r"answered 535|Disconnected|Timeout") as refused:
        send(MailServer.of(url.replace("contoh", "salah")), _message())
    assert "salah" not in str(refused.value)


WRONG = {
    "": "begins with one of",
    "http://mail.example": "begins with one of",
    "smtps://": "names a host",
    "smtps://mail.example:port": "is no address",
    "smtp://mail.example": "for this machine only",
}


@pytest.mark.parametrize(("url", "said"), WRONG.items())
def test_an_address_that_is_none_is_refused(url: str, said: str) -> None:
    """Also plain SMTP to anywhere but here: the page would travel in the open."""
    with pytest.raises(CannotMail, match=said):
        MailServer.of(url)


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer is named, with the kind of fault."""
    with pytest.raises(CannotMail, match=r"127\.0\.0\.1: ConnectionRefusedError"):
        send(MailServer.of(f"smtp://127.0.0.1:{free_port()}"), _message())
