"""Verification: are these samples of the person on this record (1:1), of one of a few, or of the person of others?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.access.blinding import require_no_case
from biometrics.access.target_limit import require_few_targets
from biometrics.kernel.errors import InvalidField, NothingToCompare
from biometrics.kernel.people.labels import NO_POSITION, UNKNOWN_YEAR, Label
from biometrics.kernel.people.record import EnrolledSample, Record
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.evidence import SearchRarity, Threshold
from biometrics.kernel.recognition.targets import check_target
from biometrics.kernel.recognition.types import Probe, Sample
from biometrics.matching.calibration import threshold_for_fmr
from biometrics.matching.scoring import PersonScore, score_person, stated_at
from biometrics.searches.rows import require_purpose
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.blinded_images import require_other_images

MOST_PEOPLE = 20  # whom one verification names; more are searched for
_NO_LABEL = Label(0, 0, 0, UNKNOWN_YEAR, 0, NO_POSITION, 0, 0)


@dataclass(frozen=True)
class Verification:
    """The outcome; `threshold` in decibans is where a non-mated comparison would match at `target_fmr`.

    `stated_at` is what may be stated of it on the scales in use.
    """

    record: Record
    result: PersonScore
    target_fmr: float
    threshold: float
    stated_at: float

    @property
    def stated_threshold(self) -> Threshold:
        """What may be stated of the threshold."""
        return Threshold.stated(self.stated_at, self.result.score.bound)

    @property
    def match(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.result.score.decibans >= self.threshold


@dataclass(frozen=True)
class PeopleVerification:
    """The outcome for each of a few people, the most similar first, and who has no sample of the kinds that were sent.

    `target_fmr` is the accepted chance that any of them matches if none is the person; each verification has its part
    of that.
    """

    verifications: tuple[Verification, ...]
    not_compared: tuple[Record, ...]
    target_fmr: float

    def rarity(self, verification: Verification) -> SearchRarity | None:
        """Return how rarely a verification against this many people yields a score as high as a verification's."""
        return verification.result.score.evidence.among(len(self.verifications))


@dataclass(frozen=True)
class SamplesComparison:
    """Two sets of samples compared; the stored samples of `result` are indices into `references`."""

    references: tuple[EnrolledSample, ...]
    result: PersonScore


def verify(engine: Engine, record_id: str, samples: Sequence[Sample], target_fmr: float) -> Verification:
    """Compare samples with every sample of one record.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        UnknownRecord, InvalidInput, NothingToCompare.
        TooManyTargets: the account has used too many targets with this record, which would find a withheld score.
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
    """
    outcome = _verify(engine, [record_id], samples, target_fmr)
    if not outcome.verifications:
        raise NothingToCompare("The record holds no sample of the kind that was sent; send another finger, or a photo.")
    return outcome.verifications[0]


def verify_people(
    engine: Engine, record_ids: Sequence[str], samples: Sequence[Sample], target_fmr: float
) -> PeopleVerification:
    """Compare samples with every sample of each of a few people.

    Raises:
        InvalidField: no people are named, or more than MOST_PEOPLE.
        PurposeMissing, UnknownRecord, InvalidInput, TooManyTargets, HiddenUntilDecided: as for `verify`.
        NothingToCompare: none of the people has a sample of the kinds that were sent.
    """
    if not 1 <= len(record_ids) <= MOST_PEOPLE:
        raise InvalidField(f"Name 1 to {MOST_PEOPLE} people; search with the samples where there are more.")
    outcome = _verify(engine, record_ids, samples, target_fmr)
    if not outcome.verifications:
        raise NothingToCompare(
            "None of these people has a sample of the kind that was sent; send another finger, or a photo."
        )
    return outcome


