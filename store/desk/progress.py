"""How far the reviewing has come: done, left, the time a cell, the time left; and what can be filtered by."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from statistics import median

from sqlalchemy import Connection, func, select, text

from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .current import is_undone
from .parts import Part
from .queue import QueueFilter, conditions

LAST = 200
"""Answers whose time is looked at."""


class Progress(Part):
    """Counts of cells.

    Attributes:
        left: that wait, as filtered.
        leased: of these, that somebody has before them.
        done: that a person has settled, ever.
        mine: entries of this person today (UTC).
        seconds_per_cell: the median of this person's last answers, of everybody's where they have none; None for none.
        seconds_left: for all that is left, at that pace.
    """

    left: int
    leased: int
    done: int
    mine: int
    seconds_per_cell: float | None
    seconds_left: float | None


class Choice(Part):
    """Something that the queue can be filtered by, with the number of its cells."""

    name: str
    cells: int


class Choices(Part):
    """All of them."""

    agencies: tuple[Choice, ...]
    years: tuple[Choice, ...]
    folders: tuple[Choice, ...]
    reasons: tuple[Choice, ...]


BY_RECORD = """
SELECT {column} AS name, SUM(q.cells) AS cells
FROM (SELECT record_id, COUNT(*) AS cells FROM waiting GROUP BY record_id) AS q JOIN records AS r ON r.record_id = q.record_id
WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column} LIMIT 500
"""

BY_FOLDER = """
SELECT s.folder AS name, SUM(q.cells) AS cells
FROM (SELECT sha256, COUNT(*) AS cells FROM waiting GROUP BY sha256) AS q JOIN sources AS s ON s.sha256 = q.sha256
GROUP BY s.folder ORDER BY s.folder LIMIT 500
"""

BY_REASONS = """
SELECT CAST(c.reasons AS TEXT) AS reasons, COUNT(*) AS cells
FROM waiting AS w JOIN cells AS c ON c.record_id = w.record_id AND c.cell_id = w.cell_id
GROUP BY CAST(c.reasons AS TEXT)
"""


def progress(archive: Archive, person: str, wanted: QueueFilter) -> Progress:
    """How far it has come, for a person."""
    w, k = t.waiting.c, t.corrections.c
    now = datetime.now(UTC)
    with reading(archive.engine) as connection:
        left = connection.execute(
            select(func.count()).select_from(t.waiting).where(*conditions(wanted))
        ).scalar_one()
        leased = connection.execute(
            select(func.count()).select_from(t.waiting).where(w.leased_until > now)
        ).scalar_one()
        done = connection.execute(
            select(func.count()).select_from(t.corrections).where(k.settles, ~is_undone())
        ).scalar_one()
        mine = connection.execute(
            select(func.count())
            .select_from(t.corrections)
            .where(
                k.person == person,
                k.purpose != "undo",
                k.at >= now.replace(hour=0, minute=0, second=0, microsecond=0),
            )
        ).scalar_one()
        pace = _pace(connection, person)
    return Progress(
        left=left,
        leased=leased,
        done=done,
        mine=mine,
        seconds_per_cell=pace,
        seconds_left=None if pace is None else pace * left,
    )


def choices(archive: Archive) -> Choices:
    """What there is to filter by, of the cells that wait."""
    with reading(archive.engine) as connection:
        return Choices(
            agencies=_counted(connection, BY_RECORD.format(column="r.agency")),
            years=_counted(connection, BY_RECORD.format(column="r.year")),
            folders=_counted(connection, BY_FOLDER),
            reasons=_reasons(connection),
        )


def _counted(connection: Connection, query: str) -> tuple[Choice, ...]:
    return tuple(Choice(name=str(row.name), cells=row.cells) for row in connection.execute(text(query)))


def _reasons(connection: Connection) -> tuple[Choice, ...]:
    """Lists of reasons are counted whole in the database and taken apart here: few of them differ."""
    found: Counter[str] = Counter()
    for row in connection.execute(text(BY_REASONS)):
        for name in json.loads(row.reasons):
            found[name] += row.cells
    return tuple(Choice(name=name, cells=cells) for name, cells in found.most_common())


def _pace(connection: Connection, person: str) -> float | None:
    k = t.corrections.c
    for own in ([k.person == person], []):
        query = (
            select(k.seconds).where(k.seconds.is_not(None), *own).order_by(k.correction_id.desc()).limit(LAST)
        )
        seconds = connection.execute(query).scalars().all()
        if seconds:
            return float(median(seconds))
    return None
