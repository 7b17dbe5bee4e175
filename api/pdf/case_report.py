"""The report of a closed case for a court: one document with all that the service knows of the examination.

It is in the reader's language if the machine has a font for it, else in English. What the page of the case shows is
said in the same words here, by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from api.localisation.basis_labels import against_line, basis_lines
from api.localisation.image_labels import adjustment_text, drawing_lines, label_of, look_text
from api.localisation.languages import Language
from api.localisation.strength_labels import PLACE
from api.localisation.value_labels import word
from api.pdf.case_images import CaseLabels, case_labels, write_charts, write_images
from api.pdf.custody import write_custody
from api.pdf.fonts import FOLDER
from api.pdf.likelihood import write_data, write_likelihood
from api.pdf.paper import HashedFile, Locale, Paper, Signature, Translate, WrittenPaper
from api.pdf.people import UnitLabels, exhibit_text, person_facts
from api.pdf.reliability import write_examiners, write_reliability
from biometrics.accounts.display_names import Names, names_of
from biometrics.cases.view import CaseView
from biometrics.kernel.casework.annotations import in_both
from biometrics.kernel.casework.cases import CaseKind, Dispute, Side
from biometrics.kernel.casework.opinions import Analysis, Opinion
from biometrics.kernel.recognition.reading import PlacedBy
from biometrics.storage.database.engine import Database
from biometrics.use_cases.casework.court_report import CourtReport


def case_report_pdf(
    database: Database, report: CourtReport, language: Language, zone: str = "", folder: Path = FOLDER
) -> WrittenPaper:
    """Write the report in a language, with moments in a time zone, by default this machine's; `folder` has the fonts.

    The same case gives the same bytes in the same language on the same machine.
    """
    view, locale = report.case.view, Locale.writable(language, zone, folder)
    _, labels = locale.translate, case_labels(report, locale.translate)
    last = max([view.created_at, *(opinion.at for opinion in view.opinions)])
    paper = Paper(_("Examination report, case {number}").format(number=view.number), last, locale, folder)
    actors = {step.actor for step in report.case.steps} | {image.received_by for image in report.images.values()}
    names = names_of(database, actors | view.authors)
    units = UnitLabels(database, locale)
    paper.heading(_("Examination report"), 16)
    paper.blank(_("To (court or office)"))
    paper.blank(_("Date of issue"))
    paper.facts(_facts(paper, report, units))
    for title, person in _people(report, paper):
        paper.heading(title)
        paper.facts(person)
    paper.heading(_("Conclusion"))
    paper.text(_conclusion(view, labels, paper), 11)
    paper.text(
        _(
            "How strongly the automatic comparison supports either side, or why nothing is stated, is said once: under "
            "“Evaluation of the automatic comparison”."
        )
    )
    paper.heading(_("How the candidate came up"))
    paper.text("\n".join(_origin_lines(report, _)))
    for line in _placed_lines(report, _):
        paper.text(line)
    paper.heading(_("Opinions"), 13)
    _write_opinions(paper, view, labels, names, units)
    _write_disputes(paper, view, names)
    write_examiners(paper, report, names)
    _write_exhibits(paper, report, labels)
    write_images(paper, report, labels)
    write_charts(paper, report, labels, names)
    paper.new_page()
    write_custody(paper, report, labels, names, units)
    paper.heading(_("Evaluation of the automatic comparison"), 13)
    write_likelihood(paper, report)
    if report.ratio and report.scale:
        write_data(paper, report.scale)
        paper.new_page()
    _write_comments(paper, view, names)
    write_reliability(paper, report)
    _write_method(paper, report)
    paper.heading(_("Signatures"), 13)
    paper.signatures([*_signatures(view, names, units, paper), Signature("", _("Issuing officer"))])
    return paper.finished(
        HashedFile(f"{_(word(piece.image.side))}: {labels[name]}", piece.sha256)
        for name, piece in report.images.items()
    )


def _facts(paper: Paper, report: CourtReport, units: UnitLabels) -> Iterator[tuple[str, str]]:
    view, _ = report.case.view, paper.locale.translate
    yield _("Case"), view.number
    yield _("FIR"), view.fir_number or ""
    yield _("How it came up"), _(word(view.question.kind))
    yield _("State of the case"), _(word(view.state))
    yield _("Requested by"), units.label(view.question.unit.path)
    yield _("Opened"), paper.locale.second(view.created_at)
    if view.opinions:
        yield _("Last opinion"), paper.locale.second(view.opinions[-1].at)


def _origin_lines(report: CourtReport, _: Translate) -> Iterator[str]:
    """Yield how the two came to be compared: how many people were searched, and at which place the candidate stood."""
    view, search = report.case.view, report.search
    if view.finding and view.finding.people is not None:
        yield _(
            "The service compared a new enrolment with the {people} people on record; nobody searched for this person."
        ).format(people=f"{view.finding.people:,}")
    elif view.question.kind is CaseKind.LATENT_LINK:
        yield _(
            "The service compares each new latent with those of unsolved offences. With how many it compared this one "
            "is not stored with the case."
        )
    elif search is None:
        yield _("The search that led to the case is not stored any more; how many people it compared is not known.")
    elif view.question.kind is CaseKind.STANDING_HIT:
        yield _(
            "An officer searched {people} people on record and kept the search open: it was then compared with each "
            "new enrolment, and the candidate is one of these. How many they were is not stored with the case."
        ).format(people=f"{search.search.gallery_size:,}")
    else:
        yield _("A search of {people} people on record returned the candidate.").format(
            people=f"{search.search.gallery_size:,}"
        )
    if view.finding:
        yield _(PLACE) % {"rank": view.finding.rank}


def _write_disputes(paper: Paper, view: CaseView, names: Names) -> None:
    """Write why the examiners' opinions did not close the case, with the patterns and grounds that they differ in."""
    if not view.disputes:
        return
    _ = paper.locale.translate
    paper.heading(_("Why a supervisor decided"))
    paper.text("\n".join(_(word(dispute)) for dispute in view.disputes))
    if Dispute.PATTERN in view.disputes:
        patterns = {analysis.actor: analysis.pattern for analysis in view.analyses if analysis.pattern}
        paper.facts((names[actor], _(word(pattern))) for actor, pattern in patterns.items())
    paper.facts((_("Grounds of the supervisor"), opinion.grounds) for opinion in view.opinions if opinion.grounds)


