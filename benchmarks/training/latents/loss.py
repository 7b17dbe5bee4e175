"""What is minimised: soft cross-entropy of places and types, and one minus the cosine between directions."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from benchmarks.training.latents.examples import Batch
from benchmarks.training.latents.network import Outputs

POSITIVE = 3.0  # how much more a minutia counts than background
DIRECTION, ENDING = 2.0, 0.5  # how much these heads count beside that of places


def loss_of(outputs: Outputs, batch: Batch) -> tuple[Any, Any, Any]:
    """Return the loss of each head: places, directions, types; each a minutia of the batch."""
    place, weight, direction, ending = (torch.from_numpy(each)[:, None] for each in batch[1:])
    known = place * weight
    minutiae = known.sum() + 1.0
    places = functional.binary_cross_entropy_with_logits(outputs.place.float(), place, reduction="none")
    types = functional.binary_cross_entropy_with_logits(outputs.ending.float(), ending, reduction="none")
    cosine, sine = functional.normalize(outputs.direction.float(), dim=1).split(1, 1)
    likeness = cosine * torch.cos(direction) + sine * torch.sin(direction)
    return (
        (places * weight * (1 + POSITIVE * place)).sum() / minutiae,
        DIRECTION * ((1 - likeness) * known).sum() / minutiae,
        ENDING * (types * known).sum() / minutiae,
    )
