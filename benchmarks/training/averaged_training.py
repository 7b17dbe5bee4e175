"""A training by AdamW that keeps the mean of the weights, which is what is used of it; it goes on from a checkpoint."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from benchmarks.training.interruptible import save_checkpoint

WARM = 100  # steps over which the rate rises
AVERAGED = 0.998  # the part of the mean weights that each step keeps


class Plan(NamedTuple):
    """The size of a step at most, the decay of weights, the part of it that the last step has, a gradient's norm."""

    rate: float
    decay: float
    least: float
    longest: float


class AveragedTraining:
    """A network, its optimiser, and the mean of its weights, after some of `steps` steps.

    The rate rises over WARM steps and falls as a cosine. `NETWORK` makes the network, a module with `folded()`.
    """

    NETWORK: ClassVar[Any]
    PLAN: ClassVar[Plan]

    def __init__(self, seed: int, steps: int) -> None:
        """Begin."""
        torch.manual_seed(seed)
        self.seed, self.steps, self.step = seed, steps, 0
        self.network = self.NETWORK().to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), self.PLAN.rate, weight_decay=self.PLAN.decay)
        self.mean = {name: values.detach().clone() for name, values in self.network.state_dict().items()}

    @property
    def rate(self) -> float:
        """Return the size of the next step."""
        falling = 0.5 * (1 + np.cos(np.pi * self.step / self.steps))
        return float(self.PLAN.rate * min(1.0, (self.step + 1) / WARM) * max(self.PLAN.least, falling))

    def learn(self, loss: Any) -> None:
        """Take a step down a loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate
        self.optimiser.zero_grad()
        loss.backward()
        clip_grad_norm_(self.network.parameters(), self.PLAN.longest)
        self.optimiser.step()
        self.step += 1
        decay = min(AVERAGED, self.step / (self.step + 10))
        for name, values in self.network.state_dict().items():
            if values.dtype.is_floating_point:
                self.mean[name].lerp_(values, 1 - decay)

    def averaged(self) -> Any:
        """Return a network with the mean of the weights."""
        network = self.NETWORK()
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
    def load(cls, path: Path) -> Self:
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

    def export(self, file: Path) -> None:
        """Write the mean of the weights, the normalisations as parts of the kernels; print the SHA-256."""
        arrays: dict[str, Any] = {name: array.astype(np.float16) for name, array in self.averaged().folded().items()}
        np.savez_compressed(file, step=np.array(self.step), **arrays)
        print(sha256(file.read_bytes()).hexdigest())  # noqa: T201
