"""`pehchan case`: the work of examiners and supervisors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.bootstrap.likelihood import likelihood_scales
from api.cli.arguments import AsJson, Photos, Ppi, Prints, read_file, read_samples
from api.cli.commands.record import named
from api.cli.operator import operated_engine, operated_store, with_names
from api.cli.terminal import more, print_result, table_with
from api.localisation import languages
from api.settings import Settings
from api.v1.cases_schemas import CaseOut, CasePageOut
from biometrics.accounts.display_names import names_of
from biometrics.cases.repository import CaseQuery, CaseReader
from biometrics.cases.view import CaseView
from biometrics.imaging.image import SUFFIXES
from biometrics.kernel.cases import CaseKind, CaseState, Conclusion, Finding, Pair
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.types import Sample
from biometrics.records.store import RecordStore
from biometrics.use_cases.casework import Casework
from biometrics.use_cases.check_enrolment import work_off
from biometrics.use_cases.engine import Engine
from biometrics.use_cases.evaluate import evaluate
from biometrics.use_cases.examine import image_of, images_of, open_case
from biometrics.use_cases.settle_cases import settle_soon

app = typer.Typer(help="Cases for examiners: is this the same person? See docs/cases.md.", no_args_is_help=True)

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]
Notes = Annotated[str, typer.Option(help="Your reasons, so that another examiner can follow them.")]
Because = Annotated[str, typer.Option(help="Reason.")]
ProbeImage = Annotated[str, typer.Option("--probe", help="Name of the probe's image that the opinion rests on.")]
CandidateImage = Annotated[
    str, typer.Option("--candidate", help="Name of the candidate's image that the opinion rests on.")
]


@app.command("list")
def list_cases(
    kind: Annotated[CaseKind | None, typer.Option(help="Only cases of this kind.")] = None,
    state: Annotated[CaseState | None, typer.Option(help="Only cases in this state; 'waiting': not taken yet.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only cases that you have a part in.")] = False,
    limit: Annotated[int, typer.Option(help="Maximum number of cases.")] = 50,
    after: Annotated[str | None, typer.Option(help="Continue where the last list ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """List cases, oldest first."""
    table = table_with("case", "kind", "state", "FIR", "your part", "opened", "outcome")
    with operated_store(Settings()) as store:
        page = _read_cases(store).find(CaseQuery(kind, state, True if mine else None), limit, after)
        shown = with_names(store, CasePageOut.of(page))
    for view in page.items:
        opened = f"{view.created_at:%Y-%m-%d %H:%M} UTC"
        fir = view.fir_number or ""
        table.add_row(view.number, view.question.kind, view.state, fir, view.part or "", opened, view.outcome or "")
    print_result(shown, as_json, table, *more(page.after))


@app.command()
def show(case: CaseId, as_json: AsJson = False) -> None:
    """Show the parts of a case that you may see now."""
    with operated_store(Settings()) as store:
        print_view(store, _read_cases(store).case(case), as_json)


@app.command("open")
def open_one(
    search: Annotated[str, typer.Argument(metavar="SEARCH", help="Id of the search.")],
    candidate: Annotated[str, typer.Option(help="Id or national number of the candidate's record.")],
    prints: Prints = None,
    photo: Photos = None,
    ppi: Ppi = None,
    file: Annotated[Path | None, typer.Option(help="The ANSI/NIST file of the search.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask examiners about a candidate of a search; give the search's original files."""
    settings = Settings()
    enclosed = _enclosed(file, settings) if file else []
    with operated_engine(settings) as engine:
        record_id = named(engine.store, candidate).id if len(candidate.strip()) == 10 else candidate
        view = open_case(engine, search, record_id, read_samples(prints, photo, ppi), enclosed)
        print_view(engine.store, view, as_json)


@app.command()
def take(case: CaseId, as_json: AsJson = False) -> None:
    """Take the open part of a case: first examiner, second examiner, or supervisor in a conflict."""
    _do(lambda cases: cases.take(case), as_json)


@app.command()
def release(case: CaseId, as_json: AsJson = False) -> None:
    """Release a case that you have not decided, so that another examiner can take it."""
    _do(lambda cases: cases.give_back(case), as_json)


@app.command()
def analyse(
    case: CaseId,
    notes: Notes,
    value: Annotated[bool, typer.Option("--value/--no-value", help="Is there enough to compare?")],
    as_json: AsJson = False,
) -> None:
    """Record what you see in the probe, before you see the candidate's images."""
    _do(lambda cases: cases.analyse(case, value, notes), as_json)


@app.command()
def images(
    case: CaseId, to: Annotated[Path, typer.Option(help="Folder for the files.")], as_json: AsJson = False
) -> None:
    """Write the images of a case that you may see now; the case keeps a record that you opened them."""
    to.mkdir(parents=True, exist_ok=True)
    files = []
    with operated_engine(Settings()) as engine:
        cases = cases_of(engine)
        for image in images_of(engine.store, cases.case(case)):
            file = image_of(engine.store, cases, case, image.name)
            path = to / f"{image.side}-{image.name}{SUFFIXES.get(file.media_type, '.bin')}"
            try:
                path.write_bytes(file.content)
            except OSError as error:
                raise InvalidField(f"{path} cannot be written: {error.strerror}.") from error
            files.append(str(path))
    print_result(files, as_json, *files)


