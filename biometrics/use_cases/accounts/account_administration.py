"""Use cases of account administration: who has an account with what rights, its API keys, and the names of units."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Self

from biometrics.access.units import Office
from biometrics.accounts.api_keys import Secret
from biometrics.accounts.credentials import Proof
from biometrics.accounts.model import ApiKey, NewApiKey, NewUser, User
from biometrics.accounts.repository import Setup
from biometrics.kernel.access import Act, Role, Unit
from biometrics.kernel.errors import SecretShown
from biometrics.kernel.request_context import RequestContext
from biometrics.kernel.technique.idempotency import IdempotencyKey
from biometrics.records.store import RecordStore
from biometrics.records.unit_of_work import UnitOfWork, begin
from biometrics.storage.audit.log import Action, digest
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database


class AccountWork:
    """Units of work on the accounts of a database, on behalf of an actor, and for one request."""

    def __init__(self, database: Database, keys: DataKeys, request: IdempotencyKey | None = None) -> None:
        """Work on an open database; `request` is as for `for_request`."""
        self._database = database
        self._keys = keys
        self._request = request

    def for_request(self, key: IdempotencyKey | None) -> Self:
        """Return this for one request: what it changes is changed once, however often the request arrives.

        Where the answer held a secret, a repeated request raises SecretShown; each raises KeyReused where the key was
        used for another request.
        """
        return type(self)(self._database, self._keys, key)

    def _begin(self, act: Act, step: str = "") -> AbstractContextManager[UnitOfWork]:
        return begin(self._database, self._keys, RequestContext(act, self._request), step)


class AccountAdministration(AccountWork):
    """Changes of accounts and of their API keys, each one transaction on behalf of its actor.

    Each raises UnknownAccount where the actor knows of no such account, and Forbidden where it is the actor's own, or
    has rights that the actor lacks.
    """

    def add(self, act: Act, new: NewUser, setup: Setup | None) -> User:
        """Add an account. A person's begins with a one-time password; a machine has keys, and none.

        Raises:
            Forbidden: the actor may not give such rights there.
            LoginTaken: another account has the login.
        """
        with self._begin(act, "account") as work:
            if work.is_first:
                work.remember(added(work, new, setup).id)
            elif setup is not None:
                raise _password_shown(work.answer)
            return work.accounts.get(work.answer)

    def change_rights(
        self, act: Act, id_or_login: str, roles: frozenset[Role] | None, unit: Unit | None, name: str | None = None
    ) -> User:
        """Give an account other roles, another unit or another name; what is None stays. It holds at once.

        Raises:
            LastAdministrator: the unit would have no administrator left.
            InvalidField: a machine would become a person's, or the reverse.
        """
        with self._begin(act, "rights") as work:
            if work.is_first:
                work.remember(given_rights(work, id_or_login, roles, unit, name).id)
            return work.accounts.get(work.answer)

    def disable(self, act: Act, id_or_login: str) -> User:
        """Close an account: its sessions and keys end at once, and it is not signed in to again until it is enabled.

        Raises:
            LastAdministrator: the unit would have no administrator left.
        """
        with self._begin(act, "disable") as work:
            if work.is_first:
                user = work.accounts.hold(id_or_login)
                if user.disabled_at is None:
                    work.accounts.disable(user)
                    work.audit(Action.ACCOUNT_DISABLED, user.id)
                else:
                    work.leave_unchanged()
                work.remember(user.id)
            return work.accounts.get(work.answer)

    def enable(self, act: Act, id_or_login: str) -> User:
        """Open a closed account again; its keys stay revoked."""
        with self._begin(act, "enable") as work:
            if work.is_first:
                work.remember(enabled(work, id_or_login).id)
            return work.accounts.get(work.answer)

    def reset_password(self, act: Act, id_or_login: str, setup: Setup) -> User:
        """Set a one-time password, end all sessions and API keys of the account, and notify its owner.

        Raises:
            NeedsTwoPeople: no second person approved it.
            InvalidField: a machine has no password.
        """
        with self._begin(act, "password") as work:
            if not work.is_first:
                raise _password_shown(work.answer)
            work.remember(with_new_password(work, id_or_login, setup).id)
            return work.accounts.get(work.answer)

    def reset_totp(self, act: Act, id_or_login: str) -> User:
        """Forget the secret of the one-time codes: a phone was lost. All sessions and API keys of the account end.

        Raises:
            NeedsTwoPeople: no second person approved it.
        """
        with self._begin(act, "totp") as work:
            if work.is_first:
                work.remember(without_codes(work, id_or_login).id)
            return work.accounts.get(work.answer)

    def unlock(self, act: Act, id_or_login: str) -> None:
        """Forget the wrong tries to sign in to an account, which may be the actor's own."""
        with self._begin(act) as work:
            user = work.accounts.unlock(id_or_login)
            work.audit(Action.ACCOUNT_UNLOCKED, user.id)

    def link(self, act: Act, id_or_login: str, issuer: str, subject: str) -> User:
        """Propose who an account's owner is at an outside provider; it counts once they have confirmed it themselves.

        Raises:
            LoginTaken: another account has this identity.
            InvalidField: the issuer or the subject breaks its rule, or the account is a machine's.
        """
        with self._begin(act, "link") as work:
            if work.is_first:
                user = work.accounts.hold(id_or_login)
                work.accounts.link(user, issuer, subject)
                work.audit(Action.ACCOUNT_LINKED, user.id)
                work.remember(user.id)
            return work.accounts.get(work.answer)

    def unlink(self, act: Act, id_or_login: str) -> User:
        """Remove an account's identities at outside providers, and end the sessions begun with them."""
        with self._begin(act, "unlink") as work:
            if work.is_first:
                user = work.accounts.hold(id_or_login)
                work.accounts.unlink(user)
                work.audit(Action.ACCOUNT_UNLINKED, user.id)
                work.remember(user.id)
            return work.accounts.get(work.answer)

    def add_key(self, act: Act, owner: str, new: NewApiKey, secret: Secret, proof: Proof | None = None) -> ApiKey:
        """Make a key for the actor's own account, or for a machine client that they manage.

        `proof` shows that the actor is present, by their password and code; only the local operator needs none.

        Raises:
            NeedsTwoPeople: it is a machine client's, and no second person approved it.
            Forbidden: it is another person's account, the actor may not manage it, the key would do more than its
                owner may, or there is no proof.
            WrongCredentials: the proof is no longer valid.
            SecretShown: this request made its key before.
        """
        with self._begin(act, "api key") as work:
            if not work.is_first:
                raise SecretShown(
                    f"This request was carried out before: it made the API key {work.answer}, and all of it was in "
                    "that answer. Where it was lost, revoke the key and make another by a new request."
                )
            key = new_key(work, owner, new, secret, proof)
            work.remember(key.id)
            return key

    def revoke_key(self, act: Act, key: str) -> ApiKey:
        """End a key at once, by its id or by how it begins.

        Raises:
            UnknownApiKey: there is none, or it is of an account that the actor knows nothing of.
            Forbidden: the actor may not manage its owner.
        """
        with self._begin(act) as work:
            api_key = work.api_keys.find(key)
            if api_key.revoked_at is not None:
                work.leave_unchanged()
                return api_key
            api_key = work.api_keys.revoke(api_key)
            work.audit(Action.API_KEY_REVOKED, api_key.id, owner=api_key.owner_id)
            return api_key


