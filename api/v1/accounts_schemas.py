"""The shapes of accounts over HTTP."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from api.accounts.values import EnteredCredentials, Tokens
from api.http.schemas import FromAttributes, PageOut, RequestBody, Schema, Sorted, UnitPath
from biometrics.access.court_details import CourtDetails
from biometrics.accounts.changes import AccountRequest, Approved, ChangeKind
from biometrics.accounts.model import NewApiKey, NewUser, ProviderIdentity, User
from biometrics.kernel.access import Role, Scope, Unit

TYPED = 1000  # code points of anything typed to sign in


class SignInRequest(RequestBody):
    """The credentials that a person types to sign in."""

    login: str = Field(max_length=TYPED)
    password: str = Field(max_length=TYPED, description="One's own, or the one-time one of a new or reset account")
    code: str = Field(default="", max_length=TYPED, description="Of the phone, where the account has one")
    new_password: str = Field(
        default="", max_length=TYPED, description="With a one-time password: the new password of your own"
    )
    device: str = Field(default="", max_length=TYPED, description="`device` of an earlier answer to this client")

    paper_code: str = Field(
        default="",
        max_length=TYPED,
        description="Your code on paper, once: with `password` it replaces a lost phone; with `code` and "
        "`new_password`, and an empty `password`, it replaces a forgotten password",
    )

    def entered(self) -> EnteredCredentials:
        """Return what was typed."""
        typed = (self.login, self.password, self.code, self.new_password, self.device, self.paper_code)
        return EnteredCredentials(*typed)


class RefreshToken(RequestBody):
    """A refresh token; it is good for one use."""

    refresh_token: str = Field(max_length=TYPED)


class TokensOut(Schema):
    """What one goes on with after signing in."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a word
    expires_in: int = Field(description="Seconds that the access token is good for")
    refresh_token: str = Field(description="To be exchanged, once, at /tokens/refresh")
    device: str | None = Field(
        description="To be kept, and sent with later sign-ins: strangers do not lock you out then"
    )
    must_enrol_totp: bool = Field(description="Whether nothing may be done yet but enrol a phone at /me/totp")

    @classmethod
    def of(cls, tokens: Tokens) -> TokensOut:
        """Show tokens."""
        return cls(
            access_token=tokens.access,
            expires_in=tokens.access_seconds,
            refresh_token=tokens.refresh,
            device=tokens.device or None,
            must_enrol_totp=tokens.must_enrol_totp,
        )


class NewUserIn(RequestBody):
    """An account to be made."""

    login: str
    name: str
    roles: list[Role]
    unit: str = Field(description="27/519/27519004, 27/519, 27 or national")

    def new_user(self) -> NewUser:
        """Return the domain's value, validated."""
        return NewUser(self.login, self.name, frozenset(self.roles), Unit.of(self.unit))


class UserChange(RequestBody):
    """What an account shall be from now on; what is absent stays."""

    name: str | None = None
    roles: list[Role] | None = None
    unit: str | None = None


class UserOut(FromAttributes):
    """An account."""

    id: str
    login: str
    name: str
    roles: Annotated[list[Role], Sorted]
    unit: UnitPath
    created_at: dt.datetime
    disabled_at: dt.datetime | None
    has_password: bool
    has_totp: bool
    setup_until: dt.datetime | None = Field(description="How long its one-time password is good; null: it has none")


class UserPageOut(PageOut):
    """Some accounts by their logins; `next` asks for those after."""

    users: list[UserOut]
    next: str | None


class UserWithPassword(Schema):
    """An account and its one-time password, which is shown this once: hand it over in person."""

    user: UserOut
    one_time_password: str | None = Field(description="null for a machine client, which has API keys")

    @classmethod
    def of(cls, user: User, password: str) -> UserWithPassword:
        """Show an account and its password."""
        return cls(user=UserOut.of(user), one_time_password=password or None)


class AccountRequestOut(Schema):
    """A change of an account that waits for a second administrator."""

    id: str
    kind: ChangeKind = Field(
        description="add: an account; rights: roles, unit or name; enable: open it again; password, totp: reset; "
        "key: an API key"
    )
    user: UserOut | None = Field(description="The account as it is now; null: it is to be made")
    login: str | None = Field(description="Of the account to be made")
    name: str | None
    roles: list[Role] | None
    unit: str | None
    label: str | None = Field(description="Of the API key to be made")
    scopes: list[Scope] | None = Field(description="Of the API key to be made; empty: all that its owner may")
    requested_by: str = Field(description="Id of the account")
    requested_at: dt.datetime
    expires_at: dt.datetime

    @classmethod
    def of(cls, request: AccountRequest) -> AccountRequestOut:
        """Show a request."""
        change = request.change
        is_key = change.kind is ChangeKind.KEY
        return cls.showing(
            request,
            kind=change.kind,
            login=change.login or None,
            name=change.name,
            roles=None if change.roles is None else sorted(change.roles),
            unit=None if change.unit is None else change.unit.path,
            label=change.label if is_key else None,
            scopes=sorted(change.scopes) if is_key else None,
        )


class AccountRequestListOut(Schema):
    """All changes of accounts that wait for a second administrator."""

    requests: list[AccountRequestOut]


