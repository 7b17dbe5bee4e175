"""Searches, their candidates and their replays as JSON."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from api.http.schemas import Day, NameOf, PageOut, RequestBody, Schema
from api.localisation import state_labels
from api.modalities import ModalityName
from api.v1.records_schemas import RecordSummary
from api.v1.scores_schemas import LeadOut, SampleScoreOut, ScoreOut, SearchRarityOut, ThresholdCapped
from biometrics.kernel.casework.cases import CandidateCase
from biometrics.kernel.people.authorisation import Authorisation
from biometrics.kernel.people.national import Coverage, NationalHit, StateCoverage
from biometrics.kernel.people.record import Elsewhere, Record, StoredSample
from biometrics.kernel.people.retention_rules import AUTHORITY_LENGTH, ORDER_REASON_LENGTH, REFERENCE_LENGTH
from biometrics.kernel.recognition.capture import Position
from biometrics.kernel.recognition.evidence import Evidence
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.reading import PlacedBy, Reading
from biometrics.matching.calibration import USUAL_FPIR, threshold_for_fpir
from biometrics.searches.model import LEFT_OUT, NOT_SEARCHED, Search, SearchCandidate, StoredSearch
from biometrics.searches.states import StatesSearched, states_searched
from biometrics.use_cases.search.candidates import CandidateList, Hint, Shown, candidate_list, stored_candidates

if TYPE_CHECKING:  # the client, which needs no database, uses these shapes too
    from biometrics.searches.appearances import Mention
    from biometrics.searches.listing import SearchLine
    from biometrics.use_cases.search.group_search import GroupMember
    from biometrics.use_cases.search.replay import Replay


class CandidateSampleOut(SampleScoreOut):
    """The best comparison of one probe with a candidate's samples."""

    has_image: bool = Field(
        description="False for the minutiae record of another system, and for what was removed since"
    )

    @classmethod
    def with_image(cls, sample: Mapping[str, Any], person: Record | None) -> CandidateSampleOut:
        """Show the stored score of one probe; `person` is the candidate as stored now."""
        stored = [image for encounter in person.encounters for image in encounter.samples] if person else []
        has_stored_image = any(image.id == sample["sample_id"] and has_image(image) for image in stored)
        return cls(**SampleScoreOut.of_stored(sample).model_dump(), has_image=has_stored_image)


def has_image(sample: StoredSample) -> bool:
    """Say whether a sample has an image: a minutiae record of another system has none."""
    return sample.media_type.startswith("image/")


class CandidateOut(Schema):
    """One person on the candidate list, or, after all people, another unit that has a hit."""

    rank: int = Field(description="Line in this answer, by which a case about it is opened")
    modality: ModalityName | None = Field(
        default=None,
        description="Of a latent: whether it is on the list of fingers or on that of palms, whose scores cannot be "
        "compared; null in other searches",
    )
    rank_on_list: int | None = Field(default=None, description="Rank on the list of its modality; null for a unit")
    record: RecordSummary | None = Field(
        description="Null if the record was removed after the search, or another unit keeps it"
    )
    elsewhere: Elsewhere | None = Field(description="The unit to call, if another unit keeps the record")
    score: ScoreOut | None = Field(description="Null if another unit keeps the record")
    in_this_search: SearchRarityOut | None = Field(
        default=None, description="Null for a latent, and if another unit keeps the record"
    )
    gap: float | None = Field(
        description="Decibans that the evidence is ahead of that of the next person on the list that you can view; "
        "null for the last, for a unit, and where both lie beyond the bound: see `lead`"
    )
    lead: LeadOut | None = Field(
        description="Of the first candidate over the second; null for all others, and for a latent"
    )
    decision_hint: Hint = Field(
        description="`likely`: first, above the threshold, and well ahead of the next if there is one; never for a "
        "latent. "
        "`inspect`: above the threshold but close to or behind a rival, or below it but scoring higher than half of "
        "all searches would by chance. "
        "`none`: no more than chance. An examiner decides"
    )
    above_threshold: bool | None = Field(
        description="Null in an investigation, and for a latent: they have no threshold"
    )
    position: float | None = Field(
        default=None,
        description="Where the score lies between nothing in common (0), the threshold (0.5; in an investigation, that "
        "of a search with the usual one) and twice the threshold or more (1); null for a latent and for a unit",
    )
    samples: list[CandidateSampleOut]
    case: CandidateCase | None = Field(
        default=None,
        description="The newest case about it; null in the answer to the search itself, and if you may not read cases",
    )

    @classmethod
    def of(cls, rank: int, line: Shown, search: Search) -> CandidateOut:
        """Show one candidate of a stored search."""
        candidate, person = line.candidate, line.person
        threshold = None if candidate.evidence.orders_only else search.threshold
        return cls(
            rank=rank,
            modality=None if candidate.modality is None else Modality.named(candidate.modality),
            rank_on_list=line.rank,
            record=RecordSummary.of(person) if person else None,
            elsewhere=None,
            score=ScoreOut.of(candidate.evidence),
            in_this_search=SearchRarityOut.of(candidate.evidence.among(search.gallery_size)),
            gap=line.gap,
            lead=LeadOut.of(line.lead),
            decision_hint=line.hint(threshold),
            above_threshold=None if threshold is None else candidate.decibans >= threshold,
            position=_position(candidate, search),
            samples=[CandidateSampleOut.with_image(sample, person) for sample in candidate.detail["samples"]],
        )

    @classmethod
    def of_unit(cls, rank: int, unit: Elsewhere) -> CandidateOut:
        """Show that another unit has a hit; such lines differ only in the unit."""
        return cls(
            rank=rank,
            record=None,
            elsewhere=unit,
            score=None,
            gap=None,
            lead=None,
            decision_hint=Hint.INSPECT,
            above_threshold=True,
            samples=[],
        )


