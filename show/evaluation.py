"""An evaluation as tables."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from ..evaluation.report import Evaluation
from ..evaluation.score import DocumentScore, Summary

COLUMNS = (
    "documents",
    "fully right",
    "cells",
    "non-zero",
    "missing",
    "accepted",
    "wrong accepted",
    "no look needed",
)
WRONG_SHOWN = 12


def print_evaluation(evaluation: Evaluation) -> None:
    """Prints the documents, the profiles and the whole to stdout."""
    console = Console(width=None if sys.stdout.isatty() else 180)
    console.print(_documents(evaluation))
    summary = Table(title="by profile", title_justify="left")
    summary.add_column("")
    for name in COLUMNS:
        summary.add_column(name, justify="right")
    for profile in evaluation.profiles:
        summary.add_row(*_summary_row(profile))
    summary.add_section()
    summary.add_row(*_summary_row(evaluation.overall))
    console.print(summary)
    for warning in evaluation.warnings:
        console.print(f"Warning: {warning}", style="yellow")


def _documents(evaluation: Evaluation) -> Table:
    table = Table(title="documents", title_justify="left")
    for name in (
        "id",
        "profile",
        "cells",
        "non-zero",
        "missing",
        "accepted",
        "wrong accepted",
        "meta",
        "checks",
        "wrong cells",
    ):
        table.add_column(
            name, overflow="fold", justify="left" if name in ("id", "profile", "wrong cells") else "right"
        )
    for score in evaluation.documents:
        table.add_row(*_document_row(score))
    return table


def _document_row(score: DocumentScore) -> tuple[str, ...]:
    meta = "".join(
        letter if right else letter.lower() + "!"
        for letter, right in (("T", score.title_right), ("A", score.agency_right), ("Y", score.year_right))
        if right is not None
    )
    wrong = [
        f"{w.id}: {w.printed} → {w.read}{' ACCEPTED' if w.status == 'accepted' else ''}" for w in score.wrong
    ]
    more = [f"… and {len(wrong) - WRONG_SHOWN} more"] if len(wrong) > WRONG_SHOWN else []
    return (
        score.id,
        score.profile,
        f"{score.right}/{score.cells}" if score.has_record else "no record",
        f"{score.nonzero_right}/{score.nonzero}",
        str(score.missing),
        str(score.accepted),
        str(score.wrong_accepted),
        meta,
        {True: "as printed", False: "differ", None: ""}[score.checks_right],
        "\n".join(wrong[:WRONG_SHOWN] + more),
    )


def _summary_row(summary: Summary) -> tuple[str, ...]:
    return (
        summary.name,
        str(summary.documents),
        str(summary.fully_right),
        _percent(summary.cell_accuracy),
        _percent(summary.nonzero_accuracy),
        str(summary.missing),
        _percent(summary.accepted_share),
        str(summary.wrong_accepted),
        str(summary.untouched),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.3f} %"
