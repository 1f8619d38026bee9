"""`gerbang accounts`: people who sign in; the running gateway makes, lists and disables them."""

import argparse
from typing import Any

from .gatewaylink import ask, link


def add_verbs(verbs: Any) -> None:
    """Add `accounts create | list | disable | password`."""
    accounts = verbs.add_parser("accounts", help="people who sign in")
    accounts = accounts.add_subparsers(required=True, metavar="VERB")
    verb = accounts.add_parser("create", help="make an account; what its owner needs is printed once")
    verb.add_argument("--login", required=True, help="3 to 40 lower-case letters, digits, . _ -")
    verb.add_argument("--name", required=True, help="what colleagues read on the screen")
    verb.add_argument("--role", required=True, help="dispatcher, operator, approver, auditor, admin or duty")
    verb.add_argument("--partner", help="for duty: whose duty officer it is, a partner's id")
    verb.set_defaults(run=create)
    accounts.add_parser("list", help="list accounts, never their secrets").set_defaults(run=list_accounts)
    verb = accounts.add_parser("disable", help="end an account and its sessions at once")
    verb.add_argument("id")
    verb.set_defaults(run=disable)
    verb = accounts.add_parser("password", help="set a one-time password; it is printed once")
    verb.add_argument("id")
    verb.add_argument(
        "--renew-codes", action="store_true", help="other one-time codes too, and no passkeys: telephone lost"
    )
    verb.set_defaults(run=set_password)


def create(arguments: argparse.Namespace) -> None:
    """Print a new account's one-time password and the secret of its one-time codes."""
    body = {"login": arguments.login, "display_name": arguments.name, "role": arguments.role}
    body |= {} if arguments.partner is None else {"partner": arguments.partner}
    with link() as gateway:
        _hand_over(ask(gateway, "POST", "/v1/accounts", json=body))


def list_accounts(arguments: argparse.Namespace) -> None:
    """Print one line per account."""
    del arguments
    with link() as gateway:
        for account in ask(gateway, "GET", "/v1/accounts")["accounts"]:
            state = f"disabled {account['disabled_at']}" if account["disabled_at"] else "in use"
            whose = f" of {account['partner']}" if account["partner"] else ""
            print(
                f"{account['id']}  {account['role']}{whose}  {account['login']}"
                f"  {account['display_name']}  {state}"
            )


def disable(arguments: argparse.Namespace) -> None:
    """End an account; from this moment on it opens nothing."""
    with link() as gateway:
        ask(gateway, "DELETE", f"/v1/accounts/{arguments.id}")
    print(f"{arguments.id} disabled")


def set_password(arguments: argparse.Namespace) -> None:
    """Print the one-time password that replaces a forgotten one."""
    with link() as gateway:
        body = {"renew_totp": arguments.renew_codes}
        _hand_over(ask(gateway, "POST", f"/v1/accounts/{arguments.id}/password", json=body))


def _hand_over(answer: dict[str, Any]) -> None:
    """Print what the owner is given, on paper or by voice, never by the same way as the login."""
    print(f"account   {answer['account']['id']} ({answer['account']['login']})")
    print(f"password  {answer['password']}  (must be changed at the first sign-in, within 14 days)")
    if answer["totp_secret"]:
        print(f"codes     {answer['totp_secret']}")
        print(f"          {answer['totp_uri']}")
