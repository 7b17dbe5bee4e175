"""`pehchan fingerprint latent`: every stored print and palm, compared with a latent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from api.cli.arguments import AsJson, ForCase, ForPurpose, Ppi, read_file
from api.cli.operator import operated_engine
from api.cli.terminal import ResultTable, print_result
from api.latent_probes import Latent, latent_probes
from api.settings import Settings
from api.v1.latents_form import read_latent_file
from api.v1.records_schemas import RecordSummary
from api.v1.scores_schemas import ScoreOut
from biometrics.access.blinding import require_no_case
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.people.record import Record
from biometrics.kernel.people.templates import StoredTemplate
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Probe
from biometrics.matching.calibration import Score, best_of
from biometrics.matching.scoring import comparable
from biometrics.storage.audit.log import Action
from biometrics.use_cases.engine.engine import Engine
from biometrics.use_cases.search.blinded_images import require_other_images
from fingerprint.latents.marked import MarkedPrint
from fingerprint.latents.positions import position_of_code
from fingerprint.parameters import PPI

_AT_ONCE = 1000  # stored prints that are read and compared together

Ranked = list[tuple[Score, StoredTemplate]]


def latent(
    file: Annotated[
        Path, typer.Argument(help="A latent's image, or its marked minutiae (JSON, Type-9 in .an2, .xml).")
    ],
    purpose: ForPurpose,
    case: ForCase,
    roi: Annotated[
        str, typer.Option(help="Corners of the region of interest in pixels: 'x,y x,y x,y'; the rest is ignored.")
    ] = "",
    ppi: Ppi = None,
    position: Annotated[
        int | None,
        typer.Option(help="ANSI/NIST-ITL position: 0 a finger, 20 a palm, 18 either. Default: the file's, else 18."),
    ] = None,
    candidates: Annotated[int, typer.Option(min=1, help="Maximum number of candidates, of fingers and of palms.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Compare a latent with all stored prints and palms, in any rotation; shows the best candidates of each."""
    content, region = read_file(file), _region(roi)
    latent = read_latent_file(content, file.name, ppi)
    if region:
        latent = replace(latent, marked=_marks_of(latent).in_region(region))
    if position is not None:
        latent = replace(latent, position=position_of_code(position))
    digest = sha256(content).hexdigest()
    with operated_engine(Settings(), purpose, case) as engine:
        require_no_case(engine.store.database, engine.store.act, {digest})
        probe_set = latent_probes(engine, latent)
        probes = [probe.probe for probe in probe_set.probes]
        require_other_images(engine, [probe.template for probe in probes])
        of_each: dict[Modality, list[Probe]] = {}
        for probe in probes:
            of_each.setdefault(probe.template.modality, []).append(probe)
        ranked = {
            modality: _ranked(engine, modality_probes)[:candidates] for modality, modality_probes in of_each.items()
        }
        records = [template.record_id for best in ranked.values() for _, template in best]
        engine.store.note(Action.SEARCHED, files=[digest], records=records)
        table, lines = _list_people(engine, ranked)
    notes = [
        f"{modality.traits.samples_label}: not searched. {why}" for modality, why in probe_set.not_searched.items()
    ]
    print_result(lines, as_json, table, *notes, *probe_set.left_out)


def _region(text: str) -> list[tuple[float, float]] | None:
    try:
        corners = [tuple(float(number) for number in corner.split(",")) for corner in text.split()]
        return [(x, y) for x, y in corners] or None
    except ValueError as error:
        raise InvalidField(f"{text!r} is not a region; write its corners as 'x,y x,y x,y'.") from error


def _marks_of(latent: Latent) -> MarkedPrint:
    """Return the marks of a latent; of one that is an image alone, none."""
    if latent.marked:
        return latent.marked
    assert latent.image is not None, "a latent without marks is an image"
    return MarkedPrint(latent.image.width, latent.image.height, latent.image.ppi or PPI, ())


def _ranked(engine: Engine, probes: Sequence[Probe]) -> Ranked:
    """Compare probes of one modality with all stored templates of it; return the best of each person, best first."""
    channel = engine.channels[probes[0].template.modality]
    ids = engine.store.templates.ids(channel.recogniser.modality, channel.recogniser.model)
    best: dict[str, tuple[float, StoredTemplate]] = {}
    compared: Counter[str] = Counter()
    for start in range(0, len(ids), _AT_ONCE):
        loaded = engine.store.templates.load(ids[start : start + _AT_ONCE])
        stored = [template for template in loaded if comparable(probes[0], template)]
        templates = [stored_template.template for stored_template in stored]
        raws = np.max([channel.recogniser.compare(probe.template, templates) for probe in probes], axis=0)
        for template, raw in zip(stored, raws.tolist(), strict=True):
            compared[template.record_id] += 1
            if template.record_id not in best or raw > best[template.record_id][0]:
                best[template.record_id] = raw, template
    scored = [
        (replace(best_of(channel.calibration.score(raw), compared[record]), calibrated=False), template)
        for record, (raw, template) in best.items()
    ]
    return sorted(scored, key=lambda each: -each[0].decibans)


def _list_people(engine: Engine, ranked: Mapping[Modality, Ranked]) -> tuple[ResultTable, list[dict[str, Any]]]:
    """Return the people of each list, as a table and as a list; those removed meanwhile are left out."""
    people = engine.store.people.named([template.record_id for best in ranked.values() for _, template in best])
    table = ResultTable("rank", "national number", "name", "finger or palm", "decibans")
    table.caption = "The order only, of each list: a search (POST /identify/latent) says how rare a score is."
    lines: list[dict[str, Any]] = []
    for modality, best in ranked.items():
        for rank, (score, template) in enumerate(best, start=1):
            record = people.get(template.record_id)
            if isinstance(record, Record):
                person, score_out = RecordSummary.of(record), ScoreOut.of(score.evidence)
                where = modality.traits.name_of(template.position)
                table.add_row(str(rank), person.national_number, person.name, where, score.evidence.figure)
                line = {"modality": modality, "rank": rank, "record": person, "position": template.position}
                lines.append(line | {"score": score_out})
    return table, lines
