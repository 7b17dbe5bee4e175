"""Station, clerk, examiners and operator at work without end, to be killed -9; test_reach_kill.py forks this.

Every answer is written down as a line of JSON before the next request; what removes something is also written down
before it begins, since nobody knows whether what was cut off was done.
"""

from __future__ import annotations

import json
import os
import random
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from case_examples import FOUND, GROUNDS, somebody
from lock_watch import watched_locks
from made_up_vectors import MODEL, template_of
from other_work import OtherWork
from records_examples import FINGER_MODEL, encounter, print_of, search_for
from removing import remove_record

from biometrics.cases.reader import CaseQuery
from biometrics.kernel.access import Role
from biometrics.kernel.casework.cases import CaseState, Conclusion, Side
from biometrics.kernel.casework.opinions import AnalysisDraft, OpinionDraft
from biometrics.kernel.errors import Fault, PehchanError, StoreUnavailable, UnknownEncounter
from biometrics.kernel.people.court import CourtEvent, Outcome, Verdict
from biometrics.kernel.people.person import Person
from biometrics.kernel.people.record import EnrolledSample, LinkKind, Record, RecordQuery, StoredEncounter
from biometrics.kernel.people.retention_rules import Order, OrderKind
from biometrics.kernel.recognition.types import Sample, Source
from biometrics.records.key_store import KeyStore
from biometrics.records.store import RecordStore
from biometrics.searches.model import KeptImage
from biometrics.storage.blobs.folder import ImageFolder
from biometrics.storage.crypto.master_keys import MasterKeys, add_to_file
from biometrics.use_cases.casework.casework import Casework
from biometrics.use_cases.casework.settle_cases import settle
from biometrics.use_cases.enrolment.check_enrolment import finish_check
from biometrics.use_cases.enrolment.enrol import replace_encounter, store_encounter, store_person
from biometrics.use_cases.retention.retention import Retention
from biometrics.use_cases.search.identify import store_search
from biometrics.use_cases.search.standing_search import end_standing_search, store_standing
from biometrics.watchlist.checks import CheckReader
from biometrics.watchlist.model import Candidate, Checked, StandingKind
from biometrics.watchlist.reader import StandingReader
from face.modality import FACE

NOBODY = "00000000-0000-4000-8000-000000000000"
THREADS = 8
DAY = date(2026, 1, 1)
FEW = 20  # of the newest records, among which somebody is chosen


def photo_of(seed: int) -> EnrolledSample:
    """Return a made-up photo that no other seed has."""
    sample = Sample(FACE, f"photo {seed}".encode(), f"{seed}.jpg")
    return EnrolledSample(sample, Source("image/jpeg", 30, 40, None), template_of(seed))


def open_store(url: str, folder: Path) -> RecordStore:
    """Open the store of a folder, whose master key lies beside the images."""
    return RecordStore.open(url, ImageFolder(folder / "images"), MasterKeys.of_file(folder / "master.key"))


