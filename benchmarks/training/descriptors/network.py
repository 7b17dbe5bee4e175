"""The network in PyTorch, as `models.surroundings` describes it, with the normalisations that it is trained with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from fingerprint.described import DIMENSION
from models.surroundings import FLAT, LAYERS

SCALE, MOST_SCALE = 2.5, 3.9  # logarithm of what similarities are multiplied by in the loss: at first, and at most


class Describer(nn.Module):
    """Its input is of shape (n, 1, 40, 40), its output, of unit length, of (n, DIMENSION)."""

    def __init__(self) -> None:
        """Draw the weights."""
        super().__init__()
        self.convolutions, self.normalisations = nn.ModuleList(), nn.ModuleList()
        before = 1
        for channels, side, step, rim in LAYERS:
            self.convolutions.append(nn.Conv2d(before, channels, side, step, rim, bias=False))
            self.normalisations.append(nn.BatchNorm2d(channels))
            before = channels
        self.head = nn.Linear(FLAT, DIMENSION)
        self.scale = nn.Parameter(torch.tensor(SCALE))

    def forward(self, images: Any) -> Any:
        """Describe what is around some points."""
        maps = images
        for convolution, normalisation in zip(self.convolutions, self.normalisations, strict=True):
            maps = functional.relu(normalisation(convolution(maps)))
        return functional.normalize(self.head(maps.flatten(1)).float(), dim=1)

    def folded(self) -> dict[str, NDArray[np.float32]]:
        """Return the arrays of `models.surroundings`, each normalisation a part of the kernel and bias before it."""
        arrays = {"head_kernel": self.head.weight, "head_bias": self.head.bias}
        for number, (convolution, norm) in enumerate(zip(self.convolutions, self.normalisations, strict=True)):
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            arrays[f"conv{number}_kernel"] = convolution.weight * gain[:, None, None, None]
            arrays[f"conv{number}_bias"] = norm.bias - gain * norm.running_mean
        return {name: tensor.detach().numpy() for name, tensor in arrays.items()}
