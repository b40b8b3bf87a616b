"""A real desk over real scans, in a real browser."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gouji.document.record import Record
from gouji.store.archive import open_archive
from gouji.store.state import SourceFile
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]
SCREEN: ViewportSize = {"width": 1280, "height": 720}
"""The smallest screen that the desk has to work on."""

Change = Callable[[dict[str, Any], int], None]
"""Changes a record's data; gets the number of the copy as well."""


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, its database, its process."""

    url: str
    db: str
    process: subprocess.Popen[str]


# Not of the session: as long as Playwright is at work, its event loop lets no other run in this thread.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or what stands for it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def read_record(gouji: Any, scans: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The record of a committed scan, by the real reader, as JSON data."""
    folder = tmp_path_factory.mktemp("read")
    done = gouji(folder, "digitize", scans / "demo.pdf", "--threads", "1")
    assert done.code == 0, done.err
    data: dict[str, Any] = json.loads(done.out)
    return data


@pytest.fixture(scope="session")
def truth(scans: Path) -> dict[str, Any]:
    """What that scan prints, by cell id."""
    cells: dict[str, Any] = json.loads((scans / "demo.truth.json").read_text("utf-8"))["cells"]
    return cells


def make_archive(folder: Path, scan: Path, read: dict[str, Any], copies: int, change: Change) -> str:
    """A database of so many reports, each the same scan with other bytes at its end, each record changed."""
    db = str(folder / "archive.db")
    archive = open_archive(db)
    run_id = archive.start_run("made", {})
    for number in range(copies):
        path = folder / f"{number:03d}.pdf"
        path.write_bytes(scan.read_bytes() + f"\n% {number}\n".encode())
        data = json.loads(json.dumps(read))
        data["source"] |= {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        change(data, number)
        record = Record.model_validate(data)
        archive.save_record(run_id, SourceFile(path, path.stat().st_size, number), "made", record)
    archive.engine.dispose()
    return db


def in_review(data: dict[str, Any], cell_id: str, **changed: Any) -> None:
    """Sends a cell to review, changed."""
    cell = next(cell for cell in data["cells"] if cell["id"] == cell_id)
    cell |= {"status": "review", "reasons": ["low_confidence"], "confidence": 0.7, **changed}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_desk(db: str, folder: Path, *args: str, port: int = 0) -> Desk:
    """Starts the real command; waits until it says where it is."""
    command = [
        str(Path(shutil.which("gouji") or ROOT / ".venv/bin/gouji")), "review", "--db", db, "--port", str(port),
        "--no-browser", "--pictures", str(folder / "pages"), *args,
    ]  # fmt: skip
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stderr is not None
    line = process.stderr.readline()
    found = re.search(r"https?://\S+/", line)
    assert found, line + process.stderr.read()
    return Desk(found.group(0), db, process)


def stop_desk(desk: Desk, *, hard: bool = False) -> None:
    """Ends a desk as Ctrl-C does, or as a power cut does."""
    desk.process.send_signal(signal.SIGKILL if hard else signal.SIGINT)
    desk.process.wait(20)
    assert desk.process.stderr is not None
    desk.process.stderr.close()


@contextmanager
def running_desk(db: str, folder: Path, *args: str) -> Iterator[Desk]:
    """A desk for as long as it is needed."""
    desk = start_desk(db, folder, *args)
    try:
        yield desk
    finally:
        stop_desk(desk)


@contextmanager
def visitor(browser: Browser, desk: Desk, name: str, **context: Any) -> Iterator[Page]:
    """A person at the desk in a browser of their own; what goes wrong in a page fails the test."""
    own = browser.new_context(viewport=SCREEN, **({"locale": "zh-CN"} | context))
    page = own.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.extend([message.text] if message.type == "error" else []))
    page.goto(desk.url)
    enter(page, name)
    yield page
    own.close()
    unexpected = [
        p for p in problems if not re.search(r"ERR_CONNECTION|status of 40[19]|ERR_EMPTY_RESPONSE", p)
    ]
    assert not unexpected


def enter(page: Page, name: str) -> None:
    """Logs in, on the page that asks for it."""
    page.fill("#name", name)
    page.press("#name", "Enter")
    page.wait_for_selector("nav")


def wait_for_cell(page: Page, before: tuple[str, str] | None = None) -> tuple[str, str]:
    """The record and cell that the desk shows, once it shows another than before; ("", "") when none is left."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        shown = page.eval_on_selector("#cell", "e => [e.dataset.record, e.dataset.cell]")
        if None not in shown and tuple(shown) != before:
            if shown[1]:
                page.wait_for_selector("#cell[data-drawn]")
            return shown[0], shown[1]
        time.sleep(0.01)
    raise AssertionError(f"still at {before}")
