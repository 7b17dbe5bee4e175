"""Records as JSON. The rules of each field are those of the domain, `biometrics.kernel.people.person`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from typing import Annotated

from pydantic import Field

from api.http.schemas import NameOf, PageOut, Schema, merge_patch_of
from api.v1.encounters_schemas import EncounterOut
from biometrics.kernel.people.encounter import Section
from biometrics.kernel.people.particulars import Particulars
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.people.record import Enrolment, PersonVersion, Record

PersonPatch = merge_patch_of(Person, "national_number")


@dataclass(frozen=True)
class NewRecordIn(Person):
    """A person to create a record of, without an encounter."""

    state_code: str | None = field(
        default=None,
        metadata={"description": "Two digits: the state that assigns the national number, if none is given"},
    )

    def person(self) -> Person:
        """Return the person alone."""
        return Person(**{column.name: getattr(self, column.name) for column in fields(Person)})


class RecordSummary(Schema):
    """The person of a record."""

    id: str
    national_number: str
    name: str
    aliases: list[str]
    sex: Sex
    birth_year: int | None
    fir_numbers: list[str] = Field(description="FIR numbers of its encounters, each once")

    @classmethod
    def of(cls, record: Record) -> RecordSummary:
        """Show the person of a record."""
        firs = list(dict.fromkeys(stored.encounter.fir_number for stored in record.encounters))
        return RecordSummary.showing(
            record.person, id=record.id, national_number=record.national_number, fir_numbers=firs
        )


class StoredProblemOut(Schema):
    """A rule that stored data violates: a rule of an encounter, or of the person's data."""

    encounter_id: str | None
    message: str = Field(description="A sentence for a person; it may change between versions")


class RecordOut(RecordSummary):
    """A record with all its encounters."""

    particulars: Particulars
    created_at: dt.datetime
    version: int = Field(description="Increases with every change; the ETag is this number in quotes")
    encounters: list[EncounterOut]
    problems: list[StoredProblemOut] = Field(
        default=[], description="Stored values that could not be entered today; correct them. Usually empty"
    )

    @classmethod
    def of(cls, record: Record) -> RecordOut:
        """Show a whole record."""
        own_fields = {"particulars": record.person.particulars, "problems": record.problems()}
        encounters = [EncounterOut.of(stored) for stored in record.encounters]
        return cls.showing(record, **dict(RecordSummary.of(record)) | own_fields, encounters=encounters)


class EnrolmentOut(RecordOut):
    """A record after an enrolment, with the result of the duplicate check."""

    encounter_id: str = Field(description="The encounter that was enrolled")
    duplicate_cases: list[str] = Field(
        description="Cases that ask examiners whether the enrolled person was already on record"
    )
    duplicate_case_numbers: list[str] = Field(description="The numbers of these cases, in the same order")
    checked: bool = Field(description="Whether the duplicate check is finished; else it follows soon")

    @classmethod
    def after(cls, record: Record, enrolment: Enrolment) -> EnrolmentOut:
        """Show a record after an enrolment."""
        cases = {"duplicate_cases": enrolment.duplicates, "duplicate_case_numbers": enrolment.duplicate_numbers}
        return cls.showing(enrolment, **dict(RecordOut.of(record)) | cases)


class PersonVersionOut(Schema):
    """A person's data before a correction."""

    version: int = Field(description="The last version of the record with this data")
    name: str
    aliases: list[str]
    sex: Sex
    birth_year: int | None
    particulars: Particulars
    changed_at: dt.datetime
    changed_by: str = Field(description="Id of the account that replaced this data")
    changed_by_name: Annotated[str, NameOf("changed_by")] = ""

    @classmethod
    def of(cls, old: PersonVersion) -> PersonVersionOut:
        """Show an earlier version of the data."""
        return cls.showing(old.person, version=old.version, changed_at=old.changed_at, changed_by=old.changed_by)


class RecordPage(PageOut):
    """A page of the records found, and the cursor of the next page."""

    records: list[RecordSummary]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
    incomplete: bool = Field(description="More names sound alike than were compared; add more search fields")


class SectionsBegun(Schema):
    """Acts and sections that start with the search text."""

    sections: list[Section]
