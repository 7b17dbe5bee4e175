"""LEADER's weights, as its author's package carries them, or as a further training left them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import BadZipFile

import h5py
import numpy as np

from models.arrays import ZIP, arrays_in
from models.graph import Weights

Layer = tuple[Weights, ...]  # of a convolution: kernel, bias; of a normalisation: gain, bias

ENCODER = tuple(f"enc1_{i}" for i in range(4))
DECODER = tuple(f"dec1_{i}" for i in (3, 2, 1, 0))
SEPARABLE = (*(f"enc0_{i}" for i in range(4)), *(f"dec0_{i}" for i in (3, 2, 1, 0)))
HEADS = ("head_0", "head_1", "head_2")  # position, direction, type

_BOTTLENECK = ("exp", "red", "adj")
# Keras numbers the layers of a kind by their distance from the output, which mixes those of the heads.
_ORDER: Mapping[str, tuple[str, ...]] = {
    "conv2d": (
        *(f"{stem}_{part}" for stem in ("stem0", "stem1") for part in ("conv", "dilated_conv")),
        *("attention_conv_d1", "attention_conv_d3", "attention_conv_d6", "attention_s"),
        *(f"{block}_{part}" for block in ENCODER + DECODER for part in _BOTTLENECK),
        *("head_0_exp", "head_0_red", "head_1_exp", "head_0_adj", "head_1_red", "head_2_exp", "head_2_red"),
        *("head_1_adj", "head_0_conv1", "head_2_adj", "head_0_conv2", "head_1_conv1", "head_0_out", "head_2_conv1"),
        *("head_1_conv2", "blur", "head_1_out", "head_2_conv2", "head_2_out"),
    ),
    "separable_conv2d": SEPARABLE,
    "depthwise_conv2d": tuple(f"{block}_depthwise" for block in ENCODER + DECODER + HEADS),
    "layer_normalization": tuple(f"{block}_ln" for block in ("stem0", *SEPARABLE, "stem1", *ENCODER, *DECODER, *HEADS))
    + tuple(f"{head}_conv1_ln" for head in HEADS),
}


def read_weights(content: bytes) -> Mapping[str, Layer]:
    """Read the bytes of LEADER.weights.h5, or of an archive (.npz) of `named_arrays`: every layer by the author's name.

    Raises:
        ValueError: neither of them.
    """
    try:
        if content.startswith(ZIP):
            with arrays_in(content) as arrays:
                return layers_of({name: arrays[name] for name in arrays if ":" in name})
        with h5py.File(io.BytesIO(content), "r") as file:
            return {
                name: _layer(file["layers"][kind if i == 0 else f"{kind}_{i}"]["vars"])
                for kind, names in _ORDER.items()
                for i, name in enumerate(names)
            }
    except (OSError, KeyError, BadZipFile) as error:
        raise ValueError(f"not LEADER's weights: {error}") from error


def named_arrays(layers: Mapping[str, Layer]) -> dict[str, Weights]:
    """Return the arrays of all layers as `<layer>:<number>`."""
    return {f"{layer}:{number}": array for layer, arrays in layers.items() for number, array in enumerate(arrays)}


def layers_of(arrays: Mapping[str, Weights]) -> Mapping[str, Layer]:
    """Return the layers of what `named_arrays` gave.

    Raises:
        KeyError: a layer is missing.
    """
    layers: dict[str, Layer] = {}
    for name in sorted(arrays):
        layer = name.partition(":")[0]
        layers[layer] = (*layers.get(layer, ()), np.asarray(arrays[name], np.float64))
    return {name: layers[name] for names in _ORDER.values() for name in names}


def _layer(arrays: h5py.Group) -> Layer:
    return tuple(np.asarray(arrays[str(i)], dtype=np.float64) for i in range(len(arrays)))
