"""DET and CMC curves as SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.metrics.likelihood import PRIORS, Validation
from benchmarks.reports.figures import RateCurve
from biometrics.kernel.errors import ModelMissing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOWEST = 1e-4  # FNMR at the foot of a DET plot; a curve that is 0 runs along it
_POINTS = 400  # of a Tippett plot
_COLOURS = ("#1f5fa8", "#c2571a", "#2d7d46", "#7a3f9d", "#555555", "#b0892b")
_DASHES = ("-", "--", "-.", ":", "-", "--")  # to distinguish curves in print without colour


def det(curves: Mapping[str, RateCurve]) -> bytes:
    """Draw FNMR over FMR, both logarithmic, each curve with its 95 % band, as far as FMR is supported."""
    figure, axes = _blank()
    for (name, curve), colour, dash in zip(curves.items(), _COLOURS, _DASHES, strict=False):
        y, low, high = (np.clip(values, LOWEST, 1.0) for values in (curve.y, curve.low, curve.high))
        axes.loglog(curve.x, y, dash, color=colour, label=name)
        axes.fill_between(curve.x, low, high, color=colour, alpha=0.12, linewidth=0)
    axes.set(xlabel="FMR", ylabel="FNMR", ylim=(0.8 * LOWEST, 1.0))
    return _svg(figure, axes)


def cmc(curves: Mapping[str, RateCurve], ranks: int = 20) -> bytes:
    """Draw the share of mates found over the first ranks, each curve with its 95 % band."""
    figure, axes = _blank()
    for (name, curve), colour, dash in zip(curves.items(), _COLOURS, _DASHES, strict=False):
        axes.plot(curve.x[:ranks], 100 * curve.y[:ranks], dash, color=colour, label=name)
        axes.fill_between(
            curve.x[:ranks], 100 * curve.low[:ranks], 100 * curve.high[:ranks], color=colour, alpha=0.12, linewidth=0
        )
    lowest = min(95.0, *(100 * float(curve.low[0]) for curve in curves.values()))
    axes.set(xlabel="rank", ylabel="mates found up to this rank, %", xlim=(1, ranks), ylim=(lowest - 0.5, 100.3))
    axes.set_xticks([1, *range(5, ranks + 1, 5)])
    return _svg(figure, axes)


def tippett(ratios: Validation) -> bytes:
    """Draw the share of mated and of non-mated comparisons whose likelihood ratio is at least so high."""
    figure, axes = _blank()
    both = np.concatenate([ratios.mated, ratios.non_mated])
    at = np.linspace(float(both.min()) - 0.5, float(both.max()) + 0.5, _POINTS)
    for values, name, colour, dash in zip(ratios.tippett(at), ("mated", "non-mated"), _COLOURS, _DASHES, strict=False):
        axes.plot(at, 100 * values, dash, color=colour, label=name)
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set(xlabel="likelihood ratio, powers of ten", ylabel="comparisons that reach it, %", ylim=(-1, 101))
    return _svg(figure, axes)


def cross_entropy(ratios: Validation) -> bytes:
    """Draw the empirical cross-entropy over the prior odds: of the ratios, of the best possible ones, and of none."""
    figure, axes = _blank()
    names = ("these ratios", "best possible", "no ratios")
    for values, name, colour, dash in zip(ratios.entropies(), names, _COLOURS, _DASHES, strict=False):
        axes.plot(PRIORS, values, dash, color=colour, label=name)
    axes.set(xlabel="prior odds, powers of ten", ylabel="cross-entropy, bits", ylim=(0, None))
    return _svg(figure, axes)


def check_installed() -> None:
    """Refuse before anything is compared what could not be drawn.

    Raises:
        ModelMissing: matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModelMissing("A report with plots needs matplotlib; install 'pehchan[demo]'.") from error


def _blank() -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure  # here, because it comes with an extra

    figure = Figure(figsize=(6.2, 4.6), layout="constrained")
    return figure, figure.add_subplot()


def _svg(figure: Figure, axes: Axes) -> bytes:
    axes.grid(visible=True, which="both", alpha=0.25, linewidth=0.5)
    axes.legend(frameon=False)
    out = io.BytesIO()
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": "pehchan"}):  # else the same curves give another file each time
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