def _write_exhibits(paper: Paper, report: CourtReport, labels: CaseLabels) -> None:
    """Write the list of exhibits, and of the parts that follow as appendices."""
    _ = paper.locale.translate
    paper.heading(_("Exhibits and appendices"), 13)
    rows = []
    for number, (name, piece) in enumerate(report.images.items(), start=1):
        stated = exhibit_text(piece.search.search.exhibit, paper.locale) if piece.search else ""
        rows.append((str(number), f"{_(word(piece.image.side))}: {labels[name]}", stated, piece.sha256))
    paper.table((_("No."), _("Exhibit"), _("Stated with it"), _("SHA-256")), rows, (10, 46, 58, 64))
    paper.text(
        _(
            "Appendices: images; charts; chain of custody; evaluation of the automatic comparison; validation and "
            "error rates; certificate under section 63(4) BSA with its hash report (separate document)."
        )
    )


def _placed_lines(report: CourtReport, _: Translate) -> Iterator[str]:
    """Yield who placed the minutiae that were marked on the latent of the search; its views have the same ones."""
    readings = [probe.reading for probe in report.search.search.probes] if report.search else []
    for placed_by in dict.fromkeys(reading.placed_by for reading in readings if reading and reading.placed_by):
        yield _(
            "Minutiae marked on the latent before the search, by the file of the marks: {examiner} placed by the "
            "examiner, {software} suggested by the software and accepted by the examiner, {unknown} of which it does "
            "not say who placed them."
        ).format(
            examiner=placed_by.count(PlacedBy.EXAMINER),
            software=placed_by.count(PlacedBy.SOFTWARE),
            unknown=placed_by.count(None),
        )


def _people(report: CourtReport, paper: Paper) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """Yield each record of the case once, with the side that it is on."""
    _, people = paper.locale.translate, report.people
    probe, candidate = people.get(Side.PROBE), people.get(Side.CANDIDATE)
    if probe and candidate and probe.id == candidate.id:
        yield _("Person: probe and candidate"), list(person_facts(candidate.person, paper.locale))
        return
    if probe:
        yield _("Person of the probe"), list(person_facts(probe.person, paper.locale))
    if candidate:
        yield _("Person of the candidate"), list(person_facts(candidate.person, paper.locale))


def _conclusion(view: CaseView, labels: CaseLabels, paper: Paper) -> str:
    _ = paper.locale.translate
    assert view.outcome is not None, "a closed case has an outcome"
    text = _("Outcome: %(outcome)s") % {"outcome": _(word(view.outcome))}
    if view.pair is None:
        return text
    probe, candidate = (label_of(name, labels, _) for name in view.pair)
    return f"{text}\n{_('Based on %(probe)s and %(candidate)s') % {'probe': probe, 'candidate': candidate}}"


