"""`pehchan case`: the work of examiners and supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from api.cli.arguments import AsJson, json_of, read_file, write_file
from api.cli.operator import operated_engine, service
from api.cli.pending_checks import check_pending
from api.cli.sample_options import takes_samples
from api.cli.terminal import ResultTable, moment, more, print_result
from api.client import Client
from api.client.form_fields import form_fields
from api.localisation import languages
from api.settings import Settings
from api.v1.cases_schemas import (
    AnalysisOut,
    CaseImageOut,
    CaseOut,
    CasePageOut,
    DrawingOut,
    ExaminerOut,
    OpinionOut,
    PairOut,
    WorkingMarksOut,
)
from biometrics.imaging.image import SUFFIXES
from biometrics.kernel.cases import CaseKind, CaseState, Conclusion, PatternClass
from biometrics.kernel.drawings import DrawingKind
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.types import Sample
from biometrics.use_cases.link_latents import work_off_links

app = typer.Typer(help="Cases for examiners: is this the same person? See docs/cases.md.", no_args_is_help=True)

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]
Notes = Annotated[str, typer.Option(help="Your reasons, so that another examiner can follow them.")]
Because = Annotated[str, typer.Option(help="Reason.")]
ProbeImage = Annotated[str, typer.Option("--probe", help="Name of the probe's image that the opinion rests on.")]
CandidateImage = Annotated[
    str, typer.Option("--candidate", help="Name of the candidate's image that the opinion rests on.")
]

MarkFile = Annotated[
    Path | None, typer.Option("--marks", metavar="FILE", help="JSON: the list of marked features, as over HTTP.")
]

DrawingFile = Annotated[
    Path | None,
    typer.Option("--drawings", metavar="FILE", help="JSON: the list of ridge counts and tracings, as over HTTP."),
]

BasisFile = Annotated[
    Path | None,
    typer.Option("--basis", metavar="FILE", help="JSON: the grounds of an opinion about prints, as over HTTP."),
]

Unmarked = Annotated[str, typer.Option(help="Why an identification of two prints marks no feature in both.")]


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
    table = ResultTable("case", "kind", "state", "FIR", "your part", "opened", "outcome", drop=("your part", "outcome"))
    with service("cases") as client:
        query = {"kind": kind, "state": state, "mine": True if mine else None}
        page = client.listed(CasePageOut, "cases", limit=limit, after=after, **query)
    for case in page.cases:
        opened = moment(case.created_at)
        fir = case.fir_number or ""
        table.add_row(case.number, case.kind, case.state, fir, case.part or "", opened, case.outcome or "")
    print_result(page, as_json, table, *more(page.next))


@app.command()
def show(case: CaseId, as_json: AsJson = False) -> None:
    """Show the parts of a case that you may see now."""
    with service("cases", "case_images") as client:
        _print(client, client.send(CaseOut, "GET", "cases", case), as_json)


@app.command("open")
@takes_samples
def open_one(
    search: Annotated[str, typer.Argument(metavar="SEARCH", help="Id of the search.")],
    candidate: Annotated[str, typer.Option(help="Id or national number of the candidate's record.")],
    *,
    samples: list[Sample],
    file: Annotated[Path | None, typer.Option(help="The ANSI/NIST file of the search.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask examiners about a candidate of a search; give the search's original files only if none is kept."""
    with service("records", "cases", "case_images") as client:
        form = form_fields({"search_id": search, "record_id": client.record_id(candidate)}, samples)
        if file:
            form["files"].append(("transaction", (file.name, read_file(file))))
        _print(client, client.send(CaseOut, "POST", "cases", **form), as_json)


@app.command()
def take(case: CaseId, as_json: AsJson = False) -> None:
    """Take the open part of a case: first examiner, second examiner, or supervisor in a conflict."""
    _do(case, "take", None, as_json)


@app.command()
def examiners(case: CaseId, as_json: AsJson = False) -> None:
    """List the examiners that you may assign a case to."""
    table = ResultTable("name", "unit", "id")
    with service("cases") as client:
        found = client.send(list[ExaminerOut], "GET", "cases", case, "examiners")
    for one in found:
        table.add_row(one.name, one.unit, one.id)
    print_result(found, as_json, table)


@app.command()
def assign(
    case: CaseId,
    examiner: Annotated[str, typer.Argument(metavar="EXAMINER", help="Login or id of the examiner's account.")],
    as_json: AsJson = False,
) -> None:
    """Assign a case to an examiner, also in the place of one who has not decided; you cannot examine it then."""
    _do(case, "assignment", {"examiner": examiner}, as_json)


@app.command()
def comment(case: CaseId, text: Annotated[str, typer.Argument(metavar="TEXT")], as_json: AsJson = False) -> None:
    """Write a comment on an open case; it is never evidence, and cannot be changed."""
    _do(case, "comments", {"text": text}, as_json)


