"""`pehchan user`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.accounts.accounts import Accounts
from api.accounts.factory import accounts_of
from api.cli.arguments import AsJson
from api.cli.operator import operated_store, operator
from api.cli.terminal import ResultTable, moment, print_result
from api.settings import Settings
from api.v1.accounts_schemas import (
    AccountApproved,
    AccountRequestListOut,
    AccountRequestOut,
    ApiKeyOut,
    ApiKeyPageOut,
    NewApiKeyOut,
    UserOut,
    UserPageOut,
    UserWithPassword,
)
from biometrics.accounts.model import NewApiKey, NewUser, User
from biometrics.accounts.users import MOST_LISTED
from biometrics.kernel.access import Act, Role, Scope, Unit

app = typer.Typer(help="Accounts and their rights.", no_args_is_help=True)
requests = typer.Typer(help="Changes of accounts that an administrator requested.", no_args_is_help=True)
keys = typer.Typer(help="API keys of an account.", no_args_is_help=True)
app.add_typer(keys, name="key")
app.add_typer(requests, name="request")

Login = Annotated[str, typer.Argument(help="Login, or id of the account.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="Role; may be repeated.")]
UnitPath = Annotated[str, typer.Option(help="27/519/27519004, 27/519, 27 or national.")]


@app.command("add")
def add_user(
    login: Annotated[str, typer.Argument(help="Name to sign in with, such as r.patil.")],
    name: Annotated[str, typer.Option(help="Name and rank.")],
    role: Annotated[list[Role], typer.Option(help="Role; may be repeated.")],
    unit: UnitPath,
    as_json: AsJson = False,
) -> None:
    """Create an account, and print its one-time password: hand it over in person. It is valid for three days."""
    with _accounts() as (accounts, act):
        user, password = accounts.add_user(act, NewUser(login, name, frozenset(role), Unit.of(unit)))
    created = f"{user.login}: {', '.join(sorted(user.roles))} of {user.unit.path}"
    if user.is_machine:
        hint = f"A program has no password; create a key for it: pehchan user key add {user.login}"
        print_result(UserWithPassword.of(user, password), as_json, created, hint)
    else:
        _print_password(user, password, as_json, created)


@app.command("list")
def list_users(
    unit: Annotated[str, typer.Option(help="Only accounts of this unit and below.")] = "national",
    as_json: AsJson = False,
) -> None:
    """Show all accounts."""
    covered = Unit.of(unit)
    with _accounts() as (accounts, act):
        users = [user for user in _all(accounts, act) if covered.covers(user.unit)]
    print_result(UserPageOut(users=[UserOut.of(user) for user in users], next=None), as_json, _table(users))


@app.command("show")
def show_user(login: Login, as_json: AsJson = False) -> None:
    """Show an account, its failed sign-ins and its keys."""
    with _accounts() as (accounts, act):
        user = accounts.users.find(act, login)
        failures, locked_until = accounts.guard.failures(user.login)
        owned = accounts.keys.list(act, user.id)
    now = datetime.now(UTC)
    locked = f", must wait until {moment(locked_until)}" if locked_until and locked_until > now else ""
    in_use = sum(key.revoked_at is None and key.expires_at > now for key in owned)
    result = UserOut.of(user).model_dump()
    result |= {"failed_sign_ins": failures, "locked_until": locked_until, "api_keys_in_use": in_use}
    print_result(
        result,
        as_json,
        _table([user]),
        f"id {user.id}, made {moment(user.created_at)}",
        f"{failures} wrong tries since the last right one{locked}",
        f"{in_use} API keys in use",
    )


@app.command("disable")
def disable_user(login: Login, as_json: AsJson = False) -> None:
    """Close an account: its sessions and keys end at once."""
    with _accounts() as (accounts, act):
        _print(accounts.administration.disable(act, login), as_json)


@app.command("enable")
def enable_user(login: Login, as_json: AsJson = False) -> None:
    """Open a closed account again; its keys stay revoked."""
    with _accounts() as (accounts, act):
        _print(accounts.administration.enable(act, login), as_json)


@app.command("reset-password")
def reset_password(login: Login, as_json: AsJson = False) -> None:
    """Replace a password with a one-time one, and print it; all sessions and API keys of the account end."""
    with _accounts() as (accounts, act):
        user, password = accounts.reset_password(act, login)
    _print_password(user, password, as_json)


@app.command("reset-totp")
def reset_totp(login: Login, as_json: AsJson = False) -> None:
    """Reset two-step sign-in after a phone was lost; the next sign-in sets up a new one. Sessions and keys end."""
    with _accounts() as (accounts, act):
        user = accounts.administration.reset_totp(act, login)
    print_result(UserOut.of(user), as_json, "Codes from the old phone no longer work.")


@app.command("update")
def update_user(
    login: Login,
    role: Roles = None,
    unit: Annotated[str, typer.Option(help="New unit; unchanged if left out.")] = "",
    name: Annotated[str | None, typer.Option(help="New name; unchanged if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change an account's roles (give all of them), unit or name. The change applies at once."""
    with _accounts() as (accounts, act):
        roles = frozenset(role) if role else None
        _print(accounts.administration.change_rights(act, login, roles, Unit.of(unit) if unit else None, name), as_json)


@app.command("unlock")
def unlock_user(login: Login, as_json: AsJson = False) -> None:
    """Unlock an account after failed sign-ins."""
    with _accounts() as (accounts, act):
        accounts.administration.unlock(act, login)
        user = accounts.users.find(act, login)
    print_result(UserOut.of(user), as_json, "The account can sign in again.")