def set_office(store: RecordStore, office: Office) -> None:
    """Add a unit, or change the name and telephone of an existing one; see `UnitRepository.set`."""
    with store.begin() as work:
        if work.units.set(office):
            work.audit(Action.UNIT_SET, office.unit.path)
        else:
            work.leave_unchanged()


def added(work: UnitOfWork, new: NewUser, setup: Setup | None) -> User:
    """Add an account, with its audit entry."""
    user = work.accounts.add(new, setup)
    work.audit(Action.ACCOUNT_CREATED, user.id, **_rights_detail(user))
    return user


def given_rights(
    work: UnitOfWork, id_or_login: str, roles: frozenset[Role] | None, unit: Unit | None, name: str | None
) -> User:
    """Change the rights of an account, with the audit entry."""
    before = work.accounts.hold(id_or_login)
    after = work.accounts.change_rights(before, roles, unit, name)
    renamed = {"renamed": True} if after.name != before.name else {}
    work.audit(Action.RIGHTS_CHANGED, after.id, before=_rights_detail(before), after=_rights_detail(after), **renamed)
    return after


def enabled(work: UnitOfWork, id_or_login: str) -> User:
    """Open a closed account again, with the audit entry."""
    user = work.accounts.hold(id_or_login)
    if user.disabled_at is None:
        work.leave_unchanged()
    else:
        work.accounts.enable(user)
        work.audit(Action.ACCOUNT_ENABLED, user.id)
    return user


def with_new_password(work: UnitOfWork, id_or_login: str, setup: Setup) -> User:
    """Set a one-time password, with the audit entry."""
    user = work.accounts.hold(id_or_login)
    work.accounts.reset_password(user, setup)
    work.audit(Action.PASSWORD_RESET, user.id)
    return user


def without_codes(work: UnitOfWork, id_or_login: str) -> User:
    """Forget an account's phone, with the audit entry."""
    user = work.accounts.hold(id_or_login)
    work.accounts.reset_totp(user)
    work.audit(Action.TOTP_RESET, user.id)
    return user


def new_key(work: UnitOfWork, owner: str, new: NewApiKey, secret: Secret, proof: Proof | None = None) -> ApiKey:
    """Make an API key, with its audit entry."""
    key = work.api_keys.add(owner, new, secret, proof)
    known_by = digest(secret.sha256)  # so that a key that is exchanged in the database does not fit the entry
    work.audit(Action.API_KEY_CREATED, key.id, owner=key.owner_id, scopes=sorted(key.scopes), secret=known_by)
    return key


def _rights_detail(user: User) -> dict[str, Any]:
    return {"roles": sorted(user.roles), "unit": user.unit.path}


def _password_shown(user_id: str) -> SecretShown:
    return SecretShown(
        f"This request was carried out before, for the account {user_id}, and its one-time password "
        "was in that answer; where it was lost, reset the password by a new request."
    )
