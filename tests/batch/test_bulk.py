"""Runs into a database: nothing twice, nothing lost, however a run ends."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ..conftest import GOUJI, CliRun, Gouji, cells_in, rows_in

QUICK = ("--no-sections", "--threads", "1")


@pytest.fixture
def folder(tmp_path: Path, scans: Path) -> Path:
    """Two reports that differ in one byte, a page without a table, and a file that is none."""
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    fax = (scans / "fax.tiff").read_bytes()
    (folder / "a.tiff").write_bytes(fax)
    (folder / "sub" / "b.tiff").write_bytes(fax + b"\0")
    Image.new("L", (300, 424), 255).save(folder / "page.jpg")
    (folder / "text.pdf").write_text("no report", "utf-8")
    return folder


def states(db: str, folder: Path) -> dict[str, str]:
    found = rows_in(db, "SELECT path, state FROM sources")
    assert len(found) == len({path for path, _ in found})
    return {str(Path(path).relative_to(folder)): state for path, state in found}


ENDED = {"a.tiff": "done", "page.jpg": "failed", "sub/b.tiff": "done", "text.pdf": "failed"}


def test_a_second_run_reads_nothing_again(gouji: Gouji, folder: Path, db: str, tmp_path: Path) -> None:
    first = gouji(tmp_path, "digitize", "in", "--db", db, "--jobs", "2", *QUICK)
    assert first.code == 3
    assert states(db, folder) == ENDED
    assert {line["state"] for line in lines(first)} == {"done", "failed"}
    shutil.copy(folder / "a.tiff", folder / "copy.tiff")
    (folder / "sub" / "b.tiff").rename(folder / "moved.tiff")
    second = gouji(tmp_path, "digitize", "in", "--db", db, *QUICK)
    assert (second.code, second.out) == (3, "")
    assert "settled before: 3 done, 2 failed" in second.err
    assert states(db, folder) == {**ENDED, "copy.tiff": "done", "moved.tiff": "done"}
    assert rows_in(db, "SELECT COUNT(*) FROM records") == [(2,)]
    third = gouji(tmp_path, "digitize", "in", "--db", db, "--retry-failed", *QUICK)
    assert {Path(line["path"]).name for line in lines(third)} == {"page.jpg", "text.pdf"}
    assert rows_in(db, "SELECT COUNT(*) FROM failures") == [(4,)]
    assert rows_in(db, "SELECT end_reason FROM runs") == [("finished",)] * 3


def lines(run: CliRun) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run.out.splitlines()]


def test_a_changed_file_and_another_pipeline_are_digitized_anew(
    gouji: Gouji, scans: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.tiff"
    shutil.copy(scans / "fax.tiff", path)
    for changed, records in ((b"", 1), (b"\0", 2), (b"", 2)):
        path.write_bytes(path.read_bytes() + changed)
        gouji(tmp_path, "digitize", "in", "--db", "archive.db", *QUICK)
        assert rows_in(str(tmp_path / "archive.db"), "SELECT COUNT(*) FROM records") == [(records,)]
    gouji(tmp_path, "digitize", "in", "--db", "archive.db", "--risk", "0.001", *QUICK)
    kept = rows_in(str(tmp_path / "archive.db"), "SELECT sha256, pipeline FROM records ORDER BY record_id")
    assert [pipeline.split(", ")[3] for _, pipeline in kept] == ["risk 0.0005", "risk 0.0005", "risk 0.001"]
    assert rows_in(str(tmp_path / "archive.db"), "SELECT COUNT(*) FROM current_records") == [(2,)]


def test_a_dry_run_and_a_limit(gouji: Gouji, folder: Path, tmp_path: Path) -> None:
    planned = gouji(tmp_path, "digitize", "in", "--db", "a.db", "--dry-run", "--limit", "3")
    assert [line["state"] for line in lines(planned)] == ["to do"] * 3
    assert rows_in(str(tmp_path / "a.db"), "SELECT COUNT(*) FROM runs") == [(0,)]
    limited = gouji(tmp_path, "digitize", "in", "--db", "a.db", "--limit", "1", "--log-json", *QUICK)
    assert len(lines(limited)) == 1
    (event,) = [json.loads(line) for line in limited.err.splitlines()]
    assert (event["event"], event["done"], event["pages"]) == ("run", 1, 2)
    assert states(str(tmp_path / "a.db"), folder) == {"a.tiff": "done"}


def test_what_needs_a_database_says_so(gouji: Gouji, folder: Path, tmp_path: Path) -> None:
    run = gouji(tmp_path, "digitize", "in", "--retry-failed")
    assert run.code == 2
    assert "--db" in run.err
    (tmp_path / "none").write_text("not a database, but long enough to be taken for one" * 20, "utf-8")
    run = gouji(tmp_path, "digitize", "in", "--db", "none")
    assert run.code == 6
    assert "none: file is not a database" in run.err


def start(folder: Path, db: str, *options: str) -> subprocess.Popen[str]:
    command = [str(GOUJI), "digitize", str(folder), "--db", db, "--jobs", "2", *QUICK, *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_ctrl_c_finishes_what_is_at_work(folder: Path, tmp_path: Path) -> None:
    db = str(tmp_path / "archive.db")
    for n in range(6):
        (folder / f"more-{n}.tiff").write_bytes((folder / "a.tiff").read_bytes() + b"\0" * (n + 2))
    process = start(folder, db)
    assert process.stdout is not None
    assert process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: every process of the group
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "ending after the documents at work" in err
    assert "Traceback" not in err
    assert rows_in(db, "SELECT end_reason FROM runs") == [("interrupted",)]
    seen = states(db, folder)
    assert len(seen) == 1 + len(out.splitlines()) < 10
    assert set(seen.values()) <= {"done", "failed"}


def test_ctrl_c_twice_ends_at_once(folder: Path, tmp_path: Path) -> None:
    db = str(tmp_path / "archive.db")
    process = start(folder, db)
    assert process.stdout is not None
    assert process.stdout.readline()
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    _, err = process.communicate(timeout=10)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert rows_in(db, "SELECT COUNT(*) FROM cells")[0][0] % 200 == 0


KILLS = int(os.environ.get("GOUJI_KILLS", "3"))
"""How often a run is killed at a random moment."""


def test_killed_at_any_moment_nothing_is_lost_doubled_or_half(
    folder: Path, new_database: Callable[[], str], gouji: Gouji, tmp_path: Path
) -> None:
    calm = new_database()
    gouji(tmp_path, "digitize", "in", "--db", calm, "--jobs", "2", *QUICK)
    chance = random.Random(5)
    disturbed, killed = new_database(), 0
    while killed < KILLS:
        process = start(folder, disturbed, "--retry-failed")
        try:
            process.communicate(timeout=chance.uniform(0.2, 7.0))
            disturbed = new_database()  # all was done: from the beginning
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            killed += 1
            whole = (
                rows_in(disturbed, "SELECT COUNT(*) FROM cells GROUP BY record_id")
                if exists(disturbed)
                else []
            )
            assert set(whole) <= {(200,)}
    last = gouji(tmp_path, "digitize", "in", "--db", disturbed, *QUICK)
    assert last.code == 3
    assert states(disturbed, folder) == states(calm, folder) == ENDED
    assert cells_in(disturbed) == cells_in(calm)
    assert (
        rows_in(disturbed, "SELECT sha256, COUNT(*) FROM records GROUP BY sha256 HAVING COUNT(*) > 1") == []
    )


def exists(db: str) -> bool:
    return "://" in db or Path(db).exists()
