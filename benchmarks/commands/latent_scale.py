"""`pehchan calibrate latents` and `pehchan bench latent-scale`: how rare a latent's score is among other people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from api.bootstrap.recognisers import latent_scales_of, model_registry
from api.settings import Settings
from benchmarks.commands.options import Json, command_line, console, write_results
from benchmarks.reports import output
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.template_cache import CACHE, cached_templates
from benchmarks.search.latent_scale import checks_of, kinds_of, table
from benchmarks.search.latent_scores import CACHE as SCORES
from benchmarks.search.latent_scores import LatentScores, PrintSet, scores_of
from benchmarks.search.latents import LatentPairs, read_latents
from biometrics.kernel.errors import CalibrationUnusable
from biometrics.matching.latent_scale import FORMAT, LatentScale
from fingerprint.modality import FINGERPRINT
from fingerprint.recogniser import FingerprintRecogniser

KEPT = 4000  # prints kept ready to compare

app = typer.Typer()


class Half(StrEnum):
    """Which fingers of a folder of latents take part, by the SHA-256 of their names (docs/latents.md)."""

    ALL = "all"
    DEVELOPMENT = "development"
    TEST = "test"


Latents = Annotated[
    Path, typer.Argument(metavar="DIR", help="Latents and their mates: <finger>/latent.*, <finger>/sensor.*")
]
Prints = Annotated[
    list[str],
    typer.Option("--prints", metavar="DIR[:PPI]", help="Prints of other people, named as FVC's, SD4's or SOCOFing's."),
]
People = Annotated[
    int | None, typer.Option(min=2, help="People of each folder of prints, at most, by the SHA-256 of their names.")
]
Impressions = Annotated[int | None, typer.Option(min=1, help="Prints of each finger of such a folder, at most.")]


def calibrate_latents(
    folder: Latents,
    prints: Prints,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The scale to write.")],
    development: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Further latents, of the fingers of the development half.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="DIR", help="Latents to check it on, which have no part in it.")
    ] = None,
    people: People = None,
    impressions: Impressions = None,
) -> None:
    """Make a scale of latents: how rarely a latent scores so high with a print of another person."""
    recogniser, sets = _recogniser(), _sets(prints, people, impressions)
    scores = _scores(recogniser, read_latents(folder), sets)
    if development is not None:
        scores += _scores(recogniser, _of_half(read_latents(development), Half.DEVELOPMENT), sets)
    counts = [len(print_set.prints) for print_set in sets]
    try:
        kinds = kinds_of(scores, counts)
    except ValueError as error:
        raise datasets.UnusableDataset(f"These latents are too few: {error}.") from error
    identity = {"modality": FINGERPRINT, "model": recogniser.model, "network": recogniser.latent_network}
    content = {"format": FORMAT, **identity, "kinds": kinds}
    scale = LatentScale.parse(content)
    held_out = [] if check is None else _scores(recogniser, read_latents(check), sets)
    checks = checks_of(scale, held_out, [print_set.name for print_set in sets])
    about = {
        "sets": [{"name": print_set.name, "prints": len(print_set.prints)} for print_set in sets],
        "command": command_line(),
        "checks": [result.content() for result in checks if result.where == "all"],
    }
    output.write_json(out, {**content, **about})
    for kind in scale.kinds:
        marked = ", marked" * kind.marked
        console.print(f"{kind.least} to {kind.most} minutiae{marked}: {kind.latents} latents, bound {kind.bound:.1f}")
    console.print(table(checks))


@app.command("latent-scale")
def check_latent_scale(
    folder: Latents,
    prints: Prints,
    people: People = None,
    impressions: Impressions = None,
    half: Annotated[Half, typer.Option(help="Only the fingers of one half.")] = Half.ALL,
    scale: Annotated[
        Path | None, typer.Option("--scale", metavar="FILE", help="The scale to check; else that of the service.")
    ] = None,
    json: Json = None,
) -> None:
    """Check the scale of latents: how often strangers reach what is stated, on latents that had no part in it."""
    recogniser, sets = _recogniser(), _sets(prints, people, impressions)
    checked = _scale(recogniser, scale)
    scores = _scores(recogniser, _of_half(read_latents(folder), half), sets)
    checks = checks_of(checked, scores, [print_set.name for print_set in sets])
    without = sum(checked.kind_of(latent.content) is None for latent in scores)
    console.print(table(checks))
    console.print(f"* more strangers than stated; {without} of {len(scores)} are latents of no kind of the scale")
    if json:
        write_results(
            json, {"checks": [result.content() for result in checks], "of_no_kind": without, "n": len(scores)}
        )


def _recogniser() -> FingerprintRecogniser:
    return FingerprintRecogniser(model_registry(Settings()), prepared_kept=KEPT)


def _scale(recogniser: FingerprintRecogniser, file: Path | None) -> LatentScale:
    if file is not None:
        return LatentScale.load(file)
    scale = next(iter(latent_scales_of(recogniser, Settings()).values()), None)
    if scale is None:
        raise CalibrationUnusable(
            "There is no scale of latents for this model; make one with 'pehchan calibrate latents'."
        )
    return scale


def _of_half(pairs: LatentPairs, half: Half) -> LatentPairs:
    """Return the latents of one half of the fingers."""

    def chosen(name: str) -> bool:
        even = sha256(f"latents {name}".encode()).digest()[0] % 2 == 0
        return half is Half.ALL or even == (half is Half.DEVELOPMENT)

    places = [index for index, image in enumerate(pairs.latents) if chosen(image.subject)]
    return LatentPairs(tuple(pairs.latents[index] for index in places), tuple(pairs.mates[index] for index in places))


def _sets(arguments: Sequence[str], people: int | None, impressions: int | None) -> list[PrintSet]:
    settings, recogniser = Settings(), _recogniser()
    sets = []
    for argument in arguments:
        folder, ppi = folder_and_ppi(argument)
        images = _some(datasets.read_strangers(folder), people, impressions)
        read = [replace(image, ppi=ppi or image.ppi or 500.0) for image in images]
        templates = cached_templates(recogniser, read, settings.threads, settings.data_folder / CACHE, folder.name)
        name = f"{folder.parent.name}/{folder.name}"
        sets.append(PrintSet(name, tuple(template for template in templates if template is not None)))
    return sets


def _some(
    images: Sequence[datasets.LabelledImage], people: int | None, impressions: int | None
) -> Iterator[datasets.LabelledImage]:
    """Yield the prints of some people, and of each of their fingers some."""
    chosen = set(sorted({image.subject for image in images}, key=lambda name: sha256(name.encode()).digest())[:people])
    fingers = datasets.groups_of(images).get("finger", [""] * len(images))
    impression_counts: Counter[tuple[str, str]] = Counter()
    for image, finger in zip(images, fingers, strict=True):
        impression_counts[image.subject, finger] += 1
        if image.subject in chosen and (impressions is None or impression_counts[image.subject, finger] <= impressions):
            yield image


def _scores(recogniser: FingerprintRecogniser, pairs: LatentPairs, sets: Sequence[PrintSet]) -> list[LatentScores]:
    settings = Settings()
    mates = cached_templates(recogniser, pairs.mates, settings.threads, settings.data_folder / CACHE, "mates")
    return scores_of(recogniser, pairs, mates, sets, settings.data_folder / SCORES)
