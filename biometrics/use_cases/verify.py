"""Verification: are these samples of the person on this record? (1:1)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biometrics.access.blinding import require_no_case
from biometrics.access.target_limit import require_few_targets
from biometrics.kernel.errors import NothingToCompare
from biometrics.kernel.evidence import Threshold
from biometrics.kernel.record import Record
from biometrics.kernel.targets import check_target
from biometrics.kernel.types import Sample
from biometrics.matching.calibration import threshold_for_fmr
from biometrics.matching.scoring import PersonScore, score_person, stated_at
from biometrics.storage.audit.log import Action
from biometrics.use_cases.blinded_images import require_other_images
from biometrics.use_cases.engine import Engine


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


def verify(engine: Engine, record_id: str, samples: Sequence[Sample], target_fmr: float) -> Verification:
    """Compare samples with every sample of one record.

    Raises:
        UnknownRecord, InvalidInput, NothingToCompare.
        TooManyTargets: the account has used too many targets with this record, which would find a withheld score.
        HiddenUntilDecided: the actor examines a case about one of the files, and has given no opinion.
    """
    check_target("target_fmr", target_fmr)
    record = engine.store.people.get(record_id)
    require_no_case(engine.store.database, engine.store.act, {sample.image_sha256 for sample in samples})
    probes = [sample.probe for sample in engine.extract(samples)]
    if not engine.with_scale(probes):
        raise NothingToCompare("No scale says how rare such scores are, so that nothing is verified; search instead.")
    references = engine.store.templates.of_records([record.id], engine.models).get(record.id, [])
    require_other_images(engine, [*(probe.template for probe in probes), *(stored.template for stored in references)])
    engine = engine.with_scales_in_force()
    result = score_person(engine.channels, engine.with_scale(probes), references)
    if result is None:
        raise NothingToCompare("The record holds no sample of the kind that was sent; send another finger, or a photo.")
    threshold = threshold_for_fmr(target_fmr)
    stated = stated_at(engine.channels, [sample.probe for sample in result.samples], threshold)
    verification = Verification(record, result, target_fmr, threshold, stated)
    engine.store.note(
        Action.VERIFIED,
        record.id,
        probes=len(probes),
        files=[sample.image_sha256 for sample in samples],
        match=verification.match,
        target_fmr=target_fmr,
        **result.score.evidence.audited,
    )
    require_few_targets(engine.store.database, engine.store.act, record.id)  # after the entry: two at once both count
    return verification
