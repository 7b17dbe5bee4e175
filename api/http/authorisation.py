"""Who may call a route: each declares what it needs, and the application is not made of one that does not.

@router.get("/records/{record_id}", dependencies=[needs(Scope.ENCOUNTER_READ)])
@router.get("/me", dependencies=[needs_sign_in()])
@router.get("/health", dependencies=[for_everybody()])
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, cast

from fastapi import Depends, FastAPI, Request, params
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.accounts.accounts import Accounts, Recognised
from api.accounts.browsers import check_account, cookie_of
from api.accounts.throttle import Throttle, client_key
from api.http.request_validation import refuse_undeclared
from api.observability.request_id import request_id
from biometrics.domain.access import Act, Scope
from biometrics.domain.accounts import NOT_FOR_KEYS
from biometrics.domain.errors import Forbidden
from biometrics.matching.engine import Engine
from biometrics.records.access.rights import refusal
from biometrics.records.audit.log import Action

_bearer: Final = HTTPBearer(auto_error=False, description="An access token of /api/v1/tokens, or an API key")


class Needs:
    """What a route needs of its caller: one scope, or only to be somebody; `person` shuts out API keys.

    What is never for keys (`NOT_FOR_KEYS`) needs a person without that a route says so.
    `unfinished` lets in who has not enrolled a phone yet, for what is needed to do so.
    """

    def __init__(self, scope: Scope | None, *, person: bool = False, unfinished: bool = False) -> None:
        self.scope = scope
        self.person = person or scope in NOT_FOR_KEYS
        self.unfinished = unfinished

    async def __call__(self, request: Request, _: Annotated[Any, Depends(_bearer)]) -> Recognised:
        """Recognise the caller, let through who may, and refuse what the route does not declare."""
        recognised = await run_in_threadpool(self._checked, request)
        await refuse_undeclared(request)
        return recognised

    def _checked(self, request: Request) -> Recognised:
        recognised = recognised_by(request)
        if recognised.is_held_back and not self.unfinished:
            raise Forbidden("Enrol an authenticator on your phone first: POST /api/v1/me/totp.")
        if self.person and recognised.session is None:
            raise Forbidden("A person signs in for this; an API key is not enough.")
        if self.scope is not None and not recognised.actor.may(self.scope):
            raise Forbidden(refusal([self.scope]))
        return recognised


class Public:
    """What a route declares that anybody may call; `any_query` lets undeclared query parameters through."""

    scope = None

    def __init__(self, *, any_query: bool = False) -> None:
        self.any_query = any_query

    async def __call__(self, request: Request) -> None:
        """Let everybody through; refuse what the route does not declare."""
        await refuse_undeclared(request, any_query=self.any_query)


def needs(scope: Scope, *, person: bool = False) -> params.Depends:
    """Declare that a route needs a scope; and a person who signed in, where `person` is set."""
    return cast(params.Depends, Depends(Needs(scope, person=person)))


def needs_sign_in(*, person: bool = False, unfinished: bool = False) -> params.Depends:
    """Declare that a route needs somebody who is recognised, whatever they may do; for the flags see `Needs`."""
    return cast(params.Depends, Depends(Needs(None, person=person, unfinished=unfinished)))


def for_everybody(*, any_query: bool = False) -> params.Depends:
    """Declare that a route is open; for `any_query` see `Public`."""
    return cast(params.Depends, Depends(Public(any_query=any_query)))


def recognised_by(request: Request) -> Recognised:
    """Return who sends a request, looked up once for each.

    Raises:
        Unauthenticated, TokenExpired: nobody who is known.
        Forbidden: a browser is made to ask by another site's page.
        TooManyRequests: the account sends too many.
    """
    found = getattr(request.state, "recognised", None)
    if found is None:
        accounts = _accounts(request)
        header = request.headers.get("authorization")
        cookie = cookie_of(request) if header is None else None
        found = accounts.recognise(header) if cookie is None else accounts.recognise_browser(cookie)
        if cookie is not None:
            check_account(request, found.user.id)
        request.state.allowance = cast(Throttle, request.app.state.account_throttle).check(found.user.id)
        request.state.recognised = found
    return cast(Recognised, found)


def address_of(request: Request) -> str:
    """Return the address that a request comes from, of its client where a trusted proxy names it."""
    return request.client.host if request.client else ""


def check_declared(app: FastAPI) -> None:
    """Refuse to serve a route that does not say who may call it."""
    for method, path, needed in declarations(app):
        if needed is None:
            raise TypeError(f"{method} {path} does not declare what it needs: see api/http/authorisation.py")


def declarations(app: FastAPI) -> Iterator[tuple[str, str, Needs | Public | None]]:
    """Yield the method and the path of every route of the API, and what it declares, None where nothing."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute):
            said = [one.dependency for one in route.dependencies if isinstance(one.dependency, Needs | Public)]
            for method in sorted(route.methods or ()):
                yield method, str(route.path), said[-1] if said else None


def note_refusal(request: Request, error: Forbidden) -> None:
    """Write into the audit log that somebody who is known was refused, unless the store has written it already."""
    if not error.noted and getattr(request.state, "recognised", None) is not None:
        store = cast(Engine, request.app.state.engine).store.acting(_act(request))
        subject = next(iter(request.path_params.values()), "")
        route = f"{request.method} {getattr(request.scope.get('route'), 'path', '')}"
        store.note(Action.REFUSED, str(subject), code=error.code, route=route)


def _accounts(request: Request) -> Accounts:
    return cast(Accounts, request.app.state.accounts)


def _act(request: Request) -> Act:
    recognised = recognised_by(request)
    return Act(
        recognised.actor,
        address=address_of(request),
        request_id=request_id(request),
        credential=recognised.credential,
    )


def throttled(request: Request) -> str:
    """Count a request of somebody who is not recognised yet, and return where it comes from."""
    address = address_of(request)
    request.state.allowance = cast(Throttle, request.app.state.client_throttle).check(client_key(address))
    return address


AccountsDependency = Annotated[Accounts, Depends(_accounts)]
RecognisedDependency = Annotated[Recognised, Depends(recognised_by)]
ActDependency = Annotated[Act, Depends(_act)]
ThrottledAddress = Annotated[str, Depends(throttled)]
