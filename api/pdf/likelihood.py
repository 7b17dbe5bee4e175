"""The likelihood ratio of an identification on paper: what it says, what it does not say, and the data behind it.

Form and words are those of: European Network of Forensic Science Institutes, Guideline for evaluative reporting in
forensic science, 2015.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from api.localisation.basis_labels import against_line
from api.localisation.translatable import N_
from api.localisation.value_labels import word
from api.pdf.paper import Paper, Translate
from api.pdf.plot import Plot, PlotCurve, plots
from biometrics.kernel.casework.cases import CaseKind
from biometrics.kernel.recognition.evidence import Strength
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.use_cases.casework.court_report import CourtReport

_HEIGHT: Final = 105.0  # millimetres of the plots
# Sets of the shipped scales whose names say more than what a set is called.
SYNTHETIC: Final = frozenset({"FVC2002/DB4_B", "FVC2004/DB4_B"})  # made by the SFinGe generator (docs/accuracy.md)
SETS: Final = (N_("fingerprint/SOCOFing, same finger"), N_("face/lfw, one look of 40"))


def write_likelihood(paper: Paper, report: CourtReport) -> None:
    """Write what may be stated of an identification, and its limits."""
    _ = paper.locale.translate
    paper.heading(_("Propositions"))
    paper.facts(_propositions(report, _))
    paper.heading(_("Result for the pair of images"))
    paper.text(result_text(report, _), 11)
    if against := _against_text(report, _):
        paper.heading(_("Conclusion against the automatic comparison"))
        paper.text(against)
    paper.heading(_("What it does not say"))
    paper.text("\n".join(f"- {limit}" for limit in _limits(report, _)))


def write_data(paper: Paper, scale: LikelihoodScale) -> None:
    """Write the data that a ratio was made from, and how good such ratios are, on pages of their own."""
    paper.new_page()
    _write_data(paper, scale, paper.locale.translate)
    paper.new_page(across=True)
    _write_plots(paper, scale, paper.locale.translate)


def _propositions(report: CourtReport, _: Translate) -> Iterator[tuple[str, str]]:
    modality = report.images[report.pair[0]].image.modality if report.pair else None
    if modality is not None and not modality.traits.has_fingers:
        yield _("First proposition"), _("Both photos show the same person.")
        yield (
            _("Second proposition"),
            _(
                "The photos show two different people, who resemble each other no more than "
                "the people of one look in the data do."
            ),
        )
    else:
        yield _("First proposition"), _("Both prints were left by the same finger.")
        yield (
            _("Second proposition"),
            _("The prints were left by fingers of two different people, who are not related."),
        )


def result_text(report: CourtReport, _: Translate) -> str:
    """Return what may be stated of the likelihood ratio, in words."""
    if report.pair is None:
        return _(
            "No likelihood ratio can be stated: the opinions name no pair of images, or one of them is not stored any "
            "more. The conclusion rests on the examiners' opinions alone."
        )
    if report.latent:
        return _(
            "No likelihood ratio can be stated: the probe is a latent, or may be one. The ratios are made from whole "
            "prints, and no data of ours show how they hold for latents. The conclusion rests on the examiners' "
            "opinions alone."
        )
    if report.excludes_nobody:
        return _(
            "No likelihood ratio is stated: one of the photos is too poor to exclude anybody. The conclusion rests on "
            "the examiners' opinions alone."
        )
    if report.ratio is None or report.scale is None:
        return _(
            "No likelihood ratio can be stated: there are no ratios for the model that compared these images. The "
            "conclusion rests on the examiners' opinions alone."
        )
    return _ratio_text(report.ratio, report.scale, _)


def _against_text(report: CourtReport, _: Translate) -> str:
    """Return a sentence if an opinion contradicts the automatic comparison, with the reason; else ""."""
    contrary = [opinion for opinion in report.case.view.opinions if opinion.against_ratio]
    if not contrary:
        return ""
    text = _("A supervisor decided the case, knowing the automatic comparison and both examiners' opinions.")
    text = f"{against_line(contrary[0], _)} {text}"
    grounds = [_("Grounds: {grounds}").format(grounds=opinion.grounds) for opinion in contrary if opinion.grounds]
    return "\n".join([text, *grounds])


def _ratio_text(ratio: Ratio, scale: LikelihoodScale, _: Translate) -> str:
    highest = _number(scale.bounds[1])
    if ratio.above:
        text = _(
            "The score of the automatic comparison is at least {low} times more likely if the first proposition is "
            "true than if the second is. The data cannot show more than {most}."
        )
    elif ratio.below:
        text = _(
            "The score of the automatic comparison is at least {least} times more likely if the second proposition is "
            "true than if the first is. The data cannot show more."
        )
    elif ratio.low < 0.0 < ratio.high:
        text = _("The score of the automatic comparison does not tell the two propositions apart.")
    elif ratio.low < 0.0:
        text = _(
            "The score of the automatic comparison is between {inverse} and {least} times more likely if the second "
            "proposition is true than if the first is (97 % interval)."
        )
    elif ratio.high >= scale.bounds[1]:
        text = _(
            "The score of the automatic comparison is {low} times more likely, or more, if the first proposition is "
            "true than if the second is (lower end of the 97 % interval). The data cannot show more than {most}."
        )
    else:
        text = _(
            "The score of the automatic comparison is between {low} and {high} times more likely if the first "
            "proposition is true than if the second is (97 % interval)."
        )
    numbers = {"low": _number(ratio.low), "high": _number(ratio.high), "most": highest}
    numbers |= {"least": _number(-ratio.low), "inverse": _number(-ratio.high)}
    return f"{text.format(**numbers)}\n{_support_text(ratio, _)}"


def _support_text(ratio: Ratio, _: Translate) -> str:
    strength = Strength.of(ratio.stated)
    if strength is Strength.NONE:
        return _("By the words of the guideline, it supports neither proposition over the other.")
    text = (
        _("By the words of the guideline, this is {support} for the first proposition over the second.")
        if ratio.stated > 0.0
        else _("By the words of the guideline, this is {support} for the second proposition over the first.")
    )
    return text.format(support=_(word(strength)))


def _number(power: float) -> str:
    """Write ten to a power, rounded down to two digits."""
    value = 10.0 ** max(power, 0.0)
    if value < 10.0:
        return f"{math.floor(10.0 * value + 1e-9) / 10.0:g}"
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return f"{int(value // unit) * int(unit):,}"


def _limits(report: CourtReport, _: Translate) -> Iterator[str]:
    yield _(
        "It is not the probability that the person is the source. That also depends on all other evidence in the case, "
        "which is for the court to weigh."
    )
    yield _(
        "It is about the score of a computer program for these two images. It is not the examiners' opinion, which is "
        "above, and it must not be multiplied with that opinion: both look at the same images."
    )
    if report.search is not None and report.case.view.question.kind in (CaseKind.SEARCH_HIT, CaseKind.LATENT_HIT):
        yield _(
            "The person was found by searching {people} people on record. In a large collection some people score high "
            "by chance: weigh this number, and what else points to this person."
        ).format(people=f"{report.search.search.gallery_size:,}")
    else:
        yield _(
            "The two were compared because the service compares each new enrolment, or each new latent, with many "
            "others. Among many, some score high by chance: weigh this, and what else points to this person."
        )
    if report.ratio and report.scale:
        yield _(
            "The data are public sets named in this report, not prints or photos of Indian police stations. For worn, "
            "wet or partial prints, or for relatives and twins, the ratio may be lower than stated here."
        )
        yield _("No ratio beyond the bounds of the data is stated, however high the score is.")


def _write_data(paper: Paper, scale: LikelihoodScale, _: Translate) -> None:
    paper.heading(_("Data used"), 14)
    text = _("{subjects} subjects, {mated} comparisons of the same source, {others} of different sources")
    made_up = _(
        "SYNTHETIC, no person's prints: {subjects} generated fingers, {mated} comparisons of the same finger, "
        "{others} of different ones"
    )
    paper.facts(
        (
            _(data_set.name),
            (made_up if data_set.name in SYNTHETIC else text).format(
                subjects=f"{data_set.subjects:,}", mated=f"{data_set.mated:,}", others=f"{data_set.non_mated:,}"
            ),
        )
        for data_set in scale.sets
    )
    if any(data_set.name.startswith("FVC") for data_set in scale.sets):
        paper.text(
            _(
                "The parameters of the fingerprint matcher were chosen with the FVC sets in view. The figures below "
                "are therefore better than they would be on prints that played no part in its development."
            )
        )
    quality = scale.quality
    paper.heading(_("How the ratio is made"))
    paper.text(
        _(
            "The ratio is how often comparisons of the same source give this score, over how often comparisons of "
            "different sources do. Sets of prints or photos differ, so the interval shows what populations that were "
            "not measured may show, and its lower end counts. Where the data end, no more is stated."
        )
    )
    paper.facts(
        (
            (
                _("Bounds of the ratio"),
                _("{low} for the second proposition, {high} for the first").format(
                    low=_number(-scale.bounds[0]), high=_number(scale.bounds[1])
                ),
            ),
            ("Cllr", f"{quality.cllr:.3f}"),
            ("Cllr-min", f"{quality.cllr_min:.3f}"),
            (
                _("Seen on"),
                _(
                    "{mated} comparisons of the same source and {others} of different sources: all of each set, drawn "
                    "at random where it has more than 20,000. The ratios of a set are those of a fit without that set."
                ).format(mated=f"{quality.mated:,}", others=f"{quality.non_mated:,}"),
            ),
            (_("Model (SHA-256)"), scale.model),
            (_("Ratios (SHA-256)"), scale.digest),
        )
    )
    paper.text(
        _(
            "Cllr is the cost of the ratios: 0 for perfect ones, 1 for ratios that say nothing, more for ratios that "
            "mislead. Cllr-min is the part that remains if the ratios were the best possible for this order of scores; "
            "the rest is miscalibration."
        )
    )


def _write_plots(paper: Paper, scale: LikelihoodScale, _: Translate) -> None:
    quality = scale.quality
    paper.heading(_("How good such ratios are"), 14)
    tippett, ece = quality.tippett, quality.ece
    ends = [math.floor(float(tippett[0, 0])), math.ceil(float(tippett[-1, 0]))]
    powers = list(range(ends[0], ends[1] + 1))
    highest = max(0.2, math.ceil(10.0 * float(ece[:, 1:].max())) / 10.0)
    steps = [round(highest * step / 5, 3) for step in range(6)]
    plots(
        paper,
        [
            Plot(
                _("Tippett plot"),
                _("likelihood ratio, powers of ten"),
                _("share that reaches it"),
                powers,
                [0.0, 0.25, 0.5, 0.75, 1.0],
                [
                    PlotCurve(_("same source"), tippett[:, [0, 1]]),
                    PlotCurve(_("different sources"), tippett[:, [0, 2]]),
                ],
                mark=0.0,
            ),
            Plot(
                _("Empirical cross-entropy"),
                _("prior odds, powers of ten"),
                _("bits"),
                [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0],
                steps,
                [
                    PlotCurve(_("these ratios"), ece[:, [0, 1]]),
                    PlotCurve(_("best possible"), ece[:, [0, 2]]),
                    PlotCurve(_("no ratios"), ece[:, [0, 3]]),
                ],
                mark=0.0,
            ),
        ],
        _HEIGHT,
    )
    paper.text(
        _(
            "Tippett plot: the share of comparisons whose ratio is at least this high. Left of 1, comparisons of the "
            "same source mislead; right of it, those of different sources do. Empirical cross-entropy: how much is "
            "still unknown after the ratio, for each prior. The nearer the ratios are to the best possible, and the "
            "further below those that say nothing, the better. At prior odds of 1 it is Cllr."
        )
    )
