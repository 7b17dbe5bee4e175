"""Signing in by an outside provider."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from api.http import cookies
from api.http.authentication import AccountsDependency, ThrottledAddress, for_everybody
from api.http.errors import raising
from api.http.paths import PREFIX
from api.operations.oidc import FLOW_SECONDS, OpenIdProvider
from api.operations.pool import CallPool
from api.services import services_of
from api.v1.accounts_schemas import TokensOut
from biometrics.kernel.errors import NotFound, ProviderRefused

router = APIRouter(prefix="/oidc", tags=["accounts"])

COOKIE = "pehchan_oidc"


@router.get(
    "/start",
    dependencies=[for_everybody()],
    status_code=303,
    response_class=RedirectResponse,
    summary="Start sign-in through the provider",
    responses=raising(NotFound),
)
async def start_oidc_sign_in(
    request: Request,
    accounts: AccountsDependency,
    _: ThrottledAddress,
    pages: Annotated[bool, Query(description="Go on at the pages afterwards, instead of being given tokens")] = False,
) -> RedirectResponse:
    """Send the browser to the outside provider (OpenID Connect)."""
    provider = _provider(request)
    redirect = await _pool(request).run(partial(provider.begin, accounts.provider_key, to_pages=pages))
    answer = RedirectResponse(redirect.url, 303, headers={"Cache-Control": "no-store"})
    answer.set_cookie(
        COOKIE,
        redirect.cookie,
        max_age=FLOW_SECONDS,
        path=request.url.path.removesuffix("/start"),
        secure=provider.registration.redirect_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.get(
    "/callback",
    dependencies=[for_everybody(any_query=True)],  # RFC 6749, 4.1.2: parameters that a client does not know are ignored
    summary="Complete sign-in through the provider",
    response_model=TokensOut,
    responses=raising(NotFound, ProviderRefused) | {303: {"description": "On to the pages, where the way began there"}},
)
async def complete_oidc_sign_in(
    request: Request, response: Response, accounts: AccountsDependency, address: ThrottledAddress
) -> TokensOut | Response:
    """Start a session of the account that has the identity at the provider. No account is created."""
    provider = _provider(request)
    response.headers["Cache-Control"] = "no-store"
    response.delete_cookie(COOKIE, path=request.url.path.removesuffix("/callback"))
    cookie = request.cookies.get(COOKIE, "")
    identity = await _pool(request).run(partial(provider.finish, accounts.provider_key, cookie, request.query_params))
    tokens = await run_in_threadpool(
        accounts.sign_in_by_provider, provider.registration.issuer, identity.subject, address
    )
    if not identity.to_pages:
        return TokensOut.of(tokens)
    onwards = RedirectResponse(f"{PREFIX}/", 303, headers=dict(response.headers))
    cookies.sign_in(request, onwards, tokens)
    return onwards


def _pool(request: Request) -> CallPool:
    return services_of(request).provider_calls


def _provider(request: Request) -> OpenIdProvider:
    provider = services_of(request).provider
    if provider is None:
        raise NotFound("This installation has no outside provider; sign in by password.")
    return provider
