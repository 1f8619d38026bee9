"""The files of the demo: partners and their secrets for the gateway, addresses and keys for people."""

import fcntl
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_bytes

from sandbox.agencies.table import AGENCIES
from sandbox.bpbd.station import NAME as BPBD
from sandbox.bpbd.station import SECRET as BPBD_SECRET
from sandbox.messages.sms import TOKEN as SMS_TOKEN
from sandbox.table import HospitalRow, read_table
from sandbox.vclaim.signing import DEMO

from .children import Failed

_PUSH_KEY = "push.vapid_key"
_TEMPLATE = Path(__file__).parents[1] / "partners.toml"


def _secrets_of(row: HospitalRow) -> dict[str, str]:
    if row.system == "r4":
        return {f"{row.id}.token": row.token}
    return {f"{row.id}.client_secret": row.client_secret} if row.system == "satusehat" else {}


def secrets() -> dict[str, str]:
    """Return what the sandbox's partners want, by the name of the gateway's secret file."""
    wanted = {"bpjs.secret": DEMO.secret, "bpjs.user_key": DEMO.user_key, "sms.token": SMS_TOKEN}
    wanted |= {f"{agency.id}.secret": agency.secret for agency in AGENCIES} | {f"{BPBD}.secret": BPBD_SECRET}
    for row in read_table():
        wanted |= _secrets_of(row)
    return wanted


def _write_private(path: Path, text: str) -> None:
    """Replace the file whole: whoever is killed here has the old one or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def write_partners(data_dir: Path, *, sandbox_url: str) -> Path:
    """Write the partner file and the secrets into *data_dir*; return the partner file's path."""
    folder = data_dir / "secrets"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, value in secrets().items():
        _write_private(folder / name, value)
    if not (folder / _PUSH_KEY).exists():  # browsers have subscribed for the one that is there
        _write_private(folder / _PUSH_KEY, urlsafe_b64encode(token_bytes(32)).decode().rstrip("="))
    path = data_dir / "partners.toml"
    path.write_text(_TEMPLATE.read_text(encoding="utf-8").replace("{sandbox}", sandbox_url), encoding="utf-8")
    return path


@contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Hold *data_dir* for this demo; a second one would rewrite the first one's files. Raises Failed."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another demo runs in {data_dir}") from None
        yield


class DemoEnv:
    """`demo.env`: what to `source` before trying the gateway; kept over restarts."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> dict[str, str]:
        """Return the names and values of an earlier start, empty at the first."""
        if not self.path.is_file():
            return {}
        lines = self.path.read_text(encoding="utf-8").splitlines()
        pairs = [line.removeprefix("export ").partition("=") for line in lines if line.startswith("export ")]
        return {name: value for name, _, value in pairs}

    def write(self, values: dict[str, str]) -> None:
        """Replace the file, readable by its owner only."""
        lines = ["# Demo keys: they open sample data and nothing else. Use: source " + str(self.path)]
        lines += [f"export {name}={value}" for name, value in values.items()]
        _write_private(self.path, "\n".join(lines) + "\n")
