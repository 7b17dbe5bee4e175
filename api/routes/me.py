"""One's own account."""

from __future__ import annotations

from base64 import b64encode

from fastapi import APIRouter, Response

from api.http.authorisation import AccountsDependency, ActDependency, RecognisedDependency, needs_sign_in
from api.http.problem_details import raising
from api.schemas.accounts import (
    BrowserKeyOut,
    Code,
    IdentityConfirmation,
    MeOut,
    PasswordChange,
    ProviderIdentityOut,
    TotpOut,
    UserOut,
)
from biometrics.domain.errors import NotFound

router = APIRouter(prefix="/me", tags=["accounts"])


@router.get("", summary="Say who one is", dependencies=[needs_sign_in(unfinished=True)])
def read_me(me: RecognisedDependency, accounts: AccountsDependency) -> MeOut:
    """Read one's own account, and what one may do by what one is signed in with."""
    key = None if me.key is None else me.key.prefix
    return MeOut(
        user=UserOut.of(me.user),
        scopes=sorted(me.actor.scopes),
        must_enrol_totp=me.is_held_back,
        api_key=key,
        identities=[ProviderIdentityOut(**vars(identity)) for identity in accounts.users.identities(me.user.id)],
    )


@router.get(
    "/browser-key",
    summary="Get the key that seals what a browser keeps",
    dependencies=[needs_sign_in(person=True)],
)
def read_browser_key(me: RecognisedDependency, accounts: AccountsDependency, response: Response) -> BrowserKeyOut:
    """Get the key that seals one's drafts and files of searches in a browser; hold it in memory, store it nowhere."""
    response.headers["Cache-Control"] = "no-store"
    key, lasting = accounts.browser_key(me)
    return BrowserKeyOut(sealing_key=b64encode(key).decode("ascii"), expires_in=int(lasting.total_seconds()))


@router.post(
    "/password",
    status_code=204,
    summary="Change one's password",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def change_password(
    change: PasswordChange, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency
) -> None:
    """Replace one's password; all other sessions end, and all of one's API keys."""
    accounts.change_password(act, me, change.password, change.new_password)


@router.post(
    "/totp",
    status_code=201,
    summary="Get a secret for one's phone",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def create_totp_secret(me: RecognisedDependency, accounts: AccountsDependency, response: Response) -> TotpOut:
    """Get what an authenticator is set up with; it counts once /me/totp/confirm has seen a code."""
    response.headers["Cache-Control"] = "no-store"
    secret, uri = accounts.offer_totp(me)
    return TotpOut(secret=secret, uri=uri)


@router.post(
    "/totp/confirm",
    status_code=204,
    summary="Ask for codes from now on",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def confirm_totp(code: Code, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency) -> None:
    """Prove by a first code that the phone is set up."""
    accounts.begin_totp(act, me, code.code)


@router.post(
    "/identity/confirm",
    status_code=204,
    summary="Confirm who one is at the outside provider",
    dependencies=[needs_sign_in(person=True)],
    responses=raising(NotFound),
)
def confirm_identity(
    confirmed: IdentityConfirmation, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency
) -> None:
    """Confirm an identity at the outside provider that an administrator proposed; before that it cannot sign in.

    Make sure that the identity is your own: its holder at the provider can sign in to your account from then on.
    """
    accounts.confirm_identity(act, me, confirmed.issuer, confirmed.subject, confirmed.password, confirmed.code)


@router.delete(
    "/sessions",
    status_code=204,
    summary="Sign out everywhere",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def end_sessions(act: ActDependency, accounts: AccountsDependency) -> None:
    """End all one's sessions, this one too."""
    accounts.sessions.end_all(act)
