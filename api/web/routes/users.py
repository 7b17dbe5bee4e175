"""Accounts of one's unit and below, for administrators."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from api.http.authentication import AccountsDependency, ActDependency, needs
from api.http.pagination import USUAL, After
from api.http.paths import PREFIX
from api.v1.accounts_schemas import TYPED
from api.web.pages import PagesDependency
from api.web.routes.account import KEYS
from biometrics.accounts.model import NOT_FOR_KEYS, RESERVED
from biometrics.kernel.access import Role, Scope
from biometrics.kernel.errors import UnknownAccount

router = APIRouter()


@router.get("/users", dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])
def show_users(
    pages: PagesDependency,
    act: ActDependency,
    accounts: AccountsDependency,
    login: Annotated[str, Query(max_length=TYPED, description="Go to the account of this login")] = "",
    after: After = None,
) -> Response:
    """List accounts by login, and show the form to add one; or go to the one that is looked for."""
    sought = login.strip()
    if sought:
        try:
            account = accounts.users.find(act, sought)
        except UnknownAccount:
            pass  # the page says so
        else:
            return RedirectResponse(f"{PREFIX}/users/{quote(account.login)}", 303)
    page = accounts.users.list(act, USUAL, after)
    pending = accounts.pending.list(act)
    names = accounts.users.logins(act, {request.requested_by for request in pending})
    return pages.show("users.html", page=page, sought=sought, roles=list(Role), pending=pending, names=names)


@router.get("/users/{user}", dependencies=[needs(Scope.ACCOUNT_MANAGE, person=True)])
def show_user(user: str, pages: PagesDependency, act: ActDependency, accounts: AccountsDependency) -> Response:
    """Show one account, what can be changed of it, and its API keys."""
    account = accounts.users.find(act, user)
    is_own = account.id == act.actor.id
    may_change = not is_own and not (account.scopes & RESERVED) - act.actor.scopes
    return pages.show(
        "user.html",
        user=account,
        is_own=is_own,
        may_change=may_change,
        roles=[role for role in Role if not role.is_machine],
        keys=accounts.keys.page(act, account.id, KEYS).items if may_change else (),
        scopes=sorted(account.scopes - NOT_FOR_KEYS),
    )
