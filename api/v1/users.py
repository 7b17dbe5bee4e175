"""Accounts, as administrators manage them: those of their unit and below."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.accounts.accounts import Accounts
from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.errors import raising
from api.http.idempotency import WritingAccounts
from api.http.pagination import USUAL, After, Limit
from api.v1.accounts_schemas import (
    AccountRequested,
    IdentityIn,
    NewUserIn,
    UserChange,
    UserOut,
    UserPageOut,
)
from biometrics.accounts.changes import AccountChange, ChangeKind, only_takes_rights
from biometrics.kernel.access import Act, Scope, Unit
from biometrics.kernel.errors import LastAdministrator, LoginTaken, SecretShown

router = APIRouter(prefix="/users", tags=["accounts"], dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])


@router.get("", summary="List accounts")
def list_users(
    act: ActDependency,
    accounts: AccountsDependency,
    limit: Limit = USUAL,
    after: After = None,
) -> UserPageOut:
    """List the accounts of your unit and below, by login."""
    return UserPageOut.of(accounts.users.list(act, limit, after))


@router.post("", status_code=202, summary="Request an account", responses=raising(LoginTaken, SecretShown))
def add_user(new: NewUserIn, act: ActDependency, accounts: WritingAccounts, response: Response) -> AccountRequested:
    """Request an account in your unit or below; another administrator approves it.

    The response holds the first half of its one-time password, the approval the second.
    """
    return _requested(accounts, act, AccountChange.adding(new.new_user()), response)


@router.get("/{user}", summary="Get an account")
def read_user(user: str, act: ActDependency, accounts: AccountsDependency) -> UserOut:
    """Get an account by id or login."""
    return UserOut.of(accounts.users.find(act, user))


@router.patch(
    "/{user}",
    summary="Change the rights of an account",
    responses=raising(LastAdministrator)
    | {202: {"model": AccountRequested, "description": "Another administrator must approve the change"}},
)
def update_user(
    user: str, change: UserChange, act: ActDependency, accounts: WritingAccounts, response: Response
) -> UserOut | AccountRequested:
    """Change the roles, unit or name of an account.

    Rights are taken away at once, even from a signed-in user. Any other change is requested (202); another
    administrator approves it.
    """
    roles = None if change.roles is None else frozenset(change.roles)
    unit = None if change.unit is None else Unit.of(change.unit)
    account = accounts.users.find(act, user)
    if only_takes_rights(account, roles, unit, change.name):
        return UserOut.of(accounts.administration.change_rights(act, user, roles, unit, change.name))
    account_change = AccountChange(ChangeKind.RIGHTS, account.id, name=change.name, roles=roles, unit=unit)
    response.status_code = 202
    return _requested(accounts, act, account_change, response)


@router.post("/{user}/disable", summary="Close an account", responses=raising(LastAdministrator))
def disable_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """End the account's sessions and keys at once, and block sign-in."""
    return UserOut.of(accounts.administration.disable(act, user))


@router.post("/{user}/enable", status_code=202, summary="Request to reopen an account")
def enable_user(user: str, act: ActDependency, accounts: WritingAccounts, response: Response) -> AccountRequested:
    """Request that sign-in is allowed again; another administrator approves it. API keys stay revoked."""
    return _request_for(ChangeKind.ENABLE, user, accounts, act, response)


@router.post("/{user}/unlock", status_code=204, summary="Unlock an account")
def unlock_user(user: str, act: ActDependency, accounts: AccountsDependency) -> None:
    """Clear failed sign-ins, so that the owner can sign in without waiting."""
    accounts.administration.unlock(act, user)


@router.post(
    "/{user}/password-reset", status_code=202, summary="Request a new password", responses=raising(SecretShown)
)
def reset_password(user: str, act: ActDependency, accounts: WritingAccounts, response: Response) -> AccountRequested:
    """Request a one-time password in place of the present one; another administrator approves it.

    The response holds the first half, the approval the second. Sessions and API keys end with the approval.
    """
    return _request_for(ChangeKind.PASSWORD, user, accounts, act, response)


@router.post("/{user}/totp-reset", status_code=202, summary="Request a reset of two-step sign-in")
def reset_totp(user: str, act: ActDependency, accounts: WritingAccounts, response: Response) -> AccountRequested:
    """Request that the phone of an account is removed; another administrator approves it.

    Its owner sets up another at the next sign-in. Sessions and API keys end with the approval.
    """
    return _request_for(ChangeKind.TOTP, user, accounts, act, response)


@router.put("/{user}/identity", summary="Propose an identity at the provider", responses=raising(LoginTaken))
def link_user(user: str, identity: IdentityIn, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Propose the owner's identity at the provider. It takes effect once the owner confirms it."""
    return UserOut.of(accounts.administration.link(act, user, identity.issuer, identity.subject))


@router.delete("/{user}/identity", summary="Remove an identity at the provider")
def unlink_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Remove the owner's identity at the provider. The owner's sessions end."""
    return UserOut.of(accounts.administration.unlink(act, user))


def _request_for(kind: ChangeKind, user: str, accounts: Accounts, act: Act, response: Response) -> AccountRequested:
    account = accounts.users.find(act, user)
    return _requested(accounts, act, AccountChange(kind, account.id), response)


def _requested(accounts: Accounts, act: Act, change: AccountChange, response: Response) -> AccountRequested:
    response.headers["Cache-Control"] = "no-store"
    return AccountRequested.of(*accounts.request(act, change))
