"""The face recognition network of dlib, read from dlib's own serialisation, as an ONNX graph.

Usage: dlib_resnet.py dlib_face_recognition_resnet_model_v1.dat OUTPUT

Input `image` [N, 3, 150, 150], RGB 0..255 (mean and scale are in the graph); output `embedding` [N, 128], not
normalised. The network is a 29-layer residual net (He et al. 2016) with half the filters; the layout is that of
`anet_type` in dlib's example dnn_face_recognition_ex.cpp. Each convolution is followed by a fixed affine layer
(batch normalisation at rest), which is folded into the convolution here.
"""

import re
import sys

import numpy as np

from graph import Graph, save

SIDE = 150
EMBEDDING = 128
CHANNEL_MEAN = (122.782, 117.001, 104.298)
CHANNEL_SCALE = 1.0 / 256.0
# Filters of each residual block; a block halves the picture where its own first convolution has stride 2.
BLOCKS = (32, 32, 32, 64, 64, 64, 64, 128, 128, 128, 256, 256, 256, 256)
TENSOR_VERSION = 2
LAYER_NAME = re.compile(rb"\x01(.)(con_\d|affine_|fc_\d)", re.DOTALL)


class Reader:
    """A cursor over dlib's serialised bytes."""

    def __init__(self, content, position):
        self.content = content
        self.position = position

    def integer(self):
        """A packed integer: a control byte (bit 7 the sign, low four bits the length), then little-endian bytes."""
        control = self.content[self.position]
        start = self.position + 1
        self.position = start + (control & 0x0F)
        magnitude = int.from_bytes(self.content[start:self.position], "little")
        return -magnitude if control & 0x80 else magnitude

    def tensor(self):
        """A tensor, flat: version, four dimensions, then float32 values."""
        version = self.integer()
        if version != TENSOR_VERSION:
            raise ValueError(f"tensor version {version}")
        size = 1
        for _ in range(4):
            size *= self.integer()
        values = np.frombuffer(self.content, "<f4", size, self.position)
        self.position += 4 * size
        return values


def read_layers(content):
    """The layers that carry weights, in order of the network, as (kind, facts) pairs.

    dlib writes a layer's parameters behind a length-prefixed name, so the names are looked for; a name without
    a valid tensor behind it is chance and is passed over.
    """
    layers = []
    for match in LAYER_NAME.finditer(content):
        name = match.group(2)
        if match.group(1)[0] != len(name):
            continue
        reader = Reader(content, match.end())
        try:
            if name.startswith(b"con_"):
                weights = reader.tensor()
                filters, rows, columns, stride, _, padding, _ = (reader.integer() for _ in range(7))
                layers.append(("convolution", (weights, filters, (rows, columns), stride, padding)))
            elif name == b"affine_":
                layers.append(("affine", reader.tensor()))
            else:
                outputs, inputs = reader.integer(), reader.integer()
                layers.append(("linear", (reader.tensor(), inputs, outputs)))
        except ValueError:
            continue
    return layers


class Network:
    """Turns the list of layers into a graph, keeping count of channels and picture side."""

    def __init__(self, layers):
        self.layers = iter(layers)
        self.graph = Graph()
        self.convolutions = 0

    def take(self, kind):
        found, facts = next(self.layers)
        if found != kind:
            raise ValueError(f"expected a layer {kind}, found {found}")
        return facts

    def convolution(self, value, channels, side):
        """One convolution with its affine layer; gives back value, channels, side and stride."""
        parameters, filters, kernel, stride, padding = self.take("convolution")
        affine = self.take("affine").astype(np.float64)
        gain, shift = affine[:filters], affine[filters:]
        weights = parameters[:-filters].reshape(filters, channels, *kernel).astype(np.float64)
        bias = parameters[-filters:].astype(np.float64)
        self.convolutions += 1
        prefix = f"conv{self.convolutions}"
        value = self.graph.node(
            "Conv",
            [
                value,
                self.graph.constant(f"{prefix}.weight", (weights * gain[:, None, None, None]).astype(np.float32)),
                self.graph.constant(f"{prefix}.bias", (bias * gain + shift).astype(np.float32)),
            ],
            kernel_shape=list(kernel),
            strides=[stride, stride],
            pads=[padding] * 4,
        )
        return value, filters, (side + 2 * padding - kernel[0]) // stride + 1, stride

    def grown(self, value, channels, pixels):
        """Zeros behind the channels and below and right of the picture, so that two branches can be added."""
        if channels == 0 and pixels == 0:
            return value
        pads = self.graph.integers(f"pads_{self.graph.count}", 0, 0, 0, 0, 0, channels, pixels, pixels)
        return self.graph.node("Pad", [value, pads], mode="constant")

    def block(self, value, channels, side, filters):
        """A residual block; a stride of 2 is matched on the short way by average pooling."""
        inner, width, inner_side, stride = self.convolution(value, channels, side)
        inner = self.graph.node("Relu", [inner])
        inner, width, inner_side, _ = self.convolution(inner, width, inner_side)
        if width != filters:
            raise ValueError(f"expected {filters} filters, found {width}")
        short, short_side = value, side
        if stride == 2:
            short = self.graph.node("AveragePool", [value], kernel_shape=[2, 2], strides=[2, 2])
            short_side = (side - 2) // 2 + 1
        out_side = max(inner_side, short_side)
        inner = self.grown(inner, 0, out_side - inner_side)
        short = self.grown(short, width - channels, out_side - short_side)
        total = self.graph.node("Add", [inner, short])
        return self.graph.node("Relu", [total]), width, out_side

    def build(self):
        graph = self.graph
        mean = graph.constant("channel_mean", np.array(CHANNEL_MEAN, np.float32).reshape(1, 3, 1, 1))
        value = graph.node("Sub", ["image", mean])
        value = graph.node("Mul", [value, graph.constant("channel_scale", np.float32(CHANNEL_SCALE))])
        value, channels, side, _ = self.convolution(value, 3, SIDE)
        value = graph.node("Relu", [value])
        value = graph.node("MaxPool", [value], kernel_shape=[3, 3], strides=[2, 2])
        side = (side - 3) // 2 + 1
        for filters in BLOCKS:
            value, channels, side = self.block(value, channels, side, filters)
        value = graph.node("GlobalAveragePool", [value])
        value = graph.node("Flatten", [value], axis=1)
        weights, inputs, outputs = self.take("linear")
        graph.node("MatMul", [value, graph.constant("linear.weight", weights.reshape(inputs, outputs))], "embedding")
        if next(self.layers, None) is not None:
            raise ValueError("layers are left over")
        return graph.model(
            "dlib_face_recognition_resnet_v1",
            [("image", ["N", 3, SIDE, SIDE])],
            [("embedding", ["N", EMBEDDING])],
            opset=13,
            ir_version=8,
        )


def main(source, output):
    with open(source, "rb") as file:
        layers = read_layers(file.read())
    save(Network(layers).build(), output)


if __name__ == "__main__":
    main(*sys.argv[1:])
