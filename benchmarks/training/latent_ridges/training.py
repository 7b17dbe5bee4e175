"""The training itself: it can be stopped at any moment, and goes on from its last checkpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from benchmarks.training.interruptible import CHECKPOINT, mean_losses, report, save_checkpoint, until_ended
from benchmarks.training.latent_ridges.examples import Batch, Targets, batch
from benchmarks.training.latent_ridges.network import RidgeUnet
from benchmarks.training.latents.pool import Pool

BATCH, WHOLE = 12, 0.15  # patches of a step, and the share of whole prints
RATE, DECAY, WARM, LEAST = 2e-3, 1e-4, 100, 0.02  # the rate rises over WARM steps and falls as a cosine, to LEAST of it
AVERAGED = 0.998  # the part of the mean weights that each step keeps; the mean is what is used
LONGEST = 1.0  # norm of a step's gradient
CLEAR = 0.1  # deviations: the answer of the clean print's filter from which on a place counts in full
PRESENCE = 0.5  # how much the loss of the print's place counts beside that of its ridges
PAUSE = 120.0  # seconds between two checkpoints


class Training:
    """A network, its optimiser, and the mean of its weights, after some of `steps` steps."""

    def __init__(self, seed: int, steps: int) -> None:
        """Begin."""
        torch.manual_seed(seed)
        self.seed, self.steps, self.step = seed, steps, 0
        self.network = RidgeUnet().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), RATE, weight_decay=DECAY)
        self.mean = {name: each.detach().clone() for name, each in self.network.state_dict().items()}

    @property
    def rate(self) -> float:
        """Return the size of the next step."""
        falling = 0.5 * (1 + np.cos(np.pi * self.step / self.steps))
        return float(RATE * min(1.0, (self.step + 1) / WARM) * max(LEAST, falling))

    def take_step(self, examples: Batch) -> list[float]:
        """Learn from examples; return the losses of ridges and presence, and the share of ridges that was right."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        images = torch.from_numpy(examples.images).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(images)
        ridges, presence, right = losses(logits, torch.from_numpy(examples.response), torch.from_numpy(examples.here))
        self.optimiser.zero_grad()
        (ridges + PRESENCE * presence).backward()
        clip_grad_norm_(self.network.parameters(), LONGEST)
        self.optimiser.step()
        self.step += 1
        kept = min(AVERAGED, self.step / (self.step + 10))
        for name, each in self.network.state_dict().items():
            if each.dtype.is_floating_point:
                self.mean[name].lerp_(each, 1 - kept)
        return [float(each.detach()) for each in (ridges, presence, right)]

    def averaged(self) -> RidgeUnet:
        """Return a network with the mean of the weights."""
        network = RidgeUnet()
        network.load_state_dict(self.mean)
        network.eval()
        return network

    def save(self, path: Path) -> None:
        """Write a checkpoint, in place of an earlier one at once."""
        state = {
            "seed": self.seed,
            "steps": self.steps,
            "step": self.step,
            "network": self.network.state_dict(),
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
        }
        save_checkpoint(state, path)

    @classmethod
    def load(cls, path: Path) -> Training:
        """Go on from a checkpoint.

        Raises:
            FileNotFoundError: there is none.
        """
        state: dict[str, Any] = torch.load(path)
        training = cls(state["seed"], state["steps"])
        training.step, training.mean = state["step"], state["mean"]
        training.network.load_state_dict(state["network"])
        training.optimiser.load_state_dict(state["optimiser"])
        return training


def losses(logits: Any, response: Any, here: Any) -> tuple[Any, Any, Any]:
    """Return the loss of ridges and of presence, and the share of the ridges' places that are right."""
    ridge, presence = logits[:, 0], logits[:, 1]
    sure = here * torch.clamp(response.abs() / CLEAR, max=1)
    entropy = functional.binary_cross_entropy_with_logits(ridge, (response > 0).float(), reduction="none")
    counted = sure.sum() + 1
    right = ((ridge > 0) == (response > 0)).float() * sure
    there = functional.binary_cross_entropy_with_logits(presence, here)
    return (entropy * sure).sum() / counted, there, right.sum() / counted


def run(training: Training, pool: Pool, folder: Path, pause: float = PAUSE) -> None:
    """Train to the end, or until SIGTERM or SIGINT; checkpoints and progress go to a folder."""
    torch.set_num_threads(1)
    stopped = until_ended()
    targets = Targets(pool)
    taken: list[list[float]] = []
    saved = time.monotonic()
    with ThreadPoolExecutor(1) as making:  # the next step's examples, while the network learns from this step's
        waiting = making.submit(batch, pool, targets, training.seed, training.step, BATCH, WHOLE)
        while training.step < training.steps and not stopped:
            examples = waiting.result()
            waiting = making.submit(batch, pool, targets, training.seed, training.step + 1, BATCH, WHOLE)
            taken.append(training.take_step(examples))
            if time.monotonic() - saved >= pause:
                training.save(folder / CHECKPOINT)
                _report(folder, training, taken)
                saved, taken = time.monotonic(), []
    training.save(folder / CHECKPOINT)
    _report(folder, training, taken)


def _report(folder: Path, training: Training, taken: Sequence[Sequence[float]]) -> None:
    report(folder, {"step": training.step, "rate": training.rate, "means": mean_losses(taken)})
