"""A file in GGUF: what it says of a network, and its tensors.

The format of ggml and llama.cpp (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md),
versions 2 and 3. Nothing that a file says is believed before it is seen to be there; the package
`gguf` knows how numbers in few bits are written.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.errors import ModelError
from unspun.extras import need

Float32s = NDArray[np.float32]

_MAGIC, _VERSIONS = b"GGUF", (2, 3)
_NUMBERS = {
    kind: np.dtype(form)
    for kind, form in enumerate(("<B", "<b", "<H", "<h", "<I", "<i", "<f", "<?"))
} | {10: np.dtype("<Q"), 11: np.dtype("<q"), 12: np.dtype("<d")}
_TEXT, _ROW = 8, 9  # kinds of values beside numbers
_COUNT, _KIND = struct.Struct("<Q"), struct.Struct("<I")
_ALIGNMENT = "general.alignment", 32  # of tensors, and what it is if it is not told
_AXES = 4  # of a tensor, at most
_TOGETHER = 512  # blocks of numbers in few bits that are raised at once


class Tensor(NamedTuple):
    """Where a tensor lies.

    Attributes:
        shape: Its sizes, the last that of numbers side by side.
        kind: How its numbers are written.
        start: Its first byte behind the header.
    """

    shape: tuple[int, ...]
    kind: int
    start: int


class File:
    """An open file.

    Args:
        path: Where it is.

    Raises:
        ConfigError: where the extra ``neural`` is not installed.
        ModelError: if it is no such file, or damaged.
        OSError: if it cannot be read.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._gguf = need("gguf", "a rescorer", "neural")
        with Path(path).open("rb") as file:
            if not file.read(1):
                raise ModelError("an empty file")
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = _Header(self._data)
        try:
            self._values, self._tensors = header.values_and_tensors()
        except (struct.error, UnicodeDecodeError) as error:
            raise ModelError(f"damaged at byte {header.at}: {error}") from error
        alignment = self._values.get(*_ALIGNMENT)
        if type(alignment) is not int or alignment < 1:
            raise ModelError(f"an alignment of {alignment!r}")
        self._start = -(-header.at // alignment) * alignment

    def value(self, name: str, kind: type) -> Any:  # noqa: ANN401 - of that kind
        """What the file says.

        Raises:
            ModelError: if it does not say that, or another kind of thing.
        """
        if not isinstance(found := self._values.get(name), kind):
            raise ModelError(f"the model does not tell its {name}")
        return found

    def texts(self, name: str) -> list[str]:
        """A row of texts.

        Raises:
            ModelError: if the file has none of that name.
        """
        found = self.value(name, list)
        if not all(isinstance(text, str) for text in found):
            raise ModelError(f"the model does not tell its {name}")
        return list(found)

    def __contains__(self, name: str) -> bool:
        return name in self._tensors

    def tensor(self, name: str, *shape: int) -> Float32s:
        """A tensor.

        Args:
            name: Its name.
            shape: Its sizes; 0 for any.

        Raises:
            ModelError: if there is none of that shape, or it cannot be read.
        """
        found = self._tensors.get(name)
        if found is None:
            raise ModelError(f"the tensor {name} is missing")
        sizes = zip(shape, found.shape, strict=False)
        if len(shape) != len(found.shape) or any(want not in (0, size) for want, size in sizes):
            raise ModelError(f"the tensor {name} has the shape {found.shape}, not {shape}")
        with np.errstate(all="ignore"):
            try:
                values = self._raised(found)
            except (ValueError, NotImplementedError) as error:
                raise ModelError(f"the tensor {name} cannot be read: {error}") from error
            if not np.isfinite(np.vdot(values, values)):
                raise ModelError(f"the tensor {name} holds what is no number, or a vast one")
        return values

    def _raised(self, tensor: Tensor) -> Float32s:
        kind = self._gguf.GGMLQuantizationType(tensor.kind)
        size, width = self._gguf.GGML_QUANT_SIZES[kind]
        blocks, odd = divmod(math.prod(tensor.shape), size)
        start = self._start + tensor.start
        if odd or not blocks or start + blocks * width > len(self._data):
            raise ValueError("it is not there whole")
        raw = np.frombuffer(self._data[start : start + blocks * width], np.uint8)
        rows = raw.reshape(-1, math.gcd(blocks, _TOGETHER) * width)
        return np.asarray(self._gguf.quants.dequantize(rows, kind), np.float32).reshape(
            tensor.shape
        )


class _Header:
    """What stands before the tensors, read from its first byte on."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 0

    def values_and_tensors(self) -> tuple[Mapping[str, Any], Mapping[str, Tensor]]:
        """What the file says, and where its tensors lie."""
        if self._data[: len(_MAGIC)] != _MAGIC:
            raise ModelError("no file in GGUF")
        self.at = len(_MAGIC)
        if (version := self._number(_KIND)) not in _VERSIONS:
            raise ModelError(f"GGUF of version {version}; read are {_VERSIONS}")
        tensors, values = self._number(_COUNT), self._number(_COUNT)
        return (
            dict(self._named_value() for _ in range(values)),
            dict(self._named_tensor() for _ in range(tensors)),
        )

    def _number(self, form: struct.Struct) -> Any:  # noqa: ANN401 - of that form
        (number,) = form.unpack_from(self._data, self.at)
        self.at += form.size
        return number

    def _text(self) -> str:
        (text,) = self._texts(1)
        return text

    def _texts(self, count: int) -> list[str]:
        """Texts in a row: in one loop, since a vocabulary has many."""
        data, at, found = self._data, self.at, []
        for _ in range(count):
            (size,) = _COUNT.unpack_from(data, at)
            at += _COUNT.size + size
            if at > len(data):
                raise ModelError("damaged: a text that ends behind the file")
            found.append(data[at - size : at].decode())
        self.at = at
        return found

    def _named_value(self) -> tuple[str, Any]:
        name, kind = self._text(), self._number(_KIND)
        if kind == _ROW:
            return name, self._row(self._number(_KIND), self._number(_COUNT))
        return name, self._row(kind, 1)[0]

    def _row(self, kind: int, count: int) -> Sequence[Any]:
        if kind == _TEXT:
            return self._texts(count)
        if kind not in _NUMBERS:
            raise ModelError(f"damaged: a value of the kind {kind}")
        form = _NUMBERS[kind]
        if count * form.itemsize > len(self._data) - self.at:
            raise ModelError("damaged: a row that ends behind the file")
        found = np.frombuffer(self._data, form, count, self.at)
        self.at += found.nbytes
        return list(found.tolist())

    def _named_tensor(self) -> tuple[str, Tensor]:
        name, axes = self._text(), self._number(_KIND)
        if axes > _AXES:
            raise ModelError(f"damaged: the tensor {name} has {axes} axes")
        shape = tuple(self._number(_COUNT) for _ in range(axes))
        return name, Tensor(shape[::-1], self._number(_KIND), self._number(_COUNT))
