"""API keys: one's own, and those of the accounts that one manages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.http.authentication import AccountsDependency, ActDependency, RecognisedDependency, needs_sign_in
from api.http.errors import raising
from api.http.idempotency import WritingAccounts
from api.http.pagination import USUAL, After, Limit
from api.v1.accounts_schemas import AccountRequested, ApiKeyOut, ApiKeyPageOut, NewApiKeyIn, NewApiKeyOut
from biometrics.accounts.changes import AccountChange
from biometrics.kernel.errors import SecretShown, UnknownAccount

router = APIRouter(prefix="/api-keys", tags=["accounts"], dependencies=[needs_sign_in(person=True)])


@router.get("", summary="List API keys", responses=raising(UnknownAccount))
def list_api_keys(
    act: ActDependency,
    accounts: AccountsDependency,
    owner: Annotated[str, Query(description="Login or id of an account that you manage; else your own")] = "",
    limit: Limit = USUAL,
    after: After = None,
) -> ApiKeyPageOut:
    """List the API keys of an account, newest first."""
    return ApiKeyPageOut.of(accounts.keys.page(act, owner or act.actor.id, limit, after))


@router.post(
    "",
    status_code=201,
    summary="Create an API key",
    responses=raising(UnknownAccount, SecretShown)
    | {202: {"model": AccountRequested, "description": "Another administrator must approve the key of a program"}},
)
def add_api_key(
    new: NewApiKeyIn, me: RecognisedDependency, act: ActDependency, accounts: WritingAccounts, response: Response
) -> NewApiKeyOut | AccountRequested:
    """Create a key for yourself, or request one for a machine client that you manage. It is shown only once.

    It needs your password and, if you use them, a one-time code. Only you can create keys of your own account. The key
    of a machine client takes a second administrator (202): each of you gets one half of it.
    """
    response.headers["Cache-Control"] = "no-store"
    new_key = new.new_key()
    proof = accounts.prove(me, new.password, new.code)
    if new.owner and (owner := accounts.users.find(act, new.owner)).id != act.actor.id:
        response.status_code = 202
        return AccountRequested.of(*accounts.request(act, AccountChange.making_key(owner.id, new_key), proof))
    key, text = accounts.add_key(act, new.owner or act.actor.id, new_key, proof)
    return NewApiKeyOut(api_key=ApiKeyOut.of(key), key=text)


@router.delete("/{key}", status_code=204, summary="Revoke an API key")
def revoke_api_key(key: str, act: ActDependency, accounts: AccountsDependency) -> None:
    """Revoke a key at once, by its id or its prefix."""
    accounts.administration.revoke_key(act, key)
