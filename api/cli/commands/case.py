"""`pehchan case`: cases for examiners, and the pending checks that open them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.cli.arguments import AsJson, read_file
from api.cli.operator import operated_engine, service
from api.cli.pending_checks import check_pending
from api.cli.sample_options import takes_samples
from api.cli.terminal import ResultTable, moment, next_page_note, print_result
from api.client import Client
from api.client.form_fields import form_fields
from api.settings import Settings
from api.v1.cases_schemas import (
    AnalysisOut,
    CaseImageOut,
    CaseOut,
    CasePageOut,
    OpinionOut,
    PairOut,
)
from biometrics.kernel.casework.annotations import Drawing, DrawingKind, in_both
from biometrics.kernel.casework.cases import CaseKind, CaseState
from biometrics.kernel.recognition.types import Sample
from biometrics.use_cases.search.link_latents import work_off_links

app = typer.Typer(help="Cases for examiners: list, show, open. See docs/cases.md.", no_args_is_help=True)

CaseId = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]


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
        page = client.list_items(CasePageOut, "cases", limit=limit, after=after, **query)
    for case in page.cases:
        opened = moment(case.created_at)
        fir = case.fir_number or ""
        table.add_row(case.number, case.kind, case.state, fir, case.part or "", opened, case.outcome or "")
    print_result(page, as_json, table, *next_page_note(page.next))


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
def check(as_json: AsJson = False) -> None:
    """Run the pending checks of enrolments and unsolved latents; a running server does this on its own."""
    with operated_engine(Settings()) as engine:
        enrolments, latents = check_pending(engine), work_off_links(engine)
    content = {"checked": enrolments, "latents": latents}
    print_result(content, as_json, f"{enrolments} enrolments and {latents} unsolved latents checked.")


def _print(client: Client, case: CaseOut, as_json: bool) -> None:
    """Show the parts of a case that may be seen now."""
    images = [] if case.referral else client.send(list[CaseImageOut], "GET", "cases", case.id, "images")
    table = ResultTable("", "", show_header=False, title=f"Case {case.number}")
    for label, text in (*_summary(case), *_examination(case, images)):
        table.add_row(label, text)
    print_result(case, as_json, table)


def _summary(case: CaseOut) -> Iterator[tuple[str, str]]:
    yield "id", case.id
    yield "kind", case.kind
    yield "state", case.state
    yield "FIR", case.fir_number or ""
    yield "your part", case.part or "none"
    if case.worked_on_by:
        yield "assigned to", case.worked_on_by_name
    if case.referral:
        yield "examined by", case.referral.examined_by
        yield from (("call", unit.contact) for unit in case.referral.contacts)
    if case.search_id or case.record_id:
        yield "asks", f"search {case.search_id}" if case.search_id else f"record {case.record_id}"
    if case.candidate_id:
        yield "candidate", f"record {case.candidate_id}"
    elif case.candidate_search_id:
        yield "candidate", f"search {case.candidate_search_id}, FIR {case.candidate_fir_number}"
    if finding := case.finding:
        evidence = finding.evidence
        yield "found", f"{evidence.figure} decibans: {evidence.sentence}; place {finding.rank}, {finding.hint}"


def _examination(case: CaseOut, images: Sequence[CaseImageOut]) -> Iterator[tuple[str, str]]:
    yield from (("analysis", _analysis(analysis)) for analysis in case.analyses)
    yield from ((opinion.part, _opinion(opinion)) for opinion in case.opinions)
    for image in images:
        yield f"image of the {image.side}", f"{image.name}: {image.modality.traits.name_of(image.position)}"
    yield from (("comment (not evidence)", f"{comment.actor_name}: {comment.text}") for comment in case.comments)
    if case.pair:
        yield "rests on", _names(case.pair)
    yield "outcome", case.outcome or "none yet"
    if case.merge_pending:
        yield "records", "not merged yet: an officer who may see both must merge them"


def _analysis(analysis: AnalysisOut) -> str:
    value = "of value" if analysis.of_value else "no value"
    pattern = f", pattern class {analysis.pattern}" if analysis.pattern else ""
    marks = "" if analysis.marks is None else f" ({len(analysis.marks)} features marked)"
    return f"{value}{pattern}: {analysis.notes}{marks}{_drawings(analysis.drawings)}"


def _opinion(opinion: OpinionOut) -> str:
    remarks = "".join(f" ({remark})" for remark in _remarks(opinion))
    return f"{opinion.conclusion} by {opinion.actor_name}: {opinion.notes}{remarks}{_drawings(opinion.drawings)}"


def _remarks(opinion: OpinionOut) -> Iterator[str]:
    if opinion.pair:
        yield f"rests on {_names(opinion.pair)}"
    basis = asdict(opinion.basis) | {"limits": ", ".join(opinion.basis.limits)}
    if levels := ", ".join(f"{name}: {value}" for name, value in basis.items() if value):
        yield f"grounds by level: {levels}"
    if opinion.marks:
        yield f"{in_both(opinion.marks)} correspondences marked"
    if opinion.unmarked_because:
        yield f"no correspondence marked: {opinion.unmarked_because}"
    if late := sum(mark.in_analysis is False for mark in opinion.marks):
        yield f"{late} marks on the probe made or changed after the analysis"
    if opinion.because:
        yield f"superseded the one before: {opinion.because}"
    if opinion.informed:
        yield "had read what the search found"
    if opinion.against_ratio:
        yield "against the automatic comparison"
    if opinion.grounds:
        yield f"grounds: {opinion.grounds}"


def _drawings(drawings: Sequence[Drawing]) -> str:
    counts = [str(drawing.counted) for drawing in drawings if drawing.kind is DrawingKind.RIDGE_COUNT]
    counted = f" (ridge counts: {', '.join(counts)})" if counts else ""
    followed = len(drawings) - len(counts)
    return f"{counted} ({followed} ridges followed)" if followed else counted


def _names(pair: PairOut) -> str:
    return f"{pair.probe_image} and {pair.candidate_image}"