@app.command()
def release(case: CaseId, as_json: AsJson = False) -> None:
    """Release a case that you have not decided, so that another examiner can take it."""
    _do(case, "give-back", None, as_json)


@app.command()
def analyse(
    case: CaseId,
    notes: Notes,
    value: Annotated[bool, typer.Option("--value/--no-value", help="Is there enough to compare?")],
    pattern: Annotated[
        PatternClass | None, typer.Option(help="Pattern class, a code of ANSI/NIST-ITL, field 9.307.")
    ] = None,
    marks: MarkFile = None,
    drawings: DrawingFile = None,
    as_json: AsJson = False,
) -> None:
    """Record what you see in the probe, before you see the candidate's images."""
    _do(case, "analyses", {"of_value": value, "notes": notes, "pattern": pattern} | _marks(marks, drawings), as_json)


@app.command()
def marks(
    case: CaseId,
    store: Annotated[
        Path | None, typer.Option(metavar="FILE", help="JSON to store: what this command printed, with your changes.")
    ] = None,
) -> None:
    """Print, or store, the features that you have marked in a case that you work on, as JSON; nobody else sees them."""
    with service("working_marks") as client:
        path = ("cases", case, "working-marks")
        content = json_of(store) if store else None
        work = client.send(WorkingMarksOut, "PUT" if store else "GET", *path, **({"json": content} if store else {}))
    print_result(work, True)


@app.command()
def images(
    case: CaseId, to: Annotated[Path, typer.Option(help="Folder for the files.")], as_json: AsJson = False
) -> None:
    """Write the images of a case that you may see now; the case keeps a record that you opened them."""
    files = []
    with service("cases", "case_images") as client:
        for image in _images(client, case):
            answer = client.answer("GET", "cases", case, "images", image.name)
            suffix = SUFFIXES.get(answer.headers["content-type"], ".bin")
            files.append(str(to / f"{image.side}-{image.name}{suffix}"))
            write_file(Path(files[-1]), answer.content)
    print_result(files, as_json, *files)


