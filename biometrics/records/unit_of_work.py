"""The unit of work: one transaction on an actor's behalf, and the repositories that work in it.

    with store.begin() as work:
        record = work.people.add(person, "27")
        work.audit(Action.RECORD_CREATED, record.id)

Everything that the repositories write is committed together at the end, or undone by any exception. The unit of work
knows who acts: each repository checks the actor's rights and jurisdiction, and a transaction of an actor that leaves no
entry in the audit log fails. A request with an idempotency key is carried out once: see `answer` and `remember`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from biometrics.access import guess_limit, rights
from biometrics.accounts.api_key_repository import ApiKeyRepository
from biometrics.accounts.repository import AccountRepository
from biometrics.accounts.saved_filters import SavedFilterRepository
from biometrics.accounts.two_people import TwoPeople
from biometrics.cases.repository import CaseRepository
from biometrics.clearances.repository import ClearanceRepository
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
from biometrics.storage.idempotency import Answer, Step
from biometrics.storage.transaction import Transaction
from biometrics.subscriptions.repository import SubscriptionRepository
from biometrics.watchlist.repository import WatchlistRepository


class UnitOfWork:
    """An open transaction and its repositories; `begin` opens one."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._is_accounted_for = transaction.act is None
        self._unanswered: set[str] = set()  # steps that were begun, and whose answer is not kept yet
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

    def answer(self, step: str) -> Answer | None:
        """Return the answer to an earlier arrival of this request, None where this is the first.

        Raises:
            KeyReused: the key was used for another request.
        """
        answer = self._step(step).answer()
        if answer is None:
            self._unanswered.add(step)
        else:
            self._is_accounted_for = True  # the first arrival left the entry
        return answer

    def remember(self, step: str, answer: Answer) -> None:
        """Keep the answer for later arrivals of this request."""
        self._step(step).remember(answer)
        self._unanswered.discard(step)

    def require_complete(self) -> None:
        """Refuse to commit what an actor did without an entry in the audit log, or a step without its answer."""
        if not self._is_accounted_for:
            raise AssertionError("a unit of work of an actor needs an audit entry; call work.audit")
        if self._unanswered:
            raise AssertionError(
                f"later arrivals of the request need an answer to {sorted(self._unanswered)}; remember it"
            )

    def _step(self, name: str) -> Step:
        return Step(self._transaction.connection, self._transaction.context, name)


@contextmanager
def begin(
    database: Database, keys: DataKeys, context: RequestContext, uploads: Uploads | None = None
) -> Iterator[UnitOfWork]:
    """Open a unit of work for an actor and a request.

    `uploads` holds the image files that its rows refer to. Where some are missing they are uploaded, and the caller
    begins again: see `blobs.upload`.

    Raises:
        Forbidden: the actor lacks a right; the audit log has an entry of it.
        TooManyRequests: the actor has guessed too many ids of other units' people.
    """
    act = context.acting
    try:
        with uploads.transaction(database) if uploads else database.writing() as connection:
            work = UnitOfWork(Transaction(connection, context, keys, database.clock_gap, uploads))
            yield work
            work.require_complete()
    except (DuplicateNationalNumber, EncounterExists) as error:
        guess_limit.count(database, act, error)
        raise
    except Forbidden as error:
        rights.note_refusal(database, act, error)
        raise
