"""Train the network that tells which pixels of a photo of an eye show the iris (iris/visibility.onnx) on made-up eyes.

    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch opencv-python-headless onnx
    PYTHONPATH=. /tmp/torch/bin/python -m benchmarks.training.eyes iris/visibility.onnx

Needs PyTorch, which nothing else of Pehchan does, and no photo of a person. One thread, half an hour of a core. After
it, enter the file's SHA-256 in iris/manifest.toml: another processor or PyTorch gives other weights. The state
is kept every 200 steps beside the result, and taken up again.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from iris.synthetic.eye import NEAR, TIGHT, WIDE, Framing, draw_eye

FIRST_EYE = 9_000_000
SIDE, MULTIPLE = 160, 16  # pixels of the longer side, and what both sides are multiples of
CHANNELS = (8, 16, 24, 32, 48)
BATCH, KEPT = 12, 200  # photos a step, and steps between two copies of the state
POOL, LEFT_OUT = 2400, 0.04  # photos kept at once; the share of photos without an eye
RATE = 4e-3

Example = tuple[NDArray[np.float32], NDArray[np.float32]]


class Block(nn.Module):
    """A convolution of three by three pixels, normalised."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU())

    def forward(self, maps: Any) -> Any:
        """Apply it."""
        return self.steps(maps)


class Parts(nn.Module):
    """A U-Net: one grey photo to logits of pupil, iris with pupil, and what can be seen of the iris."""

    def __init__(self) -> None:
        super().__init__()
        ends = (1, *CHANNELS)
        self.down = nn.ModuleList(Block(ends[i], ends[i + 1]) for i in range(len(CHANNELS)))
        self.deep = Block(CHANNELS[-1], CHANNELS[-1])
        self.up = nn.ModuleList(Block(CHANNELS[i] + CHANNELS[i - 1], CHANNELS[i - 1]) for i in range(4, 0, -1))
        self.last = nn.Conv2d(CHANNELS[0], 3, 1)

    def forward(self, maps: Any) -> Any:
        """Return logits of the input's size, three channels."""
        skipped = []
        for i, block in enumerate(self.down):
            maps = block(functional.max_pool2d(maps, 2) if i else maps)
            skipped.append(maps)
        maps = self.deep(maps)
        for block, skip in zip(self.up, reversed(skipped[:-1]), strict=True):
            maps = block(torch.cat([functional.interpolate(maps, scale_factor=2, mode="nearest"), skip], 1))
        return self.last(maps)


def example(number: int) -> Example:
    """Return a photo as the network sees it, and the three masks; some have no eye."""
    framing: Framing = (NEAR, TIGHT, WIDE)[number % 3]
    drawn = draw_eye(FIRST_EYE + number, 0, framing)
    masks = np.stack([drawn.pupil, drawn.iris, drawn.usable]).astype(np.float32)
    pixels = drawn.pixels
    rng = np.random.default_rng(number)
    if rng.random() < LEFT_OUT:  # the surroundings only
        masks[:] = 0
        turned = cv2.GaussianBlur(rng.normal(0, 60, pixels.shape), (0, 0), float(rng.uniform(0.5, 9)))
        pixels = np.where(drawn.iris, np.clip(pixels.mean() + 4 * turned, 0, 255), pixels).astype(np.uint8)
    height, width = pixels.shape
    rows = round(height * SIDE / width)
    small = cv2.resize(pixels, (SIDE, rows), interpolation=cv2.INTER_AREA)
    fine = np.stack([cv2.resize(mask, (SIDE, rows), interpolation=cv2.INTER_AREA) for mask in masks])
    padding = -rows % MULTIPLE
    grey = np.pad(small.astype(np.float32), ((0, padding), (0, 0)), mode="edge")
    return standardised(grey)[None], np.pad(fine, ((0, 0), (0, padding), (0, 0)), mode="edge")


def standardised(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return it with mean 0 and standard deviation 1, as the engine does it (iris/visibility.py)."""
    return np.asarray((grey - grey.mean()) / (grey.std() + 1), np.float32)


def batches(rng: np.random.Generator) -> Iterator[tuple[Any, Any]]:
    """Yield photos of one size at once, half of them mirrored; the pool grows while it is used."""
    pools: tuple[list[Example], ...] = ([], [])
    number = 0
    while True:
        for _ in range(40 if number < 400 else 3):
            if number < POOL:
                photo = example(number)
                pools[int(photo[0].shape[1] != 128)].append(photo)
                number += 1
        pool = pools[int(rng.random() < 1 / 3)]
        chosen = [pool[int(i)] for i in rng.integers(0, len(pool), BATCH)]
        photos, masks = (np.stack([photo_and_masks[part] for photo_and_masks in chosen]) for part in (0, 1))
        if rng.random() < 0.5:
            photos, masks = photos[..., ::-1].copy(), masks[..., ::-1].copy()
        gain = rng.uniform(0.7, 1.3, (BATCH, 1, 1, 1)).astype(np.float32)
        yield torch.from_numpy(photos * gain), torch.from_numpy(masks)


def loss_of(logits: Any, masks: Any) -> Any:
    """Return cross-entropy and Dice, in equal parts."""
    likely = torch.sigmoid(logits)
    common = (likely * masks).sum((2, 3))
    dice = 1 - (2 * common + 50) / (likely.sum((2, 3)) + masks.sum((2, 3)) + 50)
    return functional.binary_cross_entropy_with_logits(logits, masks) + dice.mean()


def train(result: Path, steps: int, minutes: float) -> None:
    """Train and write the network; the rate falls to 0 by the last step, or by the last minute."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    network = Parts()
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-3)
    state, first_step = result.with_suffix(".state"), 0
    if state.exists():
        saved = torch.load(state)
        network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        first_step = saved["done"]
    begun, losses = time.monotonic(), []
    for step, (photos, masks) in enumerate(batches(np.random.default_rng(first_step)), first_step):
        share = max(step / steps, (time.monotonic() - begun) / (60 * minutes))
        if share >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / 50) * 0.5 * (1 + np.cos(np.pi * share))
        loss = loss_of(network(photos), masks)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        if step % KEPT == KEPT - 1:
            print(step + 1, round(time.monotonic() - begun), np.mean(losses[-KEPT:]), flush=True)  # noqa: T201
            saved = {"network": network.state_dict(), "optimiser": optimiser.state_dict(), "done": step + 1}
            torch.save(saved, state)
            export(network, result)
    export(network, result)


def export(network: Parts, result: Path) -> None:
    """Write the network as ONNX, with likelihoods in place of logits."""
    whole = nn.Sequential(network, nn.Sigmoid()).eval()
    shapes = {"photo": {0: "n", 2: "height", 3: "width"}, "parts": {0: "n", 2: "height", 3: "width"}}
    names = {"input_names": ["photo"], "output_names": ["parts"], "dynamic_axes": shapes, "opset_version": 17}
    torch.onnx.export(whole, (torch.zeros(1, 1, 128, SIDE),), str(result), dynamo=False, **names)
    network.train()


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("result", type=Path)
    parser.add_argument("--steps", type=int, default=1900)
    parser.add_argument("--minutes", type=float, default=1e9, help="end the training by then with what there is")
    chosen = parser.parse_args()
    train(chosen.result, chosen.steps, chosen.minutes)


if __name__ == "__main__":
    main()
