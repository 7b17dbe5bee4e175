"""`pehchan bench evidence`: what is stated of strangers and of mates, for single samples and for people."""

from __future__ import annotations

from typing import Annotated

import typer

from api.bootstrap.recognisers import calibration_of, open_recogniser
from api.settings import Settings
from benchmarks.calibration.compared_sets import compared_set, images_of_sets
from benchmarks.calibration.evidence_rows import evidence_of, evidence_tables
from benchmarks.commands.options import Json, console, face_recogniser, write_results
from benchmarks.runs import datasets
from biometrics.kernel.recognition.modality import Modality
from biometrics.matching.ports import Recogniser
from face.modality import FACE

LOOKS = 40

app = typer.Typer()

Prints = Annotated[
    list[str] | None,
    typer.Option(
        "--prints", metavar="DIR[:PPI]", help="Prints, named as FVC's, NIST SD4's or SOCOFing's; 500 ppi else."
    ),
]
Faces = Annotated[list[str] | None, typer.Option("--faces", metavar="DIR", help="Photos that lie as <person>/<image>.")]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Leave out an image, by its name without extension: one that is mislabelled."),
]


@app.command()
def evidence(
    prints: Prints = None,
    faces: Faces = None,
    people: Annotated[
        int | None, typer.Option(min=2, help="Subjects of each set, at most: a random sample; all else.")
    ] = None,
    looks: Annotated[
        int, typer.Option(min=1, help="Compare strangers of one look of so many, in large sets of photos.")
    ] = LOOKS,
    leave_out: LeaveOut = None,
    json: Json = None,
) -> None:
    """Compare what is stated with what strangers show, and show what mates are given and how many a search misses."""
    settings, left_out = Settings(), frozenset(leave_out or ())
    sets = images_of_sets(prints or (), faces or (), left_out)
    recognisers = {
        modality: recogniser_of(settings, modality) for modality in {image_set.modality for image_set in sets}
    }
    all_evidence = []
    for modality, called, images in sets:
        sample = images if people is None else datasets.of_some_subjects(images, people)
        scale = calibration_of(recognisers[modality], settings)
        compared = compared_set(recognisers[modality], settings, called, sample, looks)
        all_evidence.append(evidence_of(scale, compared, modality))
    for table in evidence_tables(all_evidence):
        console.print(table)
    if json:
        write_results(
            json,
            {
                "rows": [row for set_evidence in all_evidence for row in set_evidence.content()],
                "fnir": [row for set_evidence in all_evidence for row in set_evidence.fnir],
            },
        )


def recogniser_of(settings: Settings, modality: Modality) -> Recogniser:
    """Open the recogniser of a modality, for photos of test sets that show bystanders too."""
    return face_recogniser(settings) if modality is FACE else open_recogniser(settings, modality)
