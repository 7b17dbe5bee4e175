"""Accounts, as administrators manage them: those of their unit and below."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.http.authorisation import AccountsDependency, ActDependency, needs
from api.http.idempotency import WritingAccounts
from api.http.pagination import USUAL, After, Limit
from api.http.problem_details import raising
from api.schemas.accounts import IdentityIn, NewUserIn, UserChange, UserOut, UserPageOut, UserWithPassword
from biometrics.domain.access import Scope, Unit
from biometrics.domain.errors import LastAdministrator, LoginTaken, SecretShown

router = APIRouter(prefix="/users", tags=["accounts"], dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])


@router.get("", summary="List accounts")
def list_users(
    act: ActDependency,
    accounts: AccountsDependency,
    limit: Limit = USUAL,
    after: After = None,
) -> UserPageOut:
    """List the accounts of one's unit and below, by login."""
    return UserPageOut.of(accounts.users.list(act, limit, after))


@router.post("", status_code=201, summary="Make an account", responses=raising(LoginTaken, SecretShown))
def add_user(new: NewUserIn, act: ActDependency, accounts: WritingAccounts, response: Response) -> UserWithPassword:
    """Make an account in one's unit or below; the answer holds its one-time password."""
    user, password = accounts.add_user(act, new.new_user())
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    response.headers["Cache-Control"] = "no-store"
    return UserWithPassword.of(user, password)


@router.get("/{user}", summary="Read an account")
def read_user(user: str, act: ActDependency, accounts: AccountsDependency) -> UserOut:
    """Read an account by its id or login."""
    return UserOut.of(accounts.users.find(act, user))


@router.patch("/{user}", summary="Change the rights of an account", responses=raising(LastAdministrator))
def update_user(user: str, change: UserChange, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Give an account other roles, another unit or another name; it holds at once, also for who is signed in."""
    roles = None if change.roles is None else frozenset(change.roles)
    unit = None if change.unit is None else Unit.of(change.unit)
    return UserOut.of(accounts.users.change_rights(act, user, roles, unit, change.name))


@router.post("/{user}/disable", summary="Close an account", responses=raising(LastAdministrator))
def disable_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """End the account's sessions and keys at once, and block sign-in."""
    return UserOut.of(accounts.users.disable(act, user))


@router.post("/{user}/enable", summary="Open a closed account")
def enable_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Let its owner sign in again; its keys stay revoked."""
    return UserOut.of(accounts.users.enable(act, user))


@router.post("/{user}/unlock", status_code=204, summary="Forget an account's wrong tries")
def unlock_user(user: str, act: ActDependency, accounts: AccountsDependency) -> None:
    """Let its owner sign in without waiting any longer."""
    accounts.guard.unlock(act, user)


@router.post("/{user}/password-reset", summary="Replace a password by a one-time one", responses=raising(SecretShown))
def reset_password(user: str, act: ActDependency, accounts: WritingAccounts, response: Response) -> UserWithPassword:
    """End the account's sessions and API keys; the answer holds a new one-time password.

    The person who reset the account's phone cannot also do this until its owner has set up a new one.
    """
    response.headers["Cache-Control"] = "no-store"
    return UserWithPassword.of(*accounts.reset_password(act, user))


@router.post("/{user}/totp-reset", summary="Forget an account's phone")
def reset_totp(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """End the account's sessions and API keys; its owner enrols another phone at the next sign-in.

    The person who reset the account's password cannot also do this until its owner has signed in.
    """
    return UserOut.of(accounts.users.reset_totp(act, user))


@router.put("/{user}/identity", summary="Propose an identity at the outside provider", responses=raising(LoginTaken))
def link_user(user: str, identity: IdentityIn, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Say who the account's owner is at the outside provider; it counts once they have confirmed it themselves."""
    return UserOut.of(accounts.users.link(act, user, identity.issuer, identity.subject))


@router.delete("/{user}/identity", summary="Remove sign-in by the outside provider")
def unlink_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Remove the owner's identity at the outside provider; their sessions end."""
    return UserOut.of(accounts.users.unlink(act, user))
