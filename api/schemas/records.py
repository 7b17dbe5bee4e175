"""Records as JSON. The rules of each field are those of the domain (`biometrics.domain.person`), not repeated here."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.base import Day, NameOf, RequestBody, Schema
from api.schemas.persons import CourtStandingOut, LinkOut, OutcomeIn, OutcomeOut, ParticularsIn
from biometrics.domain.encounter import Encounter, EncounterKind, LegalBasis, MissingFinger, MissingReason, Section
from biometrics.domain.errors import InvalidField
from biometrics.domain.person import Person, Sex
from biometrics.domain.types import FingerPosition, Impression, Modality, PhotoView, QualityFault
from biometrics.records.people.values import (
    EncounterVersion,
    Enrolment,
    PersonVersion,
    Record,
    RecordQueryPage,
    StoredEncounter,
    StoredOutcome,
)


class RecordIn(RequestBody):
    """A person to create a record of."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Asha Verma", "aliases": ["Guddi"], "sex": "female", "birth_year": 1988, "state_code": "27"}
            ]
        }
    )

    name: str
    aliases: list[str] = []
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    national_number: str | None = Field(default=None, description="Ten digits; assigned by the service if left out")
    particulars: ParticularsIn = ParticularsIn()

    def person(self) -> Person:
        """Return the domain's value, validated."""
        aliases, particulars = tuple(self.aliases), self.particulars.particulars()
        return Person(self.name, self.sex, self.birth_year, aliases, self.national_number, particulars)


class PersonPatch(RequestBody):
    """Changes to a person's data: each field that is given replaces the stored one; the others stay."""

    name: str = ""
    aliases: list[str] = []
    sex: Sex = Sex.UNKNOWN
    birth_year: int | None = None
    particulars: ParticularsIn = ParticularsIn()

    def applied(self, person: Person) -> Person:
        """Return the person with the changes, validated."""
        changes = {field: getattr(self, field) for field in self.model_fields_set}
        if "aliases" in changes:
            changes["aliases"] = tuple(self.aliases)
        if "particulars" in changes:
            fields = self.particulars.model_fields_set
            new = self.particulars.particulars()
            changes["particulars"] = replace(person.particulars, **{field: getattr(new, field) for field in fields})
            born = changes["particulars"].birth_date
            if "birth_date" in fields and born is not None:
                changes.setdefault("birth_year", born.year)
        return replace(person, **changes)


class NewRecordIn(RecordIn):
    """A person to create a record of, without an encounter."""

    state_code: str | None = Field(
        default=None, description="Two digits: the state that assigns the national number, if none is given"
    )


class ActSection(RequestBody):
    """A section of an act."""

    act: str
    section: str


class MissingFingerIn(RequestBody):
    """A finger that could not be taken, and why."""

    position: FingerPosition = Field(description="ANSI/NIST finger position code, 1 to 10")
    reason: MissingReason = Field(
        description="`amputated` or `bandaged`: a print is impossible. `damaged`: a print is possible. "
        "`unable`: any other reason"
    )

    def missing(self) -> MissingFinger:
        """Return the domain's value, validated."""
        return MissingFinger(self.position, self.reason)


class EncounterIn(RequestBody):
    """One arrest or visit."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "fir_number": "0123/2026",
                    "state_code": "27",
                    "district_code": "519",
                    "station_code": "27519004",
                    "date": "2026-01-15",
                    "sections": [{"act": "BNS 2023", "section": "303(2)"}],
                    "officer": "SI R. Patil",
                }
            ]
        }
    )

    fir_number: str
    station_code: str
    district_code: str
    state_code: str
    date: Day
    sections: list[ActSection] = []
    officer: str
    kind: EncounterKind = EncounterKind.ARREST
    fir_year: int | None = Field(default=None, description="Needed if the FIR number does not end in the year")
    time: dt.time | None = Field(default=None, description="Local time of day")
    place: str = ""
    device: str = Field(default="", description="Capture device of the prints and photos")
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    missing_fingers: list[MissingFingerIn] = Field(
        default=[], description="Fingers that could not be taken, each once; returned in the order of the hands"
    )

    def encounter(self) -> Encounter:
        """Return the domain's value, validated."""
        sections = tuple(Section(section.act, section.section) for section in self.sections)
        missing = tuple(finger.missing() for finger in self.missing_fingers)
        fields = {name: getattr(self, name) for name in EncounterIn.model_fields}
        return Encounter(**fields | {"sections": sections, "missing_fingers": missing})


