"""Reads tensors out of a PyTorch checkpoint (the format before version 1.6) without PyTorch.

The file is a series of pickles (magic, protocol, system, the object, the keys of the storages), then for each key
a little-endian count and the raw numbers. The unpickler knows four names and refuses every other, so a changed
file can run nothing.
"""

import collections
import pickle

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
ELEMENT_TYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8", "IntStorage": "<i4"}


class Storage:
    """A flat run of numbers that tensors look into; filled when the end of the file has been read."""

    def __init__(self, element_type, length):
        self.element_type = np.dtype(element_type)
        self.length = length
        self.values = None


class Tensor:
    """A view of a storage, kept until the storage is filled."""

    def __init__(self, storage, offset, shape, strides, *_unused):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    def array(self):
        size = self.storage.element_type.itemsize
        return np.lib.stride_tricks.as_strided(
            self.storage.values[self.offset:], self.shape, [size * stride for stride in self.strides]
        ).copy()


class Unpickler(pickle.Unpickler):
    """Makes tensors and plain containers, nothing else."""

    ALLOWED = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): Tensor,
        ("torch._utils", "_rebuild_parameter"): lambda tensor, *_unused: tensor,
    }

    def __init__(self, file, storages):
        super().__init__(file)
        self.storages = storages

    def find_class(self, module, name):
        if module == "torch" and name in ELEMENT_TYPES:
            return ELEMENT_TYPES[name]
        if (module, name) in self.ALLOWED:
            return self.ALLOWED[(module, name)]
        raise pickle.UnpicklingError(f"the checkpoint asks for {module}.{name}")

    def persistent_load(self, reference):
        _, element_type, key, _, length = reference[:5]
        return self.storages.setdefault(key, Storage(element_type, length))


def load(path):
    """The checkpoint's object, with a `Tensor` in place of each tensor."""
    storages = {}
    with open(path, "rb") as file:
        if pickle.load(file) != MAGIC:
            raise ValueError("not a PyTorch checkpoint of the old format")
        for _ in ("protocol", "system"):
            pickle.load(file)
        content = Unpickler(file, storages).load()
        for key in pickle.load(file):
            storage = storages[key]
            if int.from_bytes(file.read(8), "little") != storage.length:
                raise ValueError("a storage has another length than promised")
            raw = file.read(storage.length * storage.element_type.itemsize)
            storage.values = np.frombuffer(raw, storage.element_type)
    return content
