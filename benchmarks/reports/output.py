"""Figures of a run: for people a table, for programs JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

from benchmarks.metrics import Scores
from benchmarks.metrics.identification import Searches
from benchmarks.metrics.intervals import Rate, interval, resample
from benchmarks.metrics.lfw import lfw_accuracy
from benchmarks.metrics.verification import eer, error_rates, tar_at_fmr
from benchmarks.reports.figures import FPIRS, finding
from benchmarks.runs.folder_run import FaceRun, FingerprintRun
from benchmarks.runs.measure import Extraction
from biometrics.kernel.errors import InvalidField
from biometrics.kernel.technique.atomic_file import whole_file

if TYPE_CHECKING:
    from benchmarks.runs.index_run import IndexRun
    from benchmarks.runs.irises import IrisRun
    from benchmarks.runs.marks import MarkRun
    from benchmarks.runs.palms import PalmRun

FPIR = 0.01
DRAWS = 1000  # of people, for an interval
FEW_DRAWS = 200  # where all pairs are compared, so that each draw takes long
DECIMALS = 4  # of a percentage or a time in JSON; tables show two, as FVC does

Figures = Mapping[str, Any]

_EXPLANATIONS = {
    "eer": "% equal error rate",
    "eer_interval": "% the same, 95 % interval by bootstrap over people",
    "fmr100": "% FNMR where FMR <= 1/100",
    "fmr1000": "% FNMR where FMR <= 1/1000",
    "zero_fmr": "% FNMR where no false match is made",
    "all_impostors": "non-mated pairs of all impressions",
    "accuracy": "% of the pairs list judged right",
    "accuracy_threshold": "where the accuracy's threshold comes from",
    "tar_at_fmr_1e3": "% true accept rate where FMR <= 1/1000",
    "tar_at_fmr_1e3_interval": "% the same, 95 % interval by bootstrap over people",
    "tar_at_fmr_1e5": "% true accept rate where FMR <= 1/100,000: where no false match is made, with fewer comparisons",
    "tar_at_fmr_1e5_interval": "% the same, 95 % interval by bootstrap over people",
    "rank1": "% of searches whose mate comes first in the gallery",
    "rank1_interval": "% the same, 95 % interval by bootstrap over people",
    "rank10": "% whose mate is among the first ten",
    "copies_rank1": "% of changed copies whose photo comes first",
    "copies_rank10": "% of changed copies whose photo is among the first ten",
    "n": "searches with another photo of the same mark or eye, or with a latent of a palm",
    "gallery": "palms that are searched",
    "n_copies": "searches with changed copies of photos",
    "n_distractors": "parts and changes of other photos that are in the gallery, too",
    "poor": "photos of unacceptable quality, which are searched too",
    "template_bytes": "bytes of a template",
    "fnir_at_fpir_1e2": "% of mates missed where FPIR <= 1/100: searches without the mate that still return a hit",
    "fnir_interval": "% the same, 95 % interval",
    "n_searches": "searches, of people with two images or more",
    "n_images": "images",
    "n_genuine": "mated comparisons",
    "n_impostor": "non-mated comparisons",
    "failed": "images without a template; their comparisons count, with the lowest score",
    "extract_ms": "ms of one core, file to template, an image",
    "ms_per_image": "ms of one core, file to template, an image",
    "matches_per_s": "exact comparisons a second on one core",
    "compare_ms": "ms of one core, a comparison",
    "index_palms": "palms in the index, nearly all of them generated without images",
    "index_rank1": "% of searches of it whose mate comes first",
    "index_rank10": "% whose mate is among the first ten",
    "index_codes": "generated codes or embeddings that are searched",
    "index_threads": "threads of a search of the index",
    "index_ms": "ms of a search of the index, median",
    "index_found": "% of those searches whose mate, a noisy copy, comes first",
}


def fingerprint_figures(run: FingerprintRun) -> Figures:
    """Return FVC's figures in percent, with the counts and times."""
    return {
        **_rates(run.genuine, run.impostor),
        "all_impostors": {**_rates(run.genuine, run.all_impostors), "n_impostor": len(run.all_impostors)},
        "rank1": _percent(float(run.searches.cmc()[0])),
        "n_genuine": len(run.genuine),
        "n_impostor": len(run.impostor),
        **_extracted(run.extraction),
        "extract_ms": round(run.extraction.ms, DECIMALS),
        "matches_per_s": round(run.matches_per_s),
        "model": run.model,
    }


