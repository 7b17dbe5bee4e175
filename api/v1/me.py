"""One's own account."""

from __future__ import annotations

from base64 import b64encode

from fastapi import APIRouter, Response

from api.http.authentication import AccountsDependency, ActDependency, RecognisedDependency, needs_sign_in
from api.http.dependencies import StoreDependency
from api.http.errors import raising
from api.v1.accounts_schemas import (
    BrowserKeyOut,
    Code,
    IdentityConfirmation,
    MeOut,
    OwnProof,
    PaperCodeOut,
    PasswordChange,
    QualificationIn,
    TotpOut,
    UserOut,
)
from biometrics.accounts.qualifications import qualifications_of, state_qualification
from biometrics.kernel.errors import NotFound

router = APIRouter(prefix="/me", tags=["accounts"])


@router.get("", summary="Get the signed-in user", dependencies=[needs_sign_in(unfinished=True)])
def read_me(me: RecognisedDependency, accounts: AccountsDependency, store: StoreDependency) -> MeOut:
    """Get your account and the scopes of the credential that you use."""
    key = None if me.key is None else me.key.prefix
    return MeOut(
        user=UserOut.of(me.user),
        scopes=sorted(me.actor.scopes),
        must_enrol_totp=me.is_held_back,
        api_key=key,
        identities=list(accounts.users.identities(me.user.id)),
        qualification=qualifications_of(store.database, [me.user.id]).get(me.user.id, ""),
    )


@router.get(
    "/browser-key",
    summary="Get the key for browser storage",
    dependencies=[needs_sign_in(person=True)],
)
def read_browser_key(me: RecognisedDependency, accounts: AccountsDependency, response: Response) -> BrowserKeyOut:
    """Get the key that encrypts your drafts and search files in a browser. Keep it in memory only."""
    response.headers["Cache-Control"] = "no-store"
    key, lasting = accounts.browser_key(me)
    return BrowserKeyOut(sealing_key=b64encode(key).decode("ascii"), expires_in=int(lasting.total_seconds()))


@router.put(
    "/qualification", status_code=204, summary="State your qualification", dependencies=[needs_sign_in(person=True)]
)
def state_own_qualification(stated: QualificationIn, act: ActDependency, store: StoreDependency) -> None:
    """State your qualification, training and proficiency tests once: reports for courts print it with your opinions."""
    state_qualification(store.database, act, stated.qualification)


@router.post(
    "/password",
    status_code=204,
    summary="Change your password",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def change_password(
    change: PasswordChange, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency
) -> None:
    """Change your password. Your other sessions end, and your API keys are revoked."""
    accounts.change_password(act, me, change.password, change.new_password)


@router.post(
    "/totp",
    status_code=201,
    summary="Create a secret for two-step sign-in",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def create_totp_secret(me: RecognisedDependency, accounts: AccountsDependency, response: Response) -> TotpOut:
    """Get the secret for an authenticator app. It takes effect after /me/totp/confirm."""
    response.headers["Cache-Control"] = "no-store"
    secret, uri = accounts.offer_totp(me)
    return TotpOut(secret=secret, uri=uri)


@router.post(
    "/totp/confirm",
    status_code=204,
    summary="Turn on two-step sign-in",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def confirm_totp(code: Code, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency) -> None:
    """Confirm the authenticator app with a first code. Each sign-in then asks for one."""
    accounts.begin_totp(act, me, code.code)


@router.post(
    "/identity/confirm",
    status_code=204,
    summary="Confirm your identity at the provider",
    dependencies=[needs_sign_in(person=True)],
    responses=raising(NotFound),
)
def confirm_identity(
    confirmed: IdentityConfirmation, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency
) -> None:
    """Confirm an identity at the provider that an administrator proposed. Before that, it cannot sign in.

    Make sure that the identity is yours: its holder can sign in to your account from then on.
    """
    accounts.confirm_identity(act, me, confirmed.issuer, confirmed.subject, confirmed.password, confirmed.code)


@router.post(
    "/paper-code",
    status_code=201,
    summary="Get a code on paper",
    dependencies=[needs_sign_in(person=True)],
)
def create_paper_code(
    proof: OwnProof, me: RecognisedDependency, act: ActDependency, accounts: AccountsDependency, response: Response
) -> PaperCodeOut:
    """Get a code to print and lock away. With it you replace a lost phone or a forgotten password yourself, once.

    A new code replaces the earlier one.
    """
    response.headers["Cache-Control"] = "no-store"
    return PaperCodeOut(paper_code=accounts.make_paper_code(act, me, proof.password, proof.code))


@router.delete(
    "/sessions",
    status_code=204,
    summary="Sign out everywhere",
    dependencies=[needs_sign_in(person=True, unfinished=True)],
)
def end_sessions(act: ActDependency, accounts: AccountsDependency) -> None:
    """End all your sessions, including this one."""
    accounts.sessions.end_all(act)
