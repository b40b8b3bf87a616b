"""A desk in this process: a real database of made-up records, and people at it with a browser's cookies and headers."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from fastapi import FastAPI
from gouji.document.record import Record
from gouji.review.app import create_app
from gouji.review.options import DeskOptions
from gouji.store.archive import open_archive
from gouji.store.connect import writing
from gouji.store.state import SourceFile

from fixtures.scanmaker.committed import FIXTURES_DIR
from fixtures.scanmaker.truth import load_truth
from fixtures.synthetic.records import record_data

from ..conftest import Gouji

with warnings.catch_warnings():
    # Starlette would rather have a successor of httpx; both do the same here.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

BASE = "http://127.0.0.1"
"""A desk without accounts answers to names of this machine only."""

CHECK = "applications.outcomes_sum.natural_person"
WAITING = 8
"""Cells of each made-up record that wait, if nothing else is said."""


# What a record is made of is JSON data, hence Any.
def made_record(number: int = 1, waiting: int = WAITING, **changes: Any) -> dict[str, Any]:
    """A record's data, its first `waiting` cells in review, and one check that does not hold."""
    data: dict[str, Any] = record_data(load_truth(FIXTURES_DIR / "truth" / "seed-001.json"))
    data["source"] |= {"sha256": f"{number:064x}", "path": f"/archive/{number}.pdf"}
    for cell in data["cells"][:waiting]:
        cell |= {"status": "review", "confidence": 0.5, "reasons": ["low_confidence"]}
        cell["alternatives"] = [{"value": 4711, "confidence": 0.25}, {"value": None, "confidence": 0.01}]
    check = next(check for check in data["checks"] if check["id"] == CHECK)
    wrong = next(cell for cell in data["cells"] if cell["id"] == check["cells"][0])
    wrong |= {"value": (wrong["value"] or 0) + 7, "kind": "number", "status": "review", "confidence": 0.4}
    wrong |= {"reasons": ["check_failed"]}
    check |= {"state": "violated", "cause": "suspect_reading", "suspect_cells": [wrong["id"]]}
    return data | changes


def save_records(db: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Puts records into a database, in their order, so that the first has the id 1."""
    archive = open_archive(db)
    run_id = archive.start_run("first", {})
    for data in records:
        record = Record.model_validate(data)
        archive.save_record(run_id, SourceFile(Path(record.source.path), 1, 1), "first", record)
    archive.engine.dispose()


def change(db: str, statement: str) -> None:
    """Runs a statement in a database."""
    archive = open_archive(db)
    with writing(archive.engine) as connection:
        connection.execute(sqlalchemy.text(statement))
    archive.engine.dispose()


class Html(HTMLParser):
    """A page taken apart: its tags with their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            attributes, text = self.scripts[-1]
            self.scripts[-1] = (attributes, text + data)

    def block(self, name: str) -> Any:
        """The JSON data of the script with that id."""
        return json.loads(next(text for attributes, text in self.scripts if attributes.get("id") == name))


class Visitor:
    """Somebody's browser: it keeps cookies, and a change carries the token of the page it was made on."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.csrf = ""

    def enter(self, name: str, password: str = "") -> int:
        """Logs in; the status of the answer."""
        form = {"name": name, "password": password}
        status = int(self.client.post("/login", data=form).status_code)
        if status == 303:
            self.csrf = Html(self.client.get("/audit").text).block("session")["csrf"]
        return status

    # Answers are httpx's, whichever of its versions Starlette has found, hence Any.
    def get(self, path: str, **more: Any) -> Any:
        """What the desk answers."""
        return self.client.get(path, **more)

    def post(self, path: str, data: object = None, **headers: str) -> Any:
        """What the desk answers to JSON data."""
        sent = {"X-CSRF-Token": self.csrf, **headers}
        return self.client.post(path, json={} if data is None else data, headers=sent)

    def told(self, path: str, status: int = 200, **more: Any) -> Any:
        """The data of an answer of that status."""
        answer = self.get(path, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    def sent(self, path: str, data: object = None, status: int = 200) -> Any:
        """The data of an answer of that status to a change."""
        answer = self.post(path, data)
        assert answer.status_code == status, answer.text
        return answer.json()


@dataclass(frozen=True)
class Desk:
    """A desk that is open, and its database."""

    app: FastAPI
    db: str
    stack: ExitStack

    def visitor(self, name: str | None = None, **headers: str) -> Visitor:
        """A browser of its own; with a name it is logged in."""
        client = TestClient(self.app, base_url=BASE, follow_redirects=False, headers=headers)
        visitor = Visitor(client)
        self.stack.callback(client.close)
        if name is not None:
            assert visitor.enter(name) == 303
        return visitor


OpenDesk = Callable[..., Desk]
"""Opens a desk; `records` are put into its database first, the rest are `DeskOptions`."""


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[OpenDesk]:
    """See `OpenDesk`."""
    with ExitStack() as stack:

        def opened(
            records: Sequence[Mapping[str, Any]] | None = None, db: str | None = None, **options: Any
        ) -> Desk:
            name = db or str(tmp_path / "desk.db")
            if db is None:
                save_records(name, [made_record()] if records is None else records)
            given = {"host": "127.0.0.1", "port": 0, "accounts": False, "pictures": tmp_path / "pictures"}
            app = create_app(DeskOptions(**{"db": name, **given, **options}))
            # The lifespan, so that the database and the processes are closed.
            stack.enter_context(TestClient(app, base_url=BASE))
            return Desk(app, name, stack)

        yield opened


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A desk with one record."""
    return open_desk()


@pytest.fixture
def anna(desk: Desk) -> Visitor:
    """Somebody who is logged in there."""
    return desk.visitor("Anna")


@pytest.fixture(scope="session")
def demo_digitized(gouji: Gouji, scans: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the record of a real scan, which lies beside it."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(scans / "demo.pdf", folder)
    run = gouji(folder, "digitize", "demo.pdf", "--db", "a.db", "--no-sections", "--threads", "1")
    assert run.code == 0, run.err
    return folder / "a.db"


@pytest.fixture
def demo_desk(open_desk: OpenDesk, demo_digitized: Path, tmp_path: Path) -> Desk:
    """A desk over a real scan; three of its accepted cells have been put into the queue."""
    db = tmp_path / "demo.db"
    shutil.copy(demo_digitized, db)
    queue = """
    INSERT INTO waiting (sha256, cell_id, record_id, position, step, worth)
    SELECT r.sha256, c.cell_id, c.record_id, 1, 'first', 0 FROM cells AS c JOIN records AS r ON r.record_id = c.record_id
    WHERE c.status = 'accepted' AND c.x0 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM waiting AS w WHERE w.cell_id = c.cell_id)
    ORDER BY c.cell_id LIMIT 3
    """
    change(str(db), queue)
    return open_desk(db=str(db))