class EncounterPatch(RequestBody):
    """Changes to an encounter: each field that is given replaces the stored one; the others stay."""

    fir_number: str = ""
    station_code: str = ""
    district_code: str = ""
    state_code: str = ""
    date: Day | None = Field(default=None, description="Leave it out to keep the date; null is refused")
    sections: list[ActSection] = []
    officer: str = ""
    kind: EncounterKind = EncounterKind.ARREST
    fir_year: int | None = Field(default=None, description="Needed if the FIR number does not end in the year")
    time: dt.time | None = Field(default=None, description="Local time of day")
    place: str = ""
    device: str = ""
    legal_basis: LegalBasis = LegalBasis.UNSTATED
    missing_fingers: list[MissingFingerIn] = []

    def applied(self, encounter: Encounter) -> Encounter:
        """Return the encounter with the changes, validated as a whole."""
        changes = {name: getattr(self, name) for name in self.model_fields_set}
        if "fir_number" in changes:
            changes.setdefault("fir_year", None)  # read from the new number
        if "sections" in changes:
            changes["sections"] = tuple(Section(section.act, section.section) for section in self.sections)
        if "missing_fingers" in changes:
            changes["missing_fingers"] = tuple(finger.missing() for finger in self.missing_fingers)
        if changes.get("date", encounter.date) is None:
            raise InvalidField("An encounter needs a date; give one, or leave it out to keep the present one.")
        return replace(encounter, **changes)


class EncounterVersionOut(Schema):
    """An earlier content of an encounter, as entered then; present rules do not apply to it."""

    number: int = Field(description="Number of the version, from 1")
    content: dict[str, Any] = Field(description="The fields of the encounter; empty ones are left out")
    sample_ids: list[int] = Field(description="Samples that were replaced with it; empty if the samples stayed")
    changed_at: dt.datetime
    changed_by: str = Field(description="Id of the account that replaced this version")
    changed_by_name: Annotated[str, NameOf("changed_by")] = ""

    @classmethod
    def of(cls, old: EncounterVersion) -> EncounterVersionOut:
        """Show a version."""
        return cls(
            number=old.number,
            content=dict(old.content),
            sample_ids=list(old.sample_ids),
            changed_at=old.changed_at,
            changed_by=old.changed_by,
        )


class SampleOut(Schema):
    """A stored sample; its image is at /api/v1/samples/{id}/image."""

    id: int
    modality: Modality
    position: FingerPosition | None = Field(description="ANSI/NIST finger position code, 0 unknown; null for a photo")
    impression: Impression | None
    view: PhotoView | None = Field(description="Direction from which a photo shows the face; null: unknown, or a print")
    filename: str
    media_type: str
    width: int
    height: int
    ppi: float | None
    quality: int | None = Field(
        description="0 to 100: NFIQ 2 of a print, or the quality in its minutiae record; null: unknown"
    )
    quality_faults: list[QualityFault] = Field(description="Reasons for a poor quality")
    quality_advice: list[str] = Field(description="Advice to the officer, one sentence per reason")
    quality_parts: dict[str, int] = Field(
        description="Measures that a photo's quality is made of, 0 to 100 each, named as in ISO/IEC 29794-5; else empty"
    )
    accepted_because: str = Field(
        description="Why it was enrolled in spite of its poor quality; empty if the quality is sufficient"
    )
    image_sha256: str


class EncounterOut(EncounterIn):
    """A stored encounter."""

    id: str
    samples: list[SampleOut]
    outcomes: list[OutcomeOut]
    standing: CourtStandingOut
    links: list[LinkOut]

    @classmethod
    def of(cls, stored: StoredEncounter) -> EncounterOut:
        """Show a stored encounter."""
        fields = {name: getattr(stored.encounter, name) for name in EncounterIn.model_fields}
        own = {name: getattr(stored, name) for name in ("id", "samples", "standing", "links")}
        return cls.model_validate(fields | own | {"outcomes": [outcome_fields(outcome) for outcome in stored.outcomes]})


