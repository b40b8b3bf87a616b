"""Is the promise kept? A random sample of accepted cells is entered blindly; what comes out is the real share of wrong ones."""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from ...models.confidence import DEFAULT_RISK
from ...models.risk import interval
from .. import tables as t
from ..archive import Archive
from ..connect import reading
from .current import in_force
from .parts import Part
from .waiting import changing_queue

AUDITED = """
SELECT COUNT(*) AS cells,
  COALESCE(SUM(CASE WHEN k.kind <> c.kind OR k.value <> c.value THEN 1 ELSE 0 END), 0) AS wrong
FROM corrections AS k JOIN cells AS c ON c.record_id = k.record_id AND c.cell_id = k.cell_id
WHERE k.purpose = 'audit' AND NOT EXISTS (SELECT 1 FROM corrections AS u WHERE u.undoes = k.correction_id)
"""

AGREEMENT = """
SELECT COUNT(*) AS pairs,
  COALESCE(SUM(CASE WHEN b.kind = a.kind AND (b.value = a.value OR a.value IS NULL) THEN 1 ELSE 0 END), 0) AS agreed
FROM corrections AS b JOIN corrections AS a ON a.record_id = b.record_id AND a.cell_id = b.cell_id
WHERE b.purpose = 'second' AND a.purpose = 'first' AND a.correction_id < b.correction_id
AND NOT EXISTS (SELECT 1 FROM corrections AS u WHERE u.undoes IN (a.correction_id, b.correction_id))
"""

WAITING = "SELECT COUNT(*) FROM waiting WHERE step = 'audit'"


class Share(Part):
    """`hits` of `cells`, and the exact two-sided 95 % interval of the share, 0 to 1; None where nothing was counted."""

    cells: int
    hits: int
    low: float | None
    high: float | None


class AuditFigures(Part):
    """What audits and double entry have measured.

    Attributes:
        promised: so large a share of accepted cells may be wrong, 0 to 1.
        wrong: accepted cells that were audited, and how many were wrong.
        agreed: cells that two people have entered blindly, and how often they agreed.
        waiting: cells of the sample that nobody has audited yet.
    """

    promised: float
    wrong: Share
    agreed: Share
    waiting: int


def audit_figures(archive: Archive) -> AuditFigures:
    """What has been measured so far."""
    with reading(archive.engine) as connection:
        audited = connection.execute(text(AUDITED)).one()
        pairs = connection.execute(text(AGREEMENT)).one()
        return AuditFigures(
            promised=DEFAULT_RISK,
            wrong=_share(audited.wrong, audited.cells),
            agreed=_share(pairs.agreed, pairs.pairs),
            waiting=connection.execute(text(WAITING)).scalar_one(),
        )


def sample_accepted(archive: Archive, count: int, seed: int | None = None) -> int:
    """Queues a random sample of accepted cells for an audit, each as likely as any other; how many are new in the queue."""
    w = t.waiting.c
    with changing_queue(archive.engine) as connection:
        there = {(row.sha256, row.cell_id) for row in connection.execute(select(w.sha256, w.cell_id))}
        rows = [row for row in _draw(connection, count, random.Random(seed)) if _key(row) not in there]
        if rows:
            connection.execute(insert(t.waiting), rows)
        return len(rows)


def _draw(connection: Connection, count: int, chance: random.Random) -> list[dict[str, object]]:
    reports = connection.execute(
        text("SELECT record_id, sha256, accepted FROM current_records WHERE accepted > 0 ORDER BY record_id")
    ).all()
    ends = list(accumulate(report.accepted for report in reports))
    total = ends[-1] if ends else 0
    drawn: dict[int, list[int]] = {}
    for place in chance.sample(range(total), min(count, total)):
        which = bisect_right(ends, place)
        drawn.setdefault(which, []).append(place - (ends[which - 1] if which else 0))
    return [
        row for which, places in sorted(drawn.items()) for row in _cells(connection, reports[which], places)
    ]


def _cells(connection: Connection, report: Row[Any], places: list[int]) -> list[dict[str, object]]:
    """The accepted cells at those places of a report; one that a person has settled since is known, and left out."""
    record_id, sha256 = report.record_id, report.sha256
    c = t.cells.c
    ids = (
        connection.execute(
            select(c.cell_id).where(c.record_id == record_id, c.status == "accepted").order_by(c.cell_id)
        )
        .scalars()
        .all()
    )
    known = in_force(connection, sha256)
    return [
        {
            "sha256": sha256,
            "cell_id": ids[place],
            "record_id": record_id,
            "position": place,
            "step": "audit",
            "worth": 0,
        }
        for place in places
        if ids[place] not in known
    ]


def _key(row: dict[str, object]) -> tuple[object, object]:
    return row["sha256"], row["cell_id"]


def _share(hits: int, cells: int) -> Share:
    low, high = interval(hits, cells) if cells else (None, None)
    return Share(cells=cells, hits=hits, low=low, high=high)
