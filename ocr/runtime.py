"""Networks at work on OpenVINO: the only file that imports it."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

KERNELS_KEPT = 1024
"""How much code for shapes that it has seen a network keeps. OpenVINO keeps 5000 pieces and grows for documents on end; with
256 it is slower."""


class Runtime:
    """OpenVINO on the CPU: f32 where the CPU knows no better, bf16 where it has matrix units for it."""

    def __init__(self, threads: int) -> None:
        openvino = _openvino()
        self._core = openvino.Core()
        self._threads = threads
        # A stream a thread: two small batches side by side are faster than one after the other on two threads.
        self._config = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
            "CPU_RUNTIME_CACHE_CAPACITY": str(KERNELS_KEPT),
            # By itself OpenVINO binds its threads to cores, and that of every process to the same ones: of two workers each
            # waits for the other while a core stands idle.
            "ENABLE_CPU_PINNING": False,
        }
        precision = self._core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
        self.name = f"openvino-{openvino.get_version().split('-')[0]} {precision}"

    def read(self, path: Path) -> Any:
        """An ONNX file as a model that can still be changed."""
        return self._core.read_model(str(path))

    def compile(self, model: Any) -> Network:
        """For small batches, as many at a time as there are threads."""
        return Network(self._core.compile_model(model, "CPU", self._config), self._threads)

    def compile_large(self, model: Any, *, seldom: bool = False) -> Network:
        """For one large picture at a time, on all threads; one that is `seldom` used gives back what it needs while at work."""
        compiled = self._core.compile_model(model, "CPU", self._config | {"NUM_STREAMS": 1})
        return Network(compiled, 1, compiled.release_memory if seldom else None)


def _openvino() -> Any:  # ships no types
    """The library, its converter's telemetry kept out: gouji converts nothing and speaks to no network."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # the library then takes its own stub
    import openvino

    return openvino


class Network:
    """A compiled network; several threads may run it at the same time, and share its memory."""

    def __init__(self, compiled: Any, lanes: int, after: Callable[[], None] | None = None) -> None:
        self._after = after
        self._outputs = len(compiled.outputs)
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(lanes):
            self._idle.put(compiled.create_infer_request())

    def run(self, batches: Iterable[NDArray[np.float32]]) -> Iterator[tuple[NDArray[Any], ...]]:
        """The outputs of each batch, in order; the next batch is made ready while one is at work."""
        busy: deque[tuple[Any, NDArray[np.float32]]] = deque()  # a batch lives as long as it is read
        try:
            for batch in batches:
                try:
                    request = self._idle.get_nowait()
                except Empty:  # never wait for a lane while holding one
                    if busy:
                        yield self._finish(busy)
                    request = self._idle.get()
                busy.append((request, batch))
                request.start_async({0: batch}, share_inputs=True)
                if len(busy) > 1:
                    yield self._finish(busy)
            while busy:
                yield self._finish(busy)
        finally:  # whatever went wrong, no lane is lost
            while busy:
                request, _ = busy.popleft()
                with suppress(RuntimeError):
                    request.wait()
                self._idle.put(request)

    def _finish(self, busy: deque[tuple[Any, NDArray[np.float32]]]) -> tuple[NDArray[Any], ...]:
        request, _ = busy[0]
        request.wait()
        outputs = tuple(np.array(request.get_output_tensor(k).data) for k in range(self._outputs))
        busy.popleft()
        if self._after:
            self._after()
        self._idle.put(request)
        return outputs


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """The last layer of a recognizer.

    Attributes:
        weights: (features, classes) float32.
        bias: (classes,) float32.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def network(self, kept: Sequence[int], columns: Sequence[int]) -> Any:
        """A model from (frames, features) to what is asked of some classes.

        Its outputs: the probability of the likeliest of the `kept` classes and its place among them, (frames, 1) each, and the
        probabilities of those at the places `columns`, (frames, len(columns)).
        """
        openvino = _openvino()
        op = openvino.opset13
        features = op.parameter([-1, self.weights.shape[0]], np.float32)
        scores = op.matmul(features, op.constant(np.ascontiguousarray(self.weights[:, kept])), False, False)
        probs = op.softmax(op.add(scores, op.constant(self.bias[list(kept)])), 1)
        best = op.topk(probs, np.int32(1), axis=1, mode="max", sort="none", index_element_type="i32")
        few = op.gather(probs, np.array(columns, dtype=np.int32), np.int32(1))
        return openvino.Model([best.output(0), best.output(1), few.output(0)], [features], "classifier")


def split_classifier(model: Any, classes: int) -> tuple[Any, Classifier]:
    """A recognizer up to its last layer, and that layer: a product with weights and a sum, whose last axis are the classes.

    Raises:
        ValueError: when it ends otherwise.
    """
    found: dict[str, Any] = {}
    for operation in model.get_ordered_ops():
        kind = operation.get_type_name()
        shape = operation.input_value(1).get_partial_shape() if kind in ("MatMul", "Add") else None
        if shape is not None and shape.is_static and list(shape.to_shape())[-1:] == [classes]:
            found[kind] = operation
    if set(found) != {"MatMul", "Add"}:
        raise ValueError(
            f"expected a recognizer of {classes} classes that ends in a product and a sum, found {set(found)}"
        )
    weights, bias = (found[kind].input_value(1).get_node().get_data() for kind in ("MatMul", "Add"))
    body = _openvino().Model([found["MatMul"].input_value(0)], model.get_parameters(), "features")
    return body, Classifier(np.array(weights, np.float32), np.array(bias, np.float32))


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops that a network sees together.

    Attributes:
        width: to which each is padded, px.
        size: how many the network sees; what lies beyond the indices is empty.
        indices: of the crops.
    """

    width: int
    size: int
    indices: tuple[int, ...]


def group_by_width(widths: Sequence[int], ladder: Sequence[int], most: int) -> list[Batch]:
    """Batches of crops that share one padded width, in few sizes (1, 4, 16, ...): a network has code and memory for each shape.

    Args:
        widths: in px; those of 0 are left out.
        ladder: the padded widths in px, ascending; the last holds the widest.
        most: px of width that a batch may hold together.
    """
    groups: dict[int, list[int]] = {}
    for i, width in enumerate(widths):
        if width:
            groups.setdefault(ladder[bisect_left(ladder, width)], []).append(i)
    batches = []
    for padded, indices in sorted(groups.items()):
        largest = 4 ** ((max(1, most // padded).bit_length() - 1) // 2)
        while indices:
            size = min(largest, 4 ** ((len(indices).bit_length() - 1) // 2))
            if len(indices) >= 3 * size:  # better a little empty than many small ones
                size = min(largest, 4 * size)
            batches.append(Batch(padded, size, tuple(indices[:size])))
            indices = indices[size:]
    return batches
