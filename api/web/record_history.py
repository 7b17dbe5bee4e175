"""The history of a record: corrections of its data, and a timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from api.localisation.languages import Language
from api.v1.encounters_schemas import EncounterOut, EncounterVersionOut
from api.v1.merges_schemas import MergeOut
from api.v1.records_schemas import PersonVersionOut, RecordOut
from api.web.labels.encounters import changes_of
from api.web.labels.people import DescribedChange, changes
from biometrics.cases.reader import Identified
from biometrics.kernel.technique.clock import day_of
from biometrics.records.store import RecordStore


@dataclass(frozen=True)
class ShownCorrection:
    """A correction of a person's data: change, time and author."""

    at: dt.datetime
    by: str
    changes: Sequence[DescribedChange]


@dataclass(frozen=True)
class EncounterCorrection(ShownCorrection):
    """A correction of an encounter; `with_samples`: its prints and photos were replaced, too."""

    encounter: EncounterOut
    with_samples: bool


@dataclass(frozen=True)
class Happened:
    """One entry of a record's timeline: an encounter, of which only the day counts, or what its other fields hold."""

    day: dt.date
    at: dt.datetime | None = None
    encounter: EncounterOut | None = None
    identified: Identified | None = None
    corrected: Sequence[DescribedChange] = ()
    merge: MergeOut | None = None


def timeline(
    encounters: Sequence[EncounterOut],
    identified: Sequence[Identified],
    corrections: Sequence[ShownCorrection],
    merges: Sequence[MergeOut],
) -> list[Happened]:
    """Return what happened, the newest first, by the days at the station."""
    happened = [
        *(Happened(encounter.date, encounter=encounter) for encounter in encounters),
        *(Happened(day_of(case.ended_at), case.ended_at, identified=case) for case in identified),
        *(Happened(day_of(change.at), change.at, corrected=change.changes) for change in corrections if change.changes),
        *(Happened(day_of(merge.created_at), merge.created_at, merge=merge) for merge in merges),
    ]
    return sorted(happened, key=lambda each: (each.day, each.at.timestamp() if each.at else 0.0), reverse=True)


def person_corrections(record: RecordOut, store: RecordStore, language: Language) -> list[ShownCorrection]:
    """Return what was changed of a person's data, the newest first."""
    states = [PersonVersionOut.of(old) for old in store.history.of_person(record.id)]
    after: list[PersonVersionOut | RecordOut] = [*states[1:], record]
    corrections = [
        ShownCorrection(old.changed_at, old.changed_by, changes(old, new, language))
        for old, new in zip(states, after, strict=False)
    ]
    return corrections[::-1]


def encounter_corrections(record: RecordOut, store: RecordStore, language: Language) -> list[EncounterCorrection]:
    """Return what was changed of a person's encounters, the newest first."""
    histories = store.history.of_encounters(record.id)
    corrections = []
    for encounter in record.encounters:
        versions = [EncounterVersionOut.of(old) for old in histories.get(encounter.id, ())]
        for old, changed in zip(versions, changes_of(versions, encounter, language), strict=True):
            replaced = bool(old.sample_ids)
            corrections.append(EncounterCorrection(old.changed_at, old.changed_by, changed, encounter, replaced))
    return sorted(corrections, key=lambda correction: correction.at, reverse=True)