@app.command()
def decide(
    case: CaseId,
    conclusion: Annotated[Conclusion, typer.Argument()],
    notes: Notes,
    probe: ProbeImage = "",
    candidate: CandidateImage = "",
    marks: MarkFile = None,
    drawings: DrawingFile = None,
    unmarked_because: Unmarked = "",
    basis: BasisFile = None,
    grounds: Annotated[
        str, typer.Option(help="A supervisor's reasons for an identification against the automatic comparison.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Give your opinion; an identification names the pair of images that it rests on."""
    opinion = {"conclusion": conclusion, "notes": notes, "grounds": grounds, "unmarked_because": unmarked_because}
    _do(case, "opinions", opinion | _pair(probe, candidate) | _marks(marks, drawings) | _basis(basis), as_json)


@app.command()
def supersede(
    case: CaseId,
    conclusion: Annotated[Conclusion, typer.Argument()],
    notes: Notes,
    because: Because,
    probe: ProbeImage = "",
    candidate: CandidateImage = "",
    marks: MarkFile = None,
    drawings: DrawingFile = None,
    unmarked_because: Unmarked = "",
    basis: BasisFile = None,
    as_json: AsJson = False,
) -> None:
    """Replace your opinion; the earlier one is kept."""
    opinion = {"conclusion": conclusion, "notes": notes, "because": because, "unmarked_because": unmarked_because}
    _do(case, "opinions", opinion | _pair(probe, candidate) | _marks(marks, drawings) | _basis(basis), as_json)


@app.command()
def withdraw(case: CaseId, because: Because, as_json: AsJson = False) -> None:
    """Close a case without an answer."""
    _do(case, "withdrawal", {"because": because}, as_json)


@app.command()
def report(
    case: CaseId,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF to write.")],
    language: Annotated[str, typer.Option(help="en or hi; Hindi needs a Devanagari font.")] = languages.SOURCE,
) -> None:
    """Write the report of a closed case for a court: images, opinions, chain of custody and likelihood ratio."""
    if language not in languages.NAMES:
        raise InvalidField(f"There is no language {language}; choose {' or '.join(languages.NAMES)}.")
    with service("papers") as client:
        answer = client.answer("GET", "cases", case, "report", params={"language": language})
    try:
        out.write_bytes(answer.content)
    except OSError as error:
        raise InvalidField(f"{out} cannot be written: {error.strerror}.") from error
    Console().print(str(out), markup=False, highlight=False, soft_wrap=True)


@app.command()
def check(as_json: AsJson = False) -> None:
    """Run the pending checks of enrolments and unsolved latents; a running server does this on its own."""
    with operated_engine(Settings()) as engine:
        done, latents = check_pending(engine), work_off_links(engine)
    content = {"checked": done, "latents": latents}
    print_result(content, as_json, f"{done} enrolments and {latents} unsolved latents checked.")


def _do(case: str, step: str, content: dict[str, Any] | None, as_json: bool) -> None:
    with service("cases", "case_images") as client:
        _print(client, client.send(CaseOut, "POST", "cases", case, step, json=content), as_json)


def _images(client: Client, case: str) -> list[CaseImageOut]:
    return client.send(list[CaseImageOut], "GET", "cases", case, "images")


def _print(client: Client, case: CaseOut, as_json: bool) -> None:
    """Show the parts of a case that may be seen now."""
    table = ResultTable("", "", show_header=False, title=f"Case {case.number}")
    table.add_row("id", case.id)
    table.add_row("kind", case.kind)
    table.add_row("state", case.state)
    table.add_row("FIR", case.fir_number or "")
    table.add_row("your part", case.part or "none")
    if case.worked_on_by:
        table.add_row("assigned to", case.worked_on_by_name)
    if case.referral:
        table.add_row("examined by", case.referral.examined_by)
        for unit in case.referral.contacts:
            table.add_row("call", unit.contact)
    if case.search_id or case.record_id:
        table.add_row("asks", f"search {case.search_id}" if case.search_id else f"record {case.record_id}")
    if case.candidate_id:
        table.add_row("candidate", f"record {case.candidate_id}")
    elif case.candidate_search_id:
        table.add_row("candidate", f"search {case.candidate_search_id}, FIR {case.candidate_fir_number}")
    if found := case.finding:
        evidence = found.evidence
        table.add_row("found", f"{evidence.figure} decibans: {evidence.sentence}; place {found.rank}, {found.hint}")
    for analysis in case.analyses:
        table.add_row("analysis", _analysis(analysis))
    for opinion in case.opinions:
        table.add_row(opinion.part, _opinion(opinion))
    for image in [] if case.referral else _images(client, case.id):
        finger = image.modality.traits.name_of(image.position)
        table.add_row(f"image of the {image.side}", f"{image.name}: {finger}")
    for remark in case.comments:
        table.add_row("comment (not evidence)", f"{remark.actor_name}: {remark.text}")
    if case.pair:
        table.add_row("rests on", _names(case.pair))
    table.add_row("outcome", case.outcome or "none yet")
    if case.merge_pending:
        table.add_row("records", "not merged yet: an officer who may see both must merge them")
    print_result(case, as_json, table)


def _analysis(analysis: AnalysisOut) -> str:
    value = "of value" if analysis.of_value else "no value"
    pattern = f", pattern class {analysis.pattern}" if analysis.pattern else ""
    marks = "" if analysis.marks is None else f" ({len(analysis.marks)} features marked)"
    return f"{value}{pattern}: {analysis.notes}{marks}{_drawings(analysis.drawings)}"


def _drawings(drawings: Sequence[DrawingOut]) -> str:
    counts = [str(drawing.counted) for drawing in drawings if drawing.kind is DrawingKind.RIDGE_COUNT]
    counted = f" (ridge counts: {', '.join(counts)})" if counts else ""
    followed = len(drawings) - len(counts)
    return f"{counted} ({followed} ridges followed)" if followed else counted


def _opinion(opinion: OpinionOut) -> str:
    pair = f" (rests on {_names(opinion.pair)})" if opinion.pair else ""
    because = f" (superseded the one before: {opinion.because})" if opinion.because else ""
    informed = " (had read what the search found)" if opinion.informed else ""
    against = " (against the automatic comparison)" if opinion.against_ratio else ""
    grounds = f" (grounds: {opinion.grounds})" if opinion.grounds else ""
    both = sum(mark.probe is not None and mark.candidate is not None for mark in opinion.marks)
    late = sum(mark.in_analysis is False for mark in opinion.marks)
    marks = f" ({both} correspondences marked)" if opinion.marks else ""
    later = f" ({late} marks on the probe made or changed after the analysis)" if late else ""
    unmarked = f" (no correspondence marked: {opinion.unmarked_because})" if opinion.unmarked_because else ""
    stated = ", ".join(f"{name}: {value}" for name, value in opinion.basis.model_dump(mode="json").items() if value)
    basis = f" (grounds by level: {stated})" if stated else ""
    marks += _drawings(opinion.drawings)
    remarks = f"{pair}{basis}{marks}{unmarked}{later}{because}{informed}{against}{grounds}"
    return f"{opinion.conclusion} by {opinion.actor_name}: {opinion.notes}{remarks}"


def _names(pair: PairOut) -> str:
    return f"{pair.probe_image} and {pair.candidate_image}"


def _marks(marks: Path | None, drawings: Path | None) -> dict[str, Any]:
    """Return the marks and drawings of files as a request has them; the service checks what they say."""
    files = {"marks": marks, "drawings": drawings}
    return {name: json_of(path) for name, path in files.items() if path}


def _basis(path: Path | None) -> dict[str, Any]:
    return {"basis": json_of(path)} if path else {}


def _pair(probe: str, candidate: str) -> dict[str, str]:
    if bool(probe) is not bool(candidate):
        raise InvalidField("Name both images of the pair, with --probe and --candidate, or neither.")
    return {"probe_image": probe, "candidate_image": candidate}
