"""What an examiner is asked in court: who examined, how the software was validated, and what errors are known.

The published error rates are those of the sources that are named; the software's are counted on the data of its scale.
"""

from __future__ import annotations

import numpy as np

from api.pdf.paper import Paper, Translate
from biometrics.accounts.display_names import Names
from biometrics.matching.likelihood import LikelihoodScale
from biometrics.use_cases.casework.court_report import CourtReport


def write_examiners(paper: Paper, report: CourtReport, names: Names) -> None:
    """Write the qualification of each examiner, who was consulted, and who reviewed the testimony."""
    _, view = paper.locale.translate, report.case.view
    authors = dict.fromkeys(
        [*(analysis.actor for analysis in view.analyses), *(opinion.actor for opinion in view.opinions)]
    )
    paper.heading(_("Qualification and proficiency of the examiners"), 13)
    for author in authors:
        paper.fact_or_blank(names[author], report.qualifications.get(author, ""))
    paper.heading(_("Consultations, and review of testimony"))
    consulted = dict.fromkeys(names[comment.actor] for comment in view.comments)
    paper.text(
        _("Comments in the case were written by: {names}. They are printed below.").format(names=", ".join(consulted))
        if consulted
        else _("No comment by another person is recorded in the case.")
    )
    paper.blank(_("Other consultations"))
    paper.blank(_("Testimony reviewed by"))


def write_reliability(paper: Paper, report: CourtReport) -> None:
    """Write the validation of the software in this laboratory and the known error rates, with their sources."""
    _ = paper.locale.translate
    paper.heading(_("Validation of the software in this laboratory"), 13)
    paper.text(
        report.validation
        or _(
            "Not stated. ISO/IEC 17025 asks a laboratory to validate a method before it uses it; no validation by this "
            "laboratory is recorded in the service."
        )
    )
    paper.heading(_("Known error rates"), 13)
    has_ridges = all(image.image.modality.traits.has_ridges for image in report.images.values())
    paper.text("\n".join(f"- {line}" for line in (_of_print_examiners(_) if has_ridges else _of_face_examiners(_))))
    paper.text(f"- {_of_software(report.scale, _)}")
    paper.text(
        _(
            "No error rate of the examiners named here, and none of this laboratory, is recorded in the service. "
            "Rates of published studies are of their examiners and images, not of this case."
        )
    )


def _of_print_examiners(_: Translate) -> tuple[str, ...]:
    return (
        _(
            "Examiners of latent prints, United States: 0.1 % false identifications and 7.5 % false exclusions among "
            "comparisons of latents that were of value for identification. Ulery, Hicklin, Buscaglia and Roberts, "
            "Accuracy and reliability of forensic latent fingerprint decisions, PNAS 108(19), 2011."
        ),
        _(
            "President's Council of Advisors on Science and Technology (PCAST), Forensic Science in Criminal Courts, "
            "2016: false identifications could be as frequent as 1 in 306 by that study, and as 1 in 18 by another."
        ),
    )


def _of_face_examiners(_: Translate) -> tuple[str, ...]:
    return (
        _(
            "Examiners of faces: accuracy varied widely between individuals of each group in one test. Phillips et "
            "al., Face recognition accuracy of forensic examiners, superrecognizers, and face recognition "
            "algorithms, PNAS 115(24), 2018."
        ),
    )


def _of_software(scale: LikelihoodScale | None, _: Translate) -> str:
    if scale is None:
        return _("Software: no error rate is stated for this pair, because there is no scale for its comparison.")
    misled_same, misled_other = misleading(scale)
    return _(
        "Software: of {mated} comparisons of the same source in its test data, at most {same} % got a ratio that "
        "supports two sources; of {others} of different sources, at most {different} % got one that supports the same "
        "source. Read from the Tippett plot of the data named in this report."
    ).format(
        mated=f"{scale.quality.mated:,}",
        others=f"{scale.quality.non_mated:,}",
        same=f"{100 * misled_same:.2f}",
        different=f"{100 * misled_other:.2f}",
    )


def misleading(scale: LikelihoodScale) -> tuple[float, float]:
    """Return the shares of comparisons whose ratio is on the wrong side of 1: of the same source, of different ones.

    Each is the share at the point of the plot on the far side of 1, which is no less than it is at 1.
    """
    powers, same, different = scale.quality.tippett.T[:3]
    above = int(np.searchsorted(powers, 0.0))
    return 1.0 - float(same[above]), float(different[max(above - (powers[above] > 0.0), 0)])
