"""One's own account: the password, sessions, and API keys."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.http.authentication import AccountsDependency, ActDependency, RecognisedDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.web.pages import PagesDependency
from biometrics.accounts.model import NOT_FOR_KEYS
from biometrics.accounts.qualifications import qualifications_of

router = APIRouter()

KEYS = 200  # of an account on its page


@router.get("/account", dependencies=[needs_sign_in(person=True)])
def show_account(
    pages: PagesDependency,
    me: RecognisedDependency,
    act: ActDependency,
    accounts: AccountsDependency,
    store: StoreDependency,
    changed: str = "",
) -> Response:
    """Show one's own account, how to change the password, and one's API keys; `changed` only makes a new address."""
    keys = accounts.keys.page(act, me.user.id, KEYS).items
    return pages.show(
        "account.html",
        keys=keys,
        qualification=qualifications_of(store.database, [me.user.id]).get(me.user.id, ""),
        scopes=sorted(me.user.scopes - NOT_FOR_KEYS),
        identities=accounts.users.identities(me.user.id),
    )
