"""Changes of accounts that one administrator requested, for another to approve."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.errors import raising
from api.http.idempotency import WritingAccounts
from api.v1.accounts_schemas import AccountApproved, AccountRequestListOut, AccountRequestOut
from biometrics.kernel.access import Scope
from biometrics.kernel.errors import LastAdministrator, LoginTaken, NeedsTwoPeople, SecretShown, UnknownAccountRequest

router = APIRouter(
    prefix="/account-requests", tags=["accounts"], dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)]
)


@router.get("", summary="List requests to change accounts")
def list_account_requests(act: ActDependency, accounts: AccountsDependency) -> AccountRequestListOut:
    """List the changes of accounts of your unit and below that wait for a second administrator, oldest first."""
    return AccountRequestListOut(requests=[AccountRequestOut.of(request) for request in accounts.pending.list(act)])


@router.post(
    "/{request_id}/approve",
    summary="Approve a change of an account",
    responses=raising(NeedsTwoPeople, UnknownAccountRequest, LoginTaken, LastAdministrator, SecretShown),
)
def approve_account_request(
    request_id: str, act: ActDependency, accounts: WritingAccounts, response: Response
) -> AccountApproved:
    """Make the change that another administrator requested.

    In the last 30 days, neither of you may have made the other's account, and no one both accounts. The response holds
    the second half of the one-time password or API key.
    """
    response.headers["Cache-Control"] = "no-store"
    return AccountApproved.of(*accounts.approve(act, request_id))


@router.delete(
    "/{request_id}",
    status_code=204,
    summary="Withdraw a request to change an account",
    responses=raising(UnknownAccountRequest),
)
def withdraw_account_request(request_id: str, act: ActDependency, accounts: AccountsDependency) -> None:
    """Remove a request, your own or another administrator's. It can then no longer be approved."""
    accounts.requests.withdraw(act, request_id)
