"""`pehchan bench report`: an evaluation with intervals, on one page, with other systems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Shown

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from benchmarks.commands.options import Json, command_line, console, face_recogniser, write_results
from benchmarks.peers.known import chosen
from benchmarks.reports import fusion_rules, page, plots
from benchmarks.reports.evaluation import EvaluationPlan, Extract, carry_out
from benchmarks.reports.sections import EvaluationReport, ReportSection, ReportTable
from benchmarks.runs import score_files
from benchmarks.runs.datasets import LabelledImage, UnusableDataset
from benchmarks.runs.descriptors import DataSets, read_descriptor
from benchmarks.runs.extracted import Extracted
from benchmarks.runs.score_set import StoredEvaluation
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.modality import Modality
from face.modality import FACE

QUICK_PAIRS = 250  # non-mated pairs a folder, beside all else
PEERS_SUPPORT = 1250  # non-mated pairs a folder: eight folders support FMR 1/1000

app = typer.Typer()

Prints = Annotated[
    list[str] | None,
    typer.Option("--prints", metavar="DIR[:PPI]", help="A folder of prints <finger>_<impression>.<ext>; 500 ppi else."),
]
SameFinger = Annotated[
    list[str] | None,
    typer.Option(
        metavar="A=B", help="Finger A is finger B, each as <folder>/<folder>/<finger>, the folder's last two."
    ),
]
Faces = Annotated[Path | None, typer.Option("--faces", metavar="DIR", help="Photos that lie as <person>/<image>.")]
PairsList = Annotated[Path | None, typer.Option("--pairs", metavar="FILE", help="Pairs of photos, in LFW's form.")]
Peers = Annotated[
    list[str] | None,
    typer.Option(
        "--peer", metavar="NAME", help="A system to compare with; else all that are quick: see docs/accuracy.md."
    ),
]
DataFile = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE.toml", help="A descriptor of data sets, instead of options for each."),
]
Draws = Annotated[int, typer.Option(min=100, help="Draws of subjects that make an interval.")]


@app.command()
def report(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of report.html and scores.npz.")],
    data: DataFile = None,
    prints: Prints = None,
    same_finger: SameFinger = None,
    faces: Faces = None,
    pairs: PairsList = None,
    people: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Prints named as SOCOFing's, for groups by sex.")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Leave out an image of --people, by its name without extension."),
    ] = None,
    peer: Peers = None,
    no_peers: Annotated[bool, typer.Option("--no-peers", help="Leave other systems out.")] = False,
    only_peers: Annotated[
        bool, typer.Option("--only-peers", help="Only other systems, the slow ones too, on the same pairs as ours.")
    ] = False,
    non_mated: Annotated[
        int | None, typer.Option(min=1, help="Non-mated pairs per folder of prints, for peers.")
    ] = None,
    draws: Draws = 1000,
    scores: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Make the page of stored scores, and run nothing.")
    ] = None,
    json: Json = None,
) -> None:
    """Evaluate fingerprints, faces and both together; write raw scores and one page with DET and CMC curves."""
    plots.check_installed()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidField(f"{out} cannot be made: {error.strerror}. Name another folder.") from error
    if scores:
        evaluation = score_files.load(scores)
    else:
        peers = () if no_peers else tuple(chosen(peer or (), slow=only_peers))
        sets = _with_options(data, prints, faces, pairs)
        if only_peers and sets.faces and not sets.pairs:
            raise UnusableDataset("Peers compare the photos of a pairs list; name one with --pairs.")
        plan = EvaluationPlan(
            sets.prints,
            {**sets.same_fingers, **_same(same_finger)},
            people or sets.people,
            sets.faces,
            sets.pairs,
            peers,
            non_mated or (PEERS_SUPPORT if only_peers else QUICK_PAIRS),
            (*sets.leave_out, *(leave_out or ())),
            only_peers,
        )
        evaluation = _evaluate(plan)
        score_files.save(evaluation, out / "scores.npz")
    sections = EvaluationReport(evaluation, draws).sections()
    html = page.render(evaluation, sections, draws)
    _show(sections)
    path = out / "report.html"
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}. Name another folder.") from error
    console.print(str(path), highlight=False)
    if json:
        _write_tables(json, sections)


@app.command("scores")
def export_scores(
    scores: Annotated[Path, typer.Argument(metavar="FILE", help="Scores that `bench report` stored.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write: .csv or .parquet.")],
) -> None:
    """Write all scores of an evaluation as a table, CSV or Parquet, one row a comparison."""
    score_files.export(score_files.load(scores), out)
    console.print(str(out), highlight=False)


@app.command()
def fusion(
    scores: Annotated[Path, typer.Argument(metavar="FILE", help="Scores that `bench report` stored.")],
    fmr: Annotated[float, typer.Option(help="False match rate at which the rules are compared.")] = 1e-4,
    json: Json = None,
) -> None:
    """Compare rules that make one score of a finger and a face, with a good photo and with a useless one."""
    compared = fusion_rules.compare(score_files.load(scores), fmr)
    console.print(fusion_rules.table(compared, fmr))
    if json:
        write_results(json, {"fmr": fmr, "rules": [vars(figures) for figures in compared]})


def _evaluate(plan: EvaluationPlan) -> StoredEvaluation:
    settings = Settings()
    return carry_out(plan, _extract_with(settings), settings.threads, command_line())


def _extract_with(settings: Settings) -> Extract:
    def extract(modality: Modality, images: Sequence[LabelledImage]) -> Extracted:
        face = modality is FACE
        recogniser = face_recogniser(settings) if face else open_recogniser(settings, modality)
        return Extracted.of(recogniser, calibration_of(recogniser, settings), images, settings.threads)

    return extract


def _with_options(
    descriptor: Path | None, prints: Sequence[str] | None, faces: Path | None, pairs: Path | None
) -> DataSets:
    """Return the sets of a descriptor and of options, which are added to its prints and replace its photos."""
    described = read_descriptor(descriptor) if descriptor else DataSets()
    sets = replace(described, prints=(*described.prints, *(prints or ())))
    return replace(sets, faces=faces, pairs=pairs) if faces else replace(sets, pairs=pairs or sets.pairs)


def _same(texts: Sequence[str] | None) -> dict[str, str]:
    pairs = [name.partition("=") for name in texts or ()]
    if wrong := [name for name, _, other in pairs if not name or not other]:
        raise InvalidField(f"--same-finger takes A=B, two fingers that are one, not {wrong[0]!r}.")
    return {name: other for name, _, other in pairs}


def _write_tables(path: Path, sections: Sequence[ReportSection]) -> None:
    write_results(path, {"tables": [_as_json(section, table) for section in sections for table in section.tables]})


def _as_json(section: ReportSection, table: ReportTable) -> dict[str, object]:
    """Return a table with its cells as they are shown."""
    return {"title": section.title, "columns": list(table.heads), "rows": [list(map(str, row)) for row in table.rows]}


def _show(sections: Sequence[ReportSection]) -> None:
    for section in sections:
        for table in section.tables:
            rich_table = Shown(*table.heads, title=section.title)
            for row in table.rows:
                rich_table.add_row(*map(str, row))
            console.print(rich_table)