class PlacedOut(Schema):
    """How many of the minutiae that were marked on a latent each placed."""

    examiner: int
    software: int = Field(description="Suggested by the software, and accepted by the examiner")
    not_stated: int

    @classmethod
    def of(cls, reading: Reading) -> PlacedOut | None:
        """Count those of a probe; None where nothing is stated of any."""
        if reading.placed_by is None:
            return None
        counts = Counter(reading.placed_by)
        return cls(examiner=counts[PlacedBy.EXAMINER], software=counts[PlacedBy.SOFTWARE], not_stated=counts[None])


class ProbeOut(Schema):
    """A print or photo that was searched with, and its file, as long as that is kept."""

    number: int = Field(description="Its place in the search, from 0")
    modality: ModalityName
    position: Position | None = Field(description="Of a print; 0: unknown")
    label: str = Field(description="What the samples of candidates call it")
    media_type: str | None = Field(description="Of its file; null if none is kept")
    kept_until: dt.date | None = Field(description="When its file is due for destruction; null if none is kept")
    image: str | None = Field(description="Path of its file; several views of a latent have one. Null if none is kept")
    rendering: str | None = Field(description="Path of its file as PNG; null also for a minutiae record")
    placed: PlacedOut | None = Field(description="Of a latent's marked minutiae: who placed how many, where stated")

    @classmethod
    def of(cls, stored: StoredSearch, number: int) -> ProbeOut:
        """Show a probe of a stored search."""
        probe, stored_image = stored.search.probes[number].probe, stored.image_of(number)
        path = f"/api/v1/searches/{stored.id}/probes/{stored_image.ordinal}" if stored_image else ""
        return cls(
            number=number,
            modality=probe.template.modality,
            position=probe.position,
            label=probe.label,
            media_type=stored_image.media_type if stored_image else None,
            kept_until=stored_image.keep_until if stored_image else None,
            image=f"{path}/image" if stored_image else None,
            rendering=f"{path}/rendering" if stored_image and stored_image.media_type.startswith("image/") else None,
            placed=PlacedOut.of(stored.search.probes[number].reading),
        )


class ModelIdentityOut(Schema):
    """The model, features and calibration of a modality, each as a SHA-256."""

    model: str
    feature_space: str = Field(description="Features that the index searches")
    calibration: str = Field(description="File that turns raw scores into decibans")
    latent_scale: str | None = Field(
        default=None, description="Scale by which the rarity of a latent's score is stated; null if none applies"
    )


class StatesSearchedOut(Schema):
    """The people of other states who reach the threshold, and how much of each state was searched."""

    hits: list[NationalHit]
    states: list[StateCoverage]
    people: int = Field(description="People on record in these states")
    legal_basis: str
    failure: str = Field(
        description="`server_unavailable`: the national index did not answer; `server_refused`: it refused the key "
        "or the request; empty: it answered"
    )

    @classmethod
    def of(cls, searched: StatesSearched | None) -> StatesSearchedOut | None:
        """Show what was answered."""
        if searched is None:
            return None
        return cls.showing(searched.answer, legal_basis=searched.basis, failure=searched.failure)

    @property
    def without_hits(self) -> str:
        """Why there is nobody to call, in English; empty where there is."""
        if self.failure:
            return state_labels.FAILURES[self.failure]
        if self.hits:
            return ""
        searched = any(state.coverage is not Coverage.NOT_SEARCHED for state in self.states)
        return state_labels.NO_RECORD if searched else state_labels.NO_STATE


