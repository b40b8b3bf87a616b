"""What a worker process does with one document."""

from __future__ import annotations

import cv2

from ..document.errors import InputError
from ..models.opencv import check_single_opencv
from ..models.weights import DETECTION, RECOGNITION, find_weights
from ..ocr.engine import Engine
from ..ocr.pages import open_source
from ..pipeline import digitize
from ..show.annotate import annotate_pages
from .worker import Done, Task, WorkerOptions


class Digitizer:
    """Loaded models and a run's options.

    Raises:
        MissingPartError: when the engine or its weights are not there.
    """

    def __init__(self, options: WorkerOptions) -> None:
        self._options = options
        # By itself OpenCV takes every core, and several workers stand in each other's way.
        cv2.setNumThreads(options.threads)
        self._engine = load_engine(options.engine, options.threads)

    def run(self, task: Task) -> Done:
        """The task's record and pictures.

        Raises:
            GoujiError: when the document cannot become a record.
        """
        limits = self._options.limits
        try:
            source = open_source(task.path, limits, folder_is_report=self._options.folder_is_report)
            done = digitize(
                source,
                self._engine,
                limits,
                with_sections=self._options.with_sections,
                risk=self._options.risk,
                model_file=self._options.model_file,
            )
            pictures = (
                () if task.pictures is None else annotate_pages(source, done.record, limits, task.pictures)
            )
        except MemoryError as error:
            raise InputError(
                f"{task.path.name}: not enough memory.", "Close other programs, or lower --max-pixels."
            ) from error
        return Done(done.record, done.evidence, pictures)


def load_engine(name: str, threads: int) -> Engine:
    """The engine of that name, with its weights loaded.

    Raises:
        MissingPartError: when it or its weights are not there.
    """
    detection, recognition = find_weights(DETECTION), find_weights(RECOGNITION)
    if name == "paddle":
        from ..ocr.paddle import PaddleEngine

        check_single_opencv()
        return PaddleEngine(detection, recognition, threads)
    from ..ocr.onnx import OnnxEngine

    return OnnxEngine(detection, recognition, threads)
