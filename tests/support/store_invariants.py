"""What must hold of a store at any time, however it came to be where it is; checked on all that is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from image_files import files_but_marks
from made_up_vectors import DIMENSION, MadeUpVectors
from sqlalchemy import Table, func, select

from biometrics.cases.rows import load_cases
from biometrics.kernel.casework.cases import CaseState
from biometrics.kernel.people.templates import Operation
from biometrics.matching.gallery import Gallery
from biometrics.notifications.repository import NOTIFICATION_COUNTER
from biometrics.records.store import RecordStore
from biometrics.retention.certificates import CertificateStore
from biometrics.storage.audit.log import AUDIT_COUNTER, BEFORE_THE_FIRST, Entry
from biometrics.storage.blobs.garbage import NAMES
from biometrics.storage.database.counters import CHANGE_COUNTER, PEOPLE_COUNTER, STANDING_CHANGE_COUNTER, counter_value
from biometrics.storage.tables.audit import audit_entries
from biometrics.storage.tables.base import ID_LENGTH
from biometrics.storage.tables.cases import cases
from biometrics.storage.tables.history import replaced_samples
from biometrics.storage.tables.keys import data_keys
from biometrics.storage.tables.people import encounters, records, samples
from biometrics.storage.tables.retention import expungements
from biometrics.storage.tables.searches import search_probes, searches
from biometrics.storage.tables.station import counters
from biometrics.storage.tables.templates import changes, templates
from biometrics.storage.tables.watchlist import (
    notifications,
    search_images,
    standing_changes,
    standing_probes,
    standing_searches,
)
from biometrics.use_cases.retention.retention import Retention
from index.exact import ExactIndex

CHUNK = 400
IN_FORCE = samples.c.id.not_in(select(replaced_samples.c.sample_id))  # others are kept without templates


@dataclass
class Answers:
    """What a store has answered, from the lines that its users wrote: every answer, and before it what was begun."""

    enrolled: dict[str, int] = field(default_factory=dict)  # encounters' ids, and how many samples each has
    records: dict[str, str] = field(default_factory=dict)  # of encounters
    removing: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    merging: set[tuple[str, str]] = field(default_factory=set)  # survivor and other, of merges that were begun
    merged: dict[str, tuple[str, str]] = field(default_factory=dict)  # the same of those answered, by merges' ids
    undoing: set[str] = field(default_factory=set)  # merges' ids
    decided: list[tuple[str, str, str]] = field(default_factory=list)  # case, actor, conclusion
    certified: set[str] = field(default_factory=set)
    standing: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)

    def add(self, line: dict[str, Any]) -> None:
        """Take in one line."""
        match line:
            case {"did": "enrol", "record": record, "encounter": encounter, "samples": count}:
                self.enrolled[encounter], self.records[encounter] = count, record
            case {"will": "remove", "record": record}:
                self.removing.add(record)
            case {"did": "remove", "record": record}:
                self.removed.add(record)
            case {"will": "merge", "survivor": survivor, "other": other}:
                self.merging.add((survivor, other))
            case {"will": "undo", "merge": merge}:
                self.undoing.add(merge)
            case {"did": "expunge", "certificates": certificates}:
                self.certified.update(certificates)
            case {"did": "merge", "merge": merge, "survivor": survivor, "other": other}:
                self.merged[merge] = survivor, other
            case {"did": "decide", "case": case_id, "actor": actor, "conclusion": conclusion}:
                self.decided.append((case_id, actor, conclusion))
            case {"did": "stand", "standing": standing}:
                self.standing.add(standing)
            case {"did": "withdraw", "standing": standing}:
                self.withdrawn.add(standing)


class Checker:
    """Checks a store that nobody else uses meanwhile; each method raises AssertionError where a rule is broken."""

    def __init__(self, store: RecordStore, images: Path) -> None:
        self._store = store
        self._images = images

    def check_all(self, answers: Answers) -> None:
        self.sequences_are_whole()
        self.what_was_destroyed_is_certified(answers)
        self.nothing_is_half_there()
        self.everything_opens()
        self.only_files_of_rows_are_kept()
        self.cases_are_where_their_rows_say()
        self.indexes_are_what_a_rebuild_makes()
        self.nothing_answered_is_lost(answers)

    def sequences_are_whole(self) -> None:
        """No number is missing or given twice, and the audit log's hashes follow from each other."""
        with self._reading() as connection:
            for table, column, counter in (
                (changes, changes.c.sequence, CHANGE_COUNTER),
                (standing_changes, standing_changes.c.sequence, STANDING_CHANGE_COUNTER),
                (notifications, notifications.c.number, NOTIFICATION_COUNTER),
                (audit_entries, audit_entries.c.number, AUDIT_COUNTER),
            ):
                count, last = connection.execute(select(func.count(), func.max(column)).select_from(table)).one()
                value = connection.execute(select(counters.c.value).where(counters.c.name == counter)).scalar() or 0
                assert (count, last or 0) == (value, value), f"{table.name}: {count} rows up to {last}, counter {value}"
            people = select(func.count()).select_from(records).where(records.c.merged_into.is_(None))
            assert counter_value(connection, PEOPLE_COUNTER) == connection.execute(people).scalar_one(), (
                "people on record"
            )
            before = BEFORE_THE_FIRST
            for row in connection.execute(select(audit_entries).order_by(audit_entries.c.number)).mappings():
                entry = Entry(**row)
                assert (entry.previous, entry.hash) == (before, entry.proper_hash), f"audit entry {entry.number}"
                before = entry.hash

    def what_was_destroyed_is_certified(self, answers: Answers) -> None:
        """What a kill left of a destruction is finished, and every certificate that was answered is there and true."""
        Retention(self._store).finish()
        certificates = {
            certificate.content["id"]: certificate.content
            for certificate in CertificateStore(self._store.database, None).everything()
        }
        assert answers.certified <= set(certificates), "a certificate is lost"
        with self._reading() as connection:
            assert connection.execute(select(func.count()).select_from(expungements)).scalar() == len(certificates)
            there = set(connection.execute(select(samples.c.id)).scalars())
        files = files_but_marks(self._images)
        for content in certificates.values():
            assert not files & set(content["files"]), f"files of {content['id']} are there"
            assert not there & set(content["samples"]), f"samples of {content['id']} are there"

    def nothing_is_half_there(self) -> None:
        """Every part has its whole, and every template its change, whether it is there still or not."""
        with self._reading() as connection:
            without_template = select(samples.c.id).outerjoin(templates, templates.c.sample_id == samples.c.id)
            assert not connection.execute(without_template.where(templates.c.id.is_(None), IN_FORCE)).all()
            there = set(connection.execute(select(templates.c.id)).scalars())
            alive: set[int] = set()
            for row in connection.execute(select(changes).order_by(changes.c.sequence)):
                if row.operation == Operation.REMOVE:
                    alive.discard(row.template_id)
                elif row.operation == Operation.ADD:
                    alive.add(row.template_id)
            assert there == alive, f"templates and changes differ: {there ^ alive}"
            probes = self._ids(connection, standing_probes, standing_probes.c.standing_id)
            stands = select(standing_searches.c.id).where(standing_searches.c.search_id.is_not(None))
            assert probes == set(connection.execute(stands).scalars())
            keys = {key for key in self._ids(connection, data_keys, data_keys.c.id) if len(key) == ID_LENGTH}
            owners = self._ids(connection, records, records.c.id) | self._ids(connection, searches, searches.c.id)
            assert keys <= owners, f"keys of nobody: {keys - owners}"

    def everything_opens(self) -> None:
        """Every template, probe and image can be decrypted; an image has the SHA-256 that it came with."""
        with self._reading() as connection:
            sample_ids = connection.execute(select(samples.c.id)).scalars().all()
            template_ids = connection.execute(select(templates.c.id)).scalars().all()
            search_ids = self._ids(connection, search_probes, search_probes.c.search_id)
            kept = connection.execute(select(search_images.c.search_id, search_images.c.ordinal)).all()
        for sample_id in sample_ids:
            assert self._store.samples.image(sample_id)
        for search_id, ordinal in kept:
            assert self._store.searches.image(search_id, ordinal)
        assert len(self._store.templates.load(template_ids)) == len(template_ids)
        assert set(self._store.searches.probes_of(search_ids)) == search_ids

    def only_files_of_rows_are_kept(self) -> None:
        """After a sweep there is a file for every sample and every kept probe, and no other."""
        self._store.sweep(timedelta())
        with self._reading() as connection:
            names = {name for column in NAMES for name in connection.execute(select(column)).scalars() if name}
        assert files_but_marks(self._images) == names

    def cases_are_where_their_rows_say(self) -> None:
        """State and outcome follow from what was done; what is over has ended, and is asked again or not."""
        with self._reading() as connection:
            rows = {row.id: row for row in connection.execute(select(cases))}
            ids = sorted(rows)
            loaded = [
                case
                for start in range(0, len(ids), CHUNK)
                for case in load_cases(connection, ids[start : start + CHUNK])
            ]
        for case in loaded:
            row = rows[case.id]
            outcome = None if case.withdrawal else case.outcome
            assert (row.state, row.outcome) == (case.state, outcome), case
            assert (row.ended_at is not None) == case.over, case
            assert row.asked or case.over, case
            assert case.state is not CaseState.CONFLICT or len({opinion.actor for opinion in case.opinions}) == 2, case

    def indexes_are_what_a_rebuild_makes(self) -> None:
        """A gallery that catches up with all that happened holds the templates that there are, and finds each."""
        recogniser = MadeUpVectors()
        gallery = Gallery(self._store.templates, recogniser, ExactIndex(DIMENSION))
        gallery.catch_up()
        ids = self._store.templates.ids(recogniser.modality, recogniser.model)
        assert (len(gallery), gallery.sequence <= self._store.templates.last_sequence()) == (len(ids), True)
        for stored in self._store.templates.load(np.random.default_rng(0).permutation(ids)[:50]):
            hits = gallery.search(recogniser.features(stored.template), 1)
            assert hits.ids.tolist() == [stored.id]

    def nothing_answered_is_lost(self, answers: Answers) -> None:
        """What was answered is there, but for what somebody began to remove; what was removed is not."""
        with self._reading() as connection:
            counted = select(encounters.c.id, func.count(samples.c.id)).select_from(encounters)
            held = counted.outerjoin(samples, (samples.c.encounter_id == encounters.c.id) & IN_FORCE)
            held_samples = {row[0]: row[1] for row in connection.execute(held.group_by(encounters.c.id))}
            there = self._ids(connection, records, records.c.id)
            case_ids = {case_id for case_id, _, _ in answers.decided}
            decided = {
                (case.id, opinion.actor, str(opinion.conclusion))
                for case in load_cases(connection, sorted(case_ids))
                for opinion in case.opinions
            }
            standing = {row.id: row for row in connection.execute(select(standing_searches))}
            pairs = select(cases.c.record_id, cases.c.candidate_id).where(cases.c.record_id.is_not(None))
            settled = {(row.record_id, row.candidate_id) for row in connection.execute(pairs)}
            led = {row.id: row.merged_into for row in connection.execute(select(records.c.id, records.c.merged_into))}
        gone = self._possibly_gone(answers, settled)
        for encounter_id, count in answers.enrolled.items():
            if answers.records[encounter_id] not in gone:
                assert held_samples.get(encounter_id) == count, f"encounter {encounter_id} was answered, and is lost"
        assert not there & answers.removed, "a record that was removed is there"
        for merge, (survivor, other) in answers.merged.items():
            if merge not in answers.undoing and not gone & {survivor, other}:
                assert led[other], f"the merge {merge} was answered, and is lost"
        assert set(answers.decided) <= decided, f"decisions are lost: {set(answers.decided) - decided}"
        assert answers.standing <= set(standing), "a standing search is lost"
        assert all(standing[search_id].ended_at for search_id in answers.withdrawn), "a withdrawal is lost"

    @staticmethod
    def _possibly_gone(answers: Answers, settled: set[tuple[str, str]]) -> set[str]:
        """Return the records that removals that were begun may have taken along: those merged with one, too."""
        gone, pairs = set(answers.removing), answers.merging | settled
        while more := {record_id for pair in pairs if gone & set(pair) for record_id in pair if record_id not in gone}:
            gone |= more
        return gone

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with self._store.database.reading() as connection:
            yield connection

    @staticmethod
    def _ids(connection: Any, table: Table, column: Any) -> set[str]:
        return set(connection.execute(select(column).select_from(table)).scalars())
