"""A network with one hidden layer: rectified sums, and logistic outputs. `benchmarks.training.layers` trains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


class Perceptron(NamedTuple):
    """The weights; inputs are shifted and scaled first. All are float32.

    Attributes:
        shift, scale: shape (inputs,).
        hidden, hidden_bias: shapes (inputs, hidden) and (hidden,).
        output, output_bias: shapes (hidden, outputs) and (outputs,).
    """

    shift: Values
    scale: Values
    hidden: Values
    hidden_bias: Values
    output: Values
    output_bias: Values

    @classmethod
    def read(cls, arrays: Mapping[str, Any], prefix: str = "") -> Self:
        """Read the weights from arrays that are named after the fields, with a prefix."""
        return cls(**{name: arrays[prefix + name].astype(np.float32) for name in cls._fields})

    def estimates(self, numbers: Values) -> Values:
        """Return outputs between 0 and 1, shape (..., outputs), for numbers of shape (..., inputs)."""
        hidden = (numbers - self.shift) * self.scale @ self.hidden + self.hidden_bias
        sums = np.maximum(hidden, 0.0) @ self.output + self.output_bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(sums, -30.0, 30.0))), np.float32)