class SearchOut(Schema):
    """A search and its candidates, best first. It is stored, and can be fetched again by its id."""

    id: str
    created_at: dt.datetime
    case_number: str
    officer: str = Field(description="Who searched, as entered")
    searched_by: str = Field(description="Id of the account; empty for searches made before accounts existed")
    searched_by_name: str
    purpose: str = Field(description="Empty for searches made before purposes were required")
    reason: str
    authorise_until: dt.datetime | None = Field(
        default=None,
        description="When the order must be there that this search needs: after that, what it found is withheld. Null "
        "if it needs none, or has it",
    )
    unit: str = Field(description="The unit that searched")
    gallery_size: int = Field(description="Records that were searched")
    sequence: int = Field(description="Number of the last database change that the search saw")
    target_fpir: float | None = Field(description="Null for an investigation, which has no threshold")
    threshold: float | None = Field(
        description="Score in decibans that a gallery of this size needs for the target FPIR, at most the bound of the "
        "scale; what is shown of a score may be less than what is compared with it"
    )
    threshold_capped: ThresholdCapped
    identity: dict[ModalityName, ModelIdentityOut] = Field(
        description="The models that answered, by modality of the probes"
    )
    probes: list[ProbeOut]
    not_searched: dict[ModalityName, str] = Field(
        default_factory=dict, description="Of a latent: why it could not be compared with fingers, or with palms"
    )
    left_out: list[str] = Field(
        default_factory=list,
        description="Of a latent: what else of it took no part, and why, such as too few marked minutiae",
    )
    candidates: list[CandidateOut]
    national: StatesSearchedOut | None = Field(
        default=None, description="Answer of the national index; null if it was not asked"
    )

    @classmethod
    def of(cls, stored: StoredSearch) -> SearchOut:
        """Show a stored search."""
        search = stored.search
        threshold = None if search.is_latent else search.stated_threshold
        return cls.showing(
            search,
            id=stored.id,
            created_at=stored.created_at,
            searched_by=search.actor_id,
            searched_by_name=stored.searched_by_name,
            authorise_until=stored.authorise_until,
            unit=search.unit.path,
            target_fpir=search.settings["target_fpir"],
            threshold=None if threshold is None else threshold.decibans,
            threshold_capped=threshold is not None and threshold.capped,
            identity=search.settings["identity"],
            probes=[ProbeOut.of(stored, number) for number in range(len(search.probes))],
            not_searched=search.settings.get(NOT_SEARCHED, {}),
            left_out=search.settings.get(LEFT_OUT, []),
            candidates=_candidates_out(search, stored_candidates(stored)),
            national=StatesSearchedOut.of(states_searched(search)),
        )

    def with_cases(self, cases: Mapping[int, CandidateCase]) -> SearchOut:
        """Return it with the cases about its candidates, by rank."""
        shown = [one.model_copy(update={"case": cases.get(one.rank)}) for one in self.candidates]
        return self.model_copy(update={"candidates": shown})


class MentionOut(Schema):
    """A search that named a record among its candidates; read all of it at /api/v1/searches/{search_id}."""

    search_id: str
    created_at: dt.datetime
    case_number: str
    officer: str
    purpose: str = Field(description="Empty for searches made before purposes were required")
    unit: str = Field(description="The unit that searched")
    score: ScoreOut
    decision_hint: Hint
    above_threshold: bool | None = Field(description="Null for an investigation, which has no threshold")

    @classmethod
    def of(cls, mention: Mention) -> MentionOut:
        """Show a mention."""
        return cls.showing(
            mention,
            unit=mention.unit.path,
            score=ScoreOut.of(Evidence.of(mention.detail["score"])),
            decision_hint=mention.detail["hint"],
            above_threshold=None if mention.threshold is None else mention.score >= mention.threshold,
        )


