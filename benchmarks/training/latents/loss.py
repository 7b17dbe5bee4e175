"""What is minimised: soft cross-entropy of places and types, and one minus the cosine between directions."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from benchmarks.training.latents.examples import Batch
from benchmarks.training.latents.network import Outputs

POSITIVE = 3.0  # how much more a minutia counts than background
DIRECTION, ENDING = 2.0, 0.5  # weights of these heads' losses relative to that of positions


def loss_of(outputs: Outputs, batch: Batch) -> tuple[Any, Any, Any]:
    """Return the loss of each head: places, directions, types; each a minutia of the batch."""
    is_minutia, weight, direction, ending = (torch.from_numpy(array)[:, None] for array in batch[1:])
    weighted = is_minutia * weight
    minutiae = weighted.sum() + 1.0
    places = functional.binary_cross_entropy_with_logits(outputs.place.float(), is_minutia, reduction="none")
    types = functional.binary_cross_entropy_with_logits(outputs.ending.float(), ending, reduction="none")
    cosine, sine = functional.normalize(outputs.direction.float(), dim=1).split(1, 1)
    likeness = cosine * torch.cos(direction) + sine * torch.sin(direction)
    return (
        (places * weight * (1 + POSITIVE * is_minutia)).sum() / minutiae,
        DIRECTION * ((1 - likeness) * weighted).sum() / minutiae,
        ENDING * (types * weighted).sum() / minutiae,
    )
