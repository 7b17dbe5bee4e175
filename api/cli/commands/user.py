"""`pehchan user`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from api.accounts.accounts import Accounts
from api.accounts.factory import accounts_of
from api.cli.operator import operated_store, operator
from api.cli.terminal import table_with
from api.settings import Settings
from biometrics.domain.access import Act, Role, Scope, Unit
from biometrics.domain.accounts import NewUser, User
from biometrics.records.accounts.api_keys import NewApiKey
from biometrics.records.accounts.users import MOST_LISTED

app = typer.Typer(help="Accounts and their rights.", no_args_is_help=True)
keys = typer.Typer(help="API keys of an account.", no_args_is_help=True)
app.add_typer(keys, name="key")

Login = Annotated[str, typer.Argument(help="Login, or id of the account.")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="Role; may be repeated.")]
UnitPath = Annotated[str, typer.Option(help="27/519/27519004, 27/519, 27 or national.")]


@app.command("add")
def add_user(
    login: Annotated[str, typer.Argument(help="Name to sign in with, such as r.patil.")],
    name: Annotated[str, typer.Option(help="Name and rank.")],
    role: Annotated[list[Role], typer.Option(help="Role; may be repeated.")],
    unit: UnitPath,
) -> None:
    """Create an account, and print its one-time password: hand it over in person. It is valid for three days."""
    with _accounts() as (accounts, act):
        user, password = accounts.add_user(act, NewUser(login, name, frozenset(role), Unit.of(unit)))
    typer.echo(f"{user.login}: {', '.join(sorted(user.roles))} of {user.unit.path}")
    if user.is_machine:
        typer.echo(f"A program has no password; create a key for it: pehchan user key add {user.login}")
    else:
        _show_password(password)


@app.command("list")
def list_users(unit: Annotated[str, typer.Option(help="Only accounts of this unit and below.")] = "national") -> None:
    """Show all accounts."""
    covered = Unit.of(unit)
    with _accounts() as (accounts, act):
        _show(user for user in _all(accounts, act) if covered.covers(user.unit))


@app.command("show")
def show_user(login: Login) -> None:
    """Show an account, its failed sign-ins and its keys."""
    with _accounts() as (accounts, act):
        user = accounts.users.find(act, login)
        failures, locked_until = accounts.guard.failures(user.login)
        owned = accounts.keys.list(act, user.id)
    _show([user])
    typer.echo(f"id {user.id}, made {user.created_at:%Y-%m-%d}")
    locked = (
        f", must wait until {locked_until:%H:%M:%S} UTC" if locked_until and locked_until > datetime.now(UTC) else ""
    )
    typer.echo(f"{failures} wrong tries since the last right one{locked}")
    typer.echo(f"{sum(key.revoked_at is None and key.expires_at > datetime.now(UTC) for key in owned)} API keys in use")


@app.command("disable")
def disable_user(login: Login) -> None:
    """Close an account: its sessions and keys end at once."""
    with _accounts() as (accounts, act):
        _show([accounts.users.disable(act, login)])


@app.command("enable")
def enable_user(login: Login) -> None:
    """Open a closed account again; its keys stay revoked."""
    with _accounts() as (accounts, act):
        _show([accounts.users.enable(act, login)])


@app.command("password")
def reset_password(login: Login) -> None:
    """Replace a password with a one-time one, and print it; all sessions and API keys of the account end."""
    with _accounts() as (accounts, act):
        _, password = accounts.reset_password(act, login)
    _show_password(password)


@app.command("totp")
def reset_totp(login: Login) -> None:
    """Reset two-step sign-in after a phone was lost; the next sign-in sets up a new one. Sessions and keys end."""
    with _accounts() as (accounts, act):
        accounts.users.reset_totp(act, login)
    typer.echo("Codes from the old phone no longer work.")


@app.command("roles")
def change_rights(
    login: Login,
    role: Roles = None,
    unit: Annotated[str, typer.Option(help="New unit; unchanged if left out.")] = "",
    name: Annotated[str | None, typer.Option(help="New name; unchanged if left out.")] = None,
) -> None:
    """Change an account's roles (give all of them), unit or name. The change applies at once."""
    with _accounts() as (accounts, act):
        roles = frozenset(role) if role else None
        _show([accounts.users.change_rights(act, login, roles, Unit.of(unit) if unit else None, name)])


