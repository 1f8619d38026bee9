"""`python -m sandbox.demo`: starts sandbox and gateway, makes the keys, and says where to look."""

import argparse
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .agencies import connect, keys_of_agencies
from .api import post
from .children import Child, Failed, check_free, run, start, status_of, wait_until_ready
from .files import DemoEnv, alone_in, write_partners
from .people import people_of_the_demo

_ENDINGS = (signal.SIGTERM, signal.SIGHUP)  # SIGHUP: the terminal was closed
ROLES = ("dispatcher", "operator", "approver", "auditor", "partner")
PARTNER_OF_THE_DEMO = "rsud-sayoeti"  # has only a telephone: its people may state their beds themselves


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything of this demo lives."""

    host: str
    port: int
    sandbox_port: int
    data_dir: Path
    still: bool

    @property
    def url(self) -> str:
        """The gateway's address."""
        return f"http://{self.host}:{self.port}"

    @property
    def console_url(self) -> str:
        """Where people sign in; passkeys want a name, not a number (WebAuthn Level 2, section 5.1.2)."""
        return f"http://localhost:{self.port}" if self.host == "127.0.0.1" else self.url

    @property
    def sandbox_url(self) -> str:
        """The sandbox's address."""
        return f"http://{self.host}:{self.sandbox_port}"

    def gateway_env(self, partners: Path) -> dict[str, str]:
        """Return the environment the gateway and its verbs run in."""
        return os.environ | {
            "GERBANG_ENVIRONMENT": "demo",
            "GERBANG_OUTBOUND_ALLOW": "127.0.0.0/8",
            "GERBANG_DATA_DIR": str(self.data_dir),
            "GERBANG_PARTNERS_FILE": str(partners),
            "GERBANG_HOST": self.host,
            "GERBANG_PORT": str(self.port),
            "GERBANG_URL": self.url,
            "GERBANG_PUBLIC_URL": self.console_url,
        }


def _plan() -> Plan:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address of both")
    parser.add_argument("--port", type=int, default=8112, help="port of the gateway")
    parser.add_argument("--sandbox-port", type=int, default=8113, help="port of the sandbox")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="folder for everything written")
    parser.add_argument("--still", action="store_true", help="beds do not change by themselves")
    return Plan(**vars(parser.parse_args()))


def _kept(plan: Plan, kept: DemoEnv) -> dict[str, str]:
    """Return what an earlier start left, unless the database its keys belong to is gone."""
    has_database = "GERBANG_DATABASE_URL" in os.environ or (plan.data_dir / "gerbang.db").exists()
    return kept.read() if has_database else {}


def _admin_key(plan: Plan, known: dict[str, str], env: dict[str, str]) -> str:
    if "GERBANG_KEY_ADMIN" in known:
        return known["GERBANG_KEY_ADMIN"]
    filed = plan.data_dir / "admin.key"  # written before it is valid: a kill loses nothing
    try:
        run(["gateway", "keys", "bootstrap", "--to", str(filed)], env=env, quiet=True)
        return filed.read_text(encoding="ascii").strip()
    except Failed as failed:
        if filed.exists():
            return filed.read_text(encoding="ascii").strip()
        raise Failed(
            f"{failed}\nIf the keys of an earlier start are lost, remove {plan.data_dir}"
        ) from failed


def _create_key(plan: Plan, role: str, admin: str) -> str:
    order = {"role": role, "holder": f"demo {role}"}
    whose = {"partner": PARTNER_OF_THE_DEMO} if role == "partner" else {}
    return str(post(f"{plan.url}/v1/keys", order | whose, key=admin)["key"])


def _works(plan: Plan, key: str | None) -> bool:
    return key is not None and status_of(f"{plan.url}/openapi.json", key=key) != 401


def _keys(plan: Plan, known: dict[str, str], admin: str) -> dict[str, str]:
    """Return a working key for every role, making what is missing."""
    if not _works(plan, admin):
        raise Failed(f"the kept admin key is not accepted; to start afresh, remove {plan.data_dir}")
    keys = {"GERBANG_KEY_ADMIN": admin}
    for role in ROLES:
        name = f"GERBANG_KEY_{role.upper()}"
        keys[name] = known[name] if _works(plan, known.get(name)) else _create_key(plan, role, admin)
    return keys | {"GERBANG_KEY_DISPATCH": keys["GERBANG_KEY_DISPATCHER"]}


