"""A small builder round onnx.helper, and the one way in which every conversion writes its result.

The bytes depend on nothing but the weights: fixed producer, fixed names, no time, deterministic serialisation.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PRODUCER = "muster"


class Graph:
    """Collects nodes and constants; values are known by name."""

    def __init__(self):
        self.nodes = []
        self.constants = []
        self.count = 0

    def constant(self, name, array):
        """Adds a constant under this name and gives the name back."""
        self.constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def integers(self, name, *values):
        """A one-dimensional int64 constant."""
        return self.constant(name, np.array(values, np.int64))

    def node(self, operator, inputs, output=None, **attributes):
        """Adds a node with one output and gives the output's name back."""
        self.count += 1
        output = output or f"{operator.lower()}_{self.count}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=f"node_{self.count}", **attributes))
        return output

    def model(self, name, inputs, outputs, opset, ir_version):
        """The finished model. Inputs and outputs are (name, shape) pairs of float32 tensors."""
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape) for value, shape in inputs],
            [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape) for value, shape in outputs],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        model.ir_version = ir_version
        return model


def save(model, path):
    """Checks the model and writes it."""
    model.producer_name = PRODUCER
    model.producer_version = ""
    model.doc_string = ""
    del model.metadata_props[:]
    onnx.checker.check_model(model)
    with open(path, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))
