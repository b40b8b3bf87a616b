"""Measure gouji beside its peers: `python -m benchmarks.bench`, or `make bench`.

Rounds run the programs by turns (A B C A B C …), so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import argparse
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gouji.models.weights import DETECTION, RECOGNITION, verify_weights
from gouji.ocr.paddle import write_model_folders

from .contenders import Contender, Job, Run, SetName, contenders, installed_version, run_once
from .pages import Item, PageSets, make_pages
from .report import SETS, Report, Row, core_count, machine_name, summarize, to_json, to_markdown, to_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 when a program could not run."""
    options = _parser().parse_args(arguments)
    sets = make_pages(options.out, options.documents, options.seed, options.pages)
    folders = write_model_folders(
        options.out / "models", verify_weights(DETECTION), verify_weights(RECOGNITION)
    )
    chosen = [c for c in contenders(*folders) if not options.only or c.module.split("_")[0] in options.only]
    rows = [row for name in SETS for row in _measure(name, sets, chosen, options)]
    report = Report(
        machine=machine_name(),
        cores=core_count(),
        threads=options.threads,
        rounds=options.rounds,
        command=shlex.join(["python", "-m", "benchmarks.bench", *(arguments or sys.argv[1:])]),
        python=platform.python_version(),
        pages={"tables": _count(sets.tables), "reports": _count(sets.reports)},
        rows=tuple(rows),
    )
    for set_name, title in SETS.items():
        print(f"\n{title}\n{to_table(report, set_name)}")
    if options.json is not None:
        options.json.write_text(to_json(report), encoding="utf-8")
    if options.markdown is not None:
        options.markdown.write_text(to_markdown(report), encoding="utf-8")
    return int(any(row.failure is not None for row in rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs (default: 3)")
    parser.add_argument("--documents", type=int, default=3, help="reports to draw (default: 3)")
    parser.add_argument(
        "--seed", type=int, default=11, help="the same seed gives the same pages (default: 11)"
    )
    parser.add_argument(
        "--pages", type=int, help="table pages, and last pages of a report, at most; for a short run, from 2"
    )
    parser.add_argument("--threads", type=int, default=2, help="threads and cores of a program (default: 2)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="gouji rapidocr paddleocr faster img2table")
    parser.add_argument("--timeout", type=float, default=3600, help="seconds that one process may take")
    parser.add_argument(
        "--peers", type=Path, default=Path(".venv-peers/bin/python"), help="Python of the peers"
    )
    parser.add_argument("--out", type=Path, default=Path("bench-out"), help="folder for pages and models")
    parser.add_argument("--json", type=Path, help="also write the results there")
    parser.add_argument("--markdown", type=Path, help="also write the page of the documentation there")
    return parser


def _measure(
    set_name: SetName, sets: PageSets, chosen: Sequence[Contender], options: argparse.Namespace
) -> list[Row]:
    items = sets.tables if set_name == "tables" else sets.reports
    job = Job(set_name, items, sets.warm_up, options.threads, options.timeout)
    pythons = {c.name: options.peers.absolute() if c.is_peer else Path(sys.executable) for c in chosen}
    runs: Mapping[str, list[Run]] = {c.name: [] for c in chosen}
    for number in range(options.rounds):
        for contender in chosen:
            run = run_once(contender, pythons[contender.name], job)
            runs[contender.name].append(run)
            told = run.failure or f"{sum(run.seconds) / _count(items):.2f} s/page"
            print(f"{set_name}, round {number + 1}: {contender.name}: {told}", file=sys.stderr)
    return [
        summarize(c, installed_version(pythons[c.name], c.package), set_name, _count(items), runs[c.name])
        for c in chosen
    ]


def _count(items: Sequence[Item]) -> int:
    return sum(len(item) for item in items)


if __name__ == "__main__":
    sys.exit(main())
