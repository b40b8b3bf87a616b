"""What the runs say, as a table, as JSON and as a page of the documentation."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .contenders import Contender, Run, SetName

SETS: Mapping[SetName, str] = {"tables": "Pages with tables", "reports": "Whole reports"}


@dataclass(frozen=True, slots=True)
class Row:
    """One contender on one set of pages, over all rounds; a page's seconds are a round's divided by its pages."""

    name: str
    version: str
    task: str
    set_name: SetName
    median: float | None
    fastest: float | None
    slowest: float | None
    peak_mib: float | None
    characters: int
    failure: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """All rows, and what is needed to repeat them."""

    machine: str
    cores: int
    threads: int
    rounds: int
    command: str
    python: str
    pages: Mapping[str, int]
    rows: tuple[Row, ...]


def summarize(contender: Contender, version: str, set_name: SetName, pages: int, runs: Sequence[Run]) -> Row:
    """The contender's row; a single failed run makes the whole row a failure."""
    failure = next((run.failure for run in runs if run.failure is not None), None)
    if failure is not None or not runs:
        nothing = (None, None, None, None, 0)
        return Row(contender.name, version, contender.task, set_name, *nothing, failure or "was not run")
    each = [sum(run.seconds) / pages for run in runs]
    return Row(
        contender.name,
        version,
        contender.task,
        set_name,
        statistics.median(each),
        min(each),
        max(each),
        max(run.peak_mib for run in runs),
        round(runs[0].characters / pages),
        None,
    )


def machine_name() -> str:
    """The processor's own name, or what Python knows of it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def core_count() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def to_json(report: Report) -> str:
    """The report as JSON."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n"


def to_table(report: Report, set_name: SetName) -> str:
    """One set's rows as a Markdown table, which reads as well on a terminal."""
    head = ("program", "version", "makes", "s/page, median", "min – max", "peak MiB", "characters/page")
    lines = [head, tuple("---" for _ in head)]
    lines += [_cells(row) for row in report.rows if row.set_name == set_name]
    widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    if row.median is None or row.peak_mib is None:
        return (row.name, row.version, row.task, f"could not run: {row.failure}", "", "", "")
    spread = f"{row.fastest:.2f} – {row.slowest:.2f}"
    return (
        row.name,
        row.version,
        row.task,
        f"{row.median:.2f}",
        spread,
        f"{row.peak_mib:.0f}",
        str(row.characters),
    )


def to_markdown(report: Report) -> str:
    """The page docs/benchmarks.md."""
    parts = [
        "# Benchmarks",
        "",
        "Made by `make bench`; written over by it. Seconds a page and peak memory of gouji beside other programs on the same page",
        "pictures, in the same run, with the same number of threads and processor cores.",
        "",
        f"- Machine: {report.machine}, {report.cores} cores; Python {report.python}",
        f"- Command: `{report.command}`",
        f"- {report.rounds} rounds, the programs by turns; a process each, {report.threads} threads on as many cores",
        "- Time: from the picture's file to the result; loading models and another report as warm-up are left out.",
        "- Peak memory: of the process, models included, the highest of all rounds.",
        "- Weights: PP-OCRv6 small from the `rapidocr` wheel, but for faster-paddle, which brings its own.",
        "- Programs run with their defaults, but: no classifier or model that turns lines or pages, and img2table with",
        "  `detect_rotation`, without which it finds no table on a page scanned a little askew.",
        "- They do not make the same of a page; what each makes stands in the table. The characters tell that something was read,",
        "  not that it was right: on pages with tables gouji reads only the cells, and a record has each row's label once.",
    ]
    for set_name, title in SETS.items():
        parts += ["", f"## {title} ({report.pages[set_name]} pages)", "", to_table(report, set_name)]
    return "\n".join(parts) + "\n"