class Work:
    """One thread's work; every step picks what there is to do by chance."""

    def __init__(self, store: RecordStore, master_file: Path, log: int, seed: int) -> None:
        self._store = store
        self._master_file = master_file
        self._log = log
        self._random = random.Random(seed)
        self._clerk = store.for_actor(somebody("clerk", Role.RECORDS_CLERK))
        self._other = OtherWork(store, self._random, lambda: self._clerk.people.get(self._somebody()))

    def go_on(self) -> None:
        """Work for ever."""
        steps: Sequence[tuple[int, Callable[[], None]]] = (
            (30, self.enrol),
            (20, self.look),
            (10, self.add_encounter),
            (15, self.merge),
            (6, self.undo_merge),
            (12, self.remove),
            (12, self.expunge),
            (2, self.rotate),
            (20, self.check),
            (25, self.examine),
            (10, self.add_standing),
            (4, self.withdraw),
            (6, self.correct),
            (6, self.correct_encounter),
            (6, self.replace_encounter),
            (8, self.move),
            (4, self.undo_move),
            (6, self.add_outcome),
            (6, self.order),
            (6, self.link),
            (10, self.search),
            (6, self.expunge_one),
            *self._other.steps,
        )
        weights, actions = zip(*steps, strict=True)
        while True:
            [action] = self._random.choices(actions, weights)
            try:
                action()
                if action.__self__ is self._other:
                    self._write(did=action.__name__)
            except PehchanError as error:  # somebody else was first, or the database was busy: an honest answer
                if isinstance(error, Fault) and not isinstance(error, StoreUnavailable):
                    raise
                if "deadlock" in str(error.__cause__):  # two requests waited for each other
                    raise
                self._write(refused=error.code)

    def enrol(self) -> None:
        seed = self._random.getrandbits(60)
        samples = [photo_of(seed), print_of(f"{seed}")][: self._random.randint(1, 2)]
        done = store_person(self._clerk, Person(f"Person {seed}"), encounter(), samples)
        self._write(did="enrol", record=done.record_id, encounter=done.encounter_id, samples=len(samples))

    def add_encounter(self) -> None:
        seed = self._random.getrandbits(60)
        done = store_encounter(self._clerk, self._somebody(), encounter(fir_number="2"), [photo_of(seed)])
        self._write(did="enrol", record=done.record_id, encounter=done.encounter_id, samples=1)

    def look(self) -> None:
        record = self._clerk.people.get(self._somebody())
        held = [sample.id for visit in record.encounters for sample in visit.samples]
        for sample_id in held:
            self._clerk.samples.image(sample_id)
        self._store.templates.of_records([record.id], (MODEL, FINGER_MODEL))
        self._write(did="look")

    def merge(self) -> None:
        survivor, other = self._somebody(), self._somebody()
        version = self._clerk.people.get(survivor).version
        self._write(will="merge", survivor=survivor, other=other)
        done = self._clerk.editor.merge(survivor, version, other, "one person")
        self._write(did="merge", merge=done.id, survivor=done.survivor_id, other=done.merged_id)

    def undo_merge(self) -> None:
        record = self._clerk.people.get(self._somebody())
        standing = [merge for merge in self._clerk.history.provenance(record.id).merges if merge.undone_at is None]
        if standing:
            self._write(will="undo", merge=standing[-1].id)
            done = self._clerk.editor.undo_merge(standing[-1].id, record.version, "two people")
            self._write(did="undo", merge=done.id)

    def remove(self) -> None:
        record = self._somebody()
        self._write(will="remove", record=record)
        remove_record(self._clerk, record)
        self._write(did="remove", record=record)

    def expunge(self) -> None:
        record = self._somebody()
        self._write(will="remove", record=record)
        retention = Retention(self._clerk)
        retention.expunge(record, lambda visits: [{"encounter": visit.id} for visit in visits])
        certificates = retention.finish()
        self._write(did="expunge", certificates=[certificate.content["id"] for certificate in certificates])

    def expunge_one(self) -> None:
        record, visit = self._visit()
        self._write(will="remove", record=record.id)
        Retention(self._clerk).expunge(record.id, lambda _: [{"encounter": visit.id}])
        self._write(did="expunge one")

    def rotate(self) -> None:
        add_to_file(self._master_file)
        done = KeyStore(self._clerk).rotate(lambda *_: None)
        self._write(did="rotate", master=done.master_id)

    def check(self) -> None:
        checks = CheckReader(self._store.database)
        waiting = checks.waiting(FEW)
        if waiting:
            result = Checked([Candidate(self._somebody(), FOUND)], duplicate=1.0)
            chosen = self._random.choice(waiting)
            self._write(did="check", encounter=chosen, cases=len(finish_check(self._store, chosen, result)))

    def examine(self) -> None:
        actor = f"examiner {self._random.randrange(3)}"
        role = self._random.choice((Role.EXAMINER, Role.EXAMINER, Role.SUPERVISOR))
        cases = Casework(self._store.for_actor(somebody(actor, role)), {})
        taken = cases.find(CaseQuery(mine=True), limit=FEW).items
        open_ones = [case for case in taken if case.state is CaseState.ASSIGNED and not case.opinions]
        if not open_ones:
            waiting = cases.find(CaseQuery(state=CaseState.WAITING), limit=FEW).items
            conflicts = cases.find(CaseQuery(state=CaseState.CONFLICT), limit=FEW).items
            if waiting or conflicts:
                cases.take(self._random.choice([*waiting, *conflicts]).id)
            return
        case_id = self._random.choice(open_ones).id
        if not cases.case(case_id).shows_candidate:
            cases.analyse(case_id, AnalysisDraft(True, "a loop"))
        pair = ("sample-2", "sample-1")
        for side, image in zip((Side.PROBE, Side.CANDIDATE), pair, strict=True):
            cases.look(case_id, side, image)
        conclusion = self._random.choice((Conclusion.IDENTIFICATION, Conclusion.IDENTIFICATION, Conclusion.EXCLUSION))
        cases.decide(
            case_id,
            OpinionDraft(conclusion, "compared", *pair, unmarked_because="by eye", basis=GROUNDS[conclusion]),
        )
        self._write(did="decide", case=case_id, actor=actor, conclusion=conclusion)
        self._write(did="settle", merges=settle(self._store))

    def add_standing(self) -> None:
        owner = self._store.for_actor(somebody("owner"))
        images = [KeptImage(0, "image/png", b"latent")]
        latent = replace(search_for(NOBODY), candidates=())
        done = store_standing(owner, latent, images, StandingKind.LATENT).standing
        self._write(did="stand", standing=done.id)

    def withdraw(self) -> None:
        standing = StandingReader(self._store.database, somebody("owner")).find(limit=FEW).items
        if standing:
            chosen = self._random.choice(standing).id
            end_standing_search(self._store.for_actor(somebody("owner")), chosen, "solved")
            self._write(did="withdraw", standing=chosen)

    def correct(self) -> None:
        record = self._clerk.people.get(self._somebody())
        self._clerk.editor.correct_person(record.id, Person(f"Corrected {self._random.random()}"), record.version)
        self._write(did="correct")

    def correct_encounter(self) -> None:
        record, visit = self._visit()
        officer = f"SI {self._random.random()}"
        self._clerk.editor.correct_encounter(visit.id, lambda old: replace(old, officer=officer), record.version)
        self._write(did="correct encounter")

    def replace_encounter(self) -> None:
        """By one with as many samples, so that a kill leaves what the checks expect."""
        record, visit = self._visit()
        samples = [photo_of(self._random.getrandbits(60)) for _ in visit.samples]
        replace_encounter(self._clerk, record.id, visit.id, encounter(fir_number="3"), samples)
        self._write(did="replace")

    def move(self) -> None:
        (record, visit), other = self._visit(), self._somebody()
        self._write(will="merge", survivor=other, other=record.id)  # what is removed with one may be the other's
        self._clerk.editor.move_encounter(visit.id, record.version, other, "another person's")
        self._write(did="move")

    def undo_move(self) -> None:
        record, visit = self._visit()
        moves = [move for move in self._clerk.history.provenance(record.id).moves if move.encounter_id == visit.id]
        if moves:
            self._write(will="merge", survivor=moves[-1].from_id, other=record.id)
            self._clerk.editor.undo_move(moves[-1].id, record.version, "this person's")
            self._write(did="undo move")

    def add_outcome(self) -> None:
        _, visit = self._visit()
        convicted = Outcome(CourtEvent.DECISION, DAY, "Sessions Court, Pune", Verdict.CONVICTED)
        self._store.editor.add_outcome(visit.id, convicted)
        self._write(did="outcome")

    def order(self) -> None:
        _, visit = self._visit()
        hold = Order(OrderKind.HOLD, "Sessions Court, Pune", "12/2026", DAY)
        hold_id = Retention(self._store).order(visit.id, hold)
        if self._random.random() < 0.8:  # what is held cannot be destroyed
            Retention(self._store).order(visit.id, replace(hold, kind=OrderKind.RELEASE, hold_id=hold_id))
        self._write(did="order")

    def link(self) -> None:
        (_, first), (_, second) = self._visit(), self._visit()
        self._clerk.editor.link(first.id, second.id, LinkKind.SAME_CASE)
        self._write(did="link")

    def search(self) -> None:
        """With the very file of somebody's sample, whose removal then changes the search."""
        record, visit = self._visit()
        made = search_for(record.id)
        probes = [replace(probe, image_sha256=visit.samples[0].image_sha256) for probe in made.probes]
        store_search(self._store.for_actor(somebody("owner")), replace(made, probes=tuple(probes)))
        self._write(did="search")

    def _visit(self) -> tuple[Record, StoredEncounter]:
        record = self._clerk.people.get(self._somebody())
        if not record.encounters:
            raise UnknownEncounter("This record has no encounter.")
        return record, self._random.choice(record.encounters)

    def _somebody(self) -> str:
        records = self._store.people.find(RecordQuery(), FEW).items
        return self._random.choice(records).id if records else NOBODY

    def _write(self, **line: Any) -> None:
        os.write(self._log, f"{json.dumps(line)}\n".encode())  # one write: whole, or not at all


def work(url: str, folder: Path, seed: int) -> None:
    """Work on a store until somebody kills this process."""
    log = os.open(folder / "answers.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with open_store(url, folder) as store, watched_locks(), ThreadPoolExecutor(THREADS) as pool:
        store.sweep()
        workers = [Work(store, folder / "master.key", log, seed * THREADS + thread) for thread in range(THREADS)]
        ended, _ = wait([pool.submit(worker.go_on) for worker in workers], return_when=FIRST_EXCEPTION)
        for done in ended:  # nobody stops by themselves: a fault of ours ends the process, and the test with it
            traceback.print_exception(done.exception())
        os._exit(1)
