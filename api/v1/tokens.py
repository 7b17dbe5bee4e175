"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.http.authentication import AccountsDependency, ThrottledAddress, for_everybody
from api.http.errors import raising
from api.v1.accounts_schemas import RefreshToken, SignInRequest, TokensOut
from biometrics.kernel.errors import CodeRequired, PasswordChangeRequired, WrongCredentials

router = APIRouter(prefix="/tokens", tags=["accounts"], dependencies=[for_everybody()])


@router.post(
    "", status_code=201, summary="Sign in", responses=raising(WrongCredentials, CodeRequired, PasswordChangeRequired)
)
def sign_in(
    request: SignInRequest, accounts: AccountsDependency, address: ThrottledAddress, response: Response
) -> TokensOut:
    """Sign in with login, password and the code from your phone.

    `code_required`: the password is right, send the code too. `password_change_required`: it is a one-time password,
    send `new_password` too. `account_locked`: wait as long as Retry-After says.
    """
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(accounts.sign_in(request.entered(), address))


@router.post("/refresh", summary="Refresh an access token")
def refresh_token(
    request: RefreshToken, accounts: AccountsDependency, _: ThrottledAddress, response: Response
) -> TokensOut:
    """Exchange a refresh token for new tokens. A token that is used twice ends its session: it was probably stolen."""
    response.headers["Cache-Control"] = "no-store"
    return TokensOut.of(accounts.refresh(request.refresh_token))


@router.post("/revoke", status_code=204, summary="Sign out")
def revoke_token(request: RefreshToken, accounts: AccountsDependency, address: ThrottledAddress) -> None:
    """End the session of a refresh token, with its access tokens."""
    accounts.revoke(request.refresh_token, address)
