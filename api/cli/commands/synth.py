"""`pehchan synth`: synthetic fingerprints and palms, as images or as templates."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from biometrics.kernel.errors import InvalidField
from fingerprint.synthetic.altered_files import IMAGE_SUFFIXES, write_altered
from fingerprint.synthetic.files import FingerOrder, WrittenImpression, write_fingers, write_latents, write_templates
from fingerprint.synthetic.finger.orientation import NATURAL_PROPORTIONS, Pattern
from fingerprint.synthetic.sensors import SENSORS, Sensor

app = typer.Typer(help="Generate synthetic fingerprints and palms.", no_args_is_help=True)

Seed = Annotated[int, typer.Option(min=0, help="Seed of the first finger or palm; each next one adds one.")]
Workers = Annotated[int, typer.Option(min=1, help="Number of processes; it does not change the result.")]
_CORES = os.cpu_count() or 1


@app.command()
def fingers(
    count: Annotated[int, typer.Option(min=1, help="Number of fingers.")],
    impressions: Annotated[int, typer.Option(min=1, help="Impressions per finger.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    seed: Seed = 0,
    sensor: Annotated[str, typer.Option(help=f"{', '.join(SENSORS)}, or mixed.")] = "mixed",
    latent: Annotated[bool, typer.Option("--latent", help="The last impression of each finger is a latent.")] = False,
    classes: Annotated[str, typer.Option(help="natural, or some by name: 'whorl,twin loop' in equal shares.")] = (
        "natural"
    ),
    workers: Workers = _CORES,
) -> None:
    """Write images <finger>_<impression>.png at 500 ppi, for `pehchan bench fingerprint`, and a manifest.json."""
    order = FingerOrder(count, impressions, out, seed, _sensor(sensor), latent, _proportions(classes))
    _make_empty_folder(out)
    impressions_of_fingers = list(track(write_fingers(order, workers), "Fingers", total=count, transient=True))
    _write_manifest(out / "manifest.json", seed, impressions_of_fingers)
    typer.echo(f"{out}: {count * impressions} impressions of {count} fingers")


@app.command()
def latents(
    count: Annotated[int, typer.Option(min=1, help="Number of fingers, a latent and a print each.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    seed: Seed = 0,
    workers: Workers = _CORES,
    second: Annotated[
        bool, typer.Option("--second", help="Also write a second latent of each finger, as from another scene.")
    ] = False,
) -> None:
    """Write latents on paper, print, forms, patterns and glass, for `pehchan bench latents`, with known minutiae."""
    _make_empty_folder(out)
    for _ in track(write_latents(out, count, seed, workers, second=second), "Latents", total=count, transient=True):
        pass
    typer.echo(f"{out}: latents and prints of {count} fingers")


@app.command()
def altered(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Images of prints, one finger each.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    ppi: Annotated[float, typer.Option(min=50, max=5000, help="Resolution of images that do not state it.")] = 500.0,
    seed: Seed = 0,
) -> None:
    """Write each print as if its finger had been altered, in five ways, at 500 ppi, and a manifest.json."""
    paths = _image_files(folder)
    _make_empty_folder(out)
    written = list(track(write_altered(paths, out, ppi, seed), "Prints", total=len(paths), transient=True))
    prints = [altered_print for of_print in written for altered_print in of_print]
    content = {"command": shlex.join(["pehchan", *sys.argv[1:]]), "seed": seed, "ppi": 500, "prints": prints}
    (out / "manifest.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    typer.echo(f"{out}: {len(prints)} altered prints of {len(paths)}")


@app.command()
def templates(
    count: Annotated[int, typer.Option(min=1, help="Number of fingers, one template each.")],
    out: Annotated[Path, typer.Option(help="The archive to write (.npz).")],
    seed: Seed = 0,
    workers: Workers = _CORES,
) -> None:
    """Write templates without images, minutiae only: arrays `seeds`, `offsets` and `data` for search benchmarks."""
    try:
        size = write_templates(out, count, seed, workers)
    except OSError as error:
        raise InvalidField(f"{out} cannot be written: {error.strerror}.") from error
    typer.echo(f"{out}: {count} templates, {size} bytes")


@app.command()
def palms(
    count: Annotated[int, typer.Option(min=1, help="Number of palms, two impressions and a latent each.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    others: Annotated[int, typer.Option(min=0, help="More palms, with one impression each.")] = 0,
    seed: Seed = 0,
    workers: Workers = _CORES,
) -> None:
    """Write images of palms and of latents of them at 500 ppi, for `pehchan bench palm`, with known minutiae."""
    from palm.synthetic.files import PalmOrder, write_palms  # late: the other commands need none of it

    _make_empty_folder(out)
    order = PalmOrder(out, count, others, seed)
    for _ in track(write_palms(order, workers), "Palms", total=count + others, transient=True):
        pass
    typer.echo(f"{out}: {count + others} palms, {count} of them with a latent")


def _sensor(name: str) -> Sensor | None:
    if name != "mixed" and name not in SENSORS:
        raise InvalidField(f"{name!r} is not a sensor; use mixed, {', '.join(SENSORS)}.")
    return SENSORS.get(name)


def _proportions(names: str) -> Mapping[Pattern, float]:
    if names == "natural":
        return dict(NATURAL_PROPORTIONS)  # a mapping proxy cannot be sent to another process
    try:
        return {Pattern(name.strip()): 1.0 for name in names.split(",")}
    except ValueError as error:
        raise InvalidField(f"{names!r} are not classes; use natural, or some of {', '.join(Pattern)}.") from error


def _image_files(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    except OSError as error:
        raise InvalidField(f"{folder} cannot be read: {error.strerror}.") from error
    if not paths:
        raise InvalidField(f"{folder} holds no image.")
    return paths


def _make_empty_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InvalidField(f"{folder} is not empty; name a new folder.")
    except OSError as error:
        raise InvalidField(f"{folder} cannot be used: {error.strerror}.") from error


def _write_manifest(path: Path, seed: int, written_fingers: list[list[WrittenImpression]]) -> None:
    finger_entries = [
        {
            "finger": number,
            "seed": impressions[0].finger_seed,
            "class": impressions[0].pattern,
            "impressions": [
                {"file": impression.file, "sensor": impression.sensor, "latent": impression.latent}
                for impression in impressions
            ],
        }
        for number, impressions in enumerate(written_fingers, start=1)
    ]
    content = {"command": shlex.join(["pehchan", *sys.argv[1:]]), "seed": seed, "ppi": 500, "fingers": finger_entries}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
