"""`pehchan fingerprint show` and `compare`: pictures of prints and of their comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from PIL import Image as Pillow

from api.bootstrap.recognisers import calibration_of, model_registry
from api.cli.arguments import AsJson, Ppi, read_file
from api.cli.terminal import print_result
from api.settings import Settings
from api.v1.scores_schemas import ScoreOut
from biometrics.imaging.image import decode
from biometrics.kernel.errors import CalibrationUnusable, InvalidField
from fingerprint.codec import decode as decode_template
from fingerprint.drawing import draw_comparison, draw_print, summary
from fingerprint.extraction.enhancement import Enhancer
from fingerprint.extraction.extractor import extract
from fingerprint.recogniser import FingerprintRecogniser
from fingerprint.trace import Stage, untraced

Out = Annotated[Path, typer.Option(help="The picture to write (PNG).")]


def show(
    image: Annotated[Path, typer.Argument(help="An image of one finger.")],
    out: Out,
    ppi: Ppi = None,
    ridges: Annotated[bool, typer.Option("--ridges", help="Overlay the ridge map.")] = False,
    trace: Annotated[
        Path | None, typer.Option(help="Folder for the intermediate images of the extraction (PNG).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a print with its minutiae."""
    decoded = decode(read_file(image), ppi)
    stages: dict[Stage, NDArray[Any]] = {}
    registry = model_registry(Settings())
    session, enhance = registry.open_session("leader"), Enhancer(registry).enhanced
    template = extract(decoded, session, stages.__setitem__ if trace else untraced, enhance)
    _write(draw_print(decoded.grey(), template, ridges), out)
    if trace:
        for number, (stage, values) in enumerate(stages.items(), start=1):
            _write(_grey(values), trace / f"{number}_{stage}.png")
    counts: dict[str, object] = {"minutiae": len(template), "ridges": len(template.ridges)}
    sentence = f"{len(template)} minutiae, {len(template.ridges)} tiles of ridges: {out}"
    print_result(counts | {"file": out}, as_json, sentence)


def compare(
    probe: Annotated[Path, typer.Argument(help="An image of one finger.")],
    candidate: Annotated[Path, typer.Argument(help="The image to compare it with.")],
    out: Out,
    ppi: Ppi = None,
    as_json: AsJson = False,
) -> None:
    """Compare two prints, and draw the evidence for their score."""
    settings = Settings()
    recogniser = FingerprintRecogniser(model_registry(settings))
    images = [decode(read_file(path), ppi) for path in (probe, candidate)]
    templates = [recogniser.extract(image) for image in images]
    explanation = recogniser.explain(templates[0], templates[1])
    try:
        evidence = calibration_of(recogniser, settings).score(explanation.score).evidence
    except CalibrationUnusable as error:
        typer.echo(error.message, err=True)
        evidence = None
    first, second = (
        (image.grey(), decode_template(template.data)) for image, template in zip(images, templates, strict=True)
    )
    _write(draw_comparison(first, second, explanation, evidence), out)
    alignment = explanation.alignment
    result = {
        "raw": explanation.score,
        "score": None if evidence is None else ScoreOut.of(evidence),
        "pairs": len(alignment.pairs) if alignment else 0,
        "overlap": alignment.overlap if alignment else None,
        "ridges": explanation.likeness,
        "file": out,
    }
    print_result(result, as_json, summary(explanation, evidence))


def _grey(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Spread values over all grey levels; pixels stay as they are."""
    if values.dtype == np.uint8:
        return values
    low, high = float(values.min()), float(values.max())
    return np.asarray((values.astype(np.float64) - low) * (255 / max(high - low, 1e-9)), dtype=np.uint8)


def _write(picture: NDArray[np.uint8], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Pillow.fromarray(picture).save(path, "PNG", optimize=True)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}.") from error
