"""The training itself: it can be stopped at any moment, and goes on from its last checkpoint.

The two descriptions of one point are drawn together and pushed from those of all other points of a step, of which those
of the same finger are the hardest (InfoNCE: van den Oord and others, 2018).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from benchmarks.training.averaged_training import AveragedTraining, Plan
from benchmarks.training.descriptors.examples import Example
from benchmarks.training.descriptors.network import MOST_SCALE, Describer
from benchmarks.training.interruptible import CHECKPOINT, mean_losses, report, until_ended
from fingerprint.matching.kernels.surroundings import SIDE, surroundings
from fingerprint.synthetic.finger.frame import Field
from fingerprint.synthetic.randomness import random_numbers

EXAMPLES, POINTS = 48, 8  # of a step, and of each of its examples
MINUTIAE = 2.5  # how much more often a minutia is drawn than another point
FEWEST = 4  # points of an example that is used
HELD_OUT = 20  # one in this many examples is not trained on
ON_LATENT, ON_PRINT = (2.5, 0.17), (1.3, 0.08)  # pixels and radians that a point is found away; one deviation
CUT, CUT_AT = 0.4, (4.0, 26.0)  # share of the latent's squares that end at a line, and cells from the middle to it
SAME = 18.0  # pixels between points so close that their descriptions may be alike
PAUSE = 60.0  # seconds between two checkpoints

_STREAM, _CHECKED = 32, 33


class Batch(NamedTuple):
    """Squares around points on latents and on prints, shape (n, 1, SIDE, SIDE), and which pairs may be alike."""

    on_latent: Field
    on_print: Field
    unclear: NDArray[np.bool_]  # shape (n, n)


def divided(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on, and those held out."""
    used = [(number % HELD_OUT, example) for number, example in enumerate(examples) if len(example.minutiae) >= FEWEST]
    return [example for part, example in used if part], [example for part, example in used if not part]


def batch(examples: Sequence[Example], rng: np.random.Generator) -> Batch:
    """Draw the points of a step."""
    chosen = rng.choice(len(examples), min(EXAMPLES, len(examples)), replace=False)
    latents, prints, places, fingers, numbers = [], [], [], [], []
    for number in chosen.tolist():
        example = examples[number]
        weight = np.where(example.minutiae, MINUTIAE, 1.0)
        points = rng.choice(len(weight), min(POINTS, len(weight)), replace=False, p=weight / weight.sum())
        latents.append(surroundings(example.latent, _away(example.on_latent[:, points], ON_LATENT, rng)))
        prints.append(surroundings(example.print_, _away(example.on_print[:, points], ON_PRINT, rng)))
        places.append(example.on_print[:2, points])
        fingers += [example.finger] * len(points)
        numbers += [number] * len(points)
    all_places = np.concatenate(places, axis=1)
    same_example = np.equal.outer(numbers, numbers)
    close = np.hypot(*(all_places[:, :, None] - all_places[:, None, :])) < SAME
    unclear = np.where(same_example, close, np.equal.outer(fingers, fingers))
    np.fill_diagonal(unclear, False)
    return Batch(_cut(np.concatenate(latents), rng)[:, None], np.concatenate(prints)[:, None], unclear)


def _away(points: Field, away: tuple[float, float], rng: np.random.Generator) -> NDArray[np.float64]:
    off = rng.normal(0, 1, points.shape) * np.array([[away[0]], [away[0]], [away[1]]])
    return np.asarray(points + off, np.float64)


def _cut(squares: Field, rng: np.random.Generator) -> Field:
    """End some of the squares at a line."""
    steps = np.arange(SIDE) - (SIDE - 1) / 2
    turn = rng.uniform(0, 2 * np.pi, (len(squares), 1, 1))
    at = np.where(rng.random(turn.shape) < CUT, rng.uniform(*CUT_AT, turn.shape), np.inf)
    on_one_side = np.cos(turn) * steps[:, None] + np.sin(turn) * steps < at
    return np.where(on_one_side, squares, np.float32(0))


class Training(AveragedTraining):
    """The training of a `Describer`."""

    NETWORK, PLAN = Describer, Plan(rate=3e-3, decay=2e-3, least=0.01, longest=2.0)

    def take_step(self, examples: Sequence[Example]) -> list[float]:
        """Learn from some of the examples; return the loss."""
        similar, unclear = similarities(self.network, batch(examples, random_numbers(self.seed, _STREAM, self.step)))
        logits = (similar * self.network.scale.clamp(max=MOST_SCALE).exp()).masked_fill(unclear, -1e4)
        right = torch.arange(len(logits))
        loss = (functional.cross_entropy(logits, right) + functional.cross_entropy(logits.T, right)) / 2
        self.learn(loss)
        return [float(loss.detach())]


def similarities(network: Describer, examples: Batch) -> tuple[Any, Any]:
    """Return how similar each point on a latent is to each one on a print, and which pairs may be alike."""
    squares = torch.from_numpy(np.concatenate([examples.on_latent, examples.on_print]))
    with torch.autocast("cpu", torch.bfloat16):
        described = network(squares.contiguous(memory_format=torch.channels_last))
    latents, prints = described.split(len(examples.on_latent))
    return latents @ prints.T, torch.from_numpy(examples.unclear)


def share_found(network: Describer, examples: Sequence[Example], draws: int = 4) -> float:
    """Return the share of the points on latents that are most similar to their own on the print."""
    first = []
    with torch.inference_mode():
        for draw in range(draws):
            similar, unclear = similarities(network, batch(examples, random_numbers(draw, _CHECKED)))
            first.append(similar.masked_fill(unclear, -2).argmax(1).numpy() == np.arange(len(similar)))
    return float(np.concatenate(first).mean())


def run(training: Training, examples: Sequence[Example], folder: Path, pause: float = PAUSE) -> None:
    """Train to the end, or until SIGTERM or SIGINT; checkpoints and progress go to a folder."""
    torch.set_num_threads(1)
    stopped, (used, held_out) = until_ended(), divided(examples)
    losses: list[list[float]] = []
    saved = time.monotonic()
    while training.step < training.steps and not stopped:
        losses.append(training.take_step(used))
        if time.monotonic() - saved >= pause:
            _save(training, held_out, folder, losses)
            saved, losses = time.monotonic(), []
    _save(training, held_out, folder, losses)


def _save(training: Training, held_out: Sequence[Example], folder: Path, losses: Sequence[Sequence[float]]) -> None:
    training.save(folder / CHECKPOINT)
    right = round(share_found(training.averaged(), held_out), 4)
    progress = {
        "step": training.step,
        "loss": mean_losses(losses),
        "held_out_first": right,
        "cpu_s": round(time.process_time()),
    }
    report(folder, progress)
