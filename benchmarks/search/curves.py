"""Figures of galleries of several sizes: measured, shown and plotted."""

from __future__ import annotations

import json
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.cli.progress_bars import progress
from benchmarks.runs.datasets import UnusableDataset, read_fingerprints
from benchmarks.runs.template_cache import cached_templates
from benchmarks.search import faces, prints
from benchmarks.search.engines import ComparedIndex
from benchmarks.search.figure import SearchFigure
from benchmarks.search.gallery import FINGERS as FINGERS_A_PERSON
from benchmarks.search.gallery import GENERATED, PrintGallery, labels
from benchmarks.search.prints import KNOWN_FINGER, TEN_PRINTS, UNKNOWN_FINGER, Searcher, single_fingers, ten_prints
from biometrics.kernel.recognition.types import Template
from biometrics.matching.calibration import Calibration
from biometrics.matching.ports import Recogniser, SearchIndex
from index.feature_sets import FeatureSetIndex

FACES = (10_000, 100_000, 1_000_000, 10_000_000)
FINGERS = (10_000, 100_000, 1_000_000, 4_000_000, 13_000_000)
PERSON_TARGET_KB = 12.0  # memory for ten prints and a photo; issue 4
CHANGES, FEWER_CHANGES = 50, 5  # prints added and removed one by one; the second where each search takes seconds
LARGE = 2_000_000  # prints in a gallery
TEN_PRINT_SEARCHES = 20  # single searches for each search of ten prints

_LAST = {faces.LAST, prints.SNAPSHOT_LOADED, prints.RECALLED}  # what the last figure of a gallery is of
IN_EMBEDDED = ", embedded"  # added to what was measured in the embedded index, after the divided one

Impressions = list[list[Template]]  # those of each finger


class Remaining(NamedTuple):
    """What is left of a curve: figures that were measured before, and the galleries of both kinds that were not."""

    figures: list[SearchFigure]
    faces: list[int]
    fingers: list[int]