@app.command()
def decide(
    case: CaseId,
    conclusion: Annotated[Conclusion, typer.Argument()],
    notes: Notes,
    probe: ProbeImage = "",
    candidate: CandidateImage = "",
    grounds: Annotated[
        str, typer.Option(help="A supervisor's reasons for an identification against the automatic comparison.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Give your opinion; an identification names the pair of images that it rests on."""
    _do(lambda cases: cases.decide(case, conclusion, notes, _pair(probe, candidate), grounds=grounds), as_json)


@app.command()
def supersede(
    case: CaseId,
    conclusion: Annotated[Conclusion, typer.Argument()],
    notes: Notes,
    because: Because,
    probe: ProbeImage = "",
    candidate: CandidateImage = "",
    as_json: AsJson = False,
) -> None:
    """Replace your opinion; the earlier one is kept."""
    _do(lambda cases: cases.supersede(case, conclusion, notes, because, _pair(probe, candidate)), as_json)


@app.command()
def withdraw(case: CaseId, because: Because, as_json: AsJson = False) -> None:
    """Close a case without an answer."""
    _do(lambda cases: cases.withdraw(case, because), as_json)


@app.command()
def report(
    case: CaseId,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF to write.")],
    language: Annotated[str, typer.Option(help="en or hi; Hindi needs a Devanagari font.")] = languages.SOURCE,
) -> None:
    """Write the evaluative report of a closed identification, for a court: its likelihood ratio, data and limits."""
    from api.pdf.evaluation import evaluation_pdf  # imported late: not needed to list and show

    if language not in languages.NAMES:
        raise InvalidField(f"There is no language {language}; choose {' or '.join(languages.NAMES)}.")
    settings = Settings()
    with operated_engine(settings) as engine:
        scales = likelihood_scales(settings.calibration_folder)
        evaluation = evaluate(engine, cases_of(engine), case, scales)
    try:
        out.write_bytes(evaluation_pdf(evaluation, languages.language(language)))
    except OSError as error:
        raise InvalidField(f"{out} cannot be written: {error.strerror}.") from error
    Console().print(str(out), markup=False, highlight=False, soft_wrap=True)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Run the pending duplicate checks; a running server does this on its own."""
    with operated_engine(Settings()) as engine:
        done = work_off(engine)
    print_result({"checked": done}, as_json, f"{done} enrolments checked.")


def cases_of(engine: Engine) -> Casework:
    """Return the cases as the account that the engine acts for may work on them."""
    return Casework(engine.store, engine.channels)


def _read_cases(store: RecordStore) -> CaseReader:
    assert store.act is not None, "an operator reads cases"
    return CaseReader(store.database, store.act)


def print_view(store: RecordStore, view: CaseView, as_json: bool = False) -> None:
    """Print the parts of a case that a person may see."""
    table = table_with("", "", show_header=False, title=f"Case {view.number}")
    table.add_row("id", view.id)
    question = view.question
    table.add_row("kind", question.kind)
    table.add_row("state", view.state)
    table.add_row("FIR", view.fir_number or "")
    table.add_row("your part", view.part or "none")
    if view.referral:
        table.add_row("examined by", view.referral.unit.path)
        for contact in view.referral.contacts:
            table.add_row("call", contact.contact)
    if question.search_id or question.record_id:
        table.add_row("asks", f"search {question.search_id}" if question.search_id else f"record {question.record_id}")
    if view.shows_candidate or (view.referral and question.candidate_id):
        table.add_row("candidate", f"record {question.candidate_id}")
    if view.finding:
        table.add_row("found", _finding_text(view.finding))
    for analysis in view.analyses:
        table.add_row("analysis", f"{'of value' if analysis.of_value else 'no value'}: {analysis.notes}")
    names = names_of(store.database, view.authors)
    for opinion in view.opinions:
        because = f" (superseded the one before: {opinion.because})" if opinion.because else ""
        pair = f" (rests on {opinion.probe} and {opinion.candidate})" if opinion.pair else ""
        informed = " (had read what the search found)" if opinion.actor in view.informed else ""
        against = " (against the automatic comparison)" if opinion.against_ratio else ""
        grounds = f" (grounds: {opinion.grounds})" if opinion.grounds else ""
        remarks = f"{pair}{because}{informed}{against}{grounds}"
        table.add_row(opinion.part, f"{opinion.conclusion} by {names[opinion.actor]}: {opinion.notes}{remarks}")
    for image in images_of(store, view):
        finger = image.modality.traits.name_of(image.position)
        table.add_row(f"image of the {image.side}", f"{image.name}: {finger}")
    if view.pair:
        table.add_row("rests on", " and ".join(view.pair))
    table.add_row("outcome", view.outcome or "none yet")
    if view.merge_pending:
        table.add_row("records", "not merged yet: an officer who may see both must merge them")
    print_result(with_names(store, CaseOut.of(view)), as_json, table)


def _finding_text(finding: Finding) -> str:
    evidence = finding.evidence
    return f"{evidence.figure} decibans: {evidence.sentence}; place {finding.rank}, {finding.hint}"


def _pair(probe: str, candidate: str) -> Pair | None:
    if bool(probe) is not bool(candidate):
        raise InvalidField("Name both images of the pair, with --probe and --candidate, or neither.")
    return (probe, candidate) if probe else None


def _enclosed(file: Path, settings: Settings) -> list[Sample]:
    from api.itl import case_samples, table  # imported late: not needed to list and show

    return case_samples.enclosed_samples(read_file(file), table.TransactionTable.load(settings.itl_table))


def _do(step: Callable[[Casework], CaseView], as_json: bool) -> None:
    with operated_engine(Settings()) as engine:
        view = step(cases_of(engine))
        settle_soon(engine.store)
        print_view(engine.store, view, as_json)
