"""Train a small network with one hidden layer: rectified sums, and logistic outputs for targets between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Rates:
    """How to train: passes over all examples, examples a step, step size, and weight decay."""

    rounds: int = 20
    batch: int = 256
    step: float = 2e-3
    decay: float = 1e-5
    seed: int = 1


def train(numbers: Values, targets: Values, hidden: int, rates: Rates, weights: Values | None = None) -> list[Values]:
    """Return shift and scale of the numbers, then weights and biases of the hidden layer and of the outputs.

    `numbers` has the shape (examples, inputs), `targets` (examples, outputs); `weights`, (examples,), say how much each
    example counts.
    Cross-entropy is minimised by Adam (Kingma, Ba, ICLR 2015), whose steps shrink to nothing.
    """
    rng = np.random.default_rng(rates.seed)
    shift, scale = numbers.mean(axis=0), 1.0 / (numbers.std(axis=0) + 1e-6)
    inputs, outputs = numbers.shape[1], targets.shape[1]
    parameters = [
        rng.standard_normal((inputs, hidden)) * np.sqrt(2.0 / inputs),
        np.zeros(hidden),
        rng.standard_normal((hidden, outputs)) * np.sqrt(1.0 / hidden),
        np.zeros(outputs),
    ]
    parameters = [parameter.astype(np.float32) for parameter in parameters]
    first, second = ([np.zeros_like(parameter) for parameter in parameters] for _ in range(2))
    counts = np.ones(len(numbers), np.float32) if weights is None else weights.astype(np.float32)
    steps = rates.rounds * -(-len(numbers) // rates.batch)
    number = 0
    for _ in range(rates.rounds):
        order = rng.permutation(len(numbers))
        for start in range(0, len(order), rates.batch):
            chosen = order[start : start + rates.batch]
            number += 1
            size = rates.step * (0.5 + 0.5 * np.cos(np.pi * number / steps))
            gradients = _gradients((numbers[chosen] - shift) * scale, targets[chosen], counts[chosen], parameters)
            for index, gradient in enumerate(gradients):
                slope = gradient + np.float32(rates.decay) * parameters[index]
                first[index] = 0.9 * first[index] + 0.1 * slope
                second[index] = 0.999 * second[index] + 0.001 * slope * slope
                mean, square = first[index] / (1 - 0.9**number), second[index] / (1 - 0.999**number)
                parameters[index] -= (size * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)
    return [np.asarray(array, np.float32) for array in (shift, scale, *parameters)]


def _gradients(numbers: Values, targets: Values, counts: Values, parameters: list[Values]) -> list[Values]:
    hidden_weights, hidden_bias, output_weights, output_bias = parameters
    hidden = np.maximum(numbers @ hidden_weights + hidden_bias, 0.0)
    estimated = 1.0 / (1.0 + np.exp(-np.clip(hidden @ output_weights + output_bias, -30, 30)))
    slope = (estimated - targets) * (counts / counts.sum())[:, None]
    back = (slope @ output_weights.T) * (hidden > 0)
    return [numbers.T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)]