def mean_rates(figures: Sequence[Figures]) -> Figures:
    """Return the means of the rates of several sets of prints, in percent."""
    rates = ("eer", "fmr100", "fmr1000", "zero_fmr")
    every = [set_figures["all_impostors"] for set_figures in figures]
    return {
        **{name: round(float(np.mean([set_figures[name] for set_figures in figures])), DECIMALS) for name in rates},
        "all_impostors": {
            name: round(float(np.mean([all_impostors[name] for all_impostors in every])), DECIMALS) for name in rates
        },
    }


def face_figures(run: FaceRun) -> Figures:
    """Return the figures of faces in percent, with the counts and times; `accuracy` where there was a pairs list."""
    return {
        **_accuracy(run),
        "eer": _percent(eer(run.genuine, run.impostor)),
        "tar_at_fmr_1e3": _percent(tar_at_fmr(run.genuine, run.impostor, 1 / 1000)),
        **_searched(run.searches),
        "n_genuine": len(run.genuine),
        "n_impostor": len(run.impostor),
        **_extracted(run.extraction),
        "ms_per_image": round(run.extraction.ms, DECIMALS),
        "model": run.model,
    }


def mark_figures(run: MarkRun) -> Figures:
    """Return the figures of photos of marks; rates in percent."""
    figures: dict[str, Any] = {}
    for name, searches in (("", run.photos), ("copies_", run.copies)):
        if len(searches.ranks):
            match_rates = searches.cmc()
            figures |= {f"{name}rank{rank}": _percent(match_rates[min(rank, len(match_rates)) - 1]) for rank in (1, 10)}
    return {
        **figures,
        "rank1_interval": _interval(finding(run.photos, DRAWS).rank1),
        "n": len(run.photos.ranks),
        "n_copies": len(run.copies.ranks),
        "n_images": run.images,
        "n_distractors": run.distractors,
        "failed": run.failed,
        "poor": run.poor,
        "template_bytes": round(run.template_bytes),
        "model": run.model,
    }


def iris_figures(run: IrisRun) -> Figures:
    """Return the figures of photos of irises; rates in percent."""
    both, match_rates = run.comparisons, run.searches.cmc()
    fmrs = np.array([1e-3, 1e-5])
    tar = 1 - both.fnmr_at_fmr(fmrs)
    drawn = resample(run.people, lambda w: np.append(both.eer(w), 1 - both.fnmr_at_fmr(fmrs, w)), FEW_DRAWS)
    bounds = [[_percent(low), _percent(high)] for low, high in interval(drawn).T]
    return {
        "eer": _percent(both.eer()),
        "eer_interval": bounds[0],
        "tar_at_fmr_1e3": _percent(tar[0]),
        "tar_at_fmr_1e3_interval": bounds[1],
        "tar_at_fmr_1e5": _percent(tar[1]),
        "tar_at_fmr_1e5_interval": bounds[2],
        **{f"rank{rank}": _percent(match_rates[min(rank, len(match_rates)) - 1]) for rank in (1, 10)},
        "rank1_interval": _interval(finding(run.searches, DRAWS).rank1),
        "n": len(run.searches.ranks),
        "n_images": run.images,
        "n_genuine": len(both.mated),
        "n_impostor": len(both.non_mated),
        "failed": sum(run.faults.values()),
        "failures": dict(run.faults),
        "poor": run.poor,
        "extract_ms": round(run.ms, DECIMALS),
        "model": run.model,
    }


def index_figures(run: IndexRun) -> Figures:
    """Return the figures of searches among generated codes or embeddings."""
    return {
        "index_codes": run.codes,
        "index_threads": run.threads,
        "index_ms": round(run.median_ms, DECIMALS),
        "index_found": _percent(run.found / run.searches),
    }


