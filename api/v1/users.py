"""Accounts, as administrators manage them: those of their unit and below."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.errors import raising
from api.http.idempotency import WritingAccounts
from api.http.pagination import USUAL, After, Limit
from api.v1.accounts_schemas import IdentityIn, NewUserIn, UserChange, UserOut, UserPageOut, UserWithPassword
from biometrics.kernel.access import Scope, Unit
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


@router.post("", status_code=201, summary="Create an account", responses=raising(LoginTaken, SecretShown))
def add_user(new: NewUserIn, act: ActDependency, accounts: WritingAccounts, response: Response) -> UserWithPassword:
    """Create an account in your unit or below. The response holds its one-time password."""
    user, password = accounts.add_user(act, new.new_user())
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    response.headers["Cache-Control"] = "no-store"
    return UserWithPassword.of(user, password)


@router.get("/{user}", summary="Get an account")
def read_user(user: str, act: ActDependency, accounts: AccountsDependency) -> UserOut:
    """Get an account by id or login."""
    return UserOut.of(accounts.users.find(act, user))


@router.patch("/{user}", summary="Change the rights of an account", responses=raising(LastAdministrator))
def update_user(user: str, change: UserChange, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Change the roles, unit or name of an account. The change takes effect at once, even for a signed-in user."""
    roles = None if change.roles is None else frozenset(change.roles)
    unit = None if change.unit is None else Unit.of(change.unit)
    return UserOut.of(accounts.administration.change_rights(act, user, roles, unit, change.name))


@router.post("/{user}/disable", summary="Close an account", responses=raising(LastAdministrator))
def disable_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """End the account's sessions and keys at once, and block sign-in."""
    return UserOut.of(accounts.administration.disable(act, user))


@router.post("/{user}/enable", summary="Reopen an account")
def enable_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Allow sign-in again. The account's API keys stay revoked."""
    return UserOut.of(accounts.administration.enable(act, user))


@router.post("/{user}/unlock", status_code=204, summary="Unlock an account")
def unlock_user(user: str, act: ActDependency, accounts: AccountsDependency) -> None:
    """Clear failed sign-ins, so that the owner can sign in without waiting."""
    accounts.guard.unlock(act, user)


@router.post("/{user}/password-reset", summary="Reset a password", responses=raising(SecretShown))
def reset_password(user: str, act: ActDependency, accounts: WritingAccounts, response: Response) -> UserWithPassword:
    """Replace the password with a one-time one, which the response holds. Sessions and API keys end.

    The person who reset the account's phone cannot also do this until its owner has set up a new one.
    """
    response.headers["Cache-Control"] = "no-store"
    return UserWithPassword.of(*accounts.reset_password(act, user))


@router.post("/{user}/totp-reset", summary="Reset two-step sign-in")
def reset_totp(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Remove the phone of an account; its owner sets up another at the next sign-in. Sessions and API keys end.

    The person who reset the account's password cannot also do this until its owner has signed in.
    """
    return UserOut.of(accounts.administration.reset_totp(act, user))


@router.put("/{user}/identity", summary="Propose an identity at the provider", responses=raising(LoginTaken))
def link_user(user: str, identity: IdentityIn, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Propose the owner's identity at the provider. It takes effect once the owner confirms it."""
    return UserOut.of(accounts.administration.link(act, user, identity.issuer, identity.subject))


@router.delete("/{user}/identity", summary="Remove an identity at the provider")
def unlink_user(user: str, act: ActDependency, accounts: WritingAccounts) -> UserOut:
    """Remove the owner's identity at the provider. The owner's sessions end."""
    return UserOut.of(accounts.administration.unlink(act, user))
