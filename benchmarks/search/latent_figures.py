"""The figures of searches of latents, for a table and for JSON: all of them, by number of minutiae and by area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from benchmarks.metrics.identification import Searches
from benchmarks.metrics.intervals import unsupported
from benchmarks.metrics.minutiae import Agreement
from benchmarks.search.latents import LatentRun

RANKS = (1, 2, 5, 10, 20, 50, 100)  # with 20, those of NIST's Evaluation of Latent Fingerprint Technologies
FPIRS = {"fnir_at_fpir_1e2": 0.01, "fnir_at_fpir_2e2": 0.02, "fnir_at_fpir_1e1": 0.1}
_SHOWN = (1, 5, 20)  # in the rows of some latents
MINUTIAE = (0, 20, 40, 60)  # the least number of each row of the table
AREAS = (0.0, 0.1, 0.2, 0.4)  # square inches with clear ridges, the least of each row
FPIR_HEADS = tuple(f"FNIR at FPIR {100 * fpir:g} %" for fpir in FPIRS.values())
DECIMALS = 4  # of a percentage or a time in JSON


def figures(measured: LatentRun, classes: Sequence[str]) -> dict[str, Any]:
    """Return the figures of a run, rates in percent; `classes` says what each latent was left on, where it is known."""
    return {
        "n": len(measured.minutiae),
        **rates(measured.searches),
        "failed": measured.failed,
        "failed_mates": measured.failed_mates,
        "lost": measured.lost,
        **_agreement(measured, np.ones(len(measured.minutiae), np.bool_)),
        "mean_minutiae": round(float(measured.minutiae.mean()), DECIMALS),
        "gallery": measured.searches.gallery,
        "ms_per_search": round(measured.ms_per_search, DECIMALS),
        "ms_extraction": round(measured.ms_extraction, DECIMALS),
        "seconds": measured.seconds,
        "by_minutiae": _rows(measured, measured.minutiae, MINUTIAE),
        "by_area": _rows(measured, measured.areas, AREAS),
        "by_class": _by_class(measured, np.array(classes, np.str_)),
    }


def table(title: str, results: dict[str, Any]) -> Table:
    """Show figures as a table: all latents, then those of each number of minutiae, and of each area."""
    names = (*(f"rank{rank}" for rank in _SHOWN), *FPIRS)
    heads = (*(f"rank {rank}" for rank in _SHOWN), *FPIR_HEADS)
    of_minutiae = ("precision", "recall", "f1") if "f1" in results else ()
    figures_table = Table("latents", "n", *(f"{head}, %" for head in heads), *of_minutiae, title=title)
    minutiae_cells = (f"{results[name]:.3f}" for name in of_minutiae)
    figures_table.add_row(
        "all", str(results["n"]), *(rate_text(results, results["n"], name) for name in names), *minutiae_cells
    )
    labelled = [
        *((_minutiae_label(row["from"]), row) for row in results["by_minutiae"]),
        *((_area_label(row["from"]), row) for row in results["by_area"]),
        *((row["class"], row) for row in results["by_class"]),
    ]
    for label, row in labelled:
        ranks = (f"{row[f'rank{rank}']:.1f}" for rank in _SHOWN)
        figures_table.add_row(
            label,
            str(row["n"]),
            *ranks,
            *("" for _ in FPIRS),
            *(f"{row[name]:.3f}" for name in of_minutiae if name in row),
        )
    stages = ", ".join(f"{seconds:,.0f} s for the {stage}" for stage, seconds in results["seconds"].items())
    figures_table.caption = (
        f"{results['gallery']:,} prints in the gallery; {results['failed']} latents and "
        f"{results['failed_mates']} mates gave no template; {results['lost']} mates were not compared "
        f"in every orientation; {results['ms_per_search']:,.0f} ms of one core a search, "
        f"{results['ms_extraction']:,.0f} of them to extract the latent; the run took {stages}"
    )
    return figures_table


def per_latent(names: Sequence[str], measured: LatentRun) -> list[dict[str, Any]]:
    """Return rank, scores and place in the shortlist of each latent; a score that is not there is None."""
    searches = measured.searches
    rows = zip(names, searches.ranks, searches.mated, searches.others, measured.places, measured.minutiae, strict=True)
    return [
        {
            "latent": name,
            "rank": int(rank) if np.isfinite(mated) else None,
            "score": float(mated) if np.isfinite(mated) else None,
            "best_stranger": float(best) if np.isfinite(best) else None,
            "shortlist_place": int(shortlist_place) or None,
            "minutiae": int(minutiae),
        }
        for name, rank, mated, best, shortlist_place, minutiae in rows
    ]


def rate_text(rates_of_searches: dict[str, float], searches: int, name: str) -> str:
    """Return a rate, or what it lacks: a threshold at an FPIR needs enough searches to be set by."""
    missing = unsupported(FPIRS[name], searches, "latents") if name in FPIRS else None
    return str(missing) if missing else f"{rates_of_searches[name]:.1f}"


def _minutiae_label(min_minutiae: int) -> str:
    above = [limit for limit in MINUTIAE if limit > min_minutiae]
    return f"{min_minutiae} to {above[0] - 1} minutiae" if above else f"{min_minutiae} minutiae or more"


def _area_label(min_area: float) -> str:
    above = [limit for limit in AREAS if limit > min_area]
    return f"{min_area:g} to {above[0]:g} square inches" if above else f"{min_area:g} square inches or more"


def _rows(measured: LatentRun, values: NDArray[Any], limits: Sequence[float]) -> list[dict[str, Any]]:
    """Return a row of figures for each limit from which on, up to the next one, there are latents."""
    places = np.searchsorted(limits, values, side="right") - 1
    chosen = [(limit, places == index) for index, limit in enumerate(limits)]
    return [{"from": limit, "n": int(of.sum()), **_ranks(measured.searches, of)} for limit, of in chosen if of.any()]


def _by_class(measured: LatentRun, classes: NDArray[np.str_]) -> list[dict[str, Any]]:
    """Return a row of figures for each class."""
    chosen = [(name, classes == name) for name in np.unique(classes[classes != ""])]
    return [
        {
            "class": str(name),
            "n": int(of.sum()),
            **_ranks(measured.searches, of),
            **_agreement(measured, of),
        }
        for name, of in chosen
    ]


def _agreement(measured: LatentRun, chosen: NDArray[np.bool_]) -> dict[str, float]:
    """Compare the minutiae of some latents' first views with the known ones; empty where those are not known."""
    compared = [
        agreement for agreement, counts in zip(measured.agreements, chosen, strict=True) if counts and agreement
    ]
    if not compared:
        return {}
    total = sum(compared, Agreement())
    return {name: round(getattr(total, name), DECIMALS) for name in ("precision", "recall", "f1")}


def rates(searches: Searches) -> dict[str, float]:
    """Return the share of searches whose mate is among the first ones, and the FNIR at each FPIR, in percent."""
    fnir = searches.fnir_at_fpir(np.array(list(FPIRS.values())))
    everyone = np.ones(len(searches.ranks), np.bool_)
    return {**_ranks(searches, everyone), **dict(zip(FPIRS, map(_percent, fnir), strict=True))}


def _ranks(searches: Searches, chosen: NDArray[np.bool_]) -> dict[str, float]:
    """Return the share of some searches whose mate is among the first 1, 5 and 20."""
    has_mate = chosen & ~np.isneginf(searches.mated)
    return {f"rank{rank}": _percent((has_mate & (searches.ranks <= rank)).sum() / chosen.sum()) for rank in RANKS}


def _percent(share: float) -> float:
    return round(100.0 * float(share), DECIMALS)
