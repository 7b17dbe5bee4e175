"""The U-Net in PyTorch, as `models.ridge_unet` describes it, with the normalisations that it is trained with."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from models.ridge_unet import CHANNELS, LEVELS, OUTPUTS, WIDTHS


class RidgeUnet(nn.Module):
    """Its input is of shape (n, CHANNELS, height, width), its output, logits, of (n, OUTPUTS, height, width)."""

    def __init__(self) -> None:
        """Draw the weights."""
        super().__init__()
        self.down = nn.ModuleList(_Block(*pair) for pair in zip((CHANNELS, *WIDTHS[:-1]), WIDTHS, strict=True))
        self.up = nn.ModuleList(_Block(a + b, b) for a, b in zip(WIDTHS[:0:-1], WIDTHS[-2::-1], strict=True))
        self.head = nn.Conv2d(WIDTHS[0], OUTPUTS, 1)

    def forward(self, images: Any) -> Any:
        """Return the logits."""
        maps, skipped = images, []
        for block in self.down[:-1]:
            maps = block(maps)
            skipped.append(maps)
            maps = functional.max_pool2d(maps, 2)
        maps = self.down[-1](maps)
        for block in self.up:
            maps = block(torch.cat([functional.interpolate(maps, scale_factor=2, mode="nearest"), skipped.pop()], 1))
        return self.head(maps).float()

    def folded(self) -> dict[str, NDArray[np.float32]]:
        """Return the arrays of `models.ridge_unet`, each normalisation a part of the kernel and bias before it."""
        blocks = [*(("down", *layer) for layer in enumerate(self.down))]
        blocks += [("up", LEVELS - 2 - number, layer) for number, layer in enumerate(self.up)]
        arrays = {"head_kernel": _keras(self.head.weight), "head_bias": self.head.bias.detach().numpy()}
        for way, level, block in blocks:
            for number in range(2):
                kernel, norm = block.convolutions[number].weight, block.normalisations[number]
                gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                arrays[f"{way}{level}_{number}_kernel"] = _keras(kernel * gain[:, None, None, None])
                arrays[f"{way}{level}_{number}_bias"] = (norm.bias - gain * norm.running_mean).detach().numpy()
        return arrays


class _Block(nn.Module):
    """Two convolutions of 3 x 3, each normalised, and ReLU."""

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        self.convolutions, self.normalisations = nn.ModuleList(), nn.ModuleList()
        for channels in (before, width):
            self.convolutions.append(nn.Conv2d(channels, width, 3, padding=1, bias=False))
            self.normalisations.append(nn.BatchNorm2d(width))

    def forward(self, maps: Any) -> Any:
        for convolution, normalisation in zip(self.convolutions, self.normalisations, strict=True):
            maps = functional.relu(normalisation(convolution(maps)))
        return maps


def _keras(kernel: Any) -> NDArray[np.float32]:
    array: NDArray[np.float32] = kernel.detach().permute(2, 3, 1, 0).numpy()
    return array
