"""`pehchan fingerprint`: cut slaps, check cards; the rest is in `fingerprint_pictures.py`, `fingerprint_latents.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from PIL import Image as Pillow

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.cli.arguments import AsJson, Ppi, parse_finger, read_file
from api.cli.commands import fingerprint_pictures as pictures
from api.cli.commands.fingerprint_latents import latent
from api.cli.terminal import ResultTable, print_result
from api.settings import Settings
from api.v1.scores_schemas import ScoreOut
from biometrics import itl
from biometrics.imaging.image import Image, decode
from biometrics.kernel.errors import InvalidField, UnusableSample
from biometrics.kernel.recognition.capture import FingerPosition
from biometrics.kernel.recognition.types import Template
from biometrics.matching.ports import Recogniser
from fingerprint.cards.card import Card, read_card
from fingerprint.cards.positions import SlapPosition
from fingerprint.cards.sequence import SequenceCheck, check_sequence
from fingerprint.cards.slap import cut_slap
from fingerprint.modality import FINGERPRINT
from fingerprint.parameters import PPI

_AT_ONCE = 1000  # stored prints that are read and compared together

app = typer.Typer(help="Print images: slaps, cards, latents.", no_args_is_help=True)
app.command()(pictures.show)
app.command()(pictures.compare)
app.command()(latent)

Missing = Annotated[
    list[str] | None,
    typer.Option("--missing", "-m", help="Missing finger as FINGER:REASON, such as 3:amputated; may be repeated."),
]


@app.command()
def cut(
    image: Annotated[Path, typer.Argument(help="An image of several fingers, tips up.")],
    out: Annotated[Path, typer.Option(help="Folder for the upright fingers (PNG).")],
    position: Annotated[
        int | None,
        typer.Option(help="13 right four, 14 left four, 15 both thumbs, 11 or 12 one thumb; else the hand is guessed."),
    ] = None,
    missing: Missing = None,
    ppi: Ppi = None,
    as_json: AsJson = False,
) -> None:
    """Cut a slap into upright fingers with their positions."""
    reasons = dict(_missing_finger(text) for text in missing or ())
    slap = cut_slap(decode(read_file(image), ppi), _slap_position(position), reasons)
    out.mkdir(parents=True, exist_ok=True)
    table = ResultTable("code", "finger", "certainty", "centre", "size", "turned", "file")
    table.title = f"{slap.position.label}, {slap.certainty:.0%} sure" if position is None else slap.position.label
    fingers: list[dict[str, Any]] = []
    for finger in slap.fingers:
        box = finger.box
        path = out / f"{finger.position.value:02d}_{finger.position.name.lower()}.png"
        _save(finger.image, path)
        centre, size = f"{box.x:.0f}, {box.y:.0f}", f"{box.width:.0f} x {box.height:.0f}"
        label, code = finger.position.label, str(finger.position.value)
        table.add_row(code, label, f"{finger.certainty:.2f}", centre, size, f"{box.angle:.0f}°", path.name)
        fingers.append({"position": finger.position, "certainty": finger.certainty, "box": box, "file": path})
    for finger_position in slap.position.fingers:
        if finger_position in reasons:
            code = str(finger_position.value)
            table.add_row(code, finger_position.label, "", "", "", "", reasons[finger_position])
    cut_out = {"position": slap.position, "certainty": slap.certainty, "fingers": fingers, "missing": reasons}
    print_result(cut_out, as_json, table)


@app.command("check-card")
def check_card(
    file: Annotated[Path, typer.Argument(help="An ANSI/NIST-ITL file (.an2, .eft, .nst, .xml).")],
    as_json: AsJson = False,
) -> None:
    """Check the finger positions of a card. Exit code 3: a finger is in the wrong place."""
    settings = Settings()
    recogniser = open_recogniser(settings, FINGERPRINT)
    card = read_card(itl.parse(read_file(file)))
    unusable: list[str] = []
    rolled, plain = (_extracted(recogniser, prints, unusable) for prints in (card.rolled, card.plain))
    checked = check_sequence(rolled, plain, recogniser, calibration_of(recogniser, settings))
    findings = [
        {
            "verdict": finding.verdict,
            "position": finding.finger,
            "score": None if finding.score is None else ScoreOut.of(finding.score.evidence),
            "message": finding.message,
        }
        for finding in checked.findings
    ]
    result = {"findings": findings, "missing": card.missing, "refused": [*card.refused, *unusable]}
    print_result(result, as_json, _findings(card, checked), *card.refused, *unusable)
    raise typer.Exit(3 if checked.wrong else 0)


def _extracted(
    recogniser: Recogniser, prints: dict[FingerPosition, Image], unusable: list[str]
) -> dict[FingerPosition, Template]:
    """Extract templates; add a sentence to `unusable` for each print that cannot be used."""
    templates = {}
    for position, image in prints.items():
        try:
            templates[position] = recogniser.extract(image)
        except UnusableSample as error:
            unusable.append(f"{position.label}: {error.message}")
    return templates


def _findings(card: Card, checked: SequenceCheck) -> ResultTable:
    table = ResultTable("finding", "finger", "decibans", "what it says")
    table.title = f"{len(card.rolled)} rolled prints, {len(card.plain)} plain prints, {len(card.slaps)} slaps"
    for finding in checked.findings:
        score = "" if finding.score is None else finding.score.evidence.figure
        table.add_row(finding.verdict.replace("_", " "), finding.finger.label, score, finding.message)
    for finger, code in card.missing.items():
        table.add_row("missing", finger.label, "", f"The file gives the {finger.label} as missing ({code}).")
    return table


def _slap_position(code: int | None) -> SlapPosition | None:
    if code is None:
        return None
    if code not in set(SlapPosition):
        raise InvalidField(f"{code} is not a slap; use 13, 14 or 15, or 11 or 12 for one thumb.")
    return SlapPosition(code)


def _missing_finger(text: str) -> tuple[FingerPosition, str]:
    finger, _, reason = text.partition(":")
    position = parse_finger(finger)
    if not position:
        raise InvalidField(f"{text!r} names no finger that is missing; write it as 3:amputated.")
    return position, reason or "missing"


def _save(image: Image, path: Path) -> None:
    ppi = image.ppi or PPI
    Pillow.fromarray(image.pixels).save(path, dpi=(ppi, ppi))