def _say_where(plan: Plan, env_file: Path) -> None:
    codes, tour = "make codes", "make tour        # or: .venv/bin/gerbang tour"
    if plan.data_dir != Path("var"):  # `make` looks nowhere else
        codes = f".venv/bin/python -m sandbox.demo.codes --data-dir {plan.data_dir}"
        tour = f".venv/bin/gerbang tour --env {env_file}"
    question = f"{plan.url}/v1/capacity?need=icu&lat=-1.61&lon=103.61"
    print(
        f"""
Gerbang is running.  DATA CONTOH - JANGAN DIPAKAI (sample data, not for use)

  console   {plan.console_url}      who can sign in: `{codes}`
  gateway   {plan.url}      what it can do: /openapi.json
  sandbox   {plan.sandbox_url}      trouble: /door  (sandbox/README.md)
  keys      {env_file}      one per role: dispatcher operator approver auditor partner admin
  logs      {plan.data_dir}/gateway.log  {plan.data_dir}/sandbox.log

In another terminal:

  source {env_file}
  curl -s -H "Authorization: Bearer $GERBANG_KEY_DISPATCH" "{question}"
  {tour}

Ctrl-C stops both.
""",
        flush=True,
    )


def _watch(children: list[Child]) -> None:
    while True:
        for child in children:
            child.check()
        time.sleep(0.5)


def _bring_up(plan: Plan, children: list[Child]) -> None:
    """Start both, with whatever keys are missing; *children* grows as they start."""
    for what, port in (("gateway", plan.port), ("sandbox", plan.sandbox_port)):
        check_free(what, plan.host, port)
    partners = write_partners(plan.data_dir, sandbox_url=plan.sandbox_url)
    env, kept = plan.gateway_env(partners), DemoEnv(plan.data_dir / "demo.env")
    sandbox = ["sandbox", "--host", plan.host, "--port", str(plan.sandbox_port)]
    sandbox += ["--still"] if plan.still else []
    children.append(start("the sandbox", sandbox, log=plan.data_dir / "sandbox.log", env=dict(os.environ)))
    wait_until_ready(f"{plan.sandbox_url}/", children)
    known = _kept(plan, kept)
    addresses = {
        "GERBANG_URL": plan.url,
        "GERBANG_CONSOLE_URL": plan.console_url,
        "GERBANG_SANDBOX_URL": plan.sandbox_url,
        "GERBANG_DATA_DIR": str(plan.data_dir.resolve()),  # for the verbs that read the database
    }
    admin = _admin_key(plan, known, env)
    kept.write(known | addresses | {"GERBANG_KEY_ADMIN": admin})  # at once: it is shown only this time
    gateway = ["gateway", "serve"]
    children.append(start("the gateway", gateway, log=plan.data_dir / "gateway.log", env=env))
    wait_until_ready(f"{plan.url}/readyz", children)
    keys = addresses | _keys(plan, known, admin)
    kept.write(keys)
    keys |= people_of_the_demo(plan.url, admin=admin, known=known)
    agencies = keys_of_agencies(plan.url, admin=admin, known=known)
    kept.write(keys | agencies)
    connect(plan.url, plan.sandbox_url, agencies)
    (plan.data_dir / "admin.key").unlink(missing_ok=True)
    _say_where(plan, kept.path)


def _stop(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run the demo until stopped; 1 when it cannot start or one of the two ends."""
    plan, children = _plan(), list[Child]()
    os.umask(0o077)
    for ending in _ENDINGS:
        signal.signal(ending, _stop)
    try:
        with alone_in(plan.data_dir):
            _bring_up(plan, children)
            _watch(children)
    except Failed as failed:
        print(f"demo: {failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopping")
    finally:
        for ending in (*_ENDINGS, signal.SIGINT):
            signal.signal(ending, signal.SIG_IGN)  # it is ending already, and leaves nothing behind
        for child in children:
            child.ask_to_end()
        for child in reversed(children):
            child.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
