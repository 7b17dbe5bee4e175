"""Who is it? Signing in, staying signed in, and the actor behind an Authorization header."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Self

from api.accounts.access_tokens import AccessTokens, rights_of
from api.accounts.one_time_codes import OneTimeCodes
from api.accounts.passwords import Passwords, check_password
from api.accounts.secret_key import SecretKey
from biometrics.common.idempotency import Once
from biometrics.domain.access import Act, Actor, api_key_credential, parse_credential
from biometrics.domain.accounts import ApiKey, NewUser, User
from biometrics.domain.errors import (
    CodeRequired,
    Forbidden,
    PasswordChangeRequired,
    TokenExpired,
    Unauthenticated,
    WeakPassword,
    WrongCredentials,
)
from biometrics.records.accounts.api_keys import ApiKeyStore, NewApiKey, Secret
from biometrics.records.accounts.credential_state import ENDED as CREDENTIAL_ENDED
from biometrics.records.accounts.credentials import WRONG, Credentials, CredentialStore, Proof, SignIn
from biometrics.records.accounts.sessions import Lifetimes, Method, Session, SessionStore
from biometrics.records.accounts.throttle import SignInGuard, Try
from biometrics.records.accounts.users import AccountStore, Setup
from biometrics.records.database.engine import Database

SETUP_LIFETIME: Final = timedelta(hours=72)
PROVED_BY_PROVIDER: Final = timedelta(minutes=10)  # how long a sign-in by the provider proves who it is
KEY_START: Final = "pehchan_"
PREFIX_LENGTH: Final = len(KEY_START) + 8

NOBODY: Final = "Sign in first: send 'Authorization: Bearer' with an access token or an API key."
ENDED: Final = "The session has ended; sign in again."


@dataclass(frozen=True)
class Rules:
    """What an installation asks of those who sign in."""

    access: timedelta = timedelta(minutes=10)
    session: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=1)
    totp_required: bool = True

    @property
    def lifetimes(self) -> Lifetimes:
        """How long sessions last."""
        return Lifetimes(self.session, self.idle)


@dataclass(frozen=True)
class Recognised:
    """An account, as whom one acts, and by what: a session, or an API key.

    Who is held back must enrol a phone first, and may do nothing else.
    """

    user: User
    actor: Actor
    session: Session | None = None
    key: ApiKey | None = None
    is_held_back: bool = False

    @property
    def credential(self) -> str:
        """How the session or the API key is named in an act."""
        if self.key is not None:
            return api_key_credential(self.key.id)
        assert self.session is not None, "an account is recognised by a session or an API key"
        return self.session.credential


@dataclass(frozen=True)
class Tokens:
    """What somebody who signed in goes on with. `device` proves to a later sign-in that this client is known."""

    access: str
    access_seconds: int
    refresh: str
    user: User
    must_enrol_totp: bool
    device: str = ""


@dataclass(frozen=True)
class Entered:
    """What somebody typed to sign in; `device` is what their client was given when it did so before."""

    login: str
    password: str
    code: str = ""
    new_password: str = ""
    device: str = ""


class Accounts:
    """The accounts of an installation; safe to use from many threads."""

    def __init__(
        self,
        database: Database,
        key: SecretKey,
        issuer: str,
        rules: Rules | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        """Work on an open database; `issuer` names the installation in its tokens."""
        self.rules = rules or Rules()
        self.users = AccountStore(database)
        self.sessions = SessionStore(database)
        self.keys = ApiKeyStore(database)
        self.guard = SignInGuard(database)
        self._credentials = CredentialStore(database)
        self._passwords = passwords or Passwords()
        self._codes = OneTimeCodes(key.derived("one-time codes"))
        self.provider_key = key.derived("sign-in by a provider")
        self._tokens = AccessTokens(key.derived("access tokens"), issuer, self.rules.access)
        self._browsers = SecretKey(key.derived("work kept in browsers"))

    def once(self, request: Once | None) -> Self:
        """Return these accounts for one request: what it changes is changed once; see `AccountStore.once`."""
        bound = copy.copy(self)
        bound.users, bound.keys = self.users.once(request), self.keys.once(request)
        return bound

    def add_user(self, act: Act, new: NewUser) -> tuple[User, str]:
        """Make an account; return it with its one-time password, which is empty for a machine's.

        Raises:
            Forbidden: the actor may not give such rights there.
            LoginTaken: another account has the login.
        """
        setup, password = _setup()
        user = self.users.add(act, new, None if any(role.is_machine for role in new.roles) else setup)
        return user, "" if user.is_machine else password

    def reset_password(self, act: Act, id_or_login: str) -> tuple[User, str]:
        """Replace a password by a one-time one, and return that; see `AccountStore.reset_password`."""
        setup, password = _setup()
        return self.users.reset_password(act, id_or_login, setup), password

    def add_key(self, act: Act, owner: str, new: NewApiKey, proof: Proof | None = None) -> tuple[ApiKey, str]:
        """Make an API key, and return it with all of it, which is never shown again; see `ApiKeyStore.add`."""
        text = KEY_START + secrets.token_urlsafe(32)
        return self.keys.add(act, owner, new, Secret(text[:PREFIX_LENGTH], _digest(text)), proof), text

    def prove(self, recognised: Recognised, password: str, code: str) -> Proof:
        """Check once more who it is that is signed in, by their password and, where they have them, one-time code.

        Who has no password here, since an outside provider recognises them, must have signed in by it just now.

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
        counted = self.guard.begin(recognised.user.login, _digest(session.id), signed_in=True)
        seen, is_setup = self._proved(recognised.user.login, password)
        if is_setup:
            raise WrongCredentials(WRONG)
        with self._taking_back(counted):
            step = self._step(seen, code)
        return Proof(seen, step, counted)

    def confirm_identity(
        self, act: Act, recognised: Recognised, issuer: str, subject: str, password: str, code: str
    ) -> None:
        """Let oneself sign in by the identity at an outside provider that was proposed for one's account.

        Raises:
            NotFound: none was proposed.
            WrongCredentials, CodeRequired, Forbidden, AccountLocked: as for `prove`.
        """
        self._credentials.confirm_identity(act, self.prove(recognised, password, code), issuer, subject)

    def sign_in(self, entered: Entered, address: str = "") -> Tokens:
        """Begin a session by password and, where the account has them, one-time code.

        Raises:
            WrongCredentials: something is wrong; it is not said what.
            CodeRequired: the password is right, and a code is missing.
            PasswordChangeRequired: it is a one-time password, and a password of one's own is missing.
            WeakPassword: the new password is.
            AccountLocked: there were too many wrong tries.
        """
        counted = self.guard.begin(entered.login, _digest(entered.device) if entered.device else "")
        seen, is_setup = self._proved(entered.login, entered.password)
        with self._taking_back(counted):
            step = self._step(seen, entered.code)
            new_hash = self._own_password(seen.user, entered) if is_setup else None
        device = entered.device if counted.device_sha256 else secrets.token_urlsafe(24)
        refresh = secrets.token_urlsafe(32)
        done = SignIn(seen, Method.PASSWORD, _digest(refresh), _digest(device), step, new_hash, counted)
        session = self._credentials.sign_in(Act(seen.user.actor(), address=address), done, self.rules.lifetimes)
        if seen.password_hash and not is_setup and self._passwords.is_outdated(seen.password_hash):
            self._credentials.rehash(seen, self._passwords.hash(entered.password))
        return self._issued(session, refresh, device)

    def sign_in_by_provider(self, issuer: str, subject: str, address: str = "") -> Tokens:
        """Begin a session of somebody whom an outside provider has recognised.

        Raises:
            WrongCredentials: no account belongs to this identity; none is made.
        """
        user = self.users.by_identity(issuer, subject)
        if user is None or user.disabled_at is not None:
            raise WrongCredentials("No account here belongs to your identity at the provider; ask an administrator.")
        refresh = secrets.token_urlsafe(32)
        seen = self._credentials.of_user(user.id)
        done = SignIn(seen, Method.PROVIDER, _digest(refresh))
        session = self._credentials.sign_in(Act(user.actor(), address=address), done, self.rules.lifetimes)
        return self._issued(session, refresh)

    def refresh(self, refresh_token: str) -> Tokens:
        """Go on with a session: a new access token, and a new refresh token in place of this one.

        Raises:
            WrongCredentials: it is not good. If it was used before, its session has ended now.
        """
        new = secrets.token_urlsafe(32)
        session = self.sessions.refresh(_digest(refresh_token), _digest(new), self.rules.lifetimes)
        if session is None:
            raise WrongCredentials("The refresh token is not good any more; sign in again.")
        return self._issued(session, new)

    def revoke(self, refresh_token: str, address: str = "") -> None:
        """End the session of a refresh token; one that is not good ends nothing, and is no error (RFC 7009)."""
        session = self.sessions.session_of_refresh_token(_digest(refresh_token))
        if session is not None:
            act = Act(session.user.actor(), address=address, credential=session.credential)
            self.sessions.end(act, session.id)

    def recognise(self, authorization: str | None) -> Recognised:
        """Return who sends an Authorization header.

        Raises:
            Unauthenticated: nobody who is known.
            TokenExpired: the token's time is over, or its owner's rights are others now: get a new one.
        """
        kind, _, text = (authorization or "").strip().partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            raise Unauthenticated(NOBODY)
        text = text.strip()
        return self._by_key(text) if text.startswith(KEY_START) else self._by_token(text)

    def recognise_browser(self, cookie: str) -> Recognised:
        """Return whose cookie it is; its session has been used by that, and its end is put off.

        Raises:
            Unauthenticated: its session has ended.
        """
        session = self.sessions.go_on(_digest(cookie), self.rules.lifetimes)
        if session is None:
            raise Unauthenticated(ENDED)
        return self._by_session(session)

    def recognise_again(self, user_id: str, credential: str) -> Recognised:
        """Return somebody who was recognised before, with the rights that they and their credential have now.

        Raises:
            Unauthenticated: the session or the API key has ended, or is not named.
        """
        is_key, credential_id = parse_credential(credential) if credential else (False, "")
        session = None if is_key else self.sessions.session(credential_id)
        key = self.keys.good(credential_id) if is_key else None
        user = self.users.user(user_id)
        if session is not None and session.user.id == user.id:
            return self._by_session(session)
        if key is not None and key.owner_id == user.id and user.disabled_at is None:
            return Recognised(user, user.actor(key.scopes), key=key)
        raise Unauthenticated(CREDENTIAL_ENDED)

    def actor_of(self, authorization: str | None) -> Actor:
        """Return as whom somebody acts who sends an Authorization header; see `recognise`."""
        return self.recognise(authorization).actor

    def change_password(self, act: Act, recognised: Recognised, password: str, new_password: str) -> None:
        """Replace one's own password by another; all one's other sessions end, and one's API keys.

        Raises:
            WrongCredentials: the present password is wrong, or one is signed in by something else.
            WeakPassword: the new one is.
            AccountLocked: there were too many wrong tries.
        """
        session = _own_session(recognised)
        login = recognised.user.login
        check_password(new_password, login)
        counted = self.guard.begin(login, _digest(session.id), signed_in=True)
        seen, is_setup = self._proved(login, password)
        if is_setup:
            raise WrongCredentials(WRONG)
        with self._taking_back(counted):
            _check_differs(password, new_password)
        new_hash = self._passwords.hash(new_password)
        self._credentials.change_password(act, seen, new_hash, session.id, counted)

    def browser_key(self, recognised: Recognised) -> tuple[bytes, timedelta]:
        """Return the key that seals what browsers keep for one's account, and how long a page may hold it.

        It never changes: a new master key wraps the same secret.
        """
        session = _own_session(recognised)
        left = session.expires_at - datetime.now(UTC)
        return self._browsers.derived(session.user.id), min(left, self.rules.idle)

    def offer_totp(self, recognised: Recognised) -> tuple[str, str]:
        """Return a new secret for one's authenticator, and its URI; it counts once `begin_totp` has seen a code.

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
        counted = self.guard.begin(user.login, _digest(session.id), signed_in=True)
        seen = self._credentials.of_user(user.id)
        step = None if seen.totp_sealed is None else self._codes.step_of(seen.totp_sealed, user.id, code)
        if step is None or seen.user.has_totp:
            raise WrongCredentials("The code is wrong; check the phone's clock and give the code that it shows now.")
        self._credentials.begin_totp(act, seen, step, counted)

    def _proved(self, login: str, password: str) -> tuple[Credentials, bool]:
        """Return the account whose password it is, and whether it is a one-time one; it takes as long for nobody's."""
        seen = self._credentials.of_login(login)
        right = self._passwords.verify(seen.password_hash if seen else None, password)
        is_setup = seen is not None and _is_setup(seen, password)
        if seen is None or seen.user.disabled_at is not None or not (right or is_setup):
            raise WrongCredentials(WRONG)
        return seen, is_setup

    def _step(self, seen: Credentials, code: str) -> int | None:
        """Return the time step of the code, None for an account that has none."""
        if not seen.user.has_totp:
            return None
        assert seen.totp_sealed is not None
        if not code.strip():
            raise CodeRequired("Give the code that your phone shows now.")
        step = self._codes.step_of(seen.totp_sealed, seen.user.id, code)
        if step is None:
            raise WrongCredentials(WRONG)
        return step

    def _own_password(self, user: User, entered: Entered) -> str:
        if not entered.new_password:
            raise PasswordChangeRequired("This password is for one use; give a new password of your own with it.")
        check_password(entered.new_password, user.login)
        _check_differs(entered.password, entered.new_password)
        return self._passwords.hash(entered.new_password)

    @contextmanager
    def _taking_back(self, counted: Try) -> Iterator[None]:
        """Do not count a try that was not wrong, only incomplete."""
        try:
            yield
        except (CodeRequired, PasswordChangeRequired, WeakPassword):
            self._credentials.take_back(counted)
            raise

    def _issued(self, session: Session, refresh: str, device: str = "") -> Tokens:
        access = self._tokens.issue(session.user, session.id)
        seconds = int(self.rules.access.total_seconds())
        return Tokens(access, seconds, refresh, session.user, self._is_held_back(session), device)

    def _is_held_back(self, session: Session) -> bool:
        """Say whether somebody may only set up one-time codes yet."""
        return self.rules.totp_required and session.method is Method.PASSWORD and not session.user.has_totp

    def _by_token(self, text: str) -> Recognised:
        claims = self._tokens.read(text)
        session = self.sessions.session(claims.session_id)
        if session is None or session.user.id != claims.user_id:
            raise Unauthenticated(ENDED)
        user = session.user
        if claims.rights != rights_of(sorted(user.roles), user.unit.path):
            raise TokenExpired("Your rights have changed; get a new access token with the refresh token.")
        return self._by_session(session)

    def _by_session(self, session: Session) -> Recognised:
        user = session.user
        actor, held_back = user.actor(), self._is_held_back(session)
        if held_back:
            actor = replace(actor, roles=frozenset(), scopes=frozenset())
        return Recognised(user, actor, session=session, is_held_back=held_back)

    def _by_key(self, text: str) -> Recognised:
        found = self.keys.recognise(_digest(text))
        if found is None:
            raise Unauthenticated("The API key is not good: unknown, expired or revoked. Ask who gave it to you.")
        key, owner = found
        return Recognised(owner, owner.actor(key.scopes), key=key)


def _own_session(recognised: Recognised) -> Session:
    if recognised.session is None:
        raise Unauthenticated("Sign in for this; an API key is not enough.")
    return recognised.session


def _check_differs(password: str, new_password: str) -> None:
    if password == new_password:
        raise WeakPassword("The new password is the old one; give another.")


def _is_setup(seen: Credentials, password: str) -> bool:
    """Say whether it is the account's one-time password, and still good; these are random, and typed without care."""
    if seen.setup_sha256 is None or seen.setup_until is None or seen.setup_until <= datetime.now(UTC):
        return False
    return secrets.compare_digest(_digest(_plain(password)), seen.setup_sha256)


def _setup() -> tuple[Setup, str]:
    """Return a one-time password of 100 random bits, for the database and for its owner to type."""
    letters = "23456789abcdefghjkmnpqrstuvwxyz"  # none that look alike
    groups = ["".join(secrets.choice(letters) for _ in range(5)) for _ in range(4)]
    password = "-".join(groups)
    return Setup(_digest(_plain(password)), datetime.now(UTC) + SETUP_LIFETIME), password


def _plain(password: str) -> str:
    return password.replace("-", "").replace(" ", "").lower()


def _digest(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()
