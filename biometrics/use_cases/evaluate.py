"""Use case: how strong the automatic comparison behind an identification is as evidence, for a report to a court."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from biometrics.cases.view import CaseView
from biometrics.kernel.cases import CaseKind
from biometrics.kernel.errors import NothingToCompare
from biometrics.kernel.types import FingerPosition
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.use_cases.casework import Casework
from biometrics.use_cases.compare import CaseExhibit, piece_of, recogniser_of, require_one_model
from biometrics.use_cases.engine import Engine


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A closed identification, the two images that it rests on, and the likelihood ratio of their comparison.

    `scale` is None if there are no ratios for the model, `ratio` also for a latent: ratios are made from whole prints.
    """

    view: CaseView
    probe: CaseExhibit
    candidate: CaseExhibit
    latent: bool
    scale: LikelihoodScale | None
    ratio: Ratio | None


def evaluate(engine: Engine, cases: Casework, case_id: str, scales: Mapping[str, LikelihoodScale]) -> Evaluation:
    """Compare the pair of images of a closed identification once more; `scales` are by the digest of their model.

    The audit log names the report and both images.

    Raises:
        UnknownCase, OutOfJurisdiction: as for `image_of`.
        WrongStep: the case is not closed with an identification that names its pair of images.
        NothingToCompare: nothing is stored of an image that today's model can read, or the pair is of two fingers.
    """
    view = cases.evaluated(case_id)
    assert view.pair is not None, "Casework.evaluated refuses a case without a pair"
    probe, candidate = (piece_of(engine, cases, view.id, name) for name in view.pair)
    positions = [piece.image.position or FingerPosition.UNKNOWN for piece in (probe, candidate)]
    if not positions[0].may_be(positions[1]):
        raise NothingToCompare(
            "The case rests on two different fingers, which an earlier version accepted; have it decided again."
        )
    require_one_model(probe, candidate)
    recogniser = recogniser_of(engine, probe)
    uncalibrated = view.finding is not None and not view.finding.evidence.calibrated
    latent = view.question.kind is CaseKind.LATENT_HIT or uncalibrated
    scale = scales.get(recogniser.model)
    if latent or scale is None:
        return Evaluation(view, probe, candidate, latent, scale, None)
    raw = recogniser.compare(probe.exhibit.template, [candidate.exhibit.template])
    return Evaluation(view, probe, candidate, latent, scale, scale.ratio(float(raw[0])))