class MentionPageOut(PageOut):
    """A page of searches that named a record, newest first, and the cursor of the next page."""

    searches: list[MentionOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class SearchLineOut(Schema):
    """One search of a list; read all of it at /api/v1/searches/{id}."""

    id: str
    created_at: dt.datetime
    searched_by: str = Field(description="Id of the account; empty for searches made before accounts existed")
    searched_by_name: Annotated[str, NameOf("searched_by")] = ""
    officer: str = Field(description="Who searched, as entered")
    unit: str = Field(description="The unit that searched")
    purpose: str = Field(description="Empty for searches made before purposes were required")
    case_number: str
    modalities: list[ModalityName] = Field(description="Modalities of the probes")
    files: int = Field(description="Number of different files it was made with")
    candidates: int | None = Field(description="Number of candidates that you can view; null while hidden")
    names_somebody: bool | None = Field(
        description="Whether a candidate reaches the threshold; null for an investigation, and while hidden"
    )
    other_states: int | None = Field(
        description="Number of records of other states that reach the threshold; null if no other state was searched, "
        "and while hidden"
    )
    hidden: bool = Field(
        description="You examine a case about this search, so its results are hidden until you give your opinion"
    )
    unauthorised: bool = Field(
        default=False,
        description="The order that this search needs was refused, or did not come in time: its results are withheld",
    )
    picture: str | None = Field(description="Path of the first probe's image as PNG; null if none is kept")

    @classmethod
    def of(cls, line: SearchLine) -> SearchLineOut:
        """Show one search."""
        rendering = f"/api/v1/searches/{line.id}/probes/{line.picture}/rendering"
        picture = None if line.picture is None else rendering
        return cls.showing(line, searched_by=line.actor_id, unit=line.unit.path, picture=picture)


class SearchPageOut(PageOut):
    """A page of searches, newest first, and the cursor of the next page."""

    searches: list[SearchLineOut]
    next: str | None = Field(description="Pass as `after` for the next page; null on the last")


class GroupMemberOut(Schema):
    """One of the people in a photo, with a search of their own."""

    box: tuple[float, float, float, float] = Field(description="x, y, width and height of the face, in pixels")
    search: SearchOut

    @classmethod
    def of(cls, member: GroupMember) -> GroupMemberOut:
        """Show one of the people."""
        return cls(box=member.box, search=SearchOut.of(member.searched))


class AuthorisationIn(RequestBody):
    """The order that a search needs, or its refusal."""

    refused: bool = Field(default=False, description="Whether the search was refused instead of authorised")
    authority: str = Field(max_length=AUTHORITY_LENGTH, description="Court, magistrate or office")
    reference: str = Field(max_length=REFERENCE_LENGTH, description="Number of the order or file")
    date: Day
    reason: str = Field(default="", max_length=ORDER_REASON_LENGTH, description="As in the order; no names")

    def authorisation(self) -> Authorisation:
        """Return it as a value of the domain."""
        return Authorisation(not self.refused, self.authority, self.reference, self.date, self.reason)


class ReplayOut(Schema):
    """A search repeated on the gallery as it was."""

    same: bool = Field(description="Whether the list is identical: people, order, scores and their parts")
    removed: int = Field(description="Templates of that time that were removed since, so they cannot be compared")
    meanwhile: int = Field(description="Templates enrolled while the search ran; it may or may not have compared them")
    index_differs: bool = Field(
        description="Whether the index selects the templates to compare in another way now, or the search does not say "
        "how it did then; candidates near the end of the list may be others"
    )
    search: SearchOut = Field(description="As answered then")
    candidates: list[CandidateOut] = Field(description="As answered now")

    @classmethod
    def of(cls, replayed: Replay) -> ReplayOut:
        """Show a replay."""
        search = replayed.stored.search
        candidates = _candidates_out(search, candidate_list(search, replayed.candidates, replayed.listed_people))
        return cls.showing(replayed, search=SearchOut.of(replayed.stored), candidates=candidates)


def _position(candidate: SearchCandidate, search: Search) -> float | None:
    if candidate.evidence.orders_only:
        return None
    usual = threshold_for_fpir(USUAL_FPIR, search.gallery_size)
    threshold = usual if search.threshold is None else search.threshold
    return round(min(max(candidate.decibans / (2.0 * threshold), 0.0), 1.0), 2)


def _candidates_out(search: Search, ranked: CandidateList) -> list[CandidateOut]:
    people = [CandidateOut.of(rank, line, search) for rank, line in enumerate(ranked.people, start=1)]
    units = [CandidateOut.of_unit(rank, hit.unit) for rank, hit in enumerate(ranked.elsewhere, start=len(people) + 1)]
    return people + units
