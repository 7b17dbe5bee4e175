"""Records of people, as frozen values: what is enrolled, what is stored, and how records are queried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from biometrics.kernel.access import ACTOR_LENGTH, Unit
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.court import CourtStanding, Outcome
from biometrics.kernel.people.encounter import ACT_LENGTH, SECTION_LENGTH, Encounter
from biometrics.kernel.people.person import Person, Sex
from biometrics.kernel.recognition.body_marks import (
    MARK_LENGTH,
    BodyMarkKind,
    BodyPart,
    BodySide,
    MarkColour,
    PhotographedMark,
    TattooClass,
)
from biometrics.kernel.recognition.capture import CropBox, Impression, PhotoView, Position
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.reading import Reading
from biometrics.kernel.recognition.types import UNASSESSED, Assessment, Probe, QualityFault, Sample, Source, Template
from biometrics.kernel.technique.clock import latest_day
from biometrics.kernel.technique.entry import Entered, problems
from biometrics.kernel.technique.json_fields import AS_JSON, about
from biometrics.kernel.technique.page import Page
from biometrics.kernel.technique.text import CODE_LENGTH, FIR_LENGTH, NAME_LENGTH, assign, clean_text

# Code points; a probe's label is a finger and a file name.
FILENAME_LENGTH = 255
LABEL_LENGTH = 300
REASON_LENGTH = 300
ME = "me"  # in a query, the actor's own account
ENROL = "enrol"  # the step of a request that stores samples


@dataclass(frozen=True)
class EnrolledSample:
    """A sample that was decoded and extracted, ready to be stored.

    `assessment` is that of an enrolment, for which quality is measured. `accepted_because` is why it is enrolled in
    spite of its quality, empty where that needs no reason. `others` are the templates of models in use that are not in
    force; they are stored, too. `read_as` is given of a latent and of marked minutiae.

    Raises:
        InvalidField: the file name or the reason breaks its rule, or the position is missing, of
            something else, or given where there can be none.
    """

    sample: Sample
    source: Source
    template: Template
    assessment: Assessment = UNASSESSED
    accepted_because: str = ""
    other_templates: tuple[Template, ...] = ()
    read_as: Reading | None = None

    def __post_init__(self) -> None:
        """Trim the texts and check that the parts belong together."""
        filename = clean_text("file name", self.sample.filename, FILENAME_LENGTH, required=False)
        object.__setattr__(self, "sample", replace(self.sample, filename=filename))
        reason = clean_text("reason", self.accepted_because, REASON_LENGTH, required=False)
        object.__setattr__(self, "accepted_because", reason)
        self._check_position()
        assert self.sample.modality is self.template.modality, "the template is of another modality than its sample"

    def _check_position(self) -> None:
        traits = self.sample.modality.traits
        if self.sample.position in traits.fields.values():
            return
        if traits.positions:
            codes = ", ".join(str(int(position)) for position in traits.fields.values() if position is not None)
            raise InvalidField(f"A {self.sample.modality} needs a position: {codes}.")
        raise InvalidField(f"A {traits.noun} must have no position.")

    @property
    def probe(self) -> Probe:
        """The sample as something to search with."""
        return Probe(self.template, self.sample.position, self.sample.label)

    @property
    def reading(self) -> Reading:
        """How it was read from its file."""
        return self.read_as or Reading(self.sample.ppi, self.sample.impression, box=self.sample.box)


@dataclass(frozen=True)
class Enrolment:
    """What one enrolment stored; ids are in the order of its samples.

    `template_ids` are those of the model in force. `sequence` is the number of its last change: an index that has
    reached it holds every template. `cases` are those in
    which examiners are asked about it already, and `duplicates` those among them that ask whether the person was on
    record before; `duplicate_numbers` are their numbers. `checked` says whether all records were searched for it.
    `record` is the record with it; None in the answer to a request that was carried out before.
    """

    record_id: str
    national_number: str
    encounter_id: str
    sample_ids: tuple[int, ...]
    template_ids: tuple[int, ...]
    sequence: int
    cases: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    duplicate_numbers: tuple[str, ...] = ()
    checked: bool = False
    record: Record | None = field(default=None, compare=False, repr=False)

    def content(self) -> dict[str, Any]:
        """Return the stored values as plain JSON; `of_content` reads it."""
        later = ("duplicates", "duplicate_numbers", "checked", "record")
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in later}

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Self:
        """Make it of what `content` gave."""
        values: dict[str, Any] = dict(content)
        lists = {name: tuple(values[name]) for name in ("sample_ids", "template_ids", "cases")}
        return cls(**values | lists)


@dataclass(frozen=True)
class StoredSample:
    """A sample's row; its file comes from `SampleReader.image`. `image_bytes` is the file's length.

    `quality`, its faults and parts, and `accepted_because` are as in `Assessment` and `EnrolledSample`. `enrolled_by`
    is the id of the account, empty where the service itself stored it or none is known.
    """

    id: int
    encounter_id: str
    record_id: str
    modality: Modality
    position: Position | None
    impression: Impression | None
    media_type: str
    width: int
    height: int
    ppi: float | None
    quality: int | None
    quality_faults: tuple[QualityFault, ...]
    quality_parts: Mapping[str, int]
    accepted_because: str
    image_sha256: str
    image_bytes: int
    filename: str
    view: PhotoView | None = None
    enrolled_by: str = ""
    box: CropBox | None = None
    mark: PhotographedMark | None = None

    @property
    def quality_advice(self) -> tuple[str, ...]:
        """What is wrong with it and what to do, in sentences for the officer; `SampleOut` has it, too."""
        return tuple(fault.advice for fault in self.quality_faults)


@dataclass(frozen=True)
class OutcomeWithdrawal:
    """Who withdrew an outcome, when and why; `replaced_by` is the id of the one that was put in its place, if any."""

    at: datetime
    by: str
    because: str
    replaced_by: str | None


@dataclass(frozen=True)
class StoredOutcome:
    """What a court did about an encounter, and who entered it when; one that was withdrawn counts no more."""

    id: str
    encounter_id: str
    outcome: Outcome
    created_at: datetime
    created_by: str
    withdrawal: OutcomeWithdrawal | None = None


def standing_of(outcomes: Iterable[StoredOutcome]) -> CourtStanding:
    """Say how an encounter stands with the courts after its outcomes."""
    return CourtStanding.of([stored.outcome for stored in outcomes if stored.withdrawal is None])


class LinkKind(StrEnum):
    """How one encounter belongs to another."""

    FOLLOWS = "follows"  # a surrender or a conviction follows an arrest
    SAME_CASE = "same_case"
    IDENTIFIES = "identifies"  # gives the identity of the missing or unknown person of the other


@dataclass(frozen=True)
class EncounterLink:
    """A link: the encounter `from_id` follows, identifies or shares its case with `to_id`; with author and time."""

    id: str
    from_id: str
    to_id: str
    kind: LinkKind
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class PersonVersion:
    """What a person's data was up to `version` of the record, and who then put other data in its place."""

    version: int
    person: Person
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class EncounterVersion:
    """An encounter as it was until another one replaced it, with its author; its samples of that time are kept.

    `content` is as `to_json` wrote it: it is shown, and today's rules are not applied to it.
    """

    number: int
    content: Mapping[str, Any]
    sample_ids: tuple[int, ...]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class StoredEncounter:
    """An encounter with its samples, in the order in which they were given.

    `enrolled_by` is the id of the account that entered it, empty for the service itself and where it is unknown.
    """

    id: str
    encounter: Encounter
    created_at: datetime
    samples: tuple[StoredSample, ...]
    outcomes: tuple[StoredOutcome, ...] = ()
    links: tuple[EncounterLink, ...] = ()
    enrolled_by: str = ""

    @property
    def standing(self) -> CourtStanding:
        """How it stands with the courts."""
        return standing_of(self.outcomes)