def stored(files: Sequence[Path]) -> list[SearchFigure]:
    """Read the figures of earlier runs.

    Raises:
        UnusableDataset: a file cannot be read, or holds no such figures.
    """
    figures = []
    for file in files:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            figures += [SearchFigure.of_content(figure) for figure in content["figures"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnusableDataset(f"{file} holds no figures of a search benchmark: {error}") from error
    return sorted(figures, key=lambda figure: (figure.what, figure.gallery))


def remaining(figures: Sequence[SearchFigure], largest: int | None) -> Remaining:
    """Return what is left of the curve up to a size, after earlier runs.

    A gallery that was not measured to its last figure is measured again, and its figures are left out.
    """
    whole = {(_is_of_faces(figure), figure.gallery) for figure in figures if figure.what in _LAST}
    faces_, fingers = (
        [size for size in sizes if (of_faces_, size) not in whole and (largest is None or size <= largest)]
        for of_faces_, sizes in ((True, FACES), (False, FINGERS))
    )
    remeasured = {*((True, size) for size in faces_), *((False, size) for size in fingers)}
    earlier_figures = [figure for figure in figures if (_is_of_faces(figure), figure.gallery) not in remeasured]
    return Remaining(earlier_figures, faces_, fingers)


def line(figure: SearchFigure) -> str:
    """Describe a figure in one line, to be shown while the others are measured."""
    lost = f", lost {figure.lost} of {figure.mated}" if figure.mated else ""
    return f"{figure.gallery:,}: {figure.what}, p50 {figure.p50_ms:,.2f} ms{lost}"


def _is_of_faces(figure: SearchFigure) -> bool:
    return figure.what.startswith("face")


def of_faces(size: int, searches: int) -> list[SearchFigure]:
    """Measure a gallery of made-up faces, in a process of its own: what it frees would count against the next one."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_of_faces, size, searches).result()


def _of_faces(size: int, searches: int) -> list[SearchFigure]:
    with progress(f"{size:,} faces", 2 * size) as advance:
        return faces.measure(size, searches, advance)


def impressions(recogniser: Recogniser, folders: Sequence[str], threads: int, cache: Path) -> Impressions:
    """Extract the real prints of some folders, each named with its resolution behind a colon where it is not 500.

    `cache` is the folder of templates that earlier runs extracted.

    Raises:
        UnusableDataset: a folder cannot be used, or has no two impressions of a finger.
    """
    templates: dict[tuple[str, str], list[Template]] = {}
    for name in folders:
        folder, _, resolution = name.rpartition(":")
        if not folder or not resolution.isdecimal():
            folder, resolution = name, "500"
        images = [replace(image, ppi=float(resolution)) for image in read_fingerprints(Path(folder))]
        extracted = cached_templates(recogniser, images, threads, cache)
        for image, template in zip(images, extracted, strict=True):
            if template:
                templates.setdefault((folder, image.subject), []).append(template)
    if not any(len(finger) > 1 for finger in templates.values()):
        raise UnusableDataset("No finger has two usable impressions; a search needs one to be found by another.")
    return list(templates.values())


def of_prints(
    recogniser: Recogniser,
    calibration: Calibration,
    real: Impressions,
    sizes: Sequence[int],
    searches: int,
    shortlist: int,
    divided: ComparedIndex | None = None,
    generated: int = GENERATED,
) -> Iterator[SearchFigure]:
    """Measure one gallery of generated prints as it grows, in the embedded index and, where given, in a divided one.

    Each figure is yielded as soon as it is measured: the last of a large gallery come an hour after the first.
    """
    gallery = (
        PrintGallery(FeatureSetIndex(), recogniser.model, generated)
        if divided is None
        else PrintGallery(divided, recogniser.model, generated, divided.resident_mb)
    )
    _warm_up([FeatureSetIndex(closer_each=1), gallery.index], [recogniser.features(finger[0]) for finger in real])
    if divided is not None:
        divided.embedded_s = 0.0
    searcher = Searcher(gallery, recogniser, calibration, shortlist)
    few_searches = max(1, searches // TEN_PRINT_SEARCHES)
    kinds = {
        UNKNOWN_FINGER: single_fingers(real, searches),
        KNOWN_FINGER: single_fingers(real, searches, is_known=True),
        TEN_PRINTS: ten_prints(real, few_searches),
    }
    changes = [recogniser.features(finger[0]) for finger in real[:CHANGES]]
    for size in sizes:
        with progress(f"{size:,} prints", size - len(gallery)) as advance:
            gallery.fill(size, searcher.threads, advance)
        searchers = {"": (gallery, searcher)}
        if divided is not None:
            gallery.build_s -= divided.embedded_s
            divided.embedded_s = 0.0
            compared = gallery.of_index(divided.embedded)
            searchers[IN_EMBEDDED] = compared, Searcher(compared, recogniser, calibration, shortlist)
        with progress("Searching", len(searchers) * sum(map(len, kinds.values()))) as advance:
            for label, mates in kinds.items():
                for where, (searched, prints_searcher) in searchers.items():
                    if mates:
                        yield replace(
                            prints.measure(searched, prints_searcher, label, mates, advance), what=f"{label}{where}"
                        )
        yield from prints.measure_changes(gallery, changes if size < LARGE else changes[:FEWER_CHANGES])
        if divided is not None:
            yield prints.measure_saving(gallery, Path(os.devnull), os.urandom(32))
            probes = [recogniser.features(finger[0]) for finger in real[:CHANGES]]
            yield prints.recall(gallery, *divided.recall(probes, shortlist))
            continue
        with tempfile.TemporaryDirectory(prefix="pehchan-bench-") as folder:
            yield from prints.measure_snapshot(gallery, Path(folder))


def _warm_up(indexes: Sequence[SearchIndex], features: Sequence[NDArray[np.void]]) -> None:
    """Compile what indexes need, in their processes, so that it counts as neither memory nor time of the gallery."""
    ids = np.arange(len(features))
    for index in indexes:
        index.add(ids, features, labels(ids))
        index.search(features[0], 1)
        index.remove(ids)


def table(figures: Sequence[SearchFigure]) -> Table:
    """Show figures to a person, with their targets."""
    figures_table = Table("search", "gallery", "p50 ms", "CPU ms", "target", "lost", "target", "MB", "build s", "")
    for figure in figures:
        timed, counts_losses = figure.p50_target_ms is not None, figure.mated > 0 and figure.lost_target is not None
        figures_table.add_row(
            figure.what,
            f"{figure.gallery:,}",
            f"{figure.p50_ms:,.2f}",
            f"{figure.cpu_ms:,.1f}" if figure.cpu_ms else "",
            f"{figure.p50_target_ms:g}" if timed else "",
            f"{figure.lost} of {figure.mated}: {100 * figure.lost / figure.mated:.2f} %" if figure.mated else "",
            f"{100 * (figure.lost_target or 0):g} %" if counts_losses else "",
            f"{figure.resident_mb:,.0f}" if figure.resident_mb else "",
            f"{figure.build_s:.1f}" if figure.build_s else "",
            ("reached" if figure.reached else "MISSED") if timed or counts_losses else "",
        )
    if kilobytes := person_kb(figures):
        verdict = "reached" if kilobytes <= PERSON_TARGET_KB else "MISSED"
        figures_table.caption = f"A person with ten prints and a photo takes {kilobytes:.1f} kB (target 12): {verdict}."
    return figures_table


def person_kb(figures: Sequence[SearchFigure]) -> float | None:
    """Return the memory of ten prints and a photo, by the largest gallery of each; None where one is not known."""
    measured = [figure for figure in figures if figure.resident_mb > 0]
    of_prints = [figure for figure in measured if "print" in figure.what]
    of_faces = [figure for figure in measured if "face" in figure.what]
    if not of_prints or not of_faces:
        return None
    print_, face = (max(of_kind, key=lambda figure: figure.gallery) for of_kind in (of_prints, of_faces))
    return 1000 * (FINGERS_A_PERSON * print_.resident_mb / print_.gallery + face.resident_mb / face.gallery)


def plot(figures: Sequence[SearchFigure], out: Path) -> None:
    """Draw time, losses (0.001 % where there were none), memory and building time over the size of the gallery."""
    from matplotlib import colormaps  # here, because it comes with an extra
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(13, 7.6), layout="constrained")
    axes = drawing.subplots(2, 2).ravel()
    kinds: dict[str, list[SearchFigure]] = {}
    for figure in figures:
        kinds.setdefault(figure.what, []).append(figure)
    values: tuple[tuple[str, Callable[[SearchFigure], float]], ...] = (
        ("milliseconds a search, median", lambda figure: figure.p50_ms),
        ("lost against comparing everything, %", lambda figure: 100 * figure.lost / max(figure.mated, 1)),
        ("memory, MB", lambda figure: figure.resident_mb),
        ("seconds to build", lambda figure: figure.build_s),
    )
    for axis, (label, value) in zip(axes, values, strict=True):
        for (kind, of_kind), colour in zip(kinds.items(), colormaps["tab20"](range(len(kinds))), strict=True):
            sizes = [figure.gallery for figure in of_kind]
            axis.loglog(sizes, [max(value(figure), 1e-3) for figure in of_kind], "o-", label=kind, color=colour)
        axis.set_xlabel("templates in the gallery")
        axis.set_ylabel(label)
        axis.grid(visible=True, alpha=0.3)
    drawing.legend(*axes[0].get_legend_handles_labels(), loc="outside right center", fontsize=8)
    drawing.savefig(out, dpi=90)
