"""`pehchan case`: cases for examiners, and the pending checks that open them."""

from __future__ import annotations

from collections.abc import Sequence
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
from biometrics.kernel.casework.annotations import Drawing, DrawingKind
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
    if finding := case.finding:
        evidence = finding.evidence
        table.add_row("found", f"{evidence.figure} decibans: {evidence.sentence}; place {finding.rank}, {finding.hint}")
    for analysis in case.analyses:
        table.add_row("analysis", _analysis(analysis))
    for opinion in case.opinions:
        table.add_row(opinion.part, _opinion(opinion))
    images = [] if case.referral else client.send(list[CaseImageOut], "GET", "cases", case.id, "images")
    for image in images:
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


def _drawings(drawings: Sequence[Drawing]) -> str:
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
    grounds_by_level = ", ".join(f"{name}: {value}" for name, value in asdict(opinion.basis).items() if value)
    basis = f" (grounds by level: {grounds_by_level})" if grounds_by_level else ""
    marks += _drawings(opinion.drawings)
    remarks = f"{pair}{basis}{marks}{unmarked}{later}{because}{informed}{against}{grounds}"
    return f"{opinion.conclusion} by {opinion.actor_name}: {opinion.notes}{remarks}"


def _names(pair: PairOut) -> str:
    return f"{pair.probe_image} and {pair.candidate_image}"