def palm_figures(run: PalmRun) -> Figures:
    """Return the figures of images of palms and of latents of them; rates in percent."""
    both, match_rates = run.comparisons, run.searches.cmc()
    tar = 1 - both.fnmr_at_fmr(np.array([1e-3, 1e-5]))
    figures = {
        "eer": _percent(both.eer()),
        "tar_at_fmr_1e3": _percent(tar[0]),
        "tar_at_fmr_1e5": _percent(tar[1]),
        **{f"rank{rank}": _percent(match_rates[min(rank, len(match_rates)) - 1]) for rank in (1, 10)},
        "rank1_interval": _interval(finding(run.searches, DRAWS).rank1),
        "n": len(run.searches.ranks),
        "gallery": run.searches.gallery,
        "n_images": run.images,
        "n_genuine": len(both.mated),
        "n_impostor": len(both.non_mated),
        "failed": sum(run.faults.values()),
        "failures": dict(run.faults),
        "extract_ms": round(run.extract_ms, DECIMALS),
        "compare_ms": round(run.compare_ms, DECIMALS),
    }
    index = run.index
    if index is None:
        return figures
    return {
        **figures,
        "index_palms": index.palms,
        "index_threads": index.threads,
        "index_ms": round(index.median_ms, DECIMALS),
        "index_rank1": _percent(index.first / index.searches),
        "index_rank10": _percent(index.among_ten / index.searches),
    }


def table(title: str, figures: Figures) -> Table:
    """Show figures, each with what it is."""
    figures_table = Table("figure", "value", "what it is", title=title)
    for name, explanation in _EXPLANATIONS.items():
        value = figures.get(name)
        if isinstance(value, Mapping):
            figures_table.add_row(name, "", explanation)
            for inner, inner_value in value.items():
                figures_table.add_row(f"  {inner}", _text(inner_value), _EXPLANATIONS[inner])
        elif value is not None:
            figures_table.add_row(name, _text(value), explanation)
    return figures_table


def write_json(path: Path, content: Figures) -> None:
    """Write figures to a file, which keeps its earlier content until the new one is complete.

    Raises:
        InvalidField: it cannot be written.
    """
    text = json.dumps(content, indent=2) + "\n"
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):  # such as /dev/stdout
            path.write_text(text, encoding="utf-8")
        else:
            with whole_file(path) as file:
                file.write(text)
    except OSError as error:
        raise InvalidField(f"{path} cannot be written: {error.strerror}. Name another file.") from error


def _percent(share: float) -> float:
    return round(100.0 * share, DECIMALS)


def _rates(genuine: Scores, impostor: Scores) -> dict[str, float]:
    return {name: _percent(share) for name, share in asdict(error_rates(genuine, impostor)).items()}


def _accuracy(run: FaceRun) -> Figures:
    if run.folds is None:
        return {}
    folds = len(np.unique(run.folds))
    learned = "each fold's from the others" if folds > 1 else "the best on these same pairs, which flatters"
    return {
        "accuracy": _percent(lfw_accuracy(run.scores, run.same, run.folds)),
        "accuracy_threshold": f"{learned} ({folds} fold{'s' if folds > 1 else ''})",
    }


def _searched(searches: Searches) -> Figures:
    figure = finding(searches, DRAWS)
    fnir = figure.fnir[FPIRS.index(FPIR)]
    return {
        "rank1": _percent(figure.rank1.value),
        "rank1_interval": _interval(figure.rank1),
        "fnir_at_fpir_1e2": _percent(fnir.value) if isinstance(fnir, Rate) else str(fnir),
        "fnir_interval": _interval(fnir) if isinstance(fnir, Rate) else None,
        "n_searches": figure.searches,
    }


def _interval(rate: Rate) -> list[float]:
    return [_percent(rate.low), _percent(rate.high)]


def _extracted(extraction: Extraction) -> Figures:
    return {"n_images": len(extraction.templates), "failed": len(extraction.failures)}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(map(_text, value))
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
