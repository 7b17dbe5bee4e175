"""LEADER for prints at two thirds of the resolution: its linear steps fitted again by least squares, one after another.

    python -m benchmarks.training.reduced models/trained/reduced.npz [--prints 32]

The published network looks at generated, worn prints. What each of its linear steps gives is taken at the pixels of the
reduced prints. The network that sees those gets, from the first step to the last, the kernel and bias that come nearest
to that, given what the steps before it make of the reduced print. No gradients are needed, and no real print is seen.
docs/latents.md says how to install PyTorch for it; models/trained/manifest.toml takes the SHA-256 that it prints.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from benchmarks.training.latents.network import Leader, Linear, published_weights
from benchmarks.training.latents.preparing import generated_print
from fingerprint.parameters import REDUCTION
from fingerprint.synthetic.randomness import random_numbers

Pixels = NDArray[np.float32]

SEED = 36
SIDE = 384  # pixels of a print; reduced it is a multiple of 32, too
AT_ONCE = 2  # prints that the published network looks at together
EDGE = 6  # pixels of a map that are left out: there the two see different fillings
RIDGE = 1e-4  # of the mean square of the inputs: how far a kernel of several pixels is held to the published one
POINT_RIDGE = 3e-4  # the same of a kernel of one pixel
BESIDE_MINUTIAE = 10.0  # how much more a pixel on a minutia counts
ELSEWHERE = 0.02  # how much other pixels count for directions and types
MOST_PLACES = 120_000  # pixels that a step is fitted at
LEAST_PLACES = 6_000
NUMBERS = 6e7  # of the inputs at all those pixels, unless they were fewer than LEAST_PLACES


class Recorded(Leader):
    """The published network; it keeps what each linear step gives at the pixels of the reduced prints, rounded."""

    def __init__(self, layers: Mapping[str, Any]) -> None:
        """Take up the weights."""
        super().__init__(layers)
        self.given: dict[str, list[Any]] = {}

    def linear(self, step: Linear, maps: Any) -> Any:
        """Take the step, and keep what it gives."""
        output = super().linear(step, maps)
        size = [round(side / REDUCTION) for side in output.shape[2:]]
        self.given.setdefault(step.kernel, []).append(
            functional.interpolate(output, size=size, mode="bicubic", align_corners=False).bfloat16()
        )
        return output


class Refitted(Leader):
    """The network for reduced prints, whose linear steps are fitted to `aims` as it is run, once."""

    def __init__(self, layers: Mapping[str, Any], aims: Mapping[str, Any]) -> None:
        """Start from the published weights."""
        super().__init__(layers)
        self._aims = aims
        self._minutiae = torch.sigmoid(aims["head_0_out:0"].float())
        self._generator = torch.Generator().manual_seed(SEED)

    def linear(self, step: Linear, maps: Any) -> Any:
        """Fit the step to its aim, and take it."""
        aim, kernel = self._aims[step.kernel], self.arrays[step.kernel]
        at, weights = self._places(step, aim, kernel)
        inputs = _surroundings(maps, at, kernel.shape[0], step.dilation) * weights[:, None, None]  # places, taps, in
        targets = aim[at[0], :, at[1], at[2]].float() * weights[:, None]
        if step.depthwise:
            published = kernel.data[..., 0].flatten(0, 1).T[..., None]  # in, taps, 1
            fitted = _solved(inputs.permute(2, 1, 0), targets.T[..., None], published, RIDGE)
            kernel.data = fitted[..., 0].T.reshape(kernel.shape).contiguous()
        else:
            bias = self.arrays[step.bias]
            published = torch.cat([kernel.data.flatten(0, 2), bias.data[None]])
            with_bias = torch.cat([inputs.flatten(1), weights[:, None]], 1).T
            fitted = _solved(with_bias, targets, published, RIDGE if kernel.shape[0] > 1 else POINT_RIDGE)
            kernel.data, bias.data = fitted[:-1].reshape(kernel.shape).contiguous(), fitted[-1].contiguous()
        return super().linear(step, maps)

    def _places(self, step: Linear, aim: Any, kernel: Any) -> tuple[Any, Any]:
        """Draw the pixels to fit at, as (3, places), and the roots of how much each counts."""
        height, width = aim.shape[2:]
        near = functional.adaptive_max_pool2d(self._minutiae, (height, width))
        if min(height, width) > 40:  # else a pixel is wider than a minutia
            near = functional.max_pool2d(near, 3, 1, 1)
        counts = ELSEWHERE + near if step.kernel.startswith(("head_1", "head_2")) else 1 / BESIDE_MINUTIAE + near
        edge = min(EDGE, height // 5)
        inner = torch.zeros_like(counts)
        inner[..., edge : height - edge, edge : width - edge] = 1
        every = inner[:, 0].nonzero()
        place_count = int(np.clip(NUMBERS / kernel[..., :1].numel(), LEAST_PLACES, MOST_PLACES))
        at = every[torch.randperm(len(every), generator=self._generator)[:place_count]].T
        drawn = counts[at[0], 0, at[1], at[2]]
        return at, (drawn / drawn.mean()).sqrt()


def _surroundings(maps: Any, at: Any, side: int, dilation: int) -> Any:
    """Return what a kernel of this side sees at each place, shape (places, side * side, channels)."""
    filled = functional.pad(maps, [dilation * (side // 2)] * 4)
    image, y, x = at
    taps = [filled[image, :, y + dilation * i, x + dilation * j] for i, j in np.ndindex(side, side)]
    return torch.stack(taps, 1)


def _solved(inputs: Any, targets: Any, published: Any, ridge: float) -> Any:
    """Return the weights by which `inputs`, (..., in, places), come nearest to `targets`, (..., places, out)."""
    square = inputs @ inputs.mT
    scale = square.diagonal(dim1=-2, dim2=-1).mean(-1)[..., None, None]
    regularised = square + (ridge * scale + 1e-6) * torch.eye(square.shape[-1])
    change = torch.linalg.solve(regularised.double(), (inputs @ targets - square @ published).double())
    return published + change.float()


def worn_print(number: int) -> Pixels:
    """Return the middle of a generated print, some of them faint, unevenly inked, blurred, noisy, or with gaps."""
    rng = random_numbers(SEED, number)
    print_ = generated_print(number)
    missing = [max(0, SIDE - side) for side in print_.shape]
    filled = np.pad(print_, [(gap // 2, gap - gap // 2) for gap in missing], constant_values=255)
    top, left = ((side - SIDE) // 2 for side in filled.shape)
    pixels: NDArray[Any] = filled[top : top + SIDE, left : left + SIDE].astype(np.float32)

    def clouds(width: float) -> Pixels:
        noise = cv2.GaussianBlur(rng.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), width)
        return np.asarray(noise / noise.std(), np.float32)

    if rng.random() < 0.6:
        pixels = 255 - (255 - pixels) * rng.uniform(0.25, 1) - rng.uniform(0, 60) * rng.random()
        pixels = pixels + rng.uniform(0, 25) * clouds(30)
    if rng.random() < 0.5:
        pixels = cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.5, 1.6))
    pixels = pixels + rng.normal(0, rng.uniform(0, 14), pixels.shape)
    if rng.random() < 0.3:
        fading = np.clip(clouds(rng.uniform(6, 20)), 0, 1)
        pixels = pixels * (1 - fading) + 255 * fading
    return np.asarray(np.clip(pixels, 0, 255), np.float32)


def refitted(prints: int) -> Leader:
    """Return the network for reduced prints, fitted to what the published one detects in generated ones."""
    pixels = np.stack([worn_print(number) for number in range(prints)])
    small = round(SIDE / REDUCTION)
    reduced = np.stack([cv2.resize(print_, (small, small), interpolation=cv2.INTER_AREA) for print_ in pixels])
    published = Recorded(published_weights())
    with torch.no_grad():
        for first in range(0, prints, AT_ONCE):
            published(torch.from_numpy(pixels[first : first + AT_ONCE])[:, None])
        fitting = Refitted(published_weights(), {name: torch.cat(outputs) for name, outputs in published.given.items()})
        fitting(torch.from_numpy(reduced)[:, None])
    network = Leader(published_weights())
    network.load_state_dict(fitting.state_dict())
    network.arrays["blur:0"].data = _narrower(network.arrays["blur:0"].data)
    return network


def _narrower(blur: Any) -> Any:
    """Return the Gaussian that smooths the likeness of a minutia, (n, n, 1, 1), as wide on the finger as it was."""
    x = torch.arange(len(blur)) - len(blur) // 2
    line = blur.sum((1, 2, 3))
    deviation = (line * x**2).sum().sqrt() / REDUCTION
    line = torch.exp(-(x**2) / (2 * deviation**2))
    return torch.outer(line, line)[..., None, None] / line.sum() ** 2


def main() -> None:
    """Read the command line, fit, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--prints", type=int, default=32)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    tensors = refitted(chosen.prints).arrays.items()
    np.savez_compressed(chosen.file, **{name: tensor.detach().numpy().astype(np.float16) for name, tensor in tensors})
    print(sha256(chosen.file.read_bytes()).hexdigest())  # noqa: T201


if __name__ == "__main__":
    main()
