"""The status of an archive for the terminal."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..store.status import Status


def print_status(status: Status) -> None:
    """Prints it to stdout."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(f"files: {_counts(status.files) or 'none yet'}")
    console.print(f"cells: {_counts(status.cells) or 'none yet'}")
    if status.open_runs:
        console.print(f"runs without an end (going on, or killed): {', '.join(map(str, status.open_runs))}")
    _print_rows(console, "folders", ("folder", "files", "incomplete", "failed", "cells to review"), [
        (f.name, f.files, f.incomplete, f.failed, f.review) for f in status.folders
    ])  # fmt: skip
    _print_rows(console, "years", ("year", "reports", "cells to review"), [
        ("not found" if y.year is None else y.year, y.reports, y.review) for y in status.years
    ])  # fmt: skip
    _print_rows(console, "failed files", ("why", "files", "for instance", "what to do"), [
        (f.category, f.files, f.example, f.remedy or "") for f in status.failures
    ])  # fmt: skip
    _print_rows(console, "missing years", ("agency", "years"), [
        (gap.agency, ", ".join(map(str, gap.years))) for gap in status.gaps
    ])  # fmt: skip


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in sorted(counts.items()))


def _print_rows(
    console: Console, title: str, names: tuple[str, ...], rows: list[tuple[str | int, ...]]
) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for name, value in zip(names, rows[0], strict=True):
        table.add_column(name, justify="right" if isinstance(value, int) else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(value)) for value in row))  # what a file is called is no markup
    console.print(table)
