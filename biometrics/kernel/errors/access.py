"""Errors about signing in, accounts, API keys and what an account may do."""

from __future__ import annotations

from biometrics.kernel.errors.base import (
    Conflict,
    Fault,
    Forbidden,
    InvalidInput,
    NotFound,
    TooManyRequests,
    Unauthenticated,
)


class WeakPassword(InvalidInput):
    """A password that is too short, or among those that are tried first."""

    code = "weak_password"


class WrongCredentials(Unauthenticated):
    """A login, password, code or token is wrong; the message does not reveal which."""

    code = "wrong_credentials"


class CodeRequired(Unauthenticated):
    """The password is right, and a one-time code is missing."""

    code = "code_required"


class PasswordChangeRequired(Unauthenticated):
    """A one-time password is right, and a password of one's own is missing."""

    code = "password_change_required"


class ProviderRefused(Unauthenticated):
    """What came from the outside provider proves nothing."""

    code = "provider_refused"


class TokenExpired(Unauthenticated):
    """An access token that was good once."""

    code = "token_expired"


class OutOfJurisdiction(Forbidden):
    """A record of a unit that the caller's unit does not cover."""

    code = "out_of_jurisdiction"


class NeedsTwoPeople(Forbidden):
    """A change that extends rights, by one person, or by two who are not independent."""

    code = "needs_two_people"


class AccountLocked(TooManyRequests):
    """Too many wrong passwords or codes for one login."""

    code = "account_locked"


class UnknownAccount(NotFound):
    """No such account."""

    code = "unknown_account"


class UnknownApiKey(NotFound):
    """No such API key."""

    code = "unknown_api_key"


class UnknownAccountRequest(NotFound):
    """No such request to change an account."""

    code = "unknown_account_request"


class LoginTaken(Conflict):
    """Another account has the login, or the identity at the provider."""

    code = "login_taken"


class LastAdministrator(Conflict):
    """The unit would have no administrator left."""

    code = "last_administrator"


class ProviderUnavailable(Fault):
    """The outside provider does not answer as it should."""

    code = "provider_unavailable"