@app.command("link")
def link_user(
    login: Login,
    subject: Annotated[str, typer.Option(help="`sub`: the person's id at the outside provider.")],
    issuer: Annotated[str, typer.Option(help="`iss`: the provider's URL.")],
    as_json: AsJson = False,
) -> None:
    """Propose a person's identity at an outside provider (OpenID Connect); it takes effect once they confirm it."""
    with _accounts() as (accounts, act):
        _print(accounts.administration.link(act, login, issuer, subject), as_json)
    typer.echo("They confirm it on the page of their account, or by POST /api/v1/me/identity/confirm.", err=True)


@app.command("unlink")
def unlink_user(login: Login, as_json: AsJson = False) -> None:
    """Remove an account's identity at the outside provider, so that it no longer signs in there."""
    with _accounts() as (accounts, act):
        _print(accounts.administration.unlink(act, login), as_json)


@keys.command("add")
def add_key(
    login: Login,
    label: Annotated[str, typer.Option(help="What the key is for.")],
    days: Annotated[float, typer.Option(min=0, max=366, help="Days that the key is valid.")] = 90,
    scope: Annotated[list[Scope] | None, typer.Option(help="Scopes of the key; by default all of its owner's.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a key for a program and print it: it is never shown again. People create their own keys, signed in."""
    with _accounts() as (accounts, act):
        key, text = accounts.add_key(act, login, NewApiKey(label, timedelta(days=days), frozenset(scope or ())))
    print_result(NewApiKeyOut(api_key=ApiKeyOut.of(key), key=text), as_json, text)
    typer.echo(f"Good until {moment(key.expires_at)} for {', '.join(sorted(key.scopes))}", err=True)


@keys.command("list")
def list_keys(login: Login, as_json: AsJson = False) -> None:
    """List the keys of an account by their first letters."""
    table = ResultTable("begins", "for", "scopes", "made", "good until", "used", "revoked")
    with _accounts() as (accounts, act):
        owned = accounts.keys.list(act, login)
    for key in owned:
        days = (key.created_at, key.expires_at, key.used_at, key.revoked_at)
        scopes = ", ".join(sorted(key.scopes))
        table.add_row(key.prefix, key.label, scopes, *(moment(day) if day else "-" for day in days))
    print_result(ApiKeyPageOut(api_keys=[ApiKeyOut.of(key) for key in owned], next=None), as_json, table)


@keys.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(help="The first letters of the key, or its id.")], as_json: AsJson = False
) -> None:
    """Revoke a key at once."""
    with _accounts() as (accounts, act):
        revoked = accounts.administration.revoke_key(act, key)
    print_result(ApiKeyOut.of(revoked), as_json, f"{revoked.prefix} no longer works.")


@requests.command("list")
def list_requests(as_json: AsJson = False) -> None:
    """List the changes of accounts that wait for a second person."""
    table = ResultTable("id", "change", "account", "roles", "unit", "requested by", "until")
    with _accounts() as (accounts, act):
        pending = accounts.pending.list(act)
        logins = accounts.users.logins(act, {request.requested_by for request in pending})
    for request in pending:
        change = request.change
        login = request.user.login if request.user else change.login
        roles = ", ".join(sorted(change.roles or ())) or "-"
        unit = change.unit.path if change.unit else "-"
        by = logins.get(request.requested_by, request.requested_by)
        table.add_row(request.id, change.kind, login, roles, unit, by, moment(request.expires_at))
    answer = AccountRequestListOut(requests=[AccountRequestOut.of(request) for request in pending])
    print_result(answer, as_json, table)


@requests.command("approve")
def approve_request(
    request: Annotated[str, typer.Argument(help="Id of the request.")], as_json: AsJson = False
) -> None:
    """Approve a change that an administrator requested, and print the second half of its password or key."""
    with _accounts() as (accounts, act):
        approved, half = accounts.approve(act, request)
    lines = [_table([approved.user])] + ([f"Second half, after the first: {half}"] if half else [])
    print_result(AccountApproved.of(approved, half), as_json, *lines)


@requests.command("withdraw")
def withdraw_request(request: Annotated[str, typer.Argument(help="Id of the request.")]) -> None:
    """Withdraw a request that is not approved."""
    with _accounts() as (accounts, act):
        accounts.requests.withdraw(act, request)
    typer.echo("The request was removed.", err=True)


@contextmanager
def _accounts() -> Iterator[tuple[Accounts, Act]]:
    """Open the accounts on behalf of the local operator."""
    settings = Settings()
    with operated_store(settings) as store:
        yield accounts_of(settings, store), operator()


def _all(accounts: Accounts, act: Act) -> Iterator[User]:
    after: str | None = None
    while True:
        page = accounts.users.list(act, MOST_LISTED, after)
        yield from page.items
        if page.after is None:
            return
        after = page.after


def _print(user: User, as_json: bool) -> None:
    print_result(UserOut.of(user), as_json, _table([user]))


def _table(users: Iterable[User]) -> ResultTable:
    table = ResultTable("login", "name", "roles", "unit", "password", "phone", "state", drop=("phone", "password"))
    for user in users:
        password = "own" if user.has_password else "-"
        if user.setup_until:
            password = f"one-time, until {moment(user.setup_until)}"
        state = f"disabled {moment(user.disabled_at)}" if user.disabled_at else "open"
        roles = ", ".join(sorted(user.roles))
        table.add_row(user.login, user.name, roles, user.unit.path, password, "yes" if user.has_totp else "no", state)
    return table


def _print_password(user: User, password: str, as_json: bool, *before: str) -> None:
    print_result(UserWithPassword.of(user, password), as_json, *before, f"One-time password: {password}")
    typer.echo("Its owner signs in with it within three days, and gives a password of their own.", err=True)