@dataclass(frozen=True)
class StoredProblem:
    """A rule that stored data break, as a sentence; `encounter_id` is None where they are the person's."""

    encounter_id: str | None
    message: str


@dataclass(frozen=True)
class Record:
    """A person's record with its encounters, the first stored first. `version` grows with every change to it."""

    id: str
    person: Person
    created_at: datetime
    version: int
    encounters: tuple[StoredEncounter, ...]

    @property
    def national_number(self) -> str:
        """The ten digits that the person is known by; a stored person always has them."""
        assert self.person.national_number is not None
        return self.person.national_number

    def problems(self) -> tuple[StoredProblem, ...]:
        """Return the rules that the stored data break, such as those made since they were entered.

        What was entered before now is in the past, whatever this machine's clock says.
        """
        entered = [self.created_at]
        for stored in self.encounters:
            entered += [stored.created_at, *(outcome.created_at for outcome in stored.outcomes)]
        latest = latest_day(entered)
        stored_problems = [StoredProblem(None, message) for message in problems(self.person, latest)]
        for stored in self.encounters:
            values = (stored.encounter, *(outcome.outcome for outcome in stored.outcomes if outcome.withdrawal is None))
            stored_problems += [StoredProblem(stored.id, message) for message in problems(values, latest)]
        return tuple(stored_problems)