def _write_opinions(paper: Paper, view: CaseView, labels: CaseLabels, names: Names, units: UnitLabels) -> None:
    _ = paper.locale.translate
    for analysis in view.analyses:
        value = _("of value") if analysis.of_value else _("of no value")
        paper.heading(f"{_('Analysis')}: {value}")
        paper.text("\n".join(_analysis_lines(paper, analysis, labels, names)))
    for opinion in view.opinions:
        paper.heading(f"{_(word(opinion.part))}: {_(word(opinion.conclusion))}")
        paper.text("\n".join(_opinion_lines(paper, view, opinion, labels, names, units)))


def _analysis_lines(paper: Paper, analysis: Analysis, labels: CaseLabels, names: Names) -> Iterator[str]:
    _ = paper.locale.translate
    yield analysis.notes
    yield f"{names[analysis.actor]}, {paper.locale.second(analysis.at)}"
    if analysis.pattern:
        yield _("Pattern class: {pattern}").format(pattern=f"{_(word(analysis.pattern))} ({analysis.pattern})")
    if analysis.marks is not None:
        yield _("Features marked on the probe: {number}").format(number=len(analysis.marks))
    yield from drawing_lines(analysis.drawings, labels, _)


def _opinion_lines(
    paper: Paper, view: CaseView, opinion: Opinion, labels: CaseLabels, names: Names, units: UnitLabels
) -> Iterator[str]:
    _ = paper.locale.translate
    if opinion.because:
        yield _("Supersedes the previous opinion: {reason}").format(reason=opinion.because)
    yield opinion.notes
    yield from basis_lines(opinion, _)
    unit = f", {units.label(opinion.unit)}" if opinion.unit else ""
    yield f"{names[opinion.actor]}{unit}, {paper.locale.second(opinion.at)}"
    if opinion.against_ratio:
        yield against_line(opinion, _)
    if opinion.grounds:
        yield _("Grounds: {grounds}").format(grounds=opinion.grounds)
    if opinion.pair:
        probe, candidate = (label_of(name, labels, _) for name in opinion.pair)
        yield _("Based on %(probe)s and %(candidate)s.") % {"probe": probe, "candidate": candidate}
    if opinion.marks:
        paired = in_both(opinion.marks)
        yield _("Correspondences marked in both images: {number}; features marked in one only: {single}").format(
            number=paired, single=len(opinion.marks) - paired
        )
    yield from drawing_lines(opinion.drawings, labels, _)
    if opinion.unmarked_because:
        yield _("No correspondence marked: {reason}").format(reason=opinion.unmarked_because)
    if late := view.after_analysis(opinion):
        yield _("Marked on the probe, or changed, after the analysis: {numbers}").format(
            numbers=", ".join(map(str, sorted(late)))
        )
    if opinion.looked_at:
        looks = ", ".join(look_text(look, labels, _) for look in opinion.looked_at)
        yield _("Looked at: {images}").format(images=looks)
    if opinion.adjustments:
        texts = "; ".join(adjustment_text(adjustment, labels, _) for adjustment in opinion.adjustments)
        yield _("How the images were displayed, in order, by the examiner's workbench: {adjustments}").format(
            adjustments=texts
        )
    if opinion.actor in view.informed:
        yield _("Had read the search results before taking the case.")


def _write_comments(paper: Paper, view: CaseView, names: Names) -> None:
    """Write the comments on the case, for disclosure."""
    if not view.comments:
        return
    _ = paper.locale.translate
    paper.heading(_("Comments"), 13)
    paper.text(_("Comments are never evidence: no opinion rests on them."))
    for comment in view.comments:
        paper.text(f"{names[comment.actor]}, {paper.locale.moment(comment.at)}: {comment.text}")


def _write_method(paper: Paper, report: CourtReport) -> None:
    _ = paper.locale.translate
    paper.heading(_("Method"), 13)
    paper.text(
        _(
            "The method is ACE-V: analysis, comparison, evaluation, verification. Terms: SWGFAST, Standards for "
            "Examining Friction Ridge Impressions and Resulting Conclusions, and OSAC's friction ridge subcommittee."
        )
    )
    paper.text(
        _(
            "The evaluation of the automatic comparison takes the form of: European Network of Forensic Science "
            "Institutes, Guideline for evaluative reporting in forensic science, 2015."
        )
    )
    models = {image.template.model for image in report.images.values() if image.template}
    paper.facts(
        (
            (_("Software"), f"Pehchan {version('pehchan')}"),
            (_("Model (SHA-256)"), "\n".join(sorted(models))),
        )
    )


def _signatures(view: CaseView, names: Names, units: UnitLabels, paper: Paper) -> Iterator[Signature]:
    """Yield a block for each author of an opinion, in the order of their parts."""
    last = {opinion.actor: opinion for opinion in view.opinions}
    for opinion in last.values():
        unit = f", {units.label(opinion.unit)}" if opinion.unit else ""
        yield Signature(names[opinion.actor], f"{paper.locale.translate(word(opinion.part))}{unit}")
