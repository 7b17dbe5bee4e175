"""`pehchan bench latents`: are the fingers that left latents found among many prints?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.bootstrap.recognisers import model_registry
from api.settings import Settings
from benchmarks.commands.options import Json, console, write_results
from benchmarks.runs import datasets
from benchmarks.runs.fingerprints import folder_and_ppi
from benchmarks.runs.template_cache import CACHE, cached_templates
from benchmarks.search.latent_figures import figures, table
from benchmarks.search.latent_figures import per_latent as rows
from benchmarks.search.latent_galleries import SHORTLIST
from benchmarks.search.latents import LatentPairs, LatentSettings, RegionOfInterest, read_latents, run
from benchmarks.service.latents import figures as service_figures
from benchmarks.service.latents import search_through_service
from benchmarks.service.latents import table as service_table
from biometrics.kernel.errors import InvalidField
from fingerprint.identity import NETWORK
from fingerprint.latents.network import RIDGES, SURROUNDINGS, WEIGHTS, LatentNetwork, latent_network, opened_network
from fingerprint.recogniser import FingerprintRecogniser
from models.trained import trained_content

app = typer.Typer()


@app.command()
def latents(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Latents and their mates: <finger>/latent.*, <finger>/sensor.*")
    ],
    gallery: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR[:PPI]",
            help="Prints of other people, named as FVC's, NIST SD4's or SOCOFing's; 500 ppi else; may be repeated.",
        ),
    ] = None,
    at_most: Annotated[
        int | None, typer.Option(min=2, help="People of each gallery folder, at most: a random sample; all else.")
    ] = None,
    generated: Annotated[
        int, typer.Option(min=0, help="Generated prints to add; then an index names the prints to compare.")
    ] = 0,
    shortlist: Annotated[
        int, typer.Option(min=1, help="With --generated: prints to compare for each orientation.")
    ] = SHORTLIST,
    region: Annotated[
        RegionOfInterest,
        typer.Option(help="Search with the whole image, the region that is suggested, or both."),
    ] = RegionOfInterest.WHOLE,
    same: Annotated[
        list[str] | None,
        typer.Option(metavar="FOLDER,FOLDER", help="Folders that are of one finger; may be repeated."),
    ] = None,
    through_service: Annotated[
        bool,
        typer.Option(
            "--through-service",
            help="Enrol all prints and search as the service does, the finger unknown; show what its shortlist loses.",
        ),
    ] = False,
    per_latent: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write rank, scores and place in the shortlist of each latent, as JSON."),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Weights to search with in place of the service's: what `benchmarks.training.latents` exports.",
        ),
    ] = None,
    ridges: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The same for ridges: what `benchmarks.training.latent_ridges` exports."),
    ] = None,
    surroundings: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The same for descriptions: what `benchmarks.training.descriptors` exports."),
    ] = None,
    json: Json = None,
) -> None:
    """Search latents among their mates and the prints of other people, by exact comparison with each.

    With what the published network and filters find, and with what the service's networks for latents do.
    """
    pairs = read_latents(folder)
    other_images = [image for argument in gallery or () for image in _prints(argument, at_most)]
    settings = Settings()
    capacity = 2 * len(pairs.latents) + len(pairs.mates) + len(other_images)
    search = LatentSettings(generated, shortlist, region, tuple(frozenset(names.split(",")) for names in same or ()))
    names = [image.subject for image in pairs.latents]
    content: dict[str, Any] = {}
    of_each: dict[str, Any] = {}
    registry = model_registry(settings)
    if through_service:
        service_results = _through_service(FingerprintRecogniser(registry), pairs, other_images, search, settings)
        console.print(service_table(service_results))
        if json:
            write_results(json, service_results)
        return
    published = LatentNetwork(registry.open_session(NETWORK))
    files = (network, ridges, surroundings)
    with_network = _opened(*files) if any(files) else latent_network()
    file_names = " and ".join(str(file) for file in files if file) or "the service's networks"
    for title, key, finding in (
        (f"{folder}, read by the published network", "", published),
        (f"{folder}, read by {file_names}", "with_network", with_network),
    ):
        recogniser = FingerprintRecogniser(registry, prepared_kept=capacity, latents=finding)
        measured = run(recogniser, pairs, other_images, settings.threads, settings.data_folder / CACHE, search)
        results = {**figures(measured, pairs.classes), "model": recogniser.model, "latent_network": finding.digest}
        console.print(table(title, results))
        content |= {key: results} if key else results
        of_each[key or "latents"] = rows(names, measured)
    if per_latent:
        write_results(per_latent, of_each)
    if json:
        write_results(json, content)


def _through_service(
    recogniser: FingerprintRecogniser,
    pairs: LatentPairs,
    other_images: Sequence[datasets.LabelledImage],
    search: LatentSettings,
    settings: Settings,
) -> dict[str, Any]:
    folder = settings.data_folder / CACHE
    stored = cached_templates(recogniser, [*pairs.mates, *other_images], settings.threads, folder)
    mates, strangers = stored[: len(pairs.mates)], stored[len(pairs.mates) :]
    return service_figures(search_through_service(recogniser.model, pairs, mates, strangers, search, settings))


def _opened(minutiae: Path | None, ridges: Path | None, surroundings: Path | None) -> LatentNetwork:
    try:
        contents = [
            file.read_bytes() if file else trained_content(name)
            for file, name in ((minutiae, WEIGHTS), (ridges, RIDGES), (surroundings, SURROUNDINGS))
        ]
        network = opened_network(*contents)
        for session in (network.session, network.ridges, network.surroundings):
            assert session is not None, "all three were given"
            session.inputs  # noqa: B018 - it opens the network now, so that a wrong file is refused here
    except (OSError, ValueError, KeyError) as error:
        raise InvalidField(f"The weights cannot be used: {error}.") from error
    return network


def _prints(argument: str, at_most: int | None) -> tuple[datasets.LabelledImage, ...]:
    folder, ppi = folder_and_ppi(argument)
    images = tuple(replace(image, ppi=ppi or image.ppi or 500.0) for image in datasets.read_strangers(folder))
    return images if at_most is None else datasets.of_some_subjects(images, at_most)
