"""The unit of work: one transaction on an actor's behalf, and the repositories that work in it.

    with store.begin() as work:
        record = work.people.add(person, "27")
        work.audit(Action.RECORD_CREATED, record.id)

Everything that the repositories write is committed together at the end, or undone by any exception. The unit of work
knows who acts: each repository checks the actor's rights and jurisdiction, and a transaction of an actor that leaves no
entry in the audit log fails. A request with an idempotency key is carried out once:

    with store.begin("create") as work:
        if work.is_first:
            ...
            work.remember(record.id)
        return work.people.get(work.answer)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from biometrics.access import guess_limit, rights
from biometrics.access.units import UnitRepository
from biometrics.accounts.api_key_repository import ApiKeyRepository
from biometrics.accounts.repository import AccountRepository
from biometrics.accounts.saved_filters import SavedFilterRepository
from biometrics.accounts.two_people import TwoPeople
from biometrics.cases.repository import CaseRepository
from biometrics.clearances.repository import ClearanceRepository
from biometrics.jobs.webhooks import WebhookRepository
from biometrics.kernel.errors import DuplicateNationalNumber, EncounterExists, Forbidden
from biometrics.kernel.request_context import RequestContext
from biometrics.lineups.repository import LineupRepository
from biometrics.osia.client_data import ClientDataRepository
from biometrics.people.repository import EncounterRepository, PersonRepository
from biometrics.records.enrolment_checks import CheckRepository
from biometrics.retention.repository import RetentionRepository
from biometrics.searches.repository import SearchRepository
from biometrics.storage.audit import log as audit
from biometrics.storage.audit.log import Action
from biometrics.storage.blobs.upload import Uploads
from biometrics.storage.crypto.data_keys import DataKeys
from biometrics.storage.database.engine import Database
from biometrics.storage.idempotency import Answer, claim, remember
from biometrics.storage.transaction import Transaction
from biometrics.subscriptions.repository import SubscriptionRepository
from biometrics.watchlist.repository import WatchlistRepository


class UnitOfWork:
    """An open transaction and its repositories; `begin` opens one."""

    def __init__(self, transaction: Transaction, step: str = "") -> None:
        self._transaction = transaction
        self._step = step
        self._answer = claim(transaction.connection, transaction.context, step) if step else None
        self._is_first = self._answer is None
        self._is_accounted_for = transaction.act is None or not self._is_first  # the first arrival left the entry
        self.people = PersonRepository(transaction)
        self.encounters = EncounterRepository(transaction)
        self.client_data = ClientDataRepository(transaction)
        self.searches = SearchRepository(transaction)
        self.watchlist = WatchlistRepository(transaction)
        self.subscriptions = SubscriptionRepository(transaction)
        self.cases = CaseRepository(transaction)
        self.clearances = ClearanceRepository(transaction)
        self.lineups = LineupRepository(transaction)
        self.checks = CheckRepository(transaction)
        self.retention = RetentionRepository(transaction)
        self.two_people = TwoPeople(transaction)
        self.accounts = AccountRepository(transaction, self.two_people)
        self.api_keys = ApiKeyRepository(transaction, self.two_people)
        self.saved_filters = SavedFilterRepository(transaction)
        self.units = UnitRepository(transaction)
        self.webhooks = WebhookRepository(transaction)

    @property
    def transaction(self) -> Transaction:
        """What the repositories share."""
        return self._transaction

    def audit(self, action: Action, subject_id: str = "", /, **detail: Any) -> None:
        """Append an audit entry; the rules are those of `audit.append`: call it last."""
        audit.append(self._transaction.connection, self._transaction.act, action, subject_id, **detail)
        self._is_accounted_for = True

    def leave_unchanged(self) -> None:
        """Declare that nothing had to be changed, so there is nothing to audit."""
        self._is_accounted_for = True
        Database.leave_unchanged(self._transaction.connection)

    @property
    def is_first(self) -> bool:
        """Whether this is the first arrival of the request; a later one writes nothing, and has the same answer."""
        assert self._step, "name the step that the unit of work begins with"
        return self._is_first

    @property
    def answer(self) -> Any:
        """What the first arrival of this request has remembered, in this transaction or an earlier one."""
        return self._answer

    def remember(self, answer: Answer) -> None:
        """Keep the answer for later arrivals of this request."""
        assert self.is_first, "a step that was carried out keeps its first answer"
        remember(self._transaction.connection, self._transaction.context, self._step, answer)
        self._answer = answer

    def require_complete(self) -> None:
        """Refuse to commit what an actor did without an entry in the audit log, or a step without its answer."""
        if not self._is_accounted_for:
            raise AssertionError("a unit of work of an actor needs an audit entry; call work.audit")
        if self._step and self._answer is None:
            raise AssertionError(f"later arrivals of the request need an answer to {self._step!r}; remember it")


@contextmanager
def begin(
    database: Database, keys: DataKeys, context: RequestContext, step: str = "", uploads: Uploads | None = None
) -> Iterator[UnitOfWork]:
    """Open a unit of work for an actor, and for a step of a request.

    `uploads` holds the image files that its rows refer to.

    Raises:
        KeyReused: the request's key was used for another one.
        NotUploaded: files are missing; nothing was written: see `RecordStore.carry_out`.
        Forbidden: the actor lacks a right; the audit log has an entry of it.
        TooManyRequests: the actor has guessed too many ids of other units' people.
    """
    act = context.acting
    try:
        with uploads.transaction(database) if uploads else database.writing() as connection:
            work = UnitOfWork(
                Transaction(connection, context, keys, database.clock_gap, database.authorisation, uploads), step
            )
            yield work
            work.require_complete()
    except (DuplicateNationalNumber, EncounterExists) as error:
        guess_limit.count(database, act, error)
        raise
    except Forbidden as error:
        rights.note_refusal(database, act, error)
        raise