def outcome_fields(stored: StoredOutcome) -> dict[str, Any]:
    """Return the fields of `OutcomeOut` for a stored outcome."""
    fields = {name: getattr(stored.outcome, name) for name in OutcomeIn.model_fields}
    return fields | {name: getattr(stored, name) for name in ("id", "created_at", "withdrawal")}


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
        person = record.person
        return RecordSummary(
            id=record.id,
            national_number=record.national_number,
            name=person.name,
            aliases=list(person.aliases),
            sex=person.sex,
            birth_year=person.birth_year,
            fir_numbers=list(dict.fromkeys(stored.encounter.fir_number for stored in record.encounters)),
        )


class StoredProblemOut(Schema):
    """A rule that stored data violates: a rule of an encounter, or of the person's data."""

    encounter_id: str | None
    message: str = Field(description="A sentence for a person; it may change between versions")


class RecordOut(RecordSummary):
    """A record with all its encounters."""

    particulars: ParticularsIn
    created_at: dt.datetime
    version: int = Field(description="Increases with every change; the ETag is this number in quotes")
    encounters: list[EncounterOut]
    problems: list[StoredProblemOut] = Field(
        default=[], description="Stored values that could not be entered today; correct them. Usually empty"
    )

    @classmethod
    def of(cls, record: Record) -> RecordOut:
        """Show a whole record."""
        return cls(
            **RecordSummary.of(record).model_dump(),
            particulars=ParticularsIn.model_validate(record.person.particulars),
            created_at=record.created_at,
            version=record.version,
            encounters=[EncounterOut.of(stored) for stored in record.encounters],
            problems=[StoredProblemOut.model_validate(problem) for problem in record.problems()],
        )


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
        own = {
            "encounter_id": enrolment.encounter_id,
            "duplicate_cases": list(enrolment.duplicates),
            "duplicate_case_numbers": list(enrolment.duplicate_numbers),
            "checked": enrolment.checked,
        }
        return cls.model_validate(RecordOut.of(record).model_dump() | own)


class PersonVersionOut(Schema):
    """A person's data before a correction."""

    version: int = Field(description="The last version of the record with this data")
    name: str
    aliases: list[str]
    sex: Sex
    birth_year: int | None
    particulars: ParticularsIn
    changed_at: dt.datetime
    changed_by: str = Field(description="Id of the account that replaced this data")
    changed_by_name: Annotated[str, NameOf("changed_by")] = ""

    @classmethod
    def of(cls, old: PersonVersion) -> PersonVersionOut:
        """Show an earlier version of the data."""
        fields = {name: getattr(old.person, name) for name in ("name", "aliases", "sex", "birth_year", "particulars")}
        return cls.model_validate(
            fields | {"version": old.version, "changed_at": old.changed_at, "changed_by": old.changed_by}
        )


class RecordPage(Schema):
    """A page of the records found, and the cursor of the next page."""

    records: list[RecordSummary]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")
    incomplete: bool = Field(description="More names sound alike than were compared; add more search fields")

    @classmethod
    def of(cls, page: RecordQueryPage) -> RecordPage:
        """Show a page of records."""
        shown = [RecordSummary.of(record) for record in page.items]
        return cls(records=shown, next=page.after, incomplete=page.incomplete)


class SectionsBegun(Schema):
    """Acts and sections that start with the search text."""

    sections: list[ActSection]


class ModelOut(Schema):
    """The model in use for a modality."""

    modality: Modality
    model: str
    searchable: int


class Health(Schema):
    """The state of the service."""

    status: str
    version: str
    records: int
    sequence: int
    models: list[ModelOut]


class Live(Schema):
    """The process answers."""

    status: str


class Ready(Schema):
    """The service accepts requests; `checks` names what was checked."""

    status: str
    checks: dict[str, str]


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable; `detail` says in a sentence what to do."""

    type: str = Field(description="`urn:pehchan:error:` followed by the code")
    title: str
    status: int
    code: str = Field(description="The kind of error; it stays the same between versions")
    detail: str = Field(description="A sentence for a person; it may change between versions")
    errors: list[dict[str, Any]] = Field(
        default=[], description="All faults, if fields or an ANSI/NIST-ITL file have several"
    )
    incident: str = Field(default="", description="Incident number to report to the operator")
    checks: dict[str, str] = Field(default={}, description="Results of the checks, if the service is not ready")
