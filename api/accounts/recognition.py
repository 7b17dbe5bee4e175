"""Authentication: the account behind an Authorization header or a cookie, with its present rights."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from api.accounts.access_tokens import AccessTokens, rights_of
from api.accounts.values import Recognised, Rules, digest
from biometrics.accounts.api_keys import ApiKeyReader
from biometrics.accounts.sessions import Method, Session, SessionStore
from biometrics.accounts.two_people import joined
from biometrics.accounts.users import AccountReader
from biometrics.kernel.access import parse_credential
from biometrics.kernel.errors import TokenExpired, Unauthenticated
from biometrics.storage.audit.credential_state import ENDED as CREDENTIAL_ENDED

KEY_START: Final = "pehchan_"

SIGN_IN_FIRST: Final = "Sign in first: send 'Authorization: Bearer' with an access token or an API key."
ENDED: Final = "The session has ended; sign in again."


HALVES: Final = "."  # parts a key of two halves


def key_digest(text: str) -> str:
    """Return the form in which an API key is stored; of two halves, each has a digest of its own."""
    first, parted, second = text.partition(HALVES)
    return joined(digest(first), digest(second)) if parted else digest(text)


class AccountRecognition:
    """Recognises the accounts of an installation by their sessions and API keys; safe to use from many threads."""

    def __init__(
        self, users: AccountReader, sessions: SessionStore, keys: ApiKeyReader, tokens: AccessTokens, rules: Rules
    ) -> None:
        self._users = users
        self._sessions = sessions
        self._keys = keys
        self._tokens = tokens
        self._rules = rules

    def by_header(self, authorization: str | None) -> Recognised:
        """Return who sends an Authorization header.

        Raises:
            Unauthenticated: the credential is unknown.
            TokenExpired: the token is too old, or its owner's rights have changed: get a new one.
        """
        kind, _, text = (authorization or "").strip().partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            raise Unauthenticated(SIGN_IN_FIRST)
        text = text.strip()
        return self._by_key(text) if text.startswith(KEY_START) else self._by_token(text)

    def by_cookie(self, cookie: str) -> Recognised:
        """Return the account of a browser's cookie, and extend its session.

        Raises:
            Unauthenticated: its session has ended.
        """
        session = self._sessions.go_on(digest(cookie), self._rules.lifetimes)
        if session is None:
            raise Unauthenticated(ENDED)
        return self._by_session(session)

    def recognise_again(self, user_id: str, credential: str) -> Recognised:
        """Return an account that was recognised before, with its and its credential's present rights.

        Raises:
            Unauthenticated: the session or the API key has ended, or none is given.
        """
        is_key, credential_id = parse_credential(credential) if credential else (False, "")
        session = None if is_key else self._sessions.session(credential_id)
        key = self._keys.good(credential_id) if is_key else None
        user = self._users.user(user_id)
        if session is not None and session.user.id == user.id:
            return self._by_session(session)
        if key is not None and key.owner_id == user.id and user.disabled_at is None:
            return Recognised(user, user.actor(key.scopes), key=key)
        raise Unauthenticated(CREDENTIAL_ENDED)

    def is_held_back(self, session: Session) -> bool:
        """Return whether a session may only set up one-time codes."""
        return self._rules.totp_required and session.method is Method.PASSWORD and not session.user.has_totp

    def _by_token(self, text: str) -> Recognised:
        claims = self._tokens.read(text)
        session = self._sessions.session(claims.session_id)
        if session is None or session.user.id != claims.user_id:
            raise Unauthenticated(ENDED)
        user = session.user
        if claims.rights != rights_of(sorted(user.roles), user.unit.path):
            raise TokenExpired("Your rights have changed; get a new access token with the refresh token.")
        return self._by_session(session)

    def _by_session(self, session: Session) -> Recognised:
        user = session.user
        actor, held_back = user.actor(), self.is_held_back(session)
        if held_back:
            actor = replace(actor, roles=frozenset(), scopes=frozenset())
        return Recognised(user, actor, session=session, is_held_back=held_back)

    def _by_key(self, text: str) -> Recognised:
        key_and_owner = self._keys.recognise(key_digest(text))
        if key_and_owner is None:
            raise Unauthenticated("The API key is not good: unknown, expired or revoked. Ask who gave it to you.")
        key, owner = key_and_owner
        return Recognised(owner, owner.actor(key.scopes), key=key)
