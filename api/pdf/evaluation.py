"""The evaluative report of a closed identification as a PDF, in the form of the guideline of ENFSI.

It states propositions, the data used, the likelihood ratio of the automatic comparison with its interval and cap, how
good such ratios are, and what they do not say. Source: European Network of Forensic Science Institutes, Guideline for
evaluative reporting in forensic science, 2015.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from api.localisation import languages
from api.localisation.value_labels import sample_word, word
from api.pdf.chart import Say
from api.pdf.fonts import FOLDER, writes_devanagari
from api.pdf.paper import Paper
from api.pdf.plot import Plot, PlotCurve
from biometrics.kernel.evidence import Strength
from biometrics.matching.likelihood import LikelihoodScale, Ratio
from biometrics.use_cases.evaluate import Evaluation

_HEIGHT: Final = 105.0  # millimetres of the plots


def evaluation_pdf(evaluation: Evaluation, language: languages.Language, unit: str, folder: Path = FOLDER) -> bytes:
    """Write the report in a language, in English where the machine has no font for it; `folder` has the fonts.

    `unit` is the unit that asked, with its name.

    The same case gives the same bytes in the same language on the same machine.
    """
    chosen = language if writes_devanagari(folder) else languages.language(languages.SOURCE)
    _, view = chosen.translations.gettext, evaluation.view
    title = _("Evaluative report in case {id}").format(id=view.number)
    moment = max([view.created_at, *(opinion.at for opinion in view.opinions)])
    paper = Paper(title, f"Pehchan {version('pehchan')} · {title}", moment, folder)
    paper.heading(title, 14)
    paper.facts(_facts(evaluation, unit, _))
    paper.heading(_("Propositions"))
    paper.facts(_propositions(evaluation, _))
    paper.heading(_("Result"))
    paper.text(result_text(evaluation, _), 11)
    if against := _against_text(evaluation, _):
        paper.heading(_("Identification against the automatic comparison"))
        paper.text(against)
    paper.heading(_("What it does not say"))
    paper.text("\n".join(f"- {limit}" for limit in _limits(evaluation, _)))
    if evaluation.ratio and evaluation.scale:
        paper.new_page()
        _write_data(paper, evaluation.scale, _)
        paper.new_page()
        _write_plots(paper, evaluation.scale, _)
    if paper.fonts.lacks:
        paper.text("Texts in other scripts are written in Latin letters: this machine has no font for them.", 8)
    return paper.bytes


def _facts(evaluation: Evaluation, unit: str, _: Say) -> Iterator[tuple[str, str]]:
    view = evaluation.view
    yield _("Case"), view.number
    yield _("Unit"), unit
    yield _("How it came up"), _(word(view.question.kind))
    yield _("Outcome"), _(word(view.outcome)) if view.outcome else _("none yet")
    for what, piece in ((_("Probe"), evaluation.probe), (_("Candidate"), evaluation.candidate)):
        digest = sha256(piece.content).hexdigest()
        position = _(sample_word(piece.image.modality, piece.image.position))
        yield what, f"{position}, SHA-256 {digest}"
    yield _("Software"), f"Pehchan {version('pehchan')}"


def _propositions(evaluation: Evaluation, _: Say) -> Iterator[tuple[str, str]]:
    if evaluation.probe.image.position is None:
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


def result_text(evaluation: Evaluation, _: Say) -> str:
    """Return what may be stated of the likelihood ratio, in words."""
    if evaluation.latent:
        return _(
            "No likelihood ratio can be stated: the probe is a latent, or may be one. The ratios are made from whole "
            "prints, and no data of ours show how they hold for latents. The identification rests on the examiners' "
            "opinions alone."
        )
    if evaluation.ratio is None or evaluation.scale is None:
        return _(
            "No likelihood ratio can be stated: there are no ratios for the model that compared these images. The "
            "identification rests on the examiners' opinions alone."
        )
    return _ratio_text(evaluation.ratio, evaluation.scale, _)


def _against_text(evaluation: Evaluation, _: Say) -> str:
    """Return that the identification contradicts the automatic comparison, and why all the same; else ""."""
    contrary = [opinion for opinion in evaluation.view.opinions if opinion.against_ratio]
    if not contrary:
        return ""
    text = _(
        "The automatic comparison supported two different sources. A supervisor decided the case, knowing that and "
        "both examiners' opinions."
    )
    grounds = [_("Grounds: {grounds}").format(grounds=opinion.grounds) for opinion in contrary if opinion.grounds]
    return "\n".join([text, *grounds])


def _ratio_text(ratio: Ratio, scale: LikelihoodScale, _: Say) -> str:
    most = _number(scale.bounds[1])
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
    numbers = {"low": _number(ratio.low), "high": _number(ratio.high), "most": most}
    numbers |= {"least": _number(-ratio.low), "inverse": _number(-ratio.high)}
    return f"{text.format(**numbers)}\n{_support_text(ratio, _)}"


def _support_text(ratio: Ratio, _: Say) -> str:
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


def _limits(evaluation: Evaluation, _: Say) -> Iterator[str]:
    yield _(
        "It is not the probability that the person is the source. That also depends on all other evidence in the case, "
        "which is for the court to weigh."
    )
    yield _(
        "It is about the score of a computer program for these two images. It is not the examiners' opinion, which is "
        "in the chart of the case, and it must not be multiplied with that opinion: both look at the same images."
    )
    yield _(
        "The person was found by searching a database. In a large database some people score high by chance: weigh how "
        "many people were searched, and what else points to this person."
    )
    if evaluation.ratio and evaluation.scale:
        yield _(
            "The data are public sets named in this report, not prints or photos of Indian police stations. For worn, "
            "wet or partial prints, or for relatives and twins, the ratio may be lower than stated here."
        )
        yield _("No ratio beyond the bounds of the data is stated, however high the score is.")


def _write_data(paper: Paper, scale: LikelihoodScale, _: Say) -> None:
    paper.heading(_("Data used"), 14)
    text = _("{subjects} subjects, {mated} comparisons of the same source, {others} of different sources")
    paper.facts(
        (each.name, text.format(subjects=f"{each.subjects:,}", mated=f"{each.mated:,}", others=f"{each.non_mated:,}"))
        for each in scale.sets
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
                    "{mated} comparisons of the same source and {others} of different sources, of sets that "
                    "had no part in the fit"
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


def _write_plots(paper: Paper, scale: LikelihoodScale, _: Say) -> None:
    quality = scale.quality
    paper.heading(_("How good such ratios are"), 14)
    tippett, ece = quality.tippett, quality.ece
    ends = [math.floor(float(tippett[0, 0])), math.ceil(float(tippett[-1, 0]))]
    powers = list(range(ends[0], ends[1] + 1))
    highest = max(0.2, math.ceil(10.0 * float(ece[:, 1:].max())) / 10.0)
    steps = [round(highest * step / 5, 3) for step in range(6)]
    paper.plots(
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
                legend=0.4,
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