@app.command("unlock")
def unlock_user(login: Login) -> None:
    """Unlock an account after failed sign-ins."""
    with _accounts() as (accounts, act):
        accounts.guard.unlock(act, login)
    typer.echo("The account can sign in again.")


@app.command("link")
def link_user(
    login: Login,
    subject: Annotated[str, typer.Option(help="`sub`: the person's id at the outside provider.")],
    issuer: Annotated[str, typer.Option(help="`iss`: the provider's URL.")],
) -> None:
    """Propose a person's identity at an outside provider (OpenID Connect); it takes effect once they confirm it."""
    with _accounts() as (accounts, act):
        _show([accounts.users.link(act, login, issuer, subject)])
    typer.echo("They confirm it on the page of their account, or by POST /api/v1/me/identity/confirm.", err=True)


@app.command("unlink")
def unlink_user(login: Login) -> None:
    """Remove an account's identity at the outside provider, so that it no longer signs in there."""
    with _accounts() as (accounts, act):
        _show([accounts.users.unlink(act, login)])


@keys.command("add")
def add_key(
    login: Login,
    label: Annotated[str, typer.Option(help="What the key is for.")],
    days: Annotated[float, typer.Option(min=0, max=366, help="Days that the key is valid.")] = 90,
    scope: Annotated[list[Scope] | None, typer.Option(help="Scopes of the key; by default all of its owner's.")] = None,
) -> None:
    """Create a key for a program and print it: it is never shown again. People create their own keys, signed in."""
    with _accounts() as (accounts, act):
        key, text = accounts.add_key(act, login, NewApiKey(label, timedelta(days=days), frozenset(scope or ())))
    typer.echo(text)
    typer.echo(f"Good until {key.expires_at:%Y-%m-%d} for {', '.join(sorted(key.scopes))}", err=True)


@keys.command("list")
def list_keys(login: Login) -> None:
    """List the keys of an account by their first letters."""
    table = table_with("begins", "for", "scopes", "made", "good until", "used", "revoked")
    with _accounts() as (accounts, act):
        for key in accounts.keys.list(act, login):
            days = (key.created_at, key.expires_at, key.used_at, key.revoked_at)
            scopes = ", ".join(sorted(key.scopes))
            table.add_row(key.prefix, key.label, scopes, *(f"{day:%Y-%m-%d}" if day else "-" for day in days))
    Console().print(table)


@keys.command("revoke")
def revoke_key(key: Annotated[str, typer.Argument(help="The first letters of the key, or its id.")]) -> None:
    """Revoke a key at once."""
    with _accounts() as (accounts, act):
        typer.echo(f"{accounts.keys.revoke(act, key).prefix} no longer works.")


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


def _show(users: Iterable[User]) -> None:
    table = table_with("login", "name", "roles", "unit", "password", "phone", "state")
    for user in users:
        password = "own" if user.has_password else "-"
        if user.setup_until:
            password = f"one-time, until {user.setup_until:%Y-%m-%d %H:%M} UTC"
        state = f"disabled {user.disabled_at:%Y-%m-%d}" if user.disabled_at else "open"
        roles = ", ".join(sorted(user.roles))
        table.add_row(user.login, user.name, roles, user.unit.path, password, "yes" if user.has_totp else "no", state)
    Console().print(table)


def _show_password(password: str) -> None:
    typer.echo(f"One-time password: {password}")
    typer.echo("Its owner signs in with it within three days, and gives a password of their own.", err=True)
