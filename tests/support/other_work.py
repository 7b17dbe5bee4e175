"""Work beside that with records: subscriptions, latents, line-ups, clearance certificates, and keys of programs."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

from account_examples import OPERATOR, administration
from acting import HERE, act_of
from case_examples import BUREAU, STATION, somebody
from clearance_examples import certified, search_of_applicant
from lineup_examples import ready_lineup
from records_examples import candidate_of, search_for
from sqlalchemy import Column, select, update

from biometrics.accounts.api_keys import ApiKeyReader, Secret
from biometrics.accounts.model import NewApiKey, NewUser
from biometrics.kernel.access import SERVICE, Role, Unit
from biometrics.kernel.errors import LoginTaken
from biometrics.kernel.people.record import Record
from biometrics.kernel.technique.clock import today
from biometrics.lineups.model import InstructionLanguage, NewViewing
from biometrics.records.store import RecordStore
from biometrics.storage.audit.log import Action
from biometrics.storage.database.locks import Lock, hold_each
from biometrics.storage.tables.lineups import lineups
from biometrics.storage.tables.subscriptions import subscriptions
from biometrics.storage.tables.watchlist import search_images, standing_searches
from biometrics.use_cases.casework.lineup import close_lineup, end_viewing
from biometrics.use_cases.enrolment.subscribe import end_subscription, subscribe
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.watchlist.checks import CheckReader

FAR = date(2100, 1, 1)
FEW = 20


class OtherWork:
    """Steps of one thread; each is chosen by its weight."""

    def __init__(self, store: RecordStore, chance: random.Random, somebody_on_record: Callable[[], Record]) -> None:
        self._store = store
        self._random = chance
        self._record = somebody_on_record
        self.steps: tuple[tuple[int, Callable[[], None]], ...] = (
            (8, self.subscribe),
            (4, self.end_subscription),
            (8, self.find_people),
            (6, self.link_latents),
            (2, self.expire),
            (3, self.destroy_files),
            (3, self.withdraw_outcome),
            (3, self.make_lineup),
            (6, self.show_lineup),
            (1, self.certify),
            (4, self.use_key),
        )

    def _any(self, column: Column[str] | Column[int], *conditions: object) -> list[str | int]:
        with self._store.database.reading() as connection:
            found = connection.execute(select(column).where(*conditions).distinct().limit(FEW)).scalars().all()
        return self._random.sample(found, len(found))

    def subscribe(self) -> None:
        unit = self._random.choice((BUREAU, Unit(*STATION.codes[:2]), STATION))
        court = self._store.for_actor(somebody(f"court {unit.path}", Role.SUPERVISOR, unit))
        subscribe(court, self._record().id, "bail", today() + timedelta(days=9))

    def end_subscription(self) -> None:
        for each in self._any(subscriptions.c.id, subscriptions.c.ended_at.is_(None))[:1]:
            end_subscription(self._store.for_actor(somebody("court", Role.SUPERVISOR)), int(each), "over")

    def find_people(self) -> None:
        found = {self._record().id for _ in range(3)}
        candidates = tuple(candidate_of(each, 61.0) for each in found)
        store_search(self._store.for_actor(somebody("owner")), replace(search_for("x"), candidates=candidates))

    def link_latents(self) -> None:
        with self._store.for_actor(SERVICE).begin() as work:
            work.checks.end_dead_links()
            work.leave_unchanged()
        checks = CheckReader(self._store.database)
        for each in checks.waiting_links(FEW)[:1]:
            if (check := checks.link_check(each)) is None:
                continue
            with self._store.database.reading() as connection:
                its = standing_searches.c
                rows = connection.execute(select(its.id, its.number).where(its.search_id.is_not(None), its.id != each))
                found = {row.id: (row.number, 60.0) for row in rows.all()[-2:]}
            with self._store.for_actor(SERVICE).begin() as work:
                work.checks.answer_link_check(check, found)
                work.audit(Action.LATENT_CHECKED, check.search_id, compared=2, links=2, new=[])

    def expire(self) -> None:
        its = standing_searches.c
        for each in self._any(its.id, its.ended_at.is_(None))[:2]:
            with self._store.database.writing() as connection:
                hold_each(connection, Lock.STANDING_SEARCH, its.id, [each])
                connection.execute(update(standing_searches).where(its.id == each).values(expires_on=date(2020, 1, 1)))
        with self._store.as_system("checks enrolments").begin() as work:
            work.checks.end_expired()

    def destroy_files(self) -> None:
        clerk = self._store.for_actor(somebody("clerk", Role.RECORDS_CLERK))
        for each in self._any(search_images.c.search_id)[:1]:
            Retention(clerk)._expunge_files(str(each), FAR)

    def withdraw_outcome(self) -> None:
        for visit in self._record().encounters:
            for outcome in visit.outcomes[-1:]:
                self._store.editor.withdraw_outcome(visit.id, outcome.id, "entered by mistake")

    def make_lineup(self) -> None:
        ready_lineup(self._store, self._record().id, 1, "text")

    def show_lineup(self) -> None:
        maker, operator = (
            self._store.for_actor(act_of(HERE, Role.STATION_OFFICER, name)) for name in ("maker", "operator")
        )
        for each in self._any(lineups.c.id, lineups.c.closed_at.is_(None))[:1]:
            with operator.begin() as work:
                started = work.lineups.start(
                    int(each), NewViewing(str(uuid4()), "nobody else", InstructionLanguage.EN, True)
                )
                work.audit(Action.LINEUP_STARTED, started.subject)
            if self._random.random() < 0.7:
                end_viewing(operator, int(each), len(started.viewings), "the witness left")
            if self._random.random() < 0.3:
                close_lineup(maker, int(each), "solved")

    def certify(self) -> None:
        certified(self._store, search_of_applicant(self._store, act_of(HERE), (self._record().id, 1.0)), "a visa")
        with self._store.for_actor(somebody("clerk", Role.RECORDS_CLERK)).begin() as work:
            work.audit(Action.CLEARANCES_ERASED, "", erased=work.clearances.erase_due(FAR))

    def use_key(self) -> None:
        accounts, login = administration(self._store.database), f"robot{self._random.randrange(2)}"
        with suppress(LoginTaken):
            accounts.add(OPERATOR, NewUser(login, login, frozenset({Role.MACHINE_CLIENT}), Unit("27")), None)
        digest = uuid4().hex * 2
        key = accounts.add_key(OPERATOR, login, NewApiKey("gate", timedelta(1)), Secret(digest[:9], digest))
        ApiKeyReader(self._store.database).recognise(digest)
        if self._random.random() < 0.5:
            accounts.revoke_key(OPERATOR, key.id)
        elif self._random.random() < 0.5:
            accounts.disable(OPERATOR, login)
            accounts.enable(OPERATOR, login)