class AccountRequested(Schema):
    """A new request, and the first half of the secret that opens the account: it is shown this once."""

    request: AccountRequestOut
    first_half: str | None = Field(description="Of a one-time password or an API key; null: the change has no secret")

    @classmethod
    def of(cls, request: AccountRequest, first_half: str) -> AccountRequested:
        """Show a request and its half of the secret."""
        return cls(request=AccountRequestOut.of(request), first_half=first_half or None)


class AccountApproved(Schema):
    """What an approved request made, and the second half of the secret, which follows the first: shown this once."""

    user: UserOut
    api_key: ApiKeyOut | None
    second_half: str | None = Field(description="Of a one-time password or an API key; null: the change has no secret")

    @classmethod
    def of(cls, approved: Approved, second_half: str) -> AccountApproved:
        """Show a result and its half of the secret."""
        key = ApiKeyOut.of(approved.key) if approved.key else None
        return cls(user=UserOut.of(approved.user), api_key=key, second_half=second_half or None)


class OwnProof(RequestBody):
    """Your password and code, once more."""

    password: str = Field(default="", max_length=TYPED, description="Needed unless a provider signs you in")
    code: str = Field(default="", max_length=TYPED, description="Of your phone, where your account has one")


class PaperCodeOut(Schema):
    """Your code on paper; it is shown this once."""

    paper_code: str


class QualificationIn(RequestBody):
    """What you state of yourself in reports for courts."""

    qualification: str = Field(
        max_length=500, description="Qualification, training, experience and last proficiency test, with its date"
    )


class MeOut(Schema):
    """Who one is here, and what one may do."""

    user: UserOut
    scopes: list[Scope]
    must_enrol_totp: bool
    api_key: str | None = Field(description="How the key begins that is used; null for a session")
    identities: list[ProviderIdentity] = Field(description="Who one is at outside providers, confirmed or not")
    qualification: str = Field(description="What reports for courts state of one; empty: not stated")


class PasswordChange(RequestBody):
    """A new password, and the present one."""

    password: str = Field(max_length=TYPED)
    new_password: str = Field(max_length=TYPED)


class TotpOut(Schema):
    """A secret for an authenticator, as text and as what a QR code holds."""

    secret: str
    uri: str


class BrowserKeyOut(Schema):
    """The key that seals what a browser keeps for one account."""

    sealing_key: str = Field(description="32 bytes in base64, for AES-256-GCM")
    expires_in: int = Field(description="Seconds after which a page must forget the key; it may then ask for it again")


class Code(RequestBody):
    """What the phone shows now."""

    code: str = Field(max_length=TYPED)


class IdentityConfirmation(RequestBody):
    """An identity at the outside provider that was proposed for your account, with your password and code."""

    issuer: str
    subject: str
    password: str = Field(max_length=TYPED)
    code: str = Field(default="", max_length=TYPED, description="Of the phone, where the account has one")


class IdentityIn(RequestBody):
    """A person's identity at the outside provider."""

    issuer: str
    subject: str


class NewApiKeyIn(RequestBody):
    """A key to be made."""

    label: str = Field(description="What it is for")
    days: float = Field(gt=0, le=366, description="How long it is good")
    scopes: list[Scope] = Field(default=[], description="What it may do; all that its owner may, where empty")
    owner: str | None = Field(
        default=None, description="Login or id of a machine client that you manage; null: your own account"
    )
    password: str = Field(
        default="", max_length=TYPED, description="Your own, once more; needed unless a provider signs you in"
    )
    code: str = Field(default="", max_length=TYPED, description="Of your phone, where your account has one")

    def new_key(self) -> NewApiKey:
        """Return the domain's value, validated."""
        return NewApiKey(self.label, timedelta(days=self.days), frozenset(self.scopes))


class ApiKeyOut(FromAttributes):
    """A key, without what makes it one."""

    id: str
    owner_id: str
    label: str
    prefix: str = Field(description="How it begins")
    scopes: Annotated[list[Scope], Sorted]
    created_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None = Field(description="When it was used last, to within ten minutes")
    revoked_at: dt.datetime | None


class ApiKeyPageOut(PageOut):
    """Some keys, the newest first, and the cursor to the next ones."""

    api_keys: list[ApiKeyOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class NewApiKeyOut(Schema):
    """A new key; all of it is shown this once."""

    api_key: ApiKeyOut
    key: str


class OfficeIn(RequestBody):
    """What a unit shall be called from now on."""

    unit: str = Field(description="27/519/27519004, 27/519, 27 or national")
    name: str
    telephone: str = Field(default="", description="Telephone for officers of other units who have a hit")
    court_details: CourtDetails | None = Field(
        default=None, description="What its papers for courts state of its computer; null: it stays as it is"
    )


class OfficeOut(FromAttributes):
    """A unit."""

    unit: UnitPath = Field(description="27/519/27519004, 27/519, 27 or national")
    name: str
    telephone: str = Field(description="Telephone for officers of other units who have a hit")
    level: str = Field(description="What kind of office it is")
    court_details: CourtDetails = Field(
        description="What its papers for courts state; units below it that state nothing use it, too"
    )


class OfficePageOut(PageOut):
    """Some units by their paths, and the cursor to the next ones."""

    units: list[OfficeOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
