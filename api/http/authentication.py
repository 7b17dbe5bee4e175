"""Access to routes: each route declares who may call it; the application does not start if one does not.

@router.get("/records/{record_id}", dependencies=[needs(Scope.ENCOUNTER_READ)])
@router.get("/me", dependencies=[needs_sign_in()])
@router.get("/health", dependencies=[for_everybody()])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final, cast

from fastapi import Depends, FastAPI, Request, params
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.accounts.accounts import Accounts
from api.accounts.throttle import client_key
from api.accounts.values import Recognised
from api.http.csrf import check_account, cookie_of
from api.http.validation import refuse_undeclared, refuse_unfit_body
from api.observability.request_id import request_id
from api.services import services_of
from biometrics.access.rights import refusal
from biometrics.accounts.model import NOT_FOR_KEYS
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import Forbidden
from biometrics.storage.audit.log import Action

_bearer: Final = HTTPBearer(auto_error=False, description="An access token of /api/v1/tokens, or an API key")


class Needs:
    """The caller that a route needs: with all of some scopes, or, without any, any account.

    `person` refuses API keys, as do the scopes that keys never have (`NOT_FOR_KEYS`). `unfinished` also admits an
    account that has not set up one-time codes yet.
    """

    def __init__(self, *scopes: Scope, person: bool = False, unfinished: bool = False) -> None:
        self.scopes = scopes
        self.person = person or any(scope in NOT_FOR_KEYS for scope in scopes)
        self.unfinished = unfinished

    async def __call__(self, request: Request, _: Annotated[Any, Depends(_bearer)]) -> Recognised:
        """Recognise the caller, check the rights, and refuse unfit texts and undeclared parameters."""
        recognised = await run_in_threadpool(self._checked, request)
        await refuse_unfit_body(request)
        await refuse_undeclared(request)
        return recognised

    def _checked(self, request: Request) -> Recognised:
        recognised = recognised_by(request)
        self.check(recognised)
        return recognised

    def check(self, recognised: Recognised) -> None:
        """Refuse an account without the rights.

        Raises:
            Forbidden: it lacks a scope or one-time codes, or acts by an API key where a person must.
        """
        if recognised.is_held_back and not self.unfinished:
            raise Forbidden("Enrol an authenticator on your phone first: POST /api/v1/me/totp.")
        if self.person and not recognised.is_person:
            raise Forbidden("A person signs in for this; an API key is not enough.")
        for scope in self.scopes:
            if not recognised.actor.may(scope):
                raise Forbidden(refusal([scope]))


class Public:
    """Marks a route that anyone may call; `any_query` allows undeclared query parameters."""

    def __init__(self, *, any_query: bool = False) -> None:
        self.any_query = any_query

    async def __call__(self, request: Request) -> None:
        """Let the caller through; refuse unfit texts and undeclared parameters."""
        await refuse_unfit_body(request)
        await refuse_undeclared(request, any_query=self.any_query)


def needs(scope: Scope, *, person: bool = False) -> params.Depends:
    """Declare that a route needs a scope, and with `person` a signed-in person."""
    return cast(params.Depends, Depends(Needs(scope, person=person)))


def needs_sign_in(*, person: bool = False, unfinished: bool = False) -> params.Depends:
    """Declare that a route needs an account with any rights; for the flags see `Needs`."""
    return cast(params.Depends, Depends(Needs(person=person, unfinished=unfinished)))


def for_everybody(*, any_query: bool = False) -> params.Depends:
    """Declare that a route is open; for `any_query` see `Public`."""
    return cast(params.Depends, Depends(Public(any_query=any_query)))


def recognised_by(request: Request) -> Recognised:
    """Return the account that sends a request; it is looked up once per request.

    Raises:
        Unauthenticated, TokenExpired: the credential is unknown or too old.
        Forbidden: another site's page made the browser send it.
        TooManyRequests: the account sends too many requests.
    """
    recognised = getattr(request.state, "recognised", None)
    if recognised is None:
        accounts = _accounts(request)
        header = request.headers.get("authorization")
        cookie = cookie_of(request) if header is None else None
        recognised = (
            accounts.recognition.by_header(header) if cookie is None else accounts.recognition.by_cookie(cookie)
        )
        if cookie is not None:
            check_account(request, recognised.user.id)
        request.state.allowance = services_of(request).account_throttle.check(recognised.user.id)
        request.state.recognised = recognised
    return cast(Recognised, recognised)


def address_of(request: Request) -> str:
    """Return the address of the client, as a trusted proxy reports it."""
    return request.client.host if request.client else ""


def check_declared(app: FastAPI) -> None:
    """Refuse to serve a route that does not declare who may call it."""
    for method, path, declaration in declarations(app):
        if declaration is None:
            raise TypeError(f"{method} {path} does not declare what it needs: see api/http/authentication.py")


def declarations(app: FastAPI) -> Iterator[tuple[str, str, Needs | Public | None]]:
    """Yield the method, the path and all that every route declares, as one; None if it declares nothing."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            declared = [part.dependency for part in route.dependencies if isinstance(part.dependency, Needs | Public)]
            for method in sorted(route.methods or ()):
                yield method, str(route.path), _combined(declared)


def _combined(declared: Sequence[Needs | Public]) -> Needs | Public | None:
    needs = [declaration for declaration in declared if isinstance(declaration, Needs)]
    if not needs:
        return declared[-1] if declared else None
    scopes = dict.fromkeys(scope for need in needs for scope in need.scopes)
    return Needs(*scopes, person=any(need.person for need in needs), unfinished=all(need.unfinished for need in needs))


def note_refusal(request: Request, error: Forbidden) -> None:
    """Record in the audit log that an account was refused, unless the store has recorded it."""
    if not error.noted and getattr(request.state, "recognised", None) is not None:
        store = services_of(request).engine.store.for_actor(_act(request))
        subject = next(iter(request.path_params.values()), "")
        route = f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"
        store.note(Action.REFUSED, str(subject), code=error.code, route=route)


def _accounts(request: Request) -> Accounts:
    return services_of(request).accounts


def _act(request: Request) -> Act:
    recognised = recognised_by(request)
    return Act(
        recognised.actor,
        address=address_of(request),
        request_id=request_id(request),
        credential=recognised.credential,
    )


def throttled(request: Request) -> str:
    """Count a request from an unknown caller, and return its address."""
    address = address_of(request)
    request.state.allowance = services_of(request).client_throttle.check(client_key(address))
    return address


AccountsDependency = Annotated[Accounts, Depends(_accounts)]
RecognisedDependency = Annotated[Recognised, Depends(recognised_by)]
ActDependency = Annotated[Act, Depends(_act)]
ThrottledAddress = Annotated[str, Depends(throttled)]
