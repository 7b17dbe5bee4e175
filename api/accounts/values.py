"""Values of accounts: credentials, tokens, the account behind a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from biometrics.accounts.model import ApiKey, User
from biometrics.accounts.sessions import Lifetimes, Session
from biometrics.kernel.access import Actor, api_key_credential, local_operator


@dataclass(frozen=True)
class Rules:
    """The rules of an installation for sessions and one-time codes."""

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
    """An account, the rights it acts with, and its credential: a session or an API key.

    An account that is held back must set up one-time codes first, and may do nothing else. The local operator has no
    credential; see `local_caller`.
    """

    user: User
    actor: Actor
    session: Session | None = None
    key: ApiKey | None = None
    is_held_back: bool = False

    @property
    def is_person(self) -> bool:
        """Whether a person acts, in a session of their own or on the server itself, and not a program with a key."""
        return self.session is not None or self.actor.is_local

    @property
    def credential(self) -> str:
        """How the session or the API key is named in an act; empty for the local operator."""
        if self.key is not None:
            return api_key_credential(self.key.id)
        if self.session is not None:
            return self.session.credential
        assert self.actor.is_local, "an account is recognised by a session or an API key"
        return ""


def local_caller(user: str) -> Recognised:
    """Return the local operator as the caller of routes; `user` is the account of the operating system.

    No credential leads to it: the application recognises it only where this very object is in the ASGI scope, which is
    made in this process (`api.client.in_process`), never of what came over a network.
    """
    actor = local_operator(user).actor
    account = User(actor.id, user, user, actor.roles, actor.unit, datetime.now(UTC), 0, None, False, False, None)
    return Recognised(account, actor)


@dataclass(frozen=True)
class Tokens:
    """The tokens of a session. `device` lets a later sign-in recognise this client."""

    access: str
    access_seconds: int
    refresh: str
    user: User
    must_enrol_totp: bool
    device: str = ""


@dataclass(frozen=True)
class EnteredCredentials:
    """The credentials that a person typed; `device` is what their client got at an earlier sign-in.

    `paper` is the owner's code on paper: it stands for the password where a `code` is given, else for the phone.
    """

    login: str
    password: str
    code: str = ""
    new_password: str = ""
    device: str = ""
    paper: str = ""


def digest(text: str) -> str:
    """Return the form in which tokens, keys and one-time passwords are stored and looked up."""
    return sha256(text.encode(errors="replace")).hexdigest()
