"""The speaker encoder of Resemblyzer, with its mel front-end and its partial windows, as one ONNX graph.

Usage: resemblyzer.py pretrained.pt OUTPUT

Input `wav` [1, samples], 16 kHz, level already raised and non-speech already removed; outputs `embedding` [1, 256],
length 1, and `mel` [frames, 40]. Network: three LSTM layers of 256 and a linear layer, trained with the generalised
end-to-end loss (Wan et al. 2018). An utterance is cut into windows of 1.6 s, 1.3 per second; the embedding is the
normalised mean of the windows' embeddings.
"""

import math
import sys

import numpy as np

import torch_checkpoint
from graph import Graph, save

RATE = 16_000
FFT = 400  # samples, 25 ms
HOP = 160  # samples, 10 ms
BINS = FFT // 2 + 1
MELS = 40
WINDOW = 160  # frames of a partial window, 1.6 s
STEP = 77  # frames between partial windows: round(RATE / 1.3 / HOP)
MISSING_MAX = 1 - 0.75  # share of the last window that may lie behind the end, else it is dropped
LSTM_LAYERS = 3
HIDDEN = 256
EMBEDDING = 256
# Trigonometric results are rounded here, so that another machine's mathematics library gives the same bytes.
DECIMALS = 12


def fourier_kernels():
    """Windowed cosine and sine kernels [2 * BINS, 1, FFT] that make a convolution a short-time Fourier transform."""
    circle = np.array([round(math.cos(2 * math.pi * step / FFT), DECIMALS) for step in range(FFT)])
    hann = 0.5 - 0.5 * circle
    turns = np.outer(np.arange(BINS), np.arange(FFT)) % FFT
    cosines = circle[turns]
    sines = circle[(turns - FFT // 4) % FFT]
    return np.concatenate([cosines * hann, -sines * hann])[:, None].astype(np.float32)


def hertz_to_mel(hertz):
    """Slaney's scale: linear below 1 kHz, logarithmic above."""
    if hertz < 1000.0:
        return hertz * 3.0 / 200.0
    return 15.0 + 27.0 * math.log(hertz / 1000.0) / math.log(6.4)


def mel_to_hertz(mel):
    if mel < 15.0:
        return mel * 200.0 / 3.0
    return 1000.0 * 6.4 ** ((mel - 15.0) / 27.0)


def mel_filters():
    """Triangular filters of equal area [BINS, MELS] from 0 Hz to half the rate."""
    top = hertz_to_mel(RATE / 2)
    edges = [round(mel_to_hertz(top * index / (MELS + 1)), DECIMALS) for index in range(MELS + 2)]
    filters = np.zeros((BINS, MELS))
    for mel in range(MELS):
        low, centre, high = edges[mel : mel + 3]
        for bin_index in range(BINS):
            hertz = bin_index * RATE / FFT
            rising = (hertz - low) / (centre - low)
            falling = (high - hertz) / (high - centre)
            filters[bin_index, mel] = max(0.0, min(rising, falling)) * 2.0 / (high - low)
    return filters.astype(np.float32)


def window_count(graph):
    """Nodes that count the partial windows of `wav`; gives the name of the count, a scalar.

    With n samples there are ceil((n + 1) / HOP) frames; windows start each STEP frames while fewer than
    frames - WINDOW + STEP + 1 have begun; the last of several is dropped when less than 75 % of it is covered.
    """
    one, hop = graph.integers("one", 1), graph.integers("hop", HOP)
    step, step_less_one = graph.integers("step", STEP), graph.integers("step_less_one", STEP - 1)
    samples = graph.node("Gather", [graph.node("Shape", ["wav"]), one], axis=0)
    frames = graph.node("Div", [graph.node("Add", [samples, hop]), hop])
    starts = graph.node("Max", [graph.node("Add", [frames, graph.integers("overhang", STEP + 1 - WINDOW)]), one])
    count = graph.node("Div", [graph.node("Add", [starts, step_less_one]), step])
    last = graph.node("Mul", [graph.node("Sub", [count, one]), graph.integers("step_samples", STEP * HOP)])
    covered = graph.node("Sub", [samples, last])
    needed = graph.integers("samples_needed", round(WINDOW * HOP * (1 - MISSING_MAX)))
    dropped = graph.node("And", [graph.node("Less", [covered, needed]), graph.node("Greater", [count, one])])
    count = graph.node("Sub", [count, graph.node("Cast", [dropped], to=7)])
    return graph.node("Squeeze", [count, graph.integers("axis_first", 0)])


def mel_frames(graph):
    """Nodes from `wav` to `mel` [frames, MELS]; zeros behind the end fill the last window."""
    pads = graph.integers("pads", 0, FFT // 2, 0, FFT // 2 + WINDOW * HOP)
    padded = graph.node("Unsqueeze", [graph.node("Pad", ["wav", pads]), "one"])
    spectrum = graph.node("Conv", [padded, graph.constant("fourier", fourier_kernels())], strides=[HOP])
    squares = graph.node("Mul", [spectrum, spectrum])
    real = graph.node("Slice", [squares, graph.integers("bin_0", 0), graph.integers("bin_n", BINS), "one"])
    imaginary = graph.node("Slice", [squares, "bin_n", graph.integers("bin_2n", 2 * BINS), "one"])
    power = graph.node("Transpose", [graph.node("Add", [real, imaginary])], perm=[0, 2, 1])
    power = graph.node("Squeeze", [power, "axis_first"])
    return graph.node("MatMul", [power, graph.constant("mel_filters", mel_filters())], "mel")


def partial_windows(graph, count):
    """Nodes from `mel` to [WINDOW, windows, MELS]."""
    zero, unit = graph.constant("zero", np.int64(0)), graph.constant("unit", np.int64(1))
    starts = graph.node("Mul", [graph.node("Range", [zero, count, unit]), "step"])
    starts = graph.node("Unsqueeze", [starts, "axis_first"])
    frames = graph.constant("window_frames", np.arange(WINDOW, dtype=np.int64)[:, None])
    return graph.node("Gather", ["mel", graph.node("Add", [frames, starts])], axis=0)


def onnx_gates(array):
    """PyTorch's gate order (input, forget, cell, output) as ONNX wants it (input, output, forget, cell)."""
    entry, forget, cell, output = np.split(array, 4)
    return np.concatenate([entry, output, forget, cell])


def lstm(graph, state, layer, value):
    """One LSTM layer; gives the name of its sequence of hidden states."""
    input_weights = onnx_gates(state[f"lstm.weight_ih_l{layer}"])
    hidden_weights = onnx_gates(state[f"lstm.weight_hh_l{layer}"])
    biases = [onnx_gates(state[f"lstm.bias_{side}_l{layer}"]) for side in ("ih", "hh")]
    sequence = graph.node(
        "LSTM",
        [
            value,
            graph.constant(f"lstm{layer}.input", input_weights[None]),
            graph.constant(f"lstm{layer}.hidden", hidden_weights[None]),
            graph.constant(f"lstm{layer}.bias", np.concatenate(biases)[None]),
        ],
        hidden_size=HIDDEN,
    )
    return graph.node("Squeeze", [sequence, "one"])


def build(state):
    graph = Graph()
    count = window_count(graph)
    mel_frames(graph)
    value = partial_windows(graph, count)
    for layer in range(LSTM_LAYERS):
        value = lstm(graph, state, layer, value)
    last = graph.node("Gather", [value, graph.constant("last_frame", np.int64(WINDOW - 1))], axis=0)
    weights = graph.constant("linear.weight", state["linear.weight"])
    linear = graph.node("Gemm", [last, weights, graph.constant("linear.bias", state["linear.bias"])], transB=1)
    windows = graph.node("LpNormalization", [graph.node("Relu", [linear])], axis=1, p=2)
    mean = graph.node("ReduceMean", [windows, "axis_first"], keepdims=1)
    graph.node("LpNormalization", [mean], "embedding", axis=1, p=2)
    return graph.model(
        "resemblyzer",
        [("wav", [1, "samples"])],
        [("embedding", [1, EMBEDDING]), ("mel", ["frames", MELS])],
        opset=18,
        ir_version=9,
    )


def main(source, output):
    tensors = torch_checkpoint.load(source)["model_state"]
    save(build({name: tensor.array() for name, tensor in tensors.items()}), output)


if __name__ == "__main__":
    main(*sys.argv[1:])
