"""Signing in and staying signed in, and what people do with their own password and one-time codes."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from api.accounts.access_tokens import AccessTokens
from api.accounts.one_time_secrets import (
    SETUP_LIFETIME,
    OneTimeCodes,
    is_paper_code,
    is_setup_password,
    letters_digest,
    new_letters,
    new_setup,
)
from api.accounts.passwords import Passwords, check_password
from api.accounts.recognition import HALVES, KEY_START, AccountRecognition
from api.accounts.secret_key import SecretKey
from api.accounts.values import EnteredCredentials, Recognised, Rules, Tokens, digest
from biometrics.accounts.api_keys import ApiKeyReader, Secret
from biometrics.accounts.changes import AccountChange, AccountRequest, Approved, ChangeKind
from biometrics.accounts.credentials import WRONG, Credentials, CredentialStore, Proof, Replaced, SignIn
from biometrics.accounts.model import ApiKey, NewApiKey, NewUser, User
from biometrics.accounts.sessions import Method, Session, SessionStore
from biometrics.accounts.throttle import SignInGuard, Try
from biometrics.accounts.two_people import AccountRequestReader
from biometrics.accounts.users import AccountReader
from biometrics.kernel.access import Act
from biometrics.kernel.errors import (
    CodeRequired,
    Forbidden,
    PasswordChangeRequired,
    Unauthenticated,
    WeakPassword,
    WrongCredentials,
)
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.use_cases.accounts.account_administration import AccountAdministration
from biometrics.use_cases.accounts.account_requests import AccountRequests

PROVED_BY_PROVIDER: Final = timedelta(minutes=10)  # how long a sign-in by the provider proves who it is
PREFIX_LENGTH: Final = len(KEY_START) + 8


class Accounts:
    """The accounts of an installation; safe to use from many threads."""

    def __init__(
        self,
        database: Database,
        data_keys: DataKeys,
        key: SecretKey,
        issuer: str,
        rules: Rules | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        """Work on an open database; `issuer` names the installation in its tokens."""
        self.rules = rules or Rules()
        self.users = AccountReader(database)
        self.administration = AccountAdministration(database, data_keys)
        self.requests = AccountRequests(database, data_keys)
        self.pending = AccountRequestReader(database)
        self.sessions = SessionStore(database)
        self.keys = ApiKeyReader(database)
        self.guard = SignInGuard(database)
        self._credentials = CredentialStore(database)
        self._passwords = passwords or Passwords()
        self._codes = OneTimeCodes(key.derived("one-time codes"))
        self.provider_key = key.derived("sign-in by a provider")
        self._tokens = AccessTokens(key.derived("access tokens"), issuer, self.rules.access)
        self.recognition = AccountRecognition(self.users, self.sessions, self.keys, self._tokens, self.rules)
        self._browsers = SecretKey(key.derived("work kept in browsers"))

    def for_request(self, request: IdempotencyKey | None) -> Self:
        """Return these accounts for one request, whose changes are made once; see `AccountAdministration`."""
        bound = copy.copy(self)
        bound.administration = self.administration.for_request(request)
        bound.requests = self.requests.for_request(request)
        return bound

    def add_user(self, act: Act, new: NewUser) -> tuple[User, str]:
        """Make an account; return it with its one-time password, which is empty for a machine's.

        Raises:
            Forbidden: the actor may not give such rights there.
            LoginTaken: another account has the login.
        """
        setup, password = new_setup()
        user = self.administration.add(act, new, None if any(role.is_machine for role in new.roles) else setup)
        return user, "" if user.is_machine else password

    def reset_password(self, act: Act, id_or_login: str) -> tuple[User, str]:
        """Replace a password by a one-time one, and return that; see `AccountAdministration.reset_password`."""
        setup, password = new_setup()
        return self.administration.reset_password(act, id_or_login, setup), password

    def add_key(self, act: Act, owner: str, new: NewApiKey, proof: Proof | None = None) -> tuple[ApiKey, str]:
        """Make an API key, and return it with all of it, which is never shown again; see `AccountAdministration`."""
        text = KEY_START + secrets.token_urlsafe(32)
        return self.administration.add_key(act, owner, new, Secret(text[:PREFIX_LENGTH], digest(text)), proof), text

    def request(self, act: Act, change: AccountChange, proof: Proof | None = None) -> tuple[AccountRequest, str]:
        """Request a change that another person approves; return it with the first half of its secret, if it has one.

        See `AccountRequests.request` for the errors.
        """
        if change.kind is ChangeKind.KEY:
            half = KEY_START + secrets.token_urlsafe(24)
            first = Secret(half[:PREFIX_LENGTH], digest(half))
        elif change.hands_out_secret:
            half = new_letters()
            first = Secret("", letters_digest(half))
        else:
            return self.requests.request(act, change, None), ""
        return self.requests.request(act, change, first, proof), half

    def approve(self, act: Act, request_id: str) -> tuple[Approved, str]:
        """Make a change that another person requested; return it with the second half of its secret, if it has one.

        See `AccountRequests.approve` for the errors.
        """
        half = new_letters()
        approved = self.requests.approve(act, request_id, letters_digest(half), datetime.now(UTC) + SETUP_LIFETIME)
        if not approved.change.hands_out_secret:
            return approved, ""
        return approved, HALVES + half.replace("-", "") if approved.key else half

    def make_paper_code(self, act: Act, recognised: Recognised, password: str, code: str) -> str:
        """Return a new code on paper, by which its owner replaces a lost phone or a forgotten password, once.

        Raises:
            WrongCredentials, CodeRequired, Forbidden, AccountLocked: as for `prove`.
        """
        paper = new_letters(4)
        self._credentials.keep_paper(act, self.prove(recognised, password, code), letters_digest(paper))
        return paper

    def prove(self, recognised: Recognised, password: str, code: str) -> Proof:
        """Check again who is signed in, by password and, if they use them, one-time code.

        A person without a password, who signs in by an outside provider, must have done so just now.

        Raises:
            WrongCredentials: something is wrong, or one is signed in by something else.
            CodeRequired: the password is right, and a code is missing.
            Forbidden: the provider recognised them too long ago.
            AccountLocked: there were too many wrong tries.
        """
        session = _own_session(recognised)
        if not recognised.user.has_password:
            if session.method is not Method.PROVIDER or session.created_at < datetime.now(UTC) - PROVED_BY_PROVIDER:
                raise Forbidden("Sign in by the provider once more, right before this.")
            return Proof(self._credentials.of_user(recognised.user.id))
        counted = self.guard.begin(recognised.user.login, digest(session.id), signed_in=True)
        credentials, is_setup = self._proved(recognised.user.login, password)
        if is_setup:
            raise WrongCredentials(WRONG)
        with self._taking_back(counted):
            step = self._step(credentials, code)
        return Proof(credentials, step, counted)

    def confirm_identity(
        self, act: Act, recognised: Recognised, issuer: str, subject: str, password: str, code: str
    ) -> None:
        """Confirm the proposed identity at an outside provider for one's own account.

        Raises:
            NotFound: none was proposed.
            WrongCredentials, CodeRequired, Forbidden, AccountLocked: as for `prove`.
        """
        self._credentials.confirm_identity(act, self.prove(recognised, password, code), issuer, subject)

    def sign_in(self, entered: EnteredCredentials, address: str = "") -> Tokens:
        """Begin a session by password and, where the account has them, one-time code.

        Raises:
            WrongCredentials: a credential is wrong; the message does not say which.
            CodeRequired: the password is right, and a code is missing.
            PasswordChangeRequired: it is a one-time password, and the new password is missing.
            WeakPassword: the new password is.
            AccountLocked: there were too many wrong tries.
        """
        counted = self.guard.begin(entered.login, digest(entered.device) if entered.device else "")
        if entered.paper:
            return self._recovered(entered, counted, address)
        credentials, is_setup = self._proved(entered.login, entered.password)
        with self._taking_back(counted):
            step = self._step(credentials, entered.code)
            new_hash = self._own_password(credentials.user, entered) if is_setup else None
        device = entered.device if counted.device_sha256 else secrets.token_urlsafe(24)
        refresh = secrets.token_urlsafe(32)
        sign_in = SignIn(credentials, Method.PASSWORD, digest(refresh), digest(device), step, new_hash, counted)
        session = self._credentials.sign_in(
            Act(credentials.user.actor(), address=address), sign_in, self.rules.lifetimes
        )
        if credentials.password_hash and not is_setup and self._passwords.is_outdated(credentials.password_hash):
            self._credentials.rehash(credentials, self._passwords.hash(entered.password))
        return self._issued(session, refresh, device)

    def sign_in_by_provider(self, issuer: str, subject: str, address: str = "") -> Tokens:
        """Begin a session for an identity that an outside provider has recognised.

        Raises:
            WrongCredentials: no account has this identity; none is created.
        """
        user = self.users.by_identity(issuer, subject)
        if user is None or user.disabled_at is not None:
            raise WrongCredentials("No account here belongs to your identity at the provider; ask an administrator.")
        refresh = secrets.token_urlsafe(32)
        credentials = self._credentials.of_user(user.id)
        sign_in = SignIn(credentials, Method.PROVIDER, digest(refresh))
        session = self._credentials.sign_in(Act(user.actor(), address=address), sign_in, self.rules.lifetimes)
        return self._issued(session, refresh)

    def refresh(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token for a new access token and a new refresh token.

        Raises:
            WrongCredentials: it is not good. If it was used before, its session has ended now.
        """
        new = secrets.token_urlsafe(32)
        session = self.sessions.refresh(digest(refresh_token), digest(new), self.rules.lifetimes)
        if session is None:
            raise WrongCredentials("The refresh token is not good any more; sign in again.")
        return self._issued(session, new)

    def revoke(self, refresh_token: str, address: str = "") -> None:
        """End the session of a refresh token; one that is not good ends nothing, and is no error (RFC 7009)."""
        session = self.sessions.session_of_refresh_token(digest(refresh_token))
        if session is not None:
            act = Act(session.user.actor(), address=address, credential=session.credential)
            self.sessions.end(act, session.id)

    def change_password(self, act: Act, recognised: Recognised, password: str, new_password: str) -> None:
        """Replace one's own password by another; all one's other sessions end, and one's API keys.

        Raises:
            WrongCredentials: the present password is wrong, or the session has none.
            WeakPassword: the new one is.
            AccountLocked: there were too many wrong tries.
        """
        session = _own_session(recognised)
        login = recognised.user.login
        check_password(new_password, login)
        counted = self.guard.begin(login, digest(session.id), signed_in=True)
        credentials, is_setup = self._proved(login, password)
        if is_setup:
            raise WrongCredentials(WRONG)
        with self._taking_back(counted):
            _check_differs(password, new_password)
        new_hash = self._passwords.hash(new_password)
        self._credentials.change_password(act, credentials, new_hash, session.id, counted)

    def browser_key(self, recognised: Recognised) -> tuple[bytes, timedelta]:
        """Return the key that encrypts what browsers keep for an account, and how long a page may hold it.

        It never changes: a new master key wraps the same secret.
        """
        session = _own_session(recognised)
        left = session.expires_at - datetime.now(UTC)
        return self._browsers.derived(session.user.id), min(left, self.rules.idle)

    def offer_totp(self, recognised: Recognised) -> tuple[str, str]:
        """Return a new secret for an authenticator app, and its URI; `begin_totp` with a code turns it on.

        Raises:
            WrongCredentials: one's codes are on already.
        """
        user = _own_session(recognised).user
        secret = self._codes.new_secret()
        self._credentials.offer_totp(self._credentials.of_user(user.id), self._codes.seal(secret, user.id))
        return secret, self._codes.uri(secret, user.login)

    def begin_totp(self, act: Act, recognised: Recognised, code: str) -> None:
        """Ask for codes at each sign-in from now on.

        Raises:
            WrongCredentials: the code is wrong, or there is no secret yet.
            AccountLocked: there were too many wrong tries.
        """
        session = _own_session(recognised)
        user = session.user
        counted = self.guard.begin(user.login, digest(session.id), signed_in=True)
        credentials = self._credentials.of_user(user.id)
        step = None if credentials.totp_sealed is None else self._codes.step_of(credentials.totp_sealed, user.id, code)
        if step is None or credentials.user.has_totp:
            raise WrongCredentials("The code is wrong; check the phone's clock and give the code that it shows now.")
        self._credentials.begin_totp(act, credentials, step, counted)

    def _recovered(self, entered: EnteredCredentials, counted: Try, address: str) -> Tokens:
        """Begin a session by the code on paper and either password or phone, and replace the other of the two.

        Raises:
            WrongCredentials: something is wrong, or the account has no phone, so that the paper would be all.
            PasswordChangeRequired, WeakPassword: as for `sign_in`.
        """
        credentials = self._credentials.of_login(entered.login)
        by_phone = bool(entered.code.strip())
        is_right = self._passwords.verify(credentials.password_hash if credentials else None, entered.password)
        if credentials is None or credentials.user.disabled_at is not None or not credentials.user.has_totp:
            raise WrongCredentials(WRONG)
        if not is_paper_code(credentials, entered.paper) or not (by_phone or is_right):
            raise WrongCredentials(WRONG)
        step = new_hash = None
        if by_phone:
            with self._taking_back(counted):
                step = self._step(credentials, entered.code)
                new_hash = self._own_password(credentials.user, entered)
        refresh = secrets.token_urlsafe(32)
        sign_in = SignIn(
            credentials,
            Method.PASSWORD,
            digest(refresh),
            totp_step=step,
            new_hash=new_hash,
            counted=counted,
            replaced=Replaced.PASSWORD if by_phone else Replaced.PHONE,
        )
        act = Act(credentials.user.actor(), address=address)
        return self._issued(self._credentials.sign_in(act, sign_in, self.rules.lifetimes), refresh)

    def _proved(self, login: str, password: str) -> tuple[Credentials, bool]:
        """Return the account of a login and password, and whether the password is one-time. Takes constant time."""
        credentials = self._credentials.of_login(login)
        is_right = self._passwords.verify(credentials.password_hash if credentials else None, password)
        is_setup = credentials is not None and is_setup_password(credentials, password)
        if credentials is None or credentials.user.disabled_at is not None or not (is_right or is_setup):
            raise WrongCredentials(WRONG)
        return credentials, is_setup

    def _step(self, credentials: Credentials, code: str) -> int | None:
        """Return the time step of the code, None for an account that has none."""
        if not credentials.user.has_totp:
            return None
        assert credentials.totp_sealed is not None
        if not code.strip():
            raise CodeRequired("Give the code that your phone shows now.")
        step = self._codes.step_of(credentials.totp_sealed, credentials.user.id, code)
        if step is None:
            raise WrongCredentials(WRONG)
        return step

    def _own_password(self, user: User, entered: EnteredCredentials) -> str:
        if not entered.new_password:
            raise PasswordChangeRequired("This is good for one sign-in; send a new password with it.")
        check_password(entered.new_password, user.login)
        _check_differs(entered.password, entered.new_password)
        return self._passwords.hash(entered.new_password)

    @contextmanager
    def _taking_back(self, counted: Try) -> Iterator[None]:
        """Do not count a sign-in that was only incomplete, not wrong."""
        try:
            yield
        except (CodeRequired, PasswordChangeRequired, WeakPassword):
            self._credentials.take_back(counted)
            raise

    def _issued(self, session: Session, refresh: str, device: str = "") -> Tokens:
        access = self._tokens.issue(session.user, session.id)
        seconds = int(self.rules.access.total_seconds())
        return Tokens(access, seconds, refresh, session.user, self.recognition.is_held_back(session), device)


def _own_session(recognised: Recognised) -> Session:
    if recognised.session is None:
        raise Unauthenticated("Sign in for this; an API key is not enough.")
    return recognised.session


def _check_differs(password: str, new_password: str) -> None:
    if password == new_password:
        raise WeakPassword("The new password is the old one; give another.")
