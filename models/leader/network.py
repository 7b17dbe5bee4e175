"""LEADER as an ONNX graph that runs fast on a processor, made from its author's weights.

Source: LEADER (Lightweight End-to-end Attention-gated Dual Encoder-decodeR) by R. Cappelli, in his package pyfing. The
names are those of his code. What the graph does otherwise:

- layer normalisation and GELU are one node each, and the many-channelled middle of a bottleneck runs in bands of rows
  that fit the processor's cache;
- matrices that follow each other without anything between them are multiplied beforehand;
- channels are filled up to multiples of 16 with zeros;
- what follows a doubling but treats each pixel separately comes before it;
- direction and type are computed only where a minutia is (heads.py);
- two bottlenecks of the decoder are widened in bytes, which is the only step that changes what is found.

docs/models.md has the gain of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import numpy as np
from onnx import TensorProto, helper

from models.graph import Graph, Value, Weights
from models.leader.algebra import EPSILON, Maps, whole_blocks, widened
from models.leader.heads import quality_map, reliable_minutiae
from models.leader.mlp import Mlp, add_mlp
from models.leader.weights import Layer, read_weights

NUMBERS_PER_MINUTIA = 6  # numbers a minutia: y, x, direction's cosine and sine (of any length), type, quality
_BANDS = 16  # of the stems and of maps of half the size; fewer in proportion further down, so that they divide the rows
_HALO = 4  # rows: what the stems' dilated kernels reach
PEAK, REDUCED_PEAK = 7, 5  # pixels, of a print at 500 ppi and of a reduced one: see `quality_map`
_CONTEXT = (16, 32, 64, 128)  # channels of the first encoder, of which the decoder's are the same
_REFINED = (32, 64, 128, 32)  # channels of the second encoder
_DECODED = (27, 91, 42, 20)  # channels of its decoder, from the smallest maps up
_QUANTISED = frozenset({"dec1_0", "dec1_1"})  # bottlenecks that bytes hardly change
_ATTENTION_DILATIONS = (1, 3, 6)


def leader(content: bytes, *, quantised: bool = True, peak: int = PEAK) -> bytes:
    """Return the ONNX graph of the weights in `content`, the bytes of LEADER.weights.h5 or of what a training exported.

    Its inputs are `input`, a grey image at 500 ppi, (1, height, width, 1) float32, with sides that are multiples of 32,
    and `min_quality`, a float32 scalar; its output `minutiae` is (n, NUMBERS_PER_MINUTIA) float32, in reading order.
    Type is the logit of being an ending. Without `quantised` it does what its author's does to within float32's
    rounding; with it, it is a tenth faster, and one minutia in 50 is one pixel off.

    Raises:
        ValueError: not LEADER's weights.
    """
    network = _Network(read_weights(content), _QUANTISED if quantised else frozenset())
    image = network.graph.maps("input")
    fine = network.stem("stem1", "AveragePool", image)
    deep, skipped = network.context(network.stem("stem0", "MaxPool", image))
    features = network.refinement(network.attention(deep, skipped), fine)
    graph, weights = network.graph, network.weights
    quality = quality_map(graph, weights, features, _BANDS, peak)
    minutiae = reliable_minutiae(graph, weights, features, quality, "min_quality")
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, "height", "width", 1]),
        helper.make_tensor_value_info("min_quality", TensorProto.FLOAT, []),
    ]
    return graph.model("leader", inputs, minutiae, "minutiae", NUMBERS_PER_MINUTIA)


class _Network:
    """The author's blocks, each of which adds itself to the graph."""

    def __init__(self, weights: Mapping[str, Layer], quantised: Set[str]) -> None:
        self.graph = Graph()
        self.weights = weights
        self.quantised = quantised

    def stem(self, name: str, pool: str, image: Value) -> Value:
        """Add two convolutions of the image, halved; band by band."""
        graph = self.graph
        padded = graph.op("Pad", image, graph.integers([0, 0, _HALO, 0, 0, 0, _HALO, 0]))
        height = graph.sliced(graph.op("Shape", image), graph.integers([2]), graph.integers([3]), 0)
        rows = graph.op("Div", height, graph.integers([_BANDS]))
        bands = [self._stem_band(name, pool, padded, rows, band) for band in range(_BANDS)]
        return graph.concatenate(*bands, axis=2)

    def _stem_band(self, name: str, pool: str, padded: Value, rows: Value, band: int) -> Value:
        graph = self.graph
        first = graph.op("Mul", rows, graph.integers([band]))
        after = graph.op("Add", first, rows)
        halves = []
        for part, dilation in (("conv", 1), ("dilated_conv", 2)):
            reach = 2 * dilation
            top = graph.op("Add", first, graph.integers([_HALO - reach]))
            bottom = graph.op("Add", after, graph.integers([_HALO + reach]))
            kernel, bias = self.weights[f"{name}_{part}"]
            cut = graph.sliced(padded, top, bottom, 2)
            halves.append(graph.convolve(cut, kernel, bias, dilation=dilation, rows_padded=False))
        normal = graph.normalise(graph.rows(graph.concatenate(*halves)), EPSILON, *self.weights[f"{name}_ln"])
        return graph.halved(graph.maps(graph.gelu(normal)), pool)

    def context(self, maps: Value) -> tuple[Value, Value]:
        """Add the first encoder and decoder; of its maps return those yet to be doubled, and those of the encoder."""
        graph, skipped = self.graph, []
        for i, channels in enumerate(_CONTEXT):
            maps = self._separable(f"enc0_{i}", maps)
            skipped.append(maps)
            maps = self._down(maps, channels)
        for i in reversed(range(1, len(_CONTEXT))):
            maps = graph.concatenate(graph.doubled(self._separable(f"dec0_{i}", maps)), skipped[i])
        return self._separable("dec0_0", maps), skipped[0]

    def _separable(self, name: str, maps: Value) -> Value:
        graph = self.graph
        depthwise, pointwise, bias = self.weights[name]
        mixed = graph.mix(graph.depthwise(maps, depthwise), pointwise[0, 0], bias)
        normal = graph.normalise(graph.rows(mixed), EPSILON, *self.weights[f"{name}_ln"])
        return graph.maps(graph.gelu(normal))

    def _down(self, maps: Value, channels: int) -> Value:
        graph = self.graph
        first, second = graph.split(maps, [channels // 2, channels - channels // 2], 1)
        return graph.concatenate(graph.halved(first, "MaxPool"), graph.halved(second, "AveragePool"))

    def attention(self, deep: Value, skipped: Value) -> Value:
        """Weigh every channel of every pixel of `deep`, doubled, and `skipped` by its surroundings."""
        graph = self.graph
        maps = graph.concatenate(graph.doubled(deep), skipped)
        matrix, bias = self.weights["attention_s"]
        parts = np.split(matrix[0, 0], len(_ATTENTION_DILATIONS))
        weight = ""
        for dilation, part in zip(_ATTENTION_DILATIONS, parts, strict=True):
            kernel, around_bias = self.weights[f"attention_conv_d{dilation}"]
            if dilation % 2:
                around = graph.convolve(maps, kernel, around_bias, dilation=dilation)
            else:  # pixels an even distance apart are pixels apart before doubling
                of_deep, of_skipped = np.split(kernel, [_CONTEXT[0]], axis=2)
                small = graph.convolve(deep, of_deep, dilation=dilation // 2)
                large = graph.convolve(skipped, of_skipped, around_bias, dilation=dilation)
                around = graph.op("Add", large, graph.doubled(small))
            mixed = graph.mix(graph.gelu(around), part, None if weight else bias)
            weight = graph.op("Add", weight, mixed) if weight else mixed
        return graph.op("Mul", maps, graph.op("Sigmoid", weight))

    def refinement(self, maps: Value, fine: Value) -> Maps:
        """Add the second encoder and decoder; the maps have half the image's size."""
        graph, skipped, bands = self.graph, [], _BANDS
        features = self._plain(graph.concatenate(maps, fine), 64)
        for i, channels in enumerate(_REFINED):
            features = self._bottleneck(f"enc1_{i}", features, channels, bands)
            skipped.append(features)
            features, bands = self._plain(self._down(features.value, channels), channels), bands // 2
        for i, channels in zip(reversed(range(len(_REFINED))), _DECODED, strict=True):
            deep = self._bottleneck(f"dec1_{i}", features, channels, bands)
            features, bands = self._joined(skipped[i], deep, channels), bands * 2
        return features

    def _plain(self, maps: Value, channels: int) -> Maps:
        return Maps(maps, np.arange(channels), channels)

    def _joined(self, skipped: Maps, deep: Maps, channels: int) -> Maps:
        """Double `deep` and add the encoder's maps, which the author puts behind, in front: zeros must come last."""
        value = self.graph.concatenate(skipped.value, self.graph.doubled(deep.value))
        order = np.append(channels + np.arange(skipped.width), np.arange(channels))
        return Maps(value, order, skipped.width + deep.width)

    def _bottleneck(self, name: str, maps: Maps, channels: int, bands: int) -> Maps:
        """Add a convolution, a widening to four times the channels and back, the maps as they were, and a mixing."""
        graph, weights = self.graph, self.weights
        (kernel,), (gain, shift) = weights[f"{name}_depthwise"], weights[f"{name}_ln"]
        (expand, expand_bias), (reduce, reduce_bias), (adjust, adjust_bias) = (
            (matrix[0, 0], bias) for matrix, bias in (weights[f"{name}_{part}"] for part in ("exp", "red", "adj"))
        )
        around = graph.rows(graph.depthwise(maps.value, maps.reordered(kernel, 2)))
        order, width = maps.order, whole_blocks(channels)
        mixing = widened(maps.reordered(adjust, 0), width, 1)
        bias = widened(reduce_bias @ adjust + adjust_bias, width, 0)

        def mlp(reduce: Weights, width: int) -> Value:
            ordered = Mlp(gain[order], shift[order], expand[order], expand_bias, reduce).widened(width)
            return graph.maps(add_mlp(graph, around, maps.width, ordered, bands, quantised=name in self.quantised))

        if channels < len(order):  # then it is cheaper to mix before the widened channels are brought back
            value = graph.op("Add", graph.mix(maps.value, mixing, bias), mlp(reduce @ adjust, width))
        else:
            value = graph.mix(graph.op("Add", maps.value, mlp(reduce[:, order], maps.width)), mixing, bias)
        return Maps(value, np.arange(channels), width)
