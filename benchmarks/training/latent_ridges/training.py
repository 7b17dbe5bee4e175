"""The training itself: it can be stopped at any moment, and goes on from its last checkpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from benchmarks.training.averaged_training import AveragedTraining, Plan
from benchmarks.training.interruptible import CHECKPOINT, mean_losses, report, until_ended
from benchmarks.training.latent_ridges.examples import Batch, Targets, batch
from benchmarks.training.latent_ridges.network import RidgeUnet
from benchmarks.training.latents.pool import Pool

BATCH, WHOLE = 12, 0.15  # patches of a step, and the share of whole prints
CLEAR = 0.1  # deviations: the answer of the clean print's filter from which on a place counts in full
PRESENCE = 0.5  # weight of the presence loss relative to that of the ridges
PAUSE = 120.0  # seconds between two checkpoints


class Training(AveragedTraining):
    """The training of a `RidgeUnet`."""

    NETWORK, PLAN = RidgeUnet, Plan(rate=2e-3, decay=1e-4, least=0.02, longest=1.0)

    def take_step(self, examples: Batch) -> list[float]:
        """Learn from examples; return the losses of ridges and presence, and the share of ridges that was right."""
        images = torch.from_numpy(examples.images).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(images)
        ridges, presence, right = losses(logits, torch.from_numpy(examples.response), torch.from_numpy(examples.here))
        self.learn(ridges + PRESENCE * presence)
        return [float(loss.detach()) for loss in (ridges, presence, right)]


def losses(logits: Any, response: Any, has_print: Any) -> tuple[Any, Any, Any]:
    """Return the loss of ridges and of presence, and the share of the ridges' places that are right."""
    ridge, presence = logits[:, 0], logits[:, 1]
    sure = has_print * torch.clamp(response.abs() / CLEAR, max=1)
    entropy = functional.binary_cross_entropy_with_logits(ridge, (response > 0).float(), reduction="none")
    counted = sure.sum() + 1
    right = ((ridge > 0) == (response > 0)).float() * sure
    presence_loss = functional.binary_cross_entropy_with_logits(presence, has_print)
    return (entropy * sure).sum() / counted, presence_loss, right.sum() / counted


def run(training: Training, pool: Pool, folder: Path, pause: float = PAUSE) -> None:
    """Train to the end, or until SIGTERM or SIGINT; checkpoints and progress go to a folder."""
    torch.set_num_threads(1)
    stopped = until_ended()
    targets = Targets(pool)
    step_losses: list[list[float]] = []
    saved = time.monotonic()
    with ThreadPoolExecutor(1) as making:  # the next step's examples, while the network learns from this step's
        waiting = making.submit(batch, pool, targets, training.seed, training.step, BATCH, WHOLE)
        while training.step < training.steps and not stopped:
            examples = waiting.result()
            waiting = making.submit(batch, pool, targets, training.seed, training.step + 1, BATCH, WHOLE)
            step_losses.append(training.take_step(examples))
            if time.monotonic() - saved >= pause:
                training.save(folder / CHECKPOINT)
                _report(folder, training, step_losses)
                saved, step_losses = time.monotonic(), []
    training.save(folder / CHECKPOINT)
    _report(folder, training, step_losses)


def _report(folder: Path, training: Training, step_losses: Sequence[Sequence[float]]) -> None:
    report(folder, {"step": training.step, "rate": training.rate, "means": mean_losses(step_losses)})
