"""Risk against coverage and reliability: printed, and drawn."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from math import log10
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..document.errors import MissingPartError, OutputError, UsageError
from ..evaluation.curve import Curve

ENDINGS = (".png", ".svg", ".pdf")


def print_curve(curve: Curve) -> None:
    """Prints both tables and the Brier score to stdout."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(title="risk and coverage: the surest cells first", title_justify="left")
    for name in ("coverage", "confidence from", "cells", "wrong", "wrong share", "below, 95 %"):
        table.add_column(name, justify="right")
    for p in curve.points:
        row = f"{p.coverage:.1%}", f"{p.threshold:.6f}", str(p.cells), str(p.wrong)
        table.add_row(*row, f"{p.wrong / p.cells:.4%}", f"{p.bound:.4%}")
    console.print(table)
    bins = Table(title="reliability: confidence said, share right seen", title_justify="left")
    for name in ("cells", "said", "seen", "95 % interval"):
        bins.add_column(name, justify="right")
    for b in curve.bins:
        bins.add_row(str(b.cells), f"{b.said:.4f}", f"{b.seen:.4f}", f"{b.low:.4f} – {b.high:.4f}")
    console.print(bins)
    console.print(
        f"Brier score {curve.brier:.6f}; {curve.wrong} of {curve.cells} cells of {curve.documents} documents are wrong."
    )


def can_draw(path: Path) -> None:
    """Whether a picture could be drawn to that path: nothing where it could.

    Raises:
        UsageError: for another ending than .png, .svg or .pdf.
        MissingPartError: without matplotlib.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path}: no kind of picture that can be drawn.", f"End it in {', '.join(ENDINGS)}.")
    if find_spec("matplotlib") is None:
        raise MissingPartError(
            "Curves are drawn with matplotlib, which is not installed.", "Install gouji[calibrate]."
        )


def draw_curve(curve: Curve, path: Path) -> None:
    """Writes both curves as one picture; the ending says which kind.

    Raises:
        OutputError: when the file cannot be written.
        MissingPartError, UsageError: as `can_draw` says.
    """
    can_draw(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    coverage = [p.coverage for p in curve.points]
    left.plot(coverage, [p.wrong / p.cells for p in curve.points], marker="o", label="wrong share seen")
    left.plot(coverage, [p.bound for p in curve.points], linestyle="--", label="95 % upper bound")
    left.set(
        xlabel="share of cells accepted",
        ylabel="share of them wrong",
        title="Risk and coverage",
    )
    left.set_yscale("symlog", linthresh=1e-4)
    left.legend()
    said, seen = [_nines(b.said) for b in curve.bins], [_nines(b.seen) for b in curve.bins]
    spread = [
        [_nines(b.seen) - _nines(b.low) for b in curve.bins],
        [_nines(b.high) - _nines(b.seen) for b in curve.bins],
    ]
    right.errorbar(said, seen, yerr=spread, marker="o", linestyle="none", capsize=3)
    right.plot([0, 5], [0, 5], linestyle=":", color="grey")
    ticks = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    labels = ["0", "0.9", "0.99", "0.999", "0.9999", "0.99999"]
    right.set_xticks(ticks, labels)
    right.set_yticks(ticks, labels)
    right.set(xlabel="confidence said", ylabel="share right seen, 95 % interval", title="Reliability")
    try:
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise OutputError(
            f"{path}: the curves cannot be written: {error.strerror}.",
            "Name a file in a folder that is yours.",
        ) from error


def _nines(share: float) -> float:
    """0 for 0, 1 for 0.9, 2 for 0.99 and so on, at most 5: most confidences are close to 1."""
    return min(5.0, -log10(max(1e-5, 1.0 - share)))