@dataclass(frozen=True)
class Elsewhere:
    """The unit that keeps a record which the caller may not see."""

    unit: Unit = field(metadata=about("Its codes: state/district/station"))
    name: str = ""
    telephone: str = field(
        default="",
        metadata=about("Its own, or that of the nearest unit above it that has one"),
    )

    __pydantic_config__: ClassVar = AS_JSON

    @property
    def contact(self) -> str:
        """The unit in words."""
        name = f"{self.name} ({self.unit.path})" if self.name else f"unit {self.unit.path}"
        return f"{name}, telephone {self.telephone}" if self.telephone else name


@dataclass(frozen=True)
class RecordQuery(Entered):
    """Conditions on records; empty ones do not filter, and all the others must match.

    Conditions on an encounter must all match the same one, and so must those on a mark.
    """

    name: str = field(
        default="", metadata={"description": "Words of the name or of an alias, in any script and spelling"}
    )
    national_number: str = ""
    sex: Sex | None = None
    birth_year: int | None = None
    fir_number: str = ""
    station_code: str = ""
    district_code: str = ""
    state_code: str = ""
    fir_year: int | None = None
    first_date: date | None = field(default=None, metadata={"description": "Encounters of this day or later"})
    last_date: date | None = field(default=None, metadata={"description": "Encounters of this day or earlier"})
    act: str = field(default="", metadata={"description": "The section's act; needs a section"})
    section: str = field(default="", metadata={"description": "Section of an act that a person was charged under"})
    mark: str = field(
        default="", metadata={"description": "Words of a mark's description; conditions on a mark hold for one"}
    )
    mark_kind: BodyMarkKind | None = None
    body_part: BodyPart | None = field(
        default=None, metadata={"description": "Where the mark is, or a part around or in it"}
    )
    body_side: BodySide | None = field(
        default=None, metadata={"description": "The mark's side; also those without any"}
    )
    mark_colour: MarkColour | None = None
    tattoo_class: TattooClass | None = field(default=None, metadata={"description": "What a tattoo shows"})
    enrolled_by: str = field(
        default="", metadata={"description": "Id of the account that entered the encounter; `me`: yours"}
    )

    def _clean(self) -> None:
        rules = {
            "name": ("name", NAME_LENGTH),
            "mark": ("mark", MARK_LENGTH),
            "national_number": ("national number", 10),
            "fir_number": ("FIR number", FIR_LENGTH),
            "station_code": ("police station code", CODE_LENGTH),
            "district_code": ("district code", CODE_LENGTH),
            "state_code": ("state code", 2),
            "act": ("act", ACT_LENGTH),
            "section": ("section", SECTION_LENGTH),
            "enrolled_by": ("account", ACTOR_LENGTH),
        }
        for name, (label, length) in rules.items():
            assign(self, name, clean_text(label, getattr(self, name), length, required=False))
        for year in (self.birth_year, self.fir_year):
            if year is not None and not 0 < year <= date.max.year:
                raise InvalidField(f"A year is {year}; give one of four digits.")
        if self.first_date and self.last_date and self.first_date > self.last_date:
            raise InvalidField(f"The days are {self.first_date} to {self.last_date}; give the earlier one first.")
        if self.act and not self.section:
            raise InvalidField("The filter names an act without a section; give the section, too.")

    @property
    def fields_used(self) -> list[str]:
        """The names of the fields that are set."""
        return [name for name, value in vars(self).items() if value]


MARK_CONDITIONS: Final = ("mark", "mark_kind", "body_part", "body_side", "mark_colour", "tattoo_class")


@dataclass(frozen=True)
class RecordQueryPage(Page[Record, str]):
    """Some of the records that meet a query, newest first, or most similar first for a name.

    `incomplete`: more people have names that sound alike than were ranked; some may be missing, and the query should
    be narrower.
    """

    incomplete: bool = False
