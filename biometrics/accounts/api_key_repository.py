"""API keys within a unit of work: people make their own, and a program's takes two people (see `two_people`)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import select, update

from biometrics.access.rights import unrestricted
from biometrics.accounts.api_keys import Secret, key_of, unknown_key
from biometrics.accounts.changes import AccountChange
from biometrics.accounts.credentials import Proof, use_proof
from biometrics.accounts.model import NOT_FOR_KEYS, ApiKey, NewApiKey, User
from biometrics.accounts.two_people import TwoPeople
from biometrics.accounts.users import load_user, lock_account, manageable, unknown
from biometrics.kernel.access import Act, Scope
from biometrics.kernel.errors import Forbidden
from biometrics.kernel.technique.ids import canonical_id
from biometrics.storage.tables.accounts import api_keys
from biometrics.storage.transaction import Transaction


@unrestricted("keys of the actor's own account, or of one that `manageable` lets them manage")
class ApiKeyRepository:
    """The API keys of the actor's own account, and of accounts that they manage."""

    def __init__(self, work: Transaction, two_people: TwoPeople) -> None:
        self._work = work
        self._two_people = two_people

    def add(self, owner: str, new: NewApiKey, secret: Secret, proof: Proof | None = None) -> ApiKey:
        """Make a key for the actor's own account, or for a machine client that they manage.

        For a machine client it takes two people. For the actor's own account `proof` shows that they are present, by
        their password and code.

        Raises:
            UnknownAccount: the actor knows of none.
            NeedsTwoPeople: it is a machine client's, and no second person approved it.
            Forbidden: it is another person's account, the actor may not manage it, the key would do more than its
                owner may, or there is no proof.
            WrongCredentials: the proof is no longer valid.
        """
        connection, act, now = self._work.connection, self._act, datetime.now(UTC)
        user = self.owner(owner, new)
        scopes = _scopes(new, user, act)
        if user.id == act.actor.id:
            use_proof(connection, act, proof)
        else:
            self._two_people.require(AccountChange.making_key(user.id, new))
        values = {
            "id": str(uuid.uuid4()),
            "owner_id": user.id,
            "label": new.label,
            "prefix": secret.prefix,
            "sha256": secret.sha256,
            "scopes": " ".join(sorted(scopes)),
            "created_at": now,
            "expires_at": now + new.lifetime,
        }
        row = connection.execute(api_keys.insert().values(values).returning(*api_keys.c)).one()
        lock_account(connection, user.id)
        return key_of(row)

    def owner(self, owner: str, new: NewApiKey) -> User:
        """Return the account for which a key is to be made: the actor's own, or a machine client's.

        Raises:
            UnknownAccount: the actor knows of none.
            Forbidden: it is another person's account, the actor may not manage it, or the key would do more than its
                owner may.
        """
        act = self._act
        user = manageable(self._work.connection, act, owner)
        if user.disabled_at is not None:
            raise unknown(owner)
        if user.id != act.actor.id and not user.is_machine:
            raise Forbidden(
                f"Only {user.login} can make an API key for this account, signed in; for a program, create a "
                "machine client's account instead."
            )
        _scopes(new, user, act)
        return user

    def use_proof(self, proof: Proof | None) -> None:
        """Use up what proves that the actor is present.

        Raises:
            Forbidden: there is no proof.
            WrongCredentials: the proof is no longer valid.
        """
        use_proof(self._work.connection, self._act, proof)

    def find(self, key: str) -> ApiKey:
        """Return a key of an account that the actor manages, by its id or by how it begins.

        Raises:
            UnknownApiKey: there is none, or it is of an account that the actor knows nothing of.
            Forbidden: the actor may not manage its owner.
        """
        connection, act = self._work.connection, self._act
        by_name = (api_keys.c.id == canonical_id(key)) | (api_keys.c.prefix == key.strip())
        row = connection.execute(select(api_keys).where(by_name)).first()
        if row is None:
            raise unknown_key(key)
        owner = load_user(connection, row.owner_id)
        if not act.actor.unit.covers(owner.unit) and owner.id != act.actor.id:
            raise unknown_key(key)
        manageable(connection, act, owner.id)
        return key_of(row)

    @property
    def _act(self) -> Act:
        assert self._work.act is not None, "a change of a key needs an actor"
        return self._work.act

    def revoke(self, key: ApiKey) -> ApiKey:
        """End a key of `find` at once."""
        connection = self._work.connection
        lock_account(connection, key.owner_id)
        revoked = update(api_keys).where(api_keys.c.id == key.id).values(revoked_at=datetime.now(UTC))
        return key_of(connection.execute(revoked.returning(*api_keys.c)).one())


def _scopes(new: NewApiKey, owner: User, act: Act) -> frozenset[Scope]:
    """Return the scopes of a key: at most those of its owner, and of the actor for a key of their own."""
    allowed = owner.scopes - NOT_FOR_KEYS
    if act.actor.id == owner.id:
        allowed &= act.actor.scopes
    scopes = new.scopes or allowed
    if excess := scopes - allowed:
        raise Forbidden(f"{owner.login} may not do {', '.join(sorted(excess))}, so no key of theirs may.")
    if not scopes:
        raise Forbidden(f"{owner.login} may do nothing that an API key can be for.")
    return scopes
