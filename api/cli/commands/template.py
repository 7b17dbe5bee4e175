"""`pehchan template`: extract templates to files, and compare them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.cli.arguments import AsJson, Ppi, parse_finger, read_file
from api.cli.terminal import print_result
from api.settings import Settings
from api.v1.scores_schemas import ScoreOut
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.recognition.modality import Modality
from biometrics.kernel.recognition.types import Sample, Template
from biometrics.matching.extraction import extract_one
from fingerprint.modality import FINGERPRINT

app = typer.Typer(help="Templates as files.", no_args_is_help=True)


@app.command()
def extract(
    image: Annotated[Path, typer.Argument(help="A print, a photo, or a finger minutiae record.")],
    out: Annotated[Path, typer.Option(help="Template file to write (JSON).")],
    modality: Annotated[
        Modality,
        typer.Option(parser=Modality.named, metavar="|".join(Modality.registered()), help="What the image shows."),
    ] = FINGERPRINT,
    finger: Annotated[str, typer.Option(help="Which finger of a minutiae record of several is meant.")] = "",
    ppi: Ppi = None,
    as_json: AsJson = False,
) -> None:
    """Extract a template, or take it from a minutiae record of ISO/IEC 19794-2 or ANSI INCITS 378."""
    recogniser = open_recogniser(Settings(), modality)
    position = parse_finger(finger) if modality.traits.has_fingers else None
    sample = Sample(modality, read_file(image), image.name, position, None, ppi)
    template = extract_one(recogniser, sample, assess=True).template
    content = {
        "modality": template.modality,
        "model": template.model,
        "quality": template.quality,
        "data": base64.b64encode(template.data).decode("ascii"),
    }
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sentence = f"{out}: {template.modality} template of {len(template.data)} bytes, quality {template.quality}"
    print_result({"file": out} | content, as_json, sentence)


@app.command()
def match(
    probe: Annotated[Path, typer.Argument(help="A template file.")],
    candidate: Annotated[Path, typer.Argument(help="Another.")],
    as_json: AsJson = False,
) -> None:
    """Compare two templates; prints the raw score and the decibans that may be stated."""
    first, second = _read(probe), _read(candidate)
    if first.modality is not second.modality:
        raise InvalidField(f"A {first.modality} cannot be compared with a {second.modality}.")
    settings = Settings()
    recogniser = open_recogniser(settings, first.modality)
    raw = float(recogniser.compare(first, [second])[0])
    evidence = calibration_of(recogniser, settings).score(raw).evidence
    sentence = f"raw {raw:.6f}, {evidence.decibans:.1f} decibans: {evidence.sentence}"
    print_result({"raw": raw, "score": ScoreOut.of(evidence)}, as_json, sentence)


def _read(path: Path) -> Template:
    try:
        content = json.loads(read_file(path))
        data = base64.b64decode(content["data"], validate=True)
        return Template(Modality.named(content["modality"]), str(content["model"]), data, None)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidField(f"{path} is not a template file; make one with 'pehchan template extract'.") from error