def compare_samples(engine: Engine, samples: Sequence[Sample], other_samples: Sequence[Sample]) -> SamplesComparison:
    """Compare two sets of samples, each of one person, without a record; nothing is stored but the audit entry.

    Raises:
        PurposeMissing: the actor states no purpose, or no case.
        InvalidInput: a sample is unusable.
        NothingToCompare: the sets have no kind or finger in common.
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
    """
    _require_purpose(engine)
    extracted, other_extracted = extract_to_compare(engine, samples), extract_to_compare(engine, other_samples)
    probes, references = _probes(engine, extracted), [_as_stored(*indexed) for indexed in enumerate(other_extracted)]
    result = score_person(engine.channels, probes, references)
    if result is None:
        raise NothingToCompare("The two sets have nothing in common; send the same fingers, or a photo in both.")
    engine.store.note(
        Action.SAMPLES_COMPARED,
        "",
        probes=len(probes),
        files=[enrolled.sample.image_sha256 for enrolled in (*extracted, *other_extracted)],
        **result.score.evidence.audited,
    )
    return SamplesComparison(tuple(other_extracted), result)


def extract_to_compare(engine: Engine, samples: Sequence[Sample]) -> list[EnrolledSample]:
    """Extract samples, and refuse those that an examiner must not see the score of.

    Raises:
        InvalidInput: one is unusable.
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
    """
    require_no_case(engine.store.database, engine.store.act, {sample.image_sha256 for sample in samples})
    extracted = engine.extract(samples)
    require_other_images(engine, [enrolled.template for enrolled in extracted])
    return extracted


def _verify(
    engine: Engine, record_ids: Sequence[str], samples: Sequence[Sample], target_fmr: float
) -> PeopleVerification:
    check_target("target_fmr", target_fmr)
    _require_purpose(engine)
    records = {record.id: record for record in map(engine.store.people.get, record_ids)}
    probes = _probes(engine, extract_to_compare(engine, samples))
    references = engine.store.templates.of_records(list(records), engine.models)
    require_other_images(engine, [stored.template for templates in references.values() for stored in templates])
    scored = [
        (record, score_person(engine.channels, probes, references.get(record.id, []))) for record in records.values()
    ]
    compared = [(record, result) for record, result in scored if result is not None]
    each_fmr = target_fmr if len(compared) < 2 else -math.expm1(math.log1p(-target_fmr) / len(compared))
    threshold = threshold_for_fmr(each_fmr)
    verifications = []
    for record, result in compared:
        decibans = stated_at(engine.channels, [sample.probe for sample in result.samples], threshold)
        verifications.append(Verification(record, result, each_fmr, threshold, decibans))
    for verification in verifications:
        _note(engine, verification, samples, len(probes))
    for verification in verifications:  # after the entries: two at once both count
        require_few_targets(engine.store.database, engine.store.act, verification.record.id)
    verifications.sort(key=lambda each: each.result.score.decibans, reverse=True)
    not_compared = tuple(record for record, result in scored if result is None)
    return PeopleVerification(tuple(verifications), not_compared, target_fmr)


def _probes(engine: Engine, extracted: Sequence[EnrolledSample]) -> list[Probe]:
    """Return the probes that a scale fits.

    Raises:
        NothingToCompare: there are none.
    """
    probes = engine.with_scale([enrolled.probe for enrolled in extracted])
    if not probes:
        raise NothingToCompare("No scale says how rare such scores are, so that nothing is verified; search instead.")
    return probes


def _as_stored(index: int, enrolled: EnrolledSample) -> StoredTemplate:
    """Return a sample as if it were stored, by its place: what other samples are compared with."""
    return StoredTemplate(index, index, "", enrolled.sample.position, enrolled.template, _NO_LABEL)


def _note(engine: Engine, verification: Verification, samples: Sequence[Sample], probes: int) -> None:
    engine.store.note_verification(
        verification.record.id,
        probes=probes,
        files=[sample.image_sha256 for sample in samples],
        match=verification.match,
        target_fmr=verification.target_fmr,
        **verification.result.score.evidence.audited,
    )


def _require_purpose(engine: Engine) -> None:
    if act := engine.store.act:
        require_purpose(act.purpose, act.case_number)
