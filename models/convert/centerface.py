"""CenterFace with its fixed shapes made free, so that it takes any picture size that is a multiple of 32.

Usage: centerface.py centerface.onnx OUTPUT

Input `input.1` [N, 3, H, W], RGB 0..255; outputs at stride 4: heat map, scale, offset, landmarks.
"""

import sys

import onnx

import graph

INPUT_SHAPE = ("N", 3, "H", "W")
OUTPUT_CHANNELS = (1, 2, 2, 10)


def set_shape(value, shape):
    """Replaces the dimensions of a graph input or output; a string is a free dimension."""
    for dimension, wanted in zip(value.type.tensor_type.shape.dim, shape):
        dimension.Clear()
        if isinstance(wanted, str):
            dimension.dim_param = wanted
        else:
            dimension.dim_value = wanted


def keep_only(field, kept):
    del field[:]
    field.extend(kept)


def main(source, output):
    model = onnx.load(source)
    network = model.graph
    # Old exporters list the weights among the inputs: a run-time may then not fold them.
    weights = {weight.name for weight in network.initializer}
    keep_only(network.input, [value for value in network.input if value.name not in weights])
    # Inferred shapes inside the graph belong to the old size.
    keep_only(network.value_info, [])
    set_shape(network.input[0], INPUT_SHAPE)
    for value, channels in zip(network.output, OUTPUT_CHANNELS):
        set_shape(value, ("N", channels, "h", "w"))
    graph.save(model, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
