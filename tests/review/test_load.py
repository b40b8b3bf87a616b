"""Twenty people at one desk, a real process: no cell is answered twice and none is lost."""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..conftest import rows_in
from .conftest import Html, made_record, save_records
from .test_review_command import open_desk_process

PEOPLE = 20
REPORTS = 20
CELLS = 20
"""In review, of each report."""

WRONG = 5
"""One reading in so many is corrected, the others are confirmed: many more than on real scans."""

PAUSE = 1.0
"""Seconds between two answers of a person, half more or less: as fast as anybody looks at a cell."""

ARRIVAL = 5
"""In so many pauses all have come."""

P95 = 0.150
"""Seconds that a claim or an answer may take, for 19 of 20."""

BUSY = 3
"""A machine that does other things as well may take so many times as long; the figure itself is for one that does not."""


@dataclass
class Person:
    """Somebody at the desk, over one connection, and how long the desk took, in seconds."""

    connection: HTTPConnection
    cookie: str = ""
    csrf: str = ""
    took: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: str = "", kind: str = "application/json") -> tuple[int, str]:
        """Status and text of an answer."""
        headers = {"Content-Type": kind, "X-CSRF-Token": self.csrf, "Cookie": self.cookie}
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).split(";")[0]
        return answer.status, answer.read().decode()

    def enter(self, name: str) -> None:
        """Logs in."""
        form = urlencode({"name": name})
        assert self.ask("POST", "/login", form, "application/x-www-form-urlencoded")[0] == 303
        self.csrf = Html(self.ask("GET", "/desk")[1]).block("session")["csrf"]

    def send(self, what: str, path: str, data: object) -> Any:
        """The data of an answer, whose time is noted."""
        since = time.perf_counter()
        status, text = self.ask("POST", path, json.dumps(data))
        self.took.setdefault(what, []).append(time.perf_counter() - since)
        assert status == 200, text
        return json.loads(text)

    def answer(self, cell: dict[str, Any], key: str) -> None:
        """Answers a cell."""
        content = {"kind": cell["kind"], "value": cell["value"]}
        if len(self.took.get("answer", ())) % WRONG == 0:
            content = {"kind": "number", "value": "7"}
        given = content | {"key": key, "over": cell["over"], "step": cell["step"], "seconds": 1.0}
        path = f"/api/records/{cell['record_id']}/cells/{cell['cell_id']}/corrections"
        assert self.send("answer", path, given)["settled"]


def work(address: str, number: int, pause: float) -> Person:
    """Somebody claims and answers until nothing is left; one comes after the other, and nobody keeps time with another."""
    name, chance = f"person-{number}", random.Random(number)
    time.sleep(ARRIVAL * pause * number / PEOPLE)
    with closing(HTTPConnection(address, timeout=60)) as connection:
        person = Person(connection)
        person.enter(name)
        while cells := person.send("claim", "/api/queue/claim", {"count": 3}):
            for cell in cells:
                person.answer(cell, f"{name}-{len(person.took.get('answer', ()))}-answer")
                time.sleep(pause * chance.uniform(0.5, 1.5))
        return person


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]


def together(people: list[Person], what: str) -> list[float]:
    return [seconds for person in people for seconds in person.took.get(what, ())]


@dataclass(frozen=True)
class Emptied:
    """What became of a queue; `left` still wait, `figures` are the p95 of the times in seconds."""

    waited: set[Any]
    answers: Counter[Any]
    left: int
    figures: dict[str, float]


def empty_the_queue(folder: Path, pause: float) -> Emptied:
    """Has all cells answered by all people."""
    db = str(folder / "a.db")
    save_records(db, [made_record(n, waiting=CELLS) for n in range(1, REPORTS + 1)])
    waiting = set(rows_in(db, "SELECT record_id, cell_id FROM waiting"))
    with open_desk_process(folder, "--db", "a.db") as url, ThreadPoolExecutor(PEOPLE) as pool:
        address = urlsplit(url).netloc
        people = list(pool.map(lambda number: work(address, number, pause), range(PEOPLE)))
    answered = Counter(rows_in(db, "SELECT record_id, cell_id FROM corrections"))
    figures = {what: p95(together(people, what)) for what in ("claim", "answer")}
    sys.stdout.write(", ".join(f"{what}: p95 {1000 * took:.0f} ms" for what, took in figures.items()) + "\n")
    ((left,),) = rows_in(db, "SELECT COUNT(*) FROM waiting")
    return Emptied(waiting, answered, left, figures)


def test_twenty_programs_at_once_answer_no_cell_twice(tmp_path: Path) -> None:
    emptied = empty_the_queue(tmp_path, pause=0)
    assert len(emptied.waited) >= REPORTS * CELLS
    assert set(emptied.answers) == emptied.waited, "none lost"
    assert set(emptied.answers.values()) == {1}, "none answered twice"
    assert emptied.left == 0


def test_twenty_people_do_not_wait(tmp_path: Path) -> None:
    figures = empty_the_queue(tmp_path, PAUSE).figures
    assert max(figures.values()) < BUSY * P95, figures
