"""The training itself: it can be stopped at any moment, and goes on to the bit from its last checkpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn.utils import clip_grad_norm_

from benchmarks.training.interruptible import CHECKPOINT, mean_losses, report, save_checkpoint, until_ended
from benchmarks.training.latents.evaluation import agreements
from benchmarks.training.latents.examples import Batch, batch
from benchmarks.training.latents.held_out import KnownLatent
from benchmarks.training.latents.loss import loss_of
from benchmarks.training.latents.network import Leader
from benchmarks.training.latents.pool import Pool
from models.leader.weights import layers_of

WARM, HALVING = 100, 1000.0  # the rate rises over WARM steps and falls as 1 / sqrt(1 + step / HALVING)
AVERAGED = 0.998  # the part of the mean weights that each step keeps; the mean is what is used
LONGEST = 1.0  # norm of a step's gradient


@dataclass(frozen=True)
class Plan:
    """What a training depends on: a run with the same plan and the same pool gives the same weights.

    `whole` is the share of whole prints; `bfloat16` says whether the network is run in half precision, which is faster
    on processors that have it. At a rate of 7e-4 the head of places lost channels within 800 steps: no minutia got more
    than .43, however clear.
    """

    seed: int = 1
    batch: int = 12
    whole: float = 0.5
    bfloat16: bool = True
    rate: float = 2e-4


@dataclass(frozen=True)
class Pauses:
    """How often, in seconds, a checkpoint is written and the held-out latents are looked at."""

    checkpoint: float = 300.0
    evaluation: float = 1800.0


class Training:
    """A network, its optimiser, and the mean of its weights, after some steps."""

    def __init__(self, network: Leader, plan: Plan, step: int = 0) -> None:
        """Begin with the weights of a network; `step` is how far it was trained before, for the rate."""
        self.network, self.plan, self.step, self.begun = network, plan, step, step
        self.optimiser = torch.optim.Adam(network.parameters(), plan.rate)
        self.mean = [parameter.detach().clone() for parameter in network.parameters()]

    @property
    def rate(self) -> float:
        """Return the size of the next step."""
        return float(
            self.plan.rate * min(1.0, (self.step - self.begun + 1) / WARM) / (1.0 + self.step / HALVING) ** 0.5
        )

    def take_step(self, examples: Batch) -> list[float]:
        """Learn from examples; return the loss of each head before that."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        with torch.autocast("cpu", torch.bfloat16, enabled=self.plan.bfloat16):
            outputs = self.network(torch.from_numpy(examples.pixels)[:, None])
        losses = loss_of(outputs, examples)
        self.optimiser.zero_grad()
        sum(losses).backward()
        clip_grad_norm_(self.network.parameters(), LONGEST)
        self.optimiser.step()
        self.step += 1
        decay = min(AVERAGED, self.step / (self.step + 10))
        torch._foreach_lerp_(self.mean, [parameter.detach() for parameter in self.network.parameters()], 1 - decay)
        return [float(loss.detach()) for loss in losses]

    def averaged(self) -> Leader:
        """Return a network with the mean of the weights."""
        return Leader(
            layers_of({name: array.numpy() for name, array in zip(self.network.arrays, self.mean, strict=True)})
        )

    def save(self, path: Path) -> None:
        """Write a checkpoint, in place of an earlier one at once."""
        state = {
            "plan": asdict(self.plan),
            "step": self.step,
            "begun": self.begun,
            "network": dict(self.network.arrays.items()),
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
        network = Leader(layers_of({name: tensor.detach().numpy() for name, tensor in state["network"].items()}))
        training = cls(network, Plan(**state["plan"]), state["step"])
        training.begun, training.mean = state["begun"], state["mean"]
        training.optimiser.load_state_dict(state["optimiser"])
        return training


def run(
    training: Training,
    pool: Pool,
    folder: Path,
    steps: int,
    held_out: Sequence[KnownLatent],
    pauses: Pauses = Pauses(),
) -> None:
    """Train up to `steps` steps, or until SIGTERM or SIGINT; checkpoints and progress go to a folder."""
    torch.set_num_threads(1)
    stopped = until_ended()
    plan, losses = training.plan, []
    saved = evaluated_at = time.monotonic()
    while training.step < steps and not stopped:
        losses.append(training.take_step(batch(pool, plan.seed, training.step, plan.batch, plan.whole)))
        now = time.monotonic()
        if now - saved >= pauses.checkpoint:
            training.save(folder / CHECKPOINT)
            _report(folder, training, losses)
            saved, losses = now, []
        if now - evaluated_at >= pauses.evaluation:
            _evaluate(folder, training, held_out)
            evaluated_at = time.monotonic()
    training.save(folder / CHECKPOINT)
    _report(folder, training, losses)


def _report(folder: Path, training: Training, losses: Sequence[Sequence[float]]) -> None:
    report(
        folder,
        {
            "step": training.step,
            "losses": mean_losses(losses),
            "rate": training.rate,
            "cpu_s": round(time.process_time()),
        },
    )


def _evaluate(folder: Path, training: Training, held_out: Sequence[KnownLatent]) -> None:
    network = training.averaged()
    rows = {
        str(quality): [round(share, 3) for share in (agreement.precision, agreement.recall, agreement.f1)]
        for quality, agreement in agreements(network, held_out).items()
    }
    best = max(rows, key=lambda quality: rows[quality][2])
    report(folder, {"step": training.step, "best": best, "precision_recall_f1": rows})
