"""`make codes`: who can sign in at the demo's console, with the code that holds now."""

import argparse
import time
from pathlib import Path

import pyotp

from .files import DemoEnv
from .people import PEOPLE

_STEP_S = 30


def main() -> int:
    """Print one line a person; 1 when no demo has run here."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo.codes", description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="folder of the demo")
    known = DemoEnv(parser.parse_args().data_dir / "demo.env").read()
    secrets = {person: known.get(f"{person.prefix}_TOTP") for person in PEOPLE}
    if None in secrets.values():
        print("codes: no demo has run here yet; start it with `make run`")
        return 1
    left = _STEP_S - int(time.time()) % _STEP_S
    print(f"console  {known['GERBANG_CONSOLE_URL']}   (codes hold for {left} s more; each is good once)")
    for person, secret in secrets.items():
        password = known[f"{person.prefix}_PASSWORD"]
        print(
            f"  {person.login:9} {person.role:9} password {password}  code {pyotp.TOTP(secret or '').now()}"
        )
    print("A printed password is the first one: it is changed at the first sign-in, and yours from then on.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
