"""A watched folder: whole files are taken once, growing ones wait, links that lead out of it are never followed."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from gouji.batch.watch import watch

from ..conftest import GOUJI, rows_in

STILL = 0.2


def watched(folder: Path, seconds: float = 3 * STILL) -> list[str]:
    """The names of what comes to rest within so long."""
    end = time.monotonic() + seconds
    steps = watch(folder, lambda: time.monotonic() > end, every=0.02, still=STILL)
    return [job.path.name for jobs in steps for job in jobs]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_a_whole_file_is_given_once(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(b"%PDF-1")
    (folder / "note.txt").write_bytes(b"no scan")
    assert watched(folder) == ["a.pdf"]


def test_a_growing_file_waits_and_a_changed_one_comes_again(folder: Path) -> None:
    path = folder / "a.pdf"
    path.write_bytes(b"%PDF-1")
    given: list[float] = []
    start = time.monotonic()
    last = start
    for jobs in watch(folder, lambda: time.monotonic() - start > 8 * STILL, every=0.02, still=STILL):
        given.append(time.monotonic())
        assert [job.path.name for job in jobs] == ["a.pdf"]
        if len(given) == 1:
            path.write_bytes(b"%PDF-1 and more")
            last = time.monotonic()
    assert len(given) == 2
    assert given[0] - start >= STILL
    assert given[1] - last >= STILL


def test_links_out_of_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.pdf"
    outside.write_bytes(b"%PDF-1")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.pdf").write_bytes(b"%PDF-1")
    (folder / "inside.pdf").write_bytes(b"%PDF-1")
    (folder / "link.pdf").symlink_to(outside)
    (folder / "sub").symlink_to(tmp_path / "elsewhere")
    (folder / "again.pdf").symlink_to(folder / "inside.pdf")
    (given,) = watched(folder)
    assert given in {"inside.pdf", "again.pdf"}  # one file, by whichever name it is reached


def test_the_command_digitizes_what_comes_and_ends_when_asked(
    folder: Path, scans: Path, tmp_path: Path
) -> None:
    db = tmp_path / "archive.db"
    command = [str(GOUJI), "watch", str(folder), "--db", str(db), "--still", "0.3", "--no-sections"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    (folder / "text.pdf").write_text("no report", "utf-8")
    assert '"failed"' in process.stdout.readline()
    (folder / "fax.tiff").write_bytes((scans / "fax.tiff").read_bytes())
    assert '"done"' in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "1 done, 0 incomplete, 1 failed" in err
    assert rows_in(str(db), "SELECT COUNT(*) FROM sources") == [(2,)]
