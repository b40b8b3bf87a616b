"""How long a queue of many waiting cells takes to open, and what a claim and an answer take in it.

    python -m benchmarks.desk --reports 500

Every cell of every report waits. Asked over HTTP from a desk in a process of its own, as a browser asks.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from gouji.document.record import Record
from gouji.store.archive import open_archive
from gouji.store.state import SourceFile

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

ROUNDS = 20
AGENCIES = 60
REASONS = (["low_confidence"], ["check_failed"], ["faint_ink"], ["check_failed", "ink_at_border"])


def make_queue(db: str, reports: int) -> int:
    """A database with so many reports all of whose cells wait; how many cells that is."""
    truth = load_truth(FIXTURES_DIR / "truth" / "seed-001.json")
    archive = open_archive(db)
    run_id = archive.start_run("made", {})
    cells = 0
    for number in range(reports):
        record = Record.model_validate(_data(record_data(truth), number))
        cells += len(record.cells)
        archive.save_record(run_id, SourceFile(Path(record.source.path), 1, number), "made", record)
    archive.engine.dispose()
    return cells


def _data(data: dict[str, Any], number: int) -> dict[str, Any]:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    data["source"] |= {"sha256": sha256, "path": f"/archive/{number // 100}/{number}.pdf"}
    data["agency"]["text"] = f"第{number % AGENCIES}局"
    data["year"]["value"] = 2015 + number % 10
    for place, cell in enumerate(data["cells"]):
        cell |= {"status": "review", "reasons": REASONS[place % len(REASONS)], "confidence": 0.5}
    return data


def measure(url: str) -> None:
    """Prints what each question takes, milliseconds."""
    with httpx.Client(base_url=url, timeout=60) as client:
        client.post("/login", data={"name": "林一"})
        page = client.get("/").text
        found = re.search(r'"csrf": "([^"]+)"', page)
        assert found, page[:300]
        headers = {"X-CSRF-Token": found.group(1)}
        tell("queue", lambda: client.get("/"))
        tell("queue of an agency", lambda: client.get("/", params={"agency": "第7局"}))
        tell("queue of a reason", lambda: client.get("/", params={"reason": "faint_ink"}))
        tell("claim", lambda: client.post("/api/queue/claim", json={"count": 6}, headers=headers))
        tell("carpet", lambda: client.get("/carpet"))


def tell(name: str, ask: Callable[[], httpx.Response]) -> None:
    """Prints the first answer's time, and median and worst of the following ones."""
    took = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        ask().raise_for_status()
        took.append((time.perf_counter() - started) * 1000)
    print(
        f"{name}: first {took[0]:.0f} ms, median {statistics.median(took):.0f} ms, worst {max(took):.0f} ms"
    )


def main() -> None:
    """Makes the database, starts a desk, measures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=500)
    parser.add_argument("--db", default=None, help="an empty database; otherwise a new SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or f"{folder}/archive.db"
        print(f"{make_queue(db, options.reports)} cells wait")
        command = [
            str(Path(sys.executable).with_name("gouji")),
            "review",
            "--db",
            db,
            "--port",
            "0",
            "--no-browser",
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as desk:
            assert desk.stderr is not None
            found = re.search(r"http://\S+/", desk.stderr.readline())
            assert found
            try:
                measure(found.group(0))
            finally:
                desk.terminate()


if __name__ == "__main__":
    main()
